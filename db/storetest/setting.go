package storetest

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// set writes a setting as the roster feed brings it.
func (r *room) set(t *testing.T, key, value string) {
	t.Helper()
	if err := r.Seed(r.ctx, []attendance.Change{{Kind: attendance.SettingRow, Key: key, Row: json.RawMessage(value)}}); err != nil {
		t.Fatal(err)
	}
}

func (r *room) school(t *testing.T) attendance.School {
	t.Helper()
	return must(r.serve.School(r.ctx))(t)
}

var settings = map[string]func(*testing.T, *room){
	"settings are read as they were put": func(t *testing.T, r *room) {
		r.set(t, "motto", `"learn & serve"`)
		r.set(t, "motto", `"serve & learn"`)
		got := see(t, r, func(ctx context.Context, tx attendance.Tx) (map[string]json.RawMessage, error) {
			return tx.Settings(ctx)
		})
		same(t, "how many", len(got), 1)
		same(t, "motto", string(got["motto"]), `"serve & learn"`)
	},
	"a school that decided nothing has the defaults": func(t *testing.T, r *room) {
		same(t, "school", r.school(t), attendance.School{
			Name: attendance.Unnamed, Zone: time.UTC, Policy: attendance.DefaultPolicy(), Online: attendance.ByStudent, EditHours: 72,
			Notices: attendance.DefaultNoticeRules(),
		})
	},
	"what nobody can read is as if never set": func(t *testing.T, r *room) {
		before := r.school(t)
		for _, key := range []string{"batch_name", "zone", "policy", "online_identity", "leaderboard", "edit_hours"} {
			r.set(t, key, `{"version":-1}`)
		}
		r.set(t, "zone", `"Nowhere/Atoll"`)
		same(t, "school", r.school(t), before)
	},
	"a class is held under the policy of the day": func(t *testing.T, r *room) {
		first := must(r.serve.Open(r.ctx, r.rao(), attendance.Order{Course: r.DBMS.ID, Kind: attendance.Offline}))(t)
		r.set(t, "policy", `{"version":7,"late_after_min":3,"late_weight":0.5,"minimum":80,"critical":50}`)
		second := must(r.serve.Open(r.ctx, r.rao(), attendance.Order{Course: r.Maths.ID, Kind: attendance.Offline}))(t)
		same(t, "before", first.Policy, attendance.DefaultPolicy())
		same(t, "after", second.Policy, attendance.Policy{Version: 7, LateAfterMin: 3, LateWeight: 0.5, Minimum: 80, Critical: 50})
		again := see(t, r, func(ctx context.Context, tx attendance.Tx) (attendance.Session, error) {
			return tx.Session(ctx, first.ID)
		})
		same(t, "the one held before", again.Policy, attendance.DefaultPolicy())
	},
	"dates are those of the campus": func(t *testing.T, r *room) {
		r.set(t, "zone", `"Asia/Kolkata"`)
		same(t, "zone", r.school(t).Zone.String(), "Asia/Kolkata")
	},
}
