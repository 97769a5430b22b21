package attendance

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"time"
)

// Scope is what sums are taken over: the courses of a term, or all that run; and
// the classes that began in [From, Until), where a zero time is open.
type Scope struct {
	Term        ID
	From, Until time.Time
}

// CourseLine is a course as sums over the school name it.
type CourseLine struct {
	Course
	Term     ID
	TermName string
	Teachers string // now
	Enrolled int    // now
	Policy   Policy // of sums over its sessions
	Stored   CourseTotal
}

// Sum adds sessions up.
type Sum struct {
	Course   ID  // where sums are by course
	Day      int // where they are by day: how many bounds lie at or before
	Kind     SessionKind
	Sessions int
	Expected int
	Tally
}

// Figures is what the cloud's store adds to the seam for figures over many
// courses. Whatever it answers was counted by [Register.Count]; it only adds up.
type Figures interface {
	Tx
	// CourseLines are by code. Archived courses come only with an archived term that
	// was named.
	CourseLines(ctx context.Context, term ID, at time.Time) ([]CourseLine, error)
	CourseLine(ctx context.Context, course ID, at time.Time) (CourseLine, error)
	// Pending are courses whose stored counts lack something at a time.
	Pending(ctx context.Context, at time.Time) (map[ID]bool, error)

	CourseSums(ctx context.Context, in []ID, from, until time.Time) ([]Sum, error)
	DaySums(ctx context.Context, in []ID, from, until time.Time, bounds []time.Time) ([]Sum, error)
	// FirstCounted is when the oldest session of these courses began; zero: none.
	FirstCounted(ctx context.Context, in []ID) (time.Time, error)

	// People are the students who were not archived; PeopleIn those enrolled at a time.
	People(ctx context.Context) (int, error)
	PeopleIn(ctx context.Context, in []ID, at time.Time) (int, error)
	// AtRisk, Cells, StudentSums and Missed are of students enrolled at a time.
	AtRisk(ctx context.Context, in []ID, at time.Time) ([]ID, error)
	Cells(ctx context.Context, in []ID, from, until, at time.Time) ([]CourseStudent, error)
	StudentSums(ctx context.Context, in []ID, at time.Time) ([]CourseStudent, error)
	Missed(ctx context.Context, in []ID, least int, at time.Time) ([]CourseStudent, error)
	MembersOf(ctx context.Context, seats []CourseStudent) (map[CourseSeat]Member, error)
	// OptedIn are the names of those students who want to be on the leaderboard.
	OptedIn(ctx context.Context, ids []ID) (map[ID]string, error)

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
	live     []Register // within the scope
	counting int        // courses that lack something all the same
}

func (s *Service) ledger(ctx context.Context, tx Figures, scope Scope) (*ledger, error) {
	l := &ledger{tx: tx, scope: scope, now: s.world.Now()}
	lines, err := tx.CourseLines(ctx, scope.Term, l.now)
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
			l.stored = append(l.stored, lines[i].ID)
			continue
		}
		reg, err := s.bare(ctx, l.tx, lines[i].ID)
		if err != nil {
			return fmt.Errorf("count %s: %w", lines[i].Code, err)
		}
		lines[i].Policy = reg.Policy
		l.live = append(l.live, reg.Between(l.scope.From, l.scope.Until))
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

// daySums adds up by day what began since a time.
func (l *ledger) daySums(ctx context.Context, since time.Time, bounds []time.Time) ([]Sum, error) {
	all, err := l.tx.DaySums(ctx, l.stored, since, l.scope.Until, bounds)
	for _, reg := range l.live {
		for _, se := range reg.Between(since, time.Time{}).Count().Sessions {
			day := sort.Search(len(bounds), func(i int) bool { return bounds[i].After(se.OpenedAt) })
			all = append(all, Sum{Day: day, Kind: se.Kind, Sessions: 1, Expected: se.Expected, Tally: se.Tally})
		}
	}
	return all, err
}

// atRisk are the students below the minimum of a course they are enrolled in.
func (l *ledger) atRisk(ctx context.Context) (map[ID]bool, error) {
	out := map[ID]bool{}
	for _, reg := range l.live {
		for _, r := range reg.AtRisk() {
			out[r.Student] = true
		}
	}
	if l.scope.From.IsZero() && l.scope.Until.IsZero() {
		ids, err := l.tx.AtRisk(ctx, l.stored, l.now)
		for _, id := range ids {
			out[id] = true
		}
		return out, err
	}
	cells, err := l.tx.Cells(ctx, l.stored, l.scope.From, l.scope.Until, l.now)
	policies := l.policies()
	for _, c := range cells {
		if CountStatuses(c.Cells.Statuses(), policies[c.Course]).Band.Low() {
			out[c.Student] = true
		}
	}
	return out, err
}

// students adds each enrolled student of each course up.
func (l *ledger) students(ctx context.Context) ([]CourseStudent, error) {
	out, err := l.tx.StudentSums(ctx, l.stored, l.now)
	for _, reg := range l.live {
		for _, m := range reg.Enrolled() {
			out = append(out, CourseStudent{Course: reg.Course.ID, StudentCount: reg.Student(m.Student)})
		}
	}
	return out, err
}

// CourseView reads a course's register and how the school names it.
func (s *Service) CourseView(ctx context.Context, in func(context.Context, func(context.Context, Figures) error) error, by Actor, course ID) (reg Register, line CourseLine, err error) {
	err = in(ctx, func(ctx context.Context, tx Figures) (err error) {
		if line, err = tx.CourseLine(ctx, course, s.world.Now()); err != nil {
			return err
		}
		if err = teaches(ctx, tx, by, course); err != nil {
			return err
		}
		reg, err = s.bare(ctx, tx, course)
		return err
	})
	return reg, line, err
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
