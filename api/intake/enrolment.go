package intake

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// planEnrolments finds an enrolment by its course and student: the one that is
// open, or the one with the same first or last day.
func planEnrolments(ctx context.Context, imp *Import, rows []*Row, now Roster) error {
	students, err := now.StudentsNumbered(ctx, values(rows, Roll), values(rows, EnrolmentNo))
	if err != nil {
		return err
	}
	courses, err := now.CoursesCoded(ctx, values(rows, CourseCode))
	if err != nil {
		return err
	}
	people, codes, ids := map[string]*attendance.StudentEntry{}, map[string]attendance.CourseEntry{}, []attendance.ID{}
	for i := range students {
		s := &students[i]
		people["roll:"+fold(s.UniversityRoll)], people["number:"+fold(s.EnrolmentNo)] = s, s
	}
	for _, c := range courses {
		codes[fold(c.Code)] = c
		ids = append(ids, c.ID)
	}
	all, err := now.Enrolments(ctx, ids)
	if err != nil {
		return err
	}
	held := map[attendance.ID][]Enrolment{}
	for _, e := range all {
		held[e.Course] = append(held[e.Course], e)
	}
	for _, r := range rows {
		if err := r.enrolment(imp, people, codes, held); err != nil {
			return err
		}
	}
	alone(imp, rows, map[string]string{"enrolled": Roll, "class": ClassRoll})
	return nil
}

func (r *Row) enrolment(imp *Import, people map[string]*attendance.StudentEntry, codes map[string]attendance.CourseEntry, held map[attendance.ID][]Enrolment) error {
	c, ok := codes[fold(r.Values[CourseCode])]
	if !ok && r.Values[CourseCode] != "" {
		r.fault(CourseCode, "there is no such course: import the courses first")
	}
	s := r.person(people)
	roll, err := strconv.Atoi(r.Values[ClassRoll])
	if r.Values[ClassRoll] != "" && (err != nil || roll < 1 || roll > 999_999) {
		r.fault(ClassRoll, "must be a whole number from 1")
	}
	from, to := r.day(StartDate, imp.zone), r.day(EndDate, imp.zone)
	if !to.IsZero() {
		to = to.AddDate(0, 0, 1) // the last day counts
		if !from.IsZero() && !from.Before(to) {
			r.fault(EndDate, "is before the first day")
		}
	}
	if r.Action == Wrong {
		return nil
	}
	r.key("enrolled", c.ID.String(), s.ID.String())
	if to.IsZero() {
		r.key("class", c.ID.String(), strconv.Itoa(roll))
	}
	return r.enrol(imp, attendance.FeedEnrolment{
		Course: c.ID, Student: s.ID, Roll: roll, FromMS: attendance.UnixMS(from), ToMS: attendance.UnixMS(to),
	}, held[c.ID])
}

func (r *Row) person(people map[string]*attendance.StudentEntry) *attendance.StudentEntry {
	var found *attendance.StudentEntry
	for _, f := range [][2]string{{"roll:", Roll}, {"number:", EnrolmentNo}} {
		v := r.Values[f[1]]
		if v == "" {
			continue
		}
		s := people[f[0]+fold(v)]
		switch {
		case s == nil:
			r.fault(f[1], "no student has this number: import the students first")
		case s.Archived:
			r.fault(f[1], "%s was archived: bring the student back first", s.Name)
		case found != nil && found != s:
			r.fault(f[1], "belongs to %s, and the roll number to %s: mend one of the two", s.Name, found.Name)
		default:
			found = s
		}
	}
	return found
}

// enrol decides what becomes of one enrolment among those of its course.
func (r *Row) enrol(imp *Import, want attendance.FeedEnrolment, held []Enrolment) error {
	n := slices.IndexFunc(held, func(e Enrolment) bool { return e.Student == want.Student && e.ToMS == 0 })
	if n < 0 && (want.FromMS != 0 || want.ToMS != 0) {
		n = slices.IndexFunc(held, func(e Enrolment) bool {
			return e.Student == want.Student && (want.FromMS != 0 && e.FromMS == want.FromMS || want.FromMS == 0 && e.ToMS == want.ToMS)
		})
	}
	var before any
	if n < 0 {
		want.ID = imp.idFor("enrolment", r.Line)
		if want.FromMS == 0 {
			want.FromMS = imp.CreatedAt.UnixMilli()
		}
		if want.ToMS != 0 && want.ToMS <= want.FromMS {
			r.fault(EndDate, "is past: say the first day as well")
			return nil
		}
	} else {
		old := held[n].FeedEnrolment
		want.ID, before = old.ID, old
		// The same day is no change, whatever the hour.
		if want.FromMS == 0 || imp.day(want.FromMS) == imp.day(old.FromMS) {
			want.FromMS = old.FromMS
		}
		if want.ToMS == 0 || imp.day(want.ToMS-1) == imp.day(old.ToMS-1) {
			want.ToMS = old.ToMS
		}
		r.differ(ClassRoll, strconv.Itoa(old.Roll), strconv.Itoa(want.Roll))
		r.differ(StartDate, imp.day(old.FromMS), imp.day(want.FromMS))
		r.differ(EndDate, imp.day(old.ToMS-1), imp.day(want.ToMS-1))
	}
	r.Entity = want.ID
	for _, e := range held {
		if e.ID == want.ID || !overlap(e.FeedEnrolment, want) {
			continue
		}
		if e.Student == want.Student {
			r.fault(StartDate, "the student is enrolled already from %s to %s", imp.day(e.FromMS), imp.day(e.ToMS-1))
		} else if e.Roll == want.Roll {
			r.fault(ClassRoll, "%s has this number: give another, or change theirs first", e.Name)
		}
	}
	if r.Action == Wrong {
		return nil
	}
	return r.settle(before, want)
}

func (r *Row) differ(field, have, want string) {
	if have != want {
		r.Changes = append(r.Changes, Change{Field: field, From: have, To: want})
	}
}

func overlap(a, b attendance.FeedEnrolment) bool {
	return (a.ToMS == 0 || b.FromMS < a.ToMS) && (b.ToMS == 0 || a.FromMS < b.ToMS)
}

// day reads a date as people and spreadsheets write it.
func (r *Row) day(field string, zone *time.Location) time.Time {
	v := r.Values[field]
	if v == "" {
		return time.Time{}
	}
	for _, layout := range []string{time.DateOnly, "2/1/2006", "2-1-2006", "2.1.2006", "2-Jan-2006", "2 Jan 2006", "2006/1/2"} {
		if t, err := time.ParseInLocation(layout, v, zone); err == nil && t.Year() > 1950 && t.Year() < 2200 {
			r.Values[field] = t.Format(time.DateOnly)
			return t
		}
	}
	// A workbook stores a date as the days since 1899-12-30.
	if n, err := strconv.Atoi(v); err == nil && n > 20_000 && n < 80_000 {
		t := time.Date(1899, 12, 30, 0, 0, 0, 0, zone).AddDate(0, 0, n)
		r.Values[field] = t.Format(time.DateOnly)
		return t
	}
	r.fault(field, "is not a date: write it as 2026-07-31 or 31/07/2026")
	return time.Time{}
}

// day is the day of a time on the feed; an end is the moment after its last day.
func (imp *Import) day(ms int64) string {
	if ms <= 0 {
		return ""
	}
	return attendance.FromMS(ms).In(imp.zone).Format(time.DateOnly)
}
