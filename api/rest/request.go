package rest

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"regexp"

	"github.com/go-chi/chi/v5/middleware"
)

// requestHeader carries the id of a request, both ways.
const requestHeader = "X-Request-Id"

// requestID is what we take from outside: it ends up in every line of the log.
var requestID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// identified gives each request an id, a balancer's if it has one.
func identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get(requestHeader)
		if !requestID.MatchString(id) {
			id = rand.Text()
		}
		w.Header().Set(requestHeader, id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), middleware.RequestIDKey, id)))
	})
}

// RequestID is the id of the request that ctx belongs to.
func RequestID(ctx context.Context) string { return middleware.GetReqID(ctx) }

// WithRequest is a log handler that adds the request's id to its lines.
type WithRequest struct{ slog.Handler }

// Handle is for slog.
func (h WithRequest) Handle(ctx context.Context, r slog.Record) error {
	if id := RequestID(ctx); id != "" {
		r.AddAttrs(slog.String("request_id", id))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs is for slog.
func (h WithRequest) WithAttrs(attrs []slog.Attr) slog.Handler {
	return WithRequest{h.Handler.WithAttrs(attrs)}
}

// WithGroup is for slog.
func (h WithRequest) WithGroup(name string) slog.Handler {
	return WithRequest{h.Handler.WithGroup(name)}
}
