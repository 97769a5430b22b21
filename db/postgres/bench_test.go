package postgres_test

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres"
)

// BenchmarkReplay measures the whole way of an upload, in facts a second; with
// -benchtime=100x a hundred batches of a thousand.
func BenchmarkReplay(b *testing.B) {
	s := setup(b, 60, postgres.Options{})
	d := newDrive(b, s.pair(b, "drive").ID)
	const batch = 1000
	for b.Loop() {
		b.StopTimer()
		from := len(d.lines)
		for len(d.lines)-from < batch {
			se := d.opens(b, s).Session
			for _, st := range s.students {
				if len(d.lines)-from < batch {
					d.sees(b, se, st)
				}
			}
		}
		up := d.from(from)
		b.StartTimer()
		s.mustReceive(b, up)
	}
	b.ReportMetric(float64(batch*b.N)/b.Elapsed().Seconds(), "facts/s")
}

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
