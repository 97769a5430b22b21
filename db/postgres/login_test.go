package postgres_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/db/postgres"
)

// desk is a store whose clock a test sets, with one account.
type desk struct {
	store
	auth.Account
	later atomic.Int64
}

func newDesk(t *testing.T) *desk {
	d := &desk{}
	d.store = open(t, postgres.Options{Now: d.now})
	d.Account = d.account(t, "asha")
	return d
}

func (d *desk) now() time.Time { return time.Now().Add(time.Duration(d.later.Load())) }

func (d *desk) actor() attendance.Actor {
	return attendance.Actor{ID: d.Account.ID, Role: attendance.RoleAdmin}
}

func (d *desk) signIn(t *testing.T) attendance.ID {
	t.Helper()
	l := auth.Login{
		ID: newID(t), Person: d.Account.ID, Role: attendance.RoleAdmin, CreatedAt: d.now(), ExpiresAt: d.now().Add(10 * time.Hour),
		Agent: "Firefox", Address: "10.0.0.7",
	}
	if err := d.BeginLogin(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	return l.ID
}

func (d *desk) open(t *testing.T, login attendance.ID, want bool) {
	t.Helper()
	p, err := d.Use(t.Context(), login)
	if want && (err != nil || p.Actor != d.actor() || p.Login != login) {
		t.Errorf("got %+v, %v, want the login open", p, err)
	}
	if !want && !errors.Is(err, auth.ErrEnded) {
		t.Errorf("got %+v, %v, want %v", p, err, auth.ErrEnded)
	}
}

func TestALoginIsOpenUntilItIsEnded(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one, two := d.signIn(t), d.signIn(t)
	d.open(t, one, true)
	d.open(t, newID(t), false)
	if err := d.EndLogin(t.Context(), newID(t), one); !errors.Is(err, attendance.ErrNotFound) {
		t.Errorf("somebody else's login: got %v, want not found", err)
	}
	if err := d.EndLogin(t.Context(), d.Account.ID, one); err != nil {
		t.Fatal(err)
	}
	d.open(t, one, false)
	d.open(t, two, true)
	d.later.Store(int64(2 * time.Hour))
	d.open(t, two, true)
	all, err := d.Logins(t.Context(), d.actor())
	if err != nil || len(all) != 1 || all[0].ID != two || all[0].Agent != "Firefox" || all[0].Address != "10.0.0.7" {
		t.Fatalf("got %+v, %v, want the second login", all, err)
	}
	if ago := d.now().Sub(all[0].SeenAt); ago > time.Minute {
		t.Errorf("got last seen %s ago, want just now", ago)
	}
	d.later.Store(int64(11 * time.Hour))
	d.open(t, two, false)
	d.later.Store(int64(200 * 24 * time.Hour))
	d.signIn(t)
	var rows int
	if err := d.pool.QueryRow(t.Context(), "SELECT count(*) FROM login").Scan(&rows); err != nil || rows != 1 {
		t.Errorf("got %d rows, %v, want the very old ones forgotten", rows, err)
	}
}

func TestANewPasswordEndsTheOtherLogins(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	here, elsewhere := d.signIn(t), d.signIn(t)
	if _, err := d.pool.Exec(t.Context(), "UPDATE account SET must_change = true"); err != nil {
		t.Fatal(err)
	}
	if p, err := d.Use(t.Context(), here); err != nil || !p.MustChange {
		t.Errorf("got %+v, %v, want that the password must change", p, err)
	}
	if err := d.SetPassword(t.Context(), d.Account.ID, "$new", here); err != nil {
		t.Fatal(err)
	}
	d.open(t, here, true)
	d.open(t, elsewhere, false)
	if a, err := d.store.Account(t.Context(), d.Account.ID); err != nil || a.PasswordHash != "$new" || a.MustChange {
		t.Errorf("got %+v, %v, want the new password", a, err)
	}
	if err := d.SetPassword(t.Context(), newID(t), "$new", here); !errors.Is(err, attendance.ErrNotFound) {
		t.Errorf("a stranger: got %v, want not found", err)
	}
}

func TestAnArchivedAccountIsSignedInNowhere(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	login := d.signIn(t)
	d.account(t, "binod")
	if err := d.ArchiveAccount(t.Context(), d.Account.ID); err != nil {
		t.Fatal(err)
	}
	d.open(t, login, false)
}
