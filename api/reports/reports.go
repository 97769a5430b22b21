// Package reports holds the office's reports over the whole school: at once where
// they are small, and as papers, made by a job and fetched later, where they are
// not. It counts nothing: the numbers are the domain's, the drawing is package
// sheet's. It imports rest, auth, attendance and sheet only.
package reports

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/rest"
)

// School is what reports ask of the cloud's store besides registers.
type School interface {
	// ReportCourses are the courses of a term, of a student, or one; by code.
	// Without any of them all that are not archived.
	ReportCourses(ctx context.Context, term, course, student attendance.ID) ([]attendance.SubjectCourse, error)
	// Began are the sessions that began in [from, until), oldest first.
	Began(ctx context.Context, from, until time.Time) ([]attendance.Began, error)
	Contacts(ctx context.Context, students []attendance.ID) (map[attendance.ID]attendance.Contact, error)
	// TeacherNames are who holds some courses now.
	TeacherNames(ctx context.Context, courses []attendance.ID) (map[attendance.ID]string, error)
}

// Papers keeps what was asked for, and the files.
type Papers interface {
	// AddPaper keeps what was asked for, and orders it in the same transaction.
	AddPaper(ctx context.Context, p attendance.Paper) error
	Paper(ctx context.Context, account, id attendance.ID) (attendance.Paper, error)
	// Papers are an account's newest, newest first.
	Papers(ctx context.Context, account attendance.ID) ([]attendance.Paper, error)
	// BeginPaper starts its making from nothing, and shuts out earlier tries. One
	// that is done or failed is not found.
	BeginPaper(ctx context.Context, id attendance.ID) (attendance.Paper, error)
	// AddPart appends a piece of the file; ErrNotFound: another try began since.
	AddPart(ctx context.Context, p attendance.Paper, part int, body []byte) error
	MovePaper(ctx context.Context, p attendance.Paper, percent int) error
	FinishPaper(ctx context.Context, p attendance.Paper) error
	FailPaper(ctx context.Context, p attendance.Paper, trouble string) error
	// Part is a piece of the file; ErrNotFound behind the last.
	Part(ctx context.Context, id attendance.ID, part int) ([]byte, error)
	ForgetPapers(ctx context.Context) error
}

// Deps is what the operations need. A zero Deps is enough to print the contract.
type Deps struct {
	Service   *attendance.Service
	School    School
	Papers    Papers
	Schedules Schedules
	Letters   Letters
}

// Register mounts them.
func Register(api huma.API, d Deps) {
	d.kinds(api)
	d.jobs(api)
	d.schedules(api)
}

// ofOffice is an operation for the office.
func ofOffice(op huma.Operation) huma.Operation {
	op.Tags, op.Security = []string{"Reports"}, rest.Only(attendance.RoleAdmin)
	return rest.Served(op, "cloud")
}
