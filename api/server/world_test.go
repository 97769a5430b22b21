package server_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	cryptorand "crypto/rand"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/server"
	"github.com/arise-attendance/arise/db/postgres"
	"github.com/arise-attendance/arise/jobs"
)

// world is a school made by chance, with what really happened in it.
type world struct {
	*program
	chance *rand.Rand
	store  *postgres.Store
	pool   *pgxpool.Pool
	serve  *attendance.Service
	tokens *auth.Tokens

	now         time.Time
	zone        *time.Location
	cloud, room attendance.ID // nodes
	teacher     attendance.ID
	terms       map[attendance.ID]bool // archived
	courses     []*taught
	students    []attendance.ID
	enrolments  []attendance.FeedEnrolment
	lesson      []*lesson
}

type taught struct {
	id, term attendance.ID
	code     string
	archived bool
}

func newWorld(t *testing.T, seed uint64) *world {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Kolkata")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{chance: rand.New(rand.NewPCG(seed, 9)), now: time.Now(), zone: zone, terms: map[attendance.ID]bool{}}
	w.program = start(t, func(c *server.Config) { c.AdminPassword, c.Zone = password, zone })
	if w.pool, err = postgres.Connect(t.Context(), w.config.DatabaseURL, "public"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.pool.Close)
	w.store = postgres.New(w.pool, postgres.Options{})
	if w.cloud, err = w.store.CloudNode(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err = server.Pair(t.Context(), w.config, "Room", nil); err != nil {
		t.Fatal(err)
	}
	nodes, err := w.store.Nodes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.room = nodes[0].ID
	w.serve, err = attendance.NewService(t.Context(), w.store, attendance.World{Now: time.Now, Rand: cryptorand.Reader}, w.cloud, attendance.Rules{Zone: zone})
	if err != nil {
		t.Fatal(err)
	}
	if w.tokens, err = auth.NewTokens(w.config.Secret, time.Now); err != nil {
		t.Fatal(err)
	}
	w.roster(t)
	for _, c := range w.courses {
		w.lessons(t, c)
	}
	return w
}

// roster has terms, one of them over; courses, one of them taken back; and students
// who come late, leave, return and change their roll.
func (w *world) roster(t *testing.T) {
	t.Helper()
	w.teacher = newID(t)
	var terms []attendance.ID
	w.change(t, func(ctx context.Context, r attendance.Registrar) error {
		teacher := attendance.TeacherEntry{FeedTeacher: attendance.FeedTeacher{ID: w.teacher, Name: "Asha Rao", Code: "T1"}}
		if err := r.PutTeacher(ctx, teacher); err != nil {
			return err
		}
		for i := range 3 {
			id := newID(t)
			terms = append(terms, id)
			w.terms[id] = i == 2
			if err := r.PutTerm(ctx, attendance.Term{ID: id, Name: fmt.Sprint("Term ", i), Archived: i == 2}); err != nil {
				return err
			}
		}
		for i := range 20 {
			id := newID(t)
			w.students = append(w.students, id)
			s := attendance.StudentEntry{FeedStudent: attendance.FeedStudent{
				ID: id, Name: fmt.Sprint("=Student ", i), UniversityRoll: fmt.Sprint("U", i), EnrolmentNo: fmt.Sprint("E", i),
			}}
			if err := r.PutStudent(ctx, s); err != nil {
				return err
			}
		}
		for i := range 8 {
			c := &taught{id: newID(t), code: fmt.Sprint("C-", i), archived: i >= 6}
			switch {
			case i < 5:
				c.term = terms[i%2]
			case i >= 6:
				c.term = terms[i-5] // one of a term that runs, one of the term that is over
			}
			w.courses = append(w.courses, c)
			if err := w.course(t, ctx, r, c); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *world) course(t *testing.T, ctx context.Context, r attendance.Registrar, c *taught) error {
	entry := attendance.CourseEntry{FeedCourse: attendance.FeedCourse{ID: c.id, Code: c.code, Name: "Course " + c.code, DefaultMinutes: 50, Archived: c.archived}, Term: c.term}
	if err := r.PutCourse(ctx, entry); err != nil {
		return err
	}
	if err := r.PutTeaching(ctx, attendance.FeedTeaching{ID: newID(t), Course: c.id, Teacher: w.teacher, FromMS: 1}); err != nil {
		return err
	}
	roll := 0
	put := func(student attendance.ID, from, to time.Time) error {
		roll++
		e := attendance.FeedEnrolment{ID: newID(t), Course: c.id, Student: student, Roll: roll, FromMS: from.UnixMilli()}
		if !to.IsZero() {
			e.ToMS = to.UnixMilli()
		}
		w.enrolments = append(w.enrolments, e)
		return r.PutEnrolment(ctx, e)
	}
	for _, st := range w.students {
		long, mid, late := w.ago(400, 90), w.ago(50, 30), w.ago(25, 2)
		var err error
		switch w.chance.IntN(9) {
		case 0, 1: // never
		case 2: // joined late
			err = put(st, mid, time.Time{})
		case 3: // left
			err = put(st, long, mid)
		case 4: // left and came back
			if err = put(st, long, mid); err == nil {
				err = put(st, late, time.Time{})
			}
		case 5: // another roll
			if err = put(st, long, mid); err == nil {
				err = put(st, mid, time.Time{})
			}
		default:
			err = put(st, long, time.Time{})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// ago is a time so many days ago.
func (w *world) ago(most, least int) time.Time {
	minutes := w.chance.IntN((most-least)*24*60) + least*24*60
	return w.now.Add(-time.Duration(minutes) * time.Minute).Truncate(time.Second)
}

// policies have weights that are quarters.
var policies = []attendance.Policy{
	{Version: 1, LateAfterMin: 10, LateWeight: 1, Minimum: 75, Critical: 60},
	{Version: 2, LateAfterMin: 5, LateWeight: 0.5, Minimum: 80, Critical: 50},
}

func (w *world) lessons(t *testing.T, c *taught) {
	t.Helper()
	if c.code == "C-4" { // holds none
		return
	}
	for range 8 + w.chance.IntN(12) {
		opened := w.ago(88, 1)
		if w.chance.IntN(4) == 0 { // around midnight on the campus
			y, m, d := opened.In(w.zone).Date()
			opened = time.Date(y, m, d, 0, w.chance.IntN(30)-15, 0, 0, w.zone)
		}
		h := &lesson{opened: opened, closes: opened.Add(time.Hour), policy: policies[0], deleted: w.chance.IntN(9) == 0}
		if h.opened.After(w.now.AddDate(0, 0, -20)) {
			h.policy = policies[1]
		}
		if w.chance.IntN(6) > 0 {
			h.ended = opened.Add(50 * time.Minute)
		}
		w.hold(t, c, h)
	}
	w.hold(t, c, &lesson{opened: w.now.Add(-10 * time.Minute), closes: w.now.Add(time.Hour), policy: policies[0]}) // runs
	if c.code == "C-0" || c.code == "C-3" {                                                                        // nobody ended it; until it is settled, its course is counted at sight
		w.hold(t, c, &lesson{opened: w.now.Add(-time.Hour), closes: w.now.Add(-3 * time.Minute), policy: policies[w.chance.IntN(2)]})
	}
}

// hold writes a class, and what was said in it.
func (w *world) hold(t *testing.T, c *taught, h *lesson) {
	t.Helper()
	h.id, h.course, h.online, h.said = newID(t), c.id, w.chance.IntN(3) == 0, map[attendance.ID][]saying{}
	h.opened, h.closes = h.opened.Truncate(time.Millisecond), h.closes.Truncate(time.Millisecond)
	w.lesson = append(w.lesson, h)
	kind := attendance.Offline
	if h.online {
		kind = attendance.Online
	}
	facts := []attendance.Fact{w.fact(t, h.opened, attendance.Fact{
		Kind: attendance.SessionOpened, Session: h.id, Actor: w.teacher,
		Opening: &attendance.Opening{Course: c.id, Kind: kind, ClosesMS: h.closes.UnixMilli(), Policy: h.policy},
	})}
	for _, st := range w.expected(c.id, h.opened) {
		for range w.chance.IntN(4) {
			facts = append(facts, w.say(t, h, st))
		}
	}
	if !h.ended.IsZero() {
		facts = append(facts, w.fact(t, h.ended, attendance.Fact{Kind: attendance.SessionEnded, Session: h.id, Actor: w.teacher, ClosedAt: h.ended.UnixMilli()}))
	}
	if h.deleted {
		facts = append(facts, w.fact(t, h.closes, attendance.Fact{Kind: attendance.SessionVoided, Session: h.id, Actor: w.teacher, Reason: "by mistake"}))
	}
	w.adopt(t, facts)
}

func (w *world) adopt(t *testing.T, facts []attendance.Fact) {
	t.Helper()
	if err := w.store.InTx(t.Context(), func(ctx context.Context, tx attendance.Tx) error { return w.serve.Adopt(ctx, tx, facts) }); err != nil {
		t.Fatal(err)
	}
}

// say has somebody say something of a student; each word comes after those before.
func (w *world) say(t *testing.T, h *lesson, student attendance.ID) attendance.Fact {
	t.Helper()
	at := h.opened.Add(time.Duration(w.chance.IntN(20*60)) * time.Second).Truncate(time.Second)
	s := saying{class: attendance.Evidence, at: at, status: "present"}
	f := attendance.Fact{Kind: attendance.MarkSeen, Session: h.id, Student: student, Class: attendance.Evidence, Status: attendance.Present, Method: attendance.Biometric}
	if n := w.chance.IntN(10); n > 4 {
		s.class = []attendance.Class{attendance.Bulk, attendance.Teacher, attendance.Teacher, attendance.Office}[w.chance.IntN(4)]
		s.status = []string{"present", "present", "late", "absent", "excused", "duty", "not_required"}[w.chance.IntN(7)]
		s.cleared = n == 9
		f.Kind, f.Class, f.Status, f.Method, f.Actor, f.Reason = attendance.MarkSet, s.class, attendance.Status(s.status), attendance.Manual, w.teacher, "because"
		if s.cleared {
			f.Kind, f.Status, f.Reason = attendance.MarkCleared, "", ""
		}
	}
	for _, other := range h.said[student] { // whoever speaks has seen all before
		if !at.After(other.at) {
			at = other.at.Add(time.Second)
		}
	}
	s.at = at
	h.said[student] = append(h.said[student], s)
	f.Seen = attendance.HLCAt(at.Add(-time.Millisecond))
	if f.Kind == attendance.MarkSeen {
		f.Seen = 0
	}
	return w.fact(t, at, f)
}

func (w *world) fact(t *testing.T, at time.Time, f attendance.Fact) attendance.Fact {
	t.Helper()
	f.ID, f.Node = newID(t), w.room
	f.Stamp = attendance.Stamp{WallMS: at.UnixMilli(), HLC: attendance.HLCAt(at)}
	if err := f.Seal(); err != nil {
		t.Fatal(err)
	}
	return f
}

// token signs somebody in.
func (w *world) token(t *testing.T, who attendance.ID, role attendance.Role) string {
	t.Helper()
	l := auth.Login{ID: newID(t), Person: who, Role: role, CreatedAt: time.Now(), SeenAt: time.Now(), ExpiresAt: time.Now().Add(time.Hour)}
	if err := w.store.BeginLogin(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	token, _, err := w.tokens.Issue(auth.Principal{Actor: attendance.Actor{ID: who, Role: role}, Name: "somebody", Login: l.ID})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// countAll counts whatever is not counted.
func (w *world) countAll(t *testing.T) {
	t.Helper()
	if err := jobs.CountAll(t.Context(), w.serve, w.store); err != nil {
		t.Fatal(err)
	}
}
