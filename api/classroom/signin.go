package classroom

import (
	"context"
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
	Body struct {
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

type logoutOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func (d Deps) signIn(api huma.API) {
	rest.Handle(api, both(huma.Operation{
		OperationID: "list-course-codes", Method: http.MethodGet, Path: "/api/teacher/course-codes",
		Summary: "List the courses one can sign in to", Tags: []string{"Teacher"}, Security: rest.Public,
	}), d.courseCodes)
	rest.Handle(api, both(huma.Operation{
		OperationID: "sign-in-teacher", Method: http.MethodPost, Path: "/api/teacher/login",
		Summary: "Sign in with a course code and a PIN", Tags: []string{"Teacher"}, Security: rest.Public,
		Description: "An unknown code and a wrong PIN get the same answer. Five wrong PINs for a course from one address wait a minute.",
		Errors:      []int{http.StatusUnauthorized, http.StatusTooManyRequests},
	}), d.login)
	rest.Handle(api, both(huma.Operation{
		OperationID: "sign-out-teacher", Method: http.MethodPost, Path: "/api/teacher/logout",
		Summary: "Sign out of this browser", Tags: []string{"Teacher"}, Security: rest.Public, DefaultStatus: http.StatusNoContent,
	}), d.logout)
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
	key := strings.ToUpper(strings.TrimSpace(in.Body.CourseCode)) + "|" + rest.ClientAddress(ctx)
	if !d.Tries.Begin(key) {
		p := rest.NewProblem(http.StatusTooManyRequests, "too-many-requests", "too many wrong PINs: wait a minute, then try again")
		p.RetryS = 60
		return nil, p
	}
	teacher, course, err := d.Service.SignIn(ctx, strings.TrimSpace(in.Body.CourseCode), in.Body.PIN, auth.VerifySecret)
	if err != nil {
		return nil, err
	}
	if err := d.Tries.Right(key); err != nil {
		return nil, err
	}
	who := auth.Principal{Actor: attendance.Actor{ID: teacher.ID, Role: attendance.RoleTeacher}, Name: teacher.Name}
	token, expires, err := d.Tokens.Issue(who)
	if err != nil {
		return nil, err
	}
	return &loginOutput{
		SetCookie: *auth.Cookie(token, expires, d.Secure),
		Body: loginBody{
			Status: "success", CourseID: course.ID, CourseName: course.Name, DefaultDuration: course.DefaultMinutes,
			Token: token, ExpiresAt: expires.UTC(), Teacher: person{ID: teacher.ID, Name: teacher.Name},
		},
	}, nil
}

func (d Deps) logout(context.Context, *struct{}) (*logoutOutput, error) {
	gone := auth.Cookie("", time.Unix(1, 0), d.Secure)
	gone.MaxAge = -1
	return &logoutOutput{SetCookie: *gone}, nil
}
