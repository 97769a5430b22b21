package sqlite_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/arise-attendance/arise/db/sqlite"
)

// children are what this test program does when it runs itself again: some faults
// need a process of their own.
var children = map[string]func(dir string) error{
	"open": func(dir string) error {
		s, err := sqlite.Open(context.Background(), dir, sqlite.Options{Now: time.Now, Rand: rand.Reader})
		if errors.Is(err, sqlite.ErrInUse) {
			fmt.Println("in use")
			return nil
		}
		if err != nil {
			return err
		}
		fmt.Println("opened")
		return s.Close()
	},
}

const childEnv = "STORE_TEST_CHILD"

func TestMain(m *testing.M) {
	if name := os.Getenv(childEnv); name != "" {
		if err := children[name](os.Args[len(os.Args)-1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}
