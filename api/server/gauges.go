package server

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/arise-attendance/arise/jobs"
)

// poolCollector reads the pool's own counts.
type poolCollector struct {
	pool                                  *pgxpool.Pool
	conns, most, acquires, waits, waitFor *prometheus.Desc
}

func newPoolCollector(pool *pgxpool.Pool) poolCollector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("arise_db_pool_"+name, help, labels, nil)
	}
	return poolCollector{
		pool: pool, conns: desc("connections", "Connections by state.", "state"), most: desc("connections_max", "Most connections there may be."),
		acquires: desc("acquires_total", "Connections handed out."), waits: desc("empty_acquires_total", "Of those, how many had to wait for one."),
		waitFor: desc("acquire_duration_seconds_total", "Time spent waiting for connections."),
	}
}

// Describe is for Prometheus.
func (c poolCollector) Describe(to chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, to) }

// Collect is for Prometheus.
func (c poolCollector) Collect(to chan<- prometheus.Metric) {
	s := c.pool.Stat()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	count := func(d *prometheus.Desc, v float64) {
		to <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v)
	}
	gauge(c.conns, float64(s.AcquiredConns()), "used")
	gauge(c.conns, float64(s.IdleConns()), "idle")
	gauge(c.conns, float64(s.ConstructingConns()), "opening")
	gauge(c.most, float64(s.MaxConns()))
	count(c.acquires, float64(s.AcquireCount()))
	count(c.waits, float64(s.EmptyAcquireCount()))
	count(c.waitFor, s.AcquireDuration().Seconds())
}

// schoolCollector asks the database, at most so often however many scrape.
type schoolCollector struct {
	ask              func(context.Context) (waiting, error)
	jobs, inbox, age *prometheus.Desc

	mu    sync.Mutex
	asked time.Time
	waits waiting
}

// waiting is what has to be asked of the database.
type waiting struct {
	jobs  []jobs.Waiting
	inbox int
}

const (
	askAtMost = 15 * time.Second // two scrapes of one interval see one answer
	askFor    = 3 * time.Second
)

func newSchoolCollector(ask func(context.Context) (waiting, error)) *schoolCollector {
	return &schoolCollector{
		ask:   ask,
		jobs:  prometheus.NewDesc("arise_jobs", "Jobs that are not done, and those given up, of all servers; by kind and state.", []string{"kind", "state"}, nil),
		inbox: prometheus.NewDesc("arise_inbox_open", "Facts of pendrives that wait for a person.", nil, nil),
		age:   prometheus.NewDesc("arise_database_asked_timestamp_seconds", "When the database last answered for these figures.", nil, nil),
	}
}

// Describe is for Prometheus.
func (c *schoolCollector) Describe(to chan<- *prometheus.Desc) {
	to <- c.jobs
	to <- c.inbox
	to <- c.age
}

// Collect is for Prometheus. A database that does not answer leaves the figures
// as they were; their age says so.
func (c *schoolCollector) Collect(to chan<- prometheus.Metric) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.asked) >= askAtMost {
		ctx, cancel := context.WithTimeout(context.Background(), askFor)
		defer cancel()
		if waits, err := c.ask(ctx); err == nil {
			c.waits, c.asked = waits, time.Now()
		}
	}
	if c.asked.IsZero() {
		return
	}
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	for _, j := range c.waits.jobs {
		gauge(c.jobs, float64(j.Count), j.Kind, j.State)
	}
	gauge(c.inbox, float64(c.waits.inbox))
	gauge(c.age, float64(c.asked.Unix()))
}
