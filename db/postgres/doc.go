// Package postgres keeps the register, the roster and the fleet in Postgres. It
// implements attendance.Store and attendance.Inbound over generated queries
// (queries/postgres), and owns the schema (migrations).
//
// A generated row type never leaves this package, and nothing outside begins a
// transaction. Who wants to do something in the transaction that stores facts (a
// job, say) is handed in as a [Hook]: this package knows no job and no HTTP.
//
// All names are resolved through search_path, so that each institution may own a
// schema of one shared database.
package postgres
