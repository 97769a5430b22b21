package attendance

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// Place is one student's place among others.
type Place struct {
	Student ID
	Rank    int // from 1
	There   int
	Share
	Streak // over several courses: in the course where it is longest
}

// Ranking is who attends most, best first: by percentage of the classes that each
// was expected at, then by the run that lasts, then by classes attended.
type Ranking struct {
	Places   []Place
	Counting int
}

// Percentile of a place: 0 is the best.
func (r Ranking) Percentile(p Place) int {
	return int(math.Round(100 * float64(p.Rank-1) / float64(len(r.Places))))
}

// Ranking ranks the students enrolled now in a course, or in the courses of a term.
func (s *Service) Ranking(ctx context.Context, tx Figures, course, term ID) (Ranking, error) {
	var l *ledger
	var err error
	if course.IsZero() {
		l, err = s.ledger(ctx, tx, Scope{Term: term}, Parts{})
	} else {
		l, err = s.ledgerOf(ctx, tx, course)
	}
	if err != nil {
		return Ranking{}, err
	}
	counts, err := l.students(ctx)
	if err != nil {
		return Ranking{}, err
	}
	policies, at := l.policies(), make(map[ID]int, len(counts))
	places := make([]Place, 0, len(counts))
	var policy Policy
	for n, c := range counts {
		if n == 0 || counts[n-1].Course != c.Course { // they come course by course
			policy = policies[c.Course]
		}
		i, known := at[c.Student]
		if !known {
			i = len(places)
			at[c.Student] = i
			places = append(places, Place{Student: c.Student})
		}
		p := &places[i]
		p.There += c.There()
		p.Share.Add(c.Tally, policy)
		p.Current, p.Longest = max(p.Current, c.Current), max(p.Longest, c.Longest)
	}
	return Ranking{Places: ranked(places), Counting: l.counting}, nil
}

func ranked(places []Place) []Place {
	slices.SortFunc(places, func(a, b Place) int {
		x, _ := a.Percent()
		y, _ := b.Percent()
		return cmp.Or(cmp.Compare(y, x), cmp.Compare(b.Current, a.Current), cmp.Compare(b.There, a.There), a.Student.Compare(b.Student))
	})
	for i := range places {
		places[i].Rank = i + 1
	}
	return places
}

// MissingStudent is one who was absent from the last classes of a course.
type MissingStudent struct {
	CourseLine
	Member
	Missed int
}

// MissingStudents are those enrolled who were absent from their last classes of a
// course, at least so many, the longest first.
func (s *Service) MissingStudents(ctx context.Context, tx Figures, term ID, least int) ([]MissingStudent, int, error) {
	l, err := s.ledger(ctx, tx, Scope{Term: term}, Parts{})
	if err != nil {
		return nil, 0, err
	}
	found, err := tx.Missed(ctx, l.stored, least, l.now)
	if err != nil {
		return nil, 0, err
	}
	for _, c := range l.live {
		for _, st := range c.Students {
			if st.here && st.Missed >= least {
				found = append(found, CourseStudent{Course: c.Course, StudentCount: st})
			}
		}
	}
	members, err := tx.MembersOf(ctx, found)
	if err != nil {
		return nil, 0, err
	}
	lines := make(map[ID]CourseLine, len(l.lines))
	for _, c := range l.lines {
		lines[c.ID] = c
	}
	out := make([]MissingStudent, len(found))
	for i, c := range found {
		out[i] = MissingStudent{CourseLine: lines[c.Course], Member: members[CourseSeat{c.Course, c.Student}], Missed: c.Missed}
	}
	slices.SortFunc(out, func(a, b MissingStudent) int {
		return cmp.Or(cmp.Compare(b.Missed, a.Missed), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Roll, b.Roll), a.Student.Compare(b.Student))
	})
	return out, l.counting, nil
}

// Leaderboard is a ranking as one student may see it.
type Leaderboard struct {
	Ranking
	Enabled bool          // by the office; else nobody is ranked
	Names   map[ID]string // of those who want to be named
}

// Leaderboard ranks the students of one of a student's courses, or of a term or the
// school.
func (s *Service) Leaderboard(ctx context.Context, tx Figures, student, course, term ID) (Leaderboard, error) {
	school, err := s.school(ctx, tx)
	if err != nil || !school.Leaderboard {
		return Leaderboard{}, err
	}
	out := Leaderboard{Enabled: true}
	if !course.IsZero() {
		seat := CourseSeat{Course: course, Student: student}
		mine, err := tx.MembersOf(ctx, []CourseStudent{{Course: course, StudentCount: StudentCount{Student: student}}})
		if err != nil {
			return out, err
		}
		if m, ok := mine[seat]; !ok || !m.At(s.world.Now()) {
			return out, Missing{What: "course of yours", Key: course.String()}
		}
	}
	if out.Ranking, err = s.Ranking(ctx, tx, course, term); err != nil {
		return out, err
	}
	ids := make([]ID, len(out.Places))
	for i, p := range out.Places {
		ids[i] = p.Student
	}
	out.Names, err = tx.OptedIn(ctx, ids)
	return out, err
}
