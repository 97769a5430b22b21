package student

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// Figures gives one consistent state of everything.
type Figures interface {
	InFigures(ctx context.Context, fn func(context.Context, attendance.Figures) error) error
}

// SemesterInput narrows to one semester.
type SemesterInput struct {
	Semester string `query:"semester_id" format:"uuid" doc:"Only courses of this semester. Without it: every course that is not archived."`
}

func (in SemesterInput) term() (attendance.ID, error) {
	if in.Semester == "" {
		return attendance.ID{}, nil
	}
	id, err := attendance.ParseID(in.Semester)
	if err != nil {
		return id, attendance.Invalid{Field: "query.semester_id", Why: "is not an id"}
	}
	return id, nil
}

// book is the register of whoever asks; nobody reads another's.
func (d Deps) book(ctx context.Context) (attendance.Book, error) {
	var out attendance.Book
	err := d.Figures.InFigures(ctx, func(ctx context.Context, tx attendance.Figures) (err error) {
		out, err = d.Service.Book(ctx, tx, auth.From(ctx).ID)
		return err
	})
	return out, err
}

// summary is how whoever asks stands.
func (d Deps) summary(ctx context.Context) (attendance.Summary, error) {
	var out attendance.Summary
	err := d.Figures.InFigures(ctx, func(ctx context.Context, tx attendance.Figures) (err error) {
		out, err = d.Service.Summary(ctx, tx, auth.From(ctx).ID)
		return err
	})
	return out, err
}

// ownStanding is how a student stands in a course, in figures and in words.
type ownStanding struct {
	Status          string  `json:"status" enum:"Good,Warning,Critical"`
	Color           string  `json:"color" enum:"green,yellow,red"`
	Message         string  `json:"message"`
	ActionPlan      string  `json:"action_plan"`
	CurrentPercent  float64 `json:"current_percent"`
	NeededToRecover int     `json:"needed_to_recover" doc:"Classes in a row that bring one to the minimum; -1: out of reach."`
	BufferAvailable int     `json:"buffer_available" doc:"Classes that can be missed while staying at the minimum."`
}

// standingOf puts a band into words; nothing held yet is no reason to worry.
func standingOf(t attendance.Tally, p attendance.Policy) ownStanding {
	pct, _ := t.Percent(p)
	minimum, critical := number(p.Minimum), number(p.Critical)
	out := ownStanding{Status: "Good", Color: "green", CurrentPercent: attendance.Rounded(pct), NeededToRecover: t.Needed(p), BufferAvailable: t.Spare(p)}
	switch t.Band(p) {
	case attendance.NoneYet:
		out.Message, out.ActionPlan = "No sessions yet.", "Get ready for your first class!"
		return out
	case attendance.Safe:
		out.Message = "Great! You are at or above " + minimum + "%."
	case attendance.Warning:
		out.Status, out.Color, out.Message = "Warning", "yellow", "Warning: Attendance is below "+minimum+"%."
	case attendance.Critical:
		out.Status, out.Color, out.Message = "Critical", "red", "Critical: Attendance is below "+critical+"%!"
	}
	switch {
	case out.NeededToRecover < 0:
		out.ActionPlan = minimum + "% is out of reach: talk to your teacher."
	case out.NeededToRecover > 0:
		out.ActionPlan = fmt.Sprintf("You need to attend the next %d classes consecutively to reach %s%%.", out.NeededToRecover, minimum)
	case out.BufferAvailable > 0:
		out.ActionPlan = fmt.Sprintf("You are in the Safe Zone. You can miss up to %d classes and stay above %s%%.", out.BufferAvailable, minimum)
	default:
		out.ActionPlan = "Maintain your current attendance streak to stay safe."
	}
	return out
}

func number(f float64) string { return fmt.Sprintf("%g", f) }

// word is the original's warning_status.
func word(b attendance.Band) string {
	if b == attendance.Safe {
		return "good"
	}
	return string(b)
}

func own(id, path, summary string, errors ...int) huma.Operation {
	return ofStudent(huma.Operation{OperationID: id, Method: http.MethodGet, Path: "/api/student/" + path, Summary: summary, Errors: errors})
}

type ownCourseName struct {
	ID         attendance.ID `json:"id" format:"uuid"`
	CourseCode string        `json:"course_code"`
	CourseName string        `json:"course_name"`
}

type ownSemester struct {
	ID           *attendance.ID  `json:"id" format:"uuid" nullable:"true" doc:"Null: of no semester."`
	SemesterName string          `json:"semester_name"`
	Courses      []ownCourseName `json:"courses"`
}

type semestersOutput struct{ Body []ownSemester }

func (d Deps) semesters(api huma.API) {
	rest.Handle(api, own("list-my-semesters", "semesters", "List my courses by semester"), d.listSemesters)
}

func (d Deps) listSemesters(ctx context.Context, _ *struct{}) (*semestersOutput, error) {
	sum, err := d.summary(ctx)
	if err != nil {
		return nil, err
	}
	out, at := &semestersOutput{Body: []ownSemester{}}, map[attendance.ID]int{}
	for _, p := range sum.Lines {
		if !p.Attends(sum.Now) || !p.Runs(p.Term) {
			continue
		}
		i, known := at[p.Term]
		if !known {
			i = len(out.Body)
			at[p.Term] = i
			s := ownSemester{SemesterName: p.TermName}
			if !p.Term.IsZero() {
				s.ID = &p.Term
			}
			out.Body = append(out.Body, s)
		}
		out.Body[i].Courses = append(out.Body[i].Courses, ownCourseName{ID: p.Course.ID, CourseCode: p.Course.Code, CourseName: p.Course.Name})
	}
	return out, nil
}
