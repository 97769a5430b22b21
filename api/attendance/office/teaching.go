package office

import (
	"context"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// Teach lets one more teacher hold a course, beside those who do: from a time,
// now if zero, to a time, open if zero. A substitute has an end.
func (o Office) Teach(ctx context.Context, course, teacher attendance.ID, from, to time.Time) error {
	return o.change(ctx, func(ctx context.Context, d *desk) error {
		if _, err := d.Course(ctx, course); err != nil {
			return err
		}
		d.tick()
		if err := d.checkTeacherOf(ctx, teacher); err != nil {
			return err
		}
		if from.IsZero() {
			from = d.now
		}
		te := attendance.FeedTeaching{Course: course, Teacher: teacher, FromMS: from.UnixMilli(), ToMS: attendance.UnixMS(to)}
		if err := checkPeriod(te.FromMS, te.ToMS); err != nil {
			return err
		}
		all, err := d.Teachings(ctx, course)
		if err != nil {
			return err
		}
		for _, other := range all {
			if other.Teacher == teacher && overlap(other.FromMS, other.ToMS, te.FromMS, te.ToMS) {
				return attendance.Taken{Field: "teacher", Why: "holds this course in that time already" + until(other.ToMS)}
			}
		}
		return d.put(ctx, te)
	})
}

// EndTeaching takes a course from a teacher now: what has begun ends, what was to
// come is dropped. A main teacher is one no more.
func (o Office) EndTeaching(ctx context.Context, course, teacher attendance.ID) error {
	return o.change(ctx, func(ctx context.Context, d *desk) error {
		if _, err := d.Course(ctx, course); err != nil {
			return err
		}
		d.tick()
		ended, err := d.endTeachings(ctx, course, teacher)
		if err == nil && ended == 0 {
			return attendance.Missing{What: "teacher of this course", Key: teacher.String()}
		}
		return err
	})
}

// replaceMain ends one teacher's teaching and begins another's, who may hold the
// course already.
func (d *desk) replaceMain(ctx context.Context, course, was, next attendance.ID) error {
	if !was.IsZero() {
		if _, err := d.endTeachings(ctx, course, was); err != nil {
			return err
		}
	}
	return d.beginTeaching(ctx, course, next)
}

// beginTeaching makes a teacher hold a course from now on, without an end.
func (d *desk) beginTeaching(ctx context.Context, course, teacher attendance.ID) error {
	all, err := d.Teachings(ctx, course)
	if err != nil {
		return err
	}
	for _, te := range all {
		if te.Teacher != teacher || !d.running(te.ToMS) {
			continue
		}
		if te.FromMS <= d.ms() { // a substitute stays
			te.ToMS = 0
			return d.PutTeaching(ctx, te)
		}
		// It was to begin later, and begins now.
		if err := d.Remove(ctx, attendance.TeachingRow, te.ID.String()); err != nil {
			return err
		}
	}
	return d.put(ctx, attendance.FeedTeaching{Course: course, Teacher: teacher, FromMS: d.ms()})
}

func (d *desk) put(ctx context.Context, te attendance.FeedTeaching) (err error) {
	if te.ID, err = d.newID(); err != nil {
		return err
	}
	return d.PutTeaching(ctx, te)
}

func (d *desk) endTeachings(ctx context.Context, course, teacher attendance.ID) (ended int, err error) {
	all, err := d.Teachings(ctx, course)
	if err != nil {
		return 0, err
	}
	for _, te := range all {
		if te.Teacher != teacher || !d.running(te.ToMS) {
			continue
		}
		if err := d.endTeaching(ctx, te); err != nil {
			return 0, err
		}
		ended++
	}
	return ended, nil
}

// endTeaching ends one now, and drops it when it has not begun.
func (d *desk) endTeaching(ctx context.Context, te attendance.FeedTeaching) error {
	c, err := d.Course(ctx, te.Course)
	if err != nil {
		return err
	}
	if c.Teacher == te.Teacher {
		c.Teacher = attendance.ID{}
		if err := d.PutCourse(ctx, c); err != nil {
			return err
		}
	}
	if te.FromMS >= d.ms() {
		return d.Remove(ctx, attendance.TeachingRow, te.ID.String())
	}
	te.ToMS = d.ms()
	return d.PutTeaching(ctx, te)
}

// Times that a form may name; others are slips of the hand.
var (
	earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	latest   = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
)

func checkPeriod(from, to int64) error {
	switch {
	case from < earliest || from >= latest:
		return attendance.Invalid{Field: "from", Why: "must be in this century"}
	case to != 0 && to <= from:
		return attendance.Invalid{Field: "to", Why: "must be after the beginning"}
	case to >= latest:
		return attendance.Invalid{Field: "to", Why: "must be in this century"}
	}
	return nil
}

// overlap reports whether two periods share a moment; an end of 0 is none.
func overlap(from1, to1, from2, to2 int64) bool {
	return (to2 == 0 || from1 < to2) && (to1 == 0 || from2 < to1)
}

func until(ms int64) string {
	if ms == 0 {
		return ""
	}
	return ", until " + attendance.FromMS(ms).Format(time.RFC3339)
}
