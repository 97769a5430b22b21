package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/intake"
	"github.com/arise-attendance/arise/db/postgres"
)

// files is the office's imports over a real store, with hashing that costs nothing.
func files(t testing.TB, s *school) *intake.Service {
	t.Helper()
	seal, err := auth.NewSeal([]byte("a secret of a test"), "import")
	if err != nil {
		t.Fatal(err)
	}
	return &intake.Service{
		Store: s.Store, Seal: seal, Now: time.Now, Zone: time.UTC, NewID: s.serve.NewID,
		Hash: func(p string) (string, error) { return "hash of " + p, nil },
	}
}

// list is a file of students.
func list(n int, name string) []byte {
	var b strings.Builder
	b.WriteString("student_name,university_roll_no,enrollment_no,email1,password\n")
	for i := range n {
		fmt.Fprintf(&b, "%s %d,R%05d,E%05d,s%d@example.org,\n", name, i, i, i, i)
	}
	return []byte(b.String())
}

func begin(t testing.TB, d *intake.Service, raw []byte, o intake.Options) intake.Import {
	t.Helper()
	imp, err := d.Upload(t.Context(), intake.Upload{Kind: intake.Students, File: "list.csv", Raw: raw, Options: o})
	if err != nil {
		t.Fatal(err)
	}
	if imp, err = d.Apply(t.Context(), imp.ID); err != nil {
		t.Fatal(err)
	}
	return imp
}

func (s *school) counts(t *testing.T, id attendance.ID) intake.Import {
	t.Helper()
	imp, err := s.Import(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return imp
}

func (s *school) people(t *testing.T) int {
	t.Helper()
	n := 0
	if err := s.pool.QueryRow(t.Context(), "SELECT count(*) FROM student").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAKilledImportGoesOnAndDoublesNothing(t *testing.T) {
	t.Parallel()
	s := setup(t, 0, postgres.Options{})
	d := files(t, s)
	imp := begin(t, d, list(900, "Student"), intake.Options{Password: "three wet dogs"})
	var hashed atomic.Int32
	ctx, kill := context.WithCancel(t.Context())
	d.Hash = func(p string) (string, error) {
		if hashed.Add(1) == 400 { // in the second batch
			kill()
		}
		return "hash of " + p, nil
	}
	if _, err := d.Run(ctx, imp.ID); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want to be killed", err)
	}
	if got := s.counts(t, imp.ID); got.State != intake.Applying || got.Counts.Done != 250 || got.Todo() != 650 {
		t.Fatalf("got %s %+v, want one batch done", got.State, got.Counts)
	}
	if err := d.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := s.counts(t, imp.ID); got.State != intake.Applying {
		t.Errorf("got %s, want that nobody takes over at once", got.State)
	}
	d.Now = func() time.Time { return time.Now().Add(2 * time.Minute) }
	if err := d.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := s.counts(t, imp.ID); got.State != intake.Applied || got.Counts.Done != 900 || s.people(t) != 900 {
		t.Errorf("got %s %+v and %d students, want 900", got.State, got.Counts, s.people(t))
	}
	if more, err := d.Run(t.Context(), imp.ID); more || err != nil || s.people(t) != 900 {
		t.Errorf("again: got %v %v and %d students", more, err, s.people(t))
	}
}

func TestTwoWorkersAtOneImport(t *testing.T) {
	t.Parallel()
	s := setup(t, 0, postgres.Options{})
	d := files(t, s)
	imp := begin(t, d, list(1200, "Student"), intake.Options{})
	work := func() {
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				if _, err := d.Run(t.Context(), imp.ID); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
	}
	work()
	if got := s.counts(t, imp.ID); got.State != intake.Applied || got.Counts.Done != 1200 || got.Counts.Refused != 0 || s.people(t) != 1200 {
		t.Errorf("got %s %+v, want 1200 done once", got.State, got.Counts)
	}
	if _, err := d.Undo(t.Context(), imp.ID); err != nil {
		t.Fatal(err)
	}
	work()
	if got := s.counts(t, imp.ID); got.State != intake.TakenBack || got.Counts.Undone != 1200 || s.people(t) != 0 {
		t.Errorf("got %s %+v and %d students, want none", got.State, got.Counts, s.people(t))
	}
}

func TestOneRowThatCannotBeDoneHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	s := setup(t, 0, postgres.Options{})
	d := files(t, s)
	imp := begin(t, d, list(20, "Student"), intake.Options{})
	// What a plan cannot see: another transaction takes a number between plan and write.
	if _, err := s.pool.Exec(t.Context(), `CREATE FUNCTION snatch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		IF new.university_roll = 'R00007' THEN RAISE unique_violation USING CONSTRAINT = 'student_university_roll'; END IF; RETURN new; END $$;
		CREATE TRIGGER snatch BEFORE INSERT ON student FOR EACH ROW EXECUTE FUNCTION snatch()`); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Run(t.Context(), imp.ID); err != nil {
		t.Fatal(err)
	}
	if got := s.counts(t, imp.ID); got.State != intake.Applied || got.Counts.Done != 19 || got.Counts.Refused != 1 {
		t.Errorf("got %s %+v, want 19 done and one refused", got.State, got.Counts)
	}
	rows, err := s.Rows(t.Context(), imp.ID, intake.Which{Progress: intake.Refused, Most: 5})
	if err != nil || len(rows) != 1 || rows[0].Line != 9 || !strings.Contains(rows[0].Why, "another student has this number") {
		t.Errorf("got %+v %v, want line 9 and why", rows, err)
	}
}

func TestAnImportCanBeTakenBackForADay(t *testing.T) {
	t.Parallel()
	s := setup(t, 0, postgres.Options{})
	d := files(t, s)
	imp := begin(t, d, list(3, "Student"), intake.Options{})
	if _, err := d.Run(t.Context(), imp.ID); err != nil {
		t.Fatal(err)
	}
	d.Now = func() time.Time { return time.Now().Add(intake.UndoFor + time.Minute) }
	if _, err := d.Undo(t.Context(), imp.ID); !errors.Is(err, intake.ErrTooLate) {
		t.Errorf("got %v, want too late", err)
	}
	left, err := d.Upload(t.Context(), intake.Upload{Kind: intake.Students, File: "b.csv", Raw: list(9, "Student")})
	if err != nil {
		t.Fatal(err)
	}
	d.Now = func() time.Time { return time.Now().Add(2*intake.PreviewFor + time.Hour) }
	if err := d.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Import(t.Context(), left.ID); !errors.Is(err, attendance.ErrNotFound) {
		t.Errorf("got %v, want the preview forgotten", err)
	}
	if got := s.counts(t, imp.ID); got.State != intake.Applied {
		t.Errorf("got %s, want what was applied still there", got.State)
	}
}

// BenchmarkImport takes in a university: without hashing, which is argon2id's.
func BenchmarkImport(b *testing.B) {
	for b.Loop() {
		s := setup(b, 0, postgres.Options{})
		d := files(b, s)
		start := time.Now()
		imp := begin(b, d, list(20_000, "Student"), intake.Options{Password: "three wet dogs"})
		upload := time.Since(start)
		for more := true; more; {
			var err error
			if more, err = d.Run(b.Context(), imp.ID); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(upload.Seconds(), "s/preview")
		b.ReportMetric((time.Since(start) - upload).Seconds(), "s/apply")
	}
}

func TestFilesOfLongAgoAreForgotten(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := setup(t, 0, postgres.Options{Now: func() time.Time { return now }})
	d := files(t, s)
	imp := begin(t, d, list(3, "Student"), intake.Options{})
	for _, step := range []struct {
		state    string
		days     int
		dropped  int64
		rowsLeft int
	}{{"applying", 401, 0, 3}, {"applied", 399, 0, 3}, {"applied", 401, 1, 0}} {
		if _, err := s.pool.Exec(t.Context(), "UPDATE import SET state = $2, created_at = $3 WHERE id = $1", imp.ID, step.state, now.AddDate(0, 0, -step.days)); err != nil {
			t.Fatal(err)
		}
		dropped, err := s.ForgetImports(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var left int
		if err := s.pool.QueryRow(t.Context(), "SELECT count(*) FROM import_row").Scan(&left); err != nil {
			t.Fatal(err)
		}
		if dropped != step.dropped || left != step.rowsLeft {
			t.Errorf("%s, %d days old: dropped %d, left %d rows; want %d and %d", step.state, step.days, dropped, left, step.dropped, step.rowsLeft)
		}
	}
}
