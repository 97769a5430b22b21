package attendance

import (
	"context"
	"time"
)

// CourseView is a course as those read it who want its sums: its classes, its
// students, and what they add up to. It has cells of those classes only that had to
// be counted for it.
type CourseView struct {
	Register
	Count CourseCount // of the sessions that have ended
}

// Counts is what a store adds that keeps counts: a course of six hundred is read in
// a tenth of the time.
type Counts interface {
	// Counted is a course's stored count; false if it lacks something at a time.
	Counted(ctx context.Context, course ID, at time.Time) (CourseCount, bool, error)
}

// CourseView reads a course for who teaches it or is of the office.
func (s *Service) CourseView(ctx context.Context, by Actor, course ID) (CourseView, error) {
	var out CourseView
	err := s.store.View(ctx, func(ctx context.Context, tx Tx) (err error) {
		if _, err := tx.Course(ctx, course); err != nil {
			return err
		}
		if err := teaches(ctx, tx, by, course); err != nil {
			return err
		}
		if out, err = s.view(ctx, tx, course); err != nil {
			return err
		}
		for _, se := range out.Sessions {
			if !se.OpenAt(out.Now) {
				continue
			}
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

// CourseInsight reads a course and how the school names it, for the office.
func (s *Service) CourseInsight(ctx context.Context, tx Figures, course ID) (CourseView, CourseLine, error) {
	line, err := tx.CourseLine(ctx, course, s.world.Now())
	if err != nil {
		return CourseView{}, line, err
	}
	out, err := s.view(ctx, tx, course)
	return out, line, err
}

func (s *Service) view(ctx context.Context, tx Tx, course ID) (CourseView, error) {
	kept, ok := tx.(Counts)
	if !ok {
		reg, err := s.registerOf(ctx, tx, course)
		return CourseView{reg, reg.Count()}, err
	}
	reg, err := s.unmarked(ctx, tx, course)
	if err != nil {
		return CourseView{Register: reg}, err
	}
	count, whole, err := kept.Counted(ctx, course, reg.Now)
	if err != nil {
		return CourseView{Register: reg}, err
	}
	if whole && count.of(reg) {
		count.Policy = reg.Policy
		return CourseView{reg, count}, nil
	}
	reg, err = s.bare(ctx, tx, course)
	return CourseView{reg, reg.Count()}, err
}

// of reports whether a count is of exactly the sessions and students of a register,
// and puts its students in the register's order.
func (c *CourseCount) of(r Register) bool {
	ended := r.Ended()
	if len(ended) != len(c.Sessions) || len(r.Students) != len(c.Students) {
		return false
	}
	for i, se := range ended {
		if c.Sessions[i].Session != se.ID {
			return false
		}
	}
	at := make(map[ID]int, len(c.Students))
	for i, st := range c.Students {
		at[st.Student] = i
	}
	students := make([]StudentCount, len(r.Students))
	for i, m := range r.Students {
		j, known := at[m.Student]
		if !known {
			return false
		}
		if students[i] = c.Students[j]; len(students[i].Cells) != len(ended) {
			return false
		}
	}
	c.Students = students
	return true
}

// Between narrows a view as [Register.Between] does, and counts again.
func (v CourseView) Between(from, until time.Time) CourseView {
	if from.IsZero() && until.IsZero() {
		return v
	}
	first, end := 0, 0
	for _, s := range v.Count.Sessions {
		if s.OpenedAt.Before(from) {
			first++
		}
		if until.IsZero() || s.OpenedAt.Before(until) {
			end++
		}
	}
	end = max(first, end)
	v.Register = v.Register.Between(from, until)
	v.Count.Sessions = v.Count.Sessions[first:end]
	students := make([]StudentCount, len(v.Count.Students))
	for i, was := range v.Count.Students {
		cells := was.Cells[first:end]
		students[i] = CountStatuses(cells.Statuses(), v.Count.Policy)
		students[i].Student, students[i].Cells, students[i].Enrolled, students[i].here = was.Student, cells, was.Enrolled, was.here
	}
	v.Count.Students = students
	return v
}

// CountedSession is a session with what it adds up to.
type CountedSession struct {
	Session  Session
	Expected int // everyone enrolled when it began
	Tally
}

// AllSessions are those that have ended and those that run, oldest first.
func (v CourseView) AllSessions() []CountedSession {
	out, ended := make([]CountedSession, len(v.Sessions)), 0
	for i, se := range v.Sessions {
		if out[i].Session = se; se.OpenAt(v.Now) {
			out[i].Expected, out[i].Tally = len(v.Roster.At(se.OpenedAt)), v.CountSession(se)
			continue
		}
		out[i].Expected, out[i].Tally = v.Count.Sessions[ended].Expected, v.Count.Sessions[ended].Tally
		ended++
	}
	return out
}

// AtRisk are as [Register.AtRisk].
func (v CourseView) AtRisk() []Risk { return v.Count.atRisk(v.Enrolled()) }
