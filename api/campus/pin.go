package campus

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/api/signin"
)

// Teachers are those who sign in with a PIN.
type Teachers interface {
	// PIN is the verifier of a teacher's PIN.
	PIN(ctx context.Context, teacher attendance.ID) (string, error)
	// SetPIN keeps a new verifier, of which the pendrives learn, and ends all logins
	// of the teacher but one.
	SetPIN(ctx context.Context, teacher attendance.ID, hash string, but attendance.ID) error
}

type pinInput struct {
	Body struct {
		Current string `json:"current" minLength:"1" maxLength:"64"`
		New     string `json:"new" maxLength:"64" doc:"6 digits."`
	}
}

func (d Deps) pin(api huma.API) {
	rest.Handle(api, cloud(huma.Operation{
		OperationID: "change-pin", Method: http.MethodPost, Path: "/api/teacher/pin", Summary: "Change my PIN",
		Tags: []string{"Teacher"}, Security: rest.Only(attendance.RoleTeacher), DefaultStatus: http.StatusNoContent,
		Description: "Ends my sign-ins everywhere else. A pendrive knows the new PIN after its next sync, and the old one until then.",
		Errors:      []int{http.StatusTooManyRequests},
	}), d.changePIN)
	d.Desk.Mine(api, attendance.RoleTeacher, "Teacher")
}

func (d Deps) changePIN(ctx context.Context, in *pinInput) (*struct{}, error) {
	me := auth.From(ctx)
	verifier, err := d.Teachers.PIN(ctx, me.ID)
	if err != nil {
		return nil, err
	}
	c := signin.Change{What: "PIN", Current: in.Body.Current, New: in.Body.New, Weak: auth.WeakPIN}
	hash, err := d.Desk.Fresh(ctx, c, verifier)
	if err != nil {
		return nil, err
	}
	return nil, d.Teachers.SetPIN(ctx, me.ID, hash, me.Login)
}
