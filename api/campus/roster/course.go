package roster

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/attendance/office"
	"github.com/arise-attendance/arise/api/rest"
)

type courseForm struct {
	CourseName             string         `json:"course_name" maxLength:"200" example:"Operating Systems"`
	CourseCode             string         `json:"course_code" maxLength:"60" doc:"Typed at sign-in; unique, upper or lower case, among courses that are not archived." example:"MCA-301"`
	DefaultDurationMinutes int            `json:"default_duration_minutes" minimum:"1" maximum:"720" example:"50"`
	SemesterID             attendance.ID  `json:"semester_id" format:"uuid"`
	TeacherID              *attendance.ID `json:"teacher_id,omitempty" format:"uuid" doc:"The main teacher. Another than before: the one before ends now and this one begins; other teachers and substitutes stay. Absent: the teachers stay as they are."`
}

type courseRow struct {
	ID                     attendance.ID  `json:"id" format:"uuid"`
	CourseName             string         `json:"course_name" example:"Operating Systems"`
	CourseCode             string         `json:"course_code" example:"MCA-301"`
	DefaultDurationMinutes int            `json:"default_duration_minutes" example:"50"`
	SemesterID             *attendance.ID `json:"semester_id" format:"uuid" nullable:"true"`
	TeacherID              *attendance.ID `json:"teacher_id" format:"uuid" nullable:"true" doc:"The main teacher; null when there is none."`
	ArchivedAt             *time.Time     `json:"archived_at,omitempty"`
}

type courseViewRow struct {
	courseRow
	SemesterName *string  `json:"semester_name" example:"Monsoon 2026"`
	TeacherName  *string  `json:"teacher_name" doc:"The main teacher's; null when there is none." example:"Asha Rao"`
	TeacherNames []string `json:"teacher_names" doc:"All who hold the course now, by name."`
	Enrolled     int      `json:"enrolled" doc:"Students now."`
}

type listCoursesInput struct {
	ArchivedInput
	SemesterID attendance.ID `query:"semester_id" format:"uuid" doc:"Those of this semester."`
	TeacherID  attendance.ID `query:"teacher_id" format:"uuid" doc:"Those that this teacher holds now."`
	Sort       string        `query:"sort" enum:"name,-name,code,-code" default:"name"`
}

type addCourseInput struct{ Body courseForm }

type changeCourseInput struct {
	IDPath
	Body courseForm
}

var courseWords = words{
	"name": "course_name", "code": "course_code", "default_minutes": "default_duration_minutes", "term": "semester_id", "teacher": "teacher_id",
}

func (d Deps) courses(api huma.API) {
	const path, tag = "/api/admin/courses", "Courses"
	rest.Handle(api, ofOffice(tag, huma.Operation{OperationID: "list-courses", Method: http.MethodGet, Path: path, Summary: "List courses"}), d.listCourses)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "view-courses", Method: http.MethodGet, Path: "/api/admin/courses-view", Summary: "List courses with the names of their semester and teachers",
	}), d.viewCourses)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "add-course", Method: http.MethodPost, Path: path, Summary: "Add a course",
		DefaultStatus: http.StatusCreated, Errors: []int{http.StatusConflict},
	}), d.addCourse)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "get-course", Method: http.MethodGet, Path: path + "/{id}", Summary: "Read a course", Errors: []int{http.StatusNotFound},
	}), d.getCourse)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "change-course", Method: http.MethodPut, Path: path + "/{id}", Summary: "Change a course", Errors: refusals,
	}), d.changeCourse)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "archive-course", Method: http.MethodDelete, Path: path + "/{id}", Summary: "Archive a course, or delete one without classes and students",
		Description: "Nobody signs in to an archived course. Its students, teachers, classes and figures stay as they are.", Errors: []int{http.StatusNotFound},
	}), d.archiveCourse)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "restore-course", Method: http.MethodPost, Path: path + "/{id}/restore", Summary: "Bring an archived course back as it was",
		Errors: refusals,
	}), d.restoreCourse)
}

func (d Deps) pageOfCourses(ctx context.Context, in *listCoursesInput) (office.Page[office.Course], error) {
	q, err := in.query(in.Sort)
	if err != nil {
		return office.Page[office.Course]{}, err
	}
	q.Term, q.Teacher = in.SemesterID, in.TeacherID
	return d.Lists.Courses(ctx, in.narrow(q))
}

func (d Deps) listCourses(ctx context.Context, in *listCoursesInput) (*pageOutput[courseRow], error) {
	p, err := d.pageOfCourses(ctx, in)
	return answer(&in.PageInput, in.Sort, p, err, courseOf)
}

func (d Deps) viewCourses(ctx context.Context, in *listCoursesInput) (*pageOutput[courseViewRow], error) {
	p, err := d.pageOfCourses(ctx, in)
	return answer(&in.PageInput, in.Sort, p, err, courseViewOf)
}

func (d Deps) getCourse(ctx context.Context, in *IDPath) (*rowOutput[courseViewRow], error) {
	p, err := d.Lists.Courses(ctx, one(in.ID))
	return only(p, err, courseViewOf)
}

func (d Deps) addCourse(ctx context.Context, in *addCourseInput) (*addedOutput, error) {
	id, err := d.Office.AddCourse(ctx, in.Body.entry())
	return added(id, courseWords.spell(err), "Course added.")
}

func (d Deps) changeCourse(ctx context.Context, in *changeCourseInput) (*changedOutput, error) {
	c := in.Body.entry()
	c.ID = in.ID
	return changed(courseWords.spell(d.Office.ChangeCourse(ctx, c)))
}

func (d Deps) archiveCourse(ctx context.Context, in *IDPath) (*awayOutput, error) {
	return away(d.Office.ArchiveCourse(ctx, in.ID))
}

func (d Deps) restoreCourse(ctx context.Context, in *IDPath) (*changedOutput, error) {
	return changed(courseWords.spell(d.Office.RestoreCourse(ctx, in.ID)))
}

func (f courseForm) entry() attendance.CourseEntry {
	return attendance.CourseEntry{
		FeedCourse: attendance.FeedCourse{Name: f.CourseName, Code: f.CourseCode, DefaultMinutes: f.DefaultDurationMinutes},
		Term:       f.SemesterID, Teacher: none(f.TeacherID),
	}
}

func courseOf(c office.Course) courseRow {
	return courseRow{
		ID: c.ID, CourseName: c.Name, CourseCode: c.Code, DefaultDurationMinutes: c.DefaultMinutes,
		SemesterID: some(c.Term), TeacherID: some(c.Teacher), ArchivedAt: moment(c.ArchivedAt),
	}
}

func courseViewOf(c office.Course) courseViewRow {
	return courseViewRow{
		courseRow: courseOf(c), SemesterName: word(c.TermName), TeacherName: word(c.TeacherName), TeacherNames: c.Teachers, Enrolled: c.Enrolled,
	}
}

// word is nil for none.
func word(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
