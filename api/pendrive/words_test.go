package pendrive_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/pendrive"
)

var now = time.Date(2026, 11, 19, 10, 42, 0, 0, time.UTC)

func TestTheSyncIsSaidInThePillsWords(t *testing.T) {
	t.Parallel()
	for want, b := range map[string]attendance.Backlog{
		"Saved":                             {Reachable: true},
		"Sending 12":                        {Reachable: true, Waiting: 12},
		"Offline":                           {},
		"Offline - 34 safe here":            {Waiting: 34},
		"Needs attention":                   {Waiting: 34, Attention: "The office has revoked this pendrive."},
		"Needs attention: 1 scan unplaced":  {Unplaced: 1},
		"Needs attention: 2 scans unplaced": {Reachable: true, Unplaced: 2},
	} {
		if got := pendrive.CloudOf(b, now).Words; got != want {
			t.Errorf("%+v: got %q, want %q", b, got, want)
		}
	}
	for want, at := range map[string]time.Time{
		"never": {}, "just now": now.Add(-20 * time.Second), "90 seconds ago": now.Add(-90 * time.Second), "12 minutes ago": now.Add(-12 * time.Minute),
		"3 hours ago": now.Add(-3*time.Hour - time.Minute), "4 days ago": now.AddDate(0, 0, -4),
		"at a time that this computer's clock has not reached": now.AddDate(1, 0, 0),
	} {
		got := pendrive.CloudOf(attendance.Backlog{LastSync: at}, now)
		if got.SyncWords != want || (got.LastSync == nil) != at.IsZero() {
			t.Errorf("%v: got %q, %v, want %q", at, got.SyncWords, got.LastSync, want)
		}
	}
}

func TestADriveSaysWhatToDoAboutIt(t *testing.T) {
	t.Parallel()
	const gb = 1_000_000_000
	for name, tc := range map[string]struct {
		failed            error
		free, total       int64
		state, says, size string
	}{
		"there is room":         {nil, 11_800_000_000, 16 * gb, "well", "Well", "11.8 GB"},
		"it is nearly full":     {nil, 9_000_000, 16 * gb, "low", "9.0 MB free", "9.0 MB"},
		"nobody knows":          {nil, 0, 0, "well", "Well", "0 B"},
		"it failed":             {errors.New("input/output error"), 0, 0, "failed", "input/output error", "0 B"},
		"it failed and is full": {errors.New("input/output error"), 1, gb, "failed", "No mark is saved here", "1 B"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := pendrive.MediumOf(tc.failed, false, tc.free, tc.total)
			if m.State != tc.state || !strings.Contains(m.Words, tc.says) || pendrive.Size(m.FreeBytes) != tc.size {
				t.Errorf("got %+v, %s, want %s with %q and %s", m, pendrive.Size(m.FreeBytes), tc.state, tc.says, tc.size)
			}
		})
	}
}

func TestAClockIsComparedWithTheClouds(t *testing.T) {
	t.Parallel()
	for off, want := range map[time.Duration]string{
		400 * time.Millisecond: "well", -29 * time.Second: "well", 31 * time.Second: "ahead", -3 * time.Hour: "behind", 73 * 365 * 24 * time.Hour: "ahead",
	} {
		got := pendrive.ClockOf(attendance.Anchor{Source: attendance.ByCloud, Offset: -off, At: now}, now, now)
		if got.State != want || got.CheckedAt == nil || want != "well" && !strings.Contains(got.Words, "marks are not affected") {
			t.Errorf("%v: got %+v, want %s", off, got, want)
		}
	}
	nobody, byDrive := attendance.Anchor{}, attendance.Anchor{Source: attendance.ByDrive, Offset: 20 * 365 * 24 * time.Hour, At: now}
	for want, got := range map[string]pendrive.EdgeClock{
		"unknown":  pendrive.ClockOf(nobody, now, now.AddDate(0, -3, 0)),
		"doubtful": pendrive.ClockOf(nobody, now.AddDate(73, 0, 0), now),
		"behind":   pendrive.ClockOf(attendance.Anchor{Source: attendance.ByTeacher, Offset: 3 * time.Hour, At: now}, now, time.Time{}),
		"well":     pendrive.ClockOf(attendance.Anchor{Source: attendance.ByTeacher, At: now}, now, time.Time{}),
	} {
		if got.State != want {
			t.Errorf("got %+v, want %s", got, want)
		}
	}
	if got := pendrive.ClockOf(byDrive, now, now); got.State != "doubtful" || !strings.Contains(got.Words, "say what time it is") {
		t.Errorf("got %+v, want somebody to be asked", got)
	}
	if on, off := pendrive.EncryptionOf(true), pendrive.EncryptionOf(false); !on.On || off.On || on.Words == off.Words {
		t.Errorf("got %+v and %+v", on, off)
	}
}

func TestABrowserIsNamedWellEnough(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Linux; Android 14; SM-A146B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36":                      "Chrome on Android",
		"Mozilla/5.0 (Linux; Android 14; SM-A146B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36":  "Samsung Internet on Android",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1": "Safari on iPhone",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/130.0 Mobile/15E148 Safari/604.1":  "Chrome on iPhone",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0":           "Edge on Windows",
		"Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0":                                                                  "Firefox on Linux",
		"": "Browser on something else",
	} {
		if got := pendrive.Browser(agent); got != want {
			t.Errorf("%q: got %q, want %q", agent, got, want)
		}
	}
}
