package attendance

import (
	"context"
	"slices"
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
	Reasons  map[ID]map[ID]string // session, student: of the marks that have one
	School   string               // its name
	Policy   Policy               // what counts over several sessions: see policyOf
	Zone     *time.Location       // of the campus
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
	return r.expected(se, student)
}

// expected is what stands of a student who was enrolled when the session began.
func (r Register) expected(se Session, student ID) Status {
	return Standing{Status: r.Cells[se.ID][student]}.Shown(se, r.Now)
}

// Register reads the register of the course that a session belongs to.
func (s *Service) Register(ctx context.Context, by Actor, session ID) (Register, error) {
	var out Register
	err := s.store.View(ctx, func(ctx context.Context, tx Tx) error {
		se, err := tx.Session(ctx, session)
		if err != nil {
			return err
		}
		out, err = s.register(ctx, tx, by, se.Course)
		out.Session = se
		return err
	})
	return out, err
}

// CourseRegister reads the register of a course.
func (s *Service) CourseRegister(ctx context.Context, by Actor, course ID) (Register, error) {
	var out Register
	err := s.store.View(ctx, func(ctx context.Context, tx Tx) (err error) {
		out, err = s.register(ctx, tx, by, course)
		return err
	})
	return out, err
}

func (s *Service) register(ctx context.Context, tx Tx, by Actor, course ID) (Register, error) {
	if _, err := tx.Course(ctx, course); err != nil {
		return Register{}, err
	}
	if err := teaches(ctx, tx, by, course); err != nil {
		return Register{}, err
	}
	return s.registerOf(ctx, tx, course)
}

func (s *Service) registerOf(ctx context.Context, tx Tx, course ID) (Register, error) {
	out, err := s.unmarked(ctx, tx, course)
	if err != nil {
		return out, err
	}
	standings, err := tx.CourseStandings(ctx, course)
	out.fill(standings)
	return out, err
}

// unmarked is a register without any mark.
func (s *Service) unmarked(ctx context.Context, tx Tx, course ID) (Register, error) {
	school, err := s.school(ctx, tx)
	out := Register{
		Cells: map[ID]map[ID]Status{}, Reasons: map[ID]map[ID]string{},
		School: school.Name, Policy: school.Policy, Zone: school.Zone, Now: s.world.Now(),
	}
	if err != nil {
		return out, err
	}
	if out.Course, err = tx.Course(ctx, course); err != nil {
		return out, err
	}
	if out.Sessions, err = tx.Sessions(ctx, course); err != nil {
		return out, err
	}
	out.Policy = policyOf(out.Sessions, out.Now, out.Policy)
	if out.Roster, err = tx.Roster(ctx, course); err != nil {
		return out, err
	}
	out.Students = out.Roster.latest()
	return out, nil
}

// fill takes in what stands.
func (r *Register) fill(standings []Standing) {
	for _, st := range standings {
		if r.Cells[st.Session] == nil {
			r.Cells[st.Session] = map[ID]Status{}
		}
		r.Cells[st.Session][st.Student] = st.Status
		if st.Reason == "" {
			continue
		}
		if r.Reasons[st.Session] == nil {
			r.Reasons[st.Session] = map[ID]string{}
		}
		r.Reasons[st.Session][st.Student] = st.Reason
	}
}

// policyOf is the policy of a sum over sessions: that of the newest one that has
// ended, which both servers know and which no running class changes.
func policyOf(sessions []Session, now time.Time, otherwise Policy) Policy {
	for _, se := range slices.Backward(sessions) {
		if !se.OpenAt(now) {
			return se.Policy.orDefault()
		}
	}
	return otherwise
}
