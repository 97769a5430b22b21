package postgres

import (
	"context"
	"fmt"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// asides collects facts for the inbox, with where they stood in their batch.
type asides struct {
	at     []int
	params dbsqlc.KeepAsideParams
}

// item is what makes an inbox item the same item.
type item struct {
	fact   attendance.ID
	digest [32]byte
	reason string
}

func (a *asides) add(i int, f attendance.Fact, digest [32]byte, why attendance.Why) {
	p := &a.params
	device := f.Actor // the original scanner's marks name it as their actor
	if f.Device != nil {
		device = f.Device.ID
	}
	a.at = append(a.at, i)
	p.FactIds = append(p.FactIds, f.ID)
	p.Reasons = append(p.Reasons, string(why))
	p.NodeIds = append(p.NodeIds, f.Node)
	p.Incarnations = append(p.Incarnations, f.Origin.Incarnation)
	p.Seqs = append(p.Seqs, f.Origin.Seq)
	p.SessionIds = append(p.SessionIds, f.Session)
	p.StudentIds = append(p.StudentIds, f.Student)
	p.DeviceIds = append(p.DeviceIds, device)
	p.Ords = append(p.Ords, int64(f.Ord))
	p.EffectiveAts = append(p.EffectiveAts, at(f.EffectiveMS))
	p.Bodies = append(p.Bodies, f.Body)
	p.Digests = append(p.Digests, digest[:])
}

// keepAside stores them; kept learns which of those that came with a reason are
// new. A clash stays a clash.
func (t *tx) keepAside(ctx context.Context, a asides, kept []attendance.Kept) error {
	if len(a.at) == 0 {
		return nil
	}
	rows, err := t.q.KeepAside(ctx, a.params)
	if err != nil {
		return fmt.Errorf("keep facts aside: %w", err)
	}
	fresh := make(map[item]bool, len(rows))
	for _, r := range rows {
		fresh[item{r.FactID, [32]byte(r.Digest), r.Reason}] = true
	}
	for j, i := range a.at {
		key := item{a.params.FactIds[j], [32]byte(a.params.Digests[j]), a.params.Reasons[j]}
		if kept[i] != attendance.Clash && fresh[key] {
			kept[i] = attendance.Fresh
			delete(fresh, key) // the same bytes twice in a batch are one item
		}
	}
	return nil
}

// mostAside bounds a list that no session narrows.
const mostAside = 500

func (t *tx) Unplaced(ctx context.Context, session attendance.ID) ([]attendance.Fact, error) {
	var rows []dbsqlc.Inbox
	var err error
	if session.IsZero() {
		rows, err = t.q.Aside(ctx, mostAside)
	} else {
		rows, err = t.q.AsideOf(ctx, session)
	}
	if err != nil {
		return nil, fmt.Errorf("list facts kept aside: %w", err)
	}
	return waiting(rows), nil
}

// Backlog in the cloud: nothing waits to be confirmed.
func (t *tx) Backlog(ctx context.Context) (attendance.Backlog, error) {
	n, err := t.q.CountAside(ctx)
	return attendance.Backlog{Cloud: true, Reachable: true, Unplaced: int(n)}, err
}

func (t *tx) Waiting(ctx context.Context, session attendance.ID) ([]attendance.Fact, error) {
	rows, err := t.q.Waiting(ctx, session)
	if err != nil {
		return nil, fmt.Errorf("list waiting facts: %w", err)
	}
	return waiting(rows), nil
}

func (t *tx) Placed(ctx context.Context, facts []attendance.ID) error {
	return t.q.PlaceInbox(ctx, facts)
}

func waiting(rows []dbsqlc.Inbox) []attendance.Fact {
	out := make([]attendance.Fact, len(rows))
	for i, r := range rows {
		f, err := attendance.Decode(r.Body)
		if err != nil { // kept because it cannot be read
			f = attendance.Fact{ID: r.FactID, Body: r.Body, Session: r.SessionID}
		}
		f.Node, f.Why = r.NodeID, attendance.Why(r.Reason)
		f.Ord, f.EffectiveMS = attendance.HLC(r.Ord), r.EffectiveAt.UnixMilli()
		f.Origin = attendance.Origin{Incarnation: r.Incarnation, Seq: r.Seq}
		out[i] = f
	}
	return out
}
