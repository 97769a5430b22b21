package postgres_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/attendance/office"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/db/embedded/pgtest"
	"github.com/arise-attendance/arise/db/postgres"
	"github.com/arise-attendance/arise/db/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Harness {
		s := open(t, postgres.Options{})
		node, err := s.CloudNode(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return storetest.Harness{
			Store: s.Store, Node: node, Other: s.pair(t, "Other").ID, Cloud: true, Seed: s.seed,
		}
	})
}

// store is a store over a database of its own.
type store struct {
	*postgres.Store
	pool *pgxpool.Pool
	url  string
}

var templateHash = sync.OnceValues(func() (string, error) { return pgtest.Hash(postgres.Migrations()) })

func open(t testing.TB, o postgres.Options) store {
	t.Helper()
	hash, err := templateHash()
	if err != nil {
		t.Fatal(err)
	}
	url := pgtest.New(t, migrate, hash)
	return openAt(t, url, o)
}

func openAt(t testing.TB, url string, o postgres.Options) store {
	t.Helper()
	pool, err := postgres.Connect(t.Context(), url, "public")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return store{postgres.New(pool, o), pool, url}
}

func migrate(ctx context.Context, url string) error {
	pool, err := postgres.Connect(ctx, url, "public")
	if err != nil {
		return err
	}
	defer pool.Close()
	return postgres.Migrate(ctx, pool)
}

// pair makes a pendrive that holds all courses.
func (s store) pair(t testing.TB, name string) attendance.Node {
	t.Helper()
	n, _ := s.offer(t, name)
	return n
}

// office is somebody who keeps the roster here.
func (s store) office() office.Office {
	return office.Office{Registry: s, Now: time.Now, NewID: func() (attendance.ID, error) { return attendance.NewID(time.Now(), rand.Reader) }}
}

// offer makes a pendrive that waits for its code: of all courses when none is named.
func (s store) offer(t testing.TB, name string, codes ...string) (attendance.Node, string) {
	t.Helper()
	code := auth.NewClaim()
	id, err := s.office().PairNode(t.Context(), name, codes, attendance.ClaimHash{Hash: auth.HashClaim(code), Until: time.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	n, err := s.Node(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return n, code
}

// seed writes feed rows through the roster writer.
func (s store) seed(ctx context.Context, rows []attendance.Change) error {
	_, err := s.Change(ctx, func(ctx context.Context, r attendance.Registrar) error {
		for _, c := range rows {
			if err := put(ctx, r, c); err != nil {
				return fmt.Errorf("%s %s: %w", c.Kind, c.Key, err)
			}
		}
		return nil
	})
	return err
}

func put(ctx context.Context, r attendance.Registrar, c attendance.Change) error {
	if c.Gone {
		return r.Remove(ctx, c.Kind, c.Key)
	}
	switch c.Kind {
	case attendance.CourseRow:
		return as(c, func(v attendance.FeedCourse) error {
			return r.PutCourse(ctx, attendance.CourseEntry{FeedCourse: v})
		})
	case attendance.TeacherRow:
		return as(c, func(v attendance.FeedTeacher) error {
			return r.PutTeacher(ctx, attendance.TeacherEntry{FeedTeacher: v})
		})
	case attendance.TeachingRow:
		return as(c, func(v attendance.FeedTeaching) error { return r.PutTeaching(ctx, v) })
	case attendance.StudentRow:
		return as(c, func(v attendance.FeedStudent) error {
			return r.PutStudent(ctx, attendance.StudentEntry{FeedStudent: v})
		})
	case attendance.EnrolmentRow:
		return as(c, func(v attendance.FeedEnrolment) error { return r.PutEnrolment(ctx, v) })
	}
	return r.PutSetting(ctx, attendance.SettingEntry{Key: c.Key, Value: c.Row, Travels: true})
}

func as[T any](c attendance.Change, fn func(T) error) error {
	var v T
	if err := json.Unmarshal(c.Row, &v); err != nil {
		return err
	}
	return fn(v)
}
