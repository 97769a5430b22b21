package drive

import (
	"context"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/attendance/office"
	"github.com/arise-attendance/arise/api/auth"
)

type nodeForm struct {
	Name        string          `json:"name" maxLength:"200" doc:"What people know the drive by; unique among those that were not revoked." example:"Room 204"`
	AllCourses  bool            `json:"all_courses,omitempty" doc:"Every course, also those to come. Instead of the two lists."`
	CourseIDs   []attendance.ID `json:"course_ids,omitempty" maxItems:"1000" doc:"Courses by name."`
	SemesterIDs []attendance.ID `json:"semester_ids,omitempty" maxItems:"100" doc:"Whole semesters: their courses, also those to come."`
	ExpiresAt   *time.Time      `json:"expires_at,omitempty" doc:"From then on it begins no class; it still hands in what it holds. Absent: it has no end."`
}

type makeInput struct{ Body nodeForm }

type madeOutput struct{ Body nodeMade }

type nodeMade struct {
	Status     string        `json:"status" example:"success"`
	Message    string        `json:"message" example:"Pendrive made."`
	ID         attendance.ID `json:"id" format:"uuid"`
	ClaimCode  string        `json:"claim_code" doc:"Shown this once. Tell it to whoever gets the drive, apart from the drive." example:"PKEFV-7TQ3Z-MWCX4-HJ2YA-LSNDR-B"`
	ClaimUntil time.Time     `json:"claim_until"`
	Download   string        `json:"download" doc:"A link, good for 15 minutes, to the files to unpack onto a USB drive." example:"/api/admin/nodes/0192f3c8-7a51-7cc3-98a5-6b7f5d2c1e10/pendrive?ticket=mZ3x"`
	Programs   []string      `json:"programs" doc:"Kinds of computer that the files serve." example:"[\"windows-amd64\"]"`
	Notes      []string      `json:"notes" doc:"What is wanting about this pendrive, and what to do."`
}

type changeInput struct {
	IDPath
	Body struct {
		Name        *string          `json:"name,omitempty" maxLength:"200"`
		AllCourses  *bool            `json:"all_courses,omitempty" doc:"With any of these three, all three are replaced."`
		CourseIDs   *[]attendance.ID `json:"course_ids,omitempty" maxItems:"1000"`
		SemesterIDs *[]attendance.ID `json:"semester_ids,omitempty" maxItems:"100"`
		ExpiresAt   *time.Time       `json:"expires_at,omitempty"`
		NeverEnds   bool             `json:"never_ends,omitempty" doc:"True: it has no end any more."`
	}
}

func (d Deps) makeNode(ctx context.Context, in *makeInput) (*madeOutput, error) {
	n := attendance.Node{
		Name:  in.Body.Name,
		Holds: attendance.Holding{All: in.Body.AllCourses, Courses: in.Body.CourseIDs, Terms: in.Body.SemesterIDs},
	}
	if in.Body.ExpiresAt != nil {
		n.ExpiresAt = named(*in.Body.ExpiresAt)
	}
	code, claim := d.claim()
	id, err := d.Office.MakeNode(ctx, n, claim)
	return d.made(id, err, code, claim, "Pendrive made.")
}

func (d Deps) reissueNode(ctx context.Context, in *IDPath) (*madeOutput, error) {
	code, claim := d.claim()
	err := d.Office.ReissueNode(ctx, in.ID, claim)
	return d.made(in.ID, err, code, claim, "Pendrive issued again.")
}

// claim makes a code. Only its hash is kept.
func (d Deps) claim() (string, attendance.ClaimHash) {
	code := auth.NewClaim()
	return code, attendance.ClaimHash{Hash: auth.HashClaim(code), Until: d.Office.Now().Add(ClaimFor)}
}

func (d Deps) made(id attendance.ID, err error, code string, claim attendance.ClaimHash, message string) (*madeOutput, error) {
	if err != nil {
		return nil, spell(err)
	}
	link, err := d.link(id, code)
	if err != nil {
		return nil, err
	}
	programs := d.programs()
	out := &madeOutput{nodeMade{
		Status: "success", Message: message, ID: id, ClaimCode: code, ClaimUntil: *moment(claim.Until),
		Download: link, Programs: []string{}, Notes: d.notes(programs),
	}}
	for _, p := range programs {
		if p.size > 0 {
			out.Body.Programs = append(out.Body.Programs, p.Name())
		}
	}
	return out, nil
}

func (d Deps) changeNode(ctx context.Context, in *changeInput) (*changedOutput, error) {
	b := in.Body
	c := office.NodeChange{Name: b.Name}
	switch {
	case b.NeverEnds && b.ExpiresAt != nil:
		return nil, attendance.Invalid{Field: "never_ends", Why: "leave it out, or leave expires_at out"}
	case b.NeverEnds:
		c.ExpiresAt = &time.Time{}
	case b.ExpiresAt != nil:
		end := named(*b.ExpiresAt)
		c.ExpiresAt = &end
	}
	if b.AllCourses != nil || b.CourseIDs != nil || b.SemesterIDs != nil {
		c.Holds = &attendance.Holding{All: value(b.AllCourses), Courses: value(b.CourseIDs), Terms: value(b.SemesterIDs)}
	}
	return changed(d.Office.ChangeNode(ctx, in.ID, c))
}

func (d Deps) revokeNode(ctx context.Context, in *IDPath) (*changedOutput, error) {
	return changed(d.Office.RevokeNode(ctx, in.ID))
}

// named is a time in a request: the one that Go calls zero is a time like any other,
// and refused like any that has passed.
func named(t time.Time) time.Time {
	if t.IsZero() {
		return t.Add(time.Nanosecond)
	}
	return t
}

// value of a field that may be absent.
func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
