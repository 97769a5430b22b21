package replay_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/db/sqlite"
	"github.com/arise-attendance/arise/edge/cloudtest"
	"github.com/arise-attendance/arise/edge/replay"
)

var world = attendance.World{Now: time.Now, Rand: rand.Reader}

// drive is a paired pendrive with a real register.
type drive struct {
	t       *testing.T
	dir     string
	store   *sqlite.Store
	service *attendance.Service
	replay  *replay.Replay
	cloud   *cloudtest.Cloud
	school  cloudtest.School
	changed atomic.Int32
}

// pair makes a cloud with a school, and a drive that has its roster.
func pair(t *testing.T) *drive {
	t.Helper()
	d := &drive{t: t, dir: t.TempDir(), cloud: cloudtest.New(t)}
	d.school = d.cloud.School(t, 5)
	d.open(d.dir)
	d.claim()
	d.link()
	d.cycle()
	return d
}

func (d *drive) open(dir string) {
	d.t.Helper()
	s, err := sqlite.Open(d.t.Context(), dir, sqlite.Options{Now: time.Now, Rand: rand.Reader})
	if err != nil {
		d.t.Fatal(err)
	}
	d.store = s
	d.t.Cleanup(func() { _ = s.Close() })
}

func (d *drive) claim() {
	d.t.Helper()
	id, err := d.store.Identity(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	c, err := replay.NewClient(d.cloud.URL, "", nil)
	if err != nil {
		d.t.Fatal(err)
	}
	got, err := c.Claim(d.t.Context(), replay.Claim{Code: cloudtest.Code, Key: id.Key, Incarnation: id.Incarnation, Version: "test"})
	if err != nil {
		d.t.Fatal(err)
	}
	id.Node, id.Name, id.Institution = got.Node, got.Name, got.Institution
	if err := d.store.Claimed(d.t.Context(), id); err != nil {
		d.t.Fatal(err)
	}
}

// link starts the rules and the replay over the open register.
func (d *drive) link() {
	d.t.Helper()
	id, err := d.store.Identity(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	if d.service, err = attendance.NewService(d.t.Context(), d.store, world, id.Node, attendance.Rules{}); err != nil {
		d.t.Fatal(err)
	}
	c, err := replay.NewClient(d.cloud.URL, auth.NodeToken(id.Node, id.Key), nil)
	if err != nil {
		d.t.Fatal(err)
	}
	d.replay = replay.New(replay.Options{
		Log: d.store, Cloud: c, Service: d.service, World: world, Every: time.Minute,
		Changed: func() { d.changed.Add(1) }, Slog: slog.New(slog.DiscardHandler),
	})
}

// cycle must succeed.
func (d *drive) cycle() replay.Done {
	d.t.Helper()
	done, err := d.replay.Cycle(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	return done
}

// lesson opens a session and marks everybody: n students and the opening.
func (d *drive) lesson() attendance.Session {
	d.t.Helper()
	s, err := d.service.Open(d.t.Context(), d.school.Rao(), attendance.Order{Course: d.school.Course.ID, Kind: attendance.Offline})
	if err != nil {
		d.t.Fatal(err)
	}
	d.mark(s, attendance.Present, 0, 1, 2, 3, 4)
	return s
}

func (d *drive) mark(s attendance.Session, status attendance.Status, students ...int) {
	d.t.Helper()
	v := attendance.Verdict{Gesture: cloudtest.NewID(d.t), Status: status}
	for _, i := range students {
		v.Students = append(v.Students, d.school.Students[i].ID)
	}
	if _, err := d.service.Mark(d.t.Context(), d.school.Rao(), s.ID, v); err != nil {
		d.t.Fatal(err)
	}
}

func (d *drive) backlog() attendance.Backlog {
	d.t.Helper()
	var b attendance.Backlog
	d.view(func(ctx context.Context, tx attendance.Tx) (err error) {
		b, err = tx.Backlog(ctx)
		return err
	})
	return b
}

func (d *drive) view(fn func(context.Context, attendance.Tx) error) {
	d.t.Helper()
	if err := d.store.View(d.t.Context(), fn); err != nil {
		d.t.Fatal(err)
	}
}

// arrived wants the cloud to hold exactly so many facts, each once.
func (d *drive) arrived(want int) {
	d.t.Helper()
	if got := len(d.cloud.Stored(d.t)); got != want {
		d.t.Errorf("facts in the cloud: got %d, want %d", got, want)
	}
}

// waits wants so many lines to be unconfirmed.
func (d *drive) waits(want int) {
	d.t.Helper()
	if got := d.backlog().Waiting; got != want {
		d.t.Errorf("waiting: got %d, want %d", got, want)
	}
}

func (d *drive) shows(s attendance.Session, student int, want attendance.Status) {
	d.t.Helper()
	d.view(func(ctx context.Context, tx attendance.Tx) error {
		got, err := tx.Standings(ctx, s.ID, d.school.Students[student].ID)
		if err == nil && (len(got) != 1 || got[0].Status != want) {
			d.t.Errorf("student %d: got %+v, want %s", student, got, want)
		}
		return err
	})
}
