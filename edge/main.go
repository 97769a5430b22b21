// Command edge is the pendrive: one program that holds a class without internet
// and brings every mark to the cloud later.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	_ "time/tzdata" // Windows and small images have none

	"github.com/arise-attendance/arise/db/sqlite"
	"github.com/arise-attendance/arise/edge/node"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "edge:", err)
		linger()
		os.Exit(1)
	}
}

const usage = `A.R.I.S.E., the pendrive. Usage: edge VERB

  serve        hold classes (the default)
  claim CODE   pair this pendrive with the school, with a code from the office
  status       how this pendrive stands
  backup       copy the register beside itself, and read the copy through;
               backup FILE also puts it there. To restore: put it into an empty
               data folder as backup-1.db, and start
  eject        make the pendrive ready to be pulled out

Settings come from edge.env beside the program, then from the environment, which
wins; a secret also works as NAME_FILE, naming a file:

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
	case "serve", "claim", "status", "backup", "eject":
	default:
		return fmt.Errorf("%q is not a verb: edge -h lists them", verb)
	}
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the program's own folder: %w", err)
	}
	c, err := configure(filepath.Dir(program), environ, stderr)
	if err != nil {
		return err
	}
	switch verb {
	case "claim":
		if len(args) != 1 {
			return errors.New("name the code from the office: edge claim CODE")
		}
		c.Claim = args[0]
		return claim(ctx, c, stdout)
	case "status":
		return status(ctx, c, stdout)
	case "backup":
		return backup(ctx, c, args, stdout)
	case "eject":
		return eject(ctx, c, args, stdout)
	}
	return serve(ctx, c, stdout, stderr)
}

func claim(ctx context.Context, c node.Config, stdout io.Writer) (err error) {
	store, err := node.Open(ctx, c, nil, nil)
	if errors.Is(err, sqlite.ErrInUse) {
		return fmt.Errorf("%w; or start that one with ARISE_EDGE_CLAIM=%s", err, c.Claim)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	id, paired, err := node.Bring(ctx, c, store, c.Claim)
	if err != nil {
		return err
	}
	later := ""
	if !paired {
		later = " It pairs with the school when it can be reached."
	}
	_, err = fmt.Fprintf(stdout, "This pendrive is %q of %q now.%s Start it with: edge serve\n", id.Name, id.Institution, later)
	return err
}
