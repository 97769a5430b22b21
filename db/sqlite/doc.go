// Package sqlite keeps the register of one pendrive.
//
// The fact log is the outbox: what a transaction appends is what will be sent to
// the cloud, with a running hash over it. Standings, sessions and the roster are
// derived or fed, and sit in the same file so that one commit covers all of it.
//
// A medium that is pulled out without a word decides the design. The file is in
// WAL mode with synchronous=FULL, and a write returns only after its fsync.
// Writers that queue share one commit (see group.go). The file is locked by one
// connection for as long as the store is open: a second process is refused, and
// there is no shared-memory file that a FAT drive could not hold. The price is
// that reads take turns with writes on that connection; they are short, and what a
// mark asks most is kept in memory (hot.go).
//
// No pragma helps against a drive that lies about what it has written, so each line
// of the log is kept twice: here and in the journal (package journal), and there is a
// ring of backups (backup.go). At the start both tell the same again (rejoin.go), or
// the register is made anew from what is left (recover.go); nothing damaged is ever
// deleted. A drive that fails, is full or takes no writes goes on being read (tend.go,
// reserve.go, readonly.go).
//
// It imports api/attendance and its own journal, nothing else of ours. A generated row type never
// leaves this package.
package sqlite
