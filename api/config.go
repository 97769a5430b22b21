package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/mattn/go-isatty"

	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/mail"
	"github.com/arise-attendance/arise/api/rest"
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
		{Name: "ARISE_CORS_ORIGINS", Meaning: "other origins whose pages may call, such as https://portal.example, separated by commas"},
		{Name: "ARISE_TRUSTED_PROXIES", Meaning: "networks of the proxies in front, such as 10.0.0.0/8, separated by commas; their X-Forwarded-For is believed"},
		{Name: "ADMIN_DEFAULT_PASSWORD", Meaning: "makes the first account, admin, when there is none; unset: a one-time set-up link is printed"},
		{Name: "ARISE_ZONE", Default: "Asia/Kolkata", Meaning: "the campus's time zone, for dates that people read"},
		{Name: "ARISE_ALLOW_LEGACY", Default: "0", Meaning: "1: accept original scanners here; they sign nothing"},
		{Name: "ARISE_DRAIN_SECONDS", Default: "0", Meaning: "how long /readyz says no, when told to stop, before the port closes: what a balancer needs to notice"},
		{Name: "ARISE_LOG", Meaning: "json or text; unset: text on a terminal, json elsewhere"},
		{Name: "ARISE_LOG_LEVEL", Default: "info", Meaning: "debug, info, warn or error"},
		{Name: "ARISE_METRICS_LISTEN", Meaning: "address of Prometheus' /metrics, such as 127.0.0.1:9090; unset: none"},
		{Name: "OTEL_EXPORTER_OTLP_ENDPOINT", Meaning: "where traces go, such as http://127.0.0.1:4318; unset: nowhere"},
		{Name: "ARISE_SMTP_URL", Meaning: "mail server: smtp://user:password@host:587, smtps://, or smtp+plain:// for one on this machine; unset: no mail leaves"},
		{Name: "ARISE_MAIL_FROM", Meaning: "sender of mails, such as School <office@school.example>"},
		{Name: "ARISE_PENDRIVE_DIR", Meaning: "folder of the programs that made pendrives carry, see `make pendrive`; unset: pendrive beside this program"},
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
		Pendrives: v["ARISE_PENDRIVE_DIR"], MetricsListen: v["ARISE_METRICS_LISTEN"], TracesTo: v["OTEL_EXPORTER_OTLP_ENDPOINT"],
	}
	if c.Log, err = logger(v, stderr); err != nil {
		errs = append(errs, err)
	}
	if c.Pendrives == "" {
		if program, err := os.Executable(); err == nil {
			c.Pendrives = filepath.Join(filepath.Dir(program), "pendrive")
		}
	}
	drain, err := v.Int("ARISE_DRAIN_SECONDS", 0, 300)
	if err != nil {
		errs = append(errs, err)
	}
	c.DrainFor = time.Duration(drain) * time.Second
	c.Origins, c.Proxies = v.List("ARISE_CORS_ORIGINS"), v.List("ARISE_TRUSTED_PROXIES")
	if err := (rest.Door{Origins: c.Origins}).Check(); err != nil {
		errs = append(errs, fmt.Errorf("ARISE_CORS_ORIGINS: %w", err))
	}
	if err := (rest.Door{Proxies: c.Proxies}).Check(); err != nil {
		errs = append(errs, fmt.Errorf("ARISE_TRUSTED_PROXIES: %w", err))
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

func logger(v settings.Values, stderr io.Writer) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(v["ARISE_LOG_LEVEL"])); err != nil {
		return nil, fmt.Errorf("ARISE_LOG_LEVEL: %q is none of debug, info, warn and error", v["ARISE_LOG_LEVEL"])
	}
	asJSON := false
	switch v["ARISE_LOG"] {
	case "json":
		asJSON = true
	case "text":
	case "":
		file, ok := stderr.(*os.File)
		asJSON = !ok || !isatty.IsTerminal(file.Fd())
	default:
		return nil, fmt.Errorf("ARISE_LOG: %q is neither json nor text", v["ARISE_LOG"])
	}
	return server.Logger(stderr, asJSON, level), nil
}
