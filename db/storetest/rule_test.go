package storetest_test

import (
	"context"
	"errors"

	"pgregory.net/rapid"

	"github.com/arise-attendance/arise/api/attendance"
)

// rule lets the office deal with something that was kept aside (a finger of roll 7,
// which nobody has), or take back what it decided.
func (m *machine) rule(r *rapid.T) {
	items, err := m.pg.Items(m.ctx, attendance.ItemFilter{State: attendance.ItemsAll, Most: 200})
	must(r, err)
	var ours []attendance.ItemRow
	for _, it := range items {
		for _, p := range m.places {
			if it.Fact.Node == p.node {
				ours = append(ours, it)
			}
		}
	}
	if len(ours) == 0 {
		r.Skip("nothing was kept aside")
	}
	it := rapid.SampledFrom(ours).Draw(r, "item")
	office := attendance.Actor{ID: m.teacher.ID, Role: attendance.RoleAdmin}
	undo, reject := !it.Waits(), rapid.IntRange(0, 3).Draw(r, "reject") == 0
	to := attendance.Target{Student: rapid.SampledFrom(m.pupils).Draw(r, "student")}
	if !undo && !reject {
		to.Session = m.session(r, m.cloud)
	}
	err = m.pg.InInbox(m.ctx, func(ctx context.Context, tx attendance.Inbox, _ attendance.Registrar) (err error) {
		switch {
		case undo:
			_, err = m.cloud.service.Unrule(ctx, tx, office, it.Number)
		case reject:
			_, err = m.cloud.service.Reject(ctx, tx, office, it.Number, "nobody's finger")
		case it.Fact.Kind == attendance.WalkedIn:
			_, err = m.cloud.service.PlaceItem(ctx, tx, office, it.Number, attendance.AsMapped, to)
		default:
			_, err = m.cloud.service.PlaceItem(ctx, tx, office, it.Number, attendance.AsLinked, to)
		}
		return err
	})
	var invalid attendance.Invalid
	if !errors.As(err, &invalid) { // such as one that found its place by itself
		must(r, err)
	}
}

// walkIn adds somebody to a class, and may mark them once more or take them away.
func (m *machine) walkIn(r *rapid.T) {
	p := m.draw(r)
	se, g := m.session(r, p), m.gesture(r, p)
	guest, err := p.service.WalkIn(m.ctx, m.by(), se, attendance.Arrival{ID: g, Guest: attendance.Guest{Name: "Somebody"}})
	must(r, err)
	switch rapid.IntRange(0, 3).Draw(r, "then") {
	case 0:
		must(r, p.service.WalkOut(m.ctx, m.by(), se, g))
	case 1:
		v := attendance.Verdict{Gesture: m.gesture(r, p), Students: []attendance.ID{guest}, Status: attendance.Late}
		_, err := p.service.Mark(m.ctx, m.by(), se, v)
		must(r, err)
		if rapid.Bool().Draw(r, "undo") {
			_, err := p.service.Undo(m.ctx, m.by(), se, v.Gesture)
			must(r, err)
		}
	}
}

// sameInbox holds each pendrive to what of its own still waits in the cloud.
func (m *machine) sameInbox(r *rapid.T) {
	for _, p := range m.places[:len(m.places)-1] {
		items, err := m.pg.Items(m.ctx, attendance.ItemFilter{Node: p.node, State: attendance.ItemsOpen, Most: 200})
		must(r, err)
		waits := map[attendance.ID]bool{}
		for _, it := range items {
			if it.Fact.Why != attendance.WhyClockAhead && it.Fact.Why != attendance.WhyClone { // notes for the office, and no lines
				waits[it.Fact.ID] = true
			}
		}
		must(r, p.store.View(m.ctx, func(ctx context.Context, tx attendance.Tx) error {
			aside, err := tx.Unplaced(ctx, attendance.ID{})
			if len(aside) != len(waits) {
				r.Errorf("%s keeps %d facts aside, the cloud has %d of it", p.name, len(aside), len(waits))
			}
			for _, f := range aside {
				if !waits[f.ID] {
					r.Errorf("%s still keeps %s aside", p.name, f.ID)
				}
			}
			return err
		}))
	}
}
