package rest

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
)

// File is an answer that is written while it is made.
type File struct {
	ContentType string
	Disposition string // "" shows it in place
	Size        int64  // 0: not known before
	Write       func(io.Writer) error
}

// HandleFile registers an operation that answers with a file. types are the files'
// content types; body, when not nil, is what it answers as JSON.
func HandleFile[I any](api huma.API, op huma.Operation, body reflect.Type, types []string, fn func(context.Context, *I) (*File, error)) {
	content := map[string]*huma.MediaType{}
	for _, t := range types {
		content[t] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	if body != nil {
		content["application/json"] = &huma.MediaType{Schema: api.OpenAPI().Components.Schemas.Schema(body, true, body.Name())}
	}
	exports := exportsOf(api)
	op.Responses = map[string]*huma.Response{"200": {Description: "The file", Content: content}}
	Handle(api, op, func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
		file, err := fn(ctx, in)
		if err != nil {
			return nil, err
		}
		return &huma.StreamResponse{Body: func(hctx huma.Context) {
			r, w := humachi.Unwrap(hctx)
			file.send(ctx, op.OperationID, w, func() error { return file.note(ctx, exports, op.OperationID, r) })
		}}, nil
	})
}

// send writes the file. What fails before the first byte is a problem like any
// other; after it the connection is cut, so that half a file never looks whole.
func (f *File) send(ctx context.Context, operation string, w http.ResponseWriter, before func() error) {
	out := &late{file: f, w: w, before: before}
	err := f.Write(out)
	if err == nil {
		err = out.begin() // even if it is empty
	}
	if err == nil {
		return
	}
	if !out.begun {
		p, ok := Convert(ctx, operation, err).(*Problem) //nolint:errorlint // Convert makes it
		if !ok {
			p = NewProblem(http.StatusInternalServerError, "internal", "the file could not be made: try again")
		}
		WriteProblem(w, p)
		return
	}
	if ctx.Err() == nil {
		slog.ErrorContext(ctx, "file broke off", "operation", operation, "error", err)
	}
	panic(http.ErrAbortHandler)
}

// late sends the headers with the first byte.
type late struct {
	file   *File
	w      http.ResponseWriter
	before func() error
	begun  bool
}

func (l *late) begin() error {
	if l.begun {
		return nil
	}
	if err := l.before(); err != nil {
		return err
	}
	l.begun = true
	h := l.w.Header()
	h.Set("Content-Type", l.file.ContentType)
	h.Set("Cache-Control", "no-store")
	if l.file.Disposition != "" {
		h.Set("Content-Disposition", l.file.Disposition)
	}
	if l.file.Size > 0 {
		h.Set("Content-Length", itoa(int(l.file.Size)))
	}
	l.w.WriteHeader(http.StatusOK)
	return nil
}

func (l *late) Write(b []byte) (int, error) {
	if err := l.begin(); err != nil {
		return 0, err
	}
	return l.w.Write(b)
}
