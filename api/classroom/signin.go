package classroom

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

type courseCode struct {
	Code string `json:"code" doc:"Course code, as typed to sign in." example:"MCA-301"`
	Name string `json:"name" example:"Database Management Systems"`
}

type courseCodesOutput struct{ Body []courseCode }

type loginInput struct {
	UserAgent string `header:"User-Agent" hidden:"true"`
	Body      struct {
		CourseCode string `json:"course_code" minLength:"1" maxLength:"40" doc:"Upper or lower case." example:"MCA-301"`
		PIN        string `json:"pin" minLength:"1" maxLength:"64" doc:"The teacher's PIN." example:"246810"`
	}
}

type person struct {
	ID   attendance.ID `json:"id" format:"uuid"`
	Name string        `json:"name"`
}

type loginBody struct {
	Status          string        `json:"status" example:"success"`
	CourseID        attendance.ID `json:"course_id" format:"uuid"`
	CourseName      string        `json:"course_name"`
	DefaultDuration int           `json:"default_duration" doc:"Minutes."`
	Token           string        `json:"token" doc:"For programs; browsers get it as a cookie that scripts cannot read."`
	ExpiresAt       time.Time     `json:"expires_at"`
	Teacher         person        `json:"teacher"`
}

type loginOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      loginBody
}

func (d Deps) signIn(api huma.API) {
	rest.Handle(api, both(huma.Operation{
		OperationID: "list-course-codes", Method: http.MethodGet, Path: "/api/teacher/course-codes",
		Summary: "List the courses one can sign in to", Tags: []string{"Teacher"}, Security: rest.Public,
	}), d.courseCodes)
	rest.Handle(api, both(huma.Operation{
		OperationID: "sign-in-teacher", Method: http.MethodPost, Path: "/api/teacher/login",
		Summary: "Sign in with a course code and a PIN", Tags: []string{"Teacher"}, Security: rest.Public,
		Description: "An unknown code and a wrong PIN get the same answer. After five wrong PINs for a course one has to wait: a minute, and in the cloud longer each time.",
		Errors:      []int{http.StatusUnauthorized, http.StatusTooManyRequests},
	}), d.login)
	// Open to nobody too: whoever is signed out already gets rid of the cookie.
	d.Desk.SignOut(api, both(huma.Operation{
		OperationID: "sign-out-teacher", Path: "/api/teacher/logout", Summary: "Sign out of this browser", Tags: []string{"Teacher"},
		Security: append(rest.Only(attendance.RoleTeacher), rest.Public...),
	}))
}

func (d Deps) courseCodes(ctx context.Context, _ *struct{}) (*courseCodesOutput, error) {
	courses, err := d.Service.Codes(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]courseCode, 0, len(courses))
	for _, c := range courses {
		out = append(out, courseCode{Code: c.Code, Name: c.Name})
	}
	return &courseCodesOutput{Body: out}, nil
}

func (d Deps) login(ctx context.Context, in *loginInput) (*loginOutput, error) {
	code := strings.TrimSpace(in.Body.CourseCode)
	account, address := "teacher|"+strings.ToUpper(code), rest.ClientNetwork(ctx)
	if err := d.Desk.Brake.Begin(ctx, account, address); err != nil {
		return nil, err
	}
	var met []string // verifiers; the last one matched, if any
	verify := func(verifier, pin string) bool {
		met = append(met, verifier)
		return auth.VerifySecret(verifier, pin)
	}
	teacher, course, err := d.Service.SignIn(ctx, code, in.Body.PIN, verify)
	if errors.Is(err, attendance.ErrCredentials) {
		err = errors.Join(err, d.Desk.Refused(ctx, in.Body.PIN, met...))
	}
	if err != nil {
		return nil, err
	}
	if err := d.Desk.Brake.Right(ctx, account, address); err != nil {
		return nil, err
	}
	by := attendance.Actor{ID: teacher.ID, Role: attendance.RoleTeacher}
	if err := d.Desk.Renew(ctx, by, teacher.PINHash, in.Body.PIN); err != nil {
		return nil, err
	}
	now, err := d.Desk.Begin(ctx, auth.Principal{Actor: by, Name: teacher.Name}, in.UserAgent)
	if err != nil {
		return nil, err
	}
	return &loginOutput{
		SetCookie: now.Cookie,
		Body: loginBody{
			Status: "success", CourseID: course.ID, CourseName: course.Name, DefaultDuration: course.DefaultMinutes,
			Token: now.Token, ExpiresAt: now.ExpiresAt, Teacher: person{ID: teacher.ID, Name: teacher.Name},
		},
	}, nil
}
