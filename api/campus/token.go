package campus

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// Integrations are the programs that call the API for the school.
type Integrations interface {
	// AddIntegration keeps a token by the hash of its key.
	AddIntegration(ctx context.Context, i auth.Integration, hash []byte) error
	// Integrations are those that are neither revoked nor expired, the latest first.
	Integrations(ctx context.Context) ([]auth.Integration, error)
	RevokeIntegration(ctx context.Context, id attendance.ID) error
	// UseIntegration notes that a token was used; ErrNotFound when it is not good.
	UseIntegration(ctx context.Context, hash []byte) (auth.Integration, error)
}

// IntegrationAuth authenticates programs by their token and leaves others to Next.
type IntegrationAuth struct {
	Integrations Integrations
	Next         rest.Authenticator
}

// Authenticate reads a program's token.
func (a IntegrationAuth) Authenticate(r *http.Request, role attendance.Role) (auth.Principal, error) {
	if role != attendance.RoleIntegration {
		return a.Next.Authenticate(r, role)
	}
	token := rest.Token(r)
	if !auth.IsIntegration(token) {
		return auth.Principal{}, auth.ErrNoToken
	}
	key, err := auth.ParseIntegration(token)
	if err != nil {
		return auth.Principal{}, err
	}
	i, err := a.Integrations.UseIntegration(r.Context(), auth.HashKey(key))
	if errors.Is(err, attendance.ErrNotFound) {
		return auth.Principal{}, auth.ErrIntegration
	}
	return auth.Principal{Actor: attendance.Actor{ID: i.ID, Role: role}, Name: i.Name, Scopes: i.Scopes}, err
}

type integrationBody struct {
	ID         attendance.ID `json:"id" format:"uuid"`
	Name       string        `json:"name"`
	Scopes     []auth.Scope  `json:"scopes"`
	CreatedAt  time.Time     `json:"created_at"`
	ExpiresAt  time.Time     `json:"expires_at"`
	LastUsedAt *time.Time    `json:"last_used_at" doc:"To the minute; null: never."`
}

type integrationsOutput struct{ Body []integrationBody }

type addIntegrationInput struct {
	Body struct {
		Name   string   `json:"name" maxLength:"60" doc:"What the program is." example:"Library gate"`
		Scopes []string `json:"scopes" minItems:"1" maxItems:"6" uniqueItems:"true" enum:"roster:read,attendance:read,audit:read,read,write,admin" doc:"roster:read: people, courses, who is enrolled, settings. attendance:read: figures and reports. read: both. audit:read: the ledger. admin: all of them. write: changes, of which none is open to programs today."`
		Days   int      `json:"expires_in_days,omitempty" minimum:"1" maximum:"730" default:"365"`
	}
}

type addIntegrationOutput struct {
	Body struct {
		integrationBody
		Token string `json:"token" doc:"Shown this once. Send it as Authorization: Bearer."`
	}
}

func (d Deps) tokens(api huma.API) {
	tags := []string{"Integrations"}
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "list-tokens", Method: http.MethodGet, Path: "/api/admin/tokens", Summary: "List the programs that may call", Tags: tags,
	}), d.listTokens)
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "add-token", Method: http.MethodPost, Path: "/api/admin/tokens", Summary: "Let a program call", Tags: tags,
		Description: "The answer holds the token, this once; only its hash is kept.", DefaultStatus: http.StatusCreated,
	}), d.addToken)
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "revoke-token", Method: http.MethodDelete, Path: "/api/admin/tokens/{id}", Summary: "Shut a program out", Tags: tags,
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusNotFound},
	}), d.revokeToken)
}

func (d Deps) listTokens(ctx context.Context, _ *struct{}) (*integrationsOutput, error) {
	all, err := d.Integrations.Integrations(ctx)
	out := &integrationsOutput{Body: make([]integrationBody, len(all))}
	for i, one := range all {
		out.Body[i] = integrationOf(one)
	}
	return out, err
}

func (d Deps) addToken(ctx context.Context, in *addIntegrationInput) (*addIntegrationOutput, error) {
	name := strings.TrimSpace(in.Body.Name)
	if name == "" {
		return nil, attendance.Invalid{Field: "name", Why: "cannot be empty: type what the program is"}
	}
	id, err := d.Service.NewID()
	if err != nil {
		return nil, err
	}
	key, err := auth.NewKey()
	if err != nil {
		return nil, err
	}
	now := d.Service.Now()
	i := auth.Integration{ID: id, Name: name, CreatedBy: auth.From(ctx).ID, CreatedAt: now, ExpiresAt: now.AddDate(0, 0, in.Body.Days)}
	for _, s := range in.Body.Scopes {
		i.Scopes = append(i.Scopes, auth.Scope(s))
	}
	out := &addIntegrationOutput{}
	out.Body.integrationBody, out.Body.Token = integrationOf(i), auth.IntegrationToken(key)
	return out, d.Integrations.AddIntegration(ctx, i, auth.HashKey(key))
}

func (d Deps) revokeToken(ctx context.Context, in *accountInput) (*struct{}, error) {
	return nil, d.Integrations.RevokeIntegration(ctx, in.ID)
}

func integrationOf(i auth.Integration) integrationBody {
	out := integrationBody{
		ID: i.ID, Name: i.Name, Scopes: i.Scopes, CreatedAt: i.CreatedAt.UTC().Truncate(time.Second), ExpiresAt: i.ExpiresAt.UTC().Truncate(time.Second),
	}
	if !i.UsedAt.IsZero() {
		used := i.UsedAt.UTC().Truncate(time.Minute)
		out.LastUsedAt = &used
	}
	return out
}
