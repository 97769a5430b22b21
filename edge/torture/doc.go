// Package torture tries to break the pendrive, and says how often it did.
//
// The promise under trial is sync.md's: every mark acknowledged to a scanner or a
// teacher is in Postgres exactly once, whatever is unplugged, repeated, reordered
// or cloned. The built programs run (edge, and api on a real Postgres) while one
// fault at a time is done to them: power cuts on a disk that forgets what was not
// synced, kill -9, a full, failing or lying medium, a network of every bad manner,
// clocks, copies of a drive, old backups, a racing roster.
//
// What clients saw and what the stores hold in the end is one History; one Checker
// judges every run by it, and knows nothing of how the programs work. The harness is
// on trial as well: programs built to be wrong must be found out by the same runs.
//
// `go test` runs the short form. ARISE_TORTURE=long, as `make torture` sets it, runs
// for an hour or so; both print one table. What is needed here is Linux with
// /dev/fuse for the disk; elsewhere those runs are skipped and say so.
package torture
