package attendance

import (
	"context"
	"time"
)

// Holdings is all that a server holds classes of: what a pendrive says of itself.
type Holdings struct {
	Courses []Held
	Backlog Backlog
	Until   time.Time // the latest end of a class that runs; zero: none runs
}

// Holdings reads every course, whoever teaches it. It names no person.
func (s *Service) Holdings(ctx context.Context) (Holdings, error) {
	var out Holdings
	now := s.world.Now()
	err := s.store.View(ctx, func(ctx context.Context, tx Tx) (err error) {
		courses, err := tx.Courses(ctx)
		if err != nil {
			return err
		}
		running, err := tx.Running(ctx)
		if err != nil {
			return err
		}
		byCourse := map[ID]Session{}
		for _, se := range running {
			if !se.OpenAt(now) {
				continue
			}
			byCourse[se.Course] = se
			if se.ClosesAt.After(out.Until) {
				out.Until = se.ClosesAt
			}
		}
		for _, c := range courses {
			roster, err := tx.Roster(ctx, c.ID)
			if err != nil {
				return err
			}
			out.Courses = append(out.Courses, Held{Course: c, Enrolled: len(roster.At(now)), Running: byCourse[c.ID]})
		}
		out.Backlog, err = tx.Backlog(ctx)
		return err
	})
	return out, err
}
