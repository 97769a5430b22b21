package campus

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// Accounts are the people of the office, and where they are signed in.
type Accounts interface {
	Account(ctx context.Context, id attendance.ID) (auth.Account, error)
	AccountNamed(ctx context.Context, username string) (auth.Account, error)
	Accounts(ctx context.Context) ([]auth.Account, error)
	AddAccount(ctx context.Context, a auth.Account) error
	// ArchiveAccount takes an account away and ends its logins; never the last one.
	ArchiveAccount(ctx context.Context, id attendance.ID) error
	// SetPassword keeps a new verifier and ends all logins of the account but one.
	SetPassword(ctx context.Context, id attendance.ID, hash string, but attendance.ID) error
	// SetUp makes the first account for whoever brings a set-up link, once.
	SetUp(ctx context.Context, linkHash []byte, a auth.Account) error
}

type adminBody struct {
	ID         attendance.ID `json:"id" format:"uuid"`
	Username   string        `json:"username"`
	CreatedAt  time.Time     `json:"created_at"`
	MustChange bool          `json:"must_change" doc:"Has not chosen a password yet."`
	You        bool          `json:"you"`
}

type accountsOutput struct{ Body []adminBody }

type addAccountInput struct {
	Body struct {
		Username string `json:"username" maxLength:"60" doc:"Unique, upper or lower case." example:"meera.iyer"`
	}
}

type addAccountOutput struct {
	Body struct {
		adminBody
		Password string `json:"password" doc:"Shown this once; it has to be changed at the first sign-in."`
	}
}

type accountInput struct {
	ID attendance.ID `path:"id" format:"uuid"`
}

func (d Deps) accounts(api huma.API) {
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "list-admins", Method: http.MethodGet, Path: "/api/admin/admins", Summary: "List the people of the office",
	}), d.listAdmins)
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "add-admin", Method: http.MethodPost, Path: "/api/admin/admins", Summary: "Give somebody an account",
		Description: "The answer holds a password for the first sign-in. It is stored nowhere in clear: hand it over now.", DefaultStatus: http.StatusCreated,
	}), d.addAdmin)
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "archive-admin", Method: http.MethodDelete, Path: "/api/admin/admins/{id}", Summary: "Take an account away; it is signed out everywhere",
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusNotFound, http.StatusConflict},
	}), d.archiveAdmin)
}

func (d Deps) listAdmins(ctx context.Context, _ *struct{}) (*accountsOutput, error) {
	all, err := d.Accounts.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	out := &accountsOutput{Body: make([]adminBody, len(all))}
	for i, a := range all {
		out.Body[i] = bodyOf(a)
		out.Body[i].You = a.ID == auth.From(ctx).ID
	}
	return out, nil
}

func (d Deps) addAdmin(ctx context.Context, in *addAccountInput) (*addAccountOutput, error) {
	out := &addAccountOutput{}
	out.Body.Password = auth.OncePassword()
	a, err := d.newAccount(in.Body.Username, out.Body.Password)
	if err != nil {
		return nil, err
	}
	a.MustChange = true
	out.Body.adminBody = bodyOf(a)
	return out, d.Accounts.AddAccount(ctx, a)
}

func (d Deps) archiveAdmin(ctx context.Context, in *accountInput) (*struct{}, error) {
	return nil, d.Accounts.ArchiveAccount(ctx, in.ID)
}

var usernames = regexp.MustCompile(`^[\pL\pM\pN._@-]{2,60}$`)

func (d Deps) newAccount(username, password string) (auth.Account, error) {
	username = strings.TrimSpace(username)
	if !usernames.MatchString(username) {
		return auth.Account{}, attendance.Invalid{Field: "username", Why: "must have 2 to 60 letters, digits or any of . _ - @"}
	}
	if why := auth.WeakPassword(password, username); why != "" {
		return auth.Account{}, attendance.Invalid{Field: "password", Why: why}
	}
	id, err := d.Service.NewID()
	if err != nil {
		return auth.Account{}, err
	}
	hash, err := auth.HashSecret(password)
	if err != nil {
		return auth.Account{}, err
	}
	return auth.Account{ID: id, Username: username, PasswordHash: hash, CreatedAt: d.Service.Now()}, nil
}

func bodyOf(a auth.Account) adminBody {
	return adminBody{ID: a.ID, Username: a.Username, CreatedAt: a.CreatedAt.UTC().Truncate(time.Millisecond), MustChange: a.MustChange}
}
