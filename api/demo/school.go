// Package demo makes a school to try things with: one term, eight teachers,
// twenty courses, six hundred students and four weeks of classes already held.
// The same day always gives the same school. Everybody in it is invented.
//
// It only makes values; who stores them is the server's affair.
package demo

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// PIN is every demo teacher's.
const PIN = "246810"

// How big it is.
const (
	teachers       = 8
	courses        = 20
	groups         = 10 // of students; each takes two courses
	groupSize      = 60
	coursesOfGroup = courses / groups
)

// Term is when the demo school's courses are taught.
type Term struct {
	ID         attendance.ID
	Name       string
	Start, End time.Time
}

// Student is a student with what only the cloud keeps.
type Student struct {
	attendance.FeedStudent
	Email string
}

// School is the demo school's roster.
type School struct {
	Today      time.Time
	Term       Term
	Teachers   []attendance.FeedTeacher // without PINHash
	Courses    []attendance.FeedCourse
	Teachings  []attendance.FeedTeaching
	Students   []Student
	Enrolments []attendance.FeedEnrolment
}

// id names the n-th thing of a kind.
func id(kind string, n int) attendance.ID {
	return attendance.Derive("demo "+kind, binary.BigEndian.AppendUint64(nil, uint64(n)))
}

// Make makes the school as it is on a day.
func Make(now time.Time) School {
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	s := School{Today: today, Term: Term{
		ID: id("term", 0), Name: termName(today), Start: today.AddDate(0, -3, 0), End: today.AddDate(0, 2, 0),
	}}
	from := s.Term.Start.UnixMilli()
	for i := range teachers {
		s.Teachers = append(s.Teachers, attendance.FeedTeacher{ID: id("teacher", i), Name: teacherNames[i], Code: fmt.Sprintf("T%02d", i+1)})
	}
	for i := range courses {
		c := attendance.FeedCourse{ID: id("course", i), Code: courseList[i].code, Name: courseList[i].name, DefaultMinutes: 50}
		s.Courses = append(s.Courses, c)
		s.Teachings = append(s.Teachings, attendance.FeedTeaching{
			ID: id("teaching", i), Course: c.ID, Teacher: s.Teachers[i%teachers].ID, FromMS: from,
		})
	}
	chance := rand.New(rand.NewPCG(600, 20)) //nolint:gosec // the same day must give the same school
	for i := range groups * groupSize {
		name := studentName(chance, i)
		roll := fmt.Sprintf("%02d%03d%04d", today.Year()%100, 301+i/groupSize, i%groupSize+1)
		st := Student{
			FeedStudent: attendance.FeedStudent{
				ID: id("student", i), Name: name, UniversityRoll: roll, EnrolmentNo: fmt.Sprintf("EN%d%05d", today.Year(), i+1),
			},
			Email: fmt.Sprintf("s%s@students.example", roll),
		}
		s.Students = append(s.Students, st)
		for k := range coursesOfGroup {
			course := i/groupSize + k*groups
			s.Enrolments = append(s.Enrolments, attendance.FeedEnrolment{
				ID: id("enrolment", i*coursesOfGroup+k), Course: s.Courses[course].ID, Student: st.ID,
				Roll: i%groupSize + 1, FromMS: from,
			})
		}
	}
	return s
}

func termName(day time.Time) string {
	if day.Month() >= time.July {
		return fmt.Sprintf("Monsoon %d", day.Year())
	}
	return fmt.Sprintf("Spring %d", day.Year())
}
