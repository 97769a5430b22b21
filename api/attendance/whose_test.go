package attendance_test

import (
	"errors"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

func TestWhoMayReadASheet(t *testing.T) {
	t.Parallel()
	b := setup(t)
	course, other := small('C', 1), attendance.Actor{ID: actor(2), Role: attendance.RoleTeacher}
	own := attendance.Actor{ID: student(1), Role: attendance.RoleStudent}
	sheet := func(by attendance.Actor, of attendance.ID) error {
		_, err := b.StudentSheet(b.ctx, by, of, []attendance.ID{course}, time.Time{}, time.Time{})
		return err
	}
	day := func(by attendance.Actor) error {
		_, err := b.ShortRegister(b.ctx, by, course, noon, noon.Add(time.Hour))
		return err
	}
	for _, c := range []struct {
		name string
		err  error
		want error
	}{
		{"a student their own", sheet(own, student(1)), nil},
		{"a student another's", sheet(own, student(2)), attendance.ErrForbidden},
		{"the course's teacher", sheet(b.by, student(1)), nil},
		{"another teacher", sheet(other, student(1)), attendance.ErrForbidden},
		{"the office", sheet(attendance.Actor{ID: actor(3), Role: attendance.RoleAdmin}, student(1)), nil},
		{"a course that the student never took", sheet(b.by, student(3)), attendance.ErrNotFound},
		{"the teacher a day", day(b.by), nil},
		{"another teacher a day", day(other), attendance.ErrForbidden},
		{"a student a day", day(own), attendance.ErrForbidden},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if !errors.Is(c.err, c.want) {
				t.Errorf("got %v, want %v", c.err, c.want)
			}
		})
	}
}
