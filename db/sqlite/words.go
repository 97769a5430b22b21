package sqlite

import (
	"context"
	"database/sql"
	"errors"
)

// words are what every mark says to SQLite beside its queries, compiled once.
type words struct {
	begin, savepoint, release, commit *sql.Stmt
}

func prepareWords(ctx context.Context, conn *sql.Conn) (words, error) {
	var w words
	for text, into := range map[string]**sql.Stmt{
		"BEGIN IMMEDIATE": &w.begin, "SAVEPOINT member": &w.savepoint, "RELEASE member": &w.release, "COMMIT": &w.commit,
	} {
		stmt, err := conn.PrepareContext(ctx, text) //nolint:sqlclosecheck // close does
		if err != nil {
			return w, errors.Join(err, w.close())
		}
		*into = stmt
	}
	return w, nil
}

func (w words) close() error {
	var errs []error
	for _, stmt := range []*sql.Stmt{w.begin, w.savepoint, w.release, w.commit} {
		if stmt != nil {
			errs = append(errs, stmt.Close())
		}
	}
	return errors.Join(errs...)
}
