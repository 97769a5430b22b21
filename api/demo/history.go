package demo

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// sessionsEach is how many classes every course has held.
const sessionsEach = 10

// minutes a demo class lasts.
const classMinutes = 50

// History is the facts of the classes already held, as the server named by node
// would have made them, oldest first. About four students in five were there.
func (s School) History(node attendance.ID) ([]attendance.Fact, error) {
	days := schoolDays(s.Today, sessionsEach)
	var out []attendance.Fact
	for c := range s.Courses {
		// A habit for each student and course: most come nearly always, a few seldom.
		chance := rand.New(rand.NewPCG(80, uint64(c))) //nolint:gosec // the same day must give the same school
		habit := make([]float64, groupSize)
		for i := range habit {
			habit[i] = min(0.99, 0.55+0.42*chance.Float64()+0.1*chance.Float64())
			if chance.IntN(10) == 0 {
				habit[i] = 0.35 + 0.2*chance.Float64()
			}
		}
		for d, day := range days {
			start := day.Add(time.Duration(9+c%7) * time.Hour)
			facts, err := s.class(node, c, d, start, habit, chance)
			if err != nil {
				return nil, fmt.Errorf("demo class %d of %s: %w", d, s.Courses[c].Code, err)
			}
			out = append(out, facts...)
		}
	}
	slices.SortStableFunc(out, func(a, b attendance.Fact) int { return a.Effective().Compare(b.Effective()) })
	return out, nil
}

// schoolDays are the last n days before a day that are not a Sunday.
func schoolDays(before time.Time, n int) []time.Time {
	var days []time.Time
	for d := before.AddDate(0, 0, -1); len(days) < n; d = d.AddDate(0, 0, -1) {
		if d.Weekday() != time.Sunday {
			days = append(days, d)
		}
	}
	slices.Reverse(days)
	return days
}

// class is one session: opened, fingers on the scanner, a word of the teacher for
// a few, ended.
func (s School) class(node attendance.ID, course, day int, start time.Time, habit []float64, chance *rand.Rand) ([]attendance.Fact, error) {
	session := id("session", course*sessionsEach+day)
	teacher := s.Teachings[course].Teacher
	group := course % groups
	n := 0
	var out []attendance.Fact
	add := func(at time.Time, f attendance.Fact) error {
		f.ID = attendance.Derive("demo fact", session[:], binary.BigEndian.AppendUint32(nil, uint32(n)))
		n++
		f.Node, f.Session = node, session
		f.Stamp = attendance.Stamp{
			WallMS: at.UnixMilli(), Segment: session, MonoMS: at.Sub(start).Milliseconds(),
			HLC: attendance.HLCAt(at) + attendance.HLC(n),
		}
		if err := f.Seal(); err != nil {
			return err
		}
		out = append(out, f)
		return nil
	}
	end := start.Add(classMinutes * time.Minute)
	err := add(start, attendance.Fact{Kind: attendance.SessionOpened, Actor: teacher, Opening: &attendance.Opening{
		Course: s.Courses[course].ID, Kind: attendance.Offline, Topic: fmt.Sprintf("Unit %d", day/2+1),
		ClosesMS: end.Add(attendance.Grace).UnixMilli(), Policy: attendance.DefaultPolicy(),
	}})
	for i := 0; i < groupSize && err == nil; i++ {
		student := s.Students[group*groupSize+i].ID
		at := start.Add(time.Duration(30+chance.IntN(500)) * time.Second)
		switch {
		case chance.Float64() < habit[i]:
			if chance.IntN(25) == 0 {
				at = start.Add(time.Duration(11+chance.IntN(10)) * time.Minute) // late
			}
			err = add(at, attendance.Fact{
				Kind: attendance.MarkSeen, Student: student, Roll: i + 1, Actor: id("scanner", group),
				Class: attendance.Evidence, Status: attendance.Present, Method: attendance.Biometric,
				Device: &attendance.DeviceRef{ID: id("scanner", group)},
			})
		case chance.IntN(12) == 0:
			err = add(at, attendance.Fact{
				Kind: attendance.MarkSet, Student: student, Actor: teacher, Class: attendance.Teacher,
				Status: attendance.Excused, Method: attendance.Manual, Reason: "Medical",
			})
		}
	}
	if err == nil {
		err = add(end, attendance.Fact{Kind: attendance.SessionEnded, Actor: teacher, ClosedAt: end.UnixMilli()})
	}
	return out, err
}
