package review

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
)

// Requests keeps what people ask for.
type Requests interface {
	InReview(ctx context.Context, fn func(context.Context, attendance.Reviews) error) error
	// Requests are a page, the newest first.
	Requests(ctx context.Context, by attendance.RequestFilter) ([]attendance.Request, error)
}

// RequestPath names a request.
type RequestPath struct {
	ID attendance.ID `path:"id" format:"uuid"`
}

type requestEffectBody struct {
	SessionID attendance.ID `json:"session_id" format:"uuid"`
	CourseID  attendance.ID `json:"course_id" format:"uuid"`
	StartTime time.Time     `json:"start_time"`
	Status    string        `json:"status" doc:"What the register shows; empty while nobody has marked a running class."`
	Counts    bool          `json:"counts" doc:"It is this request that shows."`
	Conflict  bool          `json:"conflict" doc:"On leave, and there all the same: a finger, a code or a teacher says so, and that shows."`
}

type requestBody struct {
	RequestID      attendance.ID       `json:"request_id" format:"uuid"`
	Kind           string              `json:"kind" enum:"leave,dispute,correction"`
	State          string              `json:"state" enum:"open,approved,declined,withdrawn,revoked"`
	StudentID      attendance.ID       `json:"student_id" format:"uuid"`
	StudentName    string              `json:"student_name"`
	UniversityRoll string              `json:"university_roll_no"`
	SessionID      attendance.ID       `json:"session_id,omitzero" format:"uuid" required:"false"`
	AllCourses     bool                `json:"all_courses"`
	Courses        []attendance.ID     `json:"courses" doc:"Those it is about; none with all_courses."`
	From           *time.Time          `json:"from,omitempty" doc:"Of a leave: classes that begin then or later."`
	To             *time.Time          `json:"to,omitempty" doc:"And before this."`
	Status         string              `json:"status" doc:"Wanted; once approved, given."`
	Reason         string              `json:"reason"`
	AskedRole      string              `json:"asked_role" enum:"student,teacher,admin"`
	AskedAt        time.Time           `json:"asked_at"`
	DecidedRole    string              `json:"decided_role,omitempty"`
	DecidedAt      *time.Time          `json:"decided_at,omitempty"`
	Note           string              `json:"note,omitempty" doc:"Of who decided."`
	CanAnswer      bool                `json:"can_answer" doc:"You may decide it."`
	Sessions       []requestEffectBody `json:"sessions,omitempty" doc:"Of one request: what it came to in each class so far."`
}

type requestOutput struct{ Body requestBody }

type requestsOutput struct {
	Body struct {
		Requests   []requestBody `json:"requests" doc:"Newest first."`
		NextCursor string        `json:"next_cursor,omitempty" doc:"Missing on the last page."`
	}
}

// RequestList narrows a list of requests.
type RequestList struct {
	State  string `query:"state" enum:"open,approved,declined,withdrawn,revoked"`
	Kind   string `query:"kind" enum:"leave,dispute,correction"`
	Cursor string `query:"cursor" maxLength:"90" doc:"next_cursor of the page before."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// filter is what the store is asked; one more than a page tells that another follows.
func (l RequestList) filter() (attendance.RequestFilter, error) {
	f := attendance.RequestFilter{State: attendance.RequestState(l.State), Kind: attendance.RequestKind(l.Kind), Most: l.Limit + 1}
	if l.Cursor == "" {
		return f, nil
	}
	when, id, _ := strings.Cut(l.Cursor, "|")
	var err, bad error
	f.Before, err = time.Parse(time.RFC3339Nano, when)
	if f.ID, bad = attendance.ParseID(id); err != nil || bad != nil {
		return f, attendance.Invalid{Field: "cursor", Why: "is not one that a page gave: begin without one"}
	}
	return f, nil
}

// page lists requests and says of each whether the caller may decide it.
func (d Deps) page(ctx context.Context, l RequestList, f attendance.RequestFilter) (*requestsOutput, error) {
	all, err := d.Requests.Requests(ctx, f)
	if err != nil {
		return nil, err
	}
	out := &requestsOutput{}
	if len(all) > l.Limit {
		all = all[:l.Limit]
		last := all[l.Limit-1]
		out.Body.NextCursor = last.AskedAt.UTC().Format(time.RFC3339Nano) + "|" + last.ID.String()
	}
	out.Body.Requests = make([]requestBody, 0, len(all))
	err = d.Requests.InReview(ctx, func(ctx context.Context, tx attendance.Reviews) error {
		out.Body.Requests = out.Body.Requests[:0]
		for _, r := range all {
			b, err := bodyOf(ctx, tx, r)
			if err != nil {
				return err
			}
			out.Body.Requests = append(out.Body.Requests, b)
		}
		return nil
	})
	return out, err
}

func bodyOf(ctx context.Context, tx attendance.Reviews, r attendance.Request) (requestBody, error) {
	b := requestBody{
		RequestID: r.ID, Kind: string(r.Kind), State: string(r.State), StudentID: r.Student, StudentName: r.StudentName,
		UniversityRoll: r.UniversityRoll, SessionID: r.Session, AllCourses: r.AllCourses, Courses: r.Courses, From: maybe(r.From), To: maybe(r.To),
		Status: string(r.Status), Reason: r.Reason, AskedRole: string(r.AskedBy.Role), AskedAt: at(r.AskedAt),
		DecidedRole: string(r.DecidedBy.Role), DecidedAt: maybe(r.DecidedAt), Note: r.Note,
	}
	if b.Courses == nil {
		b.Courses = []attendance.ID{}
	}
	if r.State != attendance.RequestOpen {
		return b, nil
	}
	switch err := attendance.Decides(ctx, tx, auth.From(ctx).Actor, r); {
	case err == nil:
		b.CanAnswer = true
	case !errors.Is(err, attendance.ErrForbidden) && !errors.Is(err, attendance.ErrOffice):
		return b, err
	}
	return b, nil
}

func maybe(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = at(t)
	return &t
}

// do runs one step of a request and shows what it came to.
func (d Deps) do(ctx context.Context, step func(context.Context, attendance.Reviews) (attendance.Request, error)) (*requestOutput, error) {
	out := &requestOutput{}
	err := d.Requests.InReview(ctx, func(ctx context.Context, tx attendance.Reviews) error {
		r, err := step(ctx, tx)
		if err != nil {
			return err
		}
		if r, err = tx.Request(ctx, r.ID); err != nil {
			return err
		}
		if out.Body, err = bodyOf(ctx, tx, r); err != nil {
			return err
		}
		effects, err := d.Service.Effects(ctx, tx, r)
		out.Body.Sessions = nil
		for _, e := range effects {
			if attendance.Sees(ctx, tx, auth.From(ctx).Actor, e.Session.Course) != nil {
				continue // a colleague's class
			}
			out.Body.Sessions = append(out.Body.Sessions, requestEffectBody{
				SessionID: e.Session.ID, CourseID: e.Session.Course, StartTime: at(e.Session.OpenedAt), Status: string(e.Shown),
				Counts: e.Counts, Conflict: e.Seen,
			})
		}
		return err
	})
	return out, problem(err)
}
