package reports

import (
	"context"
	"io"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/sheet"
)

// mostDays is how many days the registers not taken are looked for at once.
const mostDays = 31

// absentees is who was not there on one day.
func (m making) absentees(ctx context.Context) (maker, error) {
	day, _, err := m.days(1)
	if err != nil {
		return maker{}, err
	}
	held, cells, err := m.held(ctx, day, attendance.NextDay(day))
	if err != nil {
		return maker{}, err
	}
	return maker{name: "Absentees_" + day.Format(time.DateOnly), cells: cells, write: func(ctx context.Context, w io.Writer, progress func(int, int)) error {
		list := sheet.AbsenteeList{School: m.school.Name, Day: day, Now: m.now}
		for i, c := range held {
			reg, err := m.Service.ShortRegister(ctx, m.by, c.Course.ID, day, attendance.NextDay(day))
			if err != nil {
				return err
			}
			list.Rows = append(list.Rows, reg.Absentees()...)
			progress(i+1, len(held))
		}
		students := make([]attendance.ID, len(list.Rows))
		for i, a := range list.Rows {
			students[i] = a.Student
		}
		var err error
		if list.Contacts, err = m.School.Contacts(ctx, students); err != nil {
			return err
		}
		return sheet.Absentees(w, m.format, list)
	}}, nil
}

// held are the courses that met in a period, and how many cells that makes.
func (m making) held(ctx context.Context, from, until time.Time) ([]attendance.SubjectCourse, int, error) {
	began, err := m.School.Began(ctx, from, until)
	if err != nil {
		return nil, 0, err
	}
	times := map[attendance.ID]int{}
	for _, b := range began {
		times[b.Course]++
	}
	all, _, err := m.courses(ctx)
	var out []attendance.SubjectCourse
	cells := 0
	for _, c := range all {
		if n := times[c.Course.ID]; n > 0 {
			out = append(out, c)
			cells += n * c.Students
		}
	}
	return out, cells, err
}

// untaken is the registers that nobody took, over some days.
func (m making) untaken(ctx context.Context) (maker, error) {
	first, last, err := m.days(mostDays)
	if err != nil {
		return maker{}, err
	}
	until := attendance.NextDay(last)
	held, cells, err := m.held(ctx, first, until)
	if err != nil {
		return maker{}, err
	}
	name := "Registers_not_taken_" + first.Format(time.DateOnly)
	return maker{name: name, cells: cells, write: func(ctx context.Context, w io.Writer, progress func(int, int)) error {
		list := sheet.UntakenList{School: m.school.Name, From: first, To: last, Now: m.now}
		for i, c := range held {
			reg, err := m.Service.ShortRegister(ctx, m.by, c.Course.ID, first, until)
			if err != nil {
				return err
			}
			list.Rows = append(list.Rows, reg.UntakenIn()...)
			progress(i+1, len(held))
		}
		missed, err := m.missed(ctx, first, until)
		if err != nil {
			return err
		}
		list.Rows = append(list.Rows, missed...)
		attendance.SortUntaken(list.Rows)
		ids := make([]attendance.ID, len(list.Rows))
		for i, u := range list.Rows {
			ids[i] = u.Course.ID
		}
		if list.Teachers, err = m.School.TeacherNames(ctx, ids); err != nil {
			return err
		}
		return sheet.Untaken(w, m.format, list)
	}}, nil
}

// missed asks of every course and day whether it usually meets then and did not.
func (m making) missed(ctx context.Context, first, until time.Time) ([]attendance.Untaken, error) {
	all, _, err := m.courses(ctx)
	if err != nil {
		return nil, err
	}
	began, err := m.School.Began(ctx, attendance.HabitFrom(first), until)
	if err != nil {
		return nil, err
	}
	times := map[attendance.ID][]time.Time{}
	for _, b := range began {
		times[b.Course] = append(times[b.Course], b.At)
	}
	var out []attendance.Untaken
	for _, c := range all {
		for day := first; day.Before(until); day = attendance.NextDay(day) {
			if u, yes := attendance.Missed(c.Course, c.Term, day, m.now, times[c.Course.ID]); yes {
				out = append(out, u)
			}
		}
	}
	return out, nil
}
