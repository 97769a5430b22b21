package storetest

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// lesson does random things to a session, as two teachers and a scanner would.
func (r *room) lesson(t *testing.T, chance *rand.Rand, s attendance.Session, steps int) {
	t.Helper()
	var gestures []attendance.ID
	statuses := []attendance.Status{
		attendance.Present, attendance.Late, attendance.Absent, attendance.Excused, attendance.Duty, attendance.NotRequired,
	}
	for range steps {
		r.clock.pass(time.Duration(chance.IntN(90)) * time.Second)
		switch chance.IntN(6) {
		case 0, 1:
			r.touch(t, 1+chance.IntN(8))
		case 2, 3:
			v := r.verdict(t, statuses[chance.IntN(len(statuses))], chance.Perm(len(r.Students))[:1+chance.IntN(3)]...)
			v.Bulk = chance.IntN(3) == 0
			must(r.serve.Mark(r.ctx, r.rao(), s.ID, v))(t)
			gestures = append(gestures, v.Gesture)
		case 4:
			if len(gestures) > 0 {
				must(r.serve.Undo(r.ctx, r.rao(), s.ID, gestures[chance.IntN(len(gestures))]))(t)
			}
		case 5:
			if r.read(t, s.ID).OpenAt(r.clock.Now()) {
				must(r.serve.Extend(r.ctx, r.rao(), s.ID, attendance.ID{}))(t)
			}
		}
	}
}

var folding = map[string]func(*testing.T, *room){
	"what a lesson left is the fold of its facts": func(t *testing.T, r *room) {
		seed := rand.Uint64() //nolint:gosec // a lesson to repeat, not a secret
		t.Logf("seed %d", seed)
		s := r.opened(t)
		r.lesson(t, rand.New(rand.NewPCG(seed, 1)), s, 60) //nolint:gosec // as above
		r.refolds(t, s.ID)
	},
	"folding anew changes nothing that is right and repairs what is wrong": func(t *testing.T, r *room) {
		s := r.opened(t)
		must(r.serve.Mark(r.ctx, r.rao(), s.ID, r.verdict(t, attendance.Late, 0, 1)))(t)
		refold := func(ctx context.Context, tx attendance.Tx) error { return attendance.Refold(ctx, tx, s.ID) }
		r.in(t, refold)
		r.refolds(t, s.ID)
		r.in(t, func(ctx context.Context, tx attendance.Tx) error {
			return tx.PutStandings(ctx, []attendance.Standing{
				{Session: s.ID, Student: r.Students[0].ID, Status: attendance.Absent},
				{Session: s.ID, Student: r.Students[5].ID, Status: attendance.Present},
			})
		})
		r.in(t, refold)
		r.refolds(t, s.ID)
		same(t, "shows", r.shows(t, s.ID, 0), attendance.Late)
	},
}
