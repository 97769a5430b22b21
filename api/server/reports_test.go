package server_test

import (
	"archive/zip"
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/server"
	"github.com/arise-attendance/arise/db/postgres"
)

const reportsPath = "/api/admin/reports"

// classes is a term's course CS301 of two students, Asha (who may sign in) and
// Binod, and the classes it held; the campus is in Kolkata.
type classes struct {
	*program
	me, course, term string
	asha, binod      attendance.StudentEntry
	teacher          attendance.ID
	today            time.Time // midnight on the campus
}

// held lets a course hold classes of an hour, each with some marks: a letter for
// Asha and one for Binod, a dot for nothing said.
func held(t *testing.T, marks func(today time.Time) map[time.Time]string) *classes {
	t.Helper()
	kolkata, err := attendance.Zone("Asia/Kolkata")
	if err != nil {
		t.Fatal(err)
	}
	c := &classes{program: start(t, func(c *server.Config) { c.AdminPassword = password; c.Zone = kolkata })}
	c.me, c.today = c.signIn(t, "admin", password), attendance.Midnight(time.Now(), kolkata)
	c.asha, c.binod = c.student(t, "u-1", hashed(t, password)), c.student(t, "u-2", "")
	course, term := newID(t), newID(t)
	c.course, c.term, c.teacher = course.String(), term.String(), newID(t)
	c.change(t, func(ctx context.Context, r attendance.Registrar) error {
		for _, put := range []func() error{
			func() error { return r.PutTerm(ctx, attendance.Term{ID: term, Name: "Autumn"}) },
			func() error {
				return r.PutCourse(ctx, attendance.CourseEntry{FeedCourse: attendance.FeedCourse{ID: course, Code: "CS301", Name: "Databases", DefaultMinutes: 60}, Term: term})
			},
			func() error {
				return r.PutTeacher(ctx, attendance.TeacherEntry{FeedTeacher: attendance.FeedTeacher{ID: c.teacher, Name: "Asha Rao", Code: "T1"}})
			},
			func() error {
				return r.PutTeaching(ctx, attendance.FeedTeaching{ID: newID(t), Course: course, Teacher: c.teacher, FromMS: 1})
			},
			func() error {
				return r.PutEnrolment(ctx, attendance.FeedEnrolment{ID: newID(t), Course: course, Student: c.asha.ID, Roll: 1, FromMS: 1})
			},
			func() error {
				return r.PutEnrolment(ctx, attendance.FeedEnrolment{ID: newID(t), Course: course, Student: c.binod.ID, Roll: 2, FromMS: 1})
			},
		} {
			if err := put(); err != nil {
				return err
			}
		}
		return nil
	})
	c.adopt(t, course, marks(c.today))
	return c
}

func (c *classes) adopt(t *testing.T, course attendance.ID, marks map[time.Time]string) {
	t.Helper()
	pool, err := postgres.Connect(t.Context(), c.config.DatabaseURL, c.config.Schema)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	store := postgres.New(pool, postgres.Options{})
	node, err := store.CloudNode(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	world := attendance.World{Now: time.Now, Rand: bytes.NewReader(bytes.Repeat([]byte("r"), 1<<16))}
	serve, err := attendance.NewService(t.Context(), store, world, node, attendance.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	var facts []attendance.Fact
	for at, letters := range marks {
		session := newID(t)
		add := func(f attendance.Fact) {
			f.ID, f.Node, f.Session, f.Actor = newID(t), node, session, c.teacher
			f.Stamp = attendance.Stamp{WallMS: at.UnixMilli(), HLC: attendance.HLCAt(at) + attendance.HLC(len(facts))}
			if err := f.Seal(); err != nil {
				t.Fatal(err)
			}
			facts = append(facts, f)
		}
		end := at.Add(time.Hour).UnixMilli()
		add(attendance.Fact{Kind: attendance.SessionOpened, Opening: &attendance.Opening{Course: course, Kind: attendance.Offline, Topic: "Joins", ClosesMS: end, Policy: attendance.DefaultPolicy()}})
		for i, letter := range letters {
			st := map[rune]attendance.Status{'P': attendance.Present, 'A': attendance.Absent, 'E': attendance.Excused}[letter]
			if st != "" {
				add(attendance.Fact{Kind: attendance.MarkSet, Student: []attendance.ID{c.asha.ID, c.binod.ID}[i], Class: attendance.Teacher, Status: st, Method: attendance.Manual, Reason: "Sick"})
			}
		}
		add(attendance.Fact{Kind: attendance.SessionEnded, ClosedAt: end})
	}
	if err := store.InTx(t.Context(), func(ctx context.Context, tx attendance.Tx) error { return serve.Adopt(ctx, tx, facts) }); err != nil {
		t.Fatal(err)
	}
}

// get wants an answer that contains some texts.
func (c *classes) get(t *testing.T, token, path string, want ...string) string {
	t.Helper()
	a := c.do(t, http.MethodGet, path, token, nil)
	if a.status != http.StatusOK {
		t.Errorf("%s: got %d %s", path, a.status, a.raw)
	}
	for _, w := range want {
		if !strings.Contains(string(a.raw), w) {
			t.Errorf("%s: got %s\nwant %s", path, a.raw, w)
		}
	}
	return string(a.raw)
}

func TestTheOfficesReports(t *testing.T) {
	t.Parallel()
	c := held(t, func(today time.Time) map[time.Time]string {
		out := map[time.Time]string{}
		for week := 1; week <= 4; week++ {
			out[today.AddDate(0, 0, -1-7*week).Add(9*time.Hour)] = "PA" // on the weekday of yesterday, and not yesterday
		}
		out[today.AddDate(0, 0, -3).Add(10*time.Minute)] = "AE" // ten past midnight: the day before in UTC
		out[today.AddDate(0, 0, -2).Add(9*time.Hour)] = ".."
		return out
	})
	day := func(ago int) string { return c.today.AddDate(0, 0, -ago).Format(time.DateOnly) }

	c.get(t, c.me, reportsPath+"/shortage",
		`"course_code":"CS301","course_name":"Databases","student_id":"`+c.asha.ID.String()+`"`, `"held":6,"attended":4,"percent":66.7,"minimum_percent":75,"eligible":false,"classes_short":2`,
		`"held":5,"attended":0,"percent":0`)
	if got := c.get(t, c.me, reportsPath+"/shortage?below=60&semester_id="+c.term); strings.Contains(got, "u-1") || !strings.Contains(got, "u-2") {
		t.Errorf("below 60: got %s", got)
	}
	if got := c.get(t, c.me, reportsPath+"/shortage?semester_id="+newID(t).String()); !strings.Contains(got, `"students":[]`) {
		t.Errorf("another semester: got %s", got)
	}
	c.get(t, c.me, reportsPath+"/shortage?from="+day(3)+"&to="+day(3), `"held":1,"attended":0,"percent":0`, `"excused":1,"duty":0,"held":0,"attended":0,"percent":null`)

	c.get(t, c.me, reportsPath+"/absentees?date="+day(3), `"class_roll_id":1`, `"status":"absent"`, `"status":"excused"`, `"reason":"Sick"`)
	if got := c.get(t, c.me, reportsPath+"/absentees?date="+day(4)); strings.Contains(got, "u-1") {
		t.Errorf("the day before: got %s, want nobody: midnight is the campus's", got)
	}

	c.get(t, c.me, reportsPath+"/not-taken?from="+day(3)+"&to="+day(0), `"date":"`+day(2)+`"`, `"teacher_name":"Asha Rao","session_id"`, `"message":"nobody was marked"`,
		`"date":"`+day(1)+`"`, `"held_before":4,"message":"no class was opened; it met on this weekday in 4 of the 4 weeks before"`)
	if got := c.get(t, c.me, reportsPath+"/not-taken?date="+day(3)); !strings.Contains(got, `"registers":[]`) {
		t.Errorf("a day that was taken: got %s", got)
	}
	month := c.today.AddDate(0, 0, -3).Format("2006-01")
	c.get(t, c.me, reportsPath+"/month?course_id="+c.course+"&month="+month, `"date":"`+day(3)+`","off":false,"sessions":[{"session_id"`)
	c.get(t, c.me, reportsPath+"/student?student_id="+c.binod.ID.String(), `"status":"excused","reason":"Sick"`)
	c.get(t, c.me, reportsPath+"/register?format=csv&course_id="+c.course, "1,Student u-1,u-1,P,P,P,P,A,A,4,0,2,0,0,6,4,66.7")

	for path, field := range map[string]string{
		"/absentees?date=" + c.today.AddDate(0, 0, 2).Format(time.DateOnly): "from",
		"/not-taken?from=2026-01-01&to=2026-03-01":                          "to",
		"/shortage?from=2026-03-02&to=2026-03-01":                           "to",
	} {
		c.refuses(t, "GET", reportsPath+path, c.me, nil, 422, "invalid", field)
	}
	c.refuses(t, "GET", reportsPath+"/month?course_id="+newID(t).String(), c.me, nil, 404, "not-found", "")
	c.refuses(t, "GET", reportsPath+"/student?student_id="+newID(t).String(), c.me, nil, 404, "not-found", "")
	c.refuses(t, "GET", reportsPath+"/month", c.me, nil, 422, "invalid", "")

	her := c.signInStudent(t, "u-1", password)
	own := c.get(t, her, "/api/student/report", c.asha.ID.String(), `"status":"absent","reason":"Sick"`)
	if strings.Contains(own, c.binod.ID.String()) || strings.Contains(own, "excused\",\"reason") {
		t.Errorf("got %s, want nothing of anybody else", own)
	}
	c.get(t, her, "/api/student/report?course_id="+c.course, "CS301")
	c.refuses(t, "GET", "/api/student/report?course_id="+newID(t).String(), her, nil, 404, "not-found", "")
	c.refuses(t, "GET", reportsPath+"/student?student_id="+c.asha.ID.String(), her, nil, 403, "forbidden", "")
}

type reportJob struct {
	ID, State, Error string
	Progress         int
	FileName         string `json:"file_name"`
	Size             int
}

// finished waits for a report.
func (c *classes) finished(t *testing.T, id string) (job reportJob) {
	t.Helper()
	eventuallyTrue(t, "the report is finished", func() bool {
		c.do(t, http.MethodGet, reportsPath+"/jobs/"+id, c.me, nil).into(t, &job)
		return job.State == "done" || job.State == "failed"
	})
	return job
}

// eventuallyTrue asks again and again, for half a minute.
func eventuallyTrue(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(30 * time.Second); !ok(); {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func TestAReportIsMadeWhileNobodyWaits(t *testing.T) {
	t.Parallel()
	c := held(t, func(today time.Time) map[time.Time]string {
		return map[time.Time]string{today.AddDate(0, 0, -1).Add(9 * time.Hour): "PA"}
	})
	a := c.do(t, http.MethodPost, reportsPath, c.me, object{"kind": "shortage"})
	var job reportJob
	a.into(t, &job)
	if a.status != http.StatusAccepted || a.header.Get("Location") != reportsPath+"/jobs/"+job.ID {
		t.Fatalf("got %d %s, want 202 and where to look", a.status, a.raw)
	}
	job = c.finished(t, job.ID)
	if job.State != "done" || job.Progress != 100 || !strings.HasPrefix(job.FileName, "Shortage_") || !strings.HasSuffix(job.FileName, ".xlsx") {
		t.Fatalf("got %+v", job)
	}
	file := c.do(t, http.MethodGet, reportsPath+"/jobs/"+job.ID+"/file", c.me, nil)
	if file.status != http.StatusOK || len(file.raw) != job.Size || !strings.Contains(file.header.Get("Content-Disposition"), job.FileName) {
		t.Fatalf("got %d, %d bytes, %v, want %+v", file.status, len(file.raw), file.header, job)
	}
	book, err := excelize.OpenReader(bytes.NewReader(file.raw))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := book.GetCellValue("Shortage list", "M8"); err != nil || got != "100.0%" {
		t.Errorf("got %q, %v", got, err)
	}
	if got := c.get(t, c.me, reportsPath); strings.Count(got, `"state":"done"`) != 1 {
		t.Errorf("got %s, want it in the list", got)
	}
	c.refuses(t, "POST", reportsPath, c.me, object{"kind": "month"}, 422, "invalid", "course_id")
	c.refuses(t, "POST", reportsPath, c.me, object{"kind": "month", "course_id": newID(t).String()}, 404, "not-found", "")
	c.refuses(t, "POST", reportsPath, c.me, object{"kind": "gossip"}, 422, "invalid", "kind")
	c.refuses(t, "GET", reportsPath+"/jobs/"+newID(t).String(), c.me, nil, 404, "not-found", "")

	other := c.do(t, http.MethodPost, "/api/admin/admins", c.me, object{"username": "asha"})
	var account struct{ Password string }
	other.into(t, &account)
	her := c.signIn(t, "asha", account.Password)
	if a := c.do(t, http.MethodPost, "/api/admin/password", her, object{"current": account.Password, "new": "seven red bicycles"}); a.status != http.StatusNoContent {
		t.Fatalf("her password: got %d %s", a.status, a.raw)
	}
	c.refuses(t, "GET", reportsPath+"/jobs/"+job.ID, her, nil, 404, "not-found", "")
	c.refuses(t, "GET", reportsPath+"/jobs/"+job.ID+"/file", her, nil, 404, "not-found", "")
	if got := c.get(t, her, reportsPath); got != "[]\n" {
		t.Errorf("got %s, want nothing of mine in her list", got)
	}
}

func TestAReportThatIsTooLargeToWaitForSaysWhatToDo(t *testing.T) {
	t.Parallel()
	c := held(t, func(today time.Time) map[time.Time]string {
		return map[time.Time]string{today.AddDate(0, 0, -1).Add(9 * time.Hour): "PA"}
	})
	pool, err := postgres.Connect(t.Context(), c.config.DatabaseURL, c.config.Schema)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	for _, sql := range []string{
		`INSERT INTO student (id, name, university_roll, enrolment_no) SELECT gen_random_uuid(), md5(n::text), 'many-' || md5(n::text), '' FROM generate_series(1, 1000) n`,
		`INSERT INTO enrolment (id, course_id, student_id, roll, from_at)
			SELECT gen_random_uuid(), (SELECT id FROM course), id, 10 + row_number() OVER (), 'epoch' FROM student WHERE university_roll LIKE 'many-%'`,
		`INSERT INTO session (id, course_id, node_id, kind, opened_at, closes_at, closed_at, opened, policy)
			SELECT gen_random_uuid(), course_id, node_id, kind, opened_at, closes_at, closed_at, opened, policy FROM session, generate_series(1, 400)`,
	} {
		if _, err := pool.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"/shortage", "/register?course_id=" + c.course, "/absentees?date=" + c.today.AddDate(0, 0, -1).Format(time.DateOnly)} {
		a := c.do(t, http.MethodGet, reportsPath+path, c.me, nil)
		if a.status != http.StatusRequestEntityTooLarge || a.problem(t) != "too-large" || !strings.Contains(string(a.raw), "POST /api/admin/reports") {
			t.Errorf("%s: got %d %s, want the way out", path, a.status, a.raw)
		}
	}
	var job reportJob
	c.do(t, http.MethodPost, reportsPath, c.me, object{"kind": "register", "course_id": c.course}).into(t, &job)
	if job = c.finished(t, job.ID); job.State != "done" || job.Size < 1<<20 {
		t.Fatalf("got %+v, want it as a job, in more than one piece", job)
	}
	file := c.do(t, http.MethodGet, reportsPath+"/jobs/"+job.ID+"/file", c.me, nil)
	// A zip has its table at the end: whatever is missing or twice, it does not open.
	if _, err := zip.NewReader(bytes.NewReader(file.raw), int64(job.Size)); err != nil || len(file.raw) != job.Size {
		t.Errorf("got %d bytes of %d: %v", len(file.raw), job.Size, err)
	}
}
