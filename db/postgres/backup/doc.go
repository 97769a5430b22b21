// Package backup writes all that an institution's schema holds into one file, and
// reads it back into an empty database. It owns the file's form. Which tables there
// are it asks the catalogue, so what a migration adds tomorrow is in tomorrow's
// backup; for the same reason its SQL is here and not in queries.
//
// A file is a zip of one text per table, as Postgres' COPY writes it, and a
// manifest that ends it: which migrations the rows belong to, how many there are
// and what they add up to. It needs no pg_dump, is read by anything, and can be
// restored by another version of Postgres. It holds personal data and secrets'
// hashes, and is not encrypted.
package backup

import "errors"

// ErrNotEmpty refuses a restore over a school that is there already.
var ErrNotEmpty = errors.New("the database holds a school already: a backup is restored into an empty one (another DATABASE_URL or DATABASE_SCHEMA)")

// ErrInUse refuses a restore under a running server, which would go on with what
// it remembers of the rows before.
var ErrInUse = errors.New("a server runs on this database: stop every replica first")

// ErrDamaged refuses a file that is not what was written. Nothing was changed.
var ErrDamaged = errors.New("the backup is damaged or incomplete; nothing was changed: use another one")
