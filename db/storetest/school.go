package storetest

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// School is a small school: three courses (one archived), three teachers and the
// students of the first course by roll. Rows is all of it as the feed carries it.
type School struct {
	DBMS, Maths, Old attendance.FeedCourse
	// Rao holds DBMS and Maths, Bose holds Maths; Sen held DBMS once.
	Rao, Bose, Sen attendance.FeedTeacher
	// Students hold the rolls 1, 2, 3 … of DBMS; the first two take Maths as well.
	Students []attendance.FeedStudent
	// Left had roll 3 of DBMS before, and left at Turned, when Students[2] came.
	Left   attendance.FeedStudent
	Turned time.Time
	Rows   []attendance.Change
}

var (
	longAgo = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	farOff  = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
)

func newSchool(t *testing.T) *School {
	t.Helper()
	s := &School{
		DBMS:   attendance.FeedCourse{ID: newID(t), Code: "CS301", Name: "Databases", DefaultMinutes: 50},
		Maths:  attendance.FeedCourse{ID: newID(t), Code: "MA201", Name: "Mathematics", DefaultMinutes: 60},
		Old:    attendance.FeedCourse{ID: newID(t), Code: "CS100", Name: "Punched cards", DefaultMinutes: 60, Archived: true},
		Rao:    attendance.FeedTeacher{ID: newID(t), Name: "Asha Rao", Code: "T1", PINHash: "pin of Rao"},
		Bose:   attendance.FeedTeacher{ID: newID(t), Name: "Bimal Bose", Code: "T2", PINHash: "pin of Bose"},
		Sen:    attendance.FeedTeacher{ID: newID(t), Name: "Chitra Sen", Code: "T3", PINHash: "pin of Sen"},
		Turned: time.Date(2021, 6, 1, 0, 0, 0, 0, time.UTC),
	}
	for _, c := range []attendance.FeedCourse{s.DBMS, s.Maths, s.Old} {
		s.add(attendance.CourseRow, c.ID, c)
	}
	for _, in := range []attendance.FeedTeacher{s.Rao, s.Bose, s.Sen} {
		s.add(attendance.TeacherRow, in.ID, in)
	}
	s.teaches(t, s.DBMS.ID, s.Rao.ID, longAgo, time.Time{})
	s.teaches(t, s.Maths.ID, s.Rao.ID, longAgo, farOff)
	s.teaches(t, s.Maths.ID, s.Bose.ID, longAgo, time.Time{})
	s.teaches(t, s.DBMS.ID, s.Sen.ID, longAgo, s.Turned)
	s.teaches(t, s.Maths.ID, s.Sen.ID, farOff, time.Time{})
	s.teaches(t, s.Old.ID, s.Rao.ID, longAgo, time.Time{})
	s.Left = s.student(t, 99)
	s.enrols(t, s.DBMS.ID, s.Left.ID, 3, longAgo, s.Turned)
	for i := range 6 {
		st := s.student(t, i+1)
		s.Students = append(s.Students, st)
		from := longAgo
		if i == 2 {
			from = s.Turned
		}
		s.enrols(t, s.DBMS.ID, st.ID, i+1, from, time.Time{})
		if i < 2 {
			s.enrols(t, s.Maths.ID, st.ID, 10-i, longAgo, time.Time{})
		}
	}
	return s
}

func (s *School) add(kind attendance.RowKind, id attendance.ID, row any) {
	s.Rows = append(s.Rows, rowOf(kind, id, row))
}

func rowOf(kind attendance.RowKind, id attendance.ID, row any) attendance.Change {
	b, err := json.Marshal(row)
	if err != nil {
		panic(err) // a feed struct always encodes
	}
	return attendance.Change{Kind: kind, Key: id.String(), Row: b}
}

func (s *School) student(t *testing.T, n int) attendance.FeedStudent {
	st := attendance.FeedStudent{
		ID: newID(t), Name: fmt.Sprintf("Student %d", n),
		UniversityRoll: fmt.Sprintf("00%d", n), EnrolmentNo: fmt.Sprintf("EN%d", n),
	}
	s.add(attendance.StudentRow, st.ID, st)
	return st
}

func (s *School) teaches(t *testing.T, course, teacher attendance.ID, from, to time.Time) {
	r := attendance.FeedTeaching{ID: newID(t), Course: course, Teacher: teacher, FromMS: attendance.UnixMS(from), ToMS: attendance.UnixMS(to)}
	s.add(attendance.TeachingRow, r.ID, r)
}

func (s *School) enrols(t *testing.T, course, student attendance.ID, roll int, from, to time.Time) {
	r := attendance.FeedEnrolment{
		ID: newID(t), Course: course, Student: student, Roll: roll,
		FromMS: attendance.UnixMS(from), ToMS: attendance.UnixMS(to),
	}
	s.add(attendance.EnrolmentRow, r.ID, r)
}

// rao is the teacher who does things in these tests.
func (s *School) rao() attendance.Actor { return as(s.Rao) }

func as(in attendance.FeedTeacher) attendance.Actor {
	return attendance.Actor{ID: in.ID, Role: attendance.RoleTeacher}
}
