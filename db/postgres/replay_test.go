package postgres_test

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// lesson is the log of a class that a pendrive held in the morning. It is noon now,
// and both clocks stand still until they are told to pass.
type lesson struct {
	*school
	*drive
	session attendance.ID
	now     time.Time // in the cloud
}

// lesson is an opening and then a mark of each student, by a clock that is off.
func (s *school) lesson(t testing.TB, off time.Duration) *lesson {
	t.Helper()
	l := &lesson{drive: newDrive(t, s.pair(t, newID(t).String()).ID), now: noon}
	own := *s
	own.serve = serviceAt(t, s, &l.now)
	l.school = &own
	l.start, l.wall = noon.Add(off-24*time.Hour), noon.Add(off-time.Hour)
	l.session = l.write(t, attendance.Fact{
		Kind: attendance.SessionOpened, Session: newID(t), Actor: l.teacher,
		Opening: &attendance.Opening{
			Course: l.course, Kind: attendance.Offline, ClosesMS: l.wall.Add(time.Hour).UnixMilli(), Policy: attendance.DefaultPolicy(),
		},
	}).Session
	for _, st := range l.students {
		l.wall = l.wall.Add(time.Minute)
		l.sees(t, l.session, st)
	}
	l.wall = noon.Add(off)
	return l
}

// serviceAt is the cloud's service with a clock of its own.
func serviceAt(t testing.TB, s *school, now *time.Time) *attendance.Service {
	t.Helper()
	world := attendance.World{Now: func() time.Time { return *now }, Rand: rand.Reader}
	serve, err := attendance.NewService(t.Context(), s.Store, world, s.cloud, attendance.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	return serve
}

func (l *lesson) send(t testing.TB, from, to int) (attendance.Receipt, error) {
	t.Helper()
	return l.receive(t, l.between(from, to))
}

// restored makes the log begin anew, as after a backup was put back.
func (l *lesson) restored(t testing.TB) { l.incarnation = newID(t) }

// aside are the lines of this log that wait for a person.
func (l *lesson) aside(t testing.TB) []attendance.Fact {
	t.Helper()
	return slices.DeleteFunc(l.unplaced(t), func(f attendance.Fact) bool { return f.Origin.Incarnation != l.incarnation })
}

func (l *lesson) shows(t testing.TB, student int) attendance.Status {
	t.Helper()
	for _, st := range view(t, l.store, standings(l.session)) {
		if st.Student == l.students[student] {
			return st.Status
		}
	}
	return attendance.Unmarked
}

func (l *lesson) verdict(t testing.TB, student int, status attendance.Status) {
	t.Helper()
	l.write(t, attendance.Fact{
		Kind: attendance.MarkSet, Session: l.session, Student: l.students[student], Actor: l.teacher,
		Class: attendance.Teacher, Status: status,
	})
}

func TestEveryLineEndsInTheLogOrTheInboxAndOneBadOneFailsNoOther(t *testing.T) {
	t.Parallel()
	s := setup(t, 2, postgres.Options{})
	for why, bad := range map[attendance.Why]func(t *testing.T, l *lesson){
		attendance.WhyPoison: func(t *testing.T, l *lesson) { l.raw(newID(t), []byte("{")) },
		attendance.WhyHashConflict: func(t *testing.T, l *lesson) {
			l.write(t, attendance.Fact{ID: l.lines[1].ID, Kind: attendance.Note, Session: l.session})
		},
		attendance.WhyUnknownKind: func(t *testing.T, l *lesson) {
			l.write(t, attendance.Fact{Kind: "mark.sung", Session: l.session})
		},
		attendance.WhyUnknownSession: func(t *testing.T, l *lesson) {
			l.write(t, attendance.Fact{Kind: attendance.SessionEnded, Session: newID(t), ClosedAt: 9})
		},
		attendance.WhyNotEnrolled: func(t *testing.T, l *lesson) {
			l.write(t, attendance.Fact{Kind: attendance.MarkSeen, Session: l.session, Roll: 99, Class: attendance.Evidence, Status: attendance.Present})
		},
		attendance.WhyUnknownPerson: func(t *testing.T, l *lesson) {
			l.write(t, attendance.Fact{Kind: attendance.Note, Session: l.session, Student: newID(t), Reason: "asked to leave"})
		},
		attendance.WhyNotEntitled: func(t *testing.T, l *lesson) {
			l.write(t, attendance.Fact{
				Kind: attendance.MarkSet, Session: l.session, Student: l.students[0], Class: attendance.Office, Status: attendance.Absent,
			})
		},
		attendance.WhyUnplaced: func(t *testing.T, l *lesson) {
			l.write(t, attendance.Fact{Kind: attendance.MarkSeen, Class: attendance.Evidence, Roll: 7})
		},
	} {
		t.Run(string(why), func(t *testing.T) {
			l := s.lesson(t, 0)
			bad(t, l)
			l.verdict(t, 1, attendance.Excused)
			got, err := l.send(t, 0, 5)
			if err != nil {
				t.Fatal(err)
			}
			if want := (attendance.Result{Seq: 4, Code: string(why)}); len(got.Results) != 1 || got.Results[0] != want {
				t.Errorf("got results %+v, want only %+v", got.Results, want)
			}
			if placed, aside := len(l.facts(t, l.session)), len(l.aside(t)); placed != 4 || aside != 1 {
				t.Errorf("got %d in the log and %d aside, want 4 and 1", placed, aside)
			}
			if a, e := l.shows(t, 0), l.shows(t, 1); a != attendance.Present || e != attendance.Excused {
				t.Errorf("got %q and %q, want present and excused", a, e)
			}
			if got.Seq != 5 || got.Hash != l.hashes[5] {
				t.Errorf("got acknowledged through %d, want 5 with its hash", got.Seq)
			}
			if why == attendance.WhyUnplaced { // the drive keeps it aside itself
				return
			}
			if again, err := l.send(t, 0, 5); err != nil || !slices.Equal(again.Results, got.Results) {
				t.Errorf("the reply was lost: got %+v %v, want %+v again", again.Results, err, got.Results)
			}
		})
	}
}

func TestAFingerThatNobodyKnowsYetIsKeptAsSuch(t *testing.T) {
	t.Parallel()
	s := setup(t, 2, postgres.Options{})
	l := s.lesson(t, 0)
	read := &attendance.DeviceRef{ID: newID(t), Slot: 7}
	l.write(t, attendance.Fact{Kind: attendance.MarkSeen, Class: attendance.Evidence, Session: l.session, Device: read})
	l.write(t, attendance.Fact{Kind: attendance.MarkSeen, Class: attendance.Evidence, Device: read})
	got, err := l.send(t, 0, 5)
	if err != nil {
		t.Fatal(err)
	}
	why := string(attendance.WhyUnknownPerson)
	if want := []attendance.Result{{Seq: 4, Code: why}, {Seq: 5, Code: why}}; !slices.Equal(got.Results, want) {
		t.Errorf("got %+v, want %+v", got.Results, want)
	}
}

func TestAnyCutsAndLostRepliesStoreEachLineOnce(t *testing.T) {
	t.Parallel()
	s := setup(t, 2, postgres.Options{})
	verdicts := []attendance.Status{
		attendance.Present, attendance.Absent, attendance.Excused, attendance.Duty, attendance.Late, attendance.NotRequired,
	}
	rapid.Check(t, func(rt *rapid.T) {
		l := s.lesson(t, time.Duration(rapid.SampledFrom([]int{0, 1, -30, 90}).Draw(rt, "minutes off"))*time.Minute)
		for n := range rapid.IntRange(0, 6).Draw(rt, "more") {
			l.verdict(t, n%2, rapid.SampledFrom(verdicts).Draw(rt, "status"))
			l.wall, l.now = l.wall.Add(time.Second), l.now.Add(time.Second)
		}
		first := map[int64]attendance.Result{}
		for acked := 0; acked < len(l.lines); {
			from := rapid.IntRange(0, acked).Draw(rt, "from")
			to := rapid.IntRange(from+1, len(l.lines)).Draw(rt, "to")
			r, err := l.send(t, from, to)
			if err != nil {
				rt.Fatal(err)
			}
			if r.Seq != int64(to) || r.Hash != l.hashes[to] {
				rt.Fatalf("got acknowledged through %d, want %d", r.Seq, to)
			}
			for _, res := range r.Results { // what was said once is said again
				if was, ok := first[res.Seq]; ok && was != res {
					rt.Fatalf("got %+v, want %+v as at first", res, was)
				}
				first[res.Seq] = res
			}
			acked = max(acked, to)
			l.now = l.now.Add(time.Duration(rapid.IntRange(0, 3).Draw(rt, "hours away")) * time.Hour)
			l.wall = l.wall.Add(time.Second) // the drive's computer slept
		}
		if placed, aside := len(l.facts(t, l.session)), len(l.aside(t)); placed != len(l.lines) || aside != 0 {
			rt.Fatalf("got %d lines and %d aside, want %d and none", placed, aside, len(l.lines))
		}
	})
}

func TestAnotherLogBelowWhatWasReceivedIsAFork(t *testing.T) {
	t.Parallel()
	l := setup(t, 2, postgres.Options{}).lesson(t, 0)
	if _, err := l.send(t, 0, 3); err != nil {
		t.Fatal(err)
	}
	if r, err := l.send(t, 0, 2); err != nil || r.Seq != 2 {
		t.Errorf("its own first lines: got %d %v, want 2", r.Seq, err)
	}
	l.lines, l.hashes = l.lines[:1:1], l.hashes[:2:2] // a copy went on from the first
	for range 2 {
		l.write(t, attendance.Fact{Kind: attendance.Note, Session: l.session})
	}
	var fork attendance.Fork
	if _, err := l.send(t, 0, 2); !errors.As(err, &fork) || fork.Rewound {
		t.Errorf("a copy's lines: got %v, want a fork", err)
	}
	if got := len(l.facts(t, l.session)); got != 3 {
		t.Errorf("got %d lines, want 3", got)
	}
}

func TestALostAnswerIsRepeated(t *testing.T) {
	t.Parallel()
	l := setup(t, 2, postgres.Options{}).lesson(t, 0)
	l.wall = noon.Add(time.Hour) // for one line the clock was wrong
	l.verdict(t, 0, attendance.Late)
	l.wall = noon
	l.write(t, attendance.Fact{Kind: attendance.Note, Session: l.session, Student: newID(t)})
	l.write(t, attendance.Fact{ID: l.lines[1].ID, Kind: attendance.Note, Session: l.session})
	want := []attendance.Result{
		{Seq: 4, Code: attendance.CodeAdjusted, EffectiveMS: noon.UnixMilli(), Ord: attendance.HLCAt(noon) + 4},
		{Seq: 5, Code: string(attendance.WhyUnknownPerson)},
		{Seq: 6, Code: string(attendance.WhyHashConflict)},
	}
	for _, when := range []string{"at first", "again"} {
		got, err := l.send(t, 0, 6)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.Results, want) {
			t.Errorf("%s: got %+v, want %+v", when, got.Results, want)
		}
	}
}

func TestANewIncarnationHearsTheTimesThatWereFixedFirst(t *testing.T) {
	t.Parallel()
	l := setup(t, 2, postgres.Options{}).lesson(t, -90*time.Minute)
	first, err := l.send(t, 0, 3)
	if err != nil {
		t.Fatal(err)
	}
	l.restored(t)
	l.now = l.now.Add(5 * time.Hour)
	again, err := l.send(t, 0, 3)
	if err != nil {
		t.Fatal(err)
	}
	again.Results = slices.DeleteFunc(again.Results, func(r attendance.Result) bool { return r.Code == attendance.CodeDuplicate })
	slices.SortFunc(again.Results, func(a, b attendance.Result) int { return int(a.Seq - b.Seq) })
	if !slices.Equal(again.Results, first.Results) || len(first.Results) != 3 {
		t.Errorf("got %+v, want %+v", again.Results, first.Results)
	}
}

func TestASessionOpensOnce(t *testing.T) {
	t.Parallel()
	s := setup(t, 2, postgres.Options{})
	other := newID(t)
	s.change(t, func(ctx context.Context, r attendance.Registrar) error {
		return r.PutCourse(ctx, course(other, "MA201"))
	})
	l := s.lesson(t, 0)
	l.write(t, attendance.Fact{
		Kind: attendance.SessionOpened, Session: l.session, Actor: l.teacher,
		Opening: &attendance.Opening{Course: other, Kind: attendance.Offline, ClosesMS: noon.UnixMilli(), Policy: attendance.DefaultPolicy()},
	})
	got, err := l.send(t, 0, 4)
	if err != nil {
		t.Fatal(err)
	}
	if want := (attendance.Result{Seq: 4, Code: string(attendance.WhyHashConflict)}); len(got.Results) != 1 || got.Results[0] != want {
		t.Errorf("got results %+v, want only %+v", got.Results, want)
	}
	se, _, err := attendance.Fold(l.facts(t, l.session))
	if merged := l.read(t, l.session); err != nil || se != merged || se.Course != l.course {
		t.Errorf("got %+v %v, want what was merged, %+v", se, err, merged)
	}
	l.restored(t) // the opening itself may come again
	if got, err := l.send(t, 0, 1); err != nil || len(got.Results) != 1 || got.Results[0].Code != attendance.CodeDuplicate {
		t.Errorf("sent again: got %+v %v, want a duplicate", got.Results, err)
	}
}

// read is a stored session, its times in UTC.
func (s store) read(t testing.TB, id attendance.ID) attendance.Session {
	t.Helper()
	se := view(t, s, func(ctx context.Context, tx attendance.Tx) (attendance.Session, error) { return tx.Session(ctx, id) })
	return inUTC(se)
}

func inUTC(se attendance.Session) attendance.Session {
	se.OpenedAt, se.ClosesAt, se.ClosedAt = se.OpenedAt.UTC(), se.ClosesAt.UTC(), se.ClosedAt.UTC()
	return se
}
