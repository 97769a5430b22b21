package student

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/api/signin"
)

type studentSignInInput struct {
	UserAgent string `header:"User-Agent" hidden:"true"`
	Body      struct {
		Roll     string `json:"university_roll_no" minLength:"1" maxLength:"60" doc:"Upper or lower case." example:"263010001"`
		Password string `json:"password" minLength:"1" maxLength:"200"`
	}
}

type studentSignInBody struct {
	StudentName string    `json:"student_name"`
	Token       string    `json:"token" doc:"For programs; browsers get it as a cookie that scripts cannot read."`
	ExpiresAt   time.Time `json:"expires_at"`
	MustChange  bool      `json:"must_change" doc:"Choose a password of your own before anything else: POST /api/student/password."`
}

type signInOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      studentSignInBody
}

func (d Deps) signIn(api huma.API) {
	rest.Handle(api, cloud(huma.Operation{
		OperationID: "sign-in-student", Method: http.MethodPost, Path: "/api/student/login", Tags: []string{"Student"},
		Summary: "Sign in with a university roll number and a password", Security: rest.Public,
		Description: "An unknown number and a wrong password get the same answer. After five wrong passwords one has to wait: a minute, then two, four, eight, fifteen.",
		Errors:      []int{http.StatusUnauthorized, http.StatusTooManyRequests},
	}), d.signInStudent)
	d.Desk.SignOut(api, ofStudent(huma.Operation{
		OperationID: "sign-out-student", Path: "/api/student/logout", Summary: "Sign out; the token is good no more",
	}))
	d.Desk.Mine(api, attendance.RoleStudent, "Student")
}

func (d Deps) signInStudent(ctx context.Context, in *studentSignInInput) (*signInOutput, error) {
	roll := strings.TrimSpace(in.Body.Roll)
	due := false
	find := func() (signin.Person, error) {
		who, err := d.Students.StudentByRoll(ctx, roll)
		due = who.MustChange || auth.Original(who.PasswordHash)
		return person(who), err
	}
	wrong := rest.NewProblem(http.StatusUnauthorized, "wrong-credentials", "the roll number or the password is wrong")
	who, err := d.Desk.Prove(ctx, "student|"+strings.ToUpper(roll), in.Body.Password, find, wrong)
	if err != nil {
		return nil, err
	}
	now, err := d.Desk.Begin(ctx, auth.Principal{Actor: who.Actor, Name: who.Name}, in.UserAgent)
	if err != nil {
		return nil, err
	}
	return &signInOutput{
		SetCookie: now.Cookie,
		Body:      studentSignInBody{StudentName: who.Name, Token: now.Token, ExpiresAt: now.ExpiresAt, MustChange: due},
	}, nil
}

func person(s auth.Student) signin.Person {
	return signin.Person{Actor: attendance.Actor{ID: s.ID, Role: attendance.RoleStudent}, Name: s.Name, Verifier: s.PasswordHash}
}
