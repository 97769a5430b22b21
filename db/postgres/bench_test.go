package postgres_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres"
)

// BenchmarkReplay measures the whole way of an upload in batches of a thousand, and
// beside it what an upload could not do without: the same rows into the log of
// another database, in one statement. They take turns, so that whatever else the
// machine does slows both.
func BenchmarkReplay(b *testing.B) {
	s, bare := setup(b, 60, postgres.Options{}), newBareLog(b, 60)
	d := newDrive(b, s.pair(b, "drive").ID)
	d.start = d.start.AddDate(0, 0, -30) // a second a line, and none of them ahead of the cloud
	var plain time.Duration
	for b.Loop() {
		b.StopTimer()
		up, facts := d.batch(b, s)
		plain += bare.insert(b, s, facts)
		b.StartTimer()
		s.mustReceive(b, up)
	}
	n := float64(len(d.lines))
	b.ReportMetric(n/b.Elapsed().Seconds(), "facts/s")
	b.ReportMetric(n/plain.Seconds(), "bare-facts/s")
	b.ReportMetric(100*plain.Seconds()/b.Elapsed().Seconds(), "%-of-bare")
}

// batch is the next thousand lines: classes of all students, one after another.
func (d *drive) batch(b *testing.B, s *school) (attendance.Upload, []attendance.Fact) {
	b.Helper()
	from := len(d.lines)
	var facts []attendance.Fact
	for len(facts) < batchSize {
		opened := d.opens(b, s)
		facts = append(facts, opened)
		for _, st := range s.students[:min(len(s.students), batchSize-len(facts))] {
			facts = append(facts, d.sees(b, opened.Session, st))
		}
	}
	return d.from(from), facts
}

const batchSize = 1000

// BenchmarkReplayAgain measures a backlog that was received already.
func BenchmarkReplayAgain(b *testing.B) {
	s := setup(b, 60, postgres.Options{})
	d := newDrive(b, s.pair(b, "drive").ID)
	se := d.opens(b, s).Session
	for len(d.lines) < 1000 {
		d.sees(b, se, s.students[len(d.lines)%60])
	}
	up := d.from(0)
	s.mustReceive(b, up)
	for b.Loop() {
		s.mustReceive(b, up)
	}
	b.ReportMetric(float64(1000*b.N)/b.Elapsed().Seconds(), "facts/s")
}

// BenchmarkTaps measures single verdicts of many teachers at once, each in a
// class and a transaction of its own.
func BenchmarkTaps(b *testing.B) {
	const classes = 32
	s := setup(b, 60, postgres.Options{})
	sessions := make(chan attendance.ID, classes)
	for range classes {
		sessions <- s.class(b)
	}
	b.SetParallelism(classes / runtime.GOMAXPROCS(0))
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		se := <-sessions
		for i := 0; pb.Next(); i++ {
			v := attendance.Verdict{Gesture: newID(b), Students: []attendance.ID{s.students[i%60]}, Status: attendance.Present}
			if _, err := s.serve.Mark(b.Context(), s.rao(), se, v); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "marks/s")
}

// class is a session of another course with the same students.
func (s *school) class(b *testing.B) attendance.ID {
	b.Helper()
	id := newID(b)
	s.change(b, func(ctx context.Context, r attendance.Registrar) error {
		errs := []error{
			r.PutCourse(ctx, course(id, id.String())),
			r.PutTeaching(ctx, attendance.FeedTeaching{ID: newID(b), Course: id, Teacher: s.teacher, FromMS: 1}),
		}
		for i, st := range s.students {
			errs = append(errs, r.PutEnrolment(ctx, attendance.FeedEnrolment{ID: newID(b), Course: id, Student: st, Roll: i + 1, FromMS: 1}))
		}
		return errors.Join(errs...)
	})
	se, err := s.serve.Open(b.Context(), s.rao(), attendance.Order{Course: id, Kind: attendance.Offline})
	if err != nil {
		b.Fatal(err)
	}
	return se.ID
}
