package node

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/classroom"
	"github.com/arise-attendance/arise/api/pendrive"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/api/signin"
	"github.com/arise-attendance/arise/db/sqlite"
	"github.com/arise-attendance/arise/edge/page"
	"github.com/arise-attendance/arise/edge/replay"
)

// paired reports that the school knows this pendrive.
func (r *room) paired() bool { return !r.identity.Node.IsZero() && r.claim == "" }

// assemble joins store, rules, operations and replay for whom this pendrive is
// now. Requests that began in the room before end there.
func (n *Node) assemble(ctx context.Context) error {
	id, err := n.store.Identity(ctx)
	if err != nil {
		return err
	}
	r := &room{identity: id}
	lease, claim, err := n.store.Lease(ctx)
	if err != nil {
		return err
	}
	r.claim = claim
	n.lease.Store(&lease)
	if r.service, err = n.rules(ctx, id); err != nil {
		return err
	}
	if !id.Node.IsZero() && claim == "" && n.config.Cloud != "" {
		if r.replay, err = n.link(id, r.service); err != nil {
			return err
		}
	}
	if r.handler, err = n.handler(r); err != nil {
		return err
	}
	n.room.Store(r)
	return nil
}

// rules is the domain over this pendrive's store.
func (n *Node) rules(ctx context.Context, id sqlite.Identity) (*attendance.Service, error) {
	var store attendance.Store = n.store
	if id.Node.IsZero() {
		store = unpaired{store}
	}
	service, err := attendance.NewService(ctx, store, n.config.World, id.Node, attendance.Rules{Zone: n.config.Zone, MayOpen: func(at time.Time) error {
		if l := n.lease.Load(); l != nil {
			return l.MayOpen(at)
		}
		return nil
	}})
	if err != nil || id.Node.IsZero() {
		return service, err
	}
	return service, n.remember(ctx, service.Clock())
}

// unpaired is a register that takes nothing yet: a fact carries the name of the
// pendrive that made it, and this one has none.
type unpaired struct{ attendance.Store }

func (unpaired) InTx(context.Context, func(context.Context, attendance.Tx) error) error {
	return rest.NewProblem(http.StatusServiceUnavailable, "not-paired",
		"this pendrive is not paired with the school yet: start it with ARISE_EDGE_CLAIM, or run edge claim CODE")
}

func (n *Node) link(id sqlite.Identity, service *attendance.Service) (*replay.Replay, error) {
	cloud, err := replay.NewClient(n.config.Cloud, auth.NodeToken(id.Node, id.Key), n.config.Transport)
	if err != nil {
		return nil, err
	}
	return replay.New(replay.Options{
		Log: n.store, Cloud: cloud.As(n.config.Version, n.config.World.Now), Service: service, World: n.config.World, Every: n.config.Every,
		Changed: n.hub.All, Told: n.told, Slog: n.config.Log,
	}), nil
}

func (n *Node) handler(r *room) (http.Handler, error) {
	// Its own secret, so that a sign-in outlives a restart and means nothing elsewhere.
	secret := sha256.Sum256(append([]byte("arise edge sign-in"), r.identity.Key...))
	tokens, err := auth.NewTokens(secret[:], n.config.World.Now)
	if err != nil {
		return nil, fmt.Errorf("make tokens: %w", err)
	}
	router := rest.Router(n.config.Log, rest.Door{})
	router.Use(n.door.Guard)
	rest.Mount(router, n.config.Portals)
	n.door.Mount(router)
	page.Mount(router)
	router.Get("/status", n.standing(r))
	api := rest.NewAPI(router, rest.TokenAuth{Tokens: tokens})
	classroom.Register(api, classroom.Deps{
		Service: r.service, Hub: n.hub, Desk: signin.Desk{Service: r.service, Tokens: tokens, Brake: auth.NewLocal()},
		Server: classroom.Server{Kind: "edge", Name: r.identity.Name}, Sync: office{Node: n, room: r},
		Legacy: n.config.Legacy, StopLive: n.stopLive,
	})
	pendrive.Register(api, pendrive.Deps{Drive: office{Node: n, room: r}})
	cloudOnly(api, router, n.config.Cloud)
	n.claiming(router)
	return router, nil
}

// serve answers in the room there is now.
func (n *Node) serve(w http.ResponseWriter, req *http.Request) {
	if n.leadsToClaim(w, req) {
		return
	}
	n.room.Load().handler.ServeHTTP(w, req)
}

// standing draws the page of GET /api/edge/status.
func (n *Node) standing(r *room) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		st, err := office{Node: n, room: r}.Status(req.Context())
		if err != nil {
			n.config.Log.ErrorContext(req.Context(), "the status page failed", "error", err)
			rest.WriteProblem(w, rest.NewProblem(http.StatusInternalServerError, "internal", "the page could not be made; nothing was lost: try again"))
			return
		}
		page.Status(w, st, n.config.Zone)
	}
}
