package inbox

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/attendance/office"
	"github.com/arise-attendance/arise/api/rest"
)

type enrolWalkInInput struct {
	InboxItemPath
	Body struct {
		StudentName      string `json:"student_name,omitempty" required:"false" maxLength:"200" doc:"Absent: as the teacher wrote it."`
		UniversityRollNo string `json:"university_roll_no,omitempty" required:"false" maxLength:"200" doc:"Absent: as the teacher wrote it."`
		EnrollmentNo     string `json:"enrollment_no" minLength:"1" maxLength:"200"`
		ClassRollID      int    `json:"class_roll_id,omitempty" required:"false" doc:"Absent: the roll that the teacher wrote."`
	}
}

func (d Deps) admitting(api huma.API) {
	refusals := []int{http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity}
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "enrol-inbox-item", Method: http.MethodPost, Path: "/api/admin/inbox/{id}/enrol", Summary: "Put somebody who walked into a class on its roster",
		Description: "From the beginning of that class; their marks in it count.", Errors: refusals,
	}), d.enrol)
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "undo-inbox-item", Method: http.MethodPost, Path: "/api/admin/inbox/{id}/undo", Summary: "Take back what was decided", Errors: refusals,
		Description: "It waits again, and registers show what they showed before. Whoever was enrolled so is taken off the roster, unless they were marked in another class since.",
	}), d.undo)
}

func (d Deps) enrol(ctx context.Context, in *enrolWalkInInput) (*inboxItemOutput, error) {
	return d.do(ctx, func(ctx context.Context, tx desk) (attendance.Item, error) {
		it, se, err := d.Service.WalkedIn(ctx, tx, in.ID)
		if err != nil || !it.Waits() {
			return it, err
		}
		b := in.Body
		s := attendance.StudentEntry{FeedStudent: attendance.FeedStudent{
			ID: it.Fact.Student, Name: or(b.StudentName, it.Fact.Guest.Name), UniversityRoll: or(b.UniversityRollNo, it.Fact.Guest.UniversityRoll), EnrolmentNo: b.EnrollmentNo,
		}}
		err = d.Office.Admit(ctx, tx.roster, s, se.Course, office.Place{Roll: or(b.ClassRollID, it.Fact.Roll), From: se.OpenedAt})
		if err != nil {
			return it, err
		}
		return d.Service.PlaceItem(ctx, tx, tx.by, in.ID, attendance.AsEnrolled, attendance.Target{})
	})
}

func (d Deps) undo(ctx context.Context, in *InboxItemPath) (*inboxItemOutput, error) {
	return d.do(ctx, func(ctx context.Context, tx desk) (attendance.Item, error) {
		was, err := tx.Item(ctx, in.ID)
		if err != nil {
			return was, err
		}
		it, err := d.Service.Unrule(ctx, tx, tx.by, in.ID)
		if err != nil || was.As != attendance.AsEnrolled {
			return it, err
		}
		_, se, err := d.Service.WalkedIn(ctx, tx, in.ID)
		if err != nil {
			return it, err
		}
		return it, d.Office.TurnAway(ctx, tx.roster, it.Fact.Student, se.Course)
	})
}

// or is what was given, or else what is known.
func or[T comparable](given, known T) T {
	var none T
	if given == none {
		return known
	}
	return given
}

// spelling is what the office's fields are called here.
var spelling = map[string]string{
	"name": "student_name", "university_roll": "university_roll_no", "enrolment_no": "enrollment_no", "roll": "class_roll_id", "student": "path.id",
}

func spelt(err error) error {
	var invalid attendance.Invalid
	var taken attendance.Taken
	switch {
	case errors.As(err, &invalid):
		invalid.Field = or(spelling[invalid.Field], invalid.Field)
		return invalid
	case errors.As(err, &taken):
		taken.Field = or(spelling[taken.Field], taken.Field)
		return taken
	}
	return err
}
