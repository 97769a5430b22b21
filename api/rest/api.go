package rest

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"

	"github.com/arise-attendance/arise/api/attendance"
)

// Version of the contract, in the OpenAPI document.
const Version = "1.0.0"

func init() {
	// huma offers these as package variables only.
	huma.NewError = fromHuma
	huma.DefaultArrayNullable = false
}

// NewAPI mounts an empty API on a router. who authenticates; nil is enough to
// print the document.
func NewAPI(router chi.Router, who Authenticator) huma.API {
	c := huma.DefaultConfig("A.R.I.S.E.", Version)
	c.Info.Description = "Attendance that schools trust more than paper. Ids are UUIDs, times RFC 3339, errors RFC 9457 problems with a stable `type`."
	c.Info.License = &huma.License{Name: "MIT", Identifier: "MIT"}
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "/api/openapi", "", ""
	c.CreateHooks = nil // no $schema member in every body
	c.Components.SecuritySchemes = schemes
	api := humachi.New(router, c)
	api.UseMiddleware(guard(who))
	return api
}

// Mount gives a router what every server answers in the same way.
func Mount(router chi.Router, portals http.Handler) {
	router.NotFound(func(w http.ResponseWriter, r *http.Request) {
		if isAPI(r) || portals == nil {
			WriteProblem(w, NewProblem(http.StatusNotFound, "not-found", "there is no such address: see /api/openapi.yaml"))
			return
		}
		portals.ServeHTTP(w, r)
	})
	router.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
		WriteProblem(w, NewProblem(http.StatusMethodNotAllowed, "method-not-allowed", "this address does not answer "+r.Method))
	})
}

func isAPI(r *http.Request) bool {
	return len(r.URL.Path) >= 5 && r.URL.Path[:5] == "/api/"
}

// Served marks which servers answer an operation: "cloud", "edge" or both.
func Served(op huma.Operation, by ...string) huma.Operation {
	if op.Extensions == nil {
		op.Extensions = map[string]any{}
	}
	op.Extensions["x-served-by"] = by
	return op
}

// schemes document how a caller proves who they are; guard enforces it.
var schemes = map[string]*huma.SecurityScheme{
	string(attendance.RoleTeacher):     {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: "The token of POST /api/teacher/login, as a bearer token or in its cookie."},
	string(attendance.RoleAdmin):       {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: "The token of POST /api/admin/login, as a bearer token or in its cookie. It is refused once its sign-in was ended."},
	string(attendance.RoleStudent):     {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: "The token of POST /api/student/login, as a bearer token or in its cookie. It is refused once its sign-in was ended."},
	string(attendance.RoleIntegration): {Type: "http", Scheme: "bearer", Description: "A program of the school: the token of POST /api/admin/tokens. The operation names the scope it needs: roster:read, attendance:read (read is both) or audit:read; admin is all of them. No operation that changes anything is open to programs today."},
	string(attendance.RoleDevice):      {Type: "apiKey", In: "header", Name: SignatureHeader, Description: "A scanner of ours: with Arise-Device and Arise-Nonce, the HMAC-SHA256 in hex of \"arise-request-1\", the method, the path with its query, the nonce and the hex SHA-256 of the body, each ended by a line feed, under HMAC-SHA256(key from pairing, \"arise device 1\" and the 16 bytes of the server's id). The answer's Arise-Signature is that of \"arise-reply-1\", the nonce, the status and the hex SHA-256 of the body."},
	string(attendance.RoleNode):        {Type: "http", Scheme: "bearer", Description: "A pendrive: <node id>.<key>, from POST /api/sync/claim."},
}
