package insight

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
)

// InsightAbsencesInput says how many absences in a row are worth a look.
type InsightAbsencesInput struct {
	Semester string `query:"semester_id" format:"uuid" doc:"Only the courses of this semester."`
	Min      int    `query:"min" minimum:"2" maximum:"1000" default:"3" doc:"Absences in a row."`
	Format   string `query:"format" enum:"json,csv" default:"json"`
}

type insightMissing struct {
	StudentID   attendance.ID `json:"student_id" format:"uuid"`
	StudentName string        `json:"student_name"`
	UniRoll     string        `json:"university_roll_no"`
	ClassRollID int           `json:"class_roll_id"`
	CourseID    attendance.ID `json:"course_id" format:"uuid"`
	CourseCode  string        `json:"course_code"`
	CourseName  string        `json:"course_name"`
	TeacherName *string       `json:"teacher_name" nullable:"true"`
	Missed      int           `json:"consecutive_absences" doc:"Up to the last class; excused ones neither count nor break the row."`
}

type insightAbsences struct {
	Counting int              `json:"counting_courses" doc:"As in the overview."`
	Students []insightMissing `json:"students" doc:"The longest first; at most 1000."`
	Total    int              `json:"total"`
}

// mostMissing is how many are listed; who needs more narrows the question.
const mostMissing = 1000

func (d Deps) absences(api huma.API) {
	handle(api, get("list-consecutive-absences", "absences", "Who was absent from the last classes of a course", http.StatusNotFound), d.getAbsences)
}

func (d Deps) getAbsences(ctx context.Context, in *InsightAbsencesInput) (*insightAbsences, table, error) {
	period := PeriodInput{Format: in.Format}
	t := period.table("absences", "Student", "University roll", "Course code", "Course", "Teacher", "Roll", "Absences in a row")
	scope, err := d.scope(ctx, in.Semester, period)
	if err != nil {
		return nil, t, err
	}
	out := &insightAbsences{Students: []insightMissing{}}
	var all []attendance.MissingStudent
	err = d.Figures.InFigures(ctx, func(ctx context.Context, tx attendance.Figures) (err error) {
		all, out.Counting, err = d.Service.MissingStudents(ctx, tx, scope.Term, in.Min)
		return err
	})
	if err != nil {
		return nil, t, err
	}
	out.Total = len(all)
	for i, m := range all {
		t.add(m.Member.Name, m.UniversityRoll, m.Code, m.CourseLine.Name, m.Teachers, m.Roll, m.Missed)
		if i < mostMissing {
			out.Students = append(out.Students, insightMissing{
				StudentID: m.Student, StudentName: m.Member.Name, UniRoll: m.UniversityRoll, ClassRollID: m.Roll,
				CourseID: m.CourseLine.ID, CourseCode: m.Code, CourseName: m.CourseLine.Name, TeacherName: wordOrNull(m.Teachers), Missed: m.Missed,
			})
		}
	}
	return out, t, nil
}
