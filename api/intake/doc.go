// Package intake takes students, courses and enrolments in from the files that
// schools have: CSV and Excel. It reads a file, says line by line what would
// change, changes it, and can take that back.
//
// It knows the roster and no HTTP. Where imports are kept, and how the roster is
// read and changed, is a [Store]'s affair.
package intake
