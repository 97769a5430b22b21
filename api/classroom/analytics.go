package classroom

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/api/sheet"
)

type trendPoint struct {
	SessionID attendance.ID `json:"session_id" format:"uuid"`
	StartTime time.Time     `json:"start_time"`
	Percent   *float64      `json:"percent" nullable:"true" doc:"Null: nobody had to be there."`
}

type riskBody struct {
	StudentID         attendance.ID `json:"student_id" format:"uuid"`
	ClassRollID       int           `json:"class_roll_id"`
	StudentName       string        `json:"student_name"`
	UniversityRoll    string        `json:"university_roll_no"`
	PresentCount      int           `json:"present_count" doc:"Sessions that count as present."`
	TotalSessions     int           `json:"total_sessions" doc:"Sessions that count for this student: held since they enrolled, not excused."`
	AttendancePercent float64       `json:"attendance_percent"`
	Status            string        `json:"status" enum:"Critical,Warning"`
	SessionsNeeded    int           `json:"sessions_needed" doc:"Classes in a row that bring them to the minimum; -1: out of reach."`
	CanMiss           int           `json:"can_miss" doc:"Classes they can miss and stay at the minimum."`
}

type analyticsOutputBody struct {
	AvgAttendancePercent float64      `json:"avg_attendance_percent" doc:"Attended ÷ held, over all students and all sessions that have ended."`
	EnrolledCount        int          `json:"enrolled_count"`
	TotalSessions        int          `json:"total_sessions" doc:"Sessions that have ended."`
	MinimumPercent       float64      `json:"minimum_percent" doc:"At or above is safe."`
	CriticalPercent      float64      `json:"critical_percent" doc:"Below is critical."`
	Trend                []trendPoint `json:"trend" doc:"Oldest first."`
	TrendGraphBase64     *string      `json:"trend_graph_base64" nullable:"true" doc:"Always null: the trend is data, and the page draws it."`
	AtRiskStudents       []riskBody   `json:"at_risk_students" doc:"Students below the minimum, worst first."`
	Message              string       `json:"message,omitempty" doc:"Why there is nothing to show." example:"No sessions found for this course"`
}

type analyticsInput struct {
	CoursePath
	From   string `query:"from" format:"date" doc:"The first day, on the campus: only classes since then count." example:"2026-11-01"`
	To     string `query:"to" format:"date" doc:"The last day, on the campus." example:"2026-11-30"`
	Format string `query:"format" enum:"json,csv" default:"json" doc:"csv: the students at risk as a file, in which no text can become a formula."`
}

func (d Deps) analytics(api huma.API) {
	rest.HandleFile(api, ofTeacher(huma.Operation{
		OperationID: "get-course-analytics", Method: http.MethodGet, Path: "/api/teacher/analytics/{course_id}",
		Summary: "How a course stands, and who is at risk", Errors: []int{http.StatusForbidden, http.StatusNotFound},
	}), reflect.TypeFor[analyticsOutputBody](), []string{sheet.CSVType}, d.courseAnalytics)
}

func (d Deps) courseAnalytics(ctx context.Context, in *analyticsInput) (*rest.File, error) {
	view, err := d.Service.CourseView(ctx, auth.From(ctx).Actor, in.CourseID)
	if err != nil {
		return nil, err
	}
	from, until, err := in.days(view.Zone)
	if err != nil {
		return nil, err
	}
	b := analyticsOf(view.Between(from, until))
	if in.Format == "csv" {
		return reportFile(sheet.CSV, fmt.Sprintf("At_Risk_%s_%s", view.Course.Code, today(view.Register)), b.write), nil
	}
	return &rest.File{ContentType: sheet.JSONType, Write: func(w io.Writer) error { return json.NewEncoder(w).Encode(b) }}, nil
}

// days is the midnight that begins the period and the one that ends it; zero is open.
func (in analyticsInput) days(zone *time.Location) (from, until time.Time, err error) {
	for field, day := range map[string]*time.Time{"from": &from, "to": &until} {
		text := map[string]string{"from": in.From, "to": in.To}[field]
		if text == "" {
			continue
		}
		if *day, err = time.ParseInLocation(time.DateOnly, text, zone); err != nil || day.Year() < 1970 {
			return from, until, attendance.Invalid{Field: "query." + field, Why: "is not a day: write one such as 2026-11-22"}
		}
	}
	if !until.IsZero() {
		until = attendance.NextDay(until)
	}
	if !from.IsZero() && !until.IsZero() && !from.Before(until) {
		return from, until, attendance.Invalid{Field: "query.from", Why: "lies after to"}
	}
	return from, until, nil
}

// write is the table of the students at risk.
func (b analyticsOutputBody) write(w io.Writer) error {
	var rows [][]any
	for _, r := range b.AtRiskStudents {
		rows = append(rows, []any{r.ClassRollID, r.StudentName, r.UniversityRoll, r.PresentCount, r.TotalSessions, r.AttendancePercent, r.Status, r.SessionsNeeded, r.CanMiss})
	}
	return sheet.Plain(w, []string{"Roll", "Student", "University roll", "Present", "Sessions", "%", "Status", "Needed", "Can miss"}, rows)
}

func analyticsOf(view attendance.CourseView) analyticsOutputBody {
	ended := view.Ended()
	avg, _ := view.Count.Sum().Percent(view.Policy)
	var b analyticsOutputBody
	b.AvgAttendancePercent, b.EnrolledCount, b.TotalSessions = shown(avg), len(view.Enrolled()), len(ended)
	b.MinimumPercent, b.CriticalPercent = view.Policy.Minimum, view.Policy.Critical
	b.Trend, b.AtRiskStudents = make([]trendPoint, 0, len(ended)), []riskBody{}
	for i, se := range ended {
		b.Trend = append(b.Trend, trendPoint{
			SessionID: se.ID, StartTime: *at(se.OpenedAt), Percent: percentOf(view.Count.Sessions[i].Tally, se, view.Now),
		})
	}
	for _, r := range view.AtRisk() {
		b.AtRiskStudents = append(b.AtRiskStudents, riskOf(r, view.Policy))
	}
	switch {
	case len(ended) == 0:
		b.Message = "No sessions found for this course"
	case b.EnrolledCount == 0:
		b.Message = "No students enrolled in this course"
	}
	return b
}

func riskOf(r attendance.Risk, p attendance.Policy) riskBody {
	pct, _ := r.Percent(p)
	out := riskBody{
		StudentID: r.Student, ClassRollID: r.Roll, StudentName: r.Name, UniversityRoll: r.UniversityRoll,
		PresentCount: r.There(), TotalSessions: r.Held(), AttendancePercent: shown(pct), Status: "Warning",
		SessionsNeeded: r.Needed(p), CanMiss: r.Spare(p),
	}
	if r.Band(p) == attendance.Critical {
		out.Status = "Critical"
	}
	return out
}
