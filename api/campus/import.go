package campus

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/intake"
	"github.com/arise-attendance/arise/api/rest"
)

// ImportForm is what comes with a file.
type ImportForm struct {
	File            huma.FormFile `form:"file" required:"true" doc:"CSV (commas, semicolons or tabs; UTF-8, UTF-16 or Windows-1252) or .xlsx; at most 20 MB and 50 thousand rows."`
	Kind            string        `form:"kind" required:"true" enum:"students,courses,enrolments" doc:"What the file lists."`
	Mapping         string        `form:"mapping" required:"false" maxLength:"20000" doc:"JSON object: a header of the file -> the field it holds; empty: none. Remembered for the next file of this kind." example:"{\"Regn\": \"enrollment_no\"}"`
	DefaultPassword string        `form:"default_password" required:"false" maxLength:"200" doc:"students: of those for whom the file has none and who have none. It is hashed for each of them when the import is applied."`
	SemesterID      string        `form:"semester_id" required:"false" maxLength:"60" doc:"courses: of those whose row names none."`
	CourseCode      string        `form:"course_code" required:"false" maxLength:"60" doc:"enrolments: of rows that name none."`
}

type uploadImportInput struct {
	RawBody huma.MultipartFormFiles[ImportForm]
}

type importOutput struct{ Body importBody }

type importInput struct {
	ID attendance.ID `path:"id" format:"uuid"`
}

type importPageInput struct {
	Cursor string `query:"cursor" maxLength:"60" doc:"The next of the last page."`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

type importPageOutput struct {
	Body struct {
		Items []importBody `json:"items"`
		Next  string       `json:"next,omitempty" doc:"The cursor of the next page; absent on the last."`
	}
}

func (d Deps) importing(api huma.API) {
	rest.Handle(api, ofImport(huma.Operation{
		OperationID: "upload-import", Method: http.MethodPost, Path: "/api/admin/imports", Summary: "Upload a file and see what it would change",
		Description: "Nothing changes yet. The preview waits for 24 hours; apply it, mend its rows, or leave it.", DefaultStatus: http.StatusCreated,
		Middlewares: huma.Middlewares{limited}, Errors: []int{http.StatusRequestEntityTooLarge, http.StatusServiceUnavailable},
	}), d.uploadImport)
	rest.Handle(api, ofImport(huma.Operation{
		OperationID: "list-imports", Method: http.MethodGet, Path: "/api/admin/imports", Summary: "List imports, the newest first",
	}), d.listImports)
	rest.Handle(api, ofImport(huma.Operation{
		OperationID: "get-import", Method: http.MethodGet, Path: "/api/admin/imports/{id}", Summary: "See how far an import is",
		Errors: []int{http.StatusNotFound},
	}), d.getImport)
	rest.Handle(api, ofImport(huma.Operation{
		OperationID: "apply-import", Method: http.MethodPost, Path: "/api/admin/imports/{id}/apply", Summary: "Do what the preview says",
		Description:   "It is done in the background: get-import tells how far it is. A row whose student, course or enrolment changed since the preview is refused, with the reason. Asking twice is asking once.",
		DefaultStatus: http.StatusAccepted, Errors: []int{http.StatusNotFound, http.StatusConflict},
	}), d.applyImport)
	rest.Handle(api, ofImport(huma.Operation{
		OperationID: "undo-import", Method: http.MethodPost, Path: "/api/admin/imports/{id}/undo", Summary: "Take an import back",
		Description:   "Within 24 hours after it was applied. What it added is removed, or archived where something refers to it; what it changed is as before. What was edited since stays as it is. Each row says what became of it.",
		DefaultStatus: http.StatusAccepted, Errors: []int{http.StatusNotFound, http.StatusConflict},
	}), d.undoImport)
	d.importRows(api)
	d.importFiles(api)
	d.bulkImport(api)
}

func ofImport(op huma.Operation) huma.Operation {
	op.Tags = []string{"Imports"}
	return ofAdmin(op)
}

func (d Deps) uploadImport(ctx context.Context, in *uploadImportInput) (*importOutput, error) {
	f := in.RawBody.Data()
	raw, err := readFile(f.File)
	if err != nil {
		return nil, err
	}
	o, err := f.options()
	if err != nil {
		return nil, err
	}
	imp, err := d.Imports.Upload(ctx, intake.Upload{
		Kind: intake.Kind(f.Kind), File: f.File.Filename, Raw: raw, Options: o, By: auth.From(ctx).ID,
	})
	return &importOutput{importBodyOf(imp)}, err
}

func (d Deps) listImports(ctx context.Context, in *importPageInput) (*importPageOutput, error) {
	var before attendance.ID
	if in.Cursor != "" {
		var err error
		if before, err = attendance.ParseID(in.Cursor); err != nil {
			return nil, attendance.Invalid{Field: "cursor", Why: "is not from this list: leave it out to start again"}
		}
	}
	all, err := d.Imports.Store.Imports(ctx, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	out := &importPageOutput{}
	if len(all) > in.Limit {
		all = all[:in.Limit]
		out.Body.Next = all[in.Limit-1].ID.String()
	}
	out.Body.Items = make([]importBody, len(all))
	for i, imp := range all {
		out.Body.Items[i] = importBodyOf(imp)
	}
	return out, nil
}

func (d Deps) getImport(ctx context.Context, in *importInput) (*importOutput, error) {
	imp, err := d.Imports.Store.Import(ctx, in.ID)
	return &importOutput{importBodyOf(imp)}, err
}

func (d Deps) applyImport(ctx context.Context, in *importInput) (*importOutput, error) {
	imp, err := d.Imports.Apply(ctx, in.ID)
	return &importOutput{importBodyOf(imp)}, conflict(err)
}

func (d Deps) undoImport(ctx context.Context, in *importInput) (*importOutput, error) {
	imp, err := d.Imports.Undo(ctx, in.ID)
	return &importOutput{importBodyOf(imp)}, conflict(err)
}
