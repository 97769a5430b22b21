package reports

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/api/sheet"
)

type orderReportInput struct {
	Body struct {
		Kind       string        `json:"kind" enum:"register,month,shortage,student,absentees,not-taken"`
		Format     string        `json:"format,omitempty" enum:"xlsx,csv,json" default:"xlsx"`
		SemesterID attendance.ID `json:"semester_id,omitempty" format:"uuid"`
		CourseID   attendance.ID `json:"course_id,omitempty" format:"uuid"`
		StudentID  attendance.ID `json:"student_id,omitempty" format:"uuid"`
		Date       string        `json:"date,omitempty" format:"date" doc:"Short for the same from and to."`
		From       string        `json:"from,omitempty" format:"date"`
		To         string        `json:"to,omitempty" format:"date"`
		Month      string        `json:"month,omitempty" pattern:"^[0-9]{4}-(0[1-9]|1[0-2])$" example:"2026-11"`
		Below      float64       `json:"below,omitempty" minimum:"0" maximum:"100"`
	}
}

type reportJobBody struct {
	ID        attendance.ID `json:"id" format:"uuid"`
	Kind      string        `json:"kind"`
	Format    string        `json:"format"`
	State     string        `json:"state" enum:"queued,running,done,failed"`
	Progress  int           `json:"progress" doc:"Percent."`
	Error     string        `json:"error,omitempty" doc:"With failed: why, and what to do."`
	FileName  string        `json:"file_name,omitempty" doc:"With done."`
	Size      int64         `json:"size,omitempty" doc:"Bytes, with done."`
	AskedAt   time.Time     `json:"asked_at"`
	ExpiresAt time.Time     `json:"expires_at" doc:"When it is deleted."`
}

type reportJobOutput struct{ Body reportJobBody }

type orderedReportOutput struct {
	Location string `header:"Location"`
	Body     reportJobBody
}

type reportJobsOutput struct{ Body []reportJobBody }

type reportJobPath struct {
	ID attendance.ID `path:"id" format:"uuid"`
}

func (d Deps) jobs(api huma.API) {
	rest.Handle(api, ofOffice(huma.Operation{
		OperationID: "order-report", Method: http.MethodPost, Path: "/api/admin/reports", DefaultStatus: http.StatusAccepted,
		Summary: "Have a report made, to be fetched when it is done", Errors: []int{http.StatusNotFound, http.StatusTooManyRequests},
	}), d.order)
	rest.Handle(api, ofOffice(huma.Operation{
		OperationID: "list-reports", Method: http.MethodGet, Path: "/api/admin/reports",
		Summary: "The reports you asked for, newest first",
	}), d.list)
	rest.Handle(api, ofOffice(huma.Operation{
		OperationID: "get-report-job", Method: http.MethodGet, Path: "/api/admin/reports/jobs/{id}",
		Summary: "How far a report is", Errors: []int{http.StatusNotFound},
	}), d.get)
	rest.HandleFile(api, ofOffice(huma.Operation{
		OperationID: "download-report", Method: http.MethodGet, Path: "/api/admin/reports/jobs/{id}/file",
		Summary: "The file of a report that is done", Errors: []int{http.StatusNotFound, http.StatusConflict},
	}), nil, []string{sheet.ContentType, "text/csv", "application/json"}, d.download)
}

// mostOpen is how many reports of one person wait at once.
const mostOpen = 5

func (d Deps) order(ctx context.Context, in *orderReportInput) (*orderedReportOutput, error) {
	by, b := auth.From(ctx), in.Body
	if b.Date != "" {
		b.From, b.To = b.Date, b.Date
	}
	asked := attendance.Asked{
		Kind: b.Kind, Format: b.Format, Term: b.SemesterID, Course: b.CourseID, Student: b.StudentID,
		From: b.From, To: b.To, Month: b.Month, Below: b.Below,
	}
	if _, err := d.prepare(ctx, by.ID, asked); err != nil { // what is wrong is said now
		return nil, err
	}
	open, err := d.Papers.Papers(ctx, by.ID)
	if err != nil {
		return nil, err
	}
	waiting := 0
	for _, p := range open {
		if p.State == attendance.Queued || p.State == attendance.Making {
			waiting++
		}
	}
	if waiting >= mostOpen {
		p := rest.NewProblem(http.StatusTooManyRequests, "too-many-requests", "five reports of yours are being made: wait for one of them")
		p.RetryS = 30
		return nil, p
	}
	p := attendance.Paper{Account: by.ID, Asked: asked, State: attendance.Queued, AskedAt: d.Service.Now()}
	if p.ID, err = d.Service.NewID(); err != nil {
		return nil, err
	}
	if err := d.Papers.AddPaper(ctx, p); err != nil {
		return nil, err
	}
	return &orderedReportOutput{Location: "/api/admin/reports/jobs/" + p.ID.String(), Body: jobOf(p)}, nil
}

func (d Deps) list(ctx context.Context, _ *struct{}) (*reportJobsOutput, error) {
	all, err := d.Papers.Papers(ctx, auth.From(ctx).ID)
	out := &reportJobsOutput{Body: make([]reportJobBody, len(all))}
	for i, p := range all {
		out.Body[i] = jobOf(p)
	}
	return out, err
}

func (d Deps) get(ctx context.Context, in *reportJobPath) (*reportJobOutput, error) {
	p, err := d.Papers.Paper(ctx, auth.From(ctx).ID, in.ID)
	return &reportJobOutput{Body: jobOf(p)}, err
}

func (d Deps) download(ctx context.Context, in *reportJobPath) (*rest.File, error) {
	p, err := d.Papers.Paper(ctx, auth.From(ctx).ID, in.ID)
	if err != nil {
		return nil, err
	}
	if p.State != attendance.Done {
		return nil, rest.NewProblem(http.StatusConflict, "not-ready", "the report is not done: see GET /api/admin/reports/jobs/"+p.ID.String())
	}
	return &rest.File{
		ContentType: sheet.Format(p.Asked.Format).ContentType(), Disposition: sheet.Attachment(p.Name), Size: p.Size,
		Write: func(w io.Writer) error { return d.copy(ctx, w, p) },
	}, nil
}

// copy sends one piece after the other.
func (d Deps) copy(ctx context.Context, w io.Writer, p attendance.Paper) error {
	var sent int64
	for n := 0; sent < p.Size; n++ {
		part, err := d.Papers.Part(ctx, p.ID, n)
		if errors.Is(err, attendance.ErrNotFound) {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
		if _, err := w.Write(part); err != nil {
			return err
		}
		sent += int64(len(part))
	}
	return nil
}

func jobOf(p attendance.Paper) reportJobBody {
	return reportJobBody{
		ID: p.ID, Kind: p.Asked.Kind, Format: p.Asked.Format, State: string(p.State), Progress: p.Progress,
		Error: p.Trouble, FileName: p.Name, Size: p.Size, AskedAt: p.AskedAt.UTC(), ExpiresAt: p.AskedAt.Add(attendance.KeptFor).UTC(),
	}
}
