package campus

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/intake"
	"github.com/arise-attendance/arise/api/rest"
)

type importRowBody struct {
	Line     int                `json:"line" doc:"In the file, from 1; the header is one of them."`
	Action   string             `json:"action" enum:"new,changed,same,error"`
	Progress string             `json:"progress" enum:"waiting,done,refused,undone,archived,kept" doc:"What became of it."`
	Values   map[string]string  `json:"values" doc:"By field; never a password."`
	Password bool               `json:"password" doc:"A password waits to be hashed."`
	Changes  []importChangeBody `json:"changes"`
	Errors   []importFaultBody  `json:"errors"`
	Why      string             `json:"why,omitempty" doc:"It was refused, archived or kept."`
}

type importChangeBody struct {
	Field  string `json:"field"`
	From   string `json:"from"`
	To     string `json:"to"`
	Edited bool   `json:"edited,omitempty" doc:"Somebody edited it since an import last wrote it, and the file says something new."`
	Kept   bool   `json:"kept,omitempty" doc:"Somebody edited it since an import wrote what the file still says: the edit stays."`
}

type importFaultBody struct {
	Field  string `json:"field"`
	Column string `json:"column,omitempty" doc:"The field's header in the file."`
	Why    string `json:"why"`
}

type importRowsInput struct {
	ID       attendance.ID `path:"id" format:"uuid"`
	Action   string        `query:"action" enum:"new,changed,same,error"`
	Progress string        `query:"progress" enum:"waiting,done,refused,undone,archived,kept"`
	Cursor   string        `query:"cursor" maxLength:"20" doc:"The next of the last page."`
	Limit    int           `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type importRowsOutput struct {
	Body struct {
		Items []importRowBody `json:"items" doc:"By line."`
		Next  string          `json:"next,omitempty" doc:"The cursor of the next page; absent on the last."`
	}
}

type mendRowInput struct {
	ID   attendance.ID `path:"id" format:"uuid"`
	Line int           `path:"line" minimum:"1"`
	Body struct {
		Values map[string]string `json:"values" doc:"The fields to change; empty: none." example:"{\"email1\": \"asha@example.org\"}"`
	}
}

type importRowOutput struct{ Body importRowBody }

func (d Deps) importRows(api huma.API) {
	rest.Handle(api, ofImport(huma.Operation{
		OperationID: "list-import-rows", Method: http.MethodGet, Path: "/api/admin/imports/{id}/rows", Summary: "List the rows of an import",
		Errors: []int{http.StatusNotFound},
	}), d.listImportRows)
	rest.Handle(api, ofImport(huma.Operation{
		OperationID: "mend-import-row", Method: http.MethodPut, Path: "/api/admin/imports/{id}/rows/{line}", Summary: "Mend a row of a preview",
		Description: "The row, and those that clash or clashed with it, are compared with the roster again.", Errors: []int{http.StatusNotFound, http.StatusConflict},
	}), d.mendImportRow)
}

func (d Deps) listImportRows(ctx context.Context, in *importRowsInput) (*importRowsOutput, error) {
	after := 0
	if in.Cursor != "" {
		var err error
		if after, err = strconv.Atoi(in.Cursor); err != nil || after < 0 || after > 1<<30 {
			return nil, attendance.Invalid{Field: "cursor", Why: "is not from this list: leave it out to start again"}
		}
	}
	if _, err := d.Imports.Store.Import(ctx, in.ID); err != nil {
		return nil, err
	}
	rows, err := d.Imports.Store.Rows(ctx, in.ID, intake.Which{
		Action: intake.Action(in.Action), Progress: intake.Progress(in.Progress), After: after, Most: in.Limit + 1,
	})
	if err != nil {
		return nil, err
	}
	out := &importRowsOutput{}
	if len(rows) > in.Limit {
		rows = rows[:in.Limit]
		out.Body.Next = strconv.Itoa(rows[in.Limit-1].Line)
	}
	out.Body.Items = make([]importRowBody, len(rows))
	for i, r := range rows {
		out.Body.Items[i] = importRowBodyOf(r)
	}
	return out, nil
}

func (d Deps) mendImportRow(ctx context.Context, in *mendRowInput) (*importRowOutput, error) {
	r, err := d.Imports.Mend(ctx, in.ID, in.Line, in.Body.Values)
	if err != nil {
		return nil, conflict(err)
	}
	return &importRowOutput{importRowBodyOf(r)}, nil
}

func importRowBodyOf(r *intake.Row) importRowBody {
	out := importRowBody{
		Line: r.Line, Action: string(r.Action), Progress: string(r.Progress), Values: r.Values, Password: len(r.Sealed) > 0,
		Changes: []importChangeBody{}, Errors: []importFaultBody{}, Why: r.Why,
	}
	for _, c := range r.Changes {
		out.Changes = append(out.Changes, importChangeBody(c))
	}
	for _, f := range r.Faults {
		out.Errors = append(out.Errors, importFaultBody(f))
	}
	return out
}
