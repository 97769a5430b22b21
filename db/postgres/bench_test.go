package postgres_test

import (
	"testing"

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
