package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"

	"github.com/arise-attendance/arise/db/sqlite"
	"github.com/arise-attendance/arise/edge/node"
)

// status asks the program that has the pendrive open, or looks itself when none
// has.
func status(ctx context.Context, c node.Config, stdout io.Writer) error {
	st, err := node.Running(ctx, c.Data, 0)
	if err != nil {
		st, err = node.Look(ctx, c)
	}
	if errors.Is(err, sqlite.ErrInUse) { // by one that is being started
		if now, no := node.Running(ctx, c.Data, startWithin); no == nil {
			st, err = now, nil
		}
	}
	if err != nil {
		return err
	}
	out := json.NewEncoder(stdout)
	out.SetIndent("", "  ")
	return out.Encode(st)
}
