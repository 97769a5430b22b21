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

type semesterForm struct {
	SemesterName string `json:"semester_name" maxLength:"200" doc:"Unique, upper or lower case, among those that are not archived." example:"Monsoon 2026"`
	StartsOn     string `json:"starts_on,omitempty" format:"date" doc:"First day." example:"2026-07-13"`
	EndsOn       string `json:"ends_on,omitempty" format:"date" doc:"Last day." example:"2026-12-04"`
}

type semesterRow struct {
	ID           attendance.ID `json:"id" format:"uuid"`
	SemesterName string        `json:"semester_name" example:"Monsoon 2026"`
	StartsOn     string        `json:"starts_on,omitempty" format:"date"`
	EndsOn       string        `json:"ends_on,omitempty" format:"date"`
	CourseCount  int           `json:"course_count" doc:"Courses that are not archived."`
	ArchivedAt   *time.Time    `json:"archived_at,omitempty"`
}

type listSemestersInput struct {
	ArchivedInput
	Sort string `query:"sort" enum:"-created,created,name,-name,start,-start" default:"-created" doc:"Newest first, unless said otherwise."`
}

type addSemesterInput struct{ Body semesterForm }

type changeSemesterInput struct {
	IDPath
	Body semesterForm
}

var semesterWords = words{"name": "semester_name"}

func (d Deps) semesters(api huma.API) {
	const path, tag = "/api/admin/semesters", "Semesters"
	rest.Handle(api, ofOffice(tag, huma.Operation{OperationID: "list-semesters", Method: http.MethodGet, Path: path, Summary: "List semesters"}), d.listSemesters)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "add-semester", Method: http.MethodPost, Path: path, Summary: "Add a semester",
		DefaultStatus: http.StatusCreated, Errors: []int{http.StatusConflict},
	}), d.addSemester)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "get-semester", Method: http.MethodGet, Path: path + "/{id}", Summary: "Read a semester", Errors: []int{http.StatusNotFound},
	}), d.getSemester)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "change-semester", Method: http.MethodPut, Path: path + "/{id}", Summary: "Change a semester", Errors: refusals,
	}), d.changeSemester)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "archive-semester", Method: http.MethodDelete, Path: path + "/{id}", Summary: "Archive a semester, or delete one that no course is in",
		Description: "Its courses go on; archive those that have ended.", Errors: []int{http.StatusNotFound},
	}), d.archiveSemester)
	rest.Handle(api, ofOffice(tag, huma.Operation{
		OperationID: "restore-semester", Method: http.MethodPost, Path: path + "/{id}/restore", Summary: "Bring an archived semester back",
		Errors: refusals,
	}), d.restoreSemester)
}

func (d Deps) listSemesters(ctx context.Context, in *listSemestersInput) (*pageOutput[semesterRow], error) {
	q, err := in.query(in.Sort)
	if err != nil {
		return nil, err
	}
	p, err := d.Lists.Terms(ctx, in.narrow(q))
	return answer(&in.PageInput, in.Sort, p, err, semesterOf)
}

func (d Deps) getSemester(ctx context.Context, in *IDPath) (*rowOutput[semesterRow], error) {
	p, err := d.Lists.Terms(ctx, one(in.ID))
	return only(p, err, semesterOf)
}

func (d Deps) addSemester(ctx context.Context, in *addSemesterInput) (*addedOutput, error) {
	t, err := in.Body.term()
	if err != nil {
		return nil, err
	}
	id, err := d.Office.AddTerm(ctx, t)
	return added(id, semesterWords.spell(err), "Semester added.")
}

func (d Deps) changeSemester(ctx context.Context, in *changeSemesterInput) (*changedOutput, error) {
	t, err := in.Body.term()
	if err != nil {
		return nil, err
	}
	t.ID = in.ID
	return changed(semesterWords.spell(d.Office.ChangeTerm(ctx, t)))
}

func (d Deps) archiveSemester(ctx context.Context, in *IDPath) (*awayOutput, error) {
	return away(d.Office.ArchiveTerm(ctx, in.ID))
}

func (d Deps) restoreSemester(ctx context.Context, in *IDPath) (*changedOutput, error) {
	return changed(semesterWords.spell(d.Office.RestoreTerm(ctx, in.ID)))
}

func (f semesterForm) term() (t attendance.Term, err error) {
	t.Name = f.SemesterName
	if t.StartsOn, err = day("starts_on", f.StartsOn); err != nil {
		return t, err
	}
	t.EndsOn, err = day("ends_on", f.EndsOn)
	return t, err
}

// day reads a date, zero for none.
func day(field, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1900 {
		return t, attendance.Invalid{Field: field, Why: "must be a day, such as 2026-07-13"}
	}
	return t, nil
}

func dayOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

func semesterOf(t office.Term) semesterRow {
	return semesterRow{
		ID: t.ID, SemesterName: t.Name, StartsOn: dayOf(t.StartsOn), EndsOn: dayOf(t.EndsOn), CourseCount: t.Courses, ArchivedAt: moment(t.ArchivedAt),
	}
}
