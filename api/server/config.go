// Package server wires the cloud: it chooses the implementations, joins the store
// with the jobs, mounts the operations and runs until it is told to stop. It
// holds no rule.
package server

import (
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/arise-attendance/arise/api/mail"
)

// Config is what the program read from its environment.
type Config struct {
	Host          string
	Port          int
	DatabaseURL   string // empty: a Postgres of our own under Data
	Schema        string
	Data          string
	Secret        []byte // empty: made, and kept under Data
	PublicURL     string
	AdminPassword string   // of the first account; empty: a set-up link makes it
	Origins       []string // of other portals, see rest.Door
	Proxies       []string // CIDRs
	Zone          *time.Location
	Legacy        bool // original scanners may call the cloud itself
	Demo          bool
	DrainFor      time.Duration // between "not ready" and closing the port
	MetricsListen string        // address of the metrics; empty: none
	TracesTo      string        // OTLP over HTTP; empty: no traces
	SMTP          *mail.SMTP    // nil: no mail leaves
	Pendrives     string        // folder of the pendrive's programs, to give away
	Portals       http.Handler
	Log           *slog.Logger
}

// Address is where to listen.
func (c Config) Address() string { return net.JoinHostPort(c.Host, strconv.Itoa(c.Port)) }

// Origin is where browsers and pendrives find us.
func (c Config) Origin() string {
	if c.PublicURL != "" {
		return c.PublicURL
	}
	host := c.Host
	if host == "" || net.ParseIP(host).IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(c.Port))
}
