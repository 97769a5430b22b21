package reports

import (
	"context"
	"net/http"
	"net/mail"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// Schedules are reports that are made by themselves.
type Schedules interface {
	AddSchedule(ctx context.Context, s attendance.Schedule) error
	Schedules(ctx context.Context) ([]attendance.Schedule, error)
	RemoveSchedule(ctx context.Context, id attendance.ID) error
	// OrderDue orders the reports that are due, and says how many.
	OrderDue(ctx context.Context, zone *time.Location) (int, error)
}

// Letters go out with a report.
type Letters interface {
	// Enclose has a report mailed to whom it is for, once, when it is done.
	Enclose(ctx context.Context, p attendance.Paper) error
}

type reportScheduleWish struct {
	Kind       string           `json:"kind" enum:"register,month,shortage,student,absentees,not-taken"`
	Format     string           `json:"format,omitempty" enum:"xlsx,csv" default:"xlsx"`
	SemesterID attendance.ID    `json:"semester_id,omitzero" required:"false" format:"uuid"`
	CourseID   attendance.ID    `json:"course_id,omitzero" required:"false" format:"uuid"`
	StudentID  attendance.ID    `json:"student_id,omitzero" required:"false" format:"uuid"`
	Below      float64          `json:"below,omitempty" minimum:"0" maximum:"100" doc:"Only students below this percentage; 0: everybody."`
	Every      attendance.Every `json:"every" enum:"day,week,month" doc:"A day's report is of the day before, a week's of the seven days before, a month's, made on the first, of the month before."`
	Weekday    int              `json:"weekday,omitempty" minimum:"0" maximum:"6" doc:"With week: 0 is Sunday."`
	Hour       int              `json:"hour,omitempty" minimum:"0" maximum:"23" doc:"Of the campus's day."`
	To         []string         `json:"to" minItems:"1" maxItems:"10" doc:"E-mail addresses." example:"[\"office@school.example\"]"`
}

type reportScheduleBody struct {
	ID attendance.ID `json:"id" format:"uuid"`
	reportScheduleWish
	NextAt time.Time  `json:"next_at"`
	LastAt *time.Time `json:"last_at" nullable:"true"`
}

type (
	addScheduleInput   struct{ Body reportScheduleWish }
	reportScheduleOut  struct{ Body reportScheduleBody }
	reportSchedulesOut struct{ Body []reportScheduleBody }
)

func (d Deps) schedules(api huma.API) {
	rest.Handle(api, ofOffice(huma.Operation{
		OperationID: "schedule-report", Method: http.MethodPost, Path: "/api/admin/reports/schedules", DefaultStatus: http.StatusCreated,
		Summary: "Have a report made and mailed regularly", Errors: []int{http.StatusNotFound},
		Description: "Needs a mail server: see GET /api/admin/mails. It stops when the account that asked is taken away.",
	}), d.schedule)
	rest.Handle(api, ofOffice(huma.Operation{
		OperationID: "list-report-schedules", Method: http.MethodGet, Path: "/api/admin/reports/schedules", Summary: "Reports that are made regularly",
	}), d.listSchedules)
	rest.Handle(api, ofOffice(huma.Operation{
		OperationID: "end-report-schedule", Method: http.MethodDelete, Path: "/api/admin/reports/schedules/{id}", DefaultStatus: http.StatusNoContent,
		Summary: "End a regular report", Errors: []int{http.StatusNotFound},
	}), d.endSchedule)
}

func (d Deps) schedule(ctx context.Context, in *addScheduleInput) (*reportScheduleOut, error) {
	b, now := in.Body, d.Service.Now()
	s := attendance.Schedule{
		Account: auth.From(ctx).ID, Every: b.Every, Weekday: time.Weekday(b.Weekday), Hour: b.Hour,
		Asked: attendance.Asked{Kind: b.Kind, Format: b.Format, Term: b.SemesterID, Course: b.CourseID, Student: b.StudentID, Below: b.Below},
	}
	for _, to := range b.To {
		a, err := mail.ParseAddress(to)
		if err != nil {
			return nil, attendance.Invalid{Field: "to", Why: "holds what is no e-mail address"}
		}
		s.To = append(s.To, a.Address)
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	school, err := d.Service.School(ctx)
	if err != nil {
		return nil, err
	}
	s.NextAt = s.After(now, school.Zone)
	if _, err := d.prepare(ctx, s.Account, s.Due(now, school.Zone)); err != nil { // what is wrong is said now
		return nil, err
	}
	if s.ID, err = d.Service.NewID(); err != nil {
		return nil, err
	}
	return &reportScheduleOut{Body: scheduleOf(s)}, d.Schedules.AddSchedule(ctx, s)
}

func (d Deps) listSchedules(ctx context.Context, _ *struct{}) (*reportSchedulesOut, error) {
	all, err := d.Schedules.Schedules(ctx)
	out := &reportSchedulesOut{Body: make([]reportScheduleBody, len(all))}
	for i, s := range all {
		out.Body[i] = scheduleOf(s)
	}
	return out, err
}

func (d Deps) endSchedule(ctx context.Context, in *reportJobPath) (*struct{}, error) {
	return nil, d.Schedules.RemoveSchedule(ctx, in.ID)
}

// OrderDue orders the reports that are due by the campus's clock.
func (d Deps) OrderDue(ctx context.Context) error {
	school, err := d.Service.School(ctx)
	if err != nil {
		return err
	}
	_, err = d.Schedules.OrderDue(ctx, school.Zone)
	return err
}

func scheduleOf(s attendance.Schedule) reportScheduleBody {
	a := s.Asked
	out := reportScheduleBody{ID: s.ID, NextAt: s.NextAt.UTC(), reportScheduleWish: reportScheduleWish{
		Kind: a.Kind, Format: a.Format, SemesterID: a.Term, CourseID: a.Course, StudentID: a.Student, Below: a.Below,
		Every: s.Every, Weekday: int(s.Weekday), Hour: s.Hour, To: s.To,
	}}
	if !s.LastAt.IsZero() {
		last := s.LastAt.UTC()
		out.LastAt = &last
	}
	return out
}
