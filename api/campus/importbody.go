package campus

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/intake"
	"github.com/arise-attendance/arise/api/rest"
)

type importBody struct {
	ID        attendance.ID      `json:"id" format:"uuid"`
	Kind      string             `json:"kind" enum:"students,courses,enrolments"`
	FileName  string             `json:"file_name"`
	State     string             `json:"state" enum:"uploaded,applying,applied,undoing,undone"`
	Format    string             `json:"format" enum:"csv,xlsx"`
	Encoding  string             `json:"encoding,omitempty" doc:"Of a CSV, as it was found out. If names look wrong, save the file as CSV UTF-8." example:"UTF-8"`
	Delimiter string             `json:"delimiter,omitempty"`
	Columns   []importColumnBody `json:"columns"`
	Rows      int                `json:"rows" doc:"In the file, without blank lines."`
	New       int                `json:"new" doc:"Rows that add somebody or something."`
	Changed   int                `json:"changed"`
	Same      int                `json:"same" doc:"Rows that change nothing."`
	Errors    int                `json:"errors" doc:"Rows that cannot be taken as they are; they are left out when the rest is applied."`
	Todo      int                `json:"todo" doc:"Rows that are being done, or taken back, and are not yet: progress is what is left of it."`
	Done      int                `json:"done" doc:"Rows applied and not taken back."`
	Refused   int                `json:"refused" doc:"Rows that could not be applied, because the roster had changed since the preview."`
	Undone    int                `json:"undone"`
	Archived  int                `json:"archived" doc:"Rows taken back by archiving, because something refers to what they added."`
	Kept      int                `json:"kept" doc:"Rows not taken back, because somebody changed them since."`
	CreatedBy attendance.ID      `json:"created_by" format:"uuid" doc:"An account."`
	CreatedAt time.Time          `json:"created_at"`
	AppliedAt *time.Time         `json:"applied_at,omitempty"`
	UndoneAt  *time.Time         `json:"undone_at,omitempty"`
	UndoUntil *time.Time         `json:"undo_until,omitempty" doc:"Until then it can be taken back."`
}

type importColumnBody struct {
	Header string `json:"header" doc:"As in the file."`
	Field  string `json:"field,omitempty" doc:"What it is taken for; absent: it is not used."`
}

func importBodyOf(imp intake.Import) importBody {
	c := imp.Counts
	out := importBody{
		ID: imp.ID, Kind: string(imp.Kind), FileName: imp.File, State: string(imp.State),
		Format: imp.Table.Format, Encoding: imp.Table.Encoding, Delimiter: imp.Table.Delimiter, Columns: []importColumnBody{},
		Rows: c.Rows(), New: c.New, Changed: c.Changed, Same: c.Same, Errors: c.Wrong, Todo: imp.Todo(),
		Done: c.Done, Refused: c.Refused, Undone: c.Undone, Archived: c.Archived, Kept: c.Kept,
		CreatedBy: imp.CreatedBy, CreatedAt: imp.CreatedAt.UTC().Truncate(time.Millisecond),
		AppliedAt: instant(imp.AppliedAt), UndoneAt: instant(imp.UndoneAt), UndoUntil: instant(imp.UndoUntil()),
	}
	for _, col := range imp.Table.Columns {
		out.Columns = append(out.Columns, importColumnBody(col))
	}
	return out
}

// instant is a time that may not have come.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Millisecond)
	return &t
}

// limited bounds an upload before anything of it is kept: a form is read into
// memory, never into files that somebody has to clean up.
func limited(ctx huma.Context, next func(huma.Context)) {
	r, w := humachi.Unwrap(ctx)
	const form = 1 << 20 // all that is not the file
	r.Body = http.MaxBytesReader(w, r.Body, intake.MaxBytes+form)
	err := r.ParseMultipartForm(intake.MaxBytes + form)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		rest.WriteProblem(w, rest.NewProblem(http.StatusRequestEntityTooLarge, "too-large", "the file is larger than 20 MB: split it, or save only the columns that are needed"))
	case err != nil:
		rest.WriteProblem(w, rest.NewProblem(http.StatusBadRequest, "bad-request", "No file uploaded: send a form (multipart/form-data) with the file in it"))
	default:
		next(ctx)
	}
}

func readFile(f huma.FormFile) ([]byte, error) {
	if f.File == nil {
		return nil, attendance.Invalid{Field: "file", Why: "choose a file"}
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, intake.MaxBytes+1))
}

func (f *ImportForm) options() (intake.Options, error) {
	o := intake.Options{Password: f.DefaultPassword, Course: f.CourseCode}
	if f.Mapping != "" {
		if err := json.Unmarshal([]byte(f.Mapping), &o.Mapping); err != nil {
			return o, attendance.Invalid{Field: "mapping", Why: `must be a JSON object of headers and fields, such as {"Regn": "enrollment_no"}`}
		}
	}
	if f.SemesterID != "" {
		var err error
		if o.Term, err = attendance.ParseID(f.SemesterID); err != nil {
			return o, attendance.Invalid{Field: "semester_id", Why: "is not the id of a semester"}
		}
	}
	return o, nil
}

// conflict says in HTTP's words what an import's state does not allow.
func conflict(err error) error {
	for kind, known := range map[string]error{
		"not-a-preview": intake.ErrNotPreview, "not-applied": intake.ErrNotApplied, "too-late": intake.ErrTooLate, "nothing-to-do": intake.ErrNothing,
	} {
		if errors.Is(err, known) {
			return rest.NewProblem(http.StatusConflict, kind, known.Error())
		}
	}
	return err
}
