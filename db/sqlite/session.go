package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite/internal/dbsqlc"
)

func session(r dbsqlc.Session) (attendance.Session, error) {
	s := attendance.Session{
		ID: r.ID, Course: r.CourseID, Node: r.NodeID, Teacher: r.TeacherID, Device: r.DeviceID,
		Kind: attendance.SessionKind(r.Kind), Topic: r.Topic, Room: r.Room,
		OpenedAt: attendance.FromMS(r.OpenedMs), ClosesAt: attendance.FromMS(r.ClosesMs),
		Opened: attendance.Stamp{WallMS: r.WallMs, Segment: r.SegmentID, MonoMS: r.MonoMs, HLC: attendance.HLC(r.Hlc)},
		Void: attendance.Void{
			On: r.Voided, By: r.VoidByID, AtMS: r.VoidMs, Reason: r.VoidReason, Ord: attendance.HLC(r.VoidOrd), Fact: r.VoidFactID,
		},
	}
	if r.ClosedMs != nil {
		s.ClosedAt = attendance.FromMS(*r.ClosedMs)
	}
	if err := json.Unmarshal([]byte(r.Policy), &s.Policy); err != nil {
		return s, fmt.Errorf("read the policy of session %s: %w", r.ID, err)
	}
	return s, nil
}

func sessionRow(s attendance.Session) (dbsqlc.PutSessionParams, error) {
	policy, err := json.Marshal(s.Policy)
	if err != nil {
		return dbsqlc.PutSessionParams{}, fmt.Errorf("write the policy of session %s: %w", s.ID, err)
	}
	r := dbsqlc.PutSessionParams{
		ID: s.ID, CourseID: s.Course, NodeID: s.Node, TeacherID: s.Teacher, DeviceID: s.Device,
		Kind: string(s.Kind), Topic: s.Topic, Room: s.Room,
		OpenedMs: attendance.UnixMS(s.OpenedAt), ClosesMs: attendance.UnixMS(s.ClosesAt),
		WallMs: s.Opened.WallMS, SegmentID: s.Opened.Segment, MonoMs: s.Opened.MonoMS, Hlc: int64(s.Opened.HLC),
		Policy: string(policy),
	}
	if !s.ClosedAt.IsZero() {
		ms := s.ClosedAt.UnixMilli()
		r.ClosedMs = &ms
	}
	return r, nil
}

func sessions(rows []dbsqlc.Session, err error) ([]attendance.Session, error) {
	if err != nil {
		return nil, err
	}
	out := make([]attendance.Session, len(rows))
	for i, r := range rows {
		if out[i], err = session(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (t *tx) Session(ctx context.Context, id attendance.ID) (attendance.Session, error) {
	return t.session(ctx, id)
}

// LockSessions has nothing to lock: whoever has the turn is alone.
func (t *tx) LockSessions(ctx context.Context, ids []attendance.ID) (map[attendance.ID]attendance.Session, error) {
	out := make(map[attendance.ID]attendance.Session, len(ids))
	for _, id := range ids {
		if _, done := out[id]; done {
			continue
		}
		s, err := t.Session(ctx, id)
		if errors.Is(err, attendance.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out[id] = s
	}
	return out, nil
}

func (t *tx) Sessions(ctx context.Context, course attendance.ID) ([]attendance.Session, error) {
	return sessions(t.q.Sessions(ctx, course))
}

func (t *tx) Voided(ctx context.Context, course attendance.ID) ([]attendance.Session, error) {
	return sessions(t.q.Voided(ctx, course))
}

func (t *tx) HeldAt(ctx context.Context, at time.Time) ([]attendance.Session, error) {
	return sessions(t.q.HeldAt(ctx, at.UnixMilli()))
}

func (t *tx) PutSession(ctx context.Context, all ...attendance.Session) error {
	if err := t.writable(); err != nil {
		return err
	}
	for _, s := range all {
		r, err := sessionRow(s)
		if err != nil {
			return err
		}
		t.touch(s.ID)
		t.s.hot.forgetSession(s.ID)
		if err := t.q.PutSession(ctx, r); err != nil {
			return err
		}
		if err := t.putVoid(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) putVoid(ctx context.Context, s attendance.Session) error {
	v := s.Void
	if v.Ord == 0 {
		return nil
	}
	return t.q.PutVoid(ctx, dbsqlc.PutVoidParams{
		ID: s.ID, Voided: v.On, VoidOrd: int64(v.Ord), VoidFactID: v.Fact, VoidByID: v.By, VoidMs: v.AtMS, VoidReason: v.Reason,
	})
}

func (t *tx) Rewrite(ctx context.Context, s attendance.Session, st []attendance.Standing) error {
	if err := t.writable(); err != nil {
		return err
	}
	r, err := sessionRow(s)
	if err != nil {
		return err
	}
	t.s.hot.forgetSession(s.ID)
	delete(t.s.hot.standings, s.ID)
	if err := t.q.RewriteSession(ctx, dbsqlc.RewriteSessionParams(r)); err != nil {
		return err
	}
	if err := t.putVoid(ctx, s); err != nil {
		return err
	}
	t.touch(s.ID)
	if err := t.q.DropStandings(ctx, s.ID); err != nil {
		return err
	}
	return t.PutStandings(ctx, st)
}
