package attendance_test

import (
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite"
)

var (
	noon  = attendance.Noon
	small = attendance.Small
)

func student(n int) attendance.ID { return small('s', n) }
func actor(n int) attendance.ID   { return small('a', n) }

// checker is a test, or one check of a property.
type checker interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
	Cleanup(func())
	Context() context.Context
}

// bench is a service over a pendrive's register, with hands on the computer's clock.
type bench struct {
	*attendance.Service
	store *sqlite.Store
	wall  *atomic.Int64 // Unix ms
	ctx   context.Context
	by    attendance.Actor
	ids   io.Reader
}

func setup(t checker) bench {
	t.Helper()
	b := bench{
		store: register(t), wall: &atomic.Int64{}, ctx: t.Context(),
		by: attendance.Actor{ID: actor(1), Role: attendance.RoleTeacher}, ids: rand.NewChaCha8([32]byte{1}),
	}
	b.wall.Store(noon.UnixMilli())
	if err := b.store.Apply(b.ctx, school(t)); err != nil {
		t.Fatal(err)
	}
	b.boot(t)
	return b
}

// register is an empty register in a folder that forgets, where there is one:
// nothing here is about power cuts.
func register(t checker) *sqlite.Store {
	t.Helper()
	forgets := "/dev/shm"
	if info, err := os.Stat(forgets); err != nil || !info.IsDir() {
		forgets = ""
	}
	dir, err := os.MkdirTemp(forgets, "register")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	})
	s, err := sqlite.Open(t.Context(), dir, sqlite.Options{Now: time.Now, Rand: rand.NewChaCha8([32]byte{2})})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
	return s
}

// school has two courses; teacher 1 holds both, students 1 and 2 are rolls 7 and 8
// of the first course, students 3 and 4 the same rolls of the second.
func school(t checker) attendance.Page {
	t.Helper()
	page := attendance.Page{Generation: small('G', 1), Rev: 1, Snapshot: true}
	add := func(kind attendance.RowKind, id attendance.ID, row any) {
		body, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		page.Changes = append(page.Changes, attendance.Change{Kind: kind, Key: id.String(), Row: body})
		page.Digest = page.Digest.Add(attendance.RowHash(kind, id.String(), body))
	}
	add(attendance.TeacherRow, actor(1), attendance.FeedTeacher{ID: actor(1), Name: "Asha Rao", Code: "T1"})
	for c := range 2 {
		course, holds := small('C', c+1), small('h', c+1)
		add(attendance.CourseRow, course, attendance.FeedCourse{ID: course, Code: string(rune('A' + c)), DefaultMinutes: 60})
		add(attendance.TeachingRow, holds, attendance.FeedTeaching{ID: holds, Course: course, Teacher: actor(1), FromMS: 1})
		for r := range 2 {
			st := student(2*c + r + 1)
			add(attendance.StudentRow, st, attendance.FeedStudent{ID: st})
			add(attendance.EnrolmentRow, st, attendance.FeedEnrolment{ID: st, Course: course, Student: st, Roll: 7 + r, FromMS: 1})
		}
	}
	return page
}

// boot starts the server anew on the same register.
func (b *bench) boot(t checker) {
	t.Helper()
	world := attendance.World{Now: func() time.Time { return time.UnixMilli(b.wall.Load()).UTC() }, Rand: b.ids}
	s, err := attendance.NewService(b.ctx, b.store, world, small('n', 1), attendance.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	b.Service = s
}

func (b bench) pass(d time.Duration) { b.wall.Add(d.Milliseconds()) }

func (b bench) opened(t checker, course int) attendance.Session {
	t.Helper()
	return must(b.Open(b.ctx, b.by, attendance.Order{Course: small('C', course), Kind: attendance.Offline}))(t)
}

// standing is what the register says of a student.
func (b bench) standing(t checker, s attendance.Session, n int) attendance.Standing {
	t.Helper()
	all := see(t, b.store, func(ctx context.Context, tx attendance.Tx) ([]attendance.Standing, error) {
		return tx.Standings(ctx, s.ID, student(n))
	})
	if len(all) == 0 {
		return attendance.Standing{}
	}
	return all[0]
}

func (b bench) shows(t checker, s attendance.Session, n int) attendance.Status {
	t.Helper()
	return b.standing(t, s, n).Status
}

// placed is how many facts of a session there are.
func (b bench) placed(t checker, s attendance.Session) int {
	t.Helper()
	return len(facts(t, b.store, s.ID))
}

// aside is how many facts wait for a person.
func (b bench) aside(t checker) int {
	t.Helper()
	return len(unplaced(t, b.store))
}

func facts(t checker, s *sqlite.Store, session attendance.ID) []attendance.Fact {
	t.Helper()
	return see(t, s, func(ctx context.Context, tx attendance.Tx) ([]attendance.Fact, error) {
		return tx.Facts(ctx, session, attendance.Which{})
	})
}

func unplaced(t checker, s *sqlite.Store) []attendance.Fact {
	t.Helper()
	return see(t, s, func(ctx context.Context, tx attendance.Tx) ([]attendance.Fact, error) {
		return tx.Unplaced(ctx, attendance.ID{})
	})
}

func standings(t checker, s *sqlite.Store, session attendance.ID) []attendance.Standing {
	t.Helper()
	return see(t, s, func(ctx context.Context, tx attendance.Tx) ([]attendance.Standing, error) {
		return tx.Standings(ctx, session)
	})
}

func see[T any](t checker, s *sqlite.Store, fn func(context.Context, attendance.Tx) (T, error)) T {
	t.Helper()
	var out T
	err := s.View(t.Context(), func(ctx context.Context, tx attendance.Tx) (err error) {
		out, err = fn(ctx, tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func must[T any](v T, err error) func(checker) T {
	return func(t checker) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestAClassLastsExactlyWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := must(b.Open(b.ctx, b.by, attendance.Order{Course: small('C', 1), Kind: attendance.Online, For: 50 * time.Minute}))(t)
	if got := s.ClosesAt.Sub(s.OpenedAt); got != 50*time.Minute {
		t.Errorf("online: got %v, want 50m", got)
	}
	s = must(b.Open(b.ctx, b.by, attendance.Order{Course: small('C', 2), Kind: attendance.Offline}))(t)
	if got := s.ClosesAt.Sub(s.OpenedAt); got != 60*time.Minute+attendance.Grace {
		t.Errorf("in a room: got %v, want the course's 60m and the grace", got)
	}
}
