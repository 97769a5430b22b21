package roster

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/rest"
)

type teachForm struct {
	TeacherID attendance.ID `json:"teacher_id" format:"uuid"`
	FromAt    *time.Time    `json:"from_at,omitempty" doc:"Absent: now."`
	ToAt      *time.Time    `json:"to_at,omitempty" doc:"A substitute has an end; absent: open."`
}

type teachInput struct {
	IDPath
	Body teachForm
}

type endTeachingInput struct {
	IDPath
	TeacherID attendance.ID `path:"teacher_id" format:"uuid"`
}

type courseTeacherRow struct {
	TeacherID   attendance.ID `json:"teacher_id" format:"uuid"`
	TeacherName string        `json:"teacher_name" example:"Asha Rao"`
	TeacherCode string        `json:"teacher_code" example:"T07"`
	FromAt      time.Time     `json:"from_at"`
	ToAt        *time.Time    `json:"to_at,omitempty" doc:"Absent: open."`
	Now         bool          `json:"now" doc:"Holds the course at this moment."`
	Main        bool          `json:"main" doc:"Answers for the course."`
}

var teachWords = words{"teacher": "teacher_id", "from": "from_at", "to": "to_at"}

func (d Deps) courseTeachers(api huma.API) {
	const path, tag = "/api/admin/courses/{id}/teachers", "Courses"
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "list-course-teachers", Method: http.MethodGet, Path: path, Summary: "Who holds a course, held it, or will",
		Description: "The oldest first.", Errors: []int{http.StatusNotFound},
	}), d.listCourseTeachers)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "add-course-teacher", Method: http.MethodPost, Path: path, Summary: "Let one more teacher or a substitute hold a course",
		Description: "All others stay. The main teacher is set by change-course.", DefaultStatus: http.StatusCreated, Errors: refusals,
	}), d.addCourseTeacher)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "end-course-teacher", Method: http.MethodDelete, Path: path + "/{teacher_id}", Summary: "Take a course from a teacher, now",
		Description: "What was still to come is dropped; what was taught stays. A course that loses its main teacher has none.", Errors: []int{http.StatusNotFound},
	}), d.endCourseTeacher)
}

func (d Deps) listCourseTeachers(ctx context.Context, in *IDPath) (*rowOutput[[]courseTeacherRow], error) {
	course, err := d.Lists.Courses(ctx, one(in.ID))
	if err != nil {
		return nil, err
	}
	all, err := d.Lists.Teachings(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	now := d.Office.Now()
	out := &rowOutput[[]courseTeacherRow]{Body: make([]courseTeacherRow, len(all))}
	for i, t := range all {
		holds := t.HoldsAt(now)
		out.Body[i] = courseTeacherRow{
			TeacherID: t.Teacher, TeacherName: t.Name, TeacherCode: t.Code, FromAt: *moment(t.From), ToAt: moment(t.To),
			Now: holds, Main: holds && t.Teacher == course.Rows[0].Teacher,
		}
	}
	return out, nil
}

func (d Deps) addCourseTeacher(ctx context.Context, in *teachInput) (*changedOutput, error) {
	return changed(teachWords.spell(d.Office.Teach(ctx, in.ID, in.Body.TeacherID, when(in.Body.FromAt), when(in.Body.ToAt))))
}

func (d Deps) endCourseTeacher(ctx context.Context, in *endTeachingInput) (*changedOutput, error) {
	return changed(d.Office.EndTeaching(ctx, in.ID, in.TeacherID))
}
