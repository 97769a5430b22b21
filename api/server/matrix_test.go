package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/arise-attendance/arise/api/demo"
	"github.com/arise-attendance/arise/api/server"
)

// operation is one line of the contract.
type operation struct {
	id, method, path string
	who              []string // roles; "" is everybody
	scopes           []string // of a program that may
}

// contract reads every operation that the running server says it has.
func (p *program) contract(t *testing.T) []operation {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	p.do(t, http.MethodGet, "/api/openapi.json", "", nil).into(t, &doc)
	var out []operation
	for path, item := range doc.Paths {
		for method, raw := range item {
			if !slices.Contains([]string{"get", "put", "post", "delete", "patch", "head", "options"}, method) {
				continue
			}
			var op struct {
				ID       string                `json:"operationId"`
				Security []map[string][]string `json:"security"`
			}
			if err := json.Unmarshal(raw, &op); err != nil {
				t.Fatalf("%s %s: %v", method, path, err)
			}
			o := operation{id: op.ID, method: strings.ToUpper(method), path: path}
			for _, need := range op.Security {
				if len(need) == 0 {
					o.who = append(o.who, "")
				}
				for role, scopes := range need {
					o.who = append(o.who, role)
					o.scopes = append(o.scopes, scopes...)
				}
			}
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b operation) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return out
}

var parameter = regexp.MustCompile(`\{[^}]+\}`)

// refusal is 401 or 403 when the guard turned a caller away, and 0 otherwise. A
// public operation may answer 401 and 403 of its own, with a type of its own.
func (p *program) refusal(t *testing.T, o operation, token string, device *scanner) int {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop() // a live stream would never end
	path, body := parameter.ReplaceAllString(o.path, newID(t).String()), []byte("{}")
	r, err := http.NewRequestWithContext(ctx, o.method, p.url+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if device != nil { // which signs each request anew
		device.nonce++
		r = device.signed(t, p, o.method, path, device.nonce, body).WithContext(ctx)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusUnauthorized && res.StatusCode != http.StatusForbidden {
		return 0
	}
	var problem struct {
		Type string `json:"type"`
	}
	if err := json.NewDecoder(res.Body).Decode(&problem); err != nil {
		t.Errorf("a refusal that is no problem: %v", err)
	}
	if kind := strings.TrimPrefix(problem.Type, "urn:arise:problem:"); kind != "signed-out" && kind != "forbidden" {
		return 0
	}
	return res.StatusCode
}

func TestEveryOperationIsOpenToWhomItSays(t *testing.T) {
	t.Parallel()
	p := start(t, func(c *server.Config) { c.Demo = true; c.AdminPassword = password })
	callers := map[string]func() string{
		"":        func() string { return "" },
		"teacher": func() string { return p.signInTeacher(t, "MCA-301", demo.PIN) },
		"admin":   func() string { return p.signIn(t, "admin", password) },
		"student": p.anyStudent(t),
	}
	node := p.claim(t, "Room 9").token
	callers["node"] = func() string { return node }
	integration := p.integration(t, callers["admin"](), "admin")
	callers["integration"] = func() string { return integration }
	device := p.paired(t, callers["admin"](), object{"name": "B12"})
	callers["device"] = func() string { return "" }
	signedIn := map[string]string{}
	for role, token := range callers {
		signedIn[role] = token()
	}
	all := p.contract(t)
	if len(all) < 40 {
		t.Fatalf("got %d operations, want the whole contract", len(all))
	}
	for _, o := range all {
		if len(o.who) == 0 {
			t.Errorf("%s says nothing of who may call it", o.id)
		}
		for role := range callers {
			token := signedIn[role]
			if o.id == "sign-out-"+role { // which ends the sign-in it is called with
				token = callers[role]()
			}
			var signs *scanner
			if role == "device" {
				signs = device
			}
			got := p.refusal(t, o, token, signs)
			switch allowed := slices.Contains(o.who, "") || slices.Contains(o.who, role); {
			case allowed && got != 0:
				t.Errorf("%s %s (%s) as %q: got %d, want it open to %q", o.method, o.path, o.id, role, got, o.who)
			case !allowed && role == "" && got != http.StatusUnauthorized:
				t.Errorf("%s %s (%s) as nobody: got %d, want 401", o.method, o.path, o.id, got)
			case !allowed && got == 0:
				t.Errorf("%s %s (%s) as %q: got in, want 401 or 403", o.method, o.path, o.id, role)
			}
		}
	}
}
