package rest

import (
	"context"
	"mime"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
)

// Exports keeps which files left the school.
type Exports interface {
	// Exported notes a file before its first byte is sent, in the name of whoever asks.
	Exported(ctx context.Context, e attendance.Export) error
}

// Noted is an API whose files are noted: what cannot be noted is not sent. Without
// it, as on a pendrive, none is.
func Noted(api huma.API, in Exports) huma.API { return noted{api, in} }

type noted struct {
	huma.API
	exports Exports
}

// Config lets huma find the settings of the API inside.
func (n noted) Config() huma.Config {
	if c, ok := n.API.(interface{ Config() huma.Config }); ok {
		return c.Config()
	}
	return huma.Config{}
}

// exportsOf is where an API notes its files; nil: nowhere.
func exportsOf(api huma.API) Exports {
	if n, ok := api.(noted); ok {
		return n.exports
	}
	return nil
}

// note is what happens before the first byte of a file. What is shown in place is no
// file, and what students read of themselves leaves no school.
func (f *File) note(ctx context.Context, in Exports, operation string, r *http.Request) error {
	if in == nil || f.Disposition == "" || auth.From(ctx).Role == attendance.RoleStudent {
		return nil
	}
	e := attendance.Export{Operation: operation, Asked: map[string]string{}}
	if _, say, err := mime.ParseMediaType(f.Disposition); err == nil {
		e.File = say["filename"]
	}
	for key, values := range r.URL.Query() {
		switch key { // not all: a link may hold a secret
		case "course_id", "semester_id", "student_id", "date", "from", "to", "month", "format", "below":
			e.Asked[key] = values[0]
			e.About = about(e.About, values[0])
		}
	}
	for _, part := range strings.Split(r.URL.Path, "/") {
		e.About = about(e.About, part)
	}
	return in.Exported(ctx, e)
}

// about adds what is an id.
func about(all []string, text string) []string {
	if id, err := attendance.ParseID(text); err == nil {
		return append(all, id.String())
	}
	return all
}
