package sqlite

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/arise-attendance/arise/db/sqlite/internal/dbsqlc"
)

// behind finds a register that is sound and yet older than a backup of it, as a drive
// leaves one that only says that it has written: what lies between is in the backup,
// people and courses too, and the journal may have forgotten it. It is damaged then.
func (s *Store) behind(ctx context.Context) error {
	now, err := s.q.Identity(ctx)
	if err != nil {
		return explain(err)
	}
	all, err := s.backups()
	if err != nil {
		return err
	}
	for _, c := range all {
		if !s.knowsMore(ctx, now, c) {
			continue
		}
		if _, err := verify(ctx, c.path); err != nil {
			continue // it could not be restored either
		}
		return because(ErrDamaged, fmt.Errorf("it ends at line %d, and a backup of it knows more, to line %d", s.log.seq, c.Last))
	}
	return nil
}

// knowsMore reports whether a backup of this register has more lines, or a newer
// roster. One that cannot be asked does not.
func (s *Store) knowsMore(ctx context.Context, now dbsqlc.Identity, c Copy) bool {
	if c.Last < s.log.seq {
		return false
	}
	db, err := openCopy(c.path)
	if err != nil {
		return false
	}
	was, err := dbsqlc.New(db).Identity(ctx)
	if err = errors.Join(err, db.Close()); err != nil || !bytes.Equal(was.Key, now.Key) && !now.NodeID.IsZero() {
		return false
	}
	sameCloud := now.GenerationID.IsZero() || now.GenerationID == was.GenerationID
	return c.Last > s.log.seq || was.Rev > now.Rev && sameCloud
}
