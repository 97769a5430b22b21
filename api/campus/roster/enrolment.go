package roster

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/attendance/office"
	"github.com/arise-attendance/arise/api/rest"
)

// CourseIDPath names the course whose students are meant.
type CourseIDPath struct {
	CourseID attendance.ID `path:"course_id" format:"uuid"`
}

// PlacePath names a student in a course.
type PlacePath struct {
	CourseIDPath
	StudentID attendance.ID `path:"student_id" format:"uuid"`
}

type enrolmentEntry struct {
	StudentID   attendance.ID `json:"student_id" format:"uuid"`
	ClassRollID int           `json:"class_roll_id" doc:"1 or more; one student's in the course at any one time." example:"17"`
	FromAt      *time.Time    `json:"from_at,omitempty" doc:"Since when they are in the course. Absent: now for who is new, as it is for who is in it."`
}

type enrolmentPlace struct {
	ClassRollID int        `json:"class_roll_id" doc:"1 or more; one student's in the course at any one time." example:"17"`
	FromAt      *time.Time `json:"from_at,omitempty" doc:"As in the complete list."`
}

type enrolledRow struct {
	StudentID        attendance.ID `json:"student_id" format:"uuid"`
	StudentName      string        `json:"student_name" example:"Meera Iyer"`
	UniversityRollNo string        `json:"university_roll_no" example:"26301001"`
	ClassRollID      int           `json:"class_roll_id" example:"17"`
	FromAt           time.Time     `json:"from_at"`
}

type availableRow struct {
	ID               attendance.ID `json:"id" format:"uuid"`
	StudentName      string        `json:"student_name" example:"Meera Iyer"`
	UniversityRollNo string        `json:"university_roll_no" example:"26301001"`
}

type enrolmentsBody struct {
	Enrolled  []enrolledRow  `json:"enrolled" doc:"All who are in the course or will come, by roll."`
	Available []availableRow `json:"available" doc:"One page of the students who are not; the headers speak of this list."`
}

type getEnrolmentsInput struct {
	PageInput
	CourseIDPath
	Sort string `query:"sort" enum:"name,-name,roll,-roll" default:"name" doc:"Of those available."`
}

type enrolmentsOutput struct {
	Link  string `header:"Link" doc:"The address of the next page of those available, with rel=\"next\" (RFC 8288); absent on the last."`
	Total int    `header:"X-Total-Count" doc:"Those available on all pages."`
	Body  enrolmentsBody
}

type setEnrolmentsInput struct {
	CourseIDPath
	Body []enrolmentEntry `maxItems:"5000"`
}

type setPlaceInput struct {
	PlacePath
	Body enrolmentPlace
}

var placeWords = words{"student": "student_id", "roll": "class_roll_id", "from": "from_at"}

func (d Deps) enrolments(api huma.API) {
	const path, tag = "/api/admin/enrollments/{course_id}", "Enrolment"
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "get-enrollments", Method: http.MethodGet, Path: path, Summary: "Who is in a course, and who could be",
		Description: "q, sort, limit and cursor are of those available.", Errors: []int{http.StatusNotFound},
	}), d.getEnrolments)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "set-enrollments", Method: http.MethodPost, Path: path, Summary: "Set the complete list of a course, or change nothing",
		Description: "Who is left out leaves now. A new roll holds from now on, classes held before keep the old one; rolls can be swapped. " +
			"A wrong entry is named, as in body[3].class_roll_id.",
		Errors: refusals,
	}), d.setEnrolments)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "enroll-student", Method: http.MethodPut, Path: path + "/{student_id}", Summary: "Enrol one student, or change their roll", Errors: refusals,
	}), d.enrolStudent)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "withdraw-student", Method: http.MethodDelete, Path: path + "/{student_id}", Summary: "Take one student out of a course, now",
		Errors: []int{http.StatusNotFound},
	}), d.withdrawStudent)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "get-enrollment-roster", Method: http.MethodGet, Path: "/api/admin/enrollment-roster/{semester_id}",
		Summary: "The students of a semester, one row each", Errors: []int{http.StatusNotFound},
	}), d.getTermRoster)
}

func (d Deps) getEnrolments(ctx context.Context, in *getEnrolmentsInput) (*enrolmentsOutput, error) {
	q, err := in.query(in.Sort)
	if err != nil {
		return nil, err
	}
	if _, err := d.Lists.Courses(ctx, one(in.CourseID)); err != nil {
		return nil, err
	}
	enrolled, err := d.Lists.Enrolled(ctx, in.CourseID)
	if err != nil {
		return nil, err
	}
	q.NotIn = in.CourseID
	free, err := d.Lists.Students(ctx, q)
	available, err := answer(&in.PageInput, in.Sort, free, err, func(s office.Student) availableRow {
		return availableRow{ID: s.ID, StudentName: s.Name, UniversityRollNo: s.UniversityRoll}
	})
	if err != nil {
		return nil, err
	}
	out := &enrolmentsOutput{Link: available.Link, Total: available.Total}
	out.Body = enrolmentsBody{Enrolled: make([]enrolledRow, len(enrolled)), Available: available.Body}
	for i, e := range enrolled {
		out.Body.Enrolled[i] = enrolledRow{
			StudentID: e.Student, StudentName: e.Name, UniversityRollNo: e.UniversityRoll, ClassRollID: e.Roll, FromAt: *moment(e.From),
		}
	}
	return out, nil
}

func (d Deps) setEnrolments(ctx context.Context, in *setEnrolmentsInput) (*addedListOutput, error) {
	places := make([]office.Place, len(in.Body))
	for i, e := range in.Body {
		places[i] = office.Place{Student: e.StudentID, Roll: e.ClassRollID, From: when(e.FromAt)}
	}
	if err := d.Office.Enrol(ctx, in.CourseID, places); err != nil {
		return nil, placeWords.spell(err)
	}
	return &addedListOutput{rosterSaved{Status: "success", Message: "Enrollments updated successfully."}}, nil
}

type addedListOutput struct{ Body rosterSaved }

type rosterSaved struct {
	Status  string `json:"status" example:"success"`
	Message string `json:"message" example:"Enrollments updated successfully."`
}

func (d Deps) enrolStudent(ctx context.Context, in *setPlaceInput) (*changedOutput, error) {
	err := d.Office.EnrolOne(ctx, in.CourseID, office.Place{Student: in.StudentID, Roll: in.Body.ClassRollID, From: when(in.Body.FromAt)})
	return changed(words{"student": "path.student_id", "roll": "class_roll_id", "from": "from_at"}.spell(err))
}

func (d Deps) withdrawStudent(ctx context.Context, in *PlacePath) (*changedOutput, error) {
	return changed(d.Office.Withdraw(ctx, in.CourseID, in.StudentID))
}

type termRosterInput struct {
	PageInput
	SemesterID attendance.ID `path:"semester_id" format:"uuid"`
}

type termRosterRow struct {
	StudentID          attendance.ID `json:"student_id" format:"uuid"`
	StudentName        string        `json:"student_name" example:"Meera Iyer"`
	UniversityRollNo   string        `json:"university_roll_no" example:"26301001"`
	EnrolledCourses    string        `json:"enrolled_courses" doc:"Codes, with commas between." example:"M101,P101"`
	PrimaryClassRollID int           `json:"primary_class_roll_id" doc:"The smallest of their rolls; the list is sorted by it."`
}

func (d Deps) getTermRoster(ctx context.Context, in *termRosterInput) (*pageOutput[termRosterRow], error) {
	const sort = "roll"
	q, err := in.query(sort)
	if err != nil {
		return nil, err
	}
	if _, err := d.Lists.Terms(ctx, one(in.SemesterID)); err != nil {
		return nil, err
	}
	q.Term = in.SemesterID
	p, err := d.Lists.TermRoster(ctx, q)
	return answer(&in.PageInput, sort, p, err, func(s office.TermStudent) termRosterRow {
		return termRosterRow{
			StudentID: s.Student, StudentName: s.Name, UniversityRollNo: s.UniversityRoll,
			EnrolledCourses: strings.Join(s.Courses, ","), PrimaryClassRollID: s.Roll,
		}
	})
}
