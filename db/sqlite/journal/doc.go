// Package journal is the second copy of a pendrive's log: plain files beside the
// register, for the day on which the register cannot be read, or has lost its end
// to a drive that lies about what it has written.
//
// It holds lines of the log verbatim, and who the pendrive is. Each is a frame with
// a checksum of its own, so that a bad sector costs the lines in it and no others.
// Frames fill segments of a fixed size that are made beforehand: an append changes
// bytes in place, and neither a file's size nor a folder, which is what FAT and
// exFAT do badly when the plug is pulled. A segment whose lines are in the backups
// is written over; nothing is ever renamed, cut or deleted.
//
// It imports api/attendance for the ids and nothing else of ours; it knows no SQL.
package journal
