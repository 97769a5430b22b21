package student

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/rest"
)

type ownDay struct {
	Date       string        `json:"date" format:"date" doc:"On the campus."`
	SessionID  attendance.ID `json:"session_id" format:"uuid"`
	Percentage float64       `json:"percentage" doc:"What the class counts."`
}

type ownTrend struct {
	CourseName    string      `json:"course_name"`
	SemesterName  string      `json:"semester_name"`
	SemesterTotal float64     `json:"semester_total" doc:"The percentage of the whole course."`
	TotalSessions int         `json:"total_sessions"`
	Status        string      `json:"status" enum:"none,good,warning,critical"`
	Last7         float64     `json:"last_7_days_avg" doc:"Over the last seven classes that count (the name is the original's)."`
	Last30        float64     `json:"last_30_days_avg" doc:"Over the last thirty classes that count."`
	Direction     string      `json:"trend_direction" enum:"up,down,stable" doc:"Compares the two."`
	Daily         []ownDay    `json:"daily_breakdown" doc:"The last seven classes that count, oldest first."`
	Plan          ownStanding `json:"improvement_plan"`
	CurrentStreak int         `json:"current_streak"`
	LongestStreak int         `json:"longest_streak"`
}

type ownAnalyticsOutput struct {
	Body struct {
		Analytics        map[string]ownTrend `json:"analytics" doc:"By course id."`
		MinRequirement   float64             `json:"min_attendance_requirement"`
		WarningThreshold float64             `json:"warning_threshold" doc:"Below is critical."`
	}
}

func (d Deps) analytics(api huma.API) {
	rest.Handle(api, own("get-my-analytics", "analytics", "How my attendance develops"), d.getAnalytics)
}

func (d Deps) getAnalytics(ctx context.Context, in *SemesterInput) (*ownAnalyticsOutput, error) {
	term, err := in.term()
	if err != nil {
		return nil, err
	}
	book, err := d.book(ctx)
	if err != nil {
		return nil, err
	}
	out := &ownAnalyticsOutput{}
	b := &out.Body
	b.Analytics, b.MinRequirement, b.WarningThreshold = map[string]ownTrend{}, book.School.Policy.Minimum, book.School.Policy.Critical
	for _, p := range book.Attending(term) {
		b.Analytics[p.Course.ID.String()] = trendOf(p)
	}
	return out, nil
}

func trendOf(p attendance.Leaf) ownTrend {
	pct, _ := p.Percent(p.Policy)
	month := p.LastLessons(30)
	week := month[max(0, len(month)-7):]
	seven, thirty := week.Percent(p.Policy), month.Percent(p.Policy)
	out := ownTrend{
		CourseName: p.Course.Name, SemesterName: p.TermName, SemesterTotal: attendance.Rounded(pct), TotalSessions: p.Held(),
		Status: word(p.StudentCount.Band), Last7: attendance.Rounded(seven), Last30: attendance.Rounded(thirty), Direction: "stable",
		Daily: []ownDay{}, Plan: standingOf(p.Tally, p.Policy), CurrentStreak: p.Current, LongestStreak: p.Longest,
	}
	switch {
	case out.Last7 > out.Last30:
		out.Direction = "up"
	case out.Last7 < out.Last30:
		out.Direction = "down"
	}
	for _, c := range week {
		out.Daily = append(out.Daily, ownDay{
			Date: c.Session.OpenedAt.In(p.Zone).Format(time.DateOnly), SessionID: c.Session.ID, Percentage: attendance.Rounded(100 * p.Policy.Weight(c.Status)),
		})
	}
	return out
}
