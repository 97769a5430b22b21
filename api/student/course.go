package student

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/rest"
)

// OwnCoursePath names a course of the student's own.
type OwnCoursePath struct {
	ID attendance.ID `path:"id" format:"uuid"`
}

type ownClass struct {
	SessionID   attendance.ID `json:"session_id" format:"uuid"`
	Date        time.Time     `json:"date" doc:"When it began."`
	EndTime     time.Time     `json:"end_time"`
	Topic       string        `json:"topic"`
	SessionType string        `json:"session_type" enum:"offline,online"`
	Status      string        `json:"status" enum:"Present,Late,Absent,Excused,Duty,Not required"`
	Reason      string        `json:"reason,omitempty" doc:"Of the mark that counts."`
}

type ownCourseOutput struct {
	Body struct {
		ownCourse
		Log []ownClass `json:"log" doc:"The classes that expected you, newest first."`
	}
}

func (d Deps) course(api huma.API) {
	rest.Handle(api, own("get-my-course", "course/{id}", "How I stand in a course, class by class", http.StatusNotFound), d.getCourse)
}

func (d Deps) getCourse(ctx context.Context, in *OwnCoursePath) (*ownCourseOutput, error) {
	book, err := d.book(ctx)
	if err != nil {
		return nil, err
	}
	page, err := book.Leaf(in.ID)
	if err != nil {
		return nil, err
	}
	out := &ownCourseOutput{}
	out.Body.ownCourse, out.Body.Log = ownCourseOf(page.Line()), []ownClass{}
	sessions, statuses := page.Expected()
	for i, se := range slices.Backward(sessions) {
		out.Body.Log = append(out.Body.Log, ownClass{
			SessionID: se.ID, Date: moment(se.OpenedAt), EndTime: moment(se.EndAt()), Topic: se.Topic, SessionType: string(se.Kind),
			Status: title(statuses[i]), Reason: page.Reasons[se.ID][page.Member.Student],
		})
	}
	return out, nil
}

// title is a status as people read it.
func title(s attendance.Status) string {
	switch s {
	case attendance.Present:
		return "Present"
	case attendance.Late:
		return "Late"
	case attendance.Excused:
		return "Excused"
	case attendance.Duty:
		return "Duty"
	case attendance.NotRequired:
		return "Not required"
	}
	return "Absent"
}

// moment is a time as the contract writes it.
func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
