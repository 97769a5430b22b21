package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// CloudNode is the name under which facts made here are kept.
func (s *Store) CloudNode(ctx context.Context) (attendance.ID, error) {
	id, err := dbsqlc.New(s.pool).CloudNode(ctx)
	if err != nil {
		return id, fmt.Errorf("read the cloud's own node: %w", err)
	}
	return id, nil
}

// Node is a pendrive.
func (s *Store) Node(ctx context.Context, id attendance.ID) (attendance.Node, error) {
	row, err := dbsqlc.New(s.pool).Node(ctx, id)
	return node(row), missing(err, "pendrive", id)
}

// FormerKey reports whether a pendrive had a key before it was issued again.
func (s *Store) FormerKey(ctx context.Context, id attendance.ID, keyHash []byte) (bool, error) {
	former, err := dbsqlc.New(s.pool).FormerKey(ctx, keyHash, id)
	if err != nil {
		return false, fmt.Errorf("look for a former key: %w", err)
	}
	return former, nil
}

// Nodes are all pendrives, by name.
func (s *Store) Nodes(ctx context.Context) ([]attendance.Node, error) {
	rows, err := dbsqlc.New(s.pool).Nodes(ctx, false, attendance.ID{})
	if err != nil {
		return nil, fmt.Errorf("list pendrives: %w", err)
	}
	out := make([]attendance.Node, len(rows))
	for i, r := range rows {
		out[i] = fleetNode(r)
	}
	return out, nil
}

// FleetNode is one of Nodes.
func (s *Store) FleetNode(ctx context.Context, id attendance.ID) (attendance.Node, error) {
	rows, err := dbsqlc.New(s.pool).Nodes(ctx, true, id)
	if err != nil {
		return attendance.Node{}, fmt.Errorf("read pendrive: %w", err)
	}
	if len(rows) == 0 {
		return attendance.Node{}, attendance.Missing{What: "pendrive", Key: id.String()}
	}
	return fleetNode(rows[0]), nil
}

func fleetNode(r dbsqlc.NodesRow) attendance.Node {
	n := node(r.Node)
	n.Holds.Courses, n.Holds.Terms, n.Twice = r.CourseIds, r.TermIds, r.Twice
	return n
}

// Claim hands a pendrive over to whoever brings its code: once, but the same key
// gets the same answer again, so that a lost reply costs nothing.
func (s *Store) Claim(ctx context.Context, code string, keyHash []byte, version string, at time.Time) (attendance.Node, error) {
	var out attendance.Node
	err := s.write(ctx, func(ctx context.Context, t *tx) error {
		row, err := t.q.NodeByClaim(ctx, auth.HashClaim(code))
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return attendance.ErrClaimUnknown
		case err != nil:
			return fmt.Errorf("find claim: %w", err)
		case row.RevokedAt != nil:
			return attendance.ErrRevoked
		case row.KeyHash != nil && !bytes.Equal(row.KeyHash, keyHash):
			return attendance.ErrClaimTaken
		case row.KeyHash == nil && row.ClaimExpiresAt != nil && at.After(*row.ClaimExpiresAt):
			return attendance.ErrClaimExpired
		}
		if row.KeyHash == nil {
			row.KeyHash, row.ClaimedAt = keyHash, &at
			if err := t.q.ClaimNode(ctx, keyHash, &at, version, row.ID); err != nil {
				return fmt.Errorf("claim pendrive: %w", err)
			}
		}
		out = node(row)
		return nil
	})
	return out, err
}

// seenEvery spares the medium: the office asks which day, not which second.
const seenEvery = time.Minute

// Heard notes that a pendrive called, and what it said of itself.
func (s *Store) Heard(ctx context.Context, node attendance.ID, said attendance.Vitals) error {
	now := s.now()
	before := now.Add(-seenEvery)
	p := dbsqlc.HearNodeParams{ID: node, At: &now, Before: &before, Version: said.Version}
	if said.Waiting != nil {
		n := int32(min(max(*said.Waiting, 0), math.MaxInt32)) //nolint:gosec // bounded here
		p.Waiting = &n
	}
	if said.Ahead != nil {
		ms := said.Ahead.Milliseconds()
		p.AheadMs = &ms
	}
	if err := dbsqlc.New(s.pool).HearNode(ctx, p); err != nil {
		return fmt.Errorf("note that the pendrive called: %w", err)
	}
	return nil
}

// fleetOf is node, where a parameter has that name.
func fleetOf(r dbsqlc.Node) attendance.Node { return node(r) }

func node(r dbsqlc.Node) attendance.Node {
	return attendance.Node{
		ID: r.ID, Name: r.Name, Holds: attendance.Holding{All: r.AllCourses}, CreatedAt: r.CreatedAt, ExpiresAt: moment(r.ExpiresAt), RevokedAt: moment(r.RevokedAt),
		KeyHash: r.KeyHash, ClaimHash: r.ClaimHash, ClaimUntil: moment(r.ClaimExpiresAt), ClaimedAt: moment(r.ClaimedAt),
		SeenAt: moment(r.LastSeenAt), Waiting: int(r.Waiting), Ahead: time.Duration(r.AheadMs) * time.Millisecond, Version: r.Version,
	}
}
