package attendance_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

func TestSignals(t *testing.T) {
	t.Parallel()
	step := time.UnixMilli(0).Add(1000 * attendance.OTPStep)
	give := func(n int, after time.Duration, browser, address string) attendance.Answered {
		return attendance.Answered{
			Student: attendance.Derive(fmt.Sprint(n)), Step: 1000, At: step.Add(after), Browser: []byte(browser), Address: []byte(address),
		}
	}
	many := func(n int, address string) (out []attendance.Answered) {
		for i := range n {
			out = append(out, give(i, 5*time.Second, "", address))
		}
		return out
	}
	for _, c := range []struct {
		name    string
		answers []attendance.Answered
		want    []attendance.SignalKind
	}{
		{"nobody answered", nil, nil},
		{"each in a browser of their own", []attendance.Answered{give(1, 5*time.Second, "a", "x"), give(2, 9*time.Second, "b", "x")}, nil},
		{"two in one browser", []attendance.Answered{give(1, 5*time.Second, "a", "x"), give(2, 20*time.Minute, "a", "y")}, []attendance.SignalKind{attendance.SameBrowser}},
		{"forgotten browsers are not one browser", []attendance.Answered{give(1, 5*time.Second, "", ""), give(2, 5*time.Second, "", "")}, nil},
		{"two at once from one address", many(2, "x"), nil},
		{"three at once from one address", many(3, "x"), []attendance.SignalKind{attendance.Burst}},
		{"three from one address, one of them later", append(many(2, "x"), give(3, 8*time.Second, "", "x")), nil},
		{"a campus at once", many(13, "x"), nil},
		{"sooner than one can type", []attendance.Answered{give(1, 1999*time.Millisecond, "", "")}, []attendance.SignalKind{attendance.TooFast}},
		{"soon enough", []attendance.Answered{give(1, 2*time.Second, "", "")}, nil},
		{"a code of the step before is not new", []attendance.Answered{give(1, attendance.OTPStep+time.Second, "", "")}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got []attendance.SignalKind
			for _, s := range attendance.Signals(c.answers) {
				got = append(got, s.Kind)
				if s.Why == "" || len(s.Students) == 0 {
					t.Errorf("got %+v, want a reason and students", s)
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
