package torture

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/attendance/office"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/server/porttest"
	"github.com/arise-attendance/arise/db/embedded/pgtest"
	"github.com/arise-attendance/arise/db/postgres"
)

const pin = "246810"

// school is the real cloud on a real Postgres, with one teacher.
type school struct {
	url     string
	db      *pgxpool.Pool
	store   *postgres.Store
	teacher attendance.ID
	courses atomic.Int64
}

// course is a class of its own for each run, so that runs share the cloud and
// nothing else. Student n has roll n+1.
type course struct {
	id       attendance.ID
	code     string
	students []attendance.ID
}

func newID(t testing.TB) attendance.ID {
	t.Helper()
	id, err := attendance.NewID(time.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func openSchool(t *testing.T) *school {
	t.Helper()
	none := func(context.Context, string) error { return nil } // the program migrates itself
	database := pgtest.New(t, none, "empty")
	port := porttest.Free(t)
	s := &school{url: fmt.Sprintf("http://127.0.0.1:%d", port), teacher: newID(t)}
	said := &output{}
	cmd := exec.Command(program(t, "api", ""), "serve")
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "DATABASE_URL=" + database, "ARISE_DATA=" + t.TempDir(),
		"HOST=127.0.0.1", fmt.Sprintf("PORT=%d", port), "SECRET_KEY=" + strings.Repeat("k", 32), "ARISE_LOG_LEVEL=warn",
	}
	cmd.Stdout, cmd.Stderr = said, said
	tether(cmd)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // it is killed in the end
		close(ended)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
		if t.Failed() {
			t.Logf("the cloud said at last:\n%s", said.last())
		}
	})
	eventually(t, "the cloud is ready", func() error {
		select {
		case <-ended:
			t.Fatalf("the cloud ended:\n%s", said)
		default:
		}
		resp, err := http.Get(s.url + "/readyz")
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("status %d", resp.StatusCode)
		}
		return nil
	})
	var err error
	if s.db, err = postgres.Connect(t.Context(), database, "public"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.db.Close)
	s.store = postgres.New(s.db, postgres.Options{})
	hash, err := auth.HashSecret(pin)
	if err != nil {
		t.Fatal(err)
	}
	s.change(t, func(ctx context.Context, r attendance.Registrar) error {
		return r.PutTeacher(ctx, attendance.TeacherEntry{FeedTeacher: attendance.FeedTeacher{ID: s.teacher, Name: "Teacher", Code: "T1", PINHash: hash}})
	})
	return s
}

func (s *school) change(t testing.TB, do func(context.Context, attendance.Registrar) error) {
	t.Helper()
	if _, err := s.store.Change(t.Context(), do); err != nil {
		t.Fatal(err)
	}
}

func (s *school) newCourse(t testing.TB, students int) course {
	t.Helper()
	n := s.courses.Add(1)
	c := course{id: newID(t), code: fmt.Sprintf("CS%d", 100+n)}
	s.change(t, func(ctx context.Context, r attendance.Registrar) error {
		c.students = nil // it may be tried again
		if err := r.PutCourse(ctx, attendance.CourseEntry{FeedCourse: attendance.FeedCourse{ID: c.id, Code: c.code, Name: "Course", DefaultMinutes: 240}}); err != nil {
			return err
		}
		if err := r.PutTeaching(ctx, attendance.FeedTeaching{ID: newID(t), Course: c.id, Teacher: s.teacher, FromMS: 1}); err != nil {
			return err
		}
		for roll := 1; roll <= students; roll++ {
			id := newID(t)
			c.students = append(c.students, id)
			if err := s.enrol(ctx, r, c, id, roll, newID(t)); err != nil {
				return err
			}
		}
		return nil
	})
	return c
}

func (s *school) enrol(ctx context.Context, r attendance.Registrar, c course, student attendance.ID, roll int, enrolment attendance.ID) error {
	err := r.PutStudent(ctx, attendance.StudentEntry{FeedStudent: attendance.FeedStudent{
		ID: student, Name: "Student", UniversityRoll: student.String(), EnrolmentNo: student.String(),
	}})
	if err != nil {
		return err
	}
	return r.PutEnrolment(ctx, attendance.FeedEnrolment{ID: enrolment, Course: c.id, Student: student, Roll: roll, FromMS: 1})
}

// pair offers a pendrive for some courses and returns its claim code.
func (s *school) pair(t testing.TB, name string, courses ...course) (code string, node attendance.ID) {
	t.Helper()
	var codes []string
	for _, c := range courses {
		codes = append(codes, c.code)
	}
	code = auth.NewClaim()
	desk := office.Office{Registry: s.store, Now: time.Now, NewID: func() (attendance.ID, error) { return attendance.NewID(time.Now(), rand.Reader) }}
	node, err := desk.PairNode(t.Context(), name, codes, attendance.ClaimHash{Hash: auth.HashClaim(code), Until: time.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return code, node
}
