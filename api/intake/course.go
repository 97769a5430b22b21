package intake

import (
	"context"
	"strconv"
	"strings"

	"github.com/arise-attendance/arise/api/attendance"
)

// courseEntry is a course and, when the file names one, who holds it from now on.
type courseEntry struct {
	attendance.CourseEntry
	Holder attendance.ID `json:"-"`
}

// defaultMinutes is the original system's.
const defaultMinutes = 30

type school struct {
	terms    map[string]attendance.Term // by name
	named    map[attendance.ID]string
	teachers map[string]attendance.TeacherEntry
	holds    map[[2]attendance.ID]bool // course and teacher
}

func planCourses(ctx context.Context, imp *Import, rows []*Row, now Roster) error {
	have, err := now.CoursesCoded(ctx, values(rows, CourseCode))
	if err != nil {
		return err
	}
	byCode, ids := map[string]*attendance.CourseEntry{}, []attendance.ID{}
	for i := range have {
		byCode[fold(have[i].Code)] = &have[i]
		ids = append(ids, have[i].ID)
	}
	written, err := now.Written(ctx, ids)
	if err != nil {
		return err
	}
	around, err := schoolOf(ctx, rows, ids, now)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if v := r.Values[CourseCode]; v != "" {
			r.key("course", v)
		}
		if err := r.course(imp, byCode[fold(r.Values[CourseCode])], around, written); err != nil {
			return err
		}
	}
	alone(imp, rows, map[string]string{"course": CourseCode})
	return nil
}

func schoolOf(ctx context.Context, rows []*Row, courses []attendance.ID, now Roster) (school, error) {
	s := school{
		terms: map[string]attendance.Term{}, named: map[attendance.ID]string{},
		teachers: map[string]attendance.TeacherEntry{}, holds: map[[2]attendance.ID]bool{},
	}
	terms, err := now.Terms(ctx)
	if err != nil {
		return s, err
	}
	for _, t := range terms {
		s.terms[fold(t.Name)], s.named[t.ID] = t, t.Name
	}
	teachers, err := now.TeachersCoded(ctx, values(rows, TeacherCode))
	if err != nil {
		return s, err
	}
	for _, t := range teachers {
		s.teachers[fold(t.Code)] = t
	}
	holds, err := now.Holds(ctx, courses)
	for _, h := range holds {
		s.holds[[2]attendance.ID{h.Course, h.Teacher}] = true
	}
	return s, err
}

func (r *Row) course(imp *Import, c *attendance.CourseEntry, around school, written map[attendance.ID]map[string]string) error {
	var e courseEntry
	if c == nil {
		e.ID, e.Code, e.DefaultMinutes, e.Term = imp.idFor("course", r.Line), r.Values[CourseCode], defaultMinutes, imp.Options.Term
	} else {
		e.CourseEntry = *c
		r.Values[CourseCode] = c.Code
	}
	if v := r.Values[Minutes]; v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > 720 {
			r.fault(Minutes, "must be a whole number from 1 to 720")
		}
		r.Values[Minutes] = strconv.Itoa(n)
	}
	if v := r.Values[SemesterName]; v != "" {
		if _, ok := around.terms[fold(v)]; !ok {
			r.fault(SemesterName, "there is no such semester: add it first")
		}
	}
	if v := r.Values[TeacherCode]; v != "" {
		t, ok := around.teachers[fold(v)]
		if !ok {
			r.fault(TeacherCode, "no teacher has this code: add the teacher first")
		} else if c == nil || !around.holds[[2]attendance.ID{c.ID, t.ID}] {
			e.Holder = t.ID
			if e.Teacher.IsZero() { // somebody has to answer for it
				e.Teacher = t.ID
			}
			if c != nil {
				r.Changes = append(r.Changes, Change{Field: TeacherCode, To: t.Code})
			}
		}
	}
	if r.Action == Wrong {
		return nil
	}
	r.Entity = e.ID
	base := written[e.ID]
	if c == nil {
		base = nil
	}
	r.fill(&e, around, base)
	if c == nil {
		r.Changes = nil
		return r.settle(nil, e)
	}
	return r.settle(*c, e)
}

// fill puts a row's values where they differ.
func (r *Row) fill(e *courseEntry, around school, written map[string]string) {
	if r.compare(CourseName, e.Name, written) {
		e.Name = r.Values[CourseName]
	}
	if r.compare(Minutes, strconv.Itoa(e.DefaultMinutes), written) {
		e.DefaultMinutes, _ = strconv.Atoi(r.Values[Minutes]) // was checked
	}
	if t, ok := around.terms[fold(r.Values[SemesterName])]; ok {
		r.Values[SemesterName] = strings.TrimSpace(t.Name)
		if r.compare(SemesterName, around.named[e.Term], written) {
			e.Term = t.ID
		}
	}
}
