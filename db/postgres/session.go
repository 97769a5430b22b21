package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

func (t *tx) Session(ctx context.Context, id attendance.ID) (attendance.Session, error) {
	row, err := t.q.Session(ctx, id)
	if err != nil {
		return attendance.Session{}, missing(err, "session", id)
	}
	return session(row)
}

func (t *tx) LockSessions(ctx context.Context, ids []attendance.ID) (map[attendance.ID]attendance.Session, error) {
	out := make(map[attendance.ID]attendance.Session, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	rows, err := t.q.LockSessions(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("lock sessions: %w", err)
	}
	for _, r := range rows {
		if out[r.ID], err = session(r); err != nil {
			return nil, err
		}
	}
	if t.sessions == nil {
		t.sessions = map[attendance.ID]attendance.Session{}
	}
	maps.Copy(t.sessions, out)
	return out, nil
}

func (t *tx) Sessions(ctx context.Context, course attendance.ID) ([]attendance.Session, error) {
	rows, err := t.q.Sessions(ctx, course)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return sessions(rows)
}

func (t *tx) Voided(ctx context.Context, course attendance.ID) ([]attendance.Session, error) {
	rows, err := t.q.Voided(ctx, course)
	if err != nil {
		return nil, fmt.Errorf("list deleted sessions: %w", err)
	}
	return sessions(rows)
}

func (t *tx) Running(ctx context.Context) ([]attendance.Session, error) {
	rows, err := t.q.Running(ctx)
	if err != nil {
		return nil, fmt.Errorf("list running sessions: %w", err)
	}
	return sessions(rows)
}

// longest is more than a class takes.
const longest = 24 * time.Hour

func (t *tx) HeldAt(ctx context.Context, at time.Time) ([]attendance.Session, error) {
	rows, err := t.q.HeldAt(ctx, at.Add(-longest), at)
	if err != nil {
		return nil, fmt.Errorf("list sessions held at %s: %w", at, err)
	}
	return sessions(rows)
}

func (t *tx) PutSession(ctx context.Context, all ...attendance.Session) error {
	var unknown, known []attendance.Session
	for _, s := range all {
		t.touch(s.ID)
		if _, ok := t.sessions[s.ID]; ok || t.made[s.ID] {
			known = append(known, s)
		} else {
			unknown = append(unknown, s)
		}
	}
	here, err := t.addSessions(ctx, unknown)
	if err != nil {
		return fmt.Errorf("add %d sessions: %w", len(unknown), err)
	}
	if known = append(known, here...); len(known) > 0 {
		p, err := sessionRows(known)
		if err != nil {
			return err
		}
		if err := t.q.PutSessions(ctx, p); err != nil {
			return fmt.Errorf("put %d sessions: %w", len(known), err)
		}
	}
	for _, s := range all {
		if err := t.putVoid(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// addSessions returns those that were here.
func (t *tx) addSessions(ctx context.Context, all []attendance.Session) (here []attendance.Session, err error) {
	if len(all) == 0 {
		return nil, nil
	}
	p, err := sessionRows(all)
	if err != nil {
		return nil, err
	}
	ids, err := t.q.AddSessions(ctx, dbsqlc.AddSessionsParams(p))
	if err != nil {
		return nil, err
	}
	if t.made == nil {
		t.made, t.empty = make(map[attendance.ID]bool, len(ids)), make(map[attendance.ID]bool, len(ids))
	}
	for _, id := range ids {
		t.made[id], t.empty[id] = true, true
	}
	return slices.DeleteFunc(all, func(s attendance.Session) bool { return t.made[s.ID] }), nil
}

func sessionRows(all []attendance.Session) (dbsqlc.PutSessionsParams, error) {
	var p dbsqlc.PutSessionsParams
	for _, s := range all {
		opened, policy, err := frozen(s)
		if err != nil {
			return p, err
		}
		p.Ids = append(p.Ids, s.ID)
		p.CourseIds = append(p.CourseIds, s.Course)
		p.NodeIds = append(p.NodeIds, s.Node)
		p.TeacherIds = append(p.TeacherIds, s.Teacher)
		p.Kinds = append(p.Kinds, string(s.Kind))
		p.Topics = append(p.Topics, s.Topic)
		p.Rooms = append(p.Rooms, s.Room)
		p.DeviceIds = append(p.DeviceIds, s.Device)
		p.OpenedAts = append(p.OpenedAts, s.OpenedAt)
		p.ClosesAts = append(p.ClosesAts, s.ClosesAt)
		p.ClosedAts = append(p.ClosedAts, s.ClosedAt)
		p.Openeds = append(p.Openeds, string(opened))
		p.Policies = append(p.Policies, string(policy))
	}
	return p, nil
}

func (t *tx) putVoid(ctx context.Context, s attendance.Session) error {
	v := s.Void
	if v.Ord == 0 {
		return nil
	}
	err := t.q.PutVoid(ctx, dbsqlc.PutVoidParams{
		ID: s.ID, Voided: v.On, VoidOrd: int64(v.Ord), VoidFactID: v.Fact, VoidByID: v.By, VoidAt: nullable(v.At()), VoidReason: v.Reason,
	})
	if err != nil {
		return fmt.Errorf("put whether session %s counts: %w", s.ID, err)
	}
	return nil
}

func (t *tx) Rewrite(ctx context.Context, s attendance.Session, st []attendance.Standing) error {
	opened, policy, err := frozen(s)
	if err != nil {
		return err
	}
	n, err := t.q.RewriteSession(ctx, dbsqlc.RewriteSessionParams{
		ID: s.ID, CourseID: s.Course, NodeID: s.Node, TeacherID: s.Teacher, Kind: string(s.Kind), Topic: s.Topic,
		Room: s.Room, DeviceID: s.Device, OpenedAt: s.OpenedAt, ClosesAt: s.ClosesAt, ClosedAt: nullable(s.ClosedAt),
		Opened: opened, Policy: policy,
	})
	if err != nil {
		return fmt.Errorf("rewrite session: %w", err)
	}
	if n == 0 {
		return attendance.Missing{What: "session", Key: s.ID.String()}
	}
	t.touch(s.ID)
	if err := t.putVoid(ctx, s); err != nil {
		return err
	}
	if err := t.q.DropStandings(ctx, s.ID); err != nil {
		return fmt.Errorf("drop standings: %w", err)
	}
	return t.PutStandings(ctx, st)
}

// frozen is what a session keeps of its opening for ever.
func frozen(s attendance.Session) (opened, policy json.RawMessage, err error) {
	if opened, err = json.Marshal(s.Opened); err != nil {
		return nil, nil, fmt.Errorf("encode stamp: %w", err)
	}
	if policy, err = json.Marshal(s.Policy); err != nil {
		return nil, nil, fmt.Errorf("encode policy: %w", err)
	}
	return opened, policy, nil
}

func session(r dbsqlc.Session) (attendance.Session, error) {
	s := attendance.Session{
		ID: r.ID, Course: r.CourseID, Node: r.NodeID, Teacher: r.TeacherID, Kind: attendance.SessionKind(r.Kind),
		Topic: r.Topic, Room: r.Room, Device: r.DeviceID, OpenedAt: r.OpenedAt, ClosesAt: r.ClosesAt, ClosedAt: moment(r.ClosedAt),
		Void: attendance.Void{
			On: r.Voided, By: r.VoidByID, AtMS: attendance.UnixMS(moment(r.VoidAt)), Reason: r.VoidReason, Ord: attendance.HLC(r.VoidOrd), Fact: r.VoidFactID,
		},
	}
	if err := json.Unmarshal(r.Opened, &s.Opened); err != nil {
		return s, fmt.Errorf("decode stamp of session %s: %w", r.ID, err)
	}
	if err := json.Unmarshal(r.Policy, &s.Policy); err != nil {
		return s, fmt.Errorf("decode policy of session %s: %w", r.ID, err)
	}
	return s, nil
}

func sessions(rows []dbsqlc.Session) ([]attendance.Session, error) {
	out := make([]attendance.Session, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = session(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// at is a fact's time as Postgres keeps it.
func at(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
