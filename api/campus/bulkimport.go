package campus

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/intake"
	"github.com/arise-attendance/arise/api/rest"
)

// BulkImportForm is the original's.
type BulkImportForm struct {
	File            huma.FormFile `form:"file" required:"true" doc:"CSV or .xlsx with student_name, university_roll_no, enrollment_no, email1 and perhaps email2 and password."`
	DefaultPassword string        `form:"default_password" required:"false" maxLength:"200" doc:"Of students for whom the file has none."`
}

type bulkImportInput struct {
	RawBody huma.MultipartFormFiles[BulkImportForm]
}

type bulkImportOutput struct {
	Body struct {
		Status  string   `json:"status" example:"success"`
		Total   int      `json:"total"`
		Added   int      `json:"added"`
		Skipped int      `json:"skipped"`
		Errors  []string `json:"errors" doc:"The first 20." example:"[\"Row 3: email1: is missing\"]"`
		Import  string   `json:"import_id" doc:"All reasons are there, and it can be undone."`
	}
}

func (d Deps) bulkImport(api huma.API) {
	rest.Handle(api, ofImport(huma.Operation{
		OperationID: "bulk-import-students", Method: http.MethodPost, Path: "/api/admin/students/bulk-import", Summary: "Add the students of a file at once",
		Description: fmt.Sprintf("Students who are there already are left alone. For more than %d rows, a preview or progress: POST /api/admin/imports.", intake.AtOnce),
		Middlewares: huma.Middlewares{limited}, Errors: []int{http.StatusRequestEntityTooLarge, http.StatusServiceUnavailable},
	}), d.bulkImportStudents)
}

func (d Deps) bulkImportStudents(ctx context.Context, in *bulkImportInput) (*bulkImportOutput, error) {
	f := in.RawBody.Data()
	raw, err := readFile(f.File)
	if err != nil {
		return nil, err
	}
	got, err := d.Imports.AtOnce(ctx, intake.Upload{
		Kind: intake.Students, File: f.File.Filename, Raw: raw, By: auth.From(ctx).ID,
		Options: intake.Options{Password: f.DefaultPassword, OnlyNew: true, Original: true},
	})
	if err != nil {
		return nil, err
	}
	out := &bulkImportOutput{}
	out.Body.Status, out.Body.Import = "success", got.Import.ID.String()
	out.Body.Total, out.Body.Added = got.Import.Counts.Rows(), got.Import.Counts.Done
	out.Body.Skipped, out.Body.Errors = out.Body.Total-out.Body.Added, got.Skipped
	return out, nil
}
