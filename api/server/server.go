package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/attendance/office"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/campus"
	"github.com/arise-attendance/arise/api/campus/drive"
	"github.com/arise-attendance/arise/api/campus/fleet"
	"github.com/arise-attendance/arise/api/campus/inbox"
	"github.com/arise-attendance/arise/api/campus/outbox"
	"github.com/arise-attendance/arise/api/campus/roster"
	"github.com/arise-attendance/arise/api/classroom"
	"github.com/arise-attendance/arise/api/insight"
	"github.com/arise-attendance/arise/api/intake"
	"github.com/arise-attendance/arise/api/live"
	"github.com/arise-attendance/arise/api/online"
	"github.com/arise-attendance/arise/api/pendrive"
	"github.com/arise-attendance/arise/api/reports"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/api/review"
	"github.com/arise-attendance/arise/api/signin"
	"github.com/arise-attendance/arise/api/student"
	"github.com/arise-attendance/arise/db/postgres"
	"github.com/arise-attendance/arise/jobs"
)

// Server is the cloud, ready to run.
type Server struct {
	config   Config
	db       database
	store    *postgres.Store
	queue    *jobs.Queue
	service  *attendance.Service
	imports  *intake.Service
	hub      *live.Hub
	traffic  *postgres.Traffic
	node     attendance.ID // as facts made here name it
	keys     auth.Seal     // of scanners' keys
	tickets  auth.Seal     // of links to made pendrives
	http     *http.Server
	listener net.Listener
	metrics  *metrics
	traces   *traces
	stopping atomic.Bool
	stopLive chan struct{}
}

// New opens the database, brings it up to date and takes the port.
func New(ctx context.Context, c Config) (s *Server, err error) {
	s = &Server{config: c, hub: live.NewHub(), stopLive: make(chan struct{})}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	key, err := secret(c)
	if err != nil {
		return s, err
	}
	tokens, err := auth.NewTokens(key, time.Now)
	if err != nil {
		return s, err
	}
	// The port first: a second program must not touch the data of the first.
	if s.listener, err = listen(ctx, c); err != nil {
		return s, err
	}
	if s.traces, err = startTraces(ctx, c); err != nil {
		return s, err
	}
	if s.db, err = openDatabase(ctx, c, s.traces.queries); err != nil {
		return s, err
	}
	s.metrics = newMetrics(s.db.pool, s.hub, s.waits)
	if err = s.metrics.listen(ctx, c.MetricsListen); err != nil {
		return s, err
	}
	if err = s.assemble(ctx, key); err != nil {
		return s, err
	}
	s.http = &http.Server{
		Handler: s.handler(tokens, online.NewKeys(key)), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute,
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	return s, nil
}

// assemble joins store, jobs and rules: the store calls the jobs' hook in its
// transaction, the jobs call the rules, the rules use the store.
func (s *Server) assemble(ctx context.Context, key []byte) error {
	s.queue = jobs.New(s.db.pool, s.config.Log)
	s.queue.Ended = s.metrics.jobEnded
	s.store = postgres.New(s.db.pool, postgres.Options{Hook: s.metrics.facts(s.queue.Hook), Recount: s.queue.Recount, Later: s.queue.Begin, Leave: s.queue.Leave, Order: s.queue.Order, Post: s.queue.Post, Log: s.config.Log})
	s.traffic = s.store.Traffic(time.Minute)
	var err error
	if s.node, err = s.store.CloudNode(ctx); err != nil {
		return err
	}
	if s.keys, err = auth.NewSeal(key, "device"); err != nil {
		return err
	}
	if s.tickets, err = auth.NewSeal(key, "pendrive"); err != nil {
		return err
	}
	world := attendance.World{Now: time.Now, Rand: rand.Reader}
	if s.service, err = attendance.NewService(ctx, s.store, world, s.node, attendance.Rules{Zone: s.config.Zone}); err != nil {
		return err
	}
	seal, err := auth.NewSeal(key, "import")
	if err != nil {
		return err
	}
	s.imports = &intake.Service{
		Store: s.store, Seal: seal, Hash: auth.HashSecret, Now: time.Now, NewID: s.service.NewID, Zone: s.config.Zone,
	}
	return s.queue.Serve(s.service, s.store, s.store, s.imports, s.post(), s.reports(), s.node)
}

func (s *Server) reports() reports.Deps {
	return reports.Deps{Service: s.service, School: s.store, Papers: s.store, Schedules: s.store, Letters: s.post()}
}

func listen(ctx context.Context, c Config) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", c.Address())
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w: another program has the port, set PORT to a free one", c.Address(), err)
	}
	return l, nil
}

func (s *Server) handler(tokens *auth.Tokens, keys online.Keys) http.Handler {
	router := rest.Router(s.config.Log, rest.Door{
		Origins: s.config.Origins, Proxies: s.config.Proxies, TLS: rest.IsSecure(s.config.PublicURL),
	}, s.metrics.requests, s.traces.requests)
	rest.Mount(router, s.config.Portals)
	people := rest.TokenAuth{Tokens: tokens, Logins: s.store}
	programs := campus.IntegrationAuth{Integrations: s.store, Next: people}
	scanners := classroom.DeviceAuth{Proofs: proofs{s.store, s.keys, s.node}, Server: s.node, Next: programs}
	api := rest.Noted(rest.NewAPI(router, campus.NodeAuth{Nodes: s.store, Next: scanners}), s.store)
	rest.Limit(api, s.traffic)
	rules := office.Office{Registry: s.store, Now: s.service.Now, NewID: s.service.NewID}
	desk := signin.Desk{Service: s.service, Tokens: tokens, Brake: s.store.Brake(), Book: s.store, Secure: rest.IsSecure(s.config.PublicURL)}
	operations(api, classroom.Deps{
		Service: s.service, Hub: s.hub, Desk: desk,
		Server: classroom.Server{Kind: "cloud"}, Sync: cloud{s.store, s.service},
		Legacy: s.config.Legacy, StopLive: s.stopLive,
	}, campus.Deps{
		Service: s.service, Nodes: s.store, Uploads: s.store, Feeds: s.store, Ready: s.ready,
		Accounts: s.store, Office: s.store, Desk: desk, Teachers: s.store, Integrations: s.store, Imports: s.imports,
		Roster: roster.Deps{Office: rules, Lists: s.store.Lists()},
		Drives: drive.Deps{
			Office: rules, Nodes: s.store, Rosters: s.store, School: s.service.School, Tickets: s.tickets, Programs: s.config.Pendrives, Origin: s.config.Origin(),
		},
		Fleet:  fleet.Deps{Service: s.service, Scanners: s.store, Seal: s.keys, Server: s.node, Brake: s.store.Brake()},
		Outbox: outbox.Deps{Service: s.service, Mails: s.store, Jobs: failures{s.queue}, Sends: s.config.SMTP != nil},
		Inbox:  inbox.Deps{Service: s.service, Items: s.store, Office: office.Office{Registry: s.store, Now: s.service.Now, NewID: s.service.NewID}},
	}, student.Deps{Service: s.service, Students: s.store, Courses: s.store, Letterbox: s.store, Desk: desk, Figures: s.store, Board: s.store}, online.Deps{
		Service: s.service, Store: s.store, Keys: keys, Looks: online.NewLooks(online.LooksPerMinute), Origin: s.config.Origin(), Secure: rest.IsSecure(s.config.PublicURL),
	}, s.reports(), review.Deps{Service: s.service, Ledger: s.store, Requests: s.store}, insight.Deps{Service: s.service, Figures: s.store})
	return router
}

func operations(api huma.API, room classroom.Deps, office campus.Deps, own student.Deps, class online.Deps, papers reports.Deps, say review.Deps, sum insight.Deps) {
	classroom.Register(api, room)
	campus.Register(api, office)
	student.Register(api, own)
	online.Register(api, class)
	reports.Register(api, papers)
	review.Register(api, say)
	insight.Register(api, sum)
	pendrive.Register(api, pendrive.Deps{}) // a pendrive answers them
}

// Contract is the OpenAPI document; it needs no database.
func Contract() ([]byte, error) {
	api := rest.NewAPI(chi.NewRouter(), nil)
	operations(api, classroom.Deps{}, campus.Deps{}, student.Deps{}, online.Deps{}, reports.Deps{}, review.Deps{}, insight.Deps{})
	return api.OpenAPI().YAML()
}

// Addr is where it listens.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// Close gives everything back. It is safe to call twice, and on what New could
// not finish.
func (s *Server) Close() error {
	var errs []error
	if s.http != nil {
		errs = append(errs, s.http.Close())
		s.http = nil
	} else if s.listener != nil {
		errs = append(errs, s.listener.Close())
	}
	s.listener = nil
	if s.metrics != nil {
		errs = append(errs, s.metrics.close())
	}
	errs = append(errs, s.db.close())
	s.db = database{}
	s.traces.close(s.config.Log)
	return errors.Join(errs...)
}
