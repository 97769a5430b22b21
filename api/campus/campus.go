// Package campus holds the operations that only the cloud answers. It reaches
// data through small interfaces of its own; SQL is the store's affair.
package campus

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/campus/drive"
	"github.com/arise-attendance/arise/api/campus/fleet"
	"github.com/arise-attendance/arise/api/campus/inbox"
	"github.com/arise-attendance/arise/api/campus/outbox"
	"github.com/arise-attendance/arise/api/campus/roster"
	"github.com/arise-attendance/arise/api/intake"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/api/signin"
)

// Nodes are the pendrives the cloud knows.
type Nodes interface {
	// Claim hands a node over to whoever brings its code, once: keyHash is kept, and
	// the same key gets the same answer again.
	Claim(ctx context.Context, code string, keyHash []byte, version string, at time.Time) (attendance.Node, error)
	Node(ctx context.Context, id attendance.ID) (attendance.Node, error)
	// FormerKey reports whether a node had a key before it was issued again.
	FormerKey(ctx context.Context, id attendance.ID, keyHash []byte) (bool, error)
	// Heard notes that a node called, and what it said of itself.
	Heard(ctx context.Context, node attendance.ID, said attendance.Vitals) error
}

// Uploads gives one transaction to one batch of a pendrive.
type Uploads interface {
	InUpload(ctx context.Context, fn func(context.Context, attendance.Inbound) error) error
}

// Feeds reads the roster feed as one node shall see it.
type Feeds interface {
	// Feed answers a node that holds a generation through rev, and facts through a
	// cursor; zero values ask for a snapshot. ErrRefetch: ask for one.
	Feed(ctx context.Context, node, generation attendance.ID, rev int64, facts string) (attendance.Page, error)
	Head(ctx context.Context) (attendance.Head, error)
}

// Deps is what the operations need. A zero Deps is enough to print the contract.
type Deps struct {
	Service  *attendance.Service
	Nodes    Nodes
	Uploads  Uploads
	Feeds    Feeds
	Accounts Accounts
	Office   Office
	Desk     signin.Desk
	Teachers Teachers
	Imports  *intake.Service
	Roster   roster.Deps
	Outbox   outbox.Deps
	Fleet    fleet.Deps
	Inbox    inbox.Deps
	Drives   drive.Deps
	Ready    func(context.Context) error // does the database answer

	Integrations Integrations
}

// Register mounts the campus.
func Register(api huma.API, d Deps) {
	d.claim(api)
	d.receive(api)
	d.roster(api)
	d.ready(api)
	d.setUp(api)
	d.signIn(api)
	d.password(api)
	d.pin(api)
	d.tokens(api)
	d.accounts(api)
	d.school(api)
	d.importing(api)
	roster.Register(api, d.Roster)
	outbox.Register(api, d.Outbox)
	fleet.Register(api, d.Fleet)
	inbox.Register(api, d.Inbox)
	drive.Register(api, d.Drives)
}

// cloud marks an operation as answered by the cloud only.
func cloud(op huma.Operation) huma.Operation { return rest.Served(op, "cloud") }

// ofNode is an operation for a paired pendrive.
func ofNode(op huma.Operation) huma.Operation {
	op.Tags, op.Security = []string{"Sync"}, rest.Only(attendance.RoleNode)
	return cloud(op)
}

// ofAdmin is an operation for the office.
func ofAdmin(op huma.Operation) huma.Operation {
	op.Security = rest.Only(attendance.RoleAdmin)
	if op.Tags == nil {
		op.Tags = []string{"Accounts"}
	}
	return cloud(op)
}

// NodeAuth authenticates pendrives by their key and leaves people to Next.
type NodeAuth struct {
	Nodes Nodes
	Next  rest.Authenticator
}

// Authenticate reads a node's token.
func (a NodeAuth) Authenticate(r *http.Request, role attendance.Role) (auth.Principal, error) {
	if role != attendance.RoleNode {
		return a.Next.Authenticate(r, role)
	}
	token := auth.Bearer(r.Header.Get("Authorization"), func(string) string { return "" })
	if token == "" {
		return auth.Principal{}, auth.ErrNoToken
	}
	node, key, err := auth.ParseNodeToken(token)
	if err != nil {
		return auth.Principal{}, err
	}
	n, err := a.Nodes.Node(r.Context(), node)
	if errors.Is(err, attendance.ErrNotFound) {
		return auth.Principal{}, auth.ErrToken
	}
	if err != nil {
		return auth.Principal{}, err
	}
	shut := !n.RevokedAt.IsZero()
	if !auth.SameKey(key, n.KeyHash) {
		if shut, err = a.Nodes.FormerKey(r.Context(), node, auth.HashKey(key)); err != nil {
			return auth.Principal{}, err
		}
		if !shut {
			return auth.Principal{}, auth.ErrToken
		}
	}
	return auth.Principal{Actor: attendance.Actor{ID: node, Role: attendance.RoleNode}, Name: n.Name, Shut: shut}, nil
}
