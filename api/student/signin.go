package student

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
}

type signInOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      studentSignInBody
}

func (d Deps) signIn(api huma.API) {
	rest.Handle(api, cloud(huma.Operation{
		OperationID: "sign-in-student", Method: http.MethodPost, Path: "/api/student/login", Tags: []string{"Student"},
		Summary: "Sign in with a university roll number and a password", Security: rest.Public,
		Description: "An unknown number and a wrong password get the same answer. Five wrong passwords for a number from one address wait a minute.",
		Errors:      []int{http.StatusUnauthorized, http.StatusTooManyRequests},
	}), d.signInStudent)
	d.Desk.SignOut(api, ofStudent(huma.Operation{
		OperationID: "sign-out-student", Path: "/api/student/logout", Summary: "Sign out; the token is good no more",
	}))
	d.Desk.Mine(api, attendance.RoleStudent, "Student")
}

func (d Deps) signInStudent(ctx context.Context, in *studentSignInInput) (*signInOutput, error) {
	roll := strings.TrimSpace(in.Body.Roll)
	key := "student|" + strings.ToUpper(roll) + "|" + rest.ClientAddress(ctx)
	if !d.Tries.Begin(key) {
		return nil, tooMany()
	}
	who, err := d.Students.StudentByRoll(ctx, roll)
	if err != nil && !errors.Is(err, attendance.ErrNotFound) {
		return nil, err
	}
	// Nobody has no verifier, which takes as long and never matches.
	if !auth.VerifySecret(who.PasswordHash, in.Body.Password) {
		return nil, rest.NewProblem(http.StatusUnauthorized, "wrong-credentials", "the roll number or the password is wrong")
	}
	if err := d.Tries.Right(key); err != nil {
		return nil, err
	}
	by := attendance.Actor{ID: who.ID, Role: attendance.RoleStudent}
	now, err := d.Desk.Begin(ctx, auth.Principal{Actor: by, Name: who.Name}, in.UserAgent)
	if err != nil {
		return nil, err
	}
	return &signInOutput{
		SetCookie: now.Cookie,
		Body:      studentSignInBody{StudentName: who.Name, Token: now.Token, ExpiresAt: now.ExpiresAt},
	}, nil
}

func tooMany() error {
	p := rest.NewProblem(http.StatusTooManyRequests, "too-many-requests", "too many wrong passwords: wait a minute, then try again")
	p.RetryS = 60
	return p
}
