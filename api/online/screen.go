package online

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

type onlineStudent struct {
	ID             attendance.ID `json:"id" format:"uuid"`
	ClassRollID    int           `json:"class_roll_id"`
	StudentName    string        `json:"student_name"`
	UniversityRoll string        `json:"university_roll_no"`
	Status         string        `json:"status" enum:"present,late,absent,excused,duty,not_required,unmarked"`
	MarkedAt       *time.Time    `json:"marked_at,omitempty"`
}

type onlineFlag struct {
	Kind     attendance.SignalKind `json:"kind" enum:"same_browser,burst,too_fast"`
	Students []onlineStudent       `json:"students" doc:"In the order they answered."`
	Why      string                `json:"why" doc:"For the teacher to read."`
}

type onlineStatusBody struct {
	IsActive         bool            `json:"is_active"`
	SessionToken     string          `json:"session_token"`
	SessionURL       string          `json:"session_url"`
	QRURL            string          `json:"qr_url"`
	CurrentOTP       *string         `json:"current_otp" nullable:"true" doc:"null once the class is over."`
	OTPTimeRemaining int             `json:"otp_time_remaining" doc:"Seconds: ask again then."`
	EndTime          time.Time       `json:"end_time"`
	SecondsRemaining int             `json:"seconds_remaining"`
	ServerTime       time.Time       `json:"server_time"`
	MarkedCount      int             `json:"marked_count"`
	TotalStudents    int             `json:"total_students"`
	AllStudents      []onlineStudent `json:"all_students" doc:"Everyone expected, by class roll."`
	MarkedStudents   []onlineStudent `json:"marked_students" doc:"Those of them who count as present."`
	Flags            []onlineFlag    `json:"flags" doc:"Hints that the code was passed on. They change no status: a person decides."`
}

type onlineStatusOutput struct{ Body onlineStatusBody }

type otpOutput struct {
	Body struct {
		OTP           string `json:"otp" example:"243818"`
		TimeRemaining int    `json:"time_remaining" doc:"Seconds."`
	}
}

// TokenPath names a session by the end of its link.
type TokenPath struct {
	Token string `path:"token" maxLength:"64" doc:"The end of the link."`
}

func (d Deps) screen(api huma.API) {
	rest.Handle(api, ofTeacher(huma.Operation{
		OperationID: "get-online-status", Method: http.MethodGet, Path: "/api/teacher/session/{id}/online-status",
		Summary: "An online class as its teacher's screen shows it", Errors: []int{http.StatusConflict},
		Description: "The code, the link, who is marked, and hints that the code was passed on. To be told of changes, follow " +
			"/api/teacher/session/{id}/live and ask again at each event, and when the code has run out.",
	}), d.onlineStatus)
	rest.Handle(api, ofTeacher(huma.Operation{
		OperationID: "get-online-otp", Method: http.MethodGet, Path: "/api/online/session/{token}/otp",
		Summary: "The code to show now", Errors: []int{http.StatusGone},
		Description: "For the course's teachers only. The original answered anybody who had the link.",
	}), d.onlineOTP)
}

func (d Deps) onlineStatus(ctx context.Context, in *SessionPath) (*onlineStatusOutput, error) {
	by := auth.From(ctx).Actor
	s, err := d.show(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	l, err := d.Service.Live(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	answers, err := d.Store.Answers(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	b := onlineStatusBody{
		IsActive: l.Session.OpenAt(l.Now), SessionToken: s.Token, SessionURL: s.URL, QRURL: "/api/teacher/session/" + in.ID.String() + "/qr.svg",
		CurrentOTP: s.Code, OTPTimeRemaining: s.left(), EndTime: at(l.Session.ClosesAt), SecondsRemaining: seconds(l.Session.Remaining(l.Now)),
		ServerTime: at(l.Now), TotalStudents: len(l.Rows), AllStudents: []onlineStudent{}, MarkedStudents: []onlineStudent{},
	}
	byID := make(map[attendance.ID]onlineStudent, len(l.Rows))
	for _, r := range l.Rows {
		row := studentOf(r, l)
		byID[row.ID] = row
		b.AllStudents = append(b.AllStudents, row)
		if r.Status.Attended() {
			b.MarkedStudents = append(b.MarkedStudents, row)
		}
	}
	b.MarkedCount, b.Flags = len(b.MarkedStudents), flagsOf(attendance.Signals(answers), byID)
	return &onlineStatusOutput{Body: b}, nil
}

func studentOf(r attendance.Row, l attendance.Live) onlineStudent {
	status := string(r.Shown(l.Session, l.Now))
	if status == "" {
		status = "unmarked"
	}
	out := onlineStudent{
		ID: r.Member.Student, ClassRollID: r.Roll, StudentName: r.Name, UniversityRoll: r.UniversityRoll, Status: status,
	}
	if !r.Standing.At.IsZero() {
		marked := at(r.Standing.At)
		out.MarkedAt = &marked
	}
	return out
}

func flagsOf(signals []attendance.Signal, by map[attendance.ID]onlineStudent) []onlineFlag {
	out := make([]onlineFlag, 0, len(signals))
	for _, s := range signals {
		f := onlineFlag{Kind: s.Kind, Why: s.Why, Students: make([]onlineStudent, 0, len(s.Students))}
		for _, id := range s.Students {
			f.Students = append(f.Students, by[id])
		}
		out = append(out, f)
	}
	return out
}

func (d Deps) onlineOTP(ctx context.Context, in *TokenPath) (*otpOutput, error) {
	session, err := d.linked(ctx, in.Token)
	if err != nil {
		return nil, err
	}
	s, err := d.show(ctx, auth.From(ctx).Actor, session)
	if err != nil {
		return nil, err
	}
	if s.Code == nil {
		return nil, over(attendance.ErrClosed)
	}
	out := &otpOutput{}
	out.Body.OTP, out.Body.TimeRemaining = *s.Code, s.left()
	return out, nil
}
