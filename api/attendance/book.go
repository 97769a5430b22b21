package attendance

import (
	"cmp"
	"context"
	"slices"
)

// Own is everything that is stored of one student, in no course's context.
type Own struct {
	Student   Member // names only
	Enrolled  []Enrolled
	Sessions  []Session  // of all those courses, oldest first
	Standings []Standing // of any session; State is left empty
}

// Enrolled is an enrolment with its course.
type Enrolled struct {
	Member
	Course       Course
	Term         ID
	TermName     string
	TermArchived bool
}

// Book is one student's own register: a page for each course.
type Book struct {
	Student Member // names only
	School  School
	Leaves  []Leaf // by course code
}

// Leaf is a course as one student's register shows it: nobody else is in it.
type Leaf struct {
	Register
	Term         ID
	TermName     string
	TermArchived bool
	Member       Member // the newest enrolment
	StudentCount
}

// Line is the leaf without its classes.
func (p Leaf) Line() SummaryLine {
	return SummaryLine{
		Course: p.Course, Term: p.Term, TermName: p.TermName, TermArchived: p.TermArchived,
		Roster: p.Roster, Member: p.Member, Policy: p.Policy, StudentCount: p.StudentCount,
	}
}

// Expected are the sessions that have ended and expected the student, oldest first,
// with what stands of them.
func (p Leaf) Expected() ([]Session, []Status) {
	ended := p.Ended()
	all, was := p.statuses(ended, p.Member.Student, p.Roster)
	n := 0
	for i := range ended {
		if was[i] {
			ended[n], all[n] = ended[i], all[i]
			n++
		}
	}
	return ended[:n], all[:n]
}

// Book reads a student's own register.
func (s *Service) Book(ctx context.Context, tx Figures, student ID) (Book, error) {
	own, err := tx.Own(ctx, student)
	if err != nil {
		return Book{}, err
	}
	school, err := s.school(ctx, tx)
	if err != nil {
		return Book{}, err
	}
	out := Book{Student: own.Student, School: school}
	at := map[ID]int{}
	now := s.world.Now()
	for _, e := range own.Enrolled {
		i, known := at[e.Course.ID]
		if !known {
			i = len(out.Leaves)
			at[e.Course.ID] = i
			out.Leaves = append(out.Leaves, Leaf{
				Register: Register{
					Course: e.Course, School: school.Name, Policy: school.Policy, Zone: school.Zone, Now: now,
					Cells: map[ID]map[ID]Status{}, Reasons: map[ID]map[ID]string{},
				},
				Term: e.Term, TermName: e.TermName, TermArchived: e.TermArchived,
			})
		}
		out.Leaves[i].Roster = append(out.Leaves[i].Roster, e.Member)
	}
	course, held := make(map[ID]int, len(own.Sessions)), make([]int, len(out.Leaves))
	for _, se := range own.Sessions {
		course[se.ID] = at[se.Course]
		held[at[se.Course]]++
	}
	for i, n := range held {
		out.Leaves[i].Sessions = make([]Session, 0, n)
	}
	for _, se := range own.Sessions {
		p := &out.Leaves[at[se.Course]]
		p.Sessions = append(p.Sessions, se)
	}
	for _, st := range own.Standings {
		if i, ok := course[st.Session]; ok {
			out.Leaves[i].Register.fill([]Standing{st})
		}
	}
	for i := range out.Leaves {
		p := &out.Leaves[i]
		p.Policy = policyOf(p.Sessions, now, p.Policy)
		p.Students = p.Roster.latest()
		p.Member = p.Students[0]
		p.StudentCount = p.Register.Student(student)
	}
	return out, nil
}

// Attending are the courses of a scope in which the student is enrolled now.
func (b Book) Attending(term ID) []Leaf {
	return slices.DeleteFunc(slices.Clone(b.Leaves), func(p Leaf) bool { return !p.Line().Runs(term) || !p.Line().Attends(p.Now) })
}

// Leaf is that of a course the student is or was enrolled in.
func (b Book) Leaf(course ID) (Leaf, error) {
	for _, p := range b.Leaves {
		if p.Course.ID == course {
			return p, nil
		}
	}
	return Leaf{}, Missing{What: "course of yours", Key: course.String()}
}

// ShareOf adds courses up.
func ShareOf(pages []Leaf) Share {
	var out Share
	for _, p := range pages {
		out.Add(p.Tally, p.Policy)
	}
	return out
}

// Absence is a class that a student missed.
type Absence struct {
	Course  Course
	Session Session
}

// Absences are the classes that a student missed, newest first.
func Absences(pages []Leaf) []Absence {
	var out []Absence
	for _, p := range pages {
		sessions, statuses := p.Expected()
		for i, se := range sessions {
			if statuses[i] == Absent {
				out = append(out, Absence{Course: p.Course, Session: se})
			}
		}
	}
	slices.SortFunc(out, func(a, b Absence) int {
		return cmp.Or(b.Session.OpenedAt.Compare(a.Session.OpenedAt), b.Session.ID.Compare(a.Session.ID))
	})
	return out
}

// Between narrows every page; the sums with them.
func (b Book) Between(scope Scope) Book {
	if scope.whole() {
		return b
	}
	b.Leaves = slices.Clone(b.Leaves)
	for i := range b.Leaves {
		p := &b.Leaves[i]
		p.Register = p.Register.Between(scope.From, scope.Until)
		p.StudentCount = p.Register.Student(p.Member.Student)
	}
	return b
}

// Lesson is one session with what stands of a student in it.
type Lesson struct {
	Session Session
	Status  Status
}

// Lessons are some sessions of one student.
type Lessons []Lesson

// LastLessons are the newest n sessions that count, oldest first.
func (p Leaf) LastLessons(n int) Lessons {
	sessions, statuses := p.Expected()
	var out Lessons
	for i, se := range sessions {
		if statuses[i].Counts() {
			out = append(out, Lesson{se, statuses[i]})
		}
	}
	return out[max(0, len(out)-n):]
}

// Percent is as [Tally.Percent], 0 for none.
func (l Lessons) Percent(p Policy) float64 {
	var t Tally
	for _, one := range l {
		t.Count(one.Status)
	}
	pct, _ := t.Percent(p)
	return pct
}
