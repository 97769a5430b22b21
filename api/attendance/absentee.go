package attendance

import (
	"context"
	"time"
)

// Absentee is somebody who was not in a class that has ended.
type Absentee struct {
	Course  Course
	Session Session
	Member
	Status Status // Absent, or Excused
	Reason string
}

// Absentees are those who were enrolled and not there, by session and roll.
func (r Register) Absentees() []Absentee {
	var out []Absentee
	for _, se := range r.Ended() {
		for _, m := range r.Roster.At(se.OpenedAt) {
			st := r.expected(se, m.Student)
			if st == Absent || st == Excused {
				out = append(out, Absentee{Course: r.Course, Session: se, Member: m, Status: st, Reason: r.Reasons[se.ID][m.Student]})
			}
		}
	}
	return out
}

// ShortRegister reads only the sessions of a course that began in a period: a day
// of a whole school must not read everything that was ever marked.
func (s *Service) ShortRegister(ctx context.Context, by Actor, course ID, from, until time.Time) (Register, error) {
	var out Register
	err := s.store.View(ctx, func(ctx context.Context, tx Tx) (err error) {
		if err = teaches(ctx, tx, by, course); err != nil {
			return err
		}
		if out, err = s.unmarked(ctx, tx, course); err != nil {
			return err
		}
		out = out.Between(from, until)
		for _, se := range out.Sessions {
			standings, err := tx.Standings(ctx, se.ID)
			if err != nil {
				return err
			}
			out.fill(standings)
		}
		return nil
	})
	return out, err
}
