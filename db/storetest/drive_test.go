package storetest_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/attendance/office"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/db/sqlite"
)

// place is where marks are made: a pendrive or the cloud.
type place struct {
	name    string
	service *attendance.Service
	store   attendance.Store
	drive   *sqlite.Store // nil in the cloud
	node    attendance.ID
	now     func() time.Time
}

// plug makes a pendrive that the cloud knows, whose clock is wrong by skew.
func (c *campus) plug(ctx context.Context, dir, name string, skew time.Duration) (*place, error) {
	now := func() time.Time { return time.Now().Add(skew) }
	drive, err := sqlite.Open(ctx, dir, sqlite.Options{Now: now, Rand: rand.Reader})
	if err != nil {
		return nil, err
	}
	id, err := drive.Identity(ctx)
	if err != nil {
		return nil, err
	}
	code := auth.NewClaim()
	desk := office.Office{Registry: c.pg, Now: time.Now, NewID: func() (attendance.ID, error) { return attendance.NewID(time.Now(), rand.Reader) }}
	claim := attendance.ClaimHash{Hash: auth.HashClaim(code), Until: time.Now().Add(time.Hour)}
	if _, err := desk.PairNode(ctx, name, []string{c.course.Code}, claim); err != nil {
		return nil, err
	}
	hash := sha256.Sum256(id.Key)
	node, err := c.pg.Claim(ctx, code, hash[:], "test", time.Now())
	if err != nil {
		return nil, err
	}
	id.Node = node.ID
	if err := drive.Claimed(ctx, id); err != nil {
		return nil, err
	}
	service, err := attendance.NewService(ctx, drive, attendance.World{Now: now, Rand: rand.Reader}, node.ID, attendance.Rules{})
	p := &place{name: name, service: service, store: drive, drive: drive, node: node.ID, now: now}
	if err != nil {
		return nil, err
	}
	return p, c.pull(ctx, p)
}

// send uploads at most n lines; a reply that is lost is sent for again with the
// next batch, and until then the pendrive believes that nothing was stored.
func (c *campus) send(ctx context.Context, p *place, n int, loseReply bool) error {
	up, err := p.drive.Pending(ctx, n, 1<<20)
	if err != nil || len(up.Facts) == 0 {
		return err
	}
	stamp, err := p.service.Clock().Stamp()
	if err != nil {
		return err
	}
	up.Node = p.node
	up.Clock = attendance.Sample{WallMS: stamp.WallMS, Segment: stamp.Segment, MonoMS: stamp.MonoMS}
	var receipt attendance.Receipt
	err = c.pg.InUpload(ctx, func(ctx context.Context, tx attendance.Inbound) (err error) {
		receipt, err = c.cloud.service.Replay(ctx, tx, up)
		return err
	})
	if err != nil || loseReply {
		return err
	}
	return p.drive.Ack(ctx, receipt, func(ctx context.Context, tx attendance.Outlog) error {
		return p.service.Corrected(ctx, tx, receipt.Results)
	})
}

// pull follows the feed to where it ends now.
func (c *campus) pull(ctx context.Context, p *place) error {
	for {
		at, err := p.drive.Feed(ctx)
		if err != nil {
			return err
		}
		page, err := c.pg.Feed(ctx, p.node, at.Generation, at.Rev, at.Facts)
		if err != nil {
			return err
		}
		if err := p.drive.Apply(ctx, page); err != nil {
			return err
		}
		facts := make([]attendance.Fact, 0, len(page.Facts))
		for _, told := range page.Facts {
			f, err := told.Fact()
			if err != nil {
				return fmt.Errorf("fact %s from the feed: %w", told.ID, err)
			}
			facts = append(facts, f)
		}
		err = p.drive.Learn(ctx, page.Cursor, func(ctx context.Context, tx attendance.Tx) error {
			return p.service.Learn(ctx, tx, facts)
		})
		if err != nil || !page.More && !page.FactsMore {
			return err
		}
	}
}
