package insight

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
)

type insightDay struct {
	Date            string `json:"date" format:"date" doc:"On the campus."`
	SessionCount    int    `json:"session_count"`
	AttendanceCount int    `json:"attendance_count" doc:"Counted as having been there."`
	OfflineMarks    int    `json:"offline_marks"`
	OnlineMarks     int    `json:"online_marks"`
}

type insightWeekday struct {
	DayNum        int     `json:"day_num" doc:"0 is Sunday."`
	DayName       string  `json:"day_name" example:"Sun"`
	SessionCount  int     `json:"session_count"`
	AvgAttendance float64 `json:"avg_attendance" doc:"Counted as having been there, for each class."`
}

type insightKind struct {
	SessionType     string `json:"session_type" enum:"offline,online"`
	SessionCount    int    `json:"session_count"`
	AttendanceCount int    `json:"attendance_count"`
}

type insightCourseLoad struct {
	CourseCode     string  `json:"course_code"`
	Enrolled       int     `json:"enrolled"`
	SessionCount   int     `json:"session_count"`
	TotalMarks     int     `json:"total_marks"`
	AttendanceRate float64 `json:"attendance_rate"`
}

type insightTrends struct {
	SemesterID *attendance.ID      `json:"semester_id" format:"uuid" nullable:"true"`
	Counting   int                 `json:"counting_courses" doc:"As in the overview."`
	Daily      []insightDay        `json:"daily" doc:"Days with classes, oldest first; the last thirty days unless from is named."`
	DayOfWeek  []insightWeekday    `json:"day_of_week" doc:"Weekdays with classes, over the whole time that was asked for."`
	TypeSplit  []insightKind       `json:"session_type_split"`
	Courses    []insightCourseLoad `json:"course_sessions" doc:"By course code."`
}

func (d Deps) trends(api huma.API) {
	handle(api, get("get-trends", "trends", "How classes went, day by day", http.StatusNotFound), d.getTrends)
}

func (d Deps) getTrends(ctx context.Context, in *ScopeInput) (*insightTrends, table, error) {
	t := in.table("trends", "Date", "Sessions", "Attended", "In a room", "Online")
	scope, err := d.scope(ctx, in.Semester, in.PeriodInput)
	if err != nil {
		return nil, t, err
	}
	var all attendance.Trends
	err = d.Figures.InFigures(ctx, func(ctx context.Context, tx attendance.Figures) (err error) {
		all, err = d.Service.Trends(ctx, tx, scope)
		return err
	})
	if err != nil {
		return nil, t, err
	}
	out := &insightTrends{
		SemesterID: idOrNull(scope.Term), Counting: all.Counting,
		Daily: []insightDay{}, DayOfWeek: []insightWeekday{}, TypeSplit: []insightKind{}, Courses: []insightCourseLoad{},
	}
	for _, day := range all.Days {
		b := insightDay{
			Date: day.Day.Format(time.DateOnly), SessionCount: day.Sessions, AttendanceCount: day.There(),
			OfflineMarks: day.Offline, OnlineMarks: day.Online,
		}
		out.Daily = append(out.Daily, b)
		t.add(b.Date, b.SessionCount, b.AttendanceCount, b.OfflineMarks, b.OnlineMarks)
	}
	for i, day := range all.Weekdays {
		if day.Sessions > 0 {
			out.DayOfWeek = append(out.DayOfWeek, insightWeekday{
				DayNum: i, DayName: time.Weekday(i).String()[:3], SessionCount: day.Sessions, AvgAttendance: average(day.There(), day.Sessions),
			})
		}
	}
	for _, k := range []attendance.Sum{all.Offline, all.Online} {
		if k.Sessions > 0 {
			out.TypeSplit = append(out.TypeSplit, insightKind{SessionType: string(k.Kind), SessionCount: k.Sessions, AttendanceCount: k.There()})
		}
	}
	for _, c := range all.Courses {
		out.Courses = append(out.Courses, insightCourseLoad{
			CourseCode: c.Code, Enrolled: c.Enrolled, SessionCount: c.Sessions, TotalMarks: c.There(), AttendanceRate: shown(c.Percent(c.Policy)),
		})
	}
	return out, t, nil
}
