package postgres_test

import (
	"context"
	"crypto/md5" //nolint:gosec // names rows, hides nothing
	"fmt"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres"
)

// counted is a share of the big school, with six hundred students in its first
// course, or a tenth of the school's, and all of it counted.
func counted(tb testing.TB, share int) *school {
	tb.Helper()
	return countedIn(tb, open(tb, postgres.Options{}), share)
}

// countedIn is counted, in an empty database.
func countedIn(tb testing.TB, in store, share int) *school {
	tb.Helper()
	s := &school{store: in}
	b := bigSchool(tb, s.store, share)
	s.sql(tb, fmt.Sprintf(`INSERT INTO enrolment (id, course_id, student_id, roll, from_at)
		SELECT md5('hall ' || r)::uuid, md5('course 0')::uuid, md5('student ' || r)::uuid, r + 1, '2020-01-01' FROM generate_series(%d, %d) r`, bigClass, min(600, b.students/10)-1))
	s.sql(tb, `INSERT INTO standing (session_id, student_id, state, status, method, at)
		SELECT se.id, e.student_id, '{}', (ARRAY['present', 'present', 'present', 'late', 'absent'])[1 + e.roll % 5], 'biometric', now()
		FROM enrolment e JOIN session se ON se.course_id = e.course_id WHERE e.id IN (SELECT md5('hall ' || r)::uuid FROM generate_series(0, 600) r)`)
	b.facts(tb, fmt.Sprintf("st.student_id IN (SELECT md5('student ' || n)::uuid FROM generate_series(%d, %d) n)", firstReader, firstReader+callers-1))
	s.sql(tb, "INSERT INTO setting (key, value) VALUES ('leaderboard', 'true')")
	s.sql(tb, "INSERT INTO stale (course_id) SELECT id FROM course")
	var err error
	if s.cloud, err = s.CloudNode(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	s.serve = s.service(tb)
	all, err := s.Uncounted(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	start := time.Now()
	for _, c := range all {
		if err := s.InCount(tb.Context(), func(ctx context.Context, tx attendance.Counter) error { return s.serve.CountCourse(ctx, tx, c) }); err != nil {
			tb.Fatal(err)
		}
	}
	tb.Logf("%d courses counted in %v", len(all), time.Since(start).Round(time.Millisecond))
	s.sql(tb, "VACUUM ANALYZE")
	return s
}

func (s *school) sql(tb testing.TB, text string) {
	tb.Helper()
	if _, err := s.pool.Exec(tb.Context(), text); err != nil {
		tb.Fatalf("%.80s: %v", text, err)
	}
}

// bigRow is the id of the n-th row of a kind; see bigID.
func bigRow(kind string, n int) attendance.ID {
	return attendance.ID(md5.Sum(fmt.Appendf(nil, "%s %d", kind, n))) //nolint:gosec // see above
}

// Every screen is also read in tests, from stored counts.
func TestABigSchoolIsAddedUpFromItsCounts(t *testing.T) {
	t.Parallel()
	s := counted(t, 20)
	err := s.InFigures(t.Context(), func(ctx context.Context, tx attendance.Figures) error {
		o, err := s.serve.Overview(ctx, tx, attendance.Scope{})
		if pct, _ := o.Percent(); o.Sessions != 40*bigSessions || o.Counting != 0 || pct < 50 || pct > 100 {
			t.Errorf("got %d sessions, %d to count, %.1f %%, want %d, none, most", o.Sessions, o.Counting, pct, 40*bigSessions)
		}
		if pending, err := tx.Pending(ctx, time.Now()); err != nil || len(pending) != 0 {
			t.Errorf("got %d courses counted at sight, %v, want none", len(pending), err)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	r, words := reading(t, s, nil), reading(t, s, &said{})
	for name, sc := range screens() {
		if err := r.read(t.Context(), sc, 0); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := r.bare(t.Context(), words.asked(t, sc)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
