package campus

import (
	"bytes"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/intake"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/api/sheet"
)

type csvOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

type templateInput struct {
	Kind string `path:"kind" enum:"students,courses,enrolments"`
}

func (d Deps) importFiles(api huma.API) {
	csv := map[string]*huma.Response{"200": {Description: "CSV, UTF-8", Content: map[string]*huma.MediaType{"text/csv": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}}
	rest.Handle(api, ofImport(huma.Operation{
		OperationID: "get-import-template", Method: http.MethodGet, Path: "/api/admin/imports/templates/{kind}.csv", Summary: "Download a file to fill in",
		Responses: csv,
	}), d.getImportTemplate)
	rest.Handle(api, ofImport(huma.Operation{
		OperationID: "get-import-errors", Method: http.MethodGet, Path: "/api/admin/imports/{id}/errors.csv", Summary: "Download the rows that were not taken, with the reasons",
		Description: "Mend them there, and upload that file. No password is in it.", Responses: csv, Errors: []int{http.StatusNotFound},
	}), d.getImportErrors)
}

func (d Deps) getImportTemplate(_ context.Context, in *templateInput) (*csvOutput, error) {
	var b bytes.Buffer
	err := intake.WriteTemplate(&b, intake.Kind(in.Kind))
	return csvFile(in.Kind+".csv", b.Bytes()), err
}

func (d Deps) getImportErrors(ctx context.Context, in *importInput) (*csvOutput, error) {
	var b bytes.Buffer
	err := d.Imports.WriteErrors(ctx, &b, in.ID)
	return csvFile("errors.csv", b.Bytes()), err
}

func csvFile(name string, body []byte) *csvOutput {
	return &csvOutput{ContentType: "text/csv; charset=utf-8", Disposition: sheet.Attachment(name), Body: body}
}
