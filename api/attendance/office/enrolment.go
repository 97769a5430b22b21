package office

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// Place is a student in a course.
type Place struct {
	Student attendance.ID
	Roll    int
	From    time.Time // zero: now, or as it is
}

// Enrol makes places the complete list of a course, or changes nothing. Who is
// not on it leaves now, who is new comes now or when their place says, and a new
// roll number holds from now on: classes held before keep the old one. Two may
// swap theirs.
func (o Office) Enrol(ctx context.Context, course attendance.ID, places []Place) error {
	return o.change(ctx, func(ctx context.Context, d *desk) error {
		l, err := d.list(ctx, course, places, at)
		if err != nil {
			return err
		}
		wanted := map[attendance.ID]bool{}
		for _, p := range places {
			wanted[p.Student] = true
		}
		for student, e := range l.running {
			if wanted[student] {
				continue
			}
			if err := l.leave(ctx, e); err != nil {
				return err
			}
		}
		return l.enter(ctx, places, at)
	})
}

// EnrolOne adds one student to a course, or changes their roll; all others stay.
func (o Office) EnrolOne(ctx context.Context, course attendance.ID, p Place) error {
	one := func(_ int, field string) string { return field }
	return o.change(ctx, func(ctx context.Context, d *desk) error {
		if _, err := d.Student(ctx, p.Student); err != nil {
			return err
		}
		l, err := d.list(ctx, course, []Place{p}, one)
		if err != nil {
			return err
		}
		return l.enter(ctx, []Place{p}, one)
	})
}

// Withdraw takes one student out of a course, now.
func (o Office) Withdraw(ctx context.Context, course, student attendance.ID) error {
	return o.change(ctx, func(ctx context.Context, d *desk) error {
		l, err := d.list(ctx, course, nil, at)
		if err != nil {
			return err
		}
		e, ok := l.running[student]
		if !ok {
			return attendance.Missing{What: "student of this course", Key: student.String()}
		}
		return l.leave(ctx, e)
	})
}

// at names a field of one entry of a list.
func at(i int, field string) string { return fmt.Sprintf("[%d].%s", i, field) }

// list is the roster of one course while it is changed.
type list struct {
	*desk
	course  attendance.ID
	all     map[attendance.ID]attendance.FeedEnrolment // by row, as they will be
	running map[attendance.ID]attendance.FeedEnrolment // by student
}

// list reads a course's roster and checks places against themselves and the
// school. Nobody else changes the roster until the change is done.
func (d *desk) list(ctx context.Context, course attendance.ID, places []Place, name func(int, string) string) (*list, error) {
	c, err := d.Course(ctx, course)
	if err != nil {
		return nil, err
	}
	d.tick()
	if c.Archived && len(places) > 0 {
		return nil, attendance.Invalid{Field: name(0, "student"), Why: "this course is archived: restore it first"}
	}
	if err := d.checkPlaces(ctx, places, name); err != nil {
		return nil, err
	}
	rows, err := d.EnrolmentsIn(ctx, course)
	if err != nil {
		return nil, err
	}
	d.follow(rows)
	l := &list{desk: d, course: course, all: map[attendance.ID]attendance.FeedEnrolment{}, running: map[attendance.ID]attendance.FeedEnrolment{}}
	for _, e := range rows {
		l.all[e.ID] = e
		if had, ok := l.running[e.Student]; d.running(e.ToMS) && (!ok || had.ToMS != 0) {
			l.running[e.Student] = e
		}
	}
	return l, nil
}

// skew is how far the clock of another server of the same school may be ahead.
const skew = 10 * time.Second

// follow sees to it that a change comes after those before it, even if they were
// made by a server whose clock is a little ahead.
func (d *desk) follow(rows []attendance.FeedEnrolment) {
	now, far := d.ms(), d.now.Add(skew).UnixMilli()
	for _, e := range rows {
		for _, ms := range []int64{e.FromMS, e.ToMS} {
			if ms > now && ms <= far {
				now = ms
			}
		}
	}
	d.now = time.UnixMilli(now)
}

func (d *desk) checkPlaces(ctx context.Context, places []Place, name func(int, string) string) error {
	students, rolls := map[attendance.ID]int{}, map[int]int{}
	ids := make([]attendance.ID, len(places))
	for i, p := range places {
		ids[i] = p.Student
		if p.Roll < 1 || p.Roll > maxRoll {
			return attendance.Invalid{Field: name(i, "roll"), Why: fmt.Sprintf("must be between 1 and %d", maxRoll)}
		}
		if j, twice := students[p.Student]; twice {
			return attendance.Invalid{Field: name(i, "student"), Why: fmt.Sprintf("is on the list twice: entry %d names them, too", j)}
		}
		if j, twice := rolls[p.Roll]; twice {
			return attendance.Invalid{Field: name(i, "roll"), Why: fmt.Sprintf("is on the list twice: entry %d has it, too", j)}
		}
		students[p.Student], rolls[p.Roll] = i, i
		if ms := attendance.UnixMS(p.From); ms != 0 && (ms < earliest || ms >= latest) {
			return attendance.Invalid{Field: name(i, "from"), Why: "must be in this century"}
		}
	}
	known, err := d.Students(ctx, ids)
	if err != nil {
		return err
	}
	there := map[attendance.ID]attendance.StudentEntry{}
	for _, s := range known {
		there[s.ID] = s
	}
	for i, p := range places {
		s, ok := there[p.Student]
		if !ok {
			return attendance.Invalid{Field: name(i, "student"), Why: "there is no such student"}
		}
		if s.Archived {
			return attendance.Invalid{Field: name(i, "student"), Why: "this student is archived: restore them first"}
		}
	}
	return nil
}

// maxRoll is far more than any class has, and fits every database and scanner.
const maxRoll = 1_000_000

// enter makes places true. All that ends does so before anything begins, so that
// a roll is free when its next holder takes it.
func (l *list) enter(ctx context.Context, places []Place, name func(int, string) string) error {
	fresh := make([]attendance.FeedEnrolment, 0, len(places))
	index := map[attendance.ID]int{}
	for i, p := range places {
		e, runs := l.running[p.Student]
		begin := attendance.UnixMS(p.From)
		if runs && e.Roll == p.Roll {
			if begin == 0 || begin == e.FromMS {
				continue
			}
			if e.ToMS != 0 && e.ToMS <= begin {
				return attendance.Invalid{Field: name(i, "from"), Why: "must be before the enrolment's end" + until(e.ToMS)}
			}
			e.FromMS = begin // it was written down wrong
			fresh, index[e.ID] = append(fresh, e), i
			continue
		}
		next := attendance.FeedEnrolment{Course: l.course, Student: p.Student, Roll: p.Roll, FromMS: l.ms()}
		if runs {
			if err := l.leave(ctx, e); err != nil {
				return err
			}
			next.ToMS, next.FromMS = e.ToMS, max(l.ms(), e.FromMS)
		}
		if begin != 0 && (!runs || begin != e.FromMS) {
			next.FromMS = begin
		}
		var err error
		if next.ID, err = l.newID(); err != nil {
			return err
		}
		fresh, index[next.ID] = append(fresh, next), i
	}
	for _, e := range fresh {
		l.all[e.ID] = e
	}
	others := slices.SortedFunc(maps.Values(l.all), func(a, b attendance.FeedEnrolment) int {
		return cmp.Or(cmp.Compare(a.FromMS, b.FromMS), a.ID.Compare(b.ID))
	})
	for _, e := range fresh {
		if err := clashes(e, others, index[e.ID], name); err != nil {
			return err
		}
		if err := l.PutEnrolment(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// clashes refuses an enrolment that would give a roll to two students, or a student
// two rolls, at any one moment. Of several clashes it always names the same one.
func clashes(e attendance.FeedEnrolment, others []attendance.FeedEnrolment, i int, name func(int, string) string) error {
	at := func(same func(attendance.FeedEnrolment) bool) (attendance.FeedEnrolment, bool) {
		j := slices.IndexFunc(others, func(o attendance.FeedEnrolment) bool {
			return o.ID != e.ID && overlap(o.FromMS, o.ToMS, e.FromMS, e.ToMS) && same(o)
		})
		if j < 0 {
			return attendance.FeedEnrolment{}, false
		}
		return others[j], true
	}
	if o, held := at(func(o attendance.FeedEnrolment) bool { return o.Roll == e.Roll && o.Student != e.Student }); held {
		return attendance.Taken{Field: name(i, "roll"), Why: "another student of this course has this roll in that time" + until(o.ToMS)}
	}
	if o, here := at(func(o attendance.FeedEnrolment) bool { return o.Student == e.Student }); here {
		return attendance.Taken{Field: name(i, "from"), Why: "they were in this course then" + until(o.ToMS) + ": choose a later time"}
	}
	return nil
}

func (l *list) leave(ctx context.Context, e attendance.FeedEnrolment) error {
	if e.FromMS >= l.ms() {
		delete(l.all, e.ID)
	} else {
		e.ToMS = l.ms()
		l.all[e.ID] = e
	}
	delete(l.running, e.Student)
	return l.desk.leave(ctx, e)
}

// leave ends an enrolment now, and drops it when it has not begun.
func (d *desk) leave(ctx context.Context, e attendance.FeedEnrolment) error {
	if e.FromMS >= d.ms() {
		return d.Remove(ctx, attendance.EnrolmentRow, e.ID.String())
	}
	e.ToMS = d.ms()
	return d.PutEnrolment(ctx, e)
}
