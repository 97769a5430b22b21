package classroom

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

type detailPath struct {
	SessionID attendance.ID `path:"session_id" format:"uuid"`
}

type detailStudent struct {
	StudentID      attendance.ID `json:"student_id" format:"uuid"`
	ClassRollID    int           `json:"class_roll_id"`
	StudentName    string        `json:"student_name"`
	UniversityRoll string        `json:"university_roll_no"`
	Status         string        `json:"status" enum:"present,late,absent,excused,duty,not_required,unmarked"`
	Method         *string       `json:"method" nullable:"true" doc:"How the mark came about; null: nobody marked them." example:"biometric"`
	Reason         *string       `json:"reason" nullable:"true"`
	MarkedAt       *time.Time    `json:"marked_at" nullable:"true"`
	IsMarkedAbsent bool          `json:"is_marked_absent" doc:"Somebody said so; else nobody saw them."`
}

type detailCounts struct {
	Present int `json:"present"`
	Late    int `json:"late"`
	Absent  int `json:"absent"`
	Excused int `json:"excused"`
	Duty    int `json:"duty"`
}

type detailOutput struct {
	Body struct {
		SessionID         attendance.ID   `json:"session_id" format:"uuid"`
		CourseID          attendance.ID   `json:"course_id" format:"uuid"`
		Topic             string          `json:"topic" example:"No topic"`
		SessionType       string          `json:"session_type" enum:"offline,online"`
		StartTime         time.Time       `json:"start_time"`
		EndTime           time.Time       `json:"end_time"`
		IsActive          bool            `json:"is_active"`
		PresentStudents   []detailStudent `json:"present_students" doc:"Those who count as present (present, late, duty), by class roll."`
		AbsentStudents    []detailStudent `json:"absent_students" doc:"All others, by class roll: status says who was excused."`
		WalkIns           []detailStudent `json:"walk_ins" doc:"Who walked in, while the office has not decided: they are in no figure here."`
		PresentCount      int             `json:"present_count" doc:"Length of present_students."`
		AbsentCount       int             `json:"absent_count" doc:"Length of absent_students."`
		TotalStudents     int             `json:"total_students"`
		AttendancePercent *float64        `json:"attendance_percent" nullable:"true" doc:"As in the course's history."`
		Counts            detailCounts    `json:"counts" doc:"Students by status."`
		EditableUntil     *time.Time      `json:"editable_until" nullable:"true" doc:"How long its teachers may change it alone; then they ask the office. null: for ever."`
		DeletedAt         *time.Time      `json:"deleted_at,omitempty" doc:"The class was deleted: it counts nowhere until it is restored."`
		DeletedReason     string          `json:"deleted_reason,omitempty"`
	}
}

func (d Deps) details(api huma.API) {
	rest.Handle(api, ofTeacher(huma.Operation{
		OperationID: "get-session-detail", Method: http.MethodGet, Path: "/api/teacher/session-detail/{session_id}",
		Summary: "Who was there and who was not", Errors: []int{http.StatusForbidden, http.StatusNotFound},
	}), d.sessionDetail)
}

func (d Deps) sessionDetail(ctx context.Context, in *detailPath) (*detailOutput, error) {
	l, err := d.Service.Live(ctx, auth.From(ctx).Actor, in.SessionID)
	if err != nil {
		return nil, err
	}
	se, count := l.Session, l.Count()
	out := &detailOutput{}
	b := &out.Body
	b.SessionID, b.CourseID, b.Topic, b.SessionType = se.ID, se.Course, topicOf(se), string(se.Kind)
	b.StartTime, b.EndTime, b.IsActive = *at(se.OpenedAt), *at(se.EndAt()), se.OpenAt(l.Now)
	b.PresentStudents, b.AbsentStudents = []detailStudent{}, []detailStudent{}
	for _, r := range l.Rows {
		if r.Shown(se, l.Now).Attended() {
			b.PresentStudents = append(b.PresentStudents, detailOf(r, se, l.Now))
		} else {
			b.AbsentStudents = append(b.AbsentStudents, detailOf(r, se, l.Now))
		}
	}
	b.WalkIns = make([]detailStudent, len(l.Guests))
	for i, g := range l.Guests {
		b.WalkIns[i] = detailOf(g, se, l.Now)
	}
	b.PresentCount, b.AbsentCount, b.TotalStudents = len(b.PresentStudents), len(b.AbsentStudents), len(l.Rows)
	b.AttendancePercent, b.Counts = percentOf(count, se, l.Now), detailCounts(count)
	until, err := d.Service.EditableUntil(ctx, se)
	if err != nil {
		return nil, err
	}
	b.EditableUntil = at(until)
	if se.Void.On {
		b.DeletedAt, b.DeletedReason = at(se.Void.At()), se.Void.Reason
	}
	return out, nil
}

func detailOf(r attendance.Row, se attendance.Session, now time.Time) detailStudent {
	row := rowOf(r, se, now)
	out := detailStudent{
		StudentID: row.ID, ClassRollID: row.ClassRollID, StudentName: row.StudentName, UniversityRoll: row.UniversityRoll,
		Status: row.Status, MarkedAt: row.MarkedAt, IsMarkedAbsent: r.Status == attendance.Absent,
	}
	if r.Method != "" {
		method := string(r.Method)
		out.Method = &method
	}
	if r.Reason != "" {
		out.Reason = &r.Reason
	}
	return out
}
