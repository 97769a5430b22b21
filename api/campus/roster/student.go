package roster

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/attendance/office"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

type studentForm struct {
	StudentName      string `json:"student_name" maxLength:"200" example:"Meera Iyer"`
	UniversityRollNo string `json:"university_roll_no" maxLength:"60" doc:"Unique, upper or lower case, among all students." example:"26301001"`
	EnrollmentNo     string `json:"enrollment_no" maxLength:"60" doc:"Unique, upper or lower case, among all students." example:"EN202600001"`
	Email1           string `json:"email1" maxLength:"254" doc:"May be empty."`
	Email2           string `json:"email2,omitempty" maxLength:"254"`
	Password         string `json:"password,omitempty" maxLength:"800" doc:"10 characters or more. Absent or empty: it stays; a new student without one cannot sign in yet. It is told to nobody."`
}

type studentRow struct {
	ID               attendance.ID `json:"id" format:"uuid"`
	StudentName      string        `json:"student_name" example:"Meera Iyer"`
	UniversityRollNo string        `json:"university_roll_no" example:"26301001"`
	EnrollmentNo     string        `json:"enrollment_no" example:"EN202600001"`
	Email1           string        `json:"email1"`
	Email2           string        `json:"email2"`
	PasswordSet      bool          `json:"password_set" doc:"They can sign in."`
	ArchivedAt       *time.Time    `json:"archived_at,omitempty"`
}

type listStudentsInput struct {
	ArchivedInput
	CourseID   attendance.ID `query:"course_id" format:"uuid" doc:"Those who are enrolled in this course."`
	SemesterID attendance.ID `query:"semester_id" format:"uuid" doc:"Those who are enrolled in any course of this semester."`
	Sort       string        `query:"sort" enum:"name,-name,roll,-roll" default:"name" doc:"Roll is the university's."`
}

type addStudentInput struct{ Body studentForm }

type changeStudentInput struct {
	IDPath
	Body studentForm
}

var studentWords = words{
	"name": "student_name", "university_roll": "university_roll_no", "enrolment_no": "enrollment_no", "email": "email1",
}

func (d Deps) students(api huma.API) {
	const path, tag = "/api/admin/students", "Students"
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "list-students", Method: http.MethodGet, Path: path, Summary: "List students",
		Description: "q looks in names, both numbers and both e-mail addresses.",
	}), d.listStudents)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "add-student", Method: http.MethodPost, Path: path, Summary: "Add a student",
		DefaultStatus: http.StatusCreated, Errors: []int{http.StatusConflict},
	}), d.addStudent)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "get-student", Method: http.MethodGet, Path: path + "/{id}", Summary: "Read a student", Errors: []int{http.StatusNotFound},
	}), d.getStudent)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "change-student", Method: http.MethodPut, Path: path + "/{id}", Summary: "Change a student", Errors: refusals,
	}), d.changeStudent)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "archive-student", Method: http.MethodDelete, Path: path + "/{id}", Summary: "Archive a student, or delete one nothing refers to",
		Description: "Whoever is archived leaves their courses now. Classes held before count as they did.", Errors: []int{http.StatusNotFound},
	}), d.archiveStudent)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "restore-student", Method: http.MethodPost, Path: path + "/{id}/restore", Summary: "Bring an archived student back",
		Description: "They are in no course: enrol them again where they belong.", Errors: refusals,
	}), d.restoreStudent)
}

func (d Deps) listStudents(ctx context.Context, in *listStudentsInput) (*pageOutput[studentRow], error) {
	q, err := in.query(in.Sort)
	if err != nil {
		return nil, err
	}
	q.Course, q.Term = in.CourseID, in.SemesterID
	p, err := d.Lists.Students(ctx, in.narrow(q))
	return answer(&in.PageInput, in.Sort, p, err, studentOf)
}

func (d Deps) getStudent(ctx context.Context, in *IDPath) (*rowOutput[studentRow], error) {
	p, err := d.Lists.Students(ctx, one(in.ID))
	return only(p, err, studentOf)
}

func (d Deps) addStudent(ctx context.Context, in *addStudentInput) (*addedOutput, error) {
	s, err := in.Body.entry()
	if err != nil {
		return nil, studentWords.spell(err)
	}
	id, err := d.Office.AddStudent(ctx, s)
	return added(id, studentWords.spell(err), "Student added.")
}

func (d Deps) changeStudent(ctx context.Context, in *changeStudentInput) (*changedOutput, error) {
	s, err := in.Body.entry()
	if err != nil {
		return nil, studentWords.spell(err)
	}
	s.ID = in.ID
	return changed(studentWords.spell(d.Office.ChangeStudent(ctx, s)))
}

func (d Deps) archiveStudent(ctx context.Context, in *IDPath) (*awayOutput, error) {
	return away(d.Office.ArchiveStudent(ctx, in.ID))
}

func (d Deps) restoreStudent(ctx context.Context, in *IDPath) (*changedOutput, error) {
	return changed(studentWords.spell(d.Office.RestoreStudent(ctx, in.ID)))
}

// entry checks the form before it hashes the password, which takes long on purpose.
func (f studentForm) entry() (s attendance.StudentEntry, err error) {
	s.Name, s.UniversityRoll, s.EnrolmentNo, s.Email, s.Email2 = f.StudentName, f.UniversityRollNo, f.EnrollmentNo, f.Email1, f.Email2
	if err := office.CheckStudent(&s); err != nil || f.Password == "" {
		return s, err
	}
	if why := auth.WeakPassword(f.Password, s.UniversityRoll); why != "" {
		return s, attendance.Invalid{Field: "password", Why: why}
	}
	s.PasswordHash, err = auth.HashSecret(f.Password)
	return s, err
}

func studentOf(s office.Student) studentRow {
	return studentRow{
		ID: s.ID, StudentName: s.Name, UniversityRollNo: s.UniversityRoll, EnrollmentNo: s.EnrolmentNo,
		Email1: s.Email, Email2: s.Email2, PasswordSet: s.HasPassword, ArchivedAt: moment(s.ArchivedAt),
	}
}
