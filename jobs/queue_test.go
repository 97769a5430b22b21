package jobs_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/intake"
	"github.com/arise-attendance/arise/api/mail"
	"github.com/arise-attendance/arise/api/reports"
	"github.com/arise-attendance/arise/db/embedded/pgtest"
	"github.com/arise-attendance/arise/db/postgres"
	"github.com/arise-attendance/arise/jobs"
)

// school is the cloud's store and rules with a queue, one course and one student.
type school struct {
	store           *postgres.Store
	pool            *pgxpool.Pool
	queue           *jobs.Queue
	serve           *attendance.Service
	cloud           attendance.ID
	course, student attendance.ID
	teacher         attendance.Actor
	changed         chan attendance.ID // each session that changed
	forgot          chan error         // each time that old signals were dropped
}

var templateHash = sync.OnceValues(func() (string, error) { return pgtest.Hash(postgres.Migrations(), "river v0.51.1") })

func migrate(ctx context.Context, url string) error {
	pool, err := postgres.Connect(ctx, url, "public")
	if err != nil {
		return err
	}
	defer pool.Close()
	return postgres.Migrate(ctx, pool, jobs.Migrate)
}

func setup(t *testing.T) *school {
	t.Helper()
	hash, err := templateHash()
	if err != nil {
		t.Fatal(err)
	}
	pool, err := postgres.Connect(t.Context(), pgtest.New(t, migrate, hash), "public")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	s := &school{
		pool: pool, queue: jobs.New(pool, slog.New(slog.DiscardHandler)), course: newID(t), student: newID(t),
		teacher: attendance.Actor{ID: newID(t), Role: attendance.RoleTeacher}, changed: make(chan attendance.ID, 100),
		forgot: make(chan error, 100),
	}
	s.store = postgres.New(pool, postgres.Options{Hook: s.queue.Hook, Recount: s.queue.Recount, Order: s.queue.Order, Leave: s.queue.Leave})
	if s.cloud, err = s.store.CloudNode(t.Context()); err != nil {
		t.Fatal(err)
	}
	world := attendance.World{Now: time.Now, Rand: rand.Reader}
	if s.serve, err = attendance.NewService(t.Context(), s.store, world, s.cloud, attendance.Rules{}); err != nil {
		t.Fatal(err)
	}
	if err := s.queue.Serve(s.serve, s.store, forgetting{s.store, s.forgot}, &intake.Service{Store: s.store, Now: time.Now}, &mail.Post{Log: s.store, Rules: s.serve},
		reports.Deps{Service: s.serve, School: s.store, Papers: s.store}, s.cloud); err != nil {
		t.Fatal(err)
	}
	s.enrol(t)
	return s
}

func (s *school) enrol(t *testing.T) {
	t.Helper()
	_, err := s.store.Change(t.Context(), func(ctx context.Context, r attendance.Registrar) error {
		return errors.Join(
			r.PutCourse(ctx, attendance.CourseEntry{FeedCourse: attendance.FeedCourse{ID: s.course, Code: "CS301", Name: "Databases", DefaultMinutes: 50}}),
			r.PutTeacher(ctx, attendance.TeacherEntry{FeedTeacher: attendance.FeedTeacher{ID: s.teacher.ID, Name: "Asha Rao", Code: "T1"}}),
			r.PutTeaching(ctx, attendance.FeedTeaching{ID: newID(t), Course: s.course, Teacher: s.teacher.ID, FromMS: 1}),
			r.PutStudent(ctx, attendance.StudentEntry{FeedStudent: attendance.FeedStudent{ID: s.student, Name: "Tenzin Dolma", UniversityRoll: "1", EnrolmentNo: "1"}}),
			r.PutEnrolment(ctx, attendance.FeedEnrolment{ID: newID(t), Course: s.course, Student: s.student, Roll: 1, FromMS: 1}),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// work runs the queue and listens until the test ends.
func (s *school) work(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := s.queue.Run(ctx); err != nil {
			t.Errorf("run the queue: %v", err)
		}
	})
	running.Go(func() {
		if err := s.store.Listen(ctx, func(id attendance.ID) { s.changed <- id }); err != nil {
			t.Errorf("listen: %v", err)
		}
	})
	t.Cleanup(func() { stop(); running.Wait() })
	<-s.changed // the line is up
}

// until waits for signals until ok.
func (s *school) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	late := time.NewTimer(30 * time.Second)
	defer late.Stop()
	for !ok() {
		select {
		case <-s.changed:
		case <-late.C:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func (s *school) session(t *testing.T, id attendance.ID) attendance.Session {
	t.Helper()
	var out attendance.Session
	err := s.store.View(t.Context(), func(ctx context.Context, tx attendance.Tx) (err error) {
		out, err = tx.Session(ctx, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// fact is one that some server made a while ago.
func fact(t *testing.T, node attendance.ID, ago time.Duration, f attendance.Fact) attendance.Fact {
	t.Helper()
	at := time.Now().Add(-ago)
	f.ID, f.Node = newID(t), node
	f.Stamp = attendance.Stamp{WallMS: at.UnixMilli(), HLC: attendance.HLCAt(at)}
	if err := f.Seal(); err != nil {
		t.Fatal(err)
	}
	return f
}

func (s *school) opening(t *testing.T, node attendance.ID, ago, lasts time.Duration) attendance.Fact {
	t.Helper()
	return fact(t, node, ago, attendance.Fact{
		Kind: attendance.SessionOpened, Session: newID(t), Actor: s.teacher.ID,
		Opening: &attendance.Opening{
			Course: s.course, Kind: attendance.Offline, Policy: attendance.DefaultPolicy(),
			ClosesMS: time.Now().Add(lasts - ago).UnixMilli(),
		},
	})
}

func newID(t *testing.T) attendance.ID {
	t.Helper()
	id, err := attendance.NewID(time.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return id
}
