package student

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/api/signin"
)

type studentPasswordInput struct {
	Body struct {
		Current string `json:"current" minLength:"1" maxLength:"200"`
		New     string `json:"new" maxLength:"800" doc:"10 characters or more."`
	}
}

func (d Deps) password(api huma.API) {
	rest.Handle(api, rest.BeforeChange(ofStudent(huma.Operation{
		OperationID: "change-student-password", Method: http.MethodPost, Path: "/api/student/password", Summary: "Change my password",
		Description: "Ends my sign-ins everywhere else.", DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusTooManyRequests},
	})), d.changePassword)
}

func (d Deps) changePassword(ctx context.Context, in *studentPasswordInput) (*struct{}, error) {
	me := auth.From(ctx)
	s, err := d.Students.SigningStudent(ctx, me.ID)
	if err != nil {
		return nil, err
	}
	hash, err := d.Desk.Fresh(ctx, signin.Change{
		What: "password", Current: in.Body.Current, New: in.Body.New,
		Weak: func(p string) string { return auth.WeakPassword(p, s.UniversityRoll) },
	}, s.PasswordHash)
	if err != nil {
		return nil, err
	}
	return nil, d.Students.SetStudentPassword(ctx, me.ID, hash, me.Login)
}
