package intake

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/arise-attendance/arise/api/attendance"
)

// Roster is the school as it is now, as far as a file names it.
type Roster interface {
	// StudentsNumbered are those with one of the numbers, in upper or lower case,
	// archived ones as well.
	StudentsNumbered(ctx context.Context, rolls, enrolments []string) ([]attendance.StudentEntry, error)
	// CoursesCoded are those that are not archived.
	CoursesCoded(ctx context.Context, codes []string) ([]attendance.CourseEntry, error)
	TeachersCoded(ctx context.Context, codes []string) ([]attendance.TeacherEntry, error)
	Terms(ctx context.Context) ([]attendance.Term, error)
	// Enrolments are those of some courses, past and present.
	Enrolments(ctx context.Context, courses []attendance.ID) ([]Enrolment, error)
	Holds(ctx context.Context, courses []attendance.ID) ([]attendance.FeedTeaching, error)

	StudentsByID(ctx context.Context, ids []attendance.ID) ([]attendance.StudentEntry, error)
	CoursesByID(ctx context.Context, ids []attendance.ID) ([]attendance.CourseEntry, error)
	EnrolmentsByID(ctx context.Context, ids []attendance.ID) ([]attendance.FeedEnrolment, error)
	// Counted are those of some enrolments that have marks behind them.
	Counted(ctx context.Context, enrolments []attendance.ID) ([]attendance.ID, error)

	// Written is what imports last wrote of some entities, by field.
	Written(ctx context.Context, ids []attendance.ID) (map[attendance.ID]map[string]string, error)
}

// Enrolment is one with the name of its student.
type Enrolment struct {
	attendance.FeedEnrolment
	Name string
}

// plan says of each row what it would do to the roster as it is now. Rows that
// share what no two rows may share are wrong.
func plan(ctx context.Context, imp *Import, rows []*Row, now Roster) error {
	for _, r := range rows {
		r.reset()
		tidy(imp, r)
	}
	var err error
	switch imp.Kind {
	case Students:
		err = planStudents(ctx, imp, rows, now)
	case Courses:
		err = planCourses(ctx, imp, rows, now)
	case Enrolments:
		err = planEnrolments(ctx, imp, rows, now)
	}
	if err != nil {
		return fmt.Errorf("compare with the roster: %w", err)
	}
	for _, r := range rows {
		if imp.Options.OnlyNew && r.Action == Changed {
			r.Action = Same // somebody who is there already is left alone
		}
	}
	return nil
}

// tidy cleans a row's values and says what is wrong with each.
func tidy(imp *Import, r *Row) {
	if why := r.Values[overfull]; why != "" {
		r.fault(overfull, why)
	}
	s := specs[imp.Kind]
	for _, f := range s.fields {
		v, ok := r.Values[f.Name]
		if !ok {
			continue
		}
		if f.Name == Password { // only an unusable one is still here
			r.fault(Password, v)
			continue
		}
		v, why := clean(v, f.Most)
		if why == "" && (f.Name == Roll || f.Name == EnrolmentNo || f.Name == CourseCode) {
			why = number(v)
		}
		if why != "" {
			r.fault(f.Name, why)
		}
		if r.Values[f.Name] = v; v == "" {
			delete(r.Values, f.Name)
		}
	}
	for _, group := range imp.needs() {
		if !r.hasAny(group) {
			r.fault(group[0], "is missing")
		}
	}
}

// needs are the fields no row can be without.
func (imp *Import) needs() [][]string {
	needs := specs[imp.Kind].needs
	if imp.Options.Original {
		needs = [][]string{{StudentName}, {Roll}, {EnrolmentNo}, {Email1}}
	}
	return needs
}

func (r *Row) hasAny(fields []string) bool {
	for _, f := range fields {
		if r.Values[f] != "" {
			return true
		}
	}
	return false
}

// compare notes what a row changes about something that exists. An empty value
// changes nothing. What somebody edited since an import wrote it stays, if the
// file still says what that import said.
func (r *Row) compare(field, have string, written map[string]string) bool {
	want := r.Values[field]
	if want == "" || want == have {
		return false
	}
	c := Change{Field: field, From: have, To: want}
	if base, ok := written[field]; ok && base != have {
		c.Edited, c.Kept = base != want, base == want
	}
	r.Changes = append(r.Changes, c)
	return !c.Kept
}

// settle ends a row's plan: what it would write, over what.
func (r *Row) settle(before, entry any) error {
	r.entry = entry
	if before == nil {
		r.Action = New
		return nil
	}
	r.Action = Same
	for _, c := range r.Changes {
		if !c.Kept {
			r.Action = Changed
		}
	}
	if r.Action == Same {
		return nil
	}
	var err error
	r.Before, err = json.Marshal(before)
	return err
}

// alone finds rows of one file that say something of the same thing.
func alone(imp *Import, rows []*Row, field map[string]string) {
	first := map[string]*Row{}
	for _, r := range rows {
		for _, k := range r.Keys {
			other, taken := first[k]
			if !taken {
				first[k] = r
				continue
			}
			if other == r {
				continue
			}
			name := field[kindOf(k)]
			r.fault(name, "line %d has the same: keep one of the two", other.Line)
			if !imp.Options.OnlyNew {
				other.fault(name, "line %d has the same: keep one of the two", r.Line)
			}
		}
	}
}

func kindOf(key string) string {
	for i := range len(key) {
		if key[i] == ':' {
			return key[:i]
		}
	}
	return key
}

// values are what the rows have in a field.
func values(rows []*Row, field string) []string {
	seen, out := map[string]bool{}, []string{}
	for _, r := range rows {
		if v := r.Values[field]; v != "" && !seen[fold(v)] {
			seen[fold(v)] = true
			out = append(out, v)
		}
	}
	return out
}

// idFor names what a row adds: the same row always adds the same thing.
func (imp *Import) idFor(what string, line int) attendance.ID {
	return attendance.Derive("import "+what, imp.ID[:], fmt.Appendf(nil, "%d", line))
}
