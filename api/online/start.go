package online

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/qr"
	"github.com/arise-attendance/arise/api/rest"
)

// SessionPath names the session. It is exported because huma reads no fields of
// an unexported embedded struct.
type SessionPath struct {
	ID attendance.ID `path:"id" format:"uuid"`
}

type startOnlineInput struct {
	Body struct {
		SessionID       attendance.ID `json:"session_id,omitzero" format:"uuid" required:"false" doc:"Made by the caller, so that a repeated request starts one session."`
		CourseID        attendance.ID `json:"course_id" format:"uuid"`
		DurationMinutes rest.Minutes  `json:"duration_minutes,omitempty" required:"false" doc:"0 or absent: the course's default. No grace is added."`
		Topic           string        `json:"topic,omitempty" required:"false" maxLength:"200"`
	}
}

type onlineStartBody struct {
	Status           string        `json:"status" example:"success"`
	SessionID        attendance.ID `json:"session_id" format:"uuid"`
	SessionToken     string        `json:"session_token" doc:"The end of the link."`
	SessionURL       string        `json:"session_url" doc:"The link for students."`
	QRURL            string        `json:"qr_url" doc:"The link as a picture, for the projector."`
	CourseCode       string        `json:"course_code"`
	CourseName       string        `json:"course_name"`
	DurationMinutes  int           `json:"duration_minutes"`
	EndTime          time.Time     `json:"end_time"`
	SecondsRemaining int           `json:"seconds_remaining"`
	CurrentOTP       string        `json:"current_otp" doc:"The code to show now." example:"243818"`
	OTPTimeRemaining int           `json:"otp_time_remaining" doc:"Seconds until the next one."`
	TotalStudents    int           `json:"total_students"`
}

type startOnlineOutput struct{ Body onlineStartBody }

type pictureOutput struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

func (d Deps) starting(api huma.API) {
	rest.Handle(api, ofTeacher(huma.Operation{
		OperationID: "start-online-session", Method: http.MethodPost, Path: "/api/teacher/start-online-session",
		Summary: "Start a class held online", Errors: []int{http.StatusConflict},
		Description: "Other sessions go on. A course that has a session running is refused as session-running, with the id to resume. " +
			"The link stays the same while the class runs: ask online-status for it after a reload. A pendrive answers 403 cloud-only.",
	}), d.startOnline)
	rest.Handle(api, ofTeacher(huma.Operation{
		OperationID: "draw-online-link", Method: http.MethodGet, Path: "/api/teacher/session/{id}/qr.svg",
		Summary: "The link of an online class as a QR code",
		Responses: map[string]*huma.Response{"200": {
			Description: "A picture", Content: map[string]*huma.MediaType{"image/svg+xml": {Schema: &huma.Schema{Type: huma.TypeString}}},
		}},
	}), d.drawLink)
}

func (d Deps) startOnline(ctx context.Context, in *startOnlineInput) (*startOnlineOutput, error) {
	by := auth.From(ctx).Actor
	se, err := d.Service.Open(ctx, by, attendance.Order{
		Session: in.Body.SessionID, Course: in.Body.CourseID, Kind: attendance.Online,
		For: in.Body.DurationMinutes.For(), Topic: in.Body.Topic,
	})
	if err != nil {
		return nil, err
	}
	s, err := d.show(ctx, by, se.ID)
	if err != nil {
		return nil, err
	}
	b := onlineStartBody{
		Status: "success", SessionID: se.ID, SessionToken: s.Token, SessionURL: s.URL, QRURL: "/api/teacher/session/" + se.ID.String() + "/qr.svg",
		CourseCode: s.Course.Code, CourseName: s.Course.Name, DurationMinutes: int(se.ClosesAt.Sub(se.OpenedAt) / time.Minute),
		EndTime: at(se.ClosesAt), SecondsRemaining: seconds(se.Remaining(s.Now)), OTPTimeRemaining: s.left(), TotalStudents: s.Expected,
	}
	if s.Code != nil {
		b.CurrentOTP = *s.Code
	}
	return &startOnlineOutput{Body: b}, nil
}

func (d Deps) drawLink(ctx context.Context, in *SessionPath) (*pictureOutput, error) {
	s, err := d.show(ctx, auth.From(ctx).Actor, in.ID)
	if err != nil {
		return nil, err
	}
	svg, err := qr.SVG(s.URL, "QR code of the link to this online class")
	return &pictureOutput{ContentType: "image/svg+xml", Body: svg}, err
}

// shown is what only a teacher of the course sees.
type shown struct {
	Session  attendance.Session
	Course   attendance.Course
	Now      time.Time
	Token    string
	URL      string
	Code     *string // nil once the class is over
	Expected int
	By       map[attendance.Status]int
}

// left is how many seconds the code still shows.
func (s shown) left() int {
	if s.Code == nil {
		return 0
	}
	return seconds(attendance.OTPRemaining(s.Now))
}

// show reads an online class for one of its teachers. It keeps the link's hash
// each time: a start that broke off in between, and a new server secret, mend
// themselves when the teacher looks.
func (d Deps) show(ctx context.Context, by attendance.Actor, session attendance.ID) (shown, error) {
	se, course, err := d.Service.Led(ctx, by, session)
	if err != nil {
		return shown{}, err
	}
	if se.Kind != attendance.Online {
		return shown{}, rest.NewProblem(http.StatusConflict, "not-online", "this class is held in a room: it has no link and no code")
	}
	s := shown{Session: se, Course: course, Now: d.Service.Now(), Token: d.Keys.Token(se.ID)}
	s.URL = d.Origin + "/online/" + s.Token
	if se.OpenAt(s.Now) {
		if err := d.Store.PutLink(ctx, se.ID, d.Keys.Hash(se.ID)); err != nil {
			return shown{}, err
		}
		code := attendance.OTPCode(d.Keys.Code(se.ID), s.Now)
		s.Code = &code
	}
	s.Expected, s.By, err = d.Store.Headcount(ctx, se.ID)
	return s, err
}
