package sqlite_test

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite"
)

// term is a folder with so many facts: classes of sixty, evidence and some verdicts.
func term(tb testing.TB, facts int) string {
	tb.Helper()
	dir := tb.TempDir()
	s, err := sqlite.Open(tb.Context(), dir, sqlite.Options{Now: time.Now, Rand: rand.Reader})
	if err != nil {
		tb.Fatal(err)
	}
	c := classIn(tb, s, 60)
	for made := 0; made < facts; {
		err := s.InTx(tb.Context(), func(ctx context.Context, tx attendance.Tx) error {
			at := time.Now()
			fact := func(f attendance.Fact) attendance.Fact {
				f.ID, f.Node, f.Stamp = newID(tb), c.node, attendance.Stamp{WallMS: at.UnixMilli(), HLC: attendance.HLCAt(at) + attendance.HLC(made)}
				if err := f.Seal(); err != nil {
					tb.Fatal(err)
				}
				return f
			}
			se := newID(tb)
			all := []attendance.Fact{fact(attendance.Fact{Kind: attendance.SessionOpened, Session: se, Actor: c.rao.ID, Opening: &attendance.Opening{
				Course: c.course, Kind: attendance.Offline, ClosesMS: at.UnixMilli() + 3_000_000, Policy: attendance.DefaultPolicy(),
			}})}
			for _, st := range c.students {
				all = append(all, fact(attendance.Fact{
					Kind: attendance.MarkSeen, Session: se, Student: st, Actor: c.course, Class: attendance.Evidence,
					Status: attendance.Present, Method: attendance.Biometric, Device: &attendance.DeviceRef{ID: c.course},
				}))
			}
			all = append(all, fact(attendance.Fact{Kind: attendance.SessionEnded, Session: se, ClosedAt: at.UnixMilli() + 1}))
			made += len(all)
			return c.service.Adopt(ctx, tx, all)
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		tb.Fatal(err)
	}
	return dir
}

// BenchmarkStart opens the register of a term, after it was closed and after a cut.
func BenchmarkStart(b *testing.B) {
	dir := term(b, 60_000)
	info, err := os.Stat(filepath.Join(dir, sqlite.FileName))
	if err != nil {
		b.Fatal(err)
	}
	for _, end := range []string{"in order", "cut"} {
		b.Run(end, func(b *testing.B) {
			var used, backup time.Duration
			for b.Loop() {
				b.StopTimer()
				if end == "cut" {
					if err := os.Remove(filepath.Join(dir, "probe")); err != nil {
						b.Fatal(err)
					}
				}
				before := cpu()
				b.StartTimer()
				s, err := sqlite.Open(b.Context(), dir, sqlite.Options{Now: time.Now, Rand: rand.Reader})
				if err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				used += cpu() - before
				b.ReportMetric(memory(b), "rss-MB")
				before = cpu()
				if _, err := s.Backup(b.Context()); err != nil {
					b.Fatal(err)
				}
				backup += cpu() - before
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
			b.ReportMetric(used.Seconds()/float64(b.N), "cpu-s/start")
			b.ReportMetric(backup.Seconds()/float64(b.N), "cpu-s/backup")
			b.ReportMetric(float64(info.Size())/1e6, "file-MB")
		})
	}
}

// cpu is what the process has used so far: a busy machine does not count.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// memory is what the process occupies now.
func memory(b *testing.B) float64 {
	b.Helper()
	runtime.GC()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0 // not Linux
	}
	for line := range strings.Lines(string(text)) {
		if v, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.Atoi(strings.Fields(v)[0])
			return float64(kb) / 1000
		}
	}
	return 0
}
