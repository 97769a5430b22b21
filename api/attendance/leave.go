package attendance

import (
	"context"
	"time"
)

// An approved leave is a fact for each of its sessions, of a class of its own. It is
// placed whatever the register shows, and the fold decides what shows ([State.Winner]):
// a leave excuses who was not there, and never hides that somebody was. So it does not
// matter which comes first, the leave, the finger or the pendrive that held the class.

func (s *Service) grantLeave(ctx context.Context, tx Reviews, by Actor, r *Request) error {
	if r.Status == "" {
		r.Status = Excused
	}
	if err := oneOf(r.Status, Excused, Duty); err != nil {
		return err
	}
	sessions, err := tx.LeaveSessions(ctx, *r)
	if err != nil {
		return err
	}
	for _, se := range sessions {
		if se.Void.On {
			continue
		}
		if err := s.inWindow(ctx, tx, by, se); err != nil {
			return err
		}
	}
	return s.placeLeave(ctx, tx, *r, sessions)
}

// placeLeave makes the facts of a leave that are not there yet.
func (s *Service) placeLeave(ctx context.Context, tx Tx, r Request, sessions []Session) error {
	ids := make([]ID, len(sessions))
	for i, se := range sessions {
		ids[i] = r.leaveID(se.ID)
	}
	known, err := tx.Known(ctx, ids)
	if err != nil {
		return err
	}
	var facts []Fact
	for i, se := range sessions {
		if known[ids[i]] {
			continue
		}
		f, err := s.fact(Fact{
			ID: ids[i], Kind: MarkSet, Session: se.ID, Student: r.Student, Actor: r.ID,
			Class: Leave, Status: r.Status, Method: OnLeave, Reason: clipped(r.Reason),
		})
		if err != nil {
			return err
		}
		facts = append(facts, f)
	}
	if len(facts) == 0 {
		return nil
	}
	_, err = merge(ctx, tx, facts)
	return err
}

// leaveID is the leave's fact in a session: there is one, however often it is placed.
func (r Request) leaveID(session ID) ID { return Derive("leave", r.ID[:], session[:], r.Student[:]) }

// endLeave withdraws what a leave placed.
func (s *Service) endLeave(ctx context.Context, tx Reviews, r Request) error {
	sessions, err := tx.LeaveSessions(ctx, r)
	if err != nil {
		return err
	}
	var facts []Fact
	for _, se := range sessions {
		placed, err := tx.Facts(ctx, se.ID, Which{Student: r.Student})
		if err != nil {
			return err
		}
		for _, f := range placed {
			if f.ID != r.leaveID(se.ID) {
				continue
			}
			back, err := s.fact(Fact{
				ID: undoOf(f.ID), Kind: MarkCleared, Session: se.ID, Student: r.Student, Actor: r.ID,
				Class: Leave, Method: OnLeave, Seen: f.Ord,
			})
			if err != nil {
				return err
			}
			facts = append(facts, back)
		}
	}
	if len(facts) == 0 {
		return nil
	}
	_, err = merge(ctx, tx, facts)
	return err
}

// ApplyLeaves marks those on leave in a session that was opened, or arrived from a
// pendrive, or was restored, after their leave was approved.
func (s *Service) ApplyLeaves(ctx context.Context, tx Reviews, session ID) error {
	se, err := tx.Session(ctx, session)
	if err != nil {
		return err
	}
	leaves, err := tx.LeavesOver(ctx, se)
	if err != nil {
		return err
	}
	for _, r := range leaves {
		if err := s.placeLeave(ctx, tx, r, []Session{se}); err != nil {
			return err
		}
	}
	return nil
}

// ApplyLeave does the same for one leave, once its approval has been stored: a session
// may have been opened meanwhile that neither saw the other.
func (s *Service) ApplyLeave(ctx context.Context, tx Reviews, id ID) error {
	r, err := tx.LockRequest(ctx, id)
	if err != nil || r.Kind != AskLeave || r.State != RequestApproved {
		return err
	}
	sessions, err := tx.LeaveSessions(ctx, r)
	if err != nil {
		return err
	}
	return s.placeLeave(ctx, tx, r, sessions)
}

// LeaveEffect is what a request came to in one session.
type LeaveEffect struct {
	Session Session
	Shown   Status
	Method  Method
	Counts  bool // it is the request that shows
	Seen    bool // the student was there all the same: the register shows that
}

// Effects say what a request came to in each of its sessions so far.
func (s *Service) Effects(ctx context.Context, tx Reviews, r Request) ([]LeaveEffect, error) {
	var sessions []Session
	if r.Kind == AskLeave {
		all, err := tx.LeaveSessions(ctx, r)
		if err != nil {
			return nil, err
		}
		sessions = all
	} else {
		se, err := tx.Session(ctx, r.Session)
		if err != nil {
			return nil, err
		}
		sessions = []Session{se}
	}
	out := make([]LeaveEffect, 0, len(sessions))
	for _, se := range sessions {
		if se.Void.On {
			continue
		}
		standings, err := tx.Standings(ctx, se.ID, r.Student)
		if err != nil {
			return nil, err
		}
		st := find(standings, r.Student)
		w, _ := st.State.Winner()
		e := LeaveEffect{Session: se, Shown: st.Shown(se, s.world.Now()), Method: st.Method}
		e.Counts = w.Fact == r.leaveID(se.ID) || w.Fact == r.markID()
		e.Seen = r.Kind == AskLeave && !e.Counts && st.Status.Attended()
		out = append(out, e)
	}
	return out, nil
}

// Span reads from and to: days of the campus, the last included, or moments.
func (s School) Span(from, to string) (time.Time, time.Time, error) {
	start, _, err := s.moment("from", from)
	if err != nil {
		return start, start, err
	}
	end, day, err := s.moment("to", to)
	if day {
		end = end.AddDate(0, 0, 1)
	}
	return start, end, err
}

func (s School) moment(field, v string) (at time.Time, day bool, err error) {
	if at, err = time.ParseInLocation(time.DateOnly, v, s.Zone); err == nil {
		return at, true, nil
	}
	if at, err = time.Parse(time.RFC3339, v); err == nil && at.Year() >= 1970 && at.Year() <= 9999 {
		return at, false, nil
	}
	return at, false, Invalid{Field: field, Why: "must be a day such as 2026-03-02, or a moment such as 2026-03-02T09:00:00+05:30"}
}
