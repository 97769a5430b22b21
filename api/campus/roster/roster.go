// Package roster holds the operations with which the office keeps people,
// courses and who is in them. Only the cloud answers them. The rules are in
// api/attendance/office; this package spells them in HTTP and JSON.
package roster

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/attendance/office"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// Lists are what the office looks through.
type Lists interface {
	Terms(ctx context.Context, q office.Query) (office.Page[office.Term], error)
	Teachers(ctx context.Context, q office.Query) (office.Page[office.Teacher], error)
	Students(ctx context.Context, q office.Query) (office.Page[office.Student], error)
	Courses(ctx context.Context, q office.Query) (office.Page[office.Course], error)
	TermRoster(ctx context.Context, q office.Query) (office.Page[office.TermStudent], error)
	Enrolled(ctx context.Context, course attendance.ID) ([]office.Enrolled, error)
	Teachings(ctx context.Context, course attendance.ID) ([]office.Teaching, error)
}

// Deps is what the operations need. A zero Deps is enough to print the contract.
type Deps struct {
	Office office.Office
	Lists  Lists
}

// Register mounts the roster.
func Register(api huma.API, d Deps) {
	d.semesters(api)
	d.teachers(api)
	d.students(api)
	d.courses(api)
	d.courseTeachers(api)
	d.enrolments(api)
}

// IDPath names the row that an operation is about.
type IDPath struct {
	ID attendance.ID `path:"id" format:"uuid"`
}

type addedOutput struct{ Body rosterAdded }

type rosterAdded struct {
	Status  string        `json:"status" example:"success"`
	Message string        `json:"message" example:"Student added."`
	ID      attendance.ID `json:"id" format:"uuid"`
}

type changedOutput struct{ Body rosterChanged }

type rosterChanged struct {
	Message string `json:"message" example:"Operation successful."`
}

type awayOutput struct{ Body rosterAway }

type rosterAway struct {
	Message  string `json:"message" example:"Archived: something refers to it. Restore it at any time."`
	Archived bool   `json:"archived" doc:"True: it is kept, archived, because something refers to it. False: nothing did, it was deleted."`
}

// ofOffice is an operation of one of the office's nouns. The school's programs may
// read all of them, with one scope.
func ofOffice(tag string, op huma.Operation) huma.Operation {
	op.Tags, op.Security = []string{tag}, rest.Only(attendance.RoleAdmin)
	if op.Method == http.MethodGet {
		op = rest.ForPrograms(op, auth.ScopeRoster)
	}
	return rest.Served(op, "cloud")
}

func added(id attendance.ID, err error, message string) (*addedOutput, error) {
	if err != nil {
		return nil, err
	}
	return &addedOutput{rosterAdded{Status: "success", Message: message, ID: id}}, nil
}

func changed(err error) (*changedOutput, error) {
	if err != nil {
		return nil, err
	}
	return &changedOutput{rosterChanged{Message: "Operation successful."}}, nil
}

func away(archived bool, err error) (*awayOutput, error) {
	if err != nil {
		return nil, err
	}
	if archived {
		return &awayOutput{rosterAway{Message: "Archived: something refers to it. Restore it at any time.", Archived: true}}, nil
	}
	return &awayOutput{rosterAway{Message: "Deleted: nothing referred to it."}}, nil
}

// words are the JSON names of the domain's fields, where they differ.
type words map[string]string

// spell names a wrong field as the caller spelled it. A field of a list has its
// index before it.
func (w words) spell(err error) error {
	var bad attendance.Invalid
	var has attendance.Taken
	switch {
	case errors.As(err, &bad):
		bad.Field = w.field(bad.Field)
		return bad
	case errors.As(err, &has):
		has.Field = w.field(has.Field)
		return has
	}
	return err
}

func (w words) field(f string) string {
	index, plain := "", f
	if i := strings.LastIndexByte(f, '.') + 1; i > 0 {
		index, plain = f[:i], f[i:]
	}
	if name, ok := w[plain]; ok {
		return index + name
	}
	return f
}

// moment is a time in an answer, nil for none.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Millisecond)
	return &t
}

// some is an id in an answer, nil for none.
func some(id attendance.ID) *attendance.ID {
	if id.IsZero() {
		return nil
	}
	return &id
}

// none is an id in a request, zero for none.
func none(id *attendance.ID) attendance.ID {
	if id == nil {
		return attendance.ID{}
	}
	return *id
}

// when is a time in a request, zero for none. A time that was named is never none,
// not even the one that Go calls zero; the rules refuse it.
func when(t *time.Time) time.Time {
	switch {
	case t == nil:
		return time.Time{}
	case t.IsZero():
		return t.Add(time.Nanosecond)
	}
	return *t
}

// refusals of an operation that changes one row.
var refusals = []int{http.StatusNotFound, http.StatusConflict}
