package server_test

import (
	"net/http"
	"testing"
)

type schoolSettings struct {
	BatchName string `json:"batch_name"`
	Zone      string `json:"zone"`
	Policy    struct {
		Version    int     `json:"version"`
		LateAfter  int     `json:"late_after_min"`
		LateWeight float64 `json:"late_weight"`
		Minimum    float64 `json:"minimum"`
		Critical   float64 `json:"critical"`
	} `json:"policy"`
	Online      string `json:"online_identity"`
	Leaderboard bool   `json:"leaderboard"`
	EditHours   int    `json:"edit_hours"`
}

func TestTheOfficeDecidesForTheSchool(t *testing.T) {
	t.Parallel()
	p := office(t)
	me := p.signIn(t, "admin", password)
	const path = "/api/admin/config"
	read := func() (s schoolSettings) {
		t.Helper()
		p.do(t, http.MethodGet, path, me, nil).into(t, &s)
		return s
	}
	want := read()
	for _, step := range []struct {
		send object
		want func(*schoolSettings)
	}{
		{object{"policy": object{"late_weight": 0.5, "minimum": 80}}, func(s *schoolSettings) {
			s.Policy.LateWeight, s.Policy.Minimum, s.Policy.Version = 0.5, 80, s.Policy.Version+1
		}},
		{object{"policy": object{"minimum": 80}}, func(*schoolSettings) {}},
		{object{"zone": "Europe/Paris", "leaderboard": true}, func(s *schoolSettings) { s.Zone, s.Leaderboard = "Europe/Paris", true }},
		{object{"online_identity": "roll", "edit_hours": 0}, func(s *schoolSettings) { s.Online, s.EditHours = "roll", 0 }},
		{object{"batch_name": "MCA"}, func(s *schoolSettings) { s.BatchName = "MCA" }},
		{object{}, func(*schoolSettings) {}},
	} {
		if a := p.do(t, http.MethodPost, path, me, step.send); a.status != http.StatusOK {
			t.Fatalf("%v: got %d %s", step.send, a.status, a.raw)
		}
		step.want(&want)
		if got := read(); got != want {
			t.Errorf("after %v: got %+v, want %+v", step.send, got, want)
		}
	}
	for field, send := range map[string]object{
		"zone":            {"zone": "Mars/Base"},
		"policy.minimum":  {"policy": object{"minimum": 101}},
		"policy.critical": {"policy": object{"critical": 90}},
		"edit_hours":      {"edit_hours": -1, "batch_name": "Never kept"},
		"online_identity": {"online_identity": "anybody"},
	} {
		p.refuses(t, "POST", path, me, send, 422, "invalid", field)
	}
	if got := read(); got != want {
		t.Errorf("after what was refused: got %+v, want %+v", got, want)
	}
}
