package sqlite_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite"
)

// clients is how many phones, browsers and scanners mark at the same time.
const clients = 200

// BenchmarkMarks is the durable mark of one student: rules, fact, standing, group
// commit and journal, by 200 clients who each wait for their answer before they ask
// again. %-of-bare compares it with a bare insert of such rows in such groups; both
// take turns, so that a busy machine slows both.
func BenchmarkMarks(b *testing.B) {
	c := newClass(b, clients)
	x := newBare(b, c)
	const rounds = 10
	var took, bare time.Duration
	var waits, bareWaits latencies
	n := 0
	for range rounds {
		d, l := race(b, b.N/rounds+1, func(i int) error {
			v := attendance.Verdict{Gesture: newID(b), Students: []attendance.ID{c.students[i]}, Status: statuses[n%len(statuses)]}
			_, err := c.service.Mark(b.Context(), c.rao, c.session, v)
			return err
		})
		took, waits = took+d, append(waits, l...)
		d, l = x.race(b, b.N/rounds+1)
		bare, bareWaits = bare+d, append(bareWaits, l...)
		n++
	}
	marks := float64(len(waits))
	b.ReportMetric(marks/took.Seconds(), "marks/s")
	b.ReportMetric(marks/bare.Seconds(), "bare-marks/s")
	b.ReportMetric(100*bare.Seconds()/took.Seconds(), "%-of-bare")
	b.ReportMetric(float64(waits.at(0.99).Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(bareWaits.at(0.99).Microseconds())/1000, "bare-p99-ms")
}

var statuses = []attendance.Status{attendance.Present, attendance.Late, attendance.Absent, attendance.Excused}

// class is a session with students, held on a pendrive.
type class struct {
	store    *sqlite.Store
	service  *attendance.Service
	rao      attendance.Actor
	course   attendance.ID
	session  attendance.ID
	students []attendance.ID
	node     attendance.ID
}

func newClass(tb testing.TB, students int) *class {
	tb.Helper()
	s, err := sqlite.Open(tb.Context(), tb.TempDir(), sqlite.Options{Now: time.Now, Rand: rand.Reader})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	c := classIn(tb, s, students)
	se, err := c.service.Open(tb.Context(), c.rao, attendance.Order{Course: c.course, Kind: attendance.Offline})
	if err != nil {
		tb.Fatal(err)
	}
	c.session = se.ID
	return c
}

// classIn puts a course with students into a store.
func classIn(tb testing.TB, s *sqlite.Store, students int) *class {
	tb.Helper()
	id := func() attendance.ID {
		v, err := attendance.NewID(time.Now(), rand.Reader)
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
	c := &class{store: s, course: id(), node: id()}
	teacher := attendance.FeedTeacher{ID: id(), Name: "Asha Rao", Code: "T1"}
	c.rao = attendance.Actor{ID: teacher.ID, Role: attendance.RoleTeacher}
	rows := []attendance.Change{
		row(tb, attendance.CourseRow, c.course, attendance.FeedCourse{ID: c.course, Code: "CS301", Name: "Databases", DefaultMinutes: 50}),
		row(tb, attendance.TeacherRow, teacher.ID, teacher),
	}
	hold := attendance.FeedTeaching{ID: id(), Course: c.course, Teacher: teacher.ID, FromMS: 1}
	rows = append(rows, row(tb, attendance.TeachingRow, hold.ID, hold))
	for i := range students {
		st := attendance.FeedStudent{ID: id(), Name: fmt.Sprintf("Student %d", i+1)}
		en := attendance.FeedEnrolment{ID: id(), Course: c.course, Student: st.ID, Roll: i + 1, FromMS: 1}
		rows = append(rows, row(tb, attendance.StudentRow, st.ID, st), row(tb, attendance.EnrolmentRow, en.ID, en))
		c.students = append(c.students, st.ID)
	}
	if err := (&feed{store: s, generation: id()}).apply(tb.Context(), rows); err != nil {
		tb.Fatal(err)
	}
	var err error
	c.service, err = attendance.NewService(tb.Context(), s, attendance.World{Now: time.Now, Rand: rand.Reader}, c.node, attendance.Rules{})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func row(tb testing.TB, kind attendance.RowKind, id attendance.ID, row any) attendance.Change {
	tb.Helper()
	raw, err := json.Marshal(row)
	if err != nil {
		tb.Fatal(err)
	}
	return attendance.Change{Kind: kind, Key: id.String(), Row: raw}
}

type latencies []time.Duration

func (l latencies) at(q float64) time.Duration {
	slices.Sort(l)
	return l[min(len(l)-1, int(q*float64(len(l))))]
}

// race lets all clients do n things together.
func race(b *testing.B, n int, do func(client int) error) (time.Duration, latencies) {
	var mu sync.Mutex
	var all latencies
	var group sync.WaitGroup
	start := time.Now()
	for i := range clients {
		group.Go(func() {
			var mine latencies
			for range share(n, i) {
				began := time.Now()
				if err := do(i); err != nil {
					b.Error(err)
					return
				}
				mine = append(mine, time.Since(began))
			}
			mu.Lock()
			all = append(all, mine...)
			mu.Unlock()
		})
	}
	group.Wait()
	return time.Since(start), all
}

// share is how many of n are the i-th client's.
func share(n, i int) int {
	k := n / clients
	if i < n%clients {
		k++
	}
	return k
}

// bare is what nothing could do without: the row of the log with its own indexes,
// in a file with the same settings, by one writer that commits for up to 32 clients.
type bare struct {
	conn *sql.Conn
	stmt *sql.Stmt
	row  func() []any
}

func newBare(b *testing.B, c *class) *bare {
	b.Helper()
	db, err := sql.Open("sqlite", sqlite.DSN(filepath.Join(b.TempDir(), "bare.db")))
	if err != nil {
		b.Fatal(err)
	}
	x := &bare{}
	if x.conn, err = db.Conn(b.Context()); err != nil {
		b.Fatal(err)
	}
	for _, stmt := range []string{
		`CREATE TABLE fact (seq INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL, kind TEXT NOT NULL, session_id BLOB, student_id BLOB,
			gesture_id BLOB, device_id BLOB, ord INTEGER NOT NULL, effective_ms INTEGER NOT NULL, body BLOB NOT NULL, hash BLOB NOT NULL,
			why TEXT NOT NULL DEFAULT '', answer TEXT NOT NULL DEFAULT '') STRICT`,
		`CREATE UNIQUE INDEX fact_once ON fact (id) WHERE why <> 'hash_conflict'`,
		`CREATE INDEX fact_clash ON fact (id) WHERE why = 'hash_conflict'`,
		`CREATE INDEX fact_session ON fact (session_id, student_id)`,
		`CREATE INDEX fact_ord ON fact (ord)`,
		`CREATE INDEX fact_aside ON fact (session_id) WHERE why <> '' OR answer <> ''`,
	} {
		if _, err := x.conn.ExecContext(b.Context(), stmt); err != nil {
			b.Fatal(err)
		}
	}
	x.stmt, err = x.conn.PrepareContext(b.Context(), `INSERT INTO fact (id, kind, session_id, student_id, gesture_id, device_id, ord, effective_ms, body, hash)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = errors.Join(x.stmt.Close(), x.conn.Close(), db.Close()) })
	n := int64(0)
	x.row = func() []any {
		n++
		gesture, student := newID(b), c.students[int(n)%len(c.students)]
		id := attendance.Derive("mark", gesture[:]) // as the rules make it: from a hash
		return []any{id[:], "mark.set", c.session[:], student[:], gesture[:], nil, n, n, make([]byte, 480), make([]byte, 32)}
	}
	return x
}

// race lets all clients wait for n rows to be durable.
func (x *bare) race(b *testing.B, n int) (time.Duration, latencies) {
	b.Helper()
	ask := make(chan chan error, clients)
	var took time.Duration
	var waits latencies
	over := make(chan struct{})
	go func() {
		took, waits = race(b, n, func(int) error {
			done := make(chan error, 1)
			ask <- done
			return <-done
		})
		close(ask)
		close(over)
	}()
	for first := range ask {
		waiting := []chan error{first}
		for more := true; more && len(waiting) < 32; {
			select {
			case w, ok := <-ask:
				if more = ok; ok {
					waiting = append(waiting, w)
				}
			default:
				more = false
			}
		}
		err := x.commit(b.Context(), len(waiting))
		for _, w := range waiting {
			w <- err
		}
	}
	<-over
	return took, waits
}

func (x *bare) commit(ctx context.Context, n int) error {
	_, err := x.conn.ExecContext(ctx, "BEGIN IMMEDIATE")
	for range n {
		if err == nil {
			_, err = x.stmt.ExecContext(ctx, x.row()...)
		}
	}
	if err == nil {
		_, err = x.conn.ExecContext(ctx, "COMMIT")
	}
	return err
}
