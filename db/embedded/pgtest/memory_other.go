//go:build !linux

package pgtest

import "os"

// memory returns where the shared cluster lives.
func memory() string { return os.TempDir() }
