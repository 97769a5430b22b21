package attendance_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/arise-attendance/arise/api/attendance"
)

// gesture is what a slow clerk notes of one gesture on one student.
type gesture struct {
	id     attendance.ID
	class  attendance.Class
	status attendance.Status
}

// book is the clerk's page of one student: gestures that were not taken back.
type book []gesture

func (b book) top(c attendance.Class) (gesture, bool) {
	for i := len(b) - 1; i >= 0; i-- {
		if b[i].class == c {
			return b[i], true
		}
	}
	return gesture{}, false
}

func (b book) shows() attendance.Status {
	for _, c := range []attendance.Class{attendance.Teacher, attendance.Bulk} {
		if g, ok := b.top(c); ok {
			return g.status
		}
	}
	return attendance.Unmarked
}

func (b book) without(id attendance.ID) (book, bool) {
	for i, g := range b {
		if top, _ := b.top(g.class); g.id == id && top.id == id {
			return append(append(book{}, b[:i]...), b[i+1:]...), true
		}
	}
	return b, false
}

func TestUndoTakesGesturesBackOneByOneAsAClerkWould(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b := setup(rt)
		s := b.opened(rt, 1)
		books := map[int]book{}
		var made []attendance.ID
		for n := range rapid.IntRange(1, 12).Draw(rt, "steps") {
			b.pass(time.Duration(rapid.IntRange(0, 1).Draw(rt, "ms")) * time.Millisecond)
			if len(made) > 0 && rapid.Bool().Draw(rt, "undo") {
				id := rapid.SampledFrom(made).Draw(rt, "of")
				want := 0
				for st := range books {
					var ok bool
					if books[st], ok = books[st].without(id); ok {
						want++
					}
				}
				got, err := b.Undo(b.ctx, b.by, s.ID, id)
				if err != nil || got.Applied != want {
					rt.Fatalf("step %d: got %d taken back, %v, want %d", n, got.Applied, err, want)
				}
			} else {
				v := attendance.Verdict{
					Gesture: small('g', n), Bulk: rapid.Bool().Draw(rt, "bulk"),
					Status: rapid.SampledFrom([]attendance.Status{attendance.Present, attendance.Absent, attendance.Excused}).Draw(rt, "status"),
				}
				for _, st := range rapid.SampledFrom([][]int{{1}, {2}, {1, 2}}).Draw(rt, "students") {
					v.Students = append(v.Students, student(st))
					class := attendance.Teacher
					if v.Bulk {
						class = attendance.Bulk
					}
					if !v.Bulk || books[st].shows() == attendance.Unmarked {
						books[st] = append(books[st], gesture{v.Gesture, class, v.Status})
					}
				}
				if _, err := b.Mark(b.ctx, b.by, s.ID, v); err != nil {
					rt.Fatal(err)
				}
				made = append(made, v.Gesture)
			}
			for st, page := range books {
				if got, want := b.shows(rt, s, st), page.shows(); got != want {
					rt.Fatalf("step %d, student %d: got %q, want %q", n, st, got, want)
				}
			}
		}
	})
}

func TestUndoTwiceInARowGoesBackTwoSteps(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.opened(t, 1)
	for n, status := range []attendance.Status{attendance.Late, attendance.Present, attendance.Absent} {
		must(b.Mark(b.ctx, b.by, s.ID, attendance.Verdict{Gesture: small('g', n+1), Students: []attendance.ID{student(1)}, Status: status}))(t)
	}
	must(b.Undo(b.ctx, b.by, s.ID, small('g', 3)))(t)
	if got := b.shows(t, s, 1); got != attendance.Present {
		t.Errorf("after one: got %q, want present", got)
	}
	if got := must(b.Undo(b.ctx, b.by, s.ID, small('g', 2)))(t); got.Applied != 1 || b.shows(t, s, 1) != attendance.Late {
		t.Errorf("after two: got %+v and %q, want one taken back and late", got, b.shows(t, s, 1))
	}
	made := b.placed(t, s)
	if got := must(b.Undo(b.ctx, b.by, s.ID, small('g', 3)))(t); got.Applied != 0 || b.placed(t, s) != made {
		t.Errorf("the first again: got %+v, want nothing", got)
	}
}

func TestUndoOfNoGestureIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.opened(t, 1)
	must(b.Mark(b.ctx, b.by, s.ID, attendance.Verdict{Gesture: small('g', 1), Students: []attendance.ID{student(1)}, Status: attendance.Present}))(t)
	var bad attendance.Invalid
	if _, err := b.Undo(b.ctx, b.by, s.ID, attendance.ID{}); !errors.As(err, &bad) {
		t.Errorf("got %v, want invalid", err)
	}
	if got := b.shows(t, s, 1); got != attendance.Present {
		t.Errorf("got %q, want present: no gesture is not every gesture", got)
	}
}

func TestATapChangesWhatTheCloudSentHoweverSlowTheClock(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.wall.Store(noon.AddDate(-17, 0, 0).UnixMilli()) // a flat battery
	b.boot(t)
	s := b.opened(t, 1)
	cloud := attendance.Fact{
		ID: small('f', 1), Kind: attendance.MarkSet, Node: small('n', 9), Session: s.ID, Student: student(1), Actor: actor(2),
		Class: attendance.Teacher, Status: attendance.Absent,
		Stamp: attendance.Stamp{WallMS: noon.UnixMilli(), HLC: attendance.HLCAt(noon), Segment: small('c', 1), MonoMS: 1},
	}
	if err := cloud.Seal(); err != nil {
		t.Fatal(err)
	}
	err := b.store.InTx(b.ctx, func(ctx context.Context, tx attendance.Tx) error {
		return b.Learn(ctx, tx, []attendance.Fact{cloud})
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := b.shows(t, s, 1); got != attendance.Absent {
		t.Fatalf("learnt: got %q, want absent", got)
	}
	v := attendance.Verdict{Gesture: small('g', 1), Students: []attendance.ID{student(1)}, Status: attendance.Present}
	must(b.Mark(b.ctx, b.by, s.ID, v))(t)
	if got := b.shows(t, s, 1); got != attendance.Present {
		t.Errorf("tapped: got %q, want present", got)
	}
	if b.standing(t, s, 1).Conflict {
		t.Error("got a conflict, want none: the teacher had seen the other verdict")
	}
	must(b.Undo(b.ctx, b.by, s.ID, v.Gesture))(t)
	if got := b.shows(t, s, 1); got != attendance.Absent {
		t.Errorf("taken back: got %q, want absent", got)
	}
}
