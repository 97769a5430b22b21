package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres"
)

// bareInsert is what an upload could not do without: the rows of the log, in one
// statement, under the log's own keys, checks and indexes.
const bareInsert = `INSERT INTO fact (id, kind, session_id, student_id, node_id, incarnation, seq, gesture_id, device_id,
    device_epoch, device_seq, class, ord, effective_at, body, digest)
SELECT unnest($1::uuid[]), unnest($2::text[]), unnest($3::uuid[]), unnest($4::uuid[]), unnest($5::uuid[]), unnest($6::uuid[]),
    unnest($7::bigint[]), unnest($8::uuid[]), unnest($9::uuid[]), unnest($10::bigint[]), unnest($11::bigint[]), unnest($12::smallint[]),
    unnest($13::bigint[]), unnest($14::timestamptz[]), unnest($15::bytea[]), unnest($16::bytea[])
ON CONFLICT DO NOTHING`

// bareLog is a database in which nothing happens but that.
type bareLog struct {
	*school
	node, incarnation attendance.ID
	peers             map[attendance.ID]attendance.ID // its student for each of the other's
	seq               int64
}

func newBareLog(b *testing.B, students int) *bareLog {
	s := setup(b, students, postgres.Options{})
	return &bareLog{school: s, node: s.pair(b, "drive").ID, incarnation: newID(b)}
}

// insert writes the facts of a drive of another school, and returns how long the
// statement took. What they refer to is there before.
func (l *bareLog) insert(b *testing.B, of *school, facts []attendance.Fact) time.Duration {
	b.Helper()
	if l.peers == nil {
		l.peers = map[attendance.ID]attendance.ID{}
		for i, st := range of.students {
			l.peers[st] = l.students[i]
		}
	}
	err := l.InTx(b.Context(), func(ctx context.Context, tx attendance.Tx) error {
		for _, f := range facts {
			if f.Kind != attendance.SessionOpened {
				continue
			}
			se := attendance.Session{
				ID: f.Session, Course: l.course, Node: l.node, Teacher: l.teacher, Kind: f.Opening.Kind,
				OpenedAt: f.Effective(), ClosesAt: time.UnixMilli(f.Opening.ClosesMS), Opened: f.Stamp, Policy: f.Opening.Policy,
			}
			if err := tx.PutSession(ctx, se); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	var ids, sessions, students, nodes, incarnations, gestures, devices []attendance.ID
	var kinds []string
	var seqs, epochs, scans, ords []int64
	var classes []int16
	var ats []time.Time
	var bodies, digests [][]byte
	for _, f := range facts {
		l.seq++
		digest := f.Digest()
		ids, kinds, sessions, students = append(ids, f.ID), append(kinds, string(f.Kind)), append(sessions, f.Session), append(students, l.peers[f.Student])
		nodes, incarnations, seqs = append(nodes, l.node), append(incarnations, l.incarnation), append(seqs, l.seq)
		gestures, devices, epochs, scans = append(gestures, f.Gesture), append(devices, attendance.ID{}), append(epochs, 0), append(scans, 0)
		classes, ords, ats = append(classes, int16(f.Class)), append(ords, int64(f.HLC)), append(ats, f.Effective()) //nolint:gosec // small
		bodies, digests = append(bodies, f.Body), append(digests, digest[:])
	}
	began := time.Now()
	done, err := l.pool.Exec(b.Context(), bareInsert, ids, kinds, sessions, students, nodes, incarnations, seqs, gestures, devices,
		epochs, scans, classes, ords, ats, bodies, digests)
	took := time.Since(began)
	if err != nil || done.RowsAffected() != int64(len(facts)) {
		b.Fatalf("got %d rows, %v, want %d", done.RowsAffected(), err, len(facts))
	}
	return took
}
