package student

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// Letterbox knows which students want no mail.
type Letterbox interface {
	RefuseMail(ctx context.Context, student attendance.ID, refuse bool) error
	RefusesMail(ctx context.Context, student attendance.ID) (bool, error)
}

type studentMailBody struct {
	Email bool `json:"email" doc:"Mails about low attendance, as far as the school sends them."`
}

type (
	mailSettingOutput struct{ Body studentMailBody }
	mailSettingInput  struct{ Body studentMailBody }
)

func (d Deps) mail(api huma.API) {
	rest.Handle(api, ofStudent(huma.Operation{
		OperationID: "get-my-notices", Method: http.MethodGet, Path: "/api/student/notices", Summary: "Do I get mails about low attendance",
	}), d.getMail)
	rest.Handle(api, ofStudent(huma.Operation{
		OperationID: "set-my-notices", Method: http.MethodPut, Path: "/api/student/notices", Summary: "Switch mails about low attendance on or off",
	}), d.setMail)
}

func (d Deps) getMail(ctx context.Context, _ *struct{}) (*mailSettingOutput, error) {
	refused, err := d.Letterbox.RefusesMail(ctx, auth.From(ctx).ID)
	return &mailSettingOutput{Body: studentMailBody{Email: !refused}}, err
}

func (d Deps) setMail(ctx context.Context, in *mailSettingInput) (*mailSettingOutput, error) {
	err := d.Letterbox.RefuseMail(ctx, auth.From(ctx).ID, !in.Body.Email)
	return &mailSettingOutput{Body: in.Body}, err
}
