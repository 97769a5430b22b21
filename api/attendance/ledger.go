package attendance

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Scope is what sums are taken over: the courses of a term, or all that run; and
// the classes that began in [From, Until), where a zero time is open.
type Scope struct {
	Term        ID
	From, Until time.Time
}

// whole reports whether the scope is all days.
func (s Scope) whole() bool { return s.From.IsZero() && s.Until.IsZero() }

// CourseLine is a course as sums over the school name it.
type CourseLine struct {
	Course
	Term     ID
	TermName string
	Teachers string // now
	Enrolled int    // now
	Policy   Policy // of sums over its sessions
	Stored   CourseTotal
	Strip    Strip // what was wanted of it
}

// Parts of strips, which are as large as the school.
type Parts struct {
	Footings bool
	Bands    bool // and whose they are
}

// Sum adds sessions up.
type Sum struct {
	Kind     SessionKind
	Sessions int
	Expected int
	Tally
}

// Figures is what the cloud's store adds to the seam for figures over many
// courses. Whatever it answers was counted by [Register.Count]; it only adds up.
type Figures interface {
	Tx
	// CourseLines are by code, with the wanted parts of their strips. Archived courses
	// come only with an archived term that was named.
	CourseLines(ctx context.Context, term ID, at time.Time, want Parts) ([]CourseLine, error)
	CourseLine(ctx context.Context, course ID, at time.Time) (CourseLine, error)
	// Pending are courses whose stored counts lack something at a time.
	Pending(ctx context.Context, at time.Time) (map[ID]bool, error)

	Strips(ctx context.Context, in []ID) ([]Strip, error)

	// People are the students who were not archived; PeopleIn those enrolled at a time.
	People(ctx context.Context) (int, error)
	PeopleIn(ctx context.Context, in []ID, at time.Time) (int, error)
	// StudentSums and Missed are of students enrolled at a time.
	StudentSums(ctx context.Context, in []ID, at time.Time) ([]CourseStudent, error)
	Missed(ctx context.Context, in []ID, least int, at time.Time) ([]CourseStudent, error)
	MembersOf(ctx context.Context, seats []CourseStudent) (map[CourseSeat]Member, error)
	// OptedIn are the names of those students who want to be on the leaderboard.
	OptedIn(ctx context.Context, ids []ID) (map[ID]string, error)

	// OwnCounts are a student's enrolments by course, with what is stored of them.
	OwnCounts(ctx context.Context, student ID, at time.Time) ([]OwnCount, error)
	// Own is everything of one student.
	Own(ctx context.Context, student ID) (Own, error)
	// OwnFacts are those about a student in the sessions of a course, in order.
	OwnFacts(ctx context.Context, course, student ID) ([]Fact, error)
	TeacherNames(ctx context.Context, ids []ID) (map[ID]string, error)
}

// CourseStudent is what one student's classes of one course add up to.
type CourseStudent struct {
	Course ID
	StudentCount
}

// CourseSeat is one student in one course.
type CourseSeat struct{ Course, Student ID }

// mostLive is how many courses a sum counts by itself. More wait to be counted only
// after an import or a rebuild, or in the seconds when all classes of an hour end.
const mostLive = 24

// ledger is what sums are made of: stored counts, and the registers of courses
// whose stored counts lack something. All of it is one state of the database.
type ledger struct {
	tx       Figures
	scope    Scope
	now      time.Time
	school   School
	lines    []CourseLine
	stored   []ID
	live     []CourseCount // within the scope
	strips   []Strip       // of all courses that were counted
	counting int           // courses that lack something all the same
}

func (s *Service) ledger(ctx context.Context, tx Figures, scope Scope, want Parts) (*ledger, error) {
	l := &ledger{tx: tx, scope: scope, now: s.world.Now()}
	lines, err := tx.CourseLines(ctx, scope.Term, l.now, want)
	if err != nil {
		return nil, fmt.Errorf("list courses: %w", err)
	}
	return l, s.sort(ctx, l, lines)
}

// ledgerOf is of one course.
func (s *Service) ledgerOf(ctx context.Context, tx Figures, course ID) (*ledger, error) {
	l := &ledger{tx: tx, now: s.world.Now()}
	line, err := tx.CourseLine(ctx, course, l.now)
	if err != nil {
		return nil, err
	}
	return l, s.sort(ctx, l, []CourseLine{line})
}

func (s *Service) sort(ctx context.Context, l *ledger, lines []CourseLine) (err error) {
	if l.school, err = s.school(ctx, l.tx); err != nil {
		return err
	}
	pending, err := l.tx.Pending(ctx, l.now)
	if err != nil {
		return fmt.Errorf("list courses to count: %w", err)
	}
	l.lines = lines
	var lacking []int
	for i, c := range lines {
		if pending[c.ID] {
			lacking = append(lacking, i)
		}
	}
	if len(lacking) > mostLive {
		l.counting, lacking = len(lacking), nil
	}
	for i := range lines {
		if !slices.Contains(lacking, i) {
			l.stored, l.strips = append(l.stored, lines[i].ID), append(l.strips, lines[i].Strip)
			continue
		}
		reg, err := s.bare(ctx, l.tx, lines[i].ID)
		if err != nil {
			return fmt.Errorf("count %s: %w", lines[i].Code, err)
		}
		lines[i].Policy = reg.Policy
		count := reg.Between(l.scope.From, l.scope.Until).Count()
		l.live, l.strips = append(l.live, count), append(l.strips, count.Strip())
	}
	return nil
}

// policies are by course.
func (l *ledger) policies() map[ID]Policy {
	out := make(map[ID]Policy, len(l.lines))
	for _, c := range l.lines {
		out[c.ID] = c.Policy
	}
	return out
}

// atRisk is how many students are below the minimum of a course they are enrolled in.
func (l *ledger) atRisk(ctx context.Context) (int, error) {
	students, policies := 0, make(map[ID]Policy, len(l.lines))
	for _, c := range l.lines {
		students += c.Enrolled
		policies[c.ID] = c.Policy
	}
	found := make(map[ID]struct{}, students/2) // most are in several courses
	note := func(id ID) { found[id] = struct{}{} }
	if l.scope.whole() {
		for _, s := range l.strips {
			s.low(note)
		}
		return len(found), nil
	}
	all, err := l.tx.Strips(ctx, l.stored)
	for _, c := range l.live {
		all = append(all, c.Strip())
	}
	for _, s := range all {
		s.lowBetween(l.scope.From, l.scope.Until, policies[s.Course], note)
	}
	return len(found), err
}

// students adds each enrolled student of each course up.
func (l *ledger) students(ctx context.Context) ([]CourseStudent, error) {
	out, err := l.tx.StudentSums(ctx, l.stored, l.now)
	for _, c := range l.live {
		for _, st := range c.Students {
			if st.here {
				out = append(out, CourseStudent{Course: c.Course, StudentCount: st})
			}
		}
	}
	return out, err
}

// Marks is what a store adds that can read a course's cells and nothing else of
// what stands in them: counting a hall of six hundred takes a tenth of the time.
type Marks interface {
	// Marks are session by student; reasons are left out.
	Marks(ctx context.Context, course ID) (map[ID]map[ID]Status, error)
}

// bare is a register without reasons.
func (s *Service) bare(ctx context.Context, tx Tx, course ID) (Register, error) {
	lean, ok := tx.(Marks)
	if !ok {
		return s.registerOf(ctx, tx, course)
	}
	out, err := s.unmarked(ctx, tx, course)
	if err != nil {
		return out, err
	}
	out.Cells, err = lean.Marks(ctx, course)
	return out, err
}
