package insight

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
)

// InsightCourseInput names the course.
type InsightCourseInput struct {
	ID attendance.ID `path:"id" format:"uuid"`
	PeriodInput
}

type insightCourseHead struct {
	ID           attendance.ID `json:"id" format:"uuid"`
	CourseCode   string        `json:"course_code"`
	CourseName   string        `json:"course_name"`
	SemesterName *string       `json:"semester_name" nullable:"true"`
	TeacherName  *string       `json:"teacher_name" nullable:"true"`
}

type insightStudent struct {
	StudentID     attendance.ID `json:"student_id" format:"uuid"`
	StudentName   string        `json:"student_name"`
	UniRoll       string        `json:"university_roll_no"`
	ClassRollID   int           `json:"class_roll_id"`
	PresentCount  int           `json:"present_count" doc:"Counted as having been there."`
	AbsentCount   int           `json:"absent_count"`
	ExcusedCount  int           `json:"excused_count" doc:"Not among total_sessions."`
	TotalSessions int           `json:"total_sessions" doc:"Classes that count for this student: held since they enrolled, not excused."`
	Percentage    float64       `json:"percentage"`
	Status        string        `json:"status" enum:"none,safe,warning,critical"`
	Streak        int           `json:"current_streak"`
	Missed        int           `json:"consecutive_absences"`
}

type insightSession struct {
	ID            attendance.ID `json:"id" format:"uuid"`
	StartTime     time.Time     `json:"start_time"`
	Topic         string        `json:"topic"`
	SessionType   string        `json:"session_type" enum:"offline,online"`
	PresentCount  int           `json:"present_count"`
	TotalStudents int           `json:"total_students" doc:"Enrolled when it began."`
	Percent       *float64      `json:"percent" nullable:"true" doc:"Null: nobody had to be there."`
}

type insightCourseView struct {
	Course         insightCourseHead `json:"course"`
	EnrolledCount  int               `json:"enrolled_count" doc:"Enrolled now."`
	TotalSessions  int               `json:"total_sessions" doc:"Classes that have ended."`
	AttendanceRate float64           `json:"attendance_rate"`
	AtRisk         int               `json:"at_risk_count" doc:"Of those enrolled now, below the minimum."`
	MinimumPercent float64           `json:"minimum_percent"`
	Students       []insightStudent  `json:"students" doc:"Enrolled now, by class roll."`
	Trend          []insightSession  `json:"trend" doc:"Oldest first."`
}

func (d Deps) course(api huma.API) {
	handle(api, get("get-course-insight", "course/{id}", "How a course stands", http.StatusNotFound), d.getCourse)
}

func (d Deps) getCourse(ctx context.Context, in *InsightCourseInput) (*insightCourseView, table, error) {
	t := in.table("course", "Roll", "Student", "University roll", "Attended", "Absent", "Excused", "Sessions", "%", "Status")
	scope, err := d.scope(ctx, "", in.PeriodInput)
	if err != nil {
		return nil, t, err
	}
	var view attendance.CourseView
	var line attendance.CourseLine
	err = d.Figures.InFigures(ctx, func(ctx context.Context, tx attendance.Figures) (err error) {
		view, line, err = d.Service.CourseInsight(ctx, tx, in.ID)
		return err
	})
	if err != nil {
		return nil, t, err
	}
	view = view.Between(scope.From, scope.Until)
	count, ended, enrolled, policy := view.Count, view.Ended(), view.Enrolled(), view.Policy
	out := &insightCourseView{
		Course: insightCourseHead{
			ID: line.ID, CourseCode: line.Code, CourseName: line.Name, SemesterName: wordOrNull(line.TermName), TeacherName: wordOrNull(line.Teachers),
		},
		EnrolledCount: len(enrolled), TotalSessions: len(ended), AttendanceRate: shown(count.Sum().Percent(policy)),
		MinimumPercent: policy.Minimum, Students: make([]insightStudent, 0, len(enrolled)), Trend: make([]insightSession, len(ended)),
	}
	students := count.ByStudent()
	for _, m := range enrolled {
		b := insightStudentOf(m, students[m.Student], policy)
		if students[m.Student].Band.Low() {
			out.AtRisk++
		}
		out.Students = append(out.Students, b)
		t.add(b.ClassRollID, b.StudentName, b.UniRoll, b.PresentCount, b.AbsentCount, b.ExcusedCount, b.TotalSessions, b.Percentage, b.Status)
	}
	for i, se := range ended {
		out.Trend[i] = insightSessionOf(se, count.Sessions[i])
	}
	return out, t, nil
}

func insightSessionOf(se attendance.Session, c attendance.SessionCount) insightSession {
	out := insightSession{
		ID: se.ID, StartTime: moment(se.OpenedAt), Topic: se.Topic, SessionType: string(se.Kind), PresentCount: c.There(), TotalStudents: c.Expected,
	}
	if pct, held := c.Percent(se.Policy); held {
		pct = attendance.Rounded(pct)
		out.Percent = &pct
	}
	return out
}

func insightStudentOf(m attendance.Member, c attendance.StudentCount, p attendance.Policy) insightStudent {
	return insightStudent{
		StudentID: m.Student, StudentName: m.Name, UniRoll: m.UniversityRoll, ClassRollID: m.Roll,
		PresentCount: c.There(), AbsentCount: c.Absent, ExcusedCount: c.Excused, TotalSessions: c.Held(),
		Percentage: shown(c.Percent(p)), Status: string(c.Band), Streak: c.Current, Missed: c.Missed,
	}
}

// moment is a time as the contract writes it.
func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
