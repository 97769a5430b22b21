package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5/middleware"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/live"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/db/postgres"
)

// metrics is what an operator watches. Its labels are patterns, kinds and states
// of ours, so their number is bounded and none names anybody. It answers on an
// address of its own: no proxy in front of the school's can publish it by accident.
type metrics struct {
	registry *prometheus.Registry
	took     *prometheus.HistogramVec
	inFlight prometheus.Gauge
	stored   *prometheus.CounterVec
	jobs     *prometheus.CounterVec

	listener net.Listener
	http     *http.Server
}

func newMetrics(pool *pgxpool.Pool, hub *live.Hub, ask func(context.Context) (waiting, error)) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "arise_http_request_duration_seconds", Help: "Requests by route, method and class of status; a live stream counts when it ends.",
			Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"route", "method", "status"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "arise_http_requests_in_flight", Help: "Requests under way, live streams included."}),
		stored:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "arise_facts_stored_total", Help: "Facts placed by this server, by kind; one that had to be tried again counts again."}, []string{"kind"}),
		jobs:     prometheus.NewCounterVec(prometheus.CounterOpts{Name: "arise_jobs_ended_total", Help: "Jobs worked by this server, by kind and the state they ended in."}, []string{"kind", "state"}),
	}
	m.registry.MustRegister(
		m.took, m.inFlight, m.stored, m.jobs, newPoolCollector(pool), newSchoolCollector(ask),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "arise_live_streams", Help: "Live streams that are open here."}, func() float64 { return float64(hub.Watching()) }),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), collectors.NewBuildInfoCollector(),
	)
	return m
}

// requests measures each request.
func (m *metrics) requests(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.inFlight.Inc()
		defer m.inFlight.Dec()
		ww := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		start := time.Now()
		next.ServeHTTP(ww, r)
		status := ww.Status()
		if status == 0 {
			status = http.StatusOK // nothing was written: net/http says so
		}
		m.took.WithLabelValues(rest.Route(r), method(r.Method), strconv.Itoa(status/100)+"xx").Observe(time.Since(start).Seconds())
	})
}

// method is one of the few there are; a caller can make up any other.
func method(name string) string {
	switch name {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return name
	}
	return "other"
}

// facts counts what a hook is told.
func (m *metrics) facts(hook postgres.Hook) postgres.Hook {
	return func(ctx context.Context, tx pgx.Tx, fresh []attendance.Fact) error {
		if err := hook(ctx, tx, fresh); err != nil {
			return err
		}
		for _, f := range fresh {
			m.stored.WithLabelValues(string(f.Kind)).Inc()
		}
		return nil
	}
}

func (m *metrics) jobEnded(kind, state string) { m.jobs.WithLabelValues(kind, state).Inc() }

func (m *metrics) listen(ctx context.Context, address string) (err error) {
	if address == "" {
		return nil
	}
	var lc net.ListenConfig
	if m.listener, err = lc.Listen(ctx, "tcp", address); err != nil {
		return fmt.Errorf("ARISE_METRICS_LISTEN %s: %w", address, err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Timeout: 10 * time.Second, MaxRequestsInFlight: 4}))
	m.http = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second, WriteTimeout: 15 * time.Second}
	return nil
}

// run answers scrapes until ctx ends.
func (m *metrics) run(ctx context.Context) error {
	if m.http == nil {
		return nil
	}
	stop := context.AfterFunc(ctx, func() { _ = m.http.Close() }) // a scrape has nothing to lose
	defer stop()
	if err := m.http.Serve(m.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve metrics: %w", err)
	}
	return nil
}

func (m *metrics) close() error {
	if m.http == nil {
		return nil
	}
	err := m.http.Close()
	if cerr := m.listener.Close(); err == nil && !errors.Is(cerr, net.ErrClosed) {
		err = cerr
	}
	m.http = nil
	return err
}
