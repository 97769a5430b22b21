package attendance

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Summary is how a student stands in each course: a [Book] of which nobody has to read
// the classes.
type Summary struct {
	Student Member // names only
	School  School
	Now     time.Time
	Lines   []SummaryLine // by course code
}

// SummaryLine is how a student stands in a course.
type SummaryLine struct {
	Course       Course
	Term         ID
	TermName     string
	TermArchived bool
	Roster       Roster // the student's own enrolments
	Member       Member // the newest of them
	Policy       Policy
	StudentCount
}

// OwnCount is one enrolment of a student, and what is stored of them in its course.
type OwnCount struct {
	Enrolled
	Policy   Policy
	Sessions int // that the course has held
	StudentCount
	Lacks bool // something may have changed since
}

// Attends reports whether the student is enrolled at a time.
func (p SummaryLine) Attends(at time.Time) bool {
	_, ok := p.Roster.ByStudent(p.Member.Student, at)
	return ok
}

// Runs reports whether the course counts in a scope of all that runs (term zero),
// or of a term; see [Figures.CourseLines].
func (p SummaryLine) Runs(term ID) bool {
	if term.IsZero() {
		return !p.Course.Archived
	}
	return p.Term == term && (!p.Course.Archived || p.TermArchived)
}

// Summary reads how a student stands: from stored counts, or, while one of them lacks
// something, from their book.
func (s *Service) Summary(ctx context.Context, tx Figures, student ID) (Summary, error) {
	now := s.world.Now()
	rows, err := tx.OwnCounts(ctx, student, now)
	if err != nil {
		return Summary{}, fmt.Errorf("read how %s stands: %w", student, err)
	}
	if len(rows) == 0 || slices.ContainsFunc(rows, func(r OwnCount) bool { return r.Lacks }) {
		book, err := s.Book(ctx, tx, student)
		if err != nil {
			return Summary{}, err
		}
		return book.summary(now), nil
	}
	school, err := s.school(ctx, tx)
	if err != nil {
		return Summary{}, err
	}
	out := Summary{Student: rows[0].Enrolled.Member.names(), School: school, Now: now}
	for _, r := range rows { // by course
		last := len(out.Lines) - 1
		if last < 0 || out.Lines[last].Course.ID != r.Course.ID {
			p := SummaryLine{
				Course: r.Course, Term: r.Term, TermName: r.TermName, TermArchived: r.TermArchived, Policy: r.Policy, StudentCount: r.StudentCount,
			}
			if r.Sessions == 0 { // nothing was held under any other
				p.Policy = school.Policy
			}
			out.Lines = append(out.Lines, p)
			last++
		}
		out.Lines[last].Roster = append(out.Lines[last].Roster, r.Enrolled.Member)
	}
	for i := range out.Lines {
		out.Lines[i].Member = out.Lines[i].Roster.latest()[0]
	}
	return out, nil
}

// names leaves out which enrolment they come from.
func (m Member) names() Member {
	return Member{Student: m.Student, Name: m.Name, UniversityRoll: m.UniversityRoll, EnrolmentNo: m.EnrolmentNo}
}

func (b Book) summary(now time.Time) Summary {
	out := Summary{Student: b.Student, School: b.School, Now: now}
	for _, p := range b.Leaves {
		out.Lines = append(out.Lines, p.Line())
	}
	return out
}

// Attending are the courses of a scope in which the student is enrolled now.
func (c Summary) Attending(term ID) []SummaryLine {
	return slices.DeleteFunc(slices.Clone(c.Lines), func(p SummaryLine) bool { return !p.Runs(term) || !p.Attends(c.Now) })
}

// ShareOfLines adds courses up.
func ShareOfLines(lines []SummaryLine) Share {
	var out Share
	for _, p := range lines {
		out.Add(p.Tally, p.Policy)
	}
	return out
}
