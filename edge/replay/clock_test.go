package replay_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/edge/replay"
)

// computer is one whose clock is wrong, and into which a drive is plugged.
type computer struct {
	wall time.Time
	up   time.Duration
}

func (c *computer) pass(d time.Duration) { c.wall, c.up = c.wall.Add(d), c.up+d }

// plug starts the drive's program on a computer.
func (d *drive) plug(c *computer) {
	d.t.Helper()
	world := attendance.Steady(func() time.Time { return c.wall }, func() time.Duration { return c.up })
	world.Rand = rand.Reader
	id, err := d.store.Identity(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	if d.service, err = attendance.NewService(d.t.Context(), d.store, world, id.Node, attendance.Rules{}); err != nil {
		d.t.Fatal(err)
	}
	last, heard, err := d.store.LastAnchor(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	a := d.service.Clock().Remember(last, heard)
	d.hear(func(ctx context.Context, tx attendance.Outlog) error { return tx.KeepAnchor(ctx, a) })
	client, err := replay.NewClient(d.cloud.URL, auth.NodeToken(id.Node, id.Key), nil)
	if err != nil {
		d.t.Fatal(err)
	}
	d.replay = replay.New(replay.Options{
		Log: d.store, Cloud: client, Service: d.service, World: world, Every: time.Minute, Changed: func() {}, Slog: slog.New(slog.DiscardHandler),
	})
}

func (d *drive) hear(fn func(context.Context, attendance.Outlog) error) {
	d.t.Helper()
	if err := d.store.Hear(d.t.Context(), fn); err != nil {
		d.t.Fatal(err)
	}
}

func (d *drive) session(id attendance.ID) attendance.Session {
	d.t.Helper()
	var out attendance.Session
	d.view(func(ctx context.Context, tx attendance.Tx) (err error) {
		out, err = tx.Session(ctx, id)
		return err
	})
	return out
}

// lasts wants so much of a class to be left.
func (d *drive) lasts(id attendance.ID, want time.Duration) {
	d.t.Helper()
	n, err := d.service.CloseDue(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	got := d.session(id).Remaining(d.service.Now())
	if ended := 0; want > 0 && n != ended || (got-want).Abs() > 5*time.Second {
		d.t.Errorf("%d classes ended and %v is left of it, want %v", n, got, want)
	}
}

func TestAClassKeepsItsLengthWhateverIsLearntOfTheTime(t *testing.T) {
	t.Parallel()
	for name, wall := range map[string]time.Time{
		"a computer in 2099":                    time.Date(2099, 5, 4, 3, 2, 1, 0, time.UTC),
		"a computer whose battery is flat":      time.Date(2006, 1, 1, 0, 0, 0, 0, time.UTC),
		"a computer that is three hours behind": time.Now().Add(-3 * time.Hour),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := pair(t)
			pc := &computer{wall: wall, up: time.Hour}
			d.plug(pc)
			se := d.lesson()
			length := d.session(se.ID).Remaining(d.service.Now())
			pc.pass(10 * time.Minute)
			d.lasts(se.ID, length-10*time.Minute)
			d.cycle() // the cloud is heard for the first time, in mid-class
			d.lasts(se.ID, length-10*time.Minute)
			if off := time.Until(d.service.Now()).Abs(); off > time.Minute {
				t.Errorf("the drive's time is %v off after it heard the cloud", off)
			}
			if off := time.Since(d.session(se.ID).OpenedAt) - 10*time.Minute; off.Abs() > time.Minute {
				t.Errorf("the class is shown to have begun %v ago too much", off)
			}
			d.shows(se, 0, attendance.Present)
			if _, err := d.service.Extend(t.Context(), d.school.Rao(), se.ID, attendance.ID{}); err != nil {
				t.Fatal(err)
			}
			d.lasts(se.ID, length)
			d.cycle()
			d.lasts(se.ID, length)
			pc.wall = pc.wall.AddDate(0, 0, -40) // somebody sets it
			pc.pass(time.Minute)
			d.lasts(se.ID, length-time.Minute)
			pc.wall = pc.wall.AddDate(0, 0, 40)
			d.plug(pc) // its program ends and starts
			d.lasts(se.ID, length-time.Minute)
			if _, err := d.service.Close(t.Context(), d.school.Rao(), se.ID); err != nil {
				t.Fatal(err)
			}
			if got := d.session(se.ID); got.ClosedAt.Sub(got.OpenedAt).Round(time.Minute) != 11*time.Minute {
				t.Errorf("it lasted %v, want 11 minutes", got.ClosedAt.Sub(got.OpenedAt))
			}
		})
	}
}

func TestATeacherSaysWhatTimeItIs(t *testing.T) {
	t.Parallel()
	d := pair(t)
	pc := &computer{wall: time.Date(2099, 5, 4, 3, 2, 1, 0, time.UTC), up: time.Hour}
	d.plug(pc)
	se := d.lesson()
	length := d.session(se.ID).Remaining(d.service.Now())
	pc.pass(5 * time.Minute)
	truth := time.Now()
	tell := func(ctx context.Context, tx attendance.Outlog) error {
		return d.service.Hear(ctx, tx, truth, attendance.ByTeacher)
	}
	d.hear(tell)
	d.lasts(se.ID, length-5*time.Minute)
	if off := d.session(se.ID).OpenedAt.Sub(truth.Add(-5 * time.Minute)); off.Abs() > time.Second {
		t.Errorf("the class that waits for the cloud is shown %v off", off)
	}
	pc.pass(time.Minute)
	up, err := d.store.Pending(t.Context(), 100, 1<<20)
	if err != nil || len(up.Anchors) != 1 || up.Anchors[0].Source != attendance.ByTeacher {
		t.Errorf("got %+v, %v, want the cloud to learn what the teacher said", up.Anchors, err)
	}
	d.cycle()
	d.lasts(se.ID, length-6*time.Minute)
	if err := d.store.Hear(t.Context(), tell); err == nil {
		t.Error("the cloud has spoken, and a teacher changed the time")
	}
}
