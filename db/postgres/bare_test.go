package postgres_test

import (
	"testing"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres"
)

// bareInsert is what an upload could not do without: the rows of the log, in one
// statement, with the log's own keys and indexes.
const bareInsert = `INSERT INTO fact (id, kind, session_id, student_id, node_id, incarnation, seq, class, ord, effective_at, body, digest)
SELECT unnest($1::uuid[]), unnest($2::text[]), unnest($3::uuid[]), unnest($4::uuid[]), unnest($5::uuid[]), unnest($6::uuid[]),
    unnest($7::bigint[]), 10, unnest($8::bigint[]), now(), unnest($9::bytea[]), unnest($10::bytea[])
ON CONFLICT DO NOTHING`

// BenchmarkReplayBare measures the bare insert of the same facts, to compare
// BenchmarkReplay with.
func BenchmarkReplayBare(b *testing.B) {
	s := setup(b, 60, postgres.Options{})
	d := newDrive(b, s.pair(b, "drive").ID)
	const batch = 1000
	se := s.open(b).ID
	for b.Loop() {
		b.StopTimer()
		var ids, sessions, students, nodes, incarnations []attendance.ID
		var kinds []string
		var seqs, ords []int64
		var bodies, digests [][]byte
		for i := range batch {
			f := d.sees(b, se, s.students[i%60])
			digest := f.Digest()
			ids, kinds, sessions, students = append(ids, f.ID), append(kinds, string(f.Kind)), append(sessions, f.Session), append(students, f.Student)
			nodes, incarnations, seqs = append(nodes, f.Node), append(incarnations, d.incarnation), append(seqs, int64(len(d.lines)))
			ords, bodies, digests = append(ords, int64(f.HLC)), append(bodies, f.Body), append(digests, digest[:])
		}
		b.StartTimer()
		if _, err := s.pool.Exec(b.Context(), bareInsert, ids, kinds, sessions, students, nodes, incarnations, seqs, ords, bodies, digests); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(batch*b.N)/b.Elapsed().Seconds(), "facts/s")
}
