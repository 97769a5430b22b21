package attendance

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// drive is another pendrive's log, written line by line.
type drive struct {
	b    bench
	wall time.Time
	log  []Sent
}

// Unplaced is what the inbox holds of a session.
func (m *memory) Unplaced(_ context.Context, session ID) ([]Fact, error) {
	var out []Fact
	for _, f := range m.inbox {
		if f.Session == session {
			out = append(out, f)
		}
	}
	return out, nil
}

func (m *memory) Waiting(context.Context, ID) ([]Fact, error) { return nil, nil }

func (d *drive) line(t *testing.T, f Fact) {
	t.Helper()
	n := len(d.log) + 1
	f.Node, f.WallMS, f.HLC, f.Segment = small('n', 2), ms(d.wall), HLCAt(d.wall), segment(2)
	f.MonoMS = ms(d.wall) - ms(noon.AddDate(-30, 0, 0))
	if f.ID.IsZero() {
		f.ID = small('l', n)
	}
	f = sealed(t, f)
	d.raw(f.ID, f.Body)
}

func (d *drive) raw(id ID, body []byte) {
	d.log = append(d.log, Sent{Seq: int64(len(d.log) + 1), ID: id, Body: body})
}

// begun is a log with an opening of course 1, and then a mark of each student.
func begun(t *testing.T, b bench, off time.Duration) *drive {
	d := &drive{b: b, wall: noon.Add(off - time.Hour)}
	d.line(t, Fact{
		Kind: SessionOpened, Session: small('S', 5), Actor: actor(1),
		Opening: &Opening{Course: small('C', 1), Kind: Offline, ClosesMS: ms(d.wall) + 3_600_000, Policy: DefaultPolicy()},
	})
	for n := range 2 {
		d.wall = d.wall.Add(time.Minute)
		d.line(t, Fact{Kind: MarkSeen, Session: small('S', 5), Student: student(n + 1), Class: Evidence, Status: Present, Method: Biometric})
	}
	d.wall = noon.Add(off)
	return d
}

func (d *drive) send(from, to int) (Receipt, error) {
	up := batch(d.log, from, to)
	up.Node, up.Incarnation = small('n', 2), small('i', 1)
	up.Clock = Sample{WallMS: ms(d.wall), Segment: segment(2), MonoMS: ms(d.wall) - ms(noon.AddDate(-30, 0, 0))}
	var out Receipt
	err := d.b.InTx(d.b.ctx, func(ctx context.Context, _ Tx) (err error) {
		out, err = d.b.Replay(ctx, d.b.memory, up)
		return err
	})
	return out, err
}

func TestEveryLineEndsInTheLogOrTheInboxAndOneBadOneFailsNoOther(t *testing.T) {
	t.Parallel()
	session := small('S', 5)
	for why, bad := range map[Why]func(d *drive, t *testing.T){
		WhyPoison:         func(d *drive, t *testing.T) { d.raw(small('x', 1), []byte("{")) },
		WhyHashConflict:   func(d *drive, t *testing.T) { d.line(t, Fact{ID: small('l', 2), Kind: Note, Session: session}) },
		WhyUnknownKind:    func(d *drive, t *testing.T) { d.line(t, Fact{Kind: "mark.sung", Session: session}) },
		WhyUnknownSession: func(d *drive, t *testing.T) { d.line(t, Fact{Kind: SessionEnded, Session: small('S', 6), ClosedAt: 9}) },
		WhyNotEnrolled: func(d *drive, t *testing.T) {
			d.line(t, Fact{Kind: Note, Session: session, Student: student(9), Reason: "asked to leave"})
		},
		WhyNotEntitled: func(d *drive, t *testing.T) {
			d.line(t, Fact{Kind: MarkSet, Session: session, Student: student(1), Class: Office, Status: Absent})
		},
		WhyUnplaced: func(d *drive, t *testing.T) { d.line(t, Fact{Kind: MarkSeen, Class: Evidence, Roll: 7}) },
	} {
		t.Run(string(why), func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			d := begun(t, b, 0)
			bad(d, t)
			d.line(t, Fact{Kind: MarkSet, Session: session, Student: student(2), Actor: actor(1), Class: Teacher, Status: Excused})
			got, err := d.send(0, len(d.log))
			if err != nil {
				t.Fatal(err)
			}
			if want := (Result{Seq: 4, Code: string(why)}); len(got.Results) != 1 || got.Results[0] != want {
				t.Errorf("got results %+v, want only %+v", got.Results, want)
			}
			if len(b.log) != 4 || len(b.inbox) != 1 {
				t.Errorf("got %d in the log and %d aside, want 4 and 1", len(b.log), len(b.inbox))
			}
			if a, e := b.shows(Session{ID: session}, 1), b.shows(Session{ID: session}, 2); a != Present || e != Excused {
				t.Errorf("got %q and %q, want present and excused", a, e)
			}
			if got.Seq != 5 || got.Hash != hashAt(d.log, 5) {
				t.Errorf("got acknowledged through %d, want 5 with its hash", got.Seq)
			}
			if why == WhyUnplaced { // the drive keeps it aside itself
				return
			}
			if again, err := d.send(0, len(d.log)); err != nil || !slices.Equal(again.Results, got.Results) {
				t.Errorf("the reply was lost: got %+v %v, want %+v again", again.Results, err, got.Results)
			}
		})
	}
}

func TestAnyCutsAndLostRepliesStoreEachLineOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b := setup(t)
		d := begun(t, b, time.Duration(rapid.SampledFrom([]int{0, 1, -30, 90}).Draw(rt, "minutes off"))*time.Minute)
		for n := range rapid.IntRange(0, 6).Draw(rt, "more") {
			d.line(t, Fact{
				Kind: MarkSet, Session: small('S', 5), Student: student(n%2 + 1), Actor: actor(1), Class: Teacher,
				Status: rapid.SampledFrom(verdicts).Draw(rt, "status"),
			})
			d.wall = d.wall.Add(time.Second)
			b.pass(time.Second)
		}
		first := map[int64]Result{}
		for acked := 0; acked < len(d.log); {
			from := rapid.IntRange(0, acked).Draw(rt, "from")
			to := rapid.IntRange(from+1, len(d.log)).Draw(rt, "to")
			r, err := d.send(from, to)
			if err != nil {
				rt.Fatal(err)
			}
			if r.Seq != int64(to) || r.Hash != hashAt(d.log, to) {
				rt.Fatalf("got acknowledged through %d, want %d", r.Seq, to)
			}
			for _, res := range r.Results { // what was said once is said again
				if was, ok := first[res.Seq]; ok && was != res {
					rt.Fatalf("got %+v, want %+v as at first", res, was)
				}
				first[res.Seq] = res
			}
			acked = max(acked, to)
			b.pass(time.Duration(rapid.IntRange(0, 3).Draw(rt, "hours away")) * time.Hour)
			d.wall = d.wall.Add(time.Second) // the drive's computer slept
		}
		if len(b.log) != len(d.log) || len(b.inbox) != 0 {
			rt.Fatalf("got %d lines and %d aside, want %d and none", len(b.log), len(b.inbox), len(d.log))
		}
	})
}

func TestAnotherLogBelowWhatWasReceivedIsAFork(t *testing.T) {
	t.Parallel()
	b := setup(t)
	d := begun(t, b, 0)
	if _, err := d.send(0, 3); err != nil {
		t.Fatal(err)
	}
	if r, err := d.send(0, 2); err != nil || r.Seq != 2 {
		t.Errorf("its own first lines: got %d %v, want 2", r.Seq, err)
	}
	copied := begun(t, b, 0)
	copied.log = copied.log[:1]
	copied.line(t, Fact{ID: small('y', 1), Kind: Note, Session: small('S', 5)})
	copied.line(t, Fact{ID: small('y', 2), Kind: Note, Session: small('S', 5)})
	var fork Fork
	if _, err := copied.send(0, 2); !errors.As(err, &fork) || fork.Rewound {
		t.Errorf("a copy's lines: got %v, want a fork", err)
	}
	if len(b.log) != 3 {
		t.Errorf("got %d lines, want 3", len(b.log))
	}
}

func TestANewIncarnationHearsTheTimesThatWereFixedFirst(t *testing.T) {
	t.Parallel()
	b := setup(t)
	d := begun(t, b, -90*time.Minute)
	first, err := d.send(0, 3)
	if err != nil {
		t.Fatal(err)
	}
	b.streams = map[ID]Stream{} // the drive was restored: its log begins anew
	b.pass(5 * time.Hour)
	again, err := d.send(0, 3)
	if err != nil {
		t.Fatal(err)
	}
	again.Results = slices.DeleteFunc(again.Results, func(r Result) bool { return r.Code == CodeDuplicate })
	slices.SortFunc(again.Results, func(a, b Result) int { return int(a.Seq - b.Seq) })
	if !slices.Equal(again.Results, first.Results) || len(first.Results) != 3 {
		t.Errorf("got %+v, want %+v", again.Results, first.Results)
	}
}

func TestOfTwoLinesWithOneIDTheSecondIsKeptAside(t *testing.T) {
	t.Parallel()
	in := []Fact{{ID: small('f', 1)}, {ID: small('f', 2)}, {ID: small('f', 1)}, {ID: small('f', 2), Why: WhyPoison}}
	for i := range in {
		in[i].Origin.Seq = int64(i + 5)
	}
	got, at := dedupe(in)
	for i, want := range []Why{"", "", WhyHashConflict, WhyPoison} {
		if got[i].Why != want || got[i].ID != in[i].ID || at[i] != int64(i+5) {
			t.Errorf("line %d: got %q at %d, want %q", i, got[i].Why, at[i], want)
		}
	}
}

func TestASessionOpensOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	d := begun(t, b, 0)
	again := Fact{
		Kind: SessionOpened, Session: small('S', 5), Actor: actor(1),
		Opening: &Opening{Course: small('C', 2), Kind: Offline, ClosesMS: ms(noon), Policy: DefaultPolicy()},
	}
	d.line(t, again)
	got, err := d.send(0, len(d.log))
	if err != nil {
		t.Fatal(err)
	}
	if want := (Result{Seq: 4, Code: string(WhyHashConflict)}); len(got.Results) != 1 || got.Results[0] != want {
		t.Errorf("got results %+v, want only %+v", got.Results, want)
	}
	facts, _ := b.memory.Facts(b.ctx, small('S', 5), Which{})
	se, _, err := Fold(facts)
	if err != nil || se != b.sessions[se.ID] || se.Course != small('C', 1) {
		t.Errorf("got %+v %v, want what was merged, %+v", se, err, b.sessions[se.ID])
	}
	b.streams = map[ID]Stream{} // the opening itself may come again
	if got, err := d.send(0, 1); err != nil || len(got.Results) != 1 || got.Results[0].Code != CodeDuplicate {
		t.Errorf("sent again: got %+v %v, want a duplicate", got.Results, err)
	}
}
