package classroom

import (
	"context"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

type startInput struct {
	Body struct {
		SessionID       attendance.ID `json:"session_id,omitzero" format:"uuid" required:"false" doc:"Made by the caller, so that a repeated request starts one session."`
		CourseID        attendance.ID `json:"course_id" format:"uuid"`
		DurationMinutes rest.Minutes  `json:"duration_minutes,omitempty" required:"false" doc:"0 or absent: the course's default. A class in a room gets 5 minutes more, for the queue at the scanner."`
		SessionType     string        `json:"session_type,omitempty" required:"false" enum:"offline" default:"offline"`
		StartDatetime   string        `json:"start_datetime,omitempty" required:"false" doc:"Accepted for the original's clients and ignored: a class starts when it is started."`
		Topic           string        `json:"topic,omitempty" required:"false" maxLength:"200"`
		Room            string        `json:"room,omitempty" required:"false" maxLength:"200"`
		DeviceID        attendance.ID `json:"device_id,omitzero" format:"uuid" required:"false" doc:"The scanner that serves this class, where there are several."`
	}
}

type startOutput struct {
	Body struct {
		Status           string        `json:"status" example:"success"`
		Message          string        `json:"message" example:"Session Started"`
		SessionID        attendance.ID `json:"session_id" format:"uuid"`
		DurationMinutes  int           `json:"duration_minutes"`
		StartTime        time.Time     `json:"start_time"`
		EndTime          time.Time     `json:"end_time"`
		SecondsRemaining int           `json:"seconds_remaining"`
		Students         []studentBody `json:"students"`
	}
}

func (d Deps) startSession(ctx context.Context, in *startInput) (*startOutput, error) {
	by := auth.From(ctx).Actor
	se, err := d.Service.Open(ctx, by, attendance.Order{
		Session: in.Body.SessionID, Course: in.Body.CourseID, Kind: attendance.Offline,
		For:   in.Body.DurationMinutes.For(),
		Topic: in.Body.Topic, Room: in.Body.Room, Device: in.Body.DeviceID,
	})
	if err != nil {
		return nil, err
	}
	room, err := d.Service.Classroom(ctx, by, se.Course)
	if err != nil {
		return nil, err
	}
	out := &startOutput{}
	b := &out.Body
	b.Status, b.Message, b.SessionID = "success", "Session Started", se.ID
	b.DurationMinutes = int((se.ClosesAt.Sub(se.OpenedAt) - attendance.Grace) / time.Minute)
	b.StartTime, b.EndTime = *at(se.OpenedAt), *at(se.ClosesAt)
	b.SecondsRemaining, b.Students = seconds(se.Remaining(room.Now)), studentsOf(room.Students)
	return out, nil
}

type activeBody struct {
	ID               attendance.ID `json:"id" format:"uuid"`
	SessionType      string        `json:"session_type" enum:"offline,online"`
	StartTime        time.Time     `json:"start_time"`
	EndTime          time.Time     `json:"end_time"`
	SecondsRemaining int           `json:"seconds_remaining"`
	Topic            string        `json:"topic"`
}

type validateOutput struct {
	Body struct {
		Valid            bool `json:"valid"`
		HasActiveSession bool `json:"has_active_session"`
		Course           struct {
			ID              attendance.ID `json:"id" format:"uuid"`
			CourseCode      string        `json:"course_code"`
			CourseName      string        `json:"course_name"`
			DefaultDuration int           `json:"default_duration"`
			TeacherName     string        `json:"teacher_name"`
		} `json:"course"`
		ActiveSession *activeBody   `json:"active_session,omitempty"`
		Students      []studentBody `json:"students"`
	}
}

func (d Deps) validateSession(ctx context.Context, in *CoursePath) (*validateOutput, error) {
	room, err := d.Service.Classroom(ctx, auth.From(ctx).Actor, in.CourseID)
	if err != nil {
		return nil, err
	}
	out := &validateOutput{}
	b := &out.Body
	b.Valid, b.HasActiveSession = true, !room.Running.ID.IsZero()
	c := room.Course
	b.Course.ID, b.Course.CourseCode, b.Course.CourseName, b.Course.DefaultDuration = c.ID, c.Code, c.Name, c.DefaultMinutes
	if len(room.Teachers) > 0 {
		b.Course.TeacherName = room.Teachers[0].Name
	}
	b.Students = studentsOf(room.Students)
	if se := room.Running; b.HasActiveSession {
		b.ActiveSession = &activeBody{
			ID: se.ID, SessionType: string(se.Kind), StartTime: *at(se.OpenedAt), EndTime: *at(se.ClosesAt),
			SecondsRemaining: seconds(se.Remaining(room.Now)), Topic: se.Topic,
		}
	}
	return out, nil
}
