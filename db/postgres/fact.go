package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// Append implements attendance.Tx: one statement for all facts that may be
// placed, one for all that may not.
func (t *tx) Append(ctx context.Context, facts []attendance.Fact) ([]attendance.Kept, error) {
	digests := make([][32]byte, len(facts))
	first := map[attendance.ID]int{} // of the facts to place, by id
	var place []int
	for i, f := range facts {
		digests[i] = f.Digest()
		if f.Why != "" {
			continue
		}
		if _, twice := first[f.ID]; !twice {
			first[f.ID] = i
			place = append(place, i)
		}
	}
	fresh, err := t.place(ctx, facts, digests, place)
	if err != nil {
		return nil, err
	}
	held, err := t.held(ctx, facts, fresh)
	if err != nil {
		return nil, err
	}
	heard, err := t.heard(ctx, facts, fresh)
	if err != nil {
		return nil, err
	}
	kept := make([]attendance.Kept, len(facts))
	var aside asides
	for i, f := range facts {
		held, here := held[f.ID]
		if j, mine := first[f.ID]; mine && fresh[f.ID] {
			held, here = digests[j], true
		}
		switch {
		case f.Why == "" && fresh[f.ID] && first[f.ID] == i:
			kept[i] = attendance.Fresh
		case here && held == digests[i], slices.ContainsFunc(heard[f.ID], func(h attendance.Fact) bool { return covers(h, f) }):
			kept[i] = attendance.Duplicate
		case f.Why == "": // the id, or the scanner's number, is taken by other bytes
			kept[i] = attendance.Clash
			aside.add(i, f, digests[i], attendance.WhyHashConflict)
		default:
			kept[i] = attendance.Duplicate // unless it is new there
			aside.add(i, f, digests[i], f.Why)
		}
	}
	if err := t.keepAside(ctx, aside, kept); err != nil {
		return nil, err
	}
	for _, f := range facts {
		delete(t.unheard, f.ID)
	}
	return kept, t.told(ctx, facts, kept)
}

// place inserts facts[i] for each i of which, and returns the ids that are new.
func (t *tx) place(ctx context.Context, facts []attendance.Fact, digests [][32]byte, which []int) (map[attendance.ID]bool, error) {
	fresh := make(map[attendance.ID]bool, len(which))
	if len(which) == 0 {
		return fresh, nil
	}
	which = slices.SortedFunc(slices.Values(which), func(a, b int) int { return facts[a].ID.Compare(facts[b].ID) })
	p := factRows(facts, digests, which)
	ids, err := p.Ids, error(nil)
	if !t.careful && !slices.ContainsFunc(ids, func(id attendance.ID) bool { return !t.unheard[id] }) {
		err = t.q.AddFacts(ctx, dbsqlc.AddFactsParams(p))
	} else {
		ids, err = t.q.AppendFacts(ctx, p)
	}
	if err != nil {
		return nil, fmt.Errorf("append facts: %w", err)
	}
	for _, id := range ids {
		fresh[id] = true
	}
	return fresh, nil
}

func factRows(facts []attendance.Fact, digests [][32]byte, which []int) dbsqlc.AppendFactsParams {
	n := len(which)
	p := dbsqlc.AppendFactsParams{
		Ids: make([]attendance.ID, 0, n), Kinds: make([]string, 0, n), SessionIds: make([]attendance.ID, 0, n), StudentIds: make([]attendance.ID, 0, n),
		NodeIds: make([]attendance.ID, 0, n), Incarnations: make([]attendance.ID, 0, n), Seqs: make([]int64, 0, n), GestureIds: make([]attendance.ID, 0, n),
		DeviceIds: make([]attendance.ID, 0, n), DeviceEpochs: make([]int64, 0, n), DeviceSeqs: make([]int64, 0, n), Classes: make([]int16, 0, n),
		Ords: make([]int64, 0, n), EffectiveAts: make([]time.Time, 0, n), Bodies: make([][]byte, 0, n), Digests: make([][]byte, 0, n),
		Clockings: make([]string, 0, n),
	}
	for _, i := range which {
		f := facts[i]
		var device attendance.DeviceRef
		if f.Device != nil {
			device = *f.Device
		}
		class := int16(0)
		if f.IsMark() {
			class = int16(f.Class) //nolint:gosec // one of the known classes: Decode checks
		}
		p.Ids = append(p.Ids, f.ID)
		p.Kinds = append(p.Kinds, string(f.Kind))
		p.SessionIds = append(p.SessionIds, f.Session)
		p.StudentIds = append(p.StudentIds, f.Student)
		p.NodeIds = append(p.NodeIds, f.Node)
		p.Incarnations = append(p.Incarnations, f.Origin.Incarnation)
		p.Seqs = append(p.Seqs, f.Origin.Seq)
		p.GestureIds = append(p.GestureIds, f.Gesture)
		p.DeviceIds = append(p.DeviceIds, device.ID)
		p.DeviceEpochs = append(p.DeviceEpochs, device.Epoch)
		p.DeviceSeqs = append(p.DeviceSeqs, device.Seq)
		p.Classes = append(p.Classes, class)
		p.Ords = append(p.Ords, int64(f.Ord))
		p.EffectiveAts = append(p.EffectiveAts, at(f.EffectiveMS))
		p.Bodies = append(p.Bodies, f.Body)
		p.Digests = append(p.Digests, digests[i][:])
		p.Clockings = append(p.Clockings, string(f.Clocking))
	}
	return p
}

// held are the digests of those facts that were stored before.
func (t *tx) held(ctx context.Context, facts []attendance.Fact, fresh map[attendance.ID]bool) (map[attendance.ID][32]byte, error) {
	var ids []attendance.ID
	for _, f := range facts {
		if !fresh[f.ID] {
			ids = append(ids, f.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := t.q.Digests(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read digests: %w", err)
	}
	out := make(map[attendance.ID][32]byte, len(rows))
	for _, r := range rows {
		out[r.ID] = [32]byte(r.Digest)
	}
	return out, nil
}

// told lets the hook and the screens know what was stored.
func (t *tx) told(ctx context.Context, facts []attendance.Fact, kept []attendance.Kept) error {
	var fresh []attendance.Fact
	for i, f := range facts {
		if kept[i] == attendance.Duplicate {
			continue
		}
		t.touch(f.Session)
		if kept[i] == attendance.Fresh && f.Why == "" {
			fresh = append(fresh, f)
		}
	}
	if err := t.rule(ctx, fresh); err != nil {
		return err
	}
	if err := t.noteFacts(ctx, fresh); err != nil || t.hook == nil || len(fresh) == 0 {
		return err
	}
	if err := t.hook(ctx, t.pg, fresh); err != nil {
		return fmt.Errorf("follow up on new facts: %w", err)
	}
	return nil
}

func (t *tx) Known(ctx context.Context, ids []attendance.ID) (map[attendance.ID]bool, error) {
	out := make(map[attendance.ID]bool, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	rows, err := t.q.Known(ctx, ids)
	for _, id := range rows {
		out[id] = true
	}
	return out, err
}

func (t *tx) Facts(ctx context.Context, session attendance.ID, which attendance.Which) ([]attendance.Fact, error) {
	rows, err := t.q.FactsOf(ctx, session, which.Student, which.Gesture)
	if err != nil {
		return nil, fmt.Errorf("list facts: %w", err)
	}
	out := make([]attendance.Fact, len(rows))
	for i, r := range rows {
		f, err := attendance.Decode(r.Body)
		if err != nil {
			return nil, fmt.Errorf("stored fact %s: %w", r.ID, err)
		}
		f.Ord, f.EffectiveMS = attendance.HLC(r.Ord), r.EffectiveAt.UnixMilli()
		f.Origin = attendance.Origin{Incarnation: r.Incarnation, Seq: r.Seq}
		out[i] = f
	}
	return out, nil
}

func (t *tx) LastOrd(ctx context.Context) (attendance.HLC, error) {
	ord, err := t.q.LastOrd(ctx)
	return attendance.HLC(ord), err
}
