package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/arise-attendance/arise/db/sqlite"
	"github.com/arise-attendance/arise/edge/node"
)

// told is what the running program says when it has done what it was asked for.
type told struct{ Message, Detail, File string }

// eject asks the running program to end so that the drive can be pulled out. Where
// none runs, opening and closing leaves everything in one file.
func eject(ctx context.Context, c node.Config, args []string, stdout io.Writer) error {
	path := "/api/edge/eject"
	switch {
	case len(args) == 1 && args[0] == "-force":
		path += "?force=true"
	case len(args) > 0:
		return errors.New("it is edge eject, or edge eject -force while a class runs")
	}
	said, err := tell(ctx, c, path, func() (told, error) {
		store, err := node.Open(ctx, c, nil, nil)
		if err != nil {
			return told{}, err
		}
		return told{Message: "Safe to remove: pull the pendrive out."}, store.Eject()
	})
	if err == nil {
		_, err = fmt.Fprintln(stdout, said.Message)
	}
	return err
}

// backup asks the running program for a backup, or makes one itself; under a name it
// is copied there as well.
func backup(ctx context.Context, c node.Config, args []string, stdout io.Writer) error {
	if len(args) > 1 {
		return errors.New("it is edge backup, or edge backup FILE for a copy elsewhere")
	}
	said, err := tell(ctx, c, "/api/edge/backup", func() (told, error) {
		store, err := node.Open(ctx, c, nil, nil)
		if err != nil {
			return told{}, err
		}
		made, err := store.Backup(ctx)
		return told{Message: fmt.Sprintf("Backed up: %d lines, read through", made.Last), File: made.Path()}, errors.Join(err, store.Close())
	})
	if err != nil {
		return err
	}
	at := said.File
	if len(args) == 1 {
		at = args[0]
		if err := sqlite.CopyBackup(ctx, said.File, at); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(stdout, "%s: %s\n", said.Message, at)
	return err
}

// tell asks the program that has the folder open, and does it without where none has.
func tell(ctx context.Context, c node.Config, path string, alone func() (told, error)) (told, error) {
	st, err := node.Running(ctx, c.Data, 0)
	if err == nil {
		return order(ctx, st.Network.Here+path)
	}
	said, err := alone()
	if errors.Is(err, sqlite.ErrInUse) { // by one that is being started
		if st, no := node.Running(ctx, c.Data, startWithin); no == nil {
			return order(ctx, st.Network.Here+path)
		}
	}
	return said, err
}

// orderFor is longer than the program itself waits for the cloud.
const orderFor = 2 * time.Minute

// order has the running program do it.
func order(ctx context.Context, url string) (told, error) {
	var said told
	ctx, cancel := context.WithTimeout(ctx, orderFor)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, http.NoBody)
	if err != nil {
		return said, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return said, err
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&said); err != nil {
		return said, fmt.Errorf("the program at %s answers %s: %w", url, resp.Status, err)
	}
	if resp.StatusCode != http.StatusOK {
		return said, errors.New(said.Detail)
	}
	return said, nil
}
