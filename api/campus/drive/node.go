package drive

import (
	"context"
	"errors"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

type nodeRow struct {
	ID           attendance.ID        `json:"id" format:"uuid"`
	Name         string               `json:"name" example:"Room 204"`
	State        attendance.NodeState `json:"state" enum:"waiting,active,expired,revoked,exists_twice" doc:"waiting: for its claim code. expired: it begins no class and still hands in. exists_twice: two drives write under this name; find the copy, and issue the pendrive again."`
	AllCourses   bool                 `json:"all_courses"`
	CourseIDs    []attendance.ID      `json:"course_ids" doc:"Named one by one."`
	SemesterIDs  []attendance.ID      `json:"semester_ids" doc:"Whole semesters, with what comes into them later."`
	CreatedAt    time.Time            `json:"created_at"`
	ClaimUntil   *time.Time           `json:"claim_until,omitempty" doc:"With waiting: until when the code is good."`
	ClaimedAt    *time.Time           `json:"claimed_at,omitempty"`
	ExpiresAt    *time.Time           `json:"expires_at,omitempty" doc:"Absent: it has no end."`
	RevokedAt    *time.Time           `json:"revoked_at,omitempty"`
	LastContact  *time.Time           `json:"last_contact_at,omitempty" doc:"To the minute. Absent: it never called."`
	WaitingFacts int                  `json:"waiting_facts" doc:"Lines of its log that the cloud had not confirmed when it called."`
	ClockAheadMS int64                `json:"clock_ahead_ms" doc:"The clock of its computer before ours, when it called; below 0: behind."`
	Version      string               `json:"version" doc:"Of its program."`
}

type nodesOutput struct{ Body []nodeRow }

type nodeOutput struct{ Body nodeRow }

func (d Deps) listNodes(ctx context.Context, _ *struct{}) (*nodesOutput, error) {
	all, err := d.Nodes.Nodes(ctx)
	if err != nil {
		return nil, err
	}
	now := d.Office.Now()
	out := &nodesOutput{Body: make([]nodeRow, len(all))}
	for i, n := range all {
		out.Body[i] = rowOf(n, now)
	}
	return out, nil
}

func (d Deps) getNode(ctx context.Context, in *IDPath) (*nodeOutput, error) {
	n, err := d.Nodes.FleetNode(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &nodeOutput{rowOf(n, d.Office.Now())}, nil
}

func rowOf(n attendance.Node, now time.Time) nodeRow {
	out := nodeRow{
		ID: n.ID, Name: n.Name, State: n.State(now), AllCourses: n.Holds.All, CourseIDs: n.Holds.Courses, SemesterIDs: n.Holds.Terms,
		CreatedAt: *moment(n.CreatedAt), ClaimedAt: moment(n.ClaimedAt), ExpiresAt: moment(n.ExpiresAt), RevokedAt: moment(n.RevokedAt),
		LastContact: moment(n.SeenAt.Truncate(time.Minute)), WaitingFacts: n.Waiting, ClockAheadMS: n.Ahead.Milliseconds(), Version: n.Version,
	}
	if n.ClaimedAt.IsZero() {
		out.ClaimUntil = moment(n.ClaimUntil)
	}
	return out
}

// spell names a wrong field as the caller spelled it.
func spell(err error) error {
	words := map[string]string{"courses": "course_ids", "terms": "semester_ids"}
	var bad attendance.Invalid
	if errors.As(err, &bad) && words[bad.Field] != "" {
		bad.Field = words[bad.Field]
		return bad
	}
	return err
}
