package storetest_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite"
)

// TestCopiesOfADriveLoseNothingAndAreAllFound copies a pendrive's folder two to five
// times, lets the copies hold classes and sync in any order, and counts.
func TestCopiesOfADriveLoseNothingAndAreAllFound(t *testing.T) {
	t.Parallel()
	pg := school(t)
	for n := range 12 {
		draw := mathrand.New(mathrand.NewPCG(uint64(n), 1))
		base, err := os.MkdirTemp(memory(), "clones")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.RemoveAll(base) })
		c, err := newCampus(t.Context(), pg, base, []time.Duration{0})
		if err != nil {
			t.Fatal(err)
		}
		w := &clones{t: t, campus: c, draw: draw, rao: attendance.Actor{ID: c.teacher.ID, Role: attendance.RoleTeacher}}
		first := c.places[0]
		w.session = w.open(first)
		w.marks(first, 1+draw.IntN(4))
		for range draw.IntN(3) {
			w.syncs(first)
		}
		if err := first.drive.Close(); err != nil {
			t.Fatal(err)
		}
		drives := make([]*place, 2+draw.IntN(4))
		for i := range drives {
			dir := filepath.Join(base, fmt.Sprint("copy", i))
			if err := os.CopyFS(dir, os.DirFS(filepath.Join(base, "0"))); err != nil {
				t.Fatal(err)
			}
			drives[i] = w.plug(dir, first.node)
		}
		for range 20 + draw.IntN(20) {
			if p := drives[draw.IntN(len(drives))]; draw.IntN(2) == 0 {
				w.marks(p, 1)
			} else {
				w.syncs(p)
			}
		}
		for _, p := range drives {
			w.marks(p, 1) // each has something of its own
		}
		for range 2 {
			for _, p := range drives {
				w.syncs(p)
			}
		}
		w.judge(n, drives)
		for _, p := range drives {
			if err := p.drive.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// clones are copies of one drive in the hands of people who do not know.
type clones struct {
	*campus
	t       *testing.T
	draw    *mathrand.Rand
	rao     attendance.Actor
	session attendance.ID
	made    int
}

func (w *clones) plug(dir string, node attendance.ID) *place {
	w.t.Helper()
	drive, err := sqlite.Open(w.t.Context(), dir, sqlite.Options{Now: time.Now, Rand: rand.Reader})
	if err != nil {
		w.t.Fatal(err)
	}
	service, err := attendance.NewService(w.t.Context(), drive, attendance.World{Now: time.Now, Rand: rand.Reader}, node, attendance.Rules{})
	if err != nil {
		w.t.Fatal(err)
	}
	return &place{name: dir, service: service, store: drive, drive: drive, node: node, now: time.Now}
}

func (w *clones) open(p *place) attendance.ID {
	w.t.Helper()
	se, err := p.service.Open(w.t.Context(), w.rao, attendance.Order{Course: w.course.ID, Kind: attendance.Offline})
	if err != nil {
		w.t.Fatal(err)
	}
	w.made++
	return se.ID
}

func (w *clones) marks(p *place, n int) {
	w.t.Helper()
	for range n {
		id, err := p.service.NewID()
		if err != nil {
			w.t.Fatal(err)
		}
		status := []attendance.Status{attendance.Present, attendance.Absent, attendance.Excused}[w.draw.IntN(3)]
		student := w.pupils[w.draw.IntN(len(w.pupils))]
		if _, err := p.service.Mark(w.t.Context(), w.rao, w.session, attendance.Verdict{Gesture: id, Status: status, Students: []attendance.ID{student}}); err != nil {
			w.t.Fatal(err)
		}
		w.made++
	}
}

// syncs sends in small batches, some replies to which are lost, and does as it is told
// of a fork or a gap.
func (w *clones) syncs(p *place) {
	w.t.Helper()
	ctx := w.t.Context()
	for range 60 {
		waits := 0
		err := p.store.View(ctx, func(ctx context.Context, tx attendance.Tx) error {
			b, err := tx.Backlog(ctx)
			waits = b.Waiting
			return err
		})
		if err != nil {
			w.t.Fatal(err)
		}
		if waits == 0 {
			if err := w.pull(ctx, p); err != nil {
				w.t.Fatal(err)
			}
			return
		}
		var fork attendance.Fork
		var gap attendance.Gap
		switch err := w.send(ctx, p, 1+w.draw.IntN(5), w.draw.IntN(4) == 0); {
		case errors.As(err, &fork):
			err = p.drive.Reborn(ctx)
			if err != nil {
				w.t.Fatal(err)
			}
		case errors.As(err, &gap):
			if err := p.drive.Rewind(ctx, gap.Wanted); err != nil {
				w.t.Fatal(err)
			}
		case err != nil:
			w.t.Fatal(err)
		}
	}
	w.t.Fatalf("%s does not come to an end", p.name)
}

func (w *clones) judge(n int, drives []*place) {
	w.t.Helper()
	ctx := w.t.Context()
	facts := 0
	lives := map[attendance.ID]bool{}
	err := w.pg.View(ctx, func(ctx context.Context, tx attendance.Tx) error {
		all, err := tx.Facts(ctx, w.session, attendance.Which{})
		facts = len(all)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if facts != w.made {
		w.t.Errorf("case %d: got %d facts of %d that %d copies made, want each once", n, facts, w.made, len(drives))
	}
	for _, p := range drives {
		id, err := p.drive.Identity(ctx)
		if err != nil {
			w.t.Fatal(err)
		}
		if lives[id.Incarnation] {
			w.t.Errorf("case %d: two copies still have one name", n)
		}
		lives[id.Incarnation] = true
		if err := w.pull(ctx, p); err != nil {
			w.t.Fatal(err)
		}
	}
	items, err := w.pg.Items(ctx, attendance.ItemFilter{Node: drives[0].node, Most: 200})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, it := range items {
		w.t.Errorf("case %d: %s is kept aside as %s", n, it.Fact.ID, it.Fact.Why)
	}
	if node, err := w.pg.FleetNode(ctx, drives[0].node); err != nil || !node.Twice {
		w.t.Errorf("case %d: the office does not see that it exists %d times (%v)", n, len(drives), err)
	}
}
