package server

import (
	"io"
	"log/slog"

	"github.com/arise-attendance/arise/api/rest"
)

// Logger writes JSON for machines or text for people; each line of a request has
// its id.
func Logger(w io.Writer, asJSON bool, level slog.Level) *slog.Logger {
	o := &slog.HandlerOptions{Level: level}
	if asJSON {
		return slog.New(rest.WithRequest{Handler: slog.NewJSONHandler(w, o)})
	}
	return slog.New(rest.WithRequest{Handler: slog.NewTextHandler(w, o)})
}
