package server

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres"
)

// VerifyAudit checks every row of the ledger and prints how many there are and where
// it ends. head is a hash that was written down earlier, or empty: it must still be
// in the chain, or else its tail was cut off and grew anew.
func VerifyAudit(ctx context.Context, c Config, head string, out io.Writer) (err error) {
	want, err := hex.DecodeString(strings.TrimSpace(head))
	if err != nil || head != "" && len(want) != 32 {
		return errors.New("-head wants the 64 hexadecimal digits that an earlier run printed")
	}
	db, err := reachDatabase(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	var found int64
	store := postgres.New(db.pool, postgres.Options{Log: c.Log})
	start, file, err := store.AuditStart(ctx)
	if err != nil {
		return err
	}
	if start.Seq > 0 {
		if _, err := fmt.Fprintf(out, "rows to %d were archived in %s\n", start.Seq, file); err != nil {
			return err
		}
	}
	end, err := store.VerifyAudit(ctx, func(h attendance.AuditHead) {
		if found == 0 && string(h.Hash[:]) == string(want) {
			found = h.Seq
		}
	})
	if start.Seq > 0 && string(start.Hash[:]) == string(want) {
		found = start.Seq
	}
	if err != nil {
		return err
	}
	if head != "" && found == 0 {
		return fmt.Errorf("the ledger is whole, but the head %s is not in it: rows after it, or with it, were cut off or archived since", head)
	}
	if head != "" {
		if _, err = fmt.Fprintf(out, "the head given is row %d; %d followed\n", found, end.Seq-found); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(out, "%d rows, unbroken\nhead %x\n", end.Seq, end.Hash)
	return err
}
