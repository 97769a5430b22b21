package torture

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/arise-attendance/arise/api/attendance"
)

// class is sixty students and a teacher in front of one drive. It asks for each
// student's marks one after the other, and for those of different students at once.
type class struct {
	*run
	course  course
	scanner *http.Client

	session attendance.ID // the one that is held; zero: none
	opened  bool          // that was acknowledged
	ending  bool          // its end was asked for
	all     []attendance.ID
	mu      sync.Mutex
	owed    map[attendance.ID]func() // by student: what got no answer and is asked for again

	troubled bool         // its medium may store nothing: then it says so, and why
	refusals atomic.Int64 // so often
}

// refusal is a problem of whoever can store nothing.
type refusal struct{ Type, Detail string }

// clear reports whether a person knows what is wrong, and that nothing was stored.
func (r refusal) clear() bool {
	return strings.HasPrefix(r.Type, "urn:arise:problem:drive-") && strings.Contains(r.Detail, "not stored") || strings.Contains(r.Detail, "start this class again")
}

// hold holds classes until the drive answers no more, or enough tells so.
func (c *class) hold(chance *rand.Rand, enough func() bool) {
	for !enough() {
		if c.ending && !c.end() || !c.begin() || !c.mark(chance, enough) || enough() || !c.end() {
			return
		}
	}
}

// begin opens a session; asking again for the same one is what a page does.
func (c *class) begin() bool {
	if c.opened {
		return true
	}
	if c.session.IsZero() {
		c.session = newID(c.t)
		c.all = append(c.all, c.session)
		c.owed = map[attendance.ID]func(){}
	}
	answered := c.history.Ask(Event{Place: c.drive.place, Kind: Open, Session: c.session})
	var no refusal
	code := c.drive.browser(http.MethodPost, "/api/teacher/start-session", map[string]any{"course_id": c.course.id, "session_id": c.session}, &no)
	c.heed("the opening", code, no)
	if code == http.StatusConflict && c.rules.Lied {
		answered(Fail, "409")
		c.endThose()
		return false
	}
	c.opened = c.answer("the opening", answered, code, "")
	if c.opened { // the scanner learns of it, as it does every few seconds
		c.drive.call(c.scanner, http.MethodGet, "/api/session-status", nil, nil)
	}
	return c.opened
}

// endThose ends the classes that a drive had forgotten, and that came back from the
// cloud still running.
func (c *class) endThose() {
	for _, session := range c.all {
		if session == c.session {
			continue
		}
		answered := c.history.Ask(Event{Place: c.drive.place, Kind: End, Session: session})
		if code := c.drive.browser(http.MethodPost, "/api/teacher/session/"+session.String()+"/end", nil, nil); code == http.StatusOK {
			answered(OK, "")
		}
	}
}

func (c *class) end() bool {
	c.ending = true
	answered := c.history.Ask(Event{Place: c.drive.place, Kind: End, Session: c.session})
	var no refusal
	code := c.drive.browser(http.MethodPost, "/api/teacher/session/"+c.session.String()+"/end", nil, &no)
	c.heed("the end", code, no)
	if !c.answer("the end", answered, code, "") {
		return false
	}
	c.session, c.opened, c.ending = attendance.ID{}, false, false
	return true
}

// answer notes what came back. A server in trouble leaves open what it did; none may
// refuse what belongs to a class.
func (c *class) answer(what string, answered func(Type, string), code int, said string) bool {
	switch {
	case code >= 200 && code < 300:
		answered(OK, said)
		return true
	case code >= 400 && code < 500:
		answered(Fail, fmt.Sprintf("%d %s", code, said))
		c.history.Add(Event{Type: Broken, Place: c.drive.place, Said: fmt.Sprintf("%s is refused: %d", what, code)})
	case code >= 500:
		c.history.Add(Event{Type: Trouble, Place: c.drive.place, Said: fmt.Sprintf("%s: %d", what, code)})
	}
	return false
}

// heed counts what is refused because nothing can be stored. Whoever is refused must
// learn why; and a healthy medium is no reason.
func (c *class) heed(what string, code int, no refusal) {
	if code < 500 || !c.troubled {
		return
	}
	c.refusals.Add(1)
	if code != http.StatusServiceUnavailable || !no.clear() {
		c.history.Add(Event{Type: Broken, Place: c.drive.place, Said: fmt.Sprintf("%s is refused with %d %q %q", what, code, no.Type, no.Detail)})
	}
}

var given = []attendance.Status{attendance.Present, attendance.Late, attendance.Absent, attendance.Excused, attendance.Duty}

// mark lets everybody touch the scanner, and the teacher judge a third, from eight
// connections at once. It reports whether every question got its answer.
func (c *class) mark(chance *rand.Rand, enough func() bool) bool {
	type task struct {
		roll     int
		student  attendance.ID
		verdicts []attendance.Status
		scans    bool
	}
	var tasks []task
	for _, i := range chance.Perm(len(c.course.students)) {
		t := task{roll: i + 1, student: c.course.students[i], scans: chance.IntN(4) > 0}
		for chance.IntN(3) == 0 {
			t.verdicts = append(t.verdicts, given[chance.IntN(len(given))])
		}
		tasks = append(tasks, t)
	}
	c.drive.call(c.scanner, http.MethodGet, "/api/session-status", nil, nil) // as every few seconds
	whole := true
	todo := make(chan task)
	var hands sync.WaitGroup
	for range 8 {
		hands.Go(func() {
			for t := range todo {
				ok := c.again(t.student)
				if ok && t.scans {
					ok = c.touch(t.student, t.roll)
				}
				for _, status := range t.verdicts {
					ok = ok && c.judge(t.student, newID(c.t), status)
				}
				c.mu.Lock()
				whole = whole && ok
				c.mu.Unlock()
			}
		})
	}
	going := func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return whole && !enough()
	}
	for _, t := range tasks {
		if !going() {
			break
		}
		todo <- t
	}
	close(todo)
	hands.Wait()
	return whole
}

// again asks once more for what a student is owed.
func (c *class) again(student attendance.ID) bool {
	c.mu.Lock()
	ask := c.owed[student]
	delete(c.owed, student)
	c.mu.Unlock()
	if ask == nil {
		return true
	}
	ask()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.owed[student] == nil
}

// touch is a finger at the original scanner.
func (c *class) touch(student attendance.ID, roll int) bool {
	answered := c.history.Ask(Event{Place: c.drive.place, Kind: Scan, Session: c.session, Student: student})
	var got struct{ Status, Message string }
	code := c.drive.call(c.scanner, http.MethodPost, "/api/mark-attendance-by-roll-id", map[string]int{"class_roll_id": roll}, &got)
	if c.troubled && code == 0 {
		c.refusals.Add(1) // it keeps the finger
	}
	if c.troubled && code >= 500 {
		c.history.Add(Event{Type: Broken, Place: c.drive.place, Said: fmt.Sprintf("a finger that is not stored is answered, and so forgotten: %d", code)})
	}
	said := map[string]string{"success": Accepted, "duplicate": Already}[got.Status]
	if code == http.StatusOK && said == "" {
		c.history.Add(Event{Type: Broken, Place: c.drive.place, Said: fmt.Sprintf("roll %d is told %q (%s) in its own class", roll, got.Message, got.Status)})
		return false
	}
	if c.answer("a finger", answered, code, said) {
		return true
	}
	c.owes(student, code, func() { c.touch(student, roll) })
	return false
}

// judge is a teacher's tap.
func (c *class) judge(student, gesture attendance.ID, status attendance.Status) bool {
	answered := c.history.Ask(Event{Place: c.drive.place, Kind: Verdict, Session: c.session, Student: student, Gesture: gesture, Status: status})
	path := fmt.Sprintf("/api/teacher/session/%s/marks/%s", c.session, gesture)
	var no refusal
	code := c.drive.browser(http.MethodPut, path, map[string]any{"student_ids": []any{student}, "status": status}, &no)
	c.heed("a verdict", code, no)
	if c.answer("a verdict", answered, code, "") {
		return true
	}
	c.owes(student, code, func() { c.judge(student, gesture, status) })
	return false
}

func (c *class) owes(student attendance.ID, code int, ask func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if code < 400 || code >= 500 {
		c.owed[student] = ask
	}
}

// register is what the teacher's screen shows.
type register struct {
	Students []registerRow
}

type registerRow struct {
	ID     attendance.ID
	Roll   int `json:"class_roll_id"`
	Status attendance.Status
	Source string
}

// look reads a session's screen, and what the answer was: 0 if there was none.
func (c *class) look(session attendance.ID) (register, int) {
	var got register
	code := c.drive.browser(http.MethodGet, "/api/teacher/session/"+session.String(), nil, &got)
	for i := range got.Students {
		if got.Students[i].Source == "" { // after the end the screen says "absent" of whom nobody marked
			got.Students[i].Status = attendance.Unmarked
		}
	}
	return got, code
}

// shows notes what the drive shows of a session now; false: there was no answer.
func (c *class) shows(as Type, session attendance.ID) bool {
	got, code := c.look(session)
	switch {
	case code >= 400 && code < 500: // it knows neither session nor teacher
		c.history.Add(Event{Type: Gone, Place: c.drive.place, Session: session, Said: fmt.Sprint(code)})
		return true
	case code != http.StatusOK:
		return false
	}
	if len(got.Students) != len(c.course.students) {
		c.history.Add(Event{Type: Broken, Place: c.drive.place, Said: fmt.Sprintf("it shows %d students of %d", len(got.Students), len(c.course.students))})
	}
	for _, st := range got.Students {
		c.history.Add(Event{Type: as, Place: c.drive.place, Session: session, Student: st.ID, Status: st.Status})
	}
	return true
}

// recent are the sessions to look at after a fault: the last ones.
func (c *class) recent() []attendance.ID {
	out := slices.Clone(c.all[max(0, len(c.all)-3):])
	if !c.opened && !c.session.IsZero() { // it may not be there
		out = out[:len(out)-1]
	}
	return out
}
