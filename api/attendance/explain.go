package attendance

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Explanation is how a student's percentage in a course was made.
type Explanation struct {
	Page    Leaf
	Classes []Explained // that expected the student, oldest first
}

// Explained is one class with what was said of the student in it.
type Explained struct {
	Session Session
	Status  Status
	Said    []Word // in the order in which it was said
}

// Word is one fact about a student, as they may read it: the teacher is named, the
// scanner and the people of the office are not.
type Word struct {
	At      time.Time
	Class   Class
	Kind    Kind
	Status  Status // Unmarked: a verdict was withdrawn
	Method  Method
	Reason  string
	By      string // the teacher's name, where one said it
	Decides bool   // it is what counts
	Clock   Clocking
}

// Explain reads how a percentage was made. Its sum is the one that every screen
// shows: see [Register.Student].
func (s *Service) Explain(ctx context.Context, tx Figures, student, course ID) (Explanation, error) {
	book, err := s.Book(ctx, tx, student)
	if err != nil {
		return Explanation{}, err
	}
	page, err := book.Leaf(course)
	if err != nil {
		return Explanation{}, err
	}
	facts, err := tx.OwnFacts(ctx, course, student)
	if err != nil {
		return Explanation{}, err
	}
	names, err := tx.TeacherNames(ctx, authors(facts))
	if err != nil {
		return Explanation{}, err
	}
	by := map[ID][]Fact{}
	for _, f := range facts {
		if f.IsMark() {
			by[f.Session] = append(by[f.Session], f)
		}
	}
	out := Explanation{Page: page}
	sessions, statuses := page.Expected()
	for i, se := range sessions {
		out.Classes = append(out.Classes, Explained{Session: se, Status: statuses[i], Said: words(by[se.ID], names)})
	}
	return out, nil
}

func authors(facts []Fact) []ID {
	var out []ID
	for _, f := range facts {
		if f.Class == Teacher || f.Class == Bulk {
			out = append(out, f.Actor)
		}
	}
	slices.SortFunc(out, ID.Compare)
	return slices.Compact(out)
}

func words(facts []Fact, names map[ID]string) []Word {
	var state State
	for _, f := range facts {
		state = state.Add(f)
	}
	winner, decided := state.Winner()
	slices.SortFunc(facts, func(a, b Fact) int { return cmp.Or(cmp.Compare(a.Ord, b.Ord), a.ID.Compare(b.ID)) })
	out := make([]Word, len(facts))
	for i, f := range facts {
		v := VoteOf(f)
		out[i] = Word{
			At: f.Effective(), Class: f.Class, Kind: f.Kind, Status: v.Status, Method: f.Method, Reason: f.Reason,
			Decides: decided && winner.Fact == f.ID, Clock: f.Clocking,
		}
		if f.Class == Teacher || f.Class == Bulk {
			out[i].By = names[f.Actor]
		}
	}
	return out
}
