package postgres_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres"
)

// rules runs fn as somebody of the office.
func (l *lesson) rules(t testing.TB, fn func(context.Context, attendance.Inbox, attendance.Actor) (attendance.Item, error)) (attendance.Item, error) {
	t.Helper()
	var out attendance.Item
	err := l.InInbox(t.Context(), func(ctx context.Context, tx attendance.Inbox, _ attendance.Registrar) (err error) {
		out, err = fn(ctx, tx, attendance.Actor{ID: newID(t), Role: attendance.RoleAdmin})
		return err
	})
	return out, err
}

func (l *lesson) place(t testing.TB, item int64, as attendance.Resolution, to attendance.Target) error {
	t.Helper()
	_, err := l.rules(t, func(ctx context.Context, tx attendance.Inbox, by attendance.Actor) (attendance.Item, error) {
		return l.serve.PlaceItem(ctx, tx, by, item, as, to)
	})
	return err
}

func (l *lesson) undo(t testing.TB, item int64) error {
	t.Helper()
	_, err := l.rules(t, func(ctx context.Context, tx attendance.Inbox, by attendance.Actor) (attendance.Item, error) {
		return l.serve.Unrule(ctx, tx, by, item)
	})
	return err
}

func (l *lesson) reject(t testing.TB, item int64, reason string) error {
	t.Helper()
	_, err := l.rules(t, func(ctx context.Context, tx attendance.Inbox, by attendance.Actor) (attendance.Item, error) {
		return l.serve.Reject(ctx, tx, by, item, reason)
	})
	return err
}

// items are what this drive's log left in the inbox, in its order.
func (l *lesson) items(t testing.TB, state attendance.ItemState) []attendance.ItemRow {
	t.Helper()
	got, err := l.Items(t.Context(), attendance.ItemFilter{Node: l.node, State: state, Most: 50})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(got, func(a, b attendance.ItemRow) int { return int(a.Fact.Origin.Seq - b.Fact.Origin.Seq) })
	return got
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// upload sends the whole log.
func (l *lesson) upload(t testing.TB) attendance.Receipt {
	t.Helper()
	got, err := l.send(t, 0, len(l.lines))
	must(t, err)
	return got
}

// agrees holds the register to the fold of its facts.
func (l *lesson) agrees(t testing.TB) {
	t.Helper()
	_, want, err := attendance.Fold(l.facts(t, l.session))
	must(t, err)
	got := view(t, l.store, standings(l.session))
	if len(got) != len(want) {
		t.Fatalf("got %d standings, want %d as the facts say", len(got), len(want))
	}
	for i := range want {
		if got[i].Student != want[i].Student || got[i].Status != want[i].Status {
			t.Errorf("got %+v, want %+v as the facts say", got[i], want[i])
		}
	}
}

func TestAMarkOfNobodyKnownIsMappedAndTakenBack(t *testing.T) {
	t.Parallel()
	l := setup(t, 3, postgres.Options{}).lesson(t, 0)
	l.lines, l.hashes = l.lines[:2:2], l.hashes[:3:3] // the opening and the first finger
	stranger := newID(t)
	l.wall = noon.Add(-time.Hour + 30*time.Minute) // late
	l.sees(t, l.session, stranger)
	l.wall = noon
	if got := codes(l.upload(t)); got != "3 unknown_person" {
		t.Fatalf("got %q", got)
	}
	n := l.items(t, attendance.ItemsOpen)[0].Number
	for round := range 2 { // what was taken back can be decided again
		must(t, l.place(t, n, attendance.AsMapped, attendance.Target{Student: l.students[1]}))
		must(t, l.place(t, n, attendance.AsMapped, attendance.Target{Student: l.students[1]})) // the same request again
		if got := l.shows(t, 1); got != attendance.Late {
			t.Errorf("round %d, mapped: got %q, want late by the time of the finger", round, got)
		}
		l.agrees(t)
		if err := l.reject(t, n, "no"); !errors.Is(err, attendance.ErrRuled) {
			t.Errorf("decided twice: got %v, want ErrRuled", err)
		}
		must(t, l.undo(t, n))
		if got := l.shows(t, 1); got != attendance.Unmarked {
			t.Errorf("round %d, taken back: got %q, want no mark", round, got)
		}
		l.agrees(t)
	}
	if err := l.undo(t, n); !errors.Is(err, attendance.ErrUnruled) {
		t.Errorf("taken back twice: got %v, want ErrUnruled", err)
	}
	must(t, l.place(t, n, attendance.AsMapped, attendance.Target{Student: l.students[0]}))
	must(t, l.undo(t, n))
	if got := l.shows(t, 0); got != attendance.Present {
		t.Errorf("somebody who was there anyway: got %q, want present", got)
	}
	l.agrees(t)
}

func TestWhatAnEvidencePlacedByHandSaysNeverOverturnsAVerdict(t *testing.T) {
	t.Parallel()
	l := setup(t, 2, postgres.Options{}).lesson(t, 0)
	l.sees(t, l.session, newID(t))
	l.verdict(t, 1, attendance.Absent)
	l.upload(t)
	must(t, l.place(t, l.items(t, attendance.ItemsOpen)[0].Number, attendance.AsMapped, attendance.Target{Student: l.students[1]}))
	if got := l.shows(t, 1); got != attendance.Absent {
		t.Errorf("got %q, want the teacher's absent", got)
	}
	l.agrees(t)
}

func TestAMappedVerdictKeepsItsAuthorAndItsOrder(t *testing.T) {
	t.Parallel()
	l := setup(t, 2, postgres.Options{}).lesson(t, 0)
	l.wall = noon.Add(-10 * time.Minute)
	l.write(t, attendance.Fact{
		Kind: attendance.MarkSet, Session: l.session, Student: newID(t), Actor: l.teacher, Class: attendance.Teacher, Status: attendance.Excused, Reason: "fair",
	})
	l.wall = noon
	l.verdict(t, 0, attendance.Late) // later, of the same teacher
	l.upload(t)
	n := l.items(t, attendance.ItemsOpen)[0].Number
	must(t, l.place(t, n, attendance.AsMapped, attendance.Target{Student: l.students[0]}))
	if got := l.shows(t, 0); got != attendance.Late {
		t.Errorf("got %q, want the later verdict", got)
	}
	if got := view(t, l.store, standings(l.session)); got[0].Conflict || got[1].Conflict {
		t.Error("a teacher argues with themselves")
	}
	must(t, l.undo(t, n))
	must(t, l.place(t, n, attendance.AsMapped, attendance.Target{Student: l.students[1]}))
	if got := l.shows(t, 1); got != attendance.Excused {
		t.Errorf("got %q, want what the teacher said of whom they meant", got)
	}
	must(t, l.undo(t, n))
	if got := l.shows(t, 1); got != attendance.Present {
		t.Errorf("taken back: got %q, want the finger again", got)
	}
	l.agrees(t)
}

func TestWhatWasDecidedStaysWhenTheLogComesAgain(t *testing.T) {
	t.Parallel()
	l := setup(t, 2, postgres.Options{}).lesson(t, 0)
	l.sees(t, l.session, newID(t))
	late := newID(t)
	l.sees(t, l.session, late)
	l.upload(t)
	items := l.items(t, attendance.ItemsOpen)
	must(t, l.reject(t, items[0].Number, "a test of the scanner"))
	l.change(t, func(ctx context.Context, r attendance.Registrar) error { // meanwhile both are known and enrolled
		return errors.Join(
			r.PutStudent(ctx, student(items[0].Fact.Student, 8)), r.PutStudent(ctx, student(late, 9)),
			r.PutEnrolment(ctx, attendance.FeedEnrolment{ID: newID(t), Course: l.course, Student: items[0].Fact.Student, Roll: 8, FromMS: 1}),
			r.PutEnrolment(ctx, attendance.FeedEnrolment{ID: newID(t), Course: l.course, Student: late, Roll: 9, FromMS: 1}))
	})
	l.restored(t)
	if got, want := codes(l.upload(t)), "1 duplicate, 2 duplicate, 3 duplicate, 4 duplicate, 4 unknown_person"; got != want {
		t.Errorf("got %q, want %q: what was rejected stays so", got, want)
	}
	if got := len(view(t, l.store, standings(l.session))); got != 3 {
		t.Errorf("got %d standings, want the two, and the one who is enrolled now", got)
	}
	if got := l.items(t, attendance.ItemsOpen); len(got) != 0 {
		t.Errorf("got %d items that wait, want none", len(got))
	}
	l.agrees(t)
}

func TestAFactThatStillHasNoPlaceSaysWhy(t *testing.T) {
	t.Parallel()
	s := setup(t, 2, postgres.Options{})
	l := s.lesson(t, 0)
	other := newDrive(t, s.pair(t, "other").ID)
	other.sees(t, l.session, newID(t))
	other.sees(t, l.session, s.students[0])
	leaver := newID(t)
	s.change(t, func(ctx context.Context, r attendance.Registrar) error { return r.PutStudent(ctx, student(leaver, 7)) })
	other.sees(t, l.session, leaver)
	s.mustReceive(t, other.from(0))
	l.upload(t)
	must(t, s.InSettle(t.Context(), func(ctx context.Context, tx attendance.Inbound) error {
		_, err := s.serve.Settle(ctx, tx, l.session)
		return err
	}))
	var got []attendance.Why
	own := *l
	own.drive = other
	for _, it := range own.items(t, attendance.ItemsAll) {
		got = append(got, it.Fact.Why)
	}
	if want := []attendance.Why{attendance.WhyUnknownPerson, attendance.WhyUnknownSession, attendance.WhyNotEnrolled}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v: the second found its place", got, want)
	}
	counts, err := s.ItemCounts(t.Context())
	if err != nil || counts[attendance.WhyUnknownPerson] != 1 || counts[attendance.WhyUnknownSession] != 0 || counts[attendance.WhyNotEnrolled] != 1 {
		t.Errorf("got %v %v, want one and one", counts, err)
	}
}

func TestAClassThatADriveWasNotToHoldIsAcceptedAndPutAway(t *testing.T) {
	t.Parallel()
	s := setup(t, 2, postgres.Options{})
	maths := newID(t)
	s.change(t, func(ctx context.Context, r attendance.Registrar) error {
		return r.PutCourse(ctx, course(maths, "MA201"))
	})
	for _, to := range []attendance.ID{s.course, maths} {
		l := s.lesson(t, 0)
		s.change(t, func(ctx context.Context, r attendance.Registrar) error {
			return r.Scope(ctx, l.node, attendance.Holding{})
		})
		l.write(t, attendance.Fact{Kind: attendance.SessionExtended, Session: l.session, ClosesAt: noon.Add(time.Hour).UnixMilli()})
		if got := codes(l.upload(t)); got != "1 not_entitled, 2 unknown_session, 3 unknown_session, 4 unknown_session" {
			t.Fatalf("got %q", got)
		}
		items := l.items(t, attendance.ItemsOpen)
		if to == maths {
			must(t, l.place(t, items[0].Number, attendance.AsMapped, attendance.Target{Course: maths}))
		} else {
			must(t, l.place(t, items[0].Number, attendance.AsItIs, attendance.Target{}))
		}
		se := l.read(t, l.session)
		if se.Course != to || se.Node != l.node || !se.ClosesAt.Equal(noon.Add(time.Hour)) || se.Teacher != l.teacher {
			t.Errorf("got %+v, want the class in %s, its drive's, with its extension", se, to)
		}
		left := l.items(t, attendance.ItemsOpen)
		if to == s.course {
			if got := l.shows(t, 1); got != attendance.Present || len(left) != 0 {
				t.Errorf("got %q and %d that wait, want all marks to follow", got, len(left))
			}
		} else if len(left) != 2 || left[0].Fact.Why != attendance.WhyNotEnrolled {
			t.Errorf("got %+v, want two who do not take the course", left)
		}
		must(t, l.undo(t, items[0].Number))
		if se := l.read(t, l.session); !se.Void.On {
			t.Errorf("got %+v, want a class that was put away", se)
		}
		if to == maths {
			if err := l.place(t, items[0].Number, attendance.AsItIs, attendance.Target{}); !errors.As(err, new(attendance.Invalid)) {
				t.Errorf("another course: got %v, want to be told which", err)
			}
		}
		must(t, l.place(t, items[0].Number, attendance.AsMapped, attendance.Target{Course: to}))
		if se := l.read(t, l.session); se.Void.On {
			t.Error("got a class that is still put away")
		}
		if se, _, err := attendance.Fold(l.facts(t, l.session)); err != nil || inUTC(se) != l.read(t, l.session) {
			t.Errorf("got %+v %v, want what was merged", se, err)
		}
	}
}

func TestADecisionReachesItsDrive(t *testing.T) {
	t.Parallel()
	l := setup(t, 2, postgres.Options{}).lesson(t, 0)
	l.sees(t, l.session, newID(t))
	l.sees(t, l.session, newID(t))
	l.upload(t)
	page, err := l.Feed(t.Context(), l.node, attendance.ID{}, 0, "")
	must(t, err)
	items := l.items(t, attendance.ItemsOpen)
	must(t, l.place(t, items[0].Number, attendance.AsMapped, attendance.Target{Student: l.students[1]}))
	must(t, l.reject(t, items[1].Number, "nobody"))
	must(t, l.undo(t, items[1].Number))
	var got []string
	for until := time.Now().Add(20 * time.Second); len(got) < 3 && time.Now().Before(until); { // the feed waits for older transactions
		got = nil
		next, err := l.Feed(t.Context(), l.node, page.Generation, page.Rev, page.Cursor)
		must(t, err)
		for _, told := range next.Facts {
			f, err := told.Fact()
			must(t, err)
			if f.Ruling == nil {
				continue
			}
			if f.Ruling.Sum != items[0].Fact.Sum() && f.Ruling.Sum != items[1].Fact.Sum() {
				t.Errorf("got %+v, want a decision about one of the two", f.Ruling)
			}
			got = append(got, string(f.Kind)+" "+string(f.Ruling.As))
		}
	}
	if want := []string{"mark.seen mapped", "note rejected", "note rejected"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestADriveDecidesOnlyAboutWhatItSent(t *testing.T) {
	t.Parallel()
	s := setup(t, 2, postgres.Options{})
	l := s.lesson(t, 0)
	l.sees(t, l.session, newID(t))
	l.upload(t)
	it := l.items(t, attendance.ItemsOpen)[0]
	dismiss := attendance.Fact{
		Kind: attendance.Note, Session: l.session, Reason: "nobody",
		Ruling: &attendance.Ruling{Of: it.Fact.ID, Sum: it.Fact.Sum(), As: attendance.AsRejected},
	}
	other := newDrive(t, s.pair(t, "other").ID)
	other.write(t, dismiss)
	s.mustReceive(t, other.from(0))
	if got := l.items(t, attendance.ItemsOpen); len(got) != 1 {
		t.Errorf("got %d items, want it to wait: another drive spoke", len(got))
	}
	l.write(t, dismiss)
	l.upload(t)
	if got := l.items(t, attendance.ItemsOpen); len(got) != 0 {
		t.Errorf("got %d items that wait, want none: its own drive spoke", len(got))
	}
}
