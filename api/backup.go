package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/arise-attendance/arise/api/server"
)

// files is the verbs that move a whole school: backup and restore.
func files(ctx context.Context, verb string, args, environ []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet(verb, flag.ContinueOnError)
	flags.SetOutput(stderr)
	verify := false
	if verb == "backup" {
		flags.BoolVar(&verify, "verify", false, "only read the file through")
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return fmt.Errorf("name one file, such as: api %s school.arise", verb)
	}
	file := flags.Arg(0)
	if verify {
		return server.VerifyBackup(file, os.Stdin, stderr)
	}
	c, err := configure(environ, stderr)
	if err != nil {
		return err
	}
	if verb == "restore" {
		return server.Restore(ctx, c, file, os.Stdin, stderr)
	}
	return server.Backup(ctx, c, file, stdout, stderr)
}
