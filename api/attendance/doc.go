// Package attendance holds the rules of the school register: what would still
// be true with paper and pencil.
//
// A classroom write is a [Fact]: immutable, with an id made where it was born,
// so that storing it twice changes nothing. Who is present is a pure fold over
// the facts ([State], [State.Join], [Visible]). The [Service] turns what people
// and scanners do into facts, inside one transaction of a [Store]; it does not
// know whether that store is the school's Postgres or a pendrive's SQLite.
//
// The package imports only the standard library. Time, chance and storage are
// handed to it; nothing here opens a file, a socket or a clock of its own.
package attendance
