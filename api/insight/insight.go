// Package insight holds the office's figures of the whole school. Every number in
// it was counted by the domain; here it only gets its name. It imports rest, auth,
// attendance and sheet only.
package insight

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/api/sheet"
)

// Figures gives one consistent state of everything.
type Figures interface {
	InFigures(ctx context.Context, fn func(context.Context, attendance.Figures) error) error
}

// Deps is what the operations need. A zero Deps is enough to print the contract.
type Deps struct {
	Service *attendance.Service
	Figures Figures
}

// Register mounts them.
func Register(api huma.API, d Deps) {
	d.overview(api)
	d.course(api)
	d.student(api)
	d.trends(api)
	d.absences(api)
}

// ScopeInput narrows figures. A day begins at midnight of the campus.
type ScopeInput struct {
	Semester string `query:"semester_id" format:"uuid" doc:"Only the courses of this semester. Without it: every course that is not archived."`
	PeriodInput
}

// PeriodInput narrows figures to some days.
type PeriodInput struct {
	From   string `query:"from" format:"date" doc:"The first day, on the campus." example:"2026-11-01"`
	To     string `query:"to" format:"date" doc:"The last day, on the campus." example:"2026-11-30"`
	Format string `query:"format" enum:"json,csv" default:"json" doc:"csv: the main table as a file, in which no text can become a formula."`
}

func (d Deps) scope(ctx context.Context, semester string, in PeriodInput) (attendance.Scope, error) {
	var out attendance.Scope
	var err error
	if semester != "" {
		if out.Term, err = attendance.ParseID(semester); err != nil {
			return out, attendance.Invalid{Field: "query.semester_id", Why: "is not an id"}
		}
	}
	if in.From == "" && in.To == "" {
		return out, nil
	}
	school, err := d.Service.School(ctx)
	if err != nil {
		return out, err
	}
	if out.From, err = day("query.from", in.From, school.Zone, 0); err != nil {
		return out, err
	}
	if out.Until, err = day("query.to", in.To, school.Zone, 1); err != nil {
		return out, err
	}
	if !out.From.IsZero() && !out.Until.IsZero() && !out.From.Before(out.Until) {
		return out, attendance.Invalid{Field: "query.from", Why: "lies after to"}
	}
	return out, nil
}

// day is the midnight that begins a day, or one some days later.
func day(field, text string, zone *time.Location, later int) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, text, zone)
	if err != nil || t.Year() < 1970 {
		return t, attendance.Invalid{Field: field, Why: "is not a day: write one such as 2026-11-22"}
	}
	return t.AddDate(0, 0, later), nil
}

// handle registers an operation that answers with a body, or with its main table.
func handle[I, B any](api huma.API, op huma.Operation, fn func(context.Context, *I) (*B, table, error)) {
	op.Tags, op.Security = []string{"Insight"}, rest.Only(attendance.RoleAdmin)
	op = rest.ForPrograms(op, auth.ScopeAttendance)
	rest.HandleFile(api, rest.Served(op, "cloud"), reflect.TypeFor[B](), []string{sheet.CSVType}, func(ctx context.Context, in *I) (*rest.File, error) {
		body, t, err := fn(ctx, in)
		if err != nil {
			return nil, err
		}
		if !t.csv {
			return &rest.File{ContentType: sheet.JSONType, Write: func(w io.Writer) error { return json.NewEncoder(w).Encode(body) }}, nil
		}
		return &rest.File{
			ContentType: sheet.CSVType, Disposition: sheet.CSV.Attachment(t.name),
			Write: func(w io.Writer) error { return sheet.Plain(w, t.titles, t.rows) },
		}, nil
	})
}

// table is what of an answer is a table.
type table struct {
	csv    bool
	name   string
	titles []string
	rows   [][]any
}

func (in PeriodInput) table(name string, titles ...string) table {
	return table{csv: in.Format == "csv", name: fmt.Sprintf("%s.csv", name), titles: titles}
}

func (t *table) add(cells ...any) {
	if t.csv {
		t.rows = append(t.rows, cells)
	}
}

func get(id, path, summary string, errors ...int) huma.Operation {
	return huma.Operation{OperationID: id, Method: http.MethodGet, Path: "/api/admin/analytics/" + path, Summary: summary, Errors: errors}
}

// shown is a percentage for people, 0 where nothing was held.
func shown(pct float64, _ bool) float64 { return attendance.Rounded(pct) }

// idOrNull is nil for none.
func idOrNull(id attendance.ID) *attendance.ID {
	if id.IsZero() {
		return nil
	}
	return &id
}

// wordOrNull is nil for none.
func wordOrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
