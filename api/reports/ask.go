package reports

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/sheet"
)

// Kinds of report.
const (
	kindRegister  = "register"
	kindMonth     = "month"
	kindShortage  = "shortage"
	kindStudent   = "student"
	kindAbsentees = "absentees"
	kindUntaken   = "not-taken"
)

// maker makes one report: what it is about was read and found possible.
type maker struct {
	name  string // of the file, without its ending
	cells int    // how much is read
	write func(ctx context.Context, w io.Writer, progress func(done, of int)) error
}

// making is a report being prepared.
type making struct {
	Deps
	by     attendance.Actor
	asked  attendance.Asked
	format sheet.Format
	school attendance.School
	now    time.Time
}

// prepare checks what is asked and reads no register yet.
func (d Deps) prepare(ctx context.Context, account attendance.ID, asked attendance.Asked) (maker, error) {
	school, err := d.Service.School(ctx)
	if err != nil {
		return maker{}, err
	}
	m := making{
		Deps: d, by: attendance.Actor{ID: account, Role: attendance.RoleAdmin}, asked: asked,
		format: sheet.Format(asked.Format), school: school, now: d.Service.Now(),
	}
	switch asked.Kind {
	case kindRegister, kindMonth:
		return m.ofCourse(ctx)
	case kindShortage:
		return m.shortage(ctx)
	case kindStudent:
		return m.student(ctx)
	case kindAbsentees:
		return m.absentees(ctx)
	case kindUntaken:
		return m.untaken(ctx)
	}
	return maker{}, attendance.Invalid{Field: "kind", Why: "is not one of register, month, shortage, student, absentees, not-taken"}
}

// span is the period that was asked for; its end is the midnight after the last
// day. Zero times are open.
func (m making) span() (from, until time.Time, err error) {
	if m.asked.From != "" {
		if from, err = m.day("from", m.asked.From); err != nil {
			return from, until, err
		}
	}
	if m.asked.To != "" {
		if until, err = m.day("to", m.asked.To); err != nil {
			return from, until, err
		}
		until = attendance.NextDay(until)
		if !from.Before(until) {
			return from, until, attendance.Invalid{Field: "to", Why: "is before from: swap them"}
		}
	}
	return from, until, nil
}

// days are the first and the last day that were asked for: today, when none was.
func (m making) days(most int) (first, last time.Time, err error) {
	from, until, err := m.span()
	if err != nil {
		return from, until, err
	}
	today := attendance.Midnight(m.now, m.school.Zone)
	switch {
	case from.IsZero() && until.IsZero():
		from, until = today, attendance.NextDay(today)
	case from.IsZero():
		y, mo, d := until.Date()
		from = time.Date(y, mo, d-1, 0, 0, 0, 0, until.Location())
	case until.IsZero():
		until = attendance.NextDay(from)
	}
	last = from
	for n := 1; attendance.NextDay(last).Before(until); n++ {
		if n == most {
			return from, last, attendance.Invalid{Field: "to", Why: fmt.Sprintf("at most %d days at once: ask for fewer", most)}
		}
		last = attendance.NextDay(last)
	}
	if from.After(today) {
		return from, last, attendance.Invalid{Field: "from", Why: "is in the future: nothing was held yet"}
	}
	return from, last, nil
}

func (m making) day(field, s string) (time.Time, error) {
	t, err := time.ParseInLocation(time.DateOnly, s, m.school.Zone)
	if err != nil {
		return t, attendance.Invalid{Field: field, Why: "is not a day: write one such as 2026-11-22"}
	}
	return t, nil
}

// courses are those that the report is about, and how many cells their registers have.
func (m making) courses(ctx context.Context) ([]attendance.SubjectCourse, int, error) {
	all, err := m.School.ReportCourses(ctx, m.asked.Term, m.asked.Course, m.asked.Student)
	cells := 0
	for _, c := range all {
		cells += c.Sessions * c.Students
	}
	return all, cells, err
}
