package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// Hook is called in the transaction that stores facts, with those that were
// placed now. If it fails, nothing is stored.
type Hook func(ctx context.Context, tx pgx.Tx, fresh []attendance.Fact) error

// Later is called in the transaction that begins an import, to have it run.
type Later func(ctx context.Context, tx pgx.Tx, begun attendance.ID) error

// Leave is called in the transaction that approves a leave, to have it looked at again.
type Leave func(ctx context.Context, tx pgx.Tx, request attendance.ID) error

// Recount is called in the transaction after which the counts of courses lack
// something. If it fails, nothing is stored.
type Recount func(ctx context.Context, tx pgx.Tx, courses []attendance.ID) error

// Options of a store; zero fields have defaults.
type Options struct {
	Hook    Hook
	Later   Later
	Leave   Leave
	Post    Posting
	Order   Later // the same for a report that was asked for
	Recount Recount
	Uploads int              // at once; default 4
	Now     func() time.Time // for "holds now"; default time.Now
	Log     *slog.Logger
}

// Store is the cloud's attendance.Store. It is safe for concurrent use.
type Store struct {
	pool    *pgxpool.Pool
	hook    Hook
	later   Later
	leave   Leave
	post    Posting
	order   Later
	recount Recount
	now     func() time.Time
	log     *slog.Logger
	uploads chan struct{}
	answers chan struct{}
	digests digests
}

var (
	_ attendance.Store        = (*Store)(nil)
	_ attendance.Inbound      = (*tx)(nil)
	_ attendance.Inbox        = (*tx)(nil)
	_ attendance.CourseLocker = (*tx)(nil)
	_ attendance.Counter      = (*tx)(nil)
)

// atOnce is how many answers of online classes are under way. Those of one class
// wait for each other anyway; here they wait without holding a connection that a
// teacher needs.
const atOnce = 4

// defaultUploads leaves most of a pool to those who stand in a classroom.
const defaultUploads = 4

// New makes a store over a pool from [Connect], which stays the caller's.
func New(pool *pgxpool.Pool, o Options) *Store {
	if o.Uploads <= 0 {
		o.Uploads = defaultUploads
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Store{
		pool: pool, hook: o.Hook, recount: o.Recount, later: o.Later, leave: o.Leave, order: o.Order, post: o.Post, now: o.Now, log: o.Log,
		uploads: make(chan struct{}, o.Uploads), answers: make(chan struct{}, atOnce),
	}
}

// InTx implements attendance.Store.
func (s *Store) InTx(ctx context.Context, fn func(context.Context, attendance.Tx) error) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error { return fn(ctx, t) })
}

// InUpload is InTx for the upload of a pendrive. So many run at once that the
// classrooms never wait for a backlog; the next is refused with ErrBusy.
func (s *Store) InUpload(ctx context.Context, fn func(context.Context, attendance.Inbound) error) error {
	select {
	case s.uploads <- struct{}{}:
		defer func() { <-s.uploads }()
	default:
		return attendance.ErrBusy
	}
	return s.InSettle(ctx, fn)
}

// InSettle is InUpload for the server's own work, which waits its turn elsewhere.
func (s *Store) InSettle(ctx context.Context, fn func(context.Context, attendance.Inbound) error) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error { return fn(ctx, t) })
}

// View implements attendance.Store.
func (s *Store) View(ctx context.Context, fn func(context.Context, attendance.Tx) error) error {
	return s.read(ctx, func(ctx context.Context, t *tx) error { return fn(ctx, t) })
}

// Ready reports whether the database answers.
func (s *Store) Ready(ctx context.Context) error {
	if err := s.pool.Ping(ctx); err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	return nil
}

// attempts is how often a transaction that lost a race runs.
const attempts = 6

func (s *Store) write(ctx context.Context, fn func(context.Context, *tx) error) error {
	return s.retry(ctx, pgx.TxOptions{}, fn)
}

func (s *Store) retry(ctx context.Context, o pgx.TxOptions, fn func(context.Context, *tx) error) error {
	for n := 1; ; n++ {
		err := s.once(ctx, o, n > 1, fn)
		if err == nil || n == attempts || !lostRace(err) {
			return err
		}
		s.log.DebugContext(ctx, "transaction lost a race", "attempt", n, "error", err)
		wait := time.NewTimer(rand.N(time.Duration(n) * 4 * time.Millisecond)) //nolint:gosec // spreads retries
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return ctx.Err()
		}
	}
}

func (s *Store) read(ctx context.Context, fn func(context.Context, *tx) error) error {
	return s.once(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, false, fn)
}

// rollbackFor is the longest wait for a connection to forget a transaction.
const rollbackFor = 5 * time.Second

func (s *Store) once(ctx context.Context, o pgx.TxOptions, careful bool, fn func(context.Context, *tx) error) error {
	if o.AccessMode != pgx.ReadOnly {
		var err error
		if o, err = signed(ctx, o); err != nil {
			return err
		}
	}
	pg, err := s.pool.BeginTx(ctx, o)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	// Also when fn panics. After a commit it does nothing; a connection that cannot
	// roll back is closed by the pool.
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackFor)
		defer cancel()
		_ = pg.Rollback(ctx)
	}()
	t := &tx{q: dbsqlc.New(pg), pg: pg, hook: s.hook, recount: s.recount, leave: s.leave, now: s.now, careful: careful}
	if err := fn(ctx, t); err != nil {
		return err
	}
	if err := t.finish(ctx); err != nil {
		return err
	}
	if err := pg.Commit(ctx); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// lostRace reports that the same transaction may well succeed when run again.
func lostRace(err error) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return false
	}
	switch pg.Code {
	case "40001", "40P01": // serialization_failure, deadlock_detected
		return true
	case "23505":
		switch pg.ConstraintName {
		case "device_mac": // two first heartbeats of one scanner
			return true
		case "fact_pkey", "fact_scan", "standing_pkey": // somebody was quicker than a look: see tx.careful
			return true
		}
	}
	return false
}
