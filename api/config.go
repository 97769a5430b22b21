package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/mail"
	"github.com/arise-attendance/arise/api/server"
	"github.com/arise-attendance/arise/api/settings"
	"github.com/arise-attendance/arise/web"
)

var table = settings.Table{
	Prefix: "ARISE_", Others: []string{"ARISE_EDGE_", "ARISE_TEST_"},
	Settings: []settings.Setting{
		{Name: "HOST", Default: "0.0.0.0", Meaning: "address to listen on"},
		{Name: "PORT", Default: "8080", Meaning: "port to listen on"},
		{Name: "DATABASE_URL", Meaning: "Postgres; unset: one of our own under ARISE_DATA"},
		{Name: "DATABASE_SCHEMA", Default: "public", Meaning: "the institution's schema"},
		{Name: "ARISE_DATA", Default: ".data", Meaning: "our own Postgres and generated secrets"},
		{Name: "SECRET_KEY", Meaning: "signs tokens, 32 bytes or more; unset: made and kept under ARISE_DATA"},
		{Name: "PUBLIC_URL", Meaning: "origin in links and cookies, such as https://school.example"},
		{Name: "ADMIN_DEFAULT_PASSWORD", Meaning: "makes the first account, admin, when there is none; unset: a one-time set-up link is printed"},
		{Name: "ARISE_ZONE", Default: "Asia/Kolkata", Meaning: "the campus's time zone, for dates that people read"},
		{Name: "ARISE_ALLOW_LEGACY", Default: "0", Meaning: "1: accept original scanners here; they sign nothing"},
		{Name: "ARISE_SMTP_URL", Meaning: "mail server: smtp://user:password@host:587, smtps://, or smtp+plain:// for one on this machine; unset: no mail leaves"},
		{Name: "ARISE_MAIL_FROM", Meaning: "sender of mails, such as School <office@school.example>"},
		{Name: "ARISE_DEMO", Default: "0", Meaning: "1: make the demo school on first start"},
	},
}

// configure reads the whole table, so that every mistake is told at once.
func configure(environ []string, stderr io.Writer) (server.Config, error) {
	v, err := table.Read(environ)
	errs := []error{err}
	c := server.Config{
		Host: v["HOST"], DatabaseURL: v["DATABASE_URL"], Schema: v["DATABASE_SCHEMA"], Data: v["ARISE_DATA"],
		Secret: []byte(v["SECRET_KEY"]), PublicURL: v["PUBLIC_URL"], AdminPassword: v["ADMIN_DEFAULT_PASSWORD"], Portals: web.Handler(),
		Log: slog.New(slog.NewTextHandler(stderr, nil)),
	}
	if c.Port, err = v.Int("PORT", 1, 65535); err != nil {
		errs = append(errs, err)
	}
	if c.Demo, err = v.Bool("ARISE_DEMO"); err != nil {
		errs = append(errs, err)
	}
	if c.Legacy, err = v.Bool("ARISE_ALLOW_LEGACY"); err != nil {
		errs = append(errs, err)
	}
	if why := auth.WeakPassword(c.AdminPassword, "admin"); c.AdminPassword != "" && why != "" {
		errs = append(errs, fmt.Errorf("ADMIN_DEFAULT_PASSWORD: %s; or leave it unset, and a set-up link is printed", why))
	}
	if c.Zone, err = time.LoadLocation(v["ARISE_ZONE"]); err != nil {
		errs = append(errs, fmt.Errorf("ARISE_ZONE: %w: use a name such as Asia/Kolkata", err))
	}
	if v["ARISE_SMTP_URL"] != "" {
		if c.SMTP, err = mail.NewSMTP(v["ARISE_SMTP_URL"], v["ARISE_MAIL_FROM"]); err != nil {
			errs = append(errs, fmt.Errorf("ARISE_SMTP_URL and ARISE_MAIL_FROM: %w", err))
		}
	}
	return c, errors.Join(errs...)
}
