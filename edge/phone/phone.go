// Package phone keeps which browsers of the classroom's network the teacher let
// in. A link with a one-time token, shown as a QR code, gives a browser a secret
// in a cookie; the register keeps the secret's hash. A paired phone has come as
// far as the pendrive's own screen: whoever holds it still signs in.
package phone

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite"
)

// Store is where phones outlive the program.
type Store interface {
	Phones(ctx context.Context) ([]sqlite.Phone, error)
	PutPhone(ctx context.Context, p sqlite.Phone) error
	SeePhone(ctx context.Context, id attendance.ID, address string, at time.Time) error
	DropPhone(ctx context.Context, id attendance.ID) error
}

const (
	inviteFor = 5 * time.Minute     // from the screen to the phone
	knownFor  = 90 * 24 * time.Hour // about a term
	seenEvery = time.Hour           // how often being seen is worth a write
)

// ErrInvite is a link that is used, old, or was never made.
var ErrInvite = errors.New("this code was used already or is too old: make a new one on the pendrive's page")

// Book is the list of paired phones. It is safe for concurrent use.
type Book struct {
	store Store
	world attendance.World
	log   *slog.Logger

	mu     sync.Mutex
	known  map[[sha256.Size]byte]*entry
	invite invite // one at a time: a newer link ends the older
}

type entry struct {
	sqlite.Phone
	written time.Time // when SeenAt was last stored
	ctx     context.Context
	end     context.CancelFunc
}

type invite struct {
	hash  [sha256.Size]byte
	until time.Time
}

// Open reads the phones that are still good.
func Open(ctx context.Context, store Store, world attendance.World, log *slog.Logger) (*Book, error) {
	b := &Book{store: store, world: world, log: log, known: map[[sha256.Size]byte]*entry{}}
	all, err := store.Phones(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the paired phones: %w", err)
	}
	for _, p := range all {
		b.add(p)
	}
	return b, nil
}

func (b *Book) add(p sqlite.Phone) {
	e := &entry{Phone: p, written: p.SeenAt}
	e.ctx, e.end = context.WithCancel(context.Background())
	b.known[p.Hash] = e
}

// Invite makes a token that lets one browser in, once.
func (b *Book) Invite() (token string, until time.Time) {
	token = rand.Text()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.invite = invite{hash: sha256.Sum256([]byte(token)), until: b.world.Now().Add(inviteFor)}
	return token, b.invite.until
}

// Accept uses a token up and returns the secret that the browser keeps from now
// on. before is the secret it had, if any: a browser is not listed twice.
func (b *Book) Accept(ctx context.Context, token, before, agent, address string) (secret string, until time.Time, err error) {
	now := b.world.Now()
	b.mu.Lock()
	good := b.invite.hash == sha256.Sum256([]byte(token)) && now.Before(b.invite.until)
	if good {
		b.invite = invite{}
	}
	b.mu.Unlock()
	if !good {
		return "", time.Time{}, ErrInvite
	}
	id, err := attendance.NewID(now, b.world.Rand)
	if err != nil {
		return "", time.Time{}, err
	}
	secret = rand.Text()
	p := sqlite.Phone{
		ID: id, Hash: sha256.Sum256([]byte(secret)), Agent: agent, Address: address,
		PairedAt: now, SeenAt: now, UntilAt: now.Add(knownFor),
	}
	if err := b.store.PutPhone(ctx, p); err != nil {
		return "", time.Time{}, err
	}
	b.mu.Lock()
	b.add(p)
	old := b.known[sha256.Sum256([]byte(before))]
	b.mu.Unlock()
	if old != nil {
		err = b.Revoke(ctx, old.ID)
	}
	return secret, p.UntilAt, err
}

// Known finds the phone that a secret belongs to. Its context ends when the phone
// is revoked, and with it what it still has open.
func (b *Book) Known(ctx context.Context, secret, address string) (context.Context, bool) {
	if secret == "" {
		return nil, false
	}
	now := b.world.Now()
	b.mu.Lock()
	e := b.known[sha256.Sum256([]byte(secret))]
	if e == nil || now.After(e.UntilAt) {
		b.mu.Unlock()
		return nil, false
	}
	e.SeenAt, e.Address = now, address
	write := now.Sub(e.written) >= seenEvery
	if write {
		e.written = now
	}
	id := e.ID
	b.mu.Unlock()
	if write {
		if err := b.store.SeePhone(ctx, id, address, now); err != nil { // it may come in all the same
			b.log.WarnContext(ctx, "a phone's visit was not noted", "error", err)
		}
	}
	return e.ctx, true
}

// List is all that are let in, the newest first.
func (b *Book) List() []sqlite.Phone {
	now := b.world.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []sqlite.Phone
	for _, e := range b.known {
		if !now.After(e.UntilAt) {
			out = append(out, e.Phone)
		}
	}
	slices.SortFunc(out, func(a, b sqlite.Phone) int { return b.PairedAt.Compare(a.PairedAt) })
	return out
}

// Revoke shuts a phone out, at once.
func (b *Book) Revoke(ctx context.Context, id attendance.ID) error {
	b.mu.Lock()
	for hash, e := range b.known {
		if e.ID == id {
			delete(b.known, hash)
			defer e.end()
		}
	}
	b.mu.Unlock()
	// After the memory: should the drive fail now, it is out until the next start.
	return b.store.DropPhone(ctx, id)
}
