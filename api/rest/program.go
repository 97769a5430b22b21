package rest

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
)

// ForPrograms opens an operation to the school's programs whose token has a scope;
// the contract says which, beside the role.
func ForPrograms(op huma.Operation, scope auth.Scope) huma.Operation {
	op.Security = append(op.Security, map[string][]string{string(attendance.RoleIntegration): {string(scope)}})
	return op
}

// within holds a program to the scopes of its token.
func within(p auth.Principal, op *huma.Operation, scopes []string) error {
	need := auth.ScopeWrite
	switch {
	case len(scopes) > 0:
		need = auth.Scope(scopes[0])
	case op.Method == http.MethodGet:
		need = auth.ScopeRead
	}
	if auth.Allows(p.Scopes, need) {
		return nil
	}
	return NewProblem(http.StatusForbidden, "forbidden", "the token has no scope "+string(need)+": ask the office for one that has")
}
