// Package student holds operations for students; the cloud mounts them, a
// pendrive may later. It reaches data through small interfaces of its own and
// imports rest, signin, auth, sheet and attendance only.
package student

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/api/signin"
)

// Students are those who may sign in.
type Students interface {
	// StudentByRoll finds a student who was not archived, in upper or lower case.
	StudentByRoll(ctx context.Context, roll string) (auth.Student, error)
	// SigningStudent is one who was not archived.
	SigningStudent(ctx context.Context, id attendance.ID) (auth.Student, error)
	// SetStudentPassword keeps a new verifier and ends all logins but one.
	SetStudentPassword(ctx context.Context, id attendance.ID, hash string, but attendance.ID) error
}

// Deps is what the operations need. A zero Deps is enough to print the contract.
type Deps struct {
	Service   *attendance.Service
	Students  Students
	Courses   Courses
	Letterbox Letterbox
	Desk      signin.Desk
	Figures   Figures
	Board     Board
}

// Register mounts them.
func Register(api huma.API, d Deps) {
	d.signIn(api)
	d.password(api)
	d.mail(api)
	d.report(api)
	d.semesters(api)
	d.dashboard(api)
	d.course(api)
	d.explain(api)
	d.analytics(api)
	d.alerts(api)
	d.leaderboard(api)
}

// cloud marks an operation as answered by the cloud only.
func cloud(op huma.Operation) huma.Operation { return rest.Served(op, "cloud") }

// ofStudent is an operation for a signed-in student.
func ofStudent(op huma.Operation) huma.Operation {
	op.Tags, op.Security = []string{"Student"}, rest.Only(attendance.RoleStudent)
	return cloud(op)
}
