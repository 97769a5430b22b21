package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/arise-attendance/arise/api/pendrive"
	"github.com/arise-attendance/arise/edge/node"
)

// status asks the running program, or looks itself when none runs.
func status(ctx context.Context, c node.Config, stdout io.Writer) error {
	st, err := ask(ctx, node.Here(c.Listen))
	if err != nil {
		if st, err = node.Look(ctx, c); err != nil {
			return err
		}
	}
	out := json.NewEncoder(stdout)
	out.SetIndent("", "  ")
	return out.Encode(st)
}

// ask is the status of the program at an address.
func ask(ctx context.Context, at string) (pendrive.EdgeStatus, error) {
	var st pendrive.EdgeStatus
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at+"/api/edge/status", nil)
	if err != nil {
		return st, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return st, err
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&st); err != nil {
		return st, err
	}
	if st.Instance == "" {
		return st, errors.New("another program answers there")
	}
	return st, nil
}
