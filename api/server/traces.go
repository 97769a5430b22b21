package server

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/exaring/otelpgx"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/jackc/pgx/v5/pgxpool"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/arise-attendance/arise/api/rest"
)

// traces follows requests into their queries, if somebody collects traces. A span
// says which route and which statement, never an address, a parameter or a person:
// that is why the middleware is ours and not otelhttp's, which writes down both
// the path, where a link's token may be, and who called.
type traces struct {
	provider *sdktrace.TracerProvider // nil: off
	tracer   trace.Tracer
}

func startTraces(ctx context.Context, c Config) (*traces, error) {
	if c.TracesTo == "" {
		return &traces{}, nil
	}
	to := strings.TrimSuffix(c.TracesTo, "/") + "/v1/traces"
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(to))
	if err != nil {
		return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT: %w", err)
	}
	named, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", "arise")), resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("name this server in traces: %w", err)
	}
	p := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter), sdktrace.WithResource(named), sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.AlwaysSample())),
	)
	return &traces{provider: p, tracer: p.Tracer("arise")}, nil
}

// requests makes a span of each request; it goes on with a balancer's trace.
func (t *traces) requests(next http.Handler) http.Handler {
	if t.provider == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
		ctx, span := t.tracer.Start(ctx, method(r.Method), trace.WithSpanKind(trace.SpanKindServer))
		defer span.End()
		ww := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		r = r.WithContext(ctx)
		next.ServeHTTP(ww, r)
		span.SetName(method(r.Method) + " " + rest.Route(r))
		span.SetAttributes(
			attribute.String("http.request.method", method(r.Method)), attribute.String("http.route", rest.Route(r)),
			attribute.Int("http.response.status_code", ww.Status()), attribute.String("arise.request_id", rest.RequestID(ctx)),
		)
		if ww.Status() >= http.StatusInternalServerError {
			span.SetStatus(codes.Error, "")
		}
	})
}

// queries makes a span of each statement of a request, named as in queries/*.sql;
// what the queue asks by itself each second begins no trace.
func (t *traces) queries(c *pgxpool.Config) {
	if t.provider == nil {
		return
	}
	c.ConnConfig.Tracer = otelpgx.NewTracer(
		otelpgx.WithTracerProvider(t.provider), otelpgx.WithDisableConnectionDetailsInAttributes(), otelpgx.WithSpanNameFunc(statement),
	)
}

// statement is the name that sqlc put before a statement, or its first word.
func statement(sql string) string {
	if named, ok := strings.CutPrefix(sql, "-- name: "); ok {
		sql = named
	}
	name, _, _ := strings.Cut(strings.TrimSpace(sql), " ")
	return name
}

// flushFor is how long the last spans may take to leave.
const flushFor = 5 * time.Second

func (t *traces) close(log *slog.Logger) {
	if t == nil || t.provider == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), flushFor)
	defer cancel()
	if err := t.provider.Shutdown(ctx); err != nil {
		log.WarnContext(ctx, "the last traces were not sent", "error", err) // a collector that is away stops no school
	}
}
