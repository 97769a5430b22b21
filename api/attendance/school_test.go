package attendance

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func settled() School {
	return School{Name: "MCA 2026", Zone: time.UTC, Policy: DefaultPolicy(), Online: ByStudent, EditHours: 72, Notices: DefaultNoticeRules()}
}

func TestASchoolMayDecideOnlyWhatMakesSense(t *testing.T) {
	t.Parallel()
	nan := 0.0
	nan /= nan
	for field, spoil := range map[string]func(*School){
		"batch_name":            func(s *School) { s.Name = "" },
		"batch_name ":           func(s *School) { s.Name = strings.Repeat("अ", maxSchoolName+1) },
		"online_identity":       func(s *School) { s.Online = "anybody" },
		"edit_hours":            func(s *School) { s.EditHours = -1 },
		"policy.late_after_min": func(s *School) { s.Policy.LateAfterMin = 1441 },
		"policy.late_weight":    func(s *School) { s.Policy.LateWeight = nan },
		"policy.minimum":        func(s *School) { s.Policy.Minimum = 100.5 },
		"policy.critical":       func(s *School) { s.Policy.Critical = 75.5 },
	} {
		s := settled()
		if err := s.Check(); err != nil {
			t.Fatalf("a good one: %v", err)
		}
		spoil(&s)
		var bad Invalid
		if err := s.Check(); !errors.As(err, &bad) || bad.Field != strings.TrimSpace(field) {
			t.Errorf("got %v, want %s refused", err, field)
		}
	}
}

func TestOnlyWhatChangedIsKeptAndAPolicyHasVersions(t *testing.T) {
	t.Parallel()
	old := settled()
	if got, err := old.Changed(old); err != nil || len(got) != 0 {
		t.Errorf("the same: got %v, %v", got, err)
	}
	now := old
	now.Policy.LateWeight, now.Leaderboard = 0.5, true
	got, err := old.Changed(now)
	if err != nil || len(got) != 2 {
		t.Fatalf("got %v, %v, want policy and leaderboard", got, err)
	}
	if p := string(got[0].Value); got[0].Key != "policy" || !got[0].Travels || !strings.Contains(p, `"version":2`) {
		t.Errorf("got %s %s, want the second version of the policy, for the pendrives too", got[0].Key, p)
	}
	if got[1].Key != "leaderboard" || got[1].Travels {
		t.Errorf("got %+v, want the leaderboard, for the cloud alone", got[1])
	}
}

func TestATimeZoneHasAName(t *testing.T) {
	t.Parallel()
	if z, err := Zone("Asia/Kolkata"); err != nil || z.String() != "Asia/Kolkata" {
		t.Errorf("got %v, %v", z, err)
	}
	for _, name := range []string{"", "Local", "Nowhere/Atoll", "../../etc/passwd", strings.Repeat("x", 500)} {
		var bad Invalid
		if _, err := Zone(name); !errors.As(err, &bad) || bad.Field != "zone" {
			t.Errorf("%.20q: got %v, want it refused", name, err)
		}
	}
}
