package storetest_test

import (
	"context"
	"crypto/rand"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/embedded/pgtest"
	"github.com/arise-attendance/arise/db/postgres"
)

// on is the same drive in another computer.
func (p *place) on(t *testing.T, skew time.Duration) *place {
	t.Helper()
	now := func() time.Time { return time.Now().Add(skew) }
	service, err := attendance.NewService(t.Context(), p.drive, attendance.World{Now: now, Rand: rand.Reader}, p.node, attendance.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	return &place{name: p.name, service: service, store: p.store, drive: p.drive, node: p.node, now: now}
}

func TestTheTimeThatATeacherSetReachesTheCloud(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	pg := school(t)
	c, err := newCampus(ctx, pg, t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	const off = 73 * 365 * 24 * time.Hour
	p, err := c.plug(ctx, filepath.Join(t.TempDir(), "drive"), "In 2099", off)
	if err != nil {
		t.Fatal(err)
	}
	c.places = append(c.places, p)
	rao := attendance.Actor{ID: c.teacher.ID, Role: attendance.RoleTeacher}
	hold := func(p *place) attendance.ID {
		t.Helper()
		se, err := p.service.Open(ctx, rao, attendance.Order{Course: c.course.ID, Kind: attendance.Offline})
		if err != nil {
			t.Fatal(err)
		}
		id, err := p.service.NewID()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.service.Mark(ctx, rao, se.ID, attendance.Verdict{Gesture: id, Status: attendance.Present, Students: c.pupils}); err != nil {
			t.Fatal(err)
		}
		if _, err := p.service.Close(ctx, rao, se.ID); err != nil {
			t.Fatal(err)
		}
		return se.ID
	}
	first := hold(p)
	err = p.drive.Hear(ctx, func(ctx context.Context, tx attendance.Outlog) error {
		return p.service.Hear(ctx, tx, time.Now(), attendance.ByTeacher)
	})
	if err != nil {
		t.Fatal(err)
	}
	second := hold(p)
	if err := c.send(ctx, p.on(t, 0), 100, false); err != nil { // the drive is carried to the office
		t.Fatal(err)
	}
	if err := c.send(ctx, p, 100, false); err != nil {
		t.Fatal(err)
	}
	there, err := c.view(ctx, c.cloud)
	if err != nil {
		t.Fatal(err)
	}
	here, err := c.view(ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(here.Sessions, there.Sessions) || !reflect.DeepEqual(here.Register, there.Register) {
		t.Errorf("the drive shows %v, the cloud %v", here, there)
	}
	err = pg.View(ctx, func(ctx context.Context, tx attendance.Tx) error {
		for _, id := range []attendance.ID{first, second} {
			se, err := tx.Session(ctx, id)
			if err != nil {
				return err
			}
			if ago := time.Since(se.OpenedAt); ago.Abs() > time.Minute {
				t.Errorf("session %s began %v ago, want it to be now", id, ago)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := clockings(t, pg, c); len(got) != 1 || got[attendance.ClockTold] == 0 {
		t.Errorf("got %v, want all facts to be told", got)
	}

	// It stays in the computer that lives in the future, which has internet now.
	hold(p)
	for range 2 {
		if err := c.send(ctx, p, 2, false); err != nil {
			t.Fatal(err)
		}
	}
	if got := clockings(t, pg, c); got[attendance.ClockExact] == 0 {
		t.Errorf("got %v, want some to be exact", got)
	}
	flags, err := pg.ItemCounts(ctx)
	if err != nil || flags[attendance.WhyClockAhead] != 1 {
		t.Errorf("the office has %v, %v, want to be told once a day", flags, err)
	}
}

// school is a real Postgres of its own.
func school(t *testing.T) *postgres.Store {
	t.Helper()
	hash, err := pgtest.Hash(postgres.Migrations())
	if err != nil {
		t.Fatal(err)
	}
	connect := func(ctx context.Context, url string) (*pgxpool.Pool, error) {
		return postgres.Connect(ctx, url, "public")
	}
	url := pgtest.New(t, func(ctx context.Context, url string) error {
		pool, err := connect(ctx, url)
		if err != nil {
			return err
		}
		defer pool.Close()
		return postgres.Migrate(ctx, pool)
	}, hash)
	pool, err := connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return postgres.New(pool, postgres.Options{})
}

func clockings(t *testing.T, pg *postgres.Store, c *campus) map[attendance.Clocking]int {
	t.Helper()
	out := map[attendance.Clocking]int{}
	err := pg.View(t.Context(), func(ctx context.Context, tx attendance.Tx) error {
		for _, student := range c.pupils {
			facts, err := tx.(attendance.Figures).OwnFacts(ctx, c.course.ID, student)
			if err != nil {
				return err
			}
			for _, f := range facts {
				out[f.Clocking]++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
