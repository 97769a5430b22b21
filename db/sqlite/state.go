package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"os"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite/internal/dbsqlc"
)

// Drive is how the medium stands, for people.
type Drive struct {
	Failed    error  // why nothing is stored; nil: all is well
	Low       bool   // nearly full: no new classes
	Reserve   int64  // bytes that are kept for marks
	Fault     string // the last that stopped it, in the system's words, also once it is well again; empty: none since the start
	FaultAt   time.Time
	Backups   int
	BackupAt  time.Time // of the newest; zero: none
	BackupErr error     // why the last try made none
	ReturnAt  time.Time // when a drive that had failed took writes again; zero: it never failed
	Recovery  *Recovery // the last one; nil: none was ever needed
}

// Recovery is a register, or its end, that was lost and taken back.
type Recovery struct {
	At          time.Time
	Why         string
	Source      string // register, backup or journal: what it was made from
	Aside       string // folder of the damaged files; empty: they were sound
	Kept        int64  // lines of the log that the source had
	FromJournal int64  // lines that the journal gave back
	FromCloud   int64  // facts that the cloud gave back since
}

// state is what happened since the program started.
type state struct {
	backupErr error
	returnAt  time.Time
	fault     error
	faultAt   time.Time
	mounts    int
}

// Drive reads how the medium stands.
func (s *Store) Drive(ctx context.Context) (Drive, error) {
	s.turn.Lock()
	d := Drive{Failed: s.failed, Low: s.low, Backups: len(s.ring), BackupErr: s.state.backupErr, ReturnAt: s.state.returnAt}
	if c := s.ring.newest(); c != nil {
		d.BackupAt = c.At
	}
	if s.state.fault != nil {
		d.Fault, d.FaultAt = cmp.Or(cause(s.state.fault), s.state.fault.Error()), s.state.faultAt
	}
	s.turn.Unlock()
	if info, err := os.Stat(s.reserve()); err == nil {
		d.Reserve = info.Size()
	}
	err := s.View(ctx, func(ctx context.Context, seam attendance.Tx) error {
		r, err := seam.(*tx).q.LastRecovery(ctx)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		d.Recovery = &Recovery{
			At: attendance.FromMS(r.AtMs), Why: r.Why, Source: r.Source, Aside: r.Aside,
			Kept: r.Kept, FromJournal: r.FromJournal, FromCloud: r.FromCloud,
		}
		return err
	})
	return d, err
}

// Mounts counts how often the register was opened: after each, whoever keeps
// something of it reads it again.
func (s *Store) Mounts() int {
	s.turn.Lock()
	defer s.turn.Unlock()
	return s.state.mounts
}

func noteOf(rec *recovery, back int, atMS int64) dbsqlc.NoteRecoveryParams {
	return dbsqlc.NoteRecoveryParams{
		AtMs: atMS, Why: cause(rec.why), Source: rec.source, Aside: rec.aside, Kept: rec.kept, FromJournal: int64(back),
	}
}
