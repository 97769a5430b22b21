package cloudtest

import (
	"fmt"
	"testing"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
)

// PIN is the teacher's.
const PIN = "246810"

// School is one course with one teacher, and students with the rolls 1, 2, 3 …
type School struct {
	Course   attendance.FeedCourse
	Teacher  attendance.FeedTeacher
	Students []attendance.FeedStudent
}

// School puts a school into the feed.
func (c *Cloud) School(t testing.TB, students int) School {
	t.Helper()
	hash, err := auth.HashSecret(PIN)
	if err != nil {
		t.Fatal(err)
	}
	s := School{
		Course:  attendance.FeedCourse{ID: NewID(t), Code: "CS301", Name: "Databases", DefaultMinutes: 50},
		Teacher: attendance.FeedTeacher{ID: NewID(t), Name: "Asha Rao", Code: "T1", PINHash: hash},
	}
	hold := attendance.FeedTeaching{ID: NewID(t), Course: s.Course.ID, Teacher: s.Teacher.ID, FromMS: 1}
	c.Put(Row(attendance.CourseRow, s.Course.ID, s.Course), Row(attendance.TeacherRow, s.Teacher.ID, s.Teacher),
		Row(attendance.TeachingRow, hold.ID, hold))
	for i := range students {
		st := attendance.FeedStudent{ID: NewID(t), Name: fmt.Sprintf("Student %d & <friends>", i+1), UniversityRoll: fmt.Sprintf("00%d", i+1)}
		e := attendance.FeedEnrolment{ID: NewID(t), Course: s.Course.ID, Student: st.ID, Roll: i + 1, FromMS: 1}
		c.Put(Row(attendance.StudentRow, st.ID, st), Row(attendance.EnrolmentRow, e.ID, e))
		s.Students = append(s.Students, st)
	}
	return s
}

// Rao is the teacher as the domain knows her.
func (s School) Rao() attendance.Actor {
	return attendance.Actor{ID: s.Teacher.ID, Role: attendance.RoleTeacher}
}
