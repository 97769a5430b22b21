package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"time"

	"github.com/arise-attendance/arise/db/sqlite"
	"github.com/arise-attendance/arise/edge/node"
)

// garbage is how much of what is in use may pile up before it is collected, in
// percent. Half as much as usual costs a fifth more of a start and keeps a year's
// register below 60 MB (BenchmarkStart): the computers of schools are small.
const garbage = 50

// serve holds classes until ctx ends.
func serve(ctx context.Context, c node.Config, stdout, stderr io.Writer) (err error) {
	debug.SetGCPercent(garbage)
	log := keepLog(&c, stderr)
	defer func() { err = errors.Join(err, log.Close()) }()
	n, err := node.New(ctx, c)
	if errors.Is(err, sqlite.ErrInUse) {
		return again(ctx, c, stdout, err)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	if _, err := io.WriteString(stdout, greeting(n.Here(), n.LAN(), n.Moved(), n.WantsCode())); err != nil {
		return err
	}
	if c.Open {
		go show(ctx, n.Here(), c.Log) // it calls back at once: the listener is there
	}
	if err := n.Run(ctx); err != nil || !n.Ejected() {
		return err
	}
	_, err = fmt.Fprintln(stdout, "Safe to remove: pull the pendrive out.")
	return err
}

// greeting is what the window says.
func greeting(here string, lan []string, moved string, wantsCode bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "A.R.I.S.E. pendrive: %s\n", here)
	for _, url := range lan {
		fmt.Fprintf(&b, "  scanners in this network: %s\n", url)
	}
	if moved != "" {
		fmt.Fprintf(&b, "  %s\n", moved)
	}
	if wantsCode {
		fmt.Fprintf(&b, "  Open %s in the browser and type the claim code from the office.\n", here)
	}
	fmt.Fprintf(&b, "  how it stands, and phones: %s/status\n  Ctrl-C stops it; nothing is lost when the window is closed.\n", here)
	return b.String()
}

// startWithin is how long a program that has just been started may take to answer.
const startWithin = 10 * time.Second

// again is a second start on one folder, such as an impatient double click: it
// shows the program that runs.
func again(ctx context.Context, c node.Config, stdout io.Writer, inUse error) error {
	st, err := node.Running(ctx, c.Data, startWithin)
	if err != nil {
		return inUse
	}
	if _, err := fmt.Fprintf(stdout, "A.R.I.S.E. runs already: %s\n", st.Network.Here); err != nil {
		return err
	}
	if c.Open {
		show(ctx, st.Network.Here, c.Log)
	}
	return nil
}
