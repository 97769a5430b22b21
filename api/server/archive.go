package server

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres"
)

// archived is one row of the ledger in a file: one JSON object a line.
type archived struct {
	Seq  int64  `json:"seq"`
	Line string `json:"line"`
	Prev string `json:"prev"`
	Hash string `json:"hash"`
}

// ArchiveAudit moves the rows of the ledger before a time into a new file. They are
// dropped only when all of the ledger was found whole, and the file was read back.
func ArchiveAudit(ctx context.Context, c Config, before time.Time, file string, out io.Writer) (err error) {
	db, err := reachDatabase(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	store := postgres.New(db.pool, postgres.Options{Log: c.Log})
	if _, err := store.VerifyAudit(ctx, func(attendance.AuditHead) {}); err != nil {
		return fmt.Errorf("nothing was archived: %w", err)
	}
	var through attendance.AuditHead
	if err := writeArchive(file, func(w io.Writer) (err error) {
		to := json.NewEncoder(w)
		through, err = store.OldAudit(ctx, before, func(l attendance.AuditLine) error {
			return to.Encode(archived{l.Seq, l.Line, hex.EncodeToString(l.Prev[:]), hex.EncodeToString(l.Hash[:])})
		})
		return err
	}); err != nil {
		return fmt.Errorf("nothing was archived: %w", err)
	}
	if through.Seq == 0 {
		_, err = fmt.Fprintln(out, "no row is as old")
		return errors.Join(err, os.Remove(file))
	}
	end, err := readArchive(file)
	if err == nil && end != through {
		err = fmt.Errorf("it ends with row %d, want %d", end.Seq, through.Seq)
	}
	if err != nil {
		return fmt.Errorf("nothing was archived: read the file back: %w", err)
	}
	n, err := store.CutAudit(ctx, through, filepath.Base(file))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d rows, to row %d, are in %s and no longer in the database\nhead %x\n", n, through.Seq, file, through.Hash)
	return err
}

// VerifyArchive checks the chain of a file that ArchiveAudit made; it needs no database.
func VerifyArchive(file string, out io.Writer) error {
	end, err := readArchive(file)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "to row %d, unbroken\nhead %x\n", end.Seq, end.Hash)
	return err
}

// writeArchive makes a file that was not there before.
func writeArchive(file string, write func(io.Writer) error) (err error) {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	if err = errors.Join(write(w), w.Flush(), f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(file))
	}
	return nil
}

// readArchive follows the chain from the first row of a file to its last.
func readArchive(file string) (at attendance.AuditHead, err error) {
	f, err := os.Open(file)
	if err != nil {
		return at, err
	}
	defer f.Close()
	in := json.NewDecoder(bufio.NewReader(f))
	for first := true; ; first = false {
		var a archived
		if err := in.Decode(&a); errors.Is(err, io.EOF) {
			return at, nil
		} else if err != nil {
			return at, fmt.Errorf("after row %d: %w", at.Seq, err)
		}
		l := attendance.AuditLine{Seq: a.Seq, Line: a.Line}
		prev, perr := hex.DecodeString(a.Prev)
		hash, herr := hex.DecodeString(a.Hash)
		if perr != nil || herr != nil || copy(l.Prev[:], prev) != 32 || copy(l.Hash[:], hash) != 32 {
			return at, attendance.AuditBroken{Seq: a.Seq, Why: "its hashes are none"}
		}
		if first {
			at = attendance.AuditHead{Seq: l.Seq - 1, Hash: l.Prev}
		}
		if at, err = at.Next(l); err != nil {
			return at, err
		}
	}
}
