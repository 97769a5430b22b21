package pendrive

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/rest"
)

type edgeClockInput struct {
	Body struct {
		LocalTime string `json:"local_time" maxLength:"19" doc:"The school's local time now, read off another clock." example:"2026-11-23T10:05"`
	}
}

type edgeClockOutput struct{ Body EdgeClock }

func (d Deps) clock(api huma.API) {
	rest.Handle(api, ofEdge(huma.Operation{
		OperationID: "set-edge-clock", Method: http.MethodPut, Path: "/api/edge/clock",
		Summary: "Say what time it is, where a computer's clock is wrong", Security: rest.Only(attendance.RoleTeacher),
		Description: "For a pendrive without internet. Classes that run keep their length, and what waits for the cloud is shown at the right time. The cloud's word counts more, once it is heard.",
		Errors:      []int{http.StatusConflict, http.StatusUnprocessableEntity},
	}), d.setClock)
}

func (d Deps) setClock(ctx context.Context, in *edgeClockInput) (*edgeClockOutput, error) {
	drive, err := d.drive()
	if err != nil {
		return nil, err
	}
	local, err := time.Parse("2006-01-02T15:04", in.Body.LocalTime)
	if err != nil {
		if local, err = time.Parse("2006-01-02T15:04:05", in.Body.LocalTime); err != nil {
			return nil, attendance.Invalid{Field: "local_time", Why: "write it as 2026-11-23T10:05"}
		}
	}
	if err := drive.SetClock(ctx, local); err != nil {
		return nil, err
	}
	st, err := drive.Status(ctx)
	return &edgeClockOutput{Body: st.Clock}, err
}
