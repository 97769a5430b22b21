package torture

import (
	"fmt"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// readCloud notes what Postgres holds of a drive and of its sessions.
func (r *run) readCloud(sessions []attendance.ID, node attendance.ID) {
	r.t.Helper()
	r.rows(`SELECT id, node_id, coalesce(incarnation, '00000000-0000-0000-0000-000000000000'), seq, body, ord, effective_at, stored_at
		FROM fact WHERE node_id = $1 OR session_id = ANY ($2) ORDER BY id`, func(scan func(...any) error) error {
		e := Event{Type: Stored, Place: Cloud}
		var effective, stored time.Time
		err := scan(&e.ID, &e.Node, &e.Incarnation, &e.Seq, &e.Body, &e.Ord, &effective, &stored)
		e.EffectiveMS, e.StoredMS = effective.UnixMilli(), stored.UnixMilli()
		r.history.Add(e)
		return err
	}, node, sessions)
	r.rows(`SELECT fact_id, reason, node_id FROM inbox WHERE (node_id = $1 OR session_id = ANY ($2)) AND resolved_at IS NULL ORDER BY id`,
		func(scan func(...any) error) error {
			e := Event{Type: Aside, Place: Cloud}
			err := scan(&e.ID, &e.Said, &e.Node)
			r.history.Add(e)
			return err
		}, node, sessions)
	r.rows(`SELECT session_id, student_id, status FROM standing WHERE session_id = ANY ($1) ORDER BY session_id, student_id`,
		func(scan func(...any) error) error {
			e := Event{Type: Standing, Place: Cloud}
			err := scan(&e.Session, &e.Student, &e.Status)
			r.history.Add(e)
			return err
		}, sessions)
	var got register
	r.rows(`SELECT student_id, roll FROM enrolment WHERE course_id = $1 AND to_at IS NULL ORDER BY roll`,
		func(scan func(...any) error) error {
			var row registerRow
			err := scan(&row.ID, &row.Roll)
			got.Students = append(got.Students, row)
			return err
		}, r.class.course.id)
	r.roster(Cloud, got)
	r.history.Add(Event{Type: Read, Place: Cloud})
}

func (r *run) rows(sql string, each func(scan func(...any) error) error, args ...any) {
	r.t.Helper()
	rows, err := r.school.db.Query(r.t.Context(), sql, args...)
	if err != nil {
		r.t.Fatal(err)
	}
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			r.t.Fatal(fmt.Errorf("read the cloud: %w", err))
		}
	}
	if err := rows.Err(); err != nil {
		r.t.Fatal(err)
	}
}
