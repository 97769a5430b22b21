package classroom

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

type serverBody struct {
	Kind string    `json:"kind" enum:"cloud,edge" doc:"Which of the two servers answers."`
	Name string    `json:"name"`
	Time time.Time `json:"time"`
}

type syncBody struct {
	State     string `json:"state" enum:"saved,sending,offline,attention" doc:"The words of the sync pill. Offline is not an error."`
	Waiting   int    `json:"waiting" doc:"Marks that are safe here and not yet in the cloud."`
	Unplaced  int    `json:"unplaced" doc:"Scans that a person must place."`
	Attention string `json:"attention,omitempty" doc:"What a person should look at."`
}

func syncOf(b attendance.Backlog) syncBody {
	return syncBody{State: b.State(), Waiting: b.Waiting, Unplaced: b.Unplaced, Attention: b.Attention}
}

type runningBody struct {
	SessionID   attendance.ID `json:"session_id" format:"uuid"`
	SessionType string        `json:"session_type" enum:"offline,online"`
	Topic       string        `json:"topic"`
	Room        string        `json:"room"`
	StartTime   time.Time     `json:"start_time"`
	EndTime     time.Time     `json:"end_time"`
}

type heldBody struct {
	ID              attendance.ID `json:"id" format:"uuid"`
	Code            string        `json:"code"`
	Name            string        `json:"name"`
	DefaultDuration int           `json:"default_duration" doc:"Minutes."`
	EnrolledCount   int           `json:"enrolled_count"`
	ActiveSession   *runningBody  `json:"active_session,omitempty" doc:"Absent: none runs."`
	LastSessionAt   *time.Time    `json:"last_session_at" nullable:"true"`
	LastSessionID   attendance.ID `json:"last_session_id,omitzero" format:"uuid"`
}

type dayOutput struct {
	Body struct {
		Teacher person     `json:"teacher"`
		Server  serverBody `json:"server"`
		Courses []heldBody `json:"courses"`
		Sync    syncBody   `json:"sync"`
	}
}

func (d Deps) day(api huma.API) {
	rest.Handle(api, ofTeacher(huma.Operation{
		OperationID: "get-my-day", Method: http.MethodGet, Path: "/api/teacher/me",
		Summary: "My courses and what runs in them",
	}), d.myDay)
}

func (d Deps) myDay(ctx context.Context, _ *struct{}) (*dayOutput, error) {
	day, err := d.Service.Day(ctx, auth.From(ctx).Actor)
	if err != nil {
		return nil, err
	}
	out := &dayOutput{}
	out.Body.Teacher = person{ID: day.Teacher.ID, Name: day.Teacher.Name}
	out.Body.Server = serverBody{Kind: d.Server.Kind, Name: cmp.Or(d.Server.Name, day.School.Name), Time: d.Service.Now().UTC()}
	out.Body.Sync = syncOf(day.Backlog)
	out.Body.Courses = make([]heldBody, 0, len(day.Courses))
	for _, h := range day.Courses {
		c := heldBody{
			ID: h.ID, Code: h.Code, Name: h.Name, DefaultDuration: h.DefaultMinutes, EnrolledCount: h.Enrolled,
			LastSessionAt: at(h.Last.OpenedAt), LastSessionID: h.Last.ID,
		}
		if se := h.Running; !se.ID.IsZero() {
			c.ActiveSession = &runningBody{
				SessionID: se.ID, SessionType: string(se.Kind), Topic: se.Topic, Room: se.Room,
				StartTime: *at(se.OpenedAt), EndTime: *at(se.ClosesAt),
			}
		}
		out.Body.Courses = append(out.Body.Courses, c)
	}
	return out, nil
}
