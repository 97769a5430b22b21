package node

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/rest"
)

// cloudOnly says where to hold an online class: students at home do not reach a
// pendrive.
func cloudOnly(api huma.API, router chi.Router, cloud string) {
	elsewhere := rest.NewProblem(http.StatusForbidden, "cloud-only",
		"Online class attendance is only available on the cloud server. Open A.R.I.S.E. there to use this feature.")
	elsewhere.CloudURL = strings.TrimSuffix(cloud, "/")
	rest.Handle(api, rest.Served(huma.Operation{
		OperationID: "start-online-session", Method: http.MethodPost, Path: "/api/teacher/start-online-session",
		Summary: "Say where to hold a class online", Tags: []string{"Teacher"}, Security: rest.Only(attendance.RoleTeacher),
		Errors: []int{http.StatusForbidden},
	}, "edge"), func(context.Context, *struct{}) (*struct{}, error) { return nil, elsewhere })
	router.Get("/online/*", func(w http.ResponseWriter, _ *http.Request) { rest.WriteProblem(w, elsewhere) })
}
