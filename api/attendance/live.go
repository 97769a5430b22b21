package attendance

import (
	"context"
	"slices"
	"time"
)

// Live is everything a roll-call screen shows of one session. It is a snapshot:
// whoever reads one needs nothing that came before.
type Live struct {
	Session  Session
	Course   Course
	Now      time.Time
	Rows     []Row
	Guests   []Row // who walked in; they count in this class only, until the office decides
	Unplaced []Fact
	Devices  []Device
	Backlog  Backlog
}

// Row is one student as the register shows them.
type Row struct {
	Member
	Standing
}

// Live reads a session for the screen of one of its teachers.
func (s *Service) Live(ctx context.Context, by Actor, session ID) (Live, error) {
	out := Live{Now: s.world.Now()}
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
		if out.Rows, err = rows(ctx, tx, out.Session); err != nil {
			return err
		}
		if out.Unplaced, err = tx.Unplaced(ctx, session); err != nil {
			return err
		}
		out.Guests = guestsAmong(out.Unplaced, out.Session)
		out.Unplaced = slices.DeleteFunc(out.Unplaced, func(f Fact) bool { return f.Why == WhyWalkIn })
		if out.Devices, err = inUse(ctx, tx); err != nil {
			return err
		}
		out.Backlog, err = tx.Backlog(ctx)
		out.Backlog.Unplaced = len(out.Unplaced) // a teacher places their own class's scans
		return err
	})
	return out, err
}

// rows joins who was enrolled when the session began with what stands of them.
func rows(ctx context.Context, tx Tx, se Session) ([]Row, error) {
	roster, err := tx.Roster(ctx, se.Course)
	if err != nil {
		return nil, err
	}
	standings, err := tx.Standings(ctx, se.ID)
	if err != nil {
		return nil, err
	}
	by := make(map[ID]Standing, len(standings))
	for _, st := range standings {
		by[st.Student] = st
	}
	expected := roster.At(se.OpenedAt)
	out := make([]Row, 0, len(expected))
	for _, m := range expected {
		out = append(out, Row{Member: m, Standing: by[m.Student]})
	}
	return out, nil
}

// Shown is what the register says of an expected student: once the session is over,
// one whom nobody marked is absent.
func (st Standing) Shown(se Session, now time.Time) Status {
	if st.Status == Unmarked && !se.OpenAt(now) {
		return Absent
	}
	return st.Status
}
