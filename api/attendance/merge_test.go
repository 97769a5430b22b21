package attendance_test

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/arise-attendance/arise/api/attendance"
)

// written are facts as a server writes them, with the time and order drawn for them.
func written(t *rapid.T, facts []attendance.Fact) []attendance.Fact {
	out := slices.Clone(facts)
	for i := range out {
		f := &out[i]
		at, ord := f.EffectiveMS, f.Ord
		if err := f.Seal(); err != nil {
			t.Fatal(err)
		}
		f.EffectiveMS, f.Ord = at, ord
	}
	return out
}

// adopt merges a batch in a transaction of its own.
func (b bench) adopt(t *rapid.T, batch []attendance.Fact) {
	t.Helper()
	err := b.store.InTx(b.ctx, func(ctx context.Context, tx attendance.Tx) error { return b.Adopt(ctx, tx, batch) })
	if err != nil {
		t.Fatal(err)
	}
}

func (b bench) wantsRegister(t *rapid.T, session attendance.ID, want []attendance.Standing) {
	t.Helper()
	if got := standings(t, b.store, session); !attendance.SameRegister(got, want) {
		t.Fatalf("standings: got %+v, want %+v", got, want)
	}
}

func TestMergingBatchByBatchIsTheFoldOfAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		facts := written(rt, attendance.DrawSession(rt))
		later := append(facts[1:], written(rt, attendance.DrawMarks(rt, 12))...)
		wantSession, want, err := attendance.Fold(append(facts[:1:1], later...))
		if err != nil {
			rt.Fatal(err)
		}
		b := setup(rt)
		batches := append([][]attendance.Fact{facts[:1]}, attendance.Cut(rt, attendance.Shuffled(rt, later))...)
		batches = append(batches, attendance.Cut(rt, attendance.Shuffled(rt, later))...) // all of it again
		for _, batch := range batches {
			b.adopt(rt, batch)
		}
		got := see(rt, b.store, func(ctx context.Context, tx attendance.Tx) (attendance.Session, error) {
			return tx.Session(ctx, wantSession.ID)
		})
		if got != wantSession {
			rt.Fatalf("session: got %+v, want %+v", got, wantSession)
		}
		b.wantsRegister(rt, wantSession.ID, want)
	})
}

func TestWhatIsKeptAsideIsNeverFolded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		opening := written(rt, attendance.DrawSession(rt)[:1])
		marks := written(rt, attendance.DrawMarks(rt, 8))
		var good []attendance.Fact
		for i := range marks {
			if rapid.Bool().Draw(rt, "aside") {
				marks[i].Why = attendance.WhyNotEnrolled
			} else {
				good = append(good, marks[i])
			}
		}
		session, want, err := attendance.Fold(append(opening[:1:1], good...))
		if err != nil {
			rt.Fatal(err)
		}
		b := setup(rt)
		b.adopt(rt, append(opening[:1:1], marks...))
		b.wantsRegister(rt, session.ID, want)
		if got, want := len(facts(rt, b.store, session.ID))+b.aside(rt), 1+len(marks); got != want {
			rt.Fatalf("got %d facts kept, want all %d", got, want)
		}
	})
}
