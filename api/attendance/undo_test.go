package attendance

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// gesture is what a slow clerk notes of one gesture on one student.
type gesture struct {
	id     ID
	class  Class
	status Status
}

// book is the clerk's page of one student: gestures that were not taken back.
type book []gesture

func (b book) top(c Class) (gesture, bool) {
	for i := len(b) - 1; i >= 0; i-- {
		if b[i].class == c {
			return b[i], true
		}
	}
	return gesture{}, false
}

func (b book) shows() Status {
	for _, c := range []Class{Teacher, Bulk} {
		if g, ok := b.top(c); ok {
			return g.status
		}
	}
	return Unmarked
}

func (b book) without(id ID) (book, bool) {
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
		b := setup(t)
		s := b.opened(t, 1)
		books := map[int]book{}
		var made []ID
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
				v := Verdict{
					Gesture: small('g', n), Bulk: rapid.Bool().Draw(rt, "bulk"),
					Status: rapid.SampledFrom([]Status{Present, Absent, Excused}).Draw(rt, "status"),
				}
				for _, st := range rapid.SampledFrom([][]int{{1}, {2}, {1, 2}}).Draw(rt, "students") {
					v.Students = append(v.Students, student(st))
					class := Teacher
					if v.Bulk {
						class = Bulk
					}
					if !v.Bulk || books[st].shows() == Unmarked {
						books[st] = append(books[st], gesture{v.Gesture, class, v.Status})
					}
				}
				if _, err := b.Mark(b.ctx, b.by, s.ID, v); err != nil {
					rt.Fatal(err)
				}
				made = append(made, v.Gesture)
			}
			for st, page := range books {
				if got, want := b.shows(s, st), page.shows(); got != want {
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
	for n, status := range []Status{Late, Present, Absent} {
		must[Marked](t)(b.Mark(b.ctx, b.by, s.ID, Verdict{Gesture: small('g', n+1), Students: []ID{student(1)}, Status: status}))
	}
	must[Marked](t)(b.Undo(b.ctx, b.by, s.ID, small('g', 3)))
	if got := b.shows(s, 1); got != Present {
		t.Errorf("after one: got %q, want present", got)
	}
	if got := must[Marked](t)(b.Undo(b.ctx, b.by, s.ID, small('g', 2))); got.Applied != 1 || b.shows(s, 1) != Late {
		t.Errorf("after two: got %+v and %q, want one taken back and late", got, b.shows(s, 1))
	}
	facts := len(b.log)
	if got := must[Marked](t)(b.Undo(b.ctx, b.by, s.ID, small('g', 3))); got.Applied != 0 || len(b.log) != facts {
		t.Errorf("the first again: got %+v, want nothing", got)
	}
}

func TestUndoOfNoGestureIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.opened(t, 1)
	must[Marked](t)(b.Mark(b.ctx, b.by, s.ID, Verdict{Gesture: small('g', 1), Students: []ID{student(1)}, Status: Present}))
	var bad Invalid
	if _, err := b.Undo(b.ctx, b.by, s.ID, ID{}); !errors.As(err, &bad) {
		t.Errorf("got %v, want invalid", err)
	}
	if got := b.shows(s, 1); got != Present {
		t.Errorf("got %q, want present: no gesture is not every gesture", got)
	}
}

func TestATapChangesWhatTheCloudSentHoweverSlowTheClock(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.wall.Store(ms(noon.AddDate(-17, 0, 0))) // a flat battery
	b.boot(t)
	s := b.opened(t, 1)
	cloud := tap(1, noon, 0)
	cloud.Node, cloud.Session, cloud.Actor, cloud.Status = small('n', 9), s.ID, actor(2), Absent
	if err := b.Learn(b.ctx, b.memory, []Fact{sealed(t, cloud)}); err != nil {
		t.Fatal(err)
	}
	if got := b.shows(s, 1); got != Absent {
		t.Fatalf("learnt: got %q, want absent", got)
	}
	v := Verdict{Gesture: small('g', 1), Students: []ID{student(1)}, Status: Present}
	must[Marked](t)(b.Mark(b.ctx, b.by, s.ID, v))
	if got := b.shows(s, 1); got != Present {
		t.Errorf("tapped: got %q, want present", got)
	}
	if b.standings[seat{s.ID, student(1)}].Conflict {
		t.Error("got a conflict, want none: the teacher had seen the other verdict")
	}
	must[Marked](t)(b.Undo(b.ctx, b.by, s.ID, v.Gesture))
	if got := b.shows(s, 1); got != Absent {
		t.Errorf("taken back: got %q, want absent", got)
	}
}

func TestARepeatedTapIsOneGesture(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.tries = 2 // and the database makes it run again
	s := b.opened(t, 1)
	v := Verdict{Gesture: small('g', 1), Students: []ID{student(1), student(1), student(2)}, Status: Present}
	if got := must[Marked](t)(b.Mark(b.ctx, b.by, s.ID, v)); got != (Marked{Applied: 2, Skipped: 1}) {
		t.Errorf("got %+v, want 2 applied", got)
	}
	facts := len(b.log)
	if got := must[Marked](t)(b.Mark(b.ctx, b.by, s.ID, v)); got != (Marked{Skipped: 3}) || len(b.log) != facts {
		t.Errorf("again: got %+v and %d facts, want nothing new", got, len(b.log)-facts)
	}
}
