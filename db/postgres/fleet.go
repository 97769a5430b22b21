package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/arise-attendance/arise/api/attendance"
)

// The registrar's part that is about pendrives.

func (r *registrar) Node(ctx context.Context, id attendance.ID) (attendance.Node, error) {
	row, err := r.q.NodeForChange(ctx, id)
	return node(row), missing(err, "pendrive", id)
}

func (r *registrar) NodeNamed(ctx context.Context, name string) (attendance.Node, error) {
	row, err := r.q.NodeNamed(ctx, name)
	if errors.Is(err, pgx.ErrNoRows) {
		return attendance.Node{}, attendance.Missing{What: "pendrive", Key: name}
	}
	return node(row), err
}

func (r *registrar) CourseIDs(ctx context.Context, codes []string) ([]attendance.ID, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	plain := make([]string, len(codes))
	for i, c := range codes {
		plain[i] = strings.TrimSpace(c)
	}
	rows, err := r.q.CoursesCoded(ctx, plain)
	if err != nil {
		return nil, fmt.Errorf("find courses: %w", err)
	}
	byCode := map[string]attendance.ID{}
	for _, row := range rows {
		byCode[strings.ToLower(row.Code)] = row.ID
	}
	out := make([]attendance.ID, len(codes))
	for i, c := range plain {
		id, ok := byCode[strings.ToLower(c)]
		if !ok {
			return nil, attendance.Invalid{Field: "courses", Why: "no course has the code " + codes[i]}
		}
		out[i] = id
	}
	return out, nil
}

func (r *registrar) PutNode(ctx context.Context, n attendance.Node) error {
	return r.q.PutNode(ctx, n.ID, n.Name, nullable(n.ExpiresAt))
}

func (r *registrar) OfferNode(ctx context.Context, id attendance.ID, c attendance.ClaimHash) error {
	n, err := r.q.OfferClaim(ctx, c.Hash, nullable(c.Until), id)
	return changedNode(n, err, id)
}

func (r *registrar) RevokeNode(ctx context.Context, id attendance.ID) error {
	n, err := r.q.RevokeNode(ctx, &r.now, id)
	return changedNode(n, err, id)
}

func (r *registrar) Scope(ctx context.Context, id attendance.ID, h attendance.Holding) error {
	n, err := r.q.SetNodeScope(ctx, h.All, id)
	if err := changedNode(n, err, id); err != nil {
		return fmt.Errorf("set scope of pendrive: %w", err)
	}
	r.rescoped = append(r.rescoped, id)
	return errors.Join( // what stays is not touched: the ledger names what was changed
		r.q.DropNodeCourses(ctx, id, h.Courses), r.q.AddNodeCourses(ctx, id, h.Courses),
		r.q.DropNodeTerms(ctx, id, h.Terms), r.q.AddNodeTerms(ctx, id, h.Terms),
	)
}

func changedNode(n int64, err error, id attendance.ID) error {
	if err == nil && n == 0 {
		return attendance.Missing{What: "pendrive", Key: id.String()}
	}
	return err
}
