package postgres

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// brake slows down guessing for all replicas. It counts twice: at an address, and
// over all addresses. The second does not hold up an address where the account
// was right lately, or else anybody could shut its owner out.
type brake struct{ *Store }

// Brake is the one that all replicas share.
func (s *Store) Brake() auth.Brake { return brake{s} }

const (
	// idleFor without a try makes the next one the first: a slow guesser gets fewer
	// tries from it than from sitting out the longest pause.
	idleFor = 15 * time.Minute
	// calmFor without a try forgets how many pauses there were.
	calmFor = time.Hour
	// knownFor is how long an address is trusted where an account was right.
	knownFor = 30 * 24 * time.Hour
)

// Begin implements auth.Brake.
func (b brake) Begin(ctx context.Context, account, address string) error {
	return b.write(ctx, func(ctx context.Context, t *tx) error {
		right, err := guess(ctx, t, here(account, address))
		if err != nil || known(right, t.now()) {
			return err
		}
		_, err = guess(ctx, t, anywhere(account))
		return err
	})
}

func known(right *time.Time, now time.Time) bool { return right != nil && now.Sub(*right) < knownFor }

// guess counts one try and returns when the secret was known last.
func guess(ctx context.Context, t *tx, key []byte) (*time.Time, error) {
	now := t.now()
	g, err := t.q.BeginGuess(ctx, dbsqlc.BeginGuessParams{
		Key: key, At: now, IdleSince: now.Add(-idleFor), CalmSince: now.Add(-calmFor), ForgetAt: now.Add(calmFor),
	})
	if errors.Is(err, pgx.ErrNoRows) {
		until, err := t.q.GuessPause(ctx, key)
		if err != nil {
			return nil, fmt.Errorf("look how long the pause is: %w", err)
		}
		return nil, auth.Wait{For: moment(until).Sub(now)}
	}
	if err != nil {
		return nil, fmt.Errorf("count a try: %w", err)
	}
	if g.Tries >= auth.Tries {
		until := now.Add(auth.Pause(int(g.Pauses)))
		err = t.q.PauseGuess(ctx, &until, key)
	}
	return g.RightAt, err
}

// Right implements auth.Brake.
func (b brake) Right(ctx context.Context, account, address string) error {
	return b.write(ctx, func(ctx context.Context, t *tx) error {
		now := t.now()
		if err := t.q.ForgetGuesses(ctx, now); err != nil {
			return fmt.Errorf("forget old tries: %w", err)
		}
		before, err := t.q.GuessedRight(ctx, here(account, address))
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("look whether the address is known: %w", err)
		}
		err = t.q.RightGuess(ctx, &now, now.Add(knownFor), here(account, address))
		if err != nil || known(before, now) { // then it was counted here only
			return err
		}
		return t.q.RightGuess(ctx, &now, now.Add(knownFor), anywhere(account))
	})
}

func here(account, address string) []byte { return digest("here", account, address) }

func anywhere(account string) []byte { return digest("anywhere", account) }

func digest(parts ...string) []byte {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return h.Sum(nil)
}

// Imported implements auth.Book.
func (s *Store) Imported(ctx context.Context) (bool, error) {
	return dbsqlc.New(s.pool).Imported(ctx)
}
