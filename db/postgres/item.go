package postgres

import (
	"context"
	"encoding/hex"
	"fmt"
	"math"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// InInbox runs fn for somebody who deals with what was kept aside, and who may have to
// change the roster for it.
func (s *Store) InInbox(ctx context.Context, fn func(context.Context, attendance.Inbox, attendance.Registrar) error) error {
	return refused(s.write(ctx, func(ctx context.Context, t *tx) error {
		r := s.registrar(t)
		if err := fn(ctx, t, r); err != nil || len(r.kinds) == 0 {
			return err
		}
		_, err := r.publish(ctx)
		return err
	}))
}

// Items are what was kept aside, the newest first.
func (s *Store) Items(ctx context.Context, f attendance.ItemFilter) ([]attendance.ItemRow, error) {
	p := dbsqlc.InboxPageParams{
		Below: f.Below, NodeID: f.Node, SessionID: f.Session, State: string(f.State), Most: int32(f.Most), //nolint:gosec // a page
	}
	if f.Below == 0 {
		p.Below = math.MaxInt64
	}
	if f.Why != "" {
		why := string(f.Why)
		p.Reason = &why
	}
	rows, err := dbsqlc.New(s.pool).InboxPage(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("list the inbox: %w", err)
	}
	out := make([]attendance.ItemRow, len(rows))
	for i, r := range rows {
		out[i] = attendance.ItemRow{
			Item: itemOf(r.Inbox), NodeName: r.NodeName, Course: r.CourseID, CourseCode: r.CourseCode, OpenedAt: moment(r.OpenedAt),
			StudentName: r.StudentName, ByName: r.ByName,
		}
	}
	return out, nil
}

// ItemCounts is how many items wait for each reason.
func (s *Store) ItemCounts(ctx context.Context) (map[attendance.Why]int, error) {
	rows, err := dbsqlc.New(s.pool).InboxCounts(ctx)
	out := make(map[attendance.Why]int, len(rows))
	for _, r := range rows {
		out[attendance.Why(r.Reason)] = int(r.Items)
	}
	return out, err
}

func (t *tx) Item(ctx context.Context, number int64) (attendance.Item, error) {
	row, err := t.q.InboxItem(ctx, number)
	if err != nil {
		return attendance.Item{}, missing(err, "item of the inbox", numeral(number))
	}
	return itemOf(row), nil
}

func (t *tx) About(ctx context.Context, student attendance.ID) ([]attendance.Item, error) {
	rows, err := t.q.InboxAbout(ctx, student)
	if err != nil {
		return nil, fmt.Errorf("list items about a person: %w", err)
	}
	out := make([]attendance.Item, len(rows))
	for i, r := range rows {
		out[i] = itemOf(r)
	}
	return out, nil
}

func (t *tx) MarkedElsewhere(ctx context.Context, student, session attendance.ID) (bool, error) {
	return t.q.MarkedElsewhere(ctx, student, session)
}

type numeral int64

func (n numeral) String() string { return fmt.Sprint(int64(n)) }

func itemOf(r dbsqlc.Inbox) attendance.Item {
	f := waiting([]dbsqlc.Inbox{r})[0]
	out := attendance.Item{
		Number: r.ID, Fact: f, Unread: f.Kind == "" || f.Why == attendance.WhyUnknownKind, ReceivedAt: r.ReceivedAt,
		By: r.ResolvedByID, At: moment(r.ResolvedAt), Note: r.Note, Ruling: r.RulingID,
	}
	if r.Resolution != nil {
		out.As = attendance.Resolution(*r.Resolution)
	}
	return out
}

func (t *tx) Rule(ctx context.Context, it attendance.Item) error {
	if it.As == "" {
		return t.q.RuleInbox(ctx, nil, nil, attendance.ID{}, it.Number)
	}
	now, as := t.now(), string(it.As)
	return t.q.RuleInbox(ctx, &now, &as, it.By, it.Number)
}

func (t *tx) Fact(ctx context.Context, id attendance.ID) (attendance.Fact, error) {
	r, err := t.q.FactByID(ctx, id)
	if err != nil {
		return attendance.Fact{}, missing(err, "fact", id)
	}
	f, err := attendance.Decode(r.Body)
	f.Ord, f.EffectiveMS = attendance.HLC(r.Ord), r.EffectiveAt.UnixMilli()
	return f, err
}

func (t *tx) KnowsStudent(ctx context.Context, id attendance.ID) (bool, error) {
	return t.q.KnowsStudent(ctx, id)
}

func (t *tx) Held(ctx context.Context, facts []attendance.ID) ([]attendance.KeptAside, error) {
	rows, err := t.q.Held(ctx, facts)
	if err != nil {
		return nil, fmt.Errorf("look up what was kept aside: %w", err)
	}
	if t.unheard == nil {
		t.unheard = make(map[attendance.ID]bool, len(facts))
	}
	for _, id := range facts {
		t.unheard[id] = true
	}
	var out []attendance.KeptAside
	for _, r := range rows {
		delete(t.unheard, r.FactID)
		if r.Reason != "" {
			out = append(out, attendance.KeptAside{Fact: r.FactID, Sum: hex.EncodeToString(r.Digest[:8]), Why: attendance.Why(r.Reason), Ruled: r.Ruled})
		}
	}
	return out, nil
}

func (t *tx) Rename(ctx context.Context, f attendance.Fact, to attendance.Why) error {
	digest := f.Digest()
	return t.q.RenameAside(ctx, string(to), f.ID, digest[:], string(f.Why))
}

// rule takes in what fresh facts decided about what was kept aside.
func (t *tx) rule(ctx context.Context, fresh []attendance.Fact) error {
	var p dbsqlc.KeepRulingsParams
	var said, ofs, backs []attendance.ID
	for _, f := range fresh {
		r := f.Ruling
		if r == nil {
			continue
		}
		note := ""
		if f.Kind == attendance.Note {
			note = f.Reason
		}
		p.FactIds, p.NodeIds, p.Backs = append(p.FactIds, f.ID), append(p.NodeIds, f.Node), append(p.Backs, r.Back)
		p.Ofs, p.Sums, p.Resolutions = append(p.Ofs, r.Of), append(p.Sums, r.Sum), append(p.Resolutions, string(r.As))
		p.Bys, p.Notes = append(p.Bys, r.By), append(p.Notes, note)
		if r.Back.IsZero() {
			said = append(said, f.ID)
		} else {
			ofs, backs = append(ofs, r.Of), append(backs, r.Back)
		}
	}
	if len(p.FactIds) == 0 {
		return nil
	}
	if err := t.q.KeepRulings(ctx, p); err != nil {
		return fmt.Errorf("keep what was decided: %w", err)
	}
	if len(said) > 0 {
		if err := t.q.RuledByFacts(ctx, said); err != nil {
			return fmt.Errorf("note what was decided: %w", err)
		}
	}
	if len(ofs) > 0 {
		if err := t.q.UnruledByFacts(ctx, ofs, backs); err != nil {
			return fmt.Errorf("note what was taken back: %w", err)
		}
	}
	return nil
}
