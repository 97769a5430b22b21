package student

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/rest"
)

type ownCourse struct {
	CourseID      attendance.ID `json:"course_id" format:"uuid"`
	CourseCode    string        `json:"course_code"`
	CourseName    string        `json:"course_name"`
	SemesterName  string        `json:"semester_name"`
	PresentCount  int           `json:"present_count" doc:"Counted as having been there: present, late, on duty."`
	AbsentCount   int           `json:"absent_count"`
	LateCount     int           `json:"late_count"`
	ExcusedCount  int           `json:"excused_count" doc:"Not among total_sessions."`
	TotalSessions int           `json:"total_sessions" doc:"Classes that count for you: held since you enrolled, not excused."`
	Percentage    float64       `json:"percentage"`
	WarningStatus string        `json:"warning_status" enum:"none,good,warning,critical"`
	CurrentStreak int           `json:"current_streak"`
	LongestStreak int           `json:"longest_streak"`
	Analytics     ownStanding   `json:"analytics"`
}

type dashboardOutput struct {
	Body struct {
		StudentName    string         `json:"student_name"`
		SemesterID     *attendance.ID `json:"semester_id" format:"uuid" nullable:"true"`
		SemesterName   *string        `json:"semester_name" nullable:"true" doc:"Of the semester that was asked for, or of the first course."`
		IsFiltered     bool           `json:"is_filtered"`
		MinRequirement float64        `json:"min_attendance_requirement"`
		OverallPercent float64        `json:"overall_percentage"`
		OverallStatus  string         `json:"overall_status" enum:"none,good,warning,critical"`
		Courses        []ownCourse    `json:"courses" doc:"In which you are enrolled now, by course code."`
	}
}

func (d Deps) dashboard(api huma.API) {
	rest.Handle(api, own("get-my-dashboard", "dashboard", "How I stand"), d.getDashboard)
}

func (d Deps) getDashboard(ctx context.Context, in *SemesterInput) (*dashboardOutput, error) {
	term, err := in.term()
	if err != nil {
		return nil, err
	}
	sum, err := d.summary(ctx)
	if err != nil {
		return nil, err
	}
	pages, out := sum.Attending(term), &dashboardOutput{}
	all, b := attendance.ShareOfLines(pages), &out.Body
	pct, _ := all.Percent()
	b.StudentName, b.IsFiltered, b.MinRequirement = sum.Student.Name, !term.IsZero(), sum.School.Policy.Minimum
	b.OverallPercent, b.OverallStatus, b.Courses = attendance.Rounded(pct), word(all.Band(sum.School.Policy)), []ownCourse{}
	if !term.IsZero() {
		b.SemesterID = &term
	}
	if len(pages) > 0 {
		b.SemesterName = &pages[0].TermName
	}
	for _, p := range pages {
		b.Courses = append(b.Courses, ownCourseOf(p))
	}
	return out, nil
}

func ownCourseOf(p attendance.SummaryLine) ownCourse {
	pct, _ := p.Percent(p.Policy)
	return ownCourse{
		CourseID: p.Course.ID, CourseCode: p.Course.Code, CourseName: p.Course.Name, SemesterName: p.TermName,
		PresentCount: p.There(), AbsentCount: p.Absent, LateCount: p.Late, ExcusedCount: p.Excused, TotalSessions: p.Held(),
		Percentage: attendance.Rounded(pct), WarningStatus: word(p.StudentCount.Band),
		CurrentStreak: p.Current, LongestStreak: p.Longest, Analytics: standingOf(p.Tally, p.Policy),
	}
}
