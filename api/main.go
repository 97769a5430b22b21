// Command api is the cloud: the school's system of record.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // Windows and small images have none

	"github.com/arise-attendance/arise/api/demo"
	"github.com/arise-attendance/arise/api/server"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program where it stands
	err := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "api:", err)
		os.Exit(1)
	}
}

const usage = `A.R.I.S.E., the cloud. Usage: api VERB

  serve              run (the default)
  migrate            only bring the database up to date
  openapi            print the contract
  admin pair NAME    make a pendrive and print its claim code; -courses A-1,B-2 limits it
  admin revoke NAME  shut a lost pendrive out
  admin reset-password USERNAME
                     print a password for one sign-in, and end the account's others
  admin audit-verify check that nobody tampered with the audit; -head HASH: nor cut it off
                     after that row; a file of audit-archive is checked by naming it
  admin audit-archive -before DAY FILE
                     move the rows of the audit before a day, a year ago or more, into a new file
  admin rebuild      derive all registers and sums from the facts again
  backup FILE        write all of the school into a file, "-" being standard output;
                     -verify FILE only reads one through. It holds personal data
  restore FILE       fill an empty database from a file, "-" being standard input

Settings come from the environment; a secret also works as NAME_FILE, naming a file:

`

func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) error {
	verb := "serve"
	if len(args) > 0 {
		verb, args = args[0], args[1:]
	}
	switch verb {
	case "-h", "-help", "--help", "help":
		if _, err := io.WriteString(stdout, usage); err != nil {
			return err
		}
		return table.Print(stdout)
	case "openapi":
		doc, err := server.Contract()
		if err != nil {
			return err
		}
		_, err = stdout.Write(doc)
		return err
	case "backup", "restore":
		return files(ctx, verb, args, environ, stdout, stderr)
	case "serve", "migrate", "admin":
	default:
		return fmt.Errorf("%q is not a verb: api -h lists them", verb)
	}
	c, err := configure(environ, stderr)
	if err != nil {
		return err
	}
	switch verb {
	case "migrate":
		return server.Migrate(ctx, c)
	case "admin":
		return admin(ctx, c, args, stdout, stderr)
	}
	return serve(ctx, c, stdout)
}

func serve(ctx context.Context, c server.Config, stdout io.Writer) (err error) {
	slog.SetDefault(c.Log) // for libraries, and for what has no logger of its own
	s, err := server.New(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if c.Demo {
		if err := s.Demo(ctx); err != nil {
			return err
		}
		fmt.Fprintf(stdout, "A.R.I.S.E. demo school: %s - sign in with course MCA-301, PIN %s\n", c.Origin(), demo.PIN)
	} else {
		fmt.Fprintf(stdout, "A.R.I.S.E. listens on %s\n", c.Origin())
	}
	link, err := s.FirstAccount(ctx)
	if err != nil {
		return err
	}
	if link != "" {
		// The page of this link comes with the office's portal.
		fmt.Fprintf(stdout, "Nobody has an office account yet. Until the page exists, make the first one within a day by\n"+
			"POST /api/admin/setup {token, username, password}; the token ends this line:\n  %s\n", link)
	}
	return s.Run(ctx)
}

func admin(ctx context.Context, c server.Config, args []string, stdout, stderr io.Writer) error {
	if len(args) == 2 && args[0] == "revoke" {
		return server.Revoke(ctx, c, args[1])
	}
	if len(args) > 0 && args[0] == "audit-verify" {
		return auditVerify(ctx, c, args[1:], stdout, stderr)
	}
	if len(args) > 0 && args[0] == "audit-archive" {
		return auditArchive(ctx, c, args[1:], stdout, stderr)
	}
	if len(args) == 2 && args[0] == "reset-password" {
		password, err := server.ResetPassword(ctx, c, args[1])
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(stdout, "%s\n\nIt has to be changed at the first sign-in. All other sign-ins of %s are over.\n", password, args[1])
		return err
	}
	if len(args) == 1 && args[0] == "rebuild" {
		return server.Rebuild(ctx, c, stdout)
	}
	if len(args) == 0 || args[0] != "pair" {
		return errors.New("admin pair NAME, admin revoke NAME, admin reset-password USERNAME, admin audit-verify, admin audit-archive and admin rebuild are what there is: api -h")
	}
	flags := flag.NewFlagSet("admin pair", flag.ContinueOnError)
	flags.SetOutput(stderr)
	courses := flags.String("courses", "all", "course codes, separated by commas")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("name the pendrive, such as: api admin pair \"Room 204\"")
	}
	var codes []string
	if *courses != "all" {
		codes = strings.Split(*courses, ",")
	}
	code, err := server.Pair(ctx, c, flags.Arg(0), codes)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s\n\nOn the pendrive: CLOUD_SERVER_URL=%s edge claim %s\nThe code works once, within 30 days.\n", code, c.Origin(), code)
	return err
}

func auditVerify(ctx context.Context, c server.Config, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("admin audit-verify", flag.ContinueOnError)
	flags.SetOutput(stderr)
	head := flags.String("head", "", "a head that an earlier run printed, written down elsewhere")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() == 1 && *head == "" {
		return server.VerifyArchive(flags.Arg(0), stdout)
	}
	if flags.NArg() != 0 {
		return errors.New("admin audit-verify takes -head HASH, or a file of audit-archive")
	}
	return server.VerifyAudit(ctx, c, *head, stdout)
}

// keepAudit is how much of the audit always stays in the database.
const keepAudit = 365 * 24 * time.Hour

func auditArchive(ctx context.Context, c server.Config, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("admin audit-archive", flag.ContinueOnError)
	flags.SetOutput(stderr)
	day := flags.String("before", "", "the first day that stays, such as 2025-07-01")
	if err := flags.Parse(args); err != nil {
		return err
	}
	before, err := time.Parse(time.DateOnly, *day)
	if err != nil || flags.NArg() != 1 || time.Since(before) < keepAudit {
		return errors.New("admin audit-archive -before DAY FILE, the day a year ago or more: what is younger stays")
	}
	return server.ArchiveAudit(ctx, c, before, flags.Arg(0), stdout)
}
