package insight

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
)

// InsightStudentInput names the student. GET /api/admin/students?q= finds them.
type InsightStudentInput struct {
	ID attendance.ID `path:"id" format:"uuid" doc:"GET /api/admin/students?q= finds it."`
	ScopeInput
}

type insightPerson struct {
	ID           attendance.ID `json:"id" format:"uuid"`
	StudentName  string        `json:"student_name"`
	UniRoll      string        `json:"university_roll_no"`
	EnrollmentNo string        `json:"enrollment_no"`
}

type insightOwnCourse struct {
	CourseID      attendance.ID `json:"course_id" format:"uuid"`
	CourseCode    string        `json:"course_code"`
	CourseName    string        `json:"course_name"`
	ClassRollID   int           `json:"class_roll_id"`
	PresentCount  int           `json:"present_count"`
	AbsentCount   int           `json:"absent_count"`
	ExcusedCount  int           `json:"excused_count"`
	TotalSessions int           `json:"total_sessions"`
	Percentage    float64       `json:"percentage"`
	Status        string        `json:"status" enum:"none,safe,warning,critical"`
	Missed        int           `json:"consecutive_absences"`
}

type insightAbsence struct {
	ID         attendance.ID `json:"id" format:"uuid"`
	StartTime  time.Time     `json:"start_time"`
	CourseName string        `json:"course_name"`
	CourseCode string        `json:"course_code"`
}

type insightStudentView struct {
	Student       insightPerson      `json:"student"`
	Courses       []insightOwnCourse `json:"courses" doc:"In which they are enrolled now, by course code."`
	OverallPct    float64            `json:"overall_percentage"`
	OverallStatus string             `json:"overall_status" enum:"none,safe,warning,critical"`
	TotalPresent  int                `json:"total_present"`
	TotalPossible int                `json:"total_possible"`
	Absences      []insightAbsence   `json:"recent_absences" doc:"At most 20, newest first."`
}

// mostAbsences is how many absences are listed.
const mostAbsences = 20

func (d Deps) student(api huma.API) {
	handle(api, get("get-student-insight", "student/{id}", "How a student stands", http.StatusNotFound), d.getStudent)
}

func (d Deps) getStudent(ctx context.Context, in *InsightStudentInput) (*insightStudentView, table, error) {
	t := in.table("student", "Course code", "Course", "Roll", "Attended", "Absent", "Excused", "Sessions", "%", "Status")
	scope, err := d.scope(ctx, in.Semester, in.PeriodInput)
	if err != nil {
		return nil, t, err
	}
	var book attendance.Book
	err = d.Figures.InFigures(ctx, func(ctx context.Context, tx attendance.Figures) (err error) {
		book, err = d.Service.Book(ctx, tx, in.ID)
		return err
	})
	if err != nil {
		return nil, t, err
	}
	pages := book.Between(scope).Attending(scope.Term)
	all, who := attendance.ShareOf(pages), book.Student
	out := &insightStudentView{
		Student: insightPerson{ID: who.Student, StudentName: who.Name, UniRoll: who.UniversityRoll, EnrollmentNo: who.EnrolmentNo},
		Courses: []insightOwnCourse{}, OverallPct: shown(all.Percent()), OverallStatus: string(all.Band(book.School.Policy)),
		TotalPossible: all.Held, Absences: []insightAbsence{},
	}
	for _, p := range pages {
		b := insightOwnCourse{
			CourseID: p.Course.ID, CourseCode: p.Course.Code, CourseName: p.Course.Name, ClassRollID: p.Member.Roll,
			PresentCount: p.There(), AbsentCount: p.Absent, ExcusedCount: p.Excused, TotalSessions: p.Held(),
			Percentage: shown(p.Percent(p.Policy)), Status: string(p.StudentCount.Band), Missed: p.Missed,
		}
		out.TotalPresent += b.PresentCount
		out.Courses = append(out.Courses, b)
		t.add(b.CourseCode, b.CourseName, b.ClassRollID, b.PresentCount, b.AbsentCount, b.ExcusedCount, b.TotalSessions, b.Percentage, b.Status)
	}
	for i, a := range attendance.Absences(pages) {
		if i == mostAbsences {
			break
		}
		out.Absences = append(out.Absences, insightAbsence{
			ID: a.Session.ID, StartTime: moment(a.Session.OpenedAt), CourseName: a.Course.Name, CourseCode: a.Course.Code,
		})
	}
	return out, t, nil
}
