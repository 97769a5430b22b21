package office

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// NodeChange is what shall be different about a pendrive; nil stays as it is.
type NodeChange struct {
	Name      *string
	Holds     *attendance.Holding
	ExpiresAt *time.Time // zero: it never ends
}

// MakeNode makes a pendrive that waits for whoever brings the claim code.
func (o Office) MakeNode(ctx context.Context, n attendance.Node, c attendance.ClaimHash) (attendance.ID, error) {
	if err := clean(text{"name", &n.Name, maxName, false}); err != nil {
		return attendance.ID{}, err
	}
	return o.add(ctx, func(ctx context.Context, d *desk, id attendance.ID) error {
		n.ID = id
		if err := d.checkEnd(n.ExpiresAt); err != nil {
			return err
		}
		if err := d.checkScope(ctx, n.Holds); err != nil {
			return err
		}
		return d.makeNode(ctx, n, c)
	})
}

func (d *desk) makeNode(ctx context.Context, n attendance.Node, c attendance.ClaimHash) error {
	if err := d.PutNode(ctx, n); err != nil {
		return err
	}
	if err := d.OfferNode(ctx, n.ID, c); err != nil {
		return err
	}
	return d.Scope(ctx, n.ID, n.Holds)
}

// ChangeNode renames a pendrive, gives it other courses, or another end. The drive
// learns of it when it calls next: what it lost is hidden there, what it made is kept.
func (o Office) ChangeNode(ctx context.Context, id attendance.ID, c NodeChange) error {
	if c.Name != nil {
		if err := clean(text{"name", c.Name, maxName, false}); err != nil {
			return err
		}
	}
	return o.change(ctx, func(ctx context.Context, d *desk) error {
		n, err := d.Node(ctx, id)
		if err != nil {
			return err
		}
		if c.Name != nil {
			n.Name = *c.Name
		}
		if c.ExpiresAt != nil {
			d.tick()
			if err := d.checkEnd(*c.ExpiresAt); err != nil {
				return err
			}
			n.ExpiresAt = *c.ExpiresAt
		}
		if err := d.PutNode(ctx, n); err != nil || c.Holds == nil {
			return err
		}
		if err := d.checkScope(ctx, *c.Holds); err != nil {
			return err
		}
		return d.Scope(ctx, id, *c.Holds)
	})
}

// ReissueNode waits for another drive, or for the same one again, under the same
// name and with the same courses. Whoever has the old code or key is out.
func (o Office) ReissueNode(ctx context.Context, id attendance.ID, c attendance.ClaimHash) error {
	return o.change(ctx, func(ctx context.Context, d *desk) error {
		n, err := d.Node(ctx, id)
		if err != nil {
			return err
		}
		d.tick()
		if n.State(d.now) == attendance.NodeExpired {
			return attendance.Invalid{Field: "expires_at", Why: "has passed: give the pendrive a later end first"}
		}
		return d.OfferNode(ctx, id, c)
	})
}

// RevokeNode shuts a lost pendrive out. It may still hand in what it holds, for
// people to look at.
func (o Office) RevokeNode(ctx context.Context, id attendance.ID) error {
	return o.change(ctx, func(ctx context.Context, d *desk) error {
		if _, err := d.Node(ctx, id); err != nil {
			return err
		}
		return d.RevokeNode(ctx, id)
	})
}

// PairNode is MakeNode by course codes, for the operator's console: all courses
// when there are none. A pendrive of that name is issued again.
func (o Office) PairNode(ctx context.Context, name string, codes []string, c attendance.ClaimHash) (attendance.ID, error) {
	n := attendance.Node{Name: name, Holds: attendance.Holding{All: len(codes) == 0}}
	if err := clean(text{"name", &n.Name, maxName, false}); err != nil {
		return attendance.ID{}, err
	}
	_, err := o.add(ctx, func(ctx context.Context, d *desk, fresh attendance.ID) error {
		old, err := d.NodeNamed(ctx, n.Name)
		switch {
		case errors.Is(err, attendance.ErrNotFound):
			n.ID = fresh
		case err != nil:
			return err
		default:
			n.ID, n.ExpiresAt = old.ID, old.ExpiresAt
			if old.State(d.now) == attendance.NodeExpired {
				n.ExpiresAt = time.Time{}
			}
		}
		if n.Holds.Courses, err = d.CourseIDs(ctx, codes); err != nil {
			return err
		}
		return d.makeNode(ctx, n, c)
	})
	return n.ID, err
}

// RevokeNamed is RevokeNode for the console.
func (o Office) RevokeNamed(ctx context.Context, name string) error {
	return o.change(ctx, func(ctx context.Context, d *desk) error {
		n, err := d.NodeNamed(ctx, strings.TrimSpace(name))
		if err != nil {
			return err
		}
		return d.RevokeNode(ctx, n.ID)
	})
}

func (d *desk) checkEnd(at time.Time) error {
	if !at.IsZero() && !at.After(d.now) {
		return attendance.Invalid{Field: "expires_at", Why: "must be in the future"}
	}
	return nil
}

// checkScope wants something to hold, and only what is still held.
func (d *desk) checkScope(ctx context.Context, h attendance.Holding) error {
	if h.All != (len(h.Courses)+len(h.Terms) == 0) {
		return attendance.Invalid{Field: "courses", Why: "name courses or semesters, or ask for all courses, and not both"}
	}
	for _, id := range h.Courses {
		c, err := d.Course(ctx, id)
		if err := usable(err, c.Archived, "courses", "course"); err != nil {
			return err
		}
	}
	for _, id := range h.Terms {
		t, err := d.Term(ctx, id)
		if err := usable(err, t.Archived, "terms", "semester"); err != nil {
			return err
		}
	}
	return nil
}
