package online_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

func TestARollAndACodeAreCheckedInTheOriginalsOrder(t *testing.T) {
	t.Parallel()
	s := setup(t, 3, attendance.ByRoll)
	c := s.start(t)
	code, wrong := s.code(t, c), s.wrong(t, c)
	bad := class{token: "AAAAAAAAAAAAAAAAAAAAAA"}
	for _, row := range []struct {
		name       string
		in         class
		roll, code string
		want       string
	}{
		{"fields come first", bad, "U-1", "", "422 invalid"},
		{"then the link", bad, "nobody", wrong, "404 wrong-session-link"},
		{"a roll is needed", c, " ", wrong, "422 invalid"},
		{"then the code, before anything is said of the roll", c, "nobody", wrong, "403 wrong-code"},
		{"then the student", c, "nobody", code, "404 unknown-roll"},
		{"a student of another course is answered like nobody", c, "X-1", code, "404 unknown-roll"},
		{"upper or lower case, with spaces", c, " u-1 ", code[:3] + " " + code[3:], "200 success"},
		{"the same code again", c, "U-1", code, "200 duplicate"},
		{"a wrong code is wrong for whom is marked, too", c, "U-1", wrong, "403 wrong-code"},
		{"another student with the same code", c, "U-2", code, "200 success"},
	} {
		if got := s.answer(t, nobody, row.in, row.roll, row.code); got.says() != row.want {
			t.Errorf("%s: got %s, want %s", row.name, got.body, row.want)
		}
	}
	if got := s.status(t, c); got.json["marked_count"] != 2.0 || got.json["total_students"] != 3.0 {
		t.Errorf("got %s, want 2 of 3 marked", got.body)
	}
	s.wait(31 * time.Minute)
	if got := s.answer(t, nobody, c, "U-3", code); got.says() != "410 session-ended" {
		t.Errorf("when its time is up: got %s", got.body)
	}
	c = s.start(t)
	s.call(t, teacher("A-1"), "POST", "/api/teacher/session/"+c.id+"/end", nil)
	for _, path := range []string{"/info", "/otp"} {
		if got := s.call(t, teacher("A-1"), "GET", "/api/online/session/"+c.token+path, nil); got.says() != "410 session-ended" {
			t.Errorf("%s after the end: got %s", path, got.body)
		}
	}
	if got := s.answer(t, nobody, c, "U-3", s.wrong(t, c)); got.says() != "410 session-ended" {
		t.Errorf("after the end: got %s", got.body)
	}
}

func TestASignedInStudentAnswersForThemselves(t *testing.T) {
	t.Parallel()
	s := setup(t, 3, attendance.ByStudent)
	c := s.start(t)
	code, wrong := s.code(t, c), s.wrong(t, c)
	for range 6 { // a right code is no guess, whoever gives it
		if got := s.answer(t, student("X-1"), c, "", code); got.says() != "403 not-enrolled" {
			t.Errorf("not in this course: got %s", got.body)
		}
	}
	for _, row := range []struct {
		name       string
		by         caller
		roll, code string
		want       string
	}{
		{"nobody must sign in, whatever the code", nobody, "U-1", code, "401 signed-out"},
		{"a teacher is no student", teacher("A-1"), "U-1", code, "401 signed-out"},
		{"not for another", student("U-1"), "U-2", wrong, "403 other-roll"},
		{"a wrong code", student("U-1"), "", wrong, "403 wrong-code"},
		{"without a roll", student("U-1"), "", code, "200 success"},
		{"again", student("U-1"), "", code, "200 duplicate"},
		{"with their own roll, in lower case", student("U-2"), "u-2", code, "200 success"},
	} {
		if got := s.answer(t, row.by, c, row.roll, row.code); got.says() != row.want {
			t.Errorf("%s: got %s, want %s", row.name, got.body, row.want)
		}
	}
	if got := s.answer(t, student("U-3"), c, "", code); got.json["student_name"] != "Student U-3" || got.json["standing"] != "present" {
		t.Errorf("got %s, want to be told who is marked and how", got.body)
	}
}

func TestAStudentWhoseReplyWasLostHearsThatTheyAreMarked(t *testing.T) {
	t.Parallel()
	s := setup(t, 3, attendance.ByStudent)
	c := s.start(t)
	code := s.code(t, c)
	s.answer(t, student("U-1"), c, "", code)
	s.wait(2 * time.Minute)
	for _, row := range []struct{ roll, want string }{{"U-1", "200 duplicate"}, {"U-2", "403 wrong-code"}} {
		if got := s.answer(t, student(row.roll), c, "", code); got.says() != row.want {
			t.Errorf("%s, with the old code: got %s, want %s", row.roll, got.body, row.want)
		}
	}
}

func TestACodeIsGoodForItsStepAndTheNext(t *testing.T) {
	t.Parallel()
	s := setup(t, 4, attendance.ByStudent)
	c := s.start(t)
	s.wait(20*time.Second - time.Millisecond) // the last millisecond of the step
	code := s.code(t, c)
	if got := s.answer(t, student("U-1"), c, "", code); got.says() != "200 success" {
		t.Errorf("in its own step: got %s", got.body)
	}
	s.wait(time.Millisecond)
	if next := s.code(t, c); next == code {
		t.Error("the screen shows the old code in a new step")
	}
	if got := s.answer(t, student("U-2"), c, "", code); got.says() != "200 success" {
		t.Errorf("at the first moment of the next: got %s", got.body)
	}
	s.wait(attendance.OTPStep - time.Millisecond)
	if got := s.answer(t, student("U-3"), c, "", code); got.says() != "200 success" {
		t.Errorf("at the last moment of the next: got %s", got.body)
	}
	s.wait(time.Millisecond)
	if got := s.answer(t, student("U-4"), c, "", code); got.says() != "403 wrong-code" {
		t.Errorf("one step later: got %s", got.body)
	}
}

func TestFiveWrongCodesBeginAPauseAtEveryReplica(t *testing.T) {
	t.Parallel()
	s := setup(t, 2, attendance.ByStudent)
	c, other := s.start(t), s.replica(t)
	wrong := s.wrong(t, c)
	for i, left := range []any{4.0, 3.0, 2.0, 1.0, nil} {
		at := []*school{s, other}[i%2]
		if got := at.answer(t, student("U-1"), c, "", wrong); got.says() != "403 wrong-code" || got.json["tries_left"] != left {
			t.Errorf("try %d: got %s, want %v left", i+1, got.body, left)
		}
	}
	for _, at := range []*school{s, other} {
		got := at.answer(t, student("U-1"), c, "", s.code(t, c))
		if got.says() != "429 too-many-requests" || got.header.Get("Retry-After") == "" {
			t.Errorf("during the pause: got %s, want even the right code refused", got.body)
		}
	}
	if got := s.answer(t, student("U-2"), c, "", s.code(t, c)); got.says() != "200 success" {
		t.Errorf("another student: got %s", got.body)
	}
	s.wait(time.Minute)
	for range 5 {
		if got := s.answer(t, student("U-1"), c, "", wrong); got.says() != "403 wrong-code" {
			t.Errorf("after the pause: got %s", got.body)
		}
	}
	s.wait(time.Minute)
	if got := s.answer(t, student("U-1"), c, "", s.code(t, c)); got.says() != "429 too-many-requests" {
		t.Errorf("the second pause is longer: got %s", got.body)
	}
	s.wait(time.Minute)
	if got := s.answer(t, student("U-1"), c, "", s.code(t, c)); got.says() != "200 success" {
		t.Errorf("after two minutes: got %s", got.body)
	}
}

func TestManyGuessesAtOnceGainNothing(t *testing.T) {
	t.Parallel()
	s := setup(t, 1, attendance.ByStudent)
	c := s.start(t)
	wrong := s.wrong(t, c)
	got := map[string]int{}
	s.together(t, 30, func(int) string { return s.answer(t, student("U-1"), c, "", wrong).says() }, got)
	if got["403 wrong-code"] != 5 || got["429 too-many-requests"] != 25 {
		t.Errorf("got %v, want five looked at", got)
	}
}

func TestAnAddressThatGuessesRollsWaits(t *testing.T) {
	t.Parallel()
	s := setup(t, 120, attendance.ByRoll)
	c := s.start(t)
	wrong, code := s.wrong(t, c), s.code(t, c)
	router := caller{address: "198.51.100.7"}
	for i := range 99 {
		s.answer(t, router, c, fmt.Sprintf("guess %d", i), wrong)
	}
	if got := s.answer(t, router, c, "U-1", code); got.says() != "200 success" {
		t.Errorf("a class behind one router mistypes 99 times: got %s", got.body)
	}
	if got := s.answer(t, router, c, "nobody", code); got.says() != "404 unknown-roll" {
		t.Errorf("got %s", got.body)
	}
	if got := s.answer(t, router, c, "U-2", code); got.says() != "429 too-many-requests" {
		t.Errorf("after 100: got %s, want a pause; an unknown roll counts", got.body)
	}
	if got := s.answer(t, caller{address: "198.51.100.8"}, c, "U-2", code); got.says() != "200 success" {
		t.Errorf("from elsewhere: got %s", got.body)
	}
}

func TestFiftyAnswersOfOneStudentAreOneMark(t *testing.T) {
	t.Parallel()
	s := setup(t, 2, attendance.ByStudent)
	c, other := s.start(t), s.replica(t)
	code := s.code(t, c)
	got := map[string]int{}
	s.together(t, 50, func(i int) string {
		return []*school{s, other}[i%2].answer(t, student("U-1"), c, "", code).says()
	}, got)
	if got["200 success"] != 1 || got["200 duplicate"] != 49 {
		t.Errorf("got %v, want one success", got)
	}
	var facts int
	if err := s.pool.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM fact WHERE kind = 'mark.seen') + (SELECT count(*) FROM inbox)`).Scan(&facts); err != nil || facts != 1 {
		t.Errorf("got %d facts, %v, want one, and none kept aside", facts, err)
	}
}

func TestAnAnswerThatMeetsTheEndIsNotKept(t *testing.T) {
	t.Parallel()
	s := setup(t, 1, attendance.ByStudent)
	c := s.start(t)
	code := s.code(t, c)
	end, err := s.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer end.Rollback(t.Context()) //nolint:errcheck // after a commit it does nothing
	if _, err := end.Exec(t.Context(), `UPDATE session SET closed_at = now() WHERE id = $1`, c.id); err != nil {
		t.Fatal(err)
	}
	said := make(chan string, 1)
	go func() { said <- s.answer(t, student("U-1"), c, "", code).says() }()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for waits := 0; waits == 0; { // until the answer waits for the end
		const waiting = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
		if err := s.pool.QueryRow(ctx, waiting).Scan(&waits); err != nil {
			t.Fatal(err)
		}
	}
	if err := end.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := <-said; got != "410 session-ended" {
		t.Errorf("got %s", got)
	}
	var kept int
	if err := s.pool.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM online_answer) + (SELECT count(*) FROM standing)`).Scan(&kept); err != nil || kept != 0 {
		t.Errorf("got %d rows, %v, want none", kept, err)
	}
}

// together calls n times at once and counts what came back.
func (s *school) together(t *testing.T, n int, call func(i int) string, count map[string]int) {
	t.Helper()
	var wg sync.WaitGroup
	var mu sync.Mutex
	for i := range n {
		wg.Go(func() {
			says := call(i)
			mu.Lock()
			defer mu.Unlock()
			count[says]++
		})
	}
	wg.Wait()
}
