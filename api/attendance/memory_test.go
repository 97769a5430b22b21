package attendance

import (
	"cmp"
	"context"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

// memory keeps a register in maps: what the rules ask of a store and no more. It
// is honest about what a database does (one-way sessions, ids that clash, a
// transaction that is run again); what it lacks panics. How Postgres and SQLite do
// the same is proven in db/storetest.
type memory struct {
	Inbound
	held
	tries int // how often a transaction is run before it holds
}

type held struct {
	courses   map[ID]Course
	teachers  map[ID][]ID // teacher, courses
	roster    Roster
	entitled  map[ID]bool
	sessions  map[ID]Session
	log       map[ID]Fact
	inbox     map[ID]Fact
	standings map[seat]Standing
	devices   map[ID]Device
	streams   map[ID]Stream
}

func (h held) clone() held {
	h.sessions, h.log, h.inbox = maps.Clone(h.sessions), maps.Clone(h.log), maps.Clone(h.inbox)
	h.standings, h.devices, h.streams = maps.Clone(h.standings), maps.Clone(h.devices), maps.Clone(h.streams)
	return h
}

// newMemory has two courses; teacher 1 holds both, students 1 and 2 are rolls 7
// and 8 of the first course, students 3 and 4 the same rolls of the second.
func newMemory() *memory {
	m := &memory{held: held{
		courses: map[ID]Course{}, teachers: map[ID][]ID{}, entitled: map[ID]bool{},
		sessions: map[ID]Session{}, log: map[ID]Fact{}, inbox: map[ID]Fact{},
		standings: map[seat]Standing{}, devices: map[ID]Device{}, streams: map[ID]Stream{},
	}}
	for c := range 2 {
		id := small('C', c+1)
		m.courses[id] = Course{ID: id, DefaultMinutes: 60}
		m.teachers[actor(1)] = append(m.teachers[actor(1)], id)
		m.entitled[id] = true
		for r := range 2 {
			m.roster = append(m.roster, Member{Student: student(2*c + r + 1), Course: id, Roll: 7 + r})
		}
	}
	return m
}

func (m *memory) InTx(ctx context.Context, fn func(context.Context, Tx) error) error {
	for range m.tries { // a serialisation failure: nothing of it is kept
		before := m.held.clone()
		_ = fn(ctx, m)
		m.held = before
	}
	before := m.held.clone()
	err := fn(ctx, m)
	if err != nil {
		m.held = before
	}
	return err
}

func (m *memory) View(ctx context.Context, fn func(context.Context, Tx) error) error {
	return fn(ctx, m)
}

func (m *memory) Course(_ context.Context, id ID) (Course, error) {
	c, ok := m.courses[id]
	if !ok {
		return c, Missing{What: "course", Key: id.String()}
	}
	return c, nil
}

func (m *memory) CoursesOf(_ context.Context, teacher ID) (out []Course, err error) {
	for _, id := range m.teachers[teacher] {
		out = append(out, m.courses[id])
	}
	return out, nil
}

func (m *memory) Roster(_ context.Context, course ID) (Roster, error) {
	return slices.DeleteFunc(slices.Clone(m.roster), func(e Member) bool { return e.Course != course }), nil
}

func (m *memory) Session(_ context.Context, id ID) (Session, error) {
	s, ok := m.sessions[id]
	if !ok {
		return s, Missing{What: "session", Key: id.String()}
	}
	return s, nil
}

func (m *memory) LockSessions(_ context.Context, ids []ID) (map[ID]Session, error) {
	out := map[ID]Session{}
	for _, id := range ids {
		if s, ok := m.sessions[id]; ok {
			out[id] = s
		}
	}
	return out, nil
}

func (m *memory) Running(context.Context) ([]Session, error) {
	var out []Session
	for _, s := range m.sessions {
		if s.ClosedAt.IsZero() {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b Session) int { return cmp.Or(a.OpenedAt.Compare(b.OpenedAt), a.ID.Compare(b.ID)) })
	return out, nil
}

func (m *memory) PutSession(_ context.Context, s Session) error {
	if old, ok := m.sessions[s.ID]; ok {
		if s.ClosesAt.After(old.ClosesAt) {
			old.ClosesAt = s.ClosesAt
		}
		if !s.ClosedAt.IsZero() && (old.ClosedAt.IsZero() || s.ClosedAt.Before(old.ClosedAt)) {
			old.ClosedAt = s.ClosedAt
		}
		s = old
	}
	m.sessions[s.ID] = s
	return nil
}

func (m *memory) Append(_ context.Context, facts []Fact) ([]Kept, error) {
	out := make([]Kept, len(facts))
	for i, f := range facts {
		old, known := m.log[f.ID]
		switch {
		case f.Why != "":
			m.inbox[f.ID] = f
		case known && old.Digest() == f.Digest():
			out[i] = Duplicate
		case known:
			out[i], f.Why = Clash, WhyHashConflict
			m.inbox[f.ID] = f
		default:
			m.log[f.ID] = f
		}
	}
	return out, nil
}

func (m *memory) Known(_ context.Context, ids []ID) (map[ID]bool, error) {
	out := map[ID]bool{}
	for _, id := range ids {
		_, placed := m.log[id]
		_, aside := m.inbox[id]
		if placed || aside {
			out[id] = true
		}
	}
	return out, nil
}

func (m *memory) Facts(_ context.Context, session ID, w Which) ([]Fact, error) {
	var out []Fact
	for _, f := range m.log {
		if f.Session == session && (w.Student.IsZero() || f.Student == w.Student) && (w.Gesture.IsZero() || f.Gesture == w.Gesture) {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b Fact) int { return cmp.Or(cmp.Compare(a.Ord, b.Ord), a.ID.Compare(b.ID)) })
	return out, nil
}

func (m *memory) Standings(_ context.Context, session ID, students ...ID) ([]Standing, error) {
	var out []Standing
	for k, st := range m.standings {
		if k.session == session && (len(students) == 0 || slices.Contains(students, k.student)) {
			out = append(out, st)
		}
	}
	slices.SortFunc(out, func(a, b Standing) int { return a.Student.Compare(b.Student) })
	return out, nil
}

func (m *memory) PutStandings(_ context.Context, all []Standing) error {
	for _, st := range all {
		m.standings[seat{st.Session, st.Student}] = st
	}
	return nil
}

func (m *memory) LastOrd(context.Context) (HLC, error) {
	var top HLC
	for _, f := range m.log {
		top = max(top, f.Ord)
	}
	return top, nil
}

func (m *memory) Devices(context.Context) ([]Device, error) {
	return slices.SortedFunc(maps.Values(m.devices), func(a, b Device) int { return a.ID.Compare(b.ID) }), nil
}

func (m *memory) PutDevice(_ context.Context, d Device) error { m.devices[d.ID] = d; return nil }

func (m *memory) LockStream(_ context.Context, _, incarnation ID) (Stream, error) {
	return m.streams[incarnation], nil
}

func (m *memory) AdvanceStream(_ context.Context, _, incarnation ID, to Stream) error {
	m.streams[incarnation] = to
	return nil
}

func (m *memory) Entitled(context.Context, ID) (map[ID]bool, error) { return m.entitled, nil }

// bench is a service over a memory, with hands on the computer's clock.
type bench struct {
	*Service
	*memory
	wall *atomic.Int64 // Unix ms
	ctx  context.Context
	by   Actor
	ids  io.Reader
}

func setup(t *testing.T) bench {
	t.Helper()
	b := bench{memory: newMemory(), wall: &atomic.Int64{}, ctx: t.Context(), by: Actor{ID: actor(1), Role: RoleTeacher}}
	b.wall.Store(noon.UnixMilli())
	b.ids = rand.NewChaCha8([32]byte{1})
	b.boot(t)
	return b
}

// boot starts the server anew on the same store.
func (b *bench) boot(t *testing.T) {
	t.Helper()
	world := World{Now: func() time.Time { return time.UnixMilli(b.wall.Load()).UTC() }, Rand: b.ids}
	s, err := NewService(b.ctx, b.memory, world, small('n', 1), Rules{})
	if err != nil {
		t.Fatal(err)
	}
	b.Service = s
}

func (b bench) pass(d time.Duration) { b.wall.Add(d.Milliseconds()) }

func (b bench) opened(t *testing.T, course int) Session {
	t.Helper()
	s, err := b.Service.Open(b.ctx, b.by, Order{Course: small('C', course), Kind: Offline})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// shows is the status of a student, and the letter of the register with it.
func (b bench) shows(s Session, n int) Status { return b.standings[seat{s.ID, student(n)}].Status }

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
