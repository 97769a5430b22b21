package rest

import (
	"compress/gzip"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
)

// Router makes a chi router with what every request passes through, outermost
// first: its id, what the server adds to watch them, a log line, a net under
// panics, security headers, a guard against other sites' pages, and compression.
func Router(log *slog.Logger, door Door, watch ...func(http.Handler) http.Handler) *chi.Mux {
	r := chi.NewRouter()
	r.Use(identified)
	r.Use(watch...)
	r.Use(logged(log), recovered(log), door.secured, door.cors, door.sameSite, door.address())
	// Pages carry their own pre-compressed files; a stream must not wait for a block.
	r.Use(middleware.Compress(gzip.BestSpeed, "application/json", "application/problem+json"))
	r.Use(signed) // what is signed is what a handler wrote, before it is packed
	return r
}

// logged writes one line for each request that failed or took long; a scanner
// that polls each second must not fill a pendrive.
func logged(log *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ww := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
			start := time.Now()
			next.ServeHTTP(ww, r)
			level := slog.LevelDebug
			switch {
			case ww.Status() >= http.StatusInternalServerError:
				level = slog.LevelError
			case r.Method != http.MethodGet && (ww.Status() >= http.StatusBadRequest || !polls(r)):
				level = slog.LevelInfo
			}
			log.Log(r.Context(), level, "request", "method", r.Method, "path", Route(r),
				"status", ww.Status(), "bytes", ww.BytesWritten(), "took", time.Since(start).Round(time.Microsecond))
		})
	}
}

// polls reports whether a request is one of a scanner's, which come each second
// for as long as it has power.
func polls(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/device/") }

// Route is the pattern, not the address: a link's token must not reach the log.
func Route(r *http.Request) string {
	if c := chi.RouteContext(r.Context()); c != nil && c.RoutePattern() != "" {
		return c.RoutePattern()
	}
	return "unmatched"
}

func recovered(log *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				v := recover()
				if v == nil {
					return
				}
				if v == http.ErrAbortHandler { //nolint:errorlint // the sentinel itself is thrown
					panic(v)
				}
				log.ErrorContext(r.Context(), "panic", "path", Route(r), "value", v)
				WriteProblem(w, internal(r.Context()))
			}()
			next.ServeHTTP(w, r)
		})
	}
}
