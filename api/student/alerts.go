package student

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/rest"
)

type ownAlert struct {
	CourseID      attendance.ID `json:"course_id" format:"uuid"`
	CourseName    string        `json:"course_name"`
	Percentage    float64       `json:"attendance_percentage"`
	PresentCount  int           `json:"present_count"`
	TotalSessions int           `json:"total_sessions"`
	Status        string        `json:"status" enum:"warning,critical"`
	ClassesNeeded int           `json:"classes_needed" doc:"In a row, to be at the minimum; -1: out of reach."`
}

type alertsOutput struct {
	Body struct {
		Critical          []ownAlert `json:"critical_alerts"`
		Warning           []ownAlert `json:"warning_alerts"`
		CriticalCount     int        `json:"critical_count"`
		WarningCount      int        `json:"warning_count"`
		TotalCount        int        `json:"total_alert_count"`
		CriticalThreshold float64    `json:"critical_threshold"`
		MinimumThreshold  float64    `json:"minimum_threshold"`
	}
}

func (d Deps) alerts(api huma.API) {
	rest.Handle(api, own("list-my-alerts", "critical-alerts", "List the courses in which I am below the minimum"), d.listAlerts)
}

func (d Deps) listAlerts(ctx context.Context, _ *struct{}) (*alertsOutput, error) {
	sum, err := d.summary(ctx)
	if err != nil {
		return nil, err
	}
	out := &alertsOutput{}
	b := &out.Body
	b.Critical, b.Warning = []ownAlert{}, []ownAlert{}
	b.CriticalThreshold, b.MinimumThreshold = sum.School.Policy.Critical, sum.School.Policy.Minimum
	for _, p := range sum.Attending(attendance.ID{}) {
		pct, _ := p.Percent(p.Policy)
		a := ownAlert{
			CourseID: p.Course.ID, CourseName: p.Course.Name, Percentage: attendance.Rounded(pct), PresentCount: p.There(),
			TotalSessions: p.Held(), Status: string(p.StudentCount.Band), ClassesNeeded: p.Needed(p.Policy),
		}
		switch p.StudentCount.Band {
		case attendance.Critical:
			b.Critical = append(b.Critical, a)
		case attendance.Warning:
			b.Warning = append(b.Warning, a)
		}
	}
	b.CriticalCount, b.WarningCount = len(b.Critical), len(b.Warning)
	b.TotalCount = b.CriticalCount + b.WarningCount
	return out, nil
}
