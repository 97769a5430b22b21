package classroom

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// CoursePath names the course that an operation is about.
type CoursePath struct {
	CourseID attendance.ID `path:"course_id" format:"uuid"`
}

// How the original wrote a date and a time of day, in the campus's zone.
const (
	dateWords = "02 Jan 2006"
	timeWords = "03:04 PM"
)

type historyRow struct {
	ID                attendance.ID `json:"id" format:"uuid"`
	Date              string        `json:"date" doc:"In the campus's zone." example:"22 Nov 2026"`
	Time              string        `json:"time" doc:"In the campus's zone." example:"12:33 PM"`
	StartTime         time.Time     `json:"start_time"`
	EndTime           time.Time     `json:"end_time" doc:"When it ended, or is to end."`
	Topic             string        `json:"topic" example:"No topic"`
	SessionType       string        `json:"session_type" enum:"offline,online"`
	IsActive          bool          `json:"is_active"`
	PresentCount      int           `json:"present_count" doc:"Those who count as present: present, late, on duty."`
	TotalStudents     int           `json:"total_students" doc:"Everyone enrolled when it began."`
	AttendancePercent *float64      `json:"attendance_percent" nullable:"true" doc:"Attended ÷ held, excused students left out; null while it runs and where nobody had to be there."`
	DeletedAt         *time.Time    `json:"deleted_at,omitempty" doc:"With deleted=true."`
	DeletedReason     string        `json:"deleted_reason,omitempty"`
}

type historyInput struct {
	CoursePath
	Deleted bool `query:"deleted" doc:"Those that were deleted, instead of those that count."`
}

type historyOutput struct {
	Body struct {
		Sessions   []historyRow `json:"sessions" doc:"Newest first."`
		TotalCount int          `json:"total_count"`
	}
}

func (d Deps) history(api huma.API) {
	rest.Handle(api, ofTeacher(huma.Operation{
		OperationID: "get-history", Method: http.MethodGet, Path: "/api/teacher/history/{course_id}",
		Summary: "The classes that a course has held", Errors: []int{http.StatusForbidden, http.StatusNotFound},
	}), d.getHistory)
}

func (d Deps) getHistory(ctx context.Context, in *historyInput) (*historyOutput, error) {
	read := d.Service.CourseView
	if in.Deleted {
		read = d.Service.Deleted
	}
	view, err := read(ctx, auth.From(ctx).Actor, in.CourseID)
	if err != nil {
		return nil, err
	}
	out := &historyOutput{}
	out.Body.TotalCount, out.Body.Sessions = len(view.Sessions), make([]historyRow, 0, len(view.Sessions))
	for _, count := range slices.Backward(view.AllSessions()) {
		se := count.Session
		local := se.OpenedAt.In(view.Zone)
		row := historyRow{
			ID: se.ID, Date: local.Format(dateWords), Time: local.Format(timeWords),
			StartTime: *at(se.OpenedAt), EndTime: *at(se.EndAt()), Topic: topicOf(se), SessionType: string(se.Kind),
			IsActive: se.OpenAt(view.Now), PresentCount: count.There(), TotalStudents: count.Expected,
			AttendancePercent: percentOf(count.Tally, se, view.Now),
		}
		if se.Void.On {
			row.DeletedAt, row.DeletedReason = at(se.Void.At()), se.Void.Reason
		}
		out.Body.Sessions = append(out.Body.Sessions, row)
	}
	return out, nil
}

// topicOf is what the original says where nobody typed one.
func topicOf(se attendance.Session) string {
	if se.Topic == "" {
		return "No topic"
	}
	return se.Topic
}

// percentOf is a session's percentage once it has ended.
func percentOf(count attendance.Tally, se attendance.Session, now time.Time) *float64 {
	pct, held := count.Percent(se.Policy)
	if !held || se.OpenAt(now) {
		return nil
	}
	pct = shown(pct)
	return &pct
}

// shown is a percentage for people.
func shown(pct float64) float64 { return attendance.Rounded(pct) }
