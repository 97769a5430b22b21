package insight

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
)

type insightCourse struct {
	ID             attendance.ID `json:"id" format:"uuid"`
	CourseCode     string        `json:"course_code"`
	CourseName     string        `json:"course_name"`
	TeacherName    *string       `json:"teacher_name" nullable:"true" doc:"Its teachers now, by name."`
	EnrolledCount  int           `json:"enrolled_count" doc:"Enrolled now."`
	SessionCount   int           `json:"session_count" doc:"Classes that have ended."`
	TotalMarks     int           `json:"total_marks" doc:"Counted as having been there: present, late, on duty."`
	AttendanceRate float64       `json:"attendance_rate" doc:"Attended ÷ held, of those enrolled when each class began."`
}

type insightOverview struct {
	TotalStudents   int             `json:"total_students" doc:"Enrolled now in the semester's courses; without a semester everybody who is not archived."`
	TotalCourses    int             `json:"total_courses"`
	TotalSessions   int             `json:"total_sessions" doc:"Classes that have ended."`
	OfflineSessions int             `json:"offline_sessions"`
	OnlineSessions  int             `json:"online_sessions"`
	ThisWeek        int             `json:"sessions_this_week" doc:"Of these, begun since midnight seven days ago, on the campus."`
	ThisMonth       int             `json:"sessions_this_month" doc:"Of these, begun in this month, on the campus."`
	TotalMarks      int             `json:"total_attendance_marks" doc:"Counted as having been there: present, late, on duty."`
	AvgPerSession   float64         `json:"avg_attendance_per_session" doc:"total_attendance_marks ÷ total_sessions."`
	OverallRate     float64         `json:"overall_attendance_rate" doc:"Attended ÷ held; at most 100."`
	AtRisk          int             `json:"at_risk_count" doc:"Students below the minimum in a course in which they are enrolled now."`
	SemesterID      *attendance.ID  `json:"semester_id" format:"uuid" nullable:"true"`
	Counting        int             `json:"counting_courses" doc:"0: every figure is exact. Else so many courses changed just now that the last change of these is not in it yet: ask again in a moment."`
	CourseSummary   []insightCourse `json:"course_summary" doc:"By course code."`
}

func (d Deps) overview(api huma.API) {
	handle(api, get("get-overview", "overview", "How the school stands", http.StatusNotFound), d.getOverview)
}

func (d Deps) getOverview(ctx context.Context, in *ScopeInput) (*insightOverview, table, error) {
	t := in.table("overview", "Course code", "Course", "Teacher", "Enrolled", "Sessions", "Attended", "Rate %")
	scope, err := d.scope(ctx, in.Semester, in.PeriodInput)
	if err != nil {
		return nil, t, err
	}
	var o attendance.Overview
	err = d.Figures.InFigures(ctx, func(ctx context.Context, tx attendance.Figures) (err error) {
		o, err = d.Service.Overview(ctx, tx, scope)
		return err
	})
	if err != nil {
		return nil, t, err
	}
	out := &insightOverview{
		TotalStudents: o.Students, TotalCourses: o.Courses, TotalSessions: o.Sessions, OnlineSessions: o.Online,
		OfflineSessions: o.Sessions - o.Online, ThisWeek: o.Week, ThisMonth: o.Month, TotalMarks: o.There,
		AvgPerSession: average(o.There, o.Sessions), OverallRate: shown(o.Percent()), AtRisk: o.AtRisk, SemesterID: idOrNull(scope.Term),
		Counting: o.Counting, CourseSummary: make([]insightCourse, len(o.Lines)),
	}
	for i, c := range o.Lines {
		b := courseBody(c)
		out.CourseSummary[i] = b
		t.add(b.CourseCode, b.CourseName, c.Teachers, b.EnrolledCount, b.SessionCount, b.TotalMarks, b.AttendanceRate)
	}
	return out, t, nil
}

func courseBody(c attendance.CourseSum) insightCourse {
	return insightCourse{
		ID: c.ID, CourseCode: c.Code, CourseName: c.Name, TeacherName: wordOrNull(c.Teachers), EnrolledCount: c.Enrolled,
		SessionCount: c.Sessions, TotalMarks: c.There(), AttendanceRate: shown(c.Percent(c.Policy)),
	}
}

// average is to one decimal, as the original's.
func average(sum, of int) float64 {
	if of == 0 {
		return 0
	}
	return attendance.Rounded(float64(sum) / float64(of))
}
