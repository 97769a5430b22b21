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

type teacherForm struct {
	TeacherName string `json:"teacher_name" maxLength:"200" example:"Asha Rao"`
	TeacherCode string `json:"teacher_code" maxLength:"60" doc:"Stored in upper case; unique among those who are not archived." example:"T07"`
	PIN         string `json:"pin,omitempty" maxLength:"20" doc:"Exactly 6 digits, for sign-in. Wanted for a new teacher; else absent or empty: the PIN stays. It is told to nobody."`
	Email       string `json:"email,omitempty" maxLength:"254"`
}

type teacherRow struct {
	ID          attendance.ID `json:"id" format:"uuid"`
	TeacherName string        `json:"teacher_name" example:"Asha Rao"`
	TeacherCode string        `json:"teacher_code" example:"T07"`
	Email       string        `json:"email"`
	PINSet      bool          `json:"pin_set" doc:"They can sign in."`
	ArchivedAt  *time.Time    `json:"archived_at,omitempty"`
}

type listTeachersInput struct {
	ArchivedInput
	CourseID attendance.ID `query:"course_id" format:"uuid" doc:"Those who hold this course now."`
	Sort     string        `query:"sort" enum:"-created,created,name,-name,code,-code" default:"-created" doc:"Newest first, unless said otherwise."`
}

type addTeacherInput struct{ Body teacherForm }

type changeTeacherInput struct {
	IDPath
	Body teacherForm
}

var teacherWords = words{"name": "teacher_name", "code": "teacher_code"}

func (d Deps) teachers(api huma.API) {
	const path, tag = "/api/admin/teachers", "Teachers"
	rest.Handle(api, ofOffice(tag, huma.Operation{OperationID: "list-teachers", Method: http.MethodGet, Path: path, Summary: "List teachers"}), d.listTeachers)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "add-teacher", Method: http.MethodPost, Path: path, Summary: "Add a teacher",
		DefaultStatus: http.StatusCreated, Errors: []int{http.StatusConflict},
	}), d.addTeacher)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "get-teacher", Method: http.MethodGet, Path: path + "/{id}", Summary: "Read a teacher", Errors: []int{http.StatusNotFound},
	}), d.getTeacher)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "change-teacher", Method: http.MethodPut, Path: path + "/{id}", Summary: "Change a teacher", Errors: refusals,
	}), d.changeTeacher)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "archive-teacher", Method: http.MethodDelete, Path: path + "/{id}", Summary: "Archive a teacher, or delete one nothing refers to",
		Description: "Whoever is archived holds no course from now on; what they taught stays theirs.", Errors: []int{http.StatusNotFound},
	}), d.archiveTeacher)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "restore-teacher", Method: http.MethodPost, Path: path + "/{id}/restore", Summary: "Bring an archived teacher back, without courses",
		Errors: refusals,
	}), d.restoreTeacher)
}

func (d Deps) listTeachers(ctx context.Context, in *listTeachersInput) (*pageOutput[teacherRow], error) {
	q, err := in.query(in.Sort)
	if err != nil {
		return nil, err
	}
	q.Course = in.CourseID
	p, err := d.Lists.Teachers(ctx, in.narrow(q))
	return answer(&in.PageInput, in.Sort, p, err, teacherOf)
}

func (d Deps) getTeacher(ctx context.Context, in *IDPath) (*rowOutput[teacherRow], error) {
	p, err := d.Lists.Teachers(ctx, one(in.ID))
	return only(p, err, teacherOf)
}

func (d Deps) addTeacher(ctx context.Context, in *addTeacherInput) (*addedOutput, error) {
	if err := office.CheckPIN(in.Body.PIN); err != nil {
		return nil, err
	}
	t, err := in.Body.entry()
	if err != nil {
		return nil, teacherWords.spell(err)
	}
	id, err := d.Office.AddTeacher(ctx, t)
	return added(id, teacherWords.spell(err), "Teacher added.")
}

func (d Deps) changeTeacher(ctx context.Context, in *changeTeacherInput) (*changedOutput, error) {
	t, err := in.Body.entry()
	if err != nil {
		return nil, teacherWords.spell(err)
	}
	t.ID = in.ID
	return changed(teacherWords.spell(d.Office.ChangeTeacher(ctx, t)))
}

func (d Deps) archiveTeacher(ctx context.Context, in *IDPath) (*awayOutput, error) {
	return away(d.Office.ArchiveTeacher(ctx, in.ID))
}

func (d Deps) restoreTeacher(ctx context.Context, in *IDPath) (*changedOutput, error) {
	return changed(teacherWords.spell(d.Office.RestoreTeacher(ctx, in.ID)))
}

// entry checks the form before it hashes the PIN, which takes long on purpose.
func (f teacherForm) entry() (t attendance.TeacherEntry, err error) {
	t.Name, t.Code, t.Email = f.TeacherName, f.TeacherCode, f.Email
	if err := office.CheckTeacher(&t); err != nil || f.PIN == "" {
		return t, err
	}
	if err := office.CheckPIN(f.PIN); err != nil {
		return t, err
	}
	t.PINHash, err = auth.HashSecret(f.PIN)
	return t, err
}

func teacherOf(t office.Teacher) teacherRow {
	return teacherRow{ID: t.ID, TeacherName: t.Name, TeacherCode: t.Code, Email: t.Email, PINSet: t.HasPIN, ArchivedAt: moment(t.ArchivedAt)}
}
