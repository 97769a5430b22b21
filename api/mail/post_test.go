package mail_test

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/mail"
	"github.com/arise-attendance/arise/db/embedded/pgtest"
	"github.com/arise-attendance/arise/db/postgres"
)

// letterbox is a mail server that keeps what it gets.
type letterbox struct {
	mu     sync.Mutex
	got    []*netmail.Message
	bodies []string
	refuse *smtp.SMTPError // of every mail, if not nil
	url    string
}

func (l *letterbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{l}, nil }

type session struct{ *letterbox }

func (*session) Reset()                               {}
func (*session) Logout() error                        { return nil }
func (*session) Mail(string, *smtp.MailOptions) error { return nil }
func (*session) Rcpt(string, *smtp.RcptOptions) error { return nil }

func (s *session) Data(r io.Reader) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse != nil {
		return s.refuse
	}
	m, err := netmail.ReadMessage(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(m.Body)
	s.got, s.bodies = append(s.got, m), append(s.bodies, strings.NewReplacer("=\r\n", "", "=\n", "").Replace(string(body)))
	return err
}

func (l *letterbox) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.got)
}

func (l *letterbox) saying(code int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refuse = nil; code > 0 {
		l.refuse = &smtp.SMTPError{Code: code, Message: "on purpose"}
	}
}

func newLetterbox(t *testing.T) *letterbox {
	t.Helper()
	l := &letterbox{}
	s := smtp.NewServer(l)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.url = "smtp+plain://" + listener.Addr().String()
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(listener) }() // it ends with an error, always
	t.Cleanup(func() { _ = s.Close(); <-done })
	return l
}

// school is one course with one student, ada, who has an address, and a clock.
type school struct {
	t       *testing.T
	store   *postgres.Store
	pool    *pgxpool.Pool
	rules   *attendance.Service
	post    *mail.Post
	box     *letterbox
	mu      sync.Mutex
	now     time.Time
	queued  []attendance.ID
	teacher attendance.Actor
	course  attendance.ID
	ada     attendance.ID
}

var templateHash = sync.OnceValues(func() (string, error) { return pgtest.Hash(postgres.Migrations()) })

func migrate(ctx context.Context, url string) error {
	pool, err := postgres.Connect(ctx, url, "public")
	if err != nil {
		return err
	}
	defer pool.Close()
	return postgres.Migrate(ctx, pool)
}

func setup(t *testing.T) *school {
	t.Helper()
	hash, err := templateHash()
	if err != nil {
		t.Fatal(err)
	}
	s := &school{
		t: t, box: newLetterbox(t), now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), course: newID(t), ada: newID(t),
		teacher: attendance.Actor{ID: newID(t), Role: attendance.RoleTeacher},
	}
	if s.pool, err = postgres.Connect(t.Context(), pgtest.New(t, migrate, hash), "public"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.pool.Close)
	s.store = postgres.New(s.pool, postgres.Options{Now: s.clock, Post: func(_ context.Context, _ pgx.Tx, id attendance.ID) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.queued = append(s.queued, id)
		return nil
	}})
	node, err := s.store.CloudNode(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if s.rules, err = attendance.NewService(t.Context(), s.store, attendance.World{Now: s.clock, Rand: rand.Reader}, node, attendance.Rules{}); err != nil {
		t.Fatal(err)
	}
	sender, err := mail.NewSMTP(s.box.url, "School <office@school.example>")
	if err != nil {
		t.Fatal(err)
	}
	s.post = &mail.Post{Log: s.store, Rules: s.rules, SMTP: sender, Origin: "https://school.example"}
	s.change(func(ctx context.Context, r attendance.Registrar) error {
		return errors.Join(
			r.PutCourse(ctx, attendance.CourseEntry{FeedCourse: attendance.FeedCourse{ID: s.course, Code: "M101", Name: "Maths", DefaultMinutes: 50}}),
			r.PutTeacher(ctx, attendance.TeacherEntry{FeedTeacher: attendance.FeedTeacher{ID: s.teacher.ID, Name: "A Teacher", Code: "T1"}}),
			r.PutTeaching(ctx, attendance.FeedTeaching{ID: newID(t), Course: s.course, Teacher: s.teacher.ID, FromMS: 1}),
			r.PutStudent(ctx, attendance.StudentEntry{FeedStudent: attendance.FeedStudent{ID: s.ada, Name: "Ada <b>& Co", UniversityRoll: "1", EnrolmentNo: "1"}, Email: "ada@students.example"}),
			r.PutEnrolment(ctx, attendance.FeedEnrolment{ID: newID(t), Course: s.course, Student: s.ada, Roll: 1, FromMS: 1}),
		)
	})
	s.settings(`{"on":true,"min_sessions":5,"hold_hours":22,"quiet_from":20,"quiet_to":6}`)
	return s
}

func (s *school) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *school) at(t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = t
}

func (s *school) settings(notices string) {
	s.change(func(ctx context.Context, r attendance.Registrar) error {
		return r.PutSetting(ctx, attendance.SettingEntry{Key: "notices", Value: []byte(notices)})
	})
}

func (s *school) change(fn func(context.Context, attendance.Registrar) error) {
	s.t.Helper()
	if _, err := s.store.Change(s.t.Context(), fn); err != nil {
		s.t.Fatal(err)
	}
}

// holds holds classes, one a day at nine; P: she came.
func (s *school) holds(letters string) []attendance.ID {
	s.t.Helper()
	var out []attendance.ID
	for _, l := range letters {
		se, err := s.rules.Open(s.t.Context(), s.teacher, attendance.Order{Course: s.course, Kind: attendance.Offline})
		if err != nil {
			s.t.Fatal(err)
		}
		if l == 'P' {
			v := attendance.Verdict{Gesture: newID(s.t), Students: []attendance.ID{s.ada}, Status: attendance.Present}
			if _, err := s.rules.Mark(s.t.Context(), s.teacher, se.ID, v); err != nil {
				s.t.Fatal(err)
			}
		}
		s.at(s.clock().Add(50 * time.Minute))
		if _, err := s.rules.Close(s.t.Context(), s.teacher, se.ID); err != nil {
			s.t.Fatal(err)
		}
		s.at(s.clock().Add(24*time.Hour - 50*time.Minute))
		out = append(out, se.ID)
	}
	return out
}

// sweep is what the queue does each hour, and then sends.
func (s *school) sweep() {
	s.t.Helper()
	if err := s.post.Sweep(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	for _, id := range s.taken() {
		if _, err := s.post.Send(s.t.Context(), id); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *school) taken() []attendance.ID {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.queued
	s.queued = nil
	return out
}

// wants compares how many mails have come, and what the last one says.
func (s *school) wants(when string, mails int, says ...string) {
	s.t.Helper()
	if got := s.box.count(); got != mails {
		s.t.Fatalf("%s: got %d mails, want %d", when, got, mails)
	}
	for _, want := range says {
		if last := s.box.bodies[mails-1] + s.box.got[mails-1].Header.Get("Subject"); !strings.Contains(last, want) {
			s.t.Errorf("%s: got %q, want %q in it", when, last, want)
		}
	}
}

func newID(t *testing.T) attendance.ID {
	t.Helper()
	id, err := attendance.NewID(time.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return id
}
