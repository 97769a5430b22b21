package main

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/cli/browser"
)

// openFor is how long a browser may take to start before we go on without it; some
// keep the program that opened them until they are closed.
const openFor = 10 * time.Second

// show opens the browser where somebody sits in front of one. A pendrive works
// without: the address is printed too.
func show(ctx context.Context, url string, log *slog.Logger) {
	// What the browser says is not for our screen.
	browser.Stdout, browser.Stderr = io.Discard, io.Discard
	done := make(chan error, 1)
	go func() { done <- browser.OpenURL(url) }()
	wait := time.NewTimer(openFor)
	defer wait.Stop()
	select {
	case err := <-done:
		if err != nil {
			log.WarnContext(ctx, "the browser did not open", "error", err)
		}
	case <-wait.C:
	case <-ctx.Done():
	}
}

// desktop reports whether somebody sits in front of a screen of this computer.
func desktop(system string, environ []string) bool {
	set := map[string]bool{}
	for _, line := range environ {
		if name, value, ok := strings.Cut(line, "="); ok && value != "" {
			set[name] = true
		}
	}
	switch {
	case set["SSH_CONNECTION"], set["CI"]:
		return false
	case system == "windows", system == "darwin":
		return true
	}
	return set["DISPLAY"] || set["WAYLAND_DISPLAY"]
}
