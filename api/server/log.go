package server

import (
	"io"
	"log/slog"

	"github.com/arise-attendance/arise/api/rest"
)

// Logger writes JSON for machines or text for people; each line of a request has
// its id, and a duration reads like 27.8ms in both.
func Logger(w io.Writer, asJSON bool, level slog.Level) *slog.Logger {
	o := &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Value.Kind() == slog.KindDuration {
			a.Value = slog.StringValue(a.Value.Duration().String())
		}
		return a
	}}
	if asJSON {
		return slog.New(rest.WithRequest{Handler: slog.NewJSONHandler(w, o)})
	}
	return slog.New(rest.WithRequest{Handler: slog.NewTextHandler(w, o)})
}
