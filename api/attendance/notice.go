package attendance

import (
	"context"
	"fmt"
	"time"
)

// NoticeRules say when a student hears that attendance is low.
type NoticeRules struct {
	On        bool `json:"on"`
	MinHeld   int  `json:"min_sessions"` // nobody is warned before so many classes
	HoldHours int  `json:"hold_hours"`   // after a class, so that its teacher can correct it first
	QuietFrom int  `json:"quiet_from"`   // hours of the campus's day in which nobody is written to
	QuietTo   int  `json:"quiet_to"`
}

// DefaultNoticeRules are off: a school decides when it writes to its students.
func DefaultNoticeRules() NoticeRules {
	return NoticeRules{MinHeld: 5, HoldHours: 24, QuietFrom: 20, QuietTo: 8}
}

func (n NoticeRules) check() error {
	hour := func(h int) bool { return h >= 0 && h <= 23 }
	switch {
	case n.MinHeld < 1 || n.MinHeld > 1000:
		return Invalid{Field: noticesKey + ".min_sessions", Why: "must be between 1 and 1000"}
	case n.HoldHours < 0 || n.HoldHours > 24*14:
		return Invalid{Field: noticesKey + ".hold_hours", Why: "must be between 0 and 336, two weeks"}
	case !hour(n.QuietFrom):
		return Invalid{Field: noticesKey + ".quiet_from", Why: "must be an hour from 0 to 23"}
	case !hour(n.QuietTo):
		return Invalid{Field: noticesKey + ".quiet_to", Why: "must be an hour from 0 to 23"}
	}
	return nil
}

// QuietUntil is when the quiet hours that hold at a time end; zero: they do not hold.
// From and to alike means that there are none.
func (n NoticeRules) QuietUntil(at time.Time) time.Time {
	h := at.Hour()
	quiet := n.QuietFrom <= h && h < n.QuietTo
	if n.QuietFrom > n.QuietTo {
		quiet = h >= n.QuietFrom || h < n.QuietTo
	}
	if !quiet {
		return time.Time{}
	}
	end := time.Date(at.Year(), at.Month(), at.Day(), n.QuietTo, 0, 0, 0, at.Location())
	if !end.After(at) {
		end = end.AddDate(0, 0, 1)
	}
	return end
}

// Notice tells one student how they stand in one course.
type Notice struct {
	ID       ID
	Student  ID
	Course   ID
	Corrects ID // the notice that was wrong; none: this one warns
	Band     Band
	Tally    Tally
	Percent  float64 // unrounded
	Needed   int
	Through  time.Time // the start of the newest session counted
}

// low reports whether a band is one to warn of.
func (b Band) low() bool { return b == Warning || b == Critical }

// worse reports whether b is nearer to failing than c.
func (b Band) worse(c Band) bool { return b == Critical && c != Critical || b == Warning && !c.low() }

// Warn decides what the students of a register must hear, given the last notice
// that reached each of them. Nobody hears the same twice: only the first fall below
// a threshold, a worse one, and that a notice was wrong. closed are the notices that
// hold no more, because the student recovered.
func (n NoticeRules) Warn(r Register, told map[ID]Notice) (tell []Notice, closed []ID) {
	for _, m := range r.Enrolled() {
		last, heard := told[m.Student]
		if heard && last.Band.low() {
			// The same classes, as the register has them today.
			then := r.notice(m.Student, last.Through)
			if last.Band.worse(then.Band) {
				then.Corrects = last.ID
				tell = append(tell, then)
				closed, last = append(closed, last.ID), then
			}
		}
		now := r.notice(m.Student, r.Now)
		switch {
		case now.Band.low() && now.Tally.Held() >= n.MinHeld && now.Band.worse(last.Band):
			tell = append(tell, now)
		case now.Band == Safe && last.Band.low() && !last.ID.IsZero():
			closed = append(closed, last.ID)
		}
	}
	return tell, closed
}

// notice counts a student's sessions that began by a time.
func (r Register) notice(student ID, through time.Time) Notice {
	r = r.Between(time.Time{}, through.Add(1))
	t := r.CountStudent(student)
	pct, _ := t.Percent(r.Policy)
	out := Notice{Student: student, Course: r.Course.ID, Band: t.Band(r.Policy), Tally: t, Percent: pct, Needed: t.Needed(r.Policy)}
	if ended := r.Ended(); len(ended) > 0 {
		out.Through = ended[len(ended)-1].OpenedAt
	}
	return out
}

// Telling is what the cloud's store adds to the seam for notices.
type Telling interface {
	Tx
	// Told is the last notice that reached each student of a course and still holds.
	Told(ctx context.Context, course ID) (map[ID]Notice, error)
	// Awaited are sessions whose register may still be filled: their end has not
	// come, something of them waits in the inbox, or a pendrive that holds such
	// classes was not heard of since; the last only for sessions later than since.
	Awaited(ctx context.Context, course ID, since time.Time) (map[ID]bool, error)
	// Tell keeps notices to be sent, in place of those of the course that were not
	// sent yet, and closes others.
	Tell(ctx context.Context, course ID, tell []Notice, closed []ID) error
}

// awaitFor is how long a notice waits for a pendrive in somebody's drawer.
const awaitFor = 7 * 24 * time.Hour

// Warn works out what a course's students must hear by now. Sessions that a
// teacher may still be correcting, or that are not complete, are left out.
func (s *Service) Warn(ctx context.Context, tx Telling, course ID) error {
	school, err := s.school(ctx, tx)
	if err != nil {
		return err
	}
	if !school.Notices.On {
		return tx.Tell(ctx, course, nil, nil)
	}
	r, err := s.registerOf(ctx, tx, course)
	if err != nil {
		return fmt.Errorf("read the register of %s: %w", course, err)
	}
	awaited, err := tx.Awaited(ctx, course, r.Now.Add(-awaitFor))
	if err != nil {
		return fmt.Errorf("list sessions that are not complete: %w", err)
	}
	r = r.complete(awaited, r.Now.Add(-time.Duration(school.Notices.HoldHours)*time.Hour))
	told, err := tx.Told(ctx, course)
	if err != nil {
		return fmt.Errorf("list what was told: %w", err)
	}
	tell, closed := school.Notices.Warn(r, told)
	for i := range tell {
		if tell[i].ID, err = s.NewID(); err != nil {
			return err
		}
	}
	return tx.Tell(ctx, course, tell, closed)
}

// complete keeps the sessions that ended by a time and are not awaited.
func (r Register) complete(awaited map[ID]bool, endedBy time.Time) Register {
	var kept []Session
	for _, se := range r.Sessions {
		if !awaited[se.ID] && !se.OpenAt(r.Now) && !se.EndAt().After(endedBy) {
			kept = append(kept, se)
		}
	}
	r.Sessions = kept
	return r
}
