package inbox

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/rest"
)

// reasons are for the contract.
const reasons = "unknown_session,unknown_person,not_enrolled_then,hash_conflict,unknown_kind,poison,not_entitled,unplaced,walk_in,clone_suspect,clock_ahead"

type inboxItemBody struct {
	ID          int64          `json:"id" example:"17"`
	Reason      string         `json:"reason" enum:"unknown_session,unknown_person,not_enrolled_then,hash_conflict,unknown_kind,poison,not_entitled,unplaced,walk_in,clone_suspect,clock_ahead"`
	Kind        string         `json:"kind" doc:"Of the fact; empty where it cannot be read." example:"mark.seen"`
	FactID      attendance.ID  `json:"fact_id" format:"uuid"`
	NodeID      attendance.ID  `json:"node_id" format:"uuid" doc:"The pendrive that sent it."`
	NodeName    string         `json:"node_name" example:"Room 101"`
	Session     *inboxSession  `json:"session,omitempty" doc:"The class it names, if there is one."`
	StudentID   *attendance.ID `json:"student_id,omitempty" format:"uuid" doc:"Whom it names: nobody known, perhaps."`
	StudentName string         `json:"student_name,omitempty" doc:"Empty where nobody known is named."`
	University  string         `json:"university_roll_no,omitempty" doc:"Of somebody who walked in, as the teacher wrote it."`
	Roll        int            `json:"roll,omitempty" doc:"As scanned."`
	Status      string         `json:"status,omitempty" doc:"What it says of the student."`
	Method      string         `json:"method,omitempty" example:"biometric_queue"`
	Text        string         `json:"text,omitempty" doc:"What its author gave as a reason."`
	HappenedAt  time.Time      `json:"happened_at" doc:"As well as the cloud knows."`
	ReceivedAt  time.Time      `json:"received_at"`
	State       string         `json:"state" enum:"open,resolved"`
	Resolution  string         `json:"resolution,omitempty" enum:"placed,accepted,mapped,linked,enrolled,rejected"`
	ResolvedAt  *time.Time     `json:"resolved_at,omitempty"`
	ResolvedBy  string         `json:"resolved_by,omitempty" doc:"Who of the office; empty where it found its place by itself."`
	Note        string         `json:"note,omitempty" doc:"Why it was rejected."`
	Actions     []string       `json:"actions" doc:"What can be done with it now: operations of the same name."`
}

type inboxSession struct {
	ID         attendance.ID `json:"id" format:"uuid"`
	CourseID   attendance.ID `json:"course_id,omitzero" required:"false" format:"uuid" doc:"Absent: the class is not known here."`
	CourseCode string        `json:"course_code,omitempty"`
	StartTime  *time.Time    `json:"start_time,omitempty"`
}

type inboxItemOutput struct{ Body inboxItemBody }

type listInboxInput struct {
	Reason    string        `query:"reason" enum:"unknown_session,unknown_person,not_enrolled_then,hash_conflict,unknown_kind,poison,not_entitled,unplaced,walk_in,clone_suspect,clock_ahead"`
	NodeID    attendance.ID `query:"node_id" format:"uuid" doc:"Only from this pendrive."`
	SessionID attendance.ID `query:"session_id" format:"uuid" doc:"Only what names this class."`
	State     string        `query:"state" enum:"open,resolved,all" default:"open"`
	Limit     int           `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Cursor    string        `query:"cursor" maxLength:"20" doc:"next_cursor of the page before."`
}

type inboxCount struct {
	Reason string `json:"reason"`
	Items  int    `json:"items"`
}

type listInboxOutput struct {
	Body struct {
		Items      []inboxItemBody `json:"items" doc:"Newest first."`
		NextCursor string          `json:"next_cursor,omitempty" doc:"Absent on the last page."`
		Waiting    []inboxCount    `json:"waiting" doc:"All that wait, whatever was asked for; reasons without any are left out."`
	}
}

// InboxItemPath names an item.
type InboxItemPath struct {
	ID int64 `path:"id" minimum:"1"`
}

func (d Deps) listing(api huma.API) {
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "list-inbox", Method: http.MethodGet, Path: "/api/admin/inbox", Summary: "What was kept and could not be placed",
		Description: "Every byte that a pendrive sent is in a register or here. Reasons: " + reasons + ".",
	}), d.list)
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "get-inbox-item", Method: http.MethodGet, Path: "/api/admin/inbox/{id}", Summary: "One of them",
		Errors: []int{http.StatusNotFound},
	}), d.get)
}

func (d Deps) list(ctx context.Context, in *listInboxInput) (*listInboxOutput, error) {
	f := attendance.ItemFilter{
		Why: attendance.Why(in.Reason), Node: in.NodeID, Session: in.SessionID, State: attendance.ItemState(in.State), Most: in.Limit + 1,
	}
	if in.Cursor != "" {
		var err error
		if f.Below, err = strconv.ParseInt(in.Cursor, 10, 64); err != nil || f.Below < 1 {
			return nil, attendance.Invalid{Field: "query.cursor", Why: "is none of this server's: begin without one"}
		}
	}
	rows, err := d.Items.Items(ctx, f)
	if err != nil {
		return nil, err
	}
	counts, err := d.Items.ItemCounts(ctx)
	if err != nil {
		return nil, err
	}
	out := &listInboxOutput{}
	b := &out.Body
	if len(rows) > in.Limit {
		rows = rows[:in.Limit]
		b.NextCursor = strconv.FormatInt(rows[in.Limit-1].Number, 10)
	}
	b.Items, b.Waiting = make([]inboxItemBody, len(rows)), []inboxCount{}
	for i, r := range rows {
		b.Items[i] = bodyOf(r)
	}
	for _, why := range attendance.Whys {
		if n := counts[why]; n > 0 {
			b.Waiting = append(b.Waiting, inboxCount{string(why), n})
		}
	}
	return out, nil
}

func (d Deps) get(ctx context.Context, in *InboxItemPath) (*inboxItemOutput, error) {
	rows, err := d.Items.Items(ctx, attendance.ItemFilter{Below: in.ID + 1, State: attendance.ItemsAll, Most: 1})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || rows[0].Number != in.ID {
		return nil, attendance.Missing{What: "item of the inbox", Key: strconv.FormatInt(in.ID, 10)}
	}
	return &inboxItemOutput{Body: bodyOf(rows[0])}, nil
}

func bodyOf(r attendance.ItemRow) inboxItemBody {
	f := r.Fact
	out := inboxItemBody{
		ID: r.Number, Reason: string(f.Why), Kind: string(f.Kind), FactID: f.ID, NodeID: f.Node, NodeName: r.NodeName,
		StudentName: r.StudentName, Roll: f.Roll, Status: string(f.Status), Method: string(f.Method), Text: f.Reason,
		HappenedAt: at(f.Effective()), ReceivedAt: at(r.ReceivedAt), State: "open", Resolution: string(r.As), ResolvedBy: r.ByName, Note: r.Note,
		Actions: append([]string{}, r.Remedies()...),
	}
	if !r.Waits() {
		resolved := at(r.At)
		out.State, out.ResolvedAt = "resolved", &resolved
	}
	if !f.Session.IsZero() {
		out.Session = &inboxSession{ID: f.Session, CourseID: r.Course, CourseCode: r.CourseCode}
		if !r.OpenedAt.IsZero() {
			began := at(r.OpenedAt)
			out.Session.StartTime = &began
		}
	}
	if f.Guest != nil {
		out.StudentName, out.University = f.Guest.Name, f.Guest.UniversityRoll
	}
	if !f.Student.IsZero() {
		out.StudentID = &f.Student
	}
	return out
}

// at prints a time as the contract does.
func at(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
