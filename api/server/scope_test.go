package server_test

import (
	"slices"
	"testing"

	"github.com/arise-attendance/arise/api/server"
)

// granted is what a program may do with each scope, and nothing else. A new operation
// that is opened to programs is entered here, by hand.
var granted = map[string][]string{
	"roster:read": {
		"get-config", "list-semesters", "get-semester", "list-teachers", "get-teacher", "list-students", "get-student", "list-courses",
		"view-courses", "get-course", "list-course-teachers", "get-enrollments", "get-enrollment-roster",
	},
	"attendance:read": {
		"get-overview", "get-course-insight", "get-student-insight", "get-trends", "list-consecutive-absences",
		"report-register", "report-month", "report-shortage", "report-student", "report-absentees", "report-not-taken",
	},
	"audit:read": {"list-audit", "get-audit-head"},
	"write":      {},
}

func TestAProgramDoesOnlyWhatItsScopesSay(t *testing.T) {
	t.Parallel()
	p := start(t, func(c *server.Config) { c.AdminPassword = password })
	me := p.signIn(t, "admin", password)
	may := map[string][]string{"read": slices.Concat(granted["roster:read"], granted["attendance:read"])}
	for scope, operations := range granted {
		may[scope] = operations
		may["admin"] = append(may["admin"], operations...)
	}
	all := p.contract(t)
	for scope, operations := range may {
		token, met := p.integration(t, me, scope), 0
		for _, o := range all {
			if slices.Contains(o.who, "") {
				continue // everybody may
			}
			want := slices.Contains(operations, o.id)
			if want {
				met++
			}
			if got := p.refusal(t, o, token, nil); (got == 0) != want {
				t.Errorf("%s with %s: got refusal %d, want to get in: %t", o.id, scope, got, want)
			}
			if scope == "admin" && want != (len(o.scopes) == 1 && slices.Contains(granted[o.scopes[0]], o.id)) {
				t.Errorf("%s: the contract asks for %q", o.id, o.scopes)
			}
		}
		if met != len(operations) {
			t.Errorf("%s: met %d of %d operations", scope, met, len(operations))
		}
	}
}
