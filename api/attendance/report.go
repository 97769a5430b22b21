package attendance

import (
	"context"
	"time"
)

// Register is a course's whole register: students by sessions.
type Register struct {
	Course   Course
	Session  Session // the one it was asked for
	Sessions []Session
	Students []Member             // one line each, by roll: a student who left and came back stands once
	Roster   Roster               // all their enrolments
	Cells    map[ID]map[ID]Status // session, student
	Now      time.Time
}

// Cell is what the register says of a student in a session: NotRequired when
// they were not enrolled then, Absent when a session that was held has no mark.
func (r Register) Cell(se Session, student ID) Status {
	if st, ok := r.Cells[se.ID][student]; ok && st != Unmarked {
		return st
	}
	if _, expected := r.Roster.ByStudent(student, se.OpenedAt); !expected {
		return NotRequired
	}
	if se.OpenAt(r.Now) {
		return Unmarked
	}
	return Absent
}

// Register reads the register of the course that a session belongs to.
func (s *Service) Register(ctx context.Context, by Actor, session ID) (Register, error) {
	out := Register{Cells: map[ID]map[ID]Status{}, Now: s.world.Now()}
	err := s.store.View(ctx, func(ctx context.Context, tx Tx) (err error) {
		if out.Session, err = tx.Session(ctx, session); err != nil {
			return err
		}
		if err = teaches(ctx, tx, by, out.Session.Course); err != nil {
			return err
		}
		if out.Course, err = tx.Course(ctx, out.Session.Course); err != nil {
			return err
		}
		if out.Sessions, err = tx.Sessions(ctx, out.Course.ID); err != nil {
			return err
		}
		if out.Roster, err = tx.Roster(ctx, out.Course.ID); err != nil {
			return err
		}
		out.Students = out.Roster.latest()
		standings, err := tx.CourseStandings(ctx, out.Course.ID)
		for _, st := range standings {
			if out.Cells[st.Session] == nil {
				out.Cells[st.Session] = map[ID]Status{}
			}
			out.Cells[st.Session][st.Student] = st.Status
		}
		return err
	})
	return out, err
}
