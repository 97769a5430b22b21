// Package online holds the operations of classes held over the internet: a link, a
// code that changes every half minute, and students who type it. Only the cloud
// mounts it. The rules are the domain's; what is here makes links and codes out of
// the server's secret, and hashes who called.
//
// The code's way to the students is the teacher's screen, so only a teacher of the
// course reads it here; the original showed it to anybody who had the link.
package online

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/rest"
)

// Store keeps links and answers.
type Store interface {
	// PutLink keeps the hash of a session's link; the same again changes nothing.
	PutLink(ctx context.Context, session attendance.ID, hash []byte) error
	// Linked is the session whose link has a hash, or ErrNotFound.
	Linked(ctx context.Context, hash []byte) (attendance.ID, error)
	// InAnswer gives one transaction to one reply.
	InAnswer(ctx context.Context, fn func(context.Context, attendance.Answering) error) error
	Answers(ctx context.Context, session attendance.ID) ([]attendance.Answered, error)
	// Headcount is how many a session expects, and how many stand where.
	Headcount(ctx context.Context, session attendance.ID) (expected int, by map[attendance.Status]int, err error)
}

// Deps is what the operations need. A zero Deps is enough to print the contract.
type Deps struct {
	Service *attendance.Service
	Store   Store
	Keys    Keys
	Looks   *Looks
	Origin  string // of the portals, for links
	Secure  bool   // browsers reach this server over TLS
}

// Register mounts the online class.
func Register(api huma.API, d Deps) {
	d.starting(api)
	d.screen(api)
	d.page(api)
	d.answering(api)
}

func ofTeacher(op huma.Operation) huma.Operation {
	op.Tags, op.Security = []string{"Online class"}, rest.Only(attendance.RoleTeacher)
	op.Errors = append(op.Errors, http.StatusForbidden, http.StatusNotFound)
	return rest.Served(op, "cloud")
}

func ofStudent(op huma.Operation, security []map[string][]string) huma.Operation {
	op.Tags, op.Security = []string{"Online class"}, security
	op.Errors = append(op.Errors, http.StatusNotFound, http.StatusGone)
	return rest.Served(op, "cloud")
}

// seconds rounds a remaining time down, as the original counted.
func seconds(d time.Duration) int { return int(d / time.Second) }

// at prints a time as the contract does.
func at(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
