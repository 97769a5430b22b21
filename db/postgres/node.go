package postgres

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/arise-attendance/arise/api/attendance"
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

// Nodes are all pendrives, by name.
func (s *Store) Nodes(ctx context.Context) ([]attendance.Node, error) {
	rows, err := dbsqlc.New(s.pool).Nodes(ctx)
	out := make([]attendance.Node, len(rows))
	for i, r := range rows {
		out[i] = node(r)
	}
	return out, err
}

// Offer is a pendrive about to be paired.
type Offer struct {
	Name    string
	All     bool     // all courses
	Courses []string // else these, by code
	Until   time.Time
}

// Pair makes a pendrive, or offers an existing one of that name to a new drive,
// and returns its claim code. The code is stored nowhere.
func (s *Store) Pair(ctx context.Context, o Offer) (attendance.Node, string, error) {
	code, err := newClaim()
	if err != nil {
		return attendance.Node{}, "", err
	}
	hash, until := hashClaim(code), &o.Until
	var id attendance.ID
	_, err = s.Change(ctx, func(ctx context.Context, r attendance.Registrar) error {
		q := r.(*registrar).q //nolint:forcetypeassert // Change made it
		old, err := q.NodeByName(ctx, o.Name)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			if id, err = attendance.NewID(s.now(), rand.Reader); err != nil {
				return err
			}
			err = q.AddNode(ctx, id, o.Name, hash, until)
		case err == nil:
			id = old.ID
			_, err = q.OfferClaim(ctx, hash, until, id)
		}
		if err != nil {
			return fmt.Errorf("offer pendrive %s: %w", o.Name, err)
		}
		courses, err := coursesByCode(ctx, q, o.Courses)
		if err != nil {
			return err
		}
		return r.Scope(ctx, id, o.All, courses)
	})
	return attendance.Node{ID: id, Name: o.Name, AllCourses: o.All}, code, err
}

func coursesByCode(ctx context.Context, q *dbsqlc.Queries, codes []string) ([]attendance.ID, error) {
	lower := make([]string, len(codes))
	for i, c := range codes {
		lower[i] = strings.ToLower(strings.TrimSpace(c))
	}
	ids, err := q.CourseIDs(ctx, lower)
	if err == nil && len(ids) != len(codes) {
		return nil, attendance.Invalid{Field: "courses", Why: "not every code names a course: " + strings.Join(codes, ", ")}
	}
	return ids, err
}

// Claim hands a pendrive over to whoever brings its code: once, but the same key
// gets the same answer again, so that a lost reply costs nothing.
func (s *Store) Claim(ctx context.Context, code string, keyHash []byte, version string, at time.Time) (attendance.Node, error) {
	var out attendance.Node
	err := s.write(ctx, func(ctx context.Context, t *tx) error {
		row, err := t.q.NodeByClaim(ctx, hashClaim(code))
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

// Revoke shuts a pendrive out.
func (s *Store) Revoke(ctx context.Context, id attendance.ID) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		now := s.now()
		n, err := t.q.RevokeNode(ctx, &now, id)
		if err == nil && n == 0 {
			return attendance.Missing{What: "pendrive", Key: id.String()}
		}
		return err
	})
}

// seenEvery spares the medium: the office asks which day, not which second.
const seenEvery = time.Minute

// seen notes that a pendrive called.
func seen(ctx context.Context, q *dbsqlc.Queries, node attendance.ID, now time.Time) error {
	before := now.Add(-seenEvery)
	if err := q.SeeNode(ctx, &now, node, &before); err != nil {
		return fmt.Errorf("note when the pendrive called: %w", err)
	}
	return nil
}

func node(r dbsqlc.Node) attendance.Node {
	return attendance.Node{
		ID: r.ID, Name: r.Name, AllCourses: r.AllCourses, KeyHash: r.KeyHash,
		ClaimedAt: moment(r.ClaimedAt), RevokedAt: moment(r.RevokedAt), SeenAt: moment(r.LastSeenAt),
	}
}

// A claim code is 130 random bits as people can type them, in groups of five.
const claimBytes, claimChars, claimGroup = 17, 26, 5

func newClaim() (string, error) {
	b := make([]byte, claimBytes)
	if _, err := rand.Read(b); err != nil {
		return "", fmt.Errorf("make claim code: %w", err)
	}
	text := base32.StdEncoding.EncodeToString(b)[:claimChars]
	var groups []string
	for ; len(text) > claimGroup; text = text[claimGroup:] {
		groups = append(groups, text[:claimGroup])
	}
	return strings.Join(append(groups, text), "-"), nil
}

// hashClaim forgives case, spaces and hyphens. The code has enough random bits of
// its own for a plain hash.
func hashClaim(code string) []byte {
	plain := strings.NewReplacer("-", "", " ", "").Replace(strings.ToUpper(code))
	sum := sha256.Sum256([]byte(plain))
	return sum[:]
}
