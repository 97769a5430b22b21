package online

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/rest"
)

// Browser is the cookie that tells one browser from another. It is random, names
// nobody and travels to these operations only. It is exported because huma reads
// no fields of an unexported embedded struct.
type Browser struct {
	Key string `cookie:"arise-browser" hidden:"true"`
}

// browserFor is how long a browser keeps its key: a school year.
const browserFor = 365 * 24 * time.Hour

// keyLen is the length of rand.Text; anything else was not made here.
const keyLen = 26

// known returns the browser's key and the cookie that keeps it, for another year
// or from now on.
func (b Browser) known(secure bool) (string, http.Cookie) {
	key := b.Key
	if len(key) != keyLen {
		key = rand.Text()
	}
	return key, http.Cookie{
		Name: "arise-browser", Value: key, Path: "/api/online", MaxAge: int(browserFor.Seconds()),
		HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode, // the link is opened from a chat
	}
}

type infoInput struct {
	TokenPath
	Browser
}

type onlineInfoBody struct {
	CourseCode    string `json:"course_code"`
	CourseName    string `json:"course_name"`
	TeacherName   string `json:"teacher_name"`
	Topic         string `json:"topic"`
	IsActive      bool   `json:"is_active"`
	TimeRemaining int    `json:"time_remaining_seconds"`
	MarkedCount   int    `json:"marked_count"`
	TotalStudents int    `json:"total_students"`
	Identity      string `json:"identity" enum:"student,roll" doc:"How students say who they are: signed in, or by university roll."`
}

type infoOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      onlineInfoBody
}

func (d Deps) page(api huma.API) {
	rest.Handle(api, rest.Crowded(ofStudent(huma.Operation{
		OperationID: "get-online-info", Method: http.MethodGet, Path: "/api/online/session/{token}/info",
		Summary: "What whoever has the link sees of a class: counts, no names of students",
		Errors:  []int{http.StatusTooManyRequests},
	}, rest.Public)), d.onlineInfo)
}

func (d Deps) onlineInfo(ctx context.Context, in *infoInput) (*infoOutput, error) {
	if !d.Looks.allow(rest.ClientAddress(ctx)) {
		p := rest.NewProblem(http.StatusTooManyRequests, "too-many-requests", "too many requests from this network: wait a minute")
		p.RetryS = 60
		return nil, p
	}
	session, err := d.linked(ctx, in.Token)
	if err != nil {
		return nil, err
	}
	g, err := d.Service.Glance(ctx, session)
	if err != nil {
		return nil, over(err)
	}
	expected, by, err := d.Store.Headcount(ctx, session)
	if err != nil {
		return nil, err
	}
	_, cookie := in.known(d.Secure)
	return &infoOutput{SetCookie: cookie, Body: onlineInfoBody{
		CourseCode: g.Course.Code, CourseName: g.Course.Name, TeacherName: g.Teacher, Topic: g.Session.Topic, IsActive: true,
		TimeRemaining: seconds(g.Session.Remaining(g.Now)), MarkedCount: attendance.Attending(by), TotalStudents: expected,
		Identity: string(g.Identity),
	}}, nil
}

// linked is the session of a link.
func (d Deps) linked(ctx context.Context, token string) (attendance.ID, error) {
	id, err := d.Store.Linked(ctx, hashOf(token))
	if errors.Is(err, attendance.ErrNotFound) {
		return id, rest.NewProblem(http.StatusNotFound, "wrong-session-link", "Invalid session link: open the one that your teacher sent")
	}
	return id, err
}

// over says 410 for a class that has ended: its link will never be good again.
func over(err error) error {
	switch {
	case errors.Is(err, attendance.ErrTimeUp):
		return rest.NewProblem(http.StatusGone, "session-ended", "Session has expired: its time is up")
	case errors.Is(err, attendance.ErrClosed):
		return rest.NewProblem(http.StatusGone, "session-ended", "Session has ended")
	}
	return err
}
