package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// The test program is also the program that gets killed.
const ownerOf = "EMBEDDED_TEST_OWNER_OF"

func TestMain(m *testing.M) {
	dir := os.Getenv(ownerOf)
	if dir == "" {
		os.Exit(m.Run())
	}
	s, err := Start(context.Background(), Options{Dir: dir, Durable: true, strand: os.Getenv("STRAND") != ""})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	fmt.Println(s.cmd.Process.Pid, s.URL("arise"))
	_, _ = io.Copy(io.Discard, os.Stdin) // until killed, or until the test is gone
	_ = s.Close()
	os.Exit(0)
}

func TestServer(t *testing.T) {
	t.Parallel()
	t.Run("answers, keeps its data over a restart, and closes twice", func(t *testing.T) {
		t.Parallel()
		o := Options{Dir: folder(t), Durable: true}
		s := start(t, o)
		execute(t, s.URL("arise"), `CREATE TABLE kept AS SELECT 7 AS n`)
		mustClose(t, s)
		mustClose(t, s)
		select {
		case <-s.Done():
		default:
			t.Error("Done is open after Close")
		}
		s = start(t, o)
		if got := one[int](t, s.URL("arise"), `SELECT n FROM kept`); got != 7 {
			t.Errorf("got %d, want 7", got)
		}
	})
	t.Run("is durable when asked and says so to nobody else", func(t *testing.T) {
		t.Parallel()
		for durable, want := range map[bool]string{true: "on", false: "off"} {
			s := start(t, Options{Dir: folder(t), Durable: durable})
			for _, setting := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
				if got := one[string](t, s.URL("arise"), `SELECT current_setting('`+setting+`')`); got != want {
					t.Errorf("durable %v: %s is %s, want %s", durable, setting, got, want)
				}
			}
		}
	})
	t.Run("forgets everything at each start when not durable", func(t *testing.T) {
		t.Parallel()
		o := Options{Dir: folder(t)}
		s := start(t, o)
		execute(t, s.URL("arise"), `CREATE TABLE kept ()`)
		mustClose(t, s)
		s = start(t, o)
		if got := one[*string](t, s.URL("arise"), `SELECT to_regclass('kept')::text`); got != nil {
			t.Errorf("got table %s, want none", *got)
		}
	})
	t.Run("lets nobody in without the password on the loopback", func(t *testing.T) {
		t.Parallel()
		s := start(t, Options{Dir: folder(t), tcp: true})
		if got := one[int](t, s.URL("arise"), `SELECT 1`); got != 1 {
			t.Errorf("got %d, want 1", got)
		}
		wrong := strings.Replace(s.URL("arise"), s.password, "guess", 1)
		if conn, err := pgx.Connect(t.Context(), wrong); err == nil {
			conn.Close(t.Context())
			t.Error("a wrong password was let in")
		}
		info, err := os.Stat(s.cluster.password())
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); runtime.GOOS != "windows" && got != 0o600 {
			t.Errorf("password file has mode %o, want 600", got)
		}
	})
	t.Run("falls back to the loopback when the socket's path is too long", func(t *testing.T) {
		t.Parallel()
		s := start(t, Options{Dir: filepath.Join(folder(t), strings.Repeat("x", socketMax))})
		if s.port == 0 {
			t.Error("got a unix socket, want a port")
		}
	})
	t.Run("gives a role that is no superuser", func(t *testing.T) {
		t.Parallel()
		s := start(t, Options{Dir: folder(t)})
		if got := one[string](t, s.URL("arise"), `SELECT current_setting('is_superuser')`); got != "off" {
			t.Errorf("got is_superuser %s, want off", got)
		}
	})
	t.Run("opens a folder once", func(t *testing.T) {
		t.Parallel()
		o := Options{Dir: folder(t)}
		s := start(t, o)
		if _, err := Start(t.Context(), o); !errors.Is(err, ErrInUse) {
			t.Errorf("got %v, want %v", err, ErrInUse)
		}
		if got := one[int](t, s.URL("arise"), `SELECT 1`); got != 1 {
			t.Error("the first server suffered")
		}
	})
	t.Run("says why it cannot start", func(t *testing.T) {
		t.Parallel()
		_, err := Start(t.Context(), Options{Dir: folder(t), Settings: []string{"shared_buffers=nonsense"}})
		if err == nil || !strings.Contains(err.Error(), "shared_buffers") {
			t.Errorf("got %v, want the server's own words", err)
		}
	})
}

func TestKilledProgram(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no kill -9 on Windows")
	}
	t.Run("takes its server with it", func(t *testing.T) {
		t.Parallel()
		if runtime.GOOS != "linux" {
			t.Skip("only Linux has a death signal")
		}
		pid, _, kill := owner(t, folder(t), false)
		kill()
		eventually(t, "the server to stop", func() bool { return !present(pid) })
	})
	t.Run("leaves data the next start opens", func(t *testing.T) {
		t.Parallel()
		dir := folder(t)
		_, url, kill := owner(t, dir, false)
		execute(t, url, `CREATE TABLE kept AS SELECT 7 AS n`)
		kill()
		s := start(t, Options{Dir: dir, Durable: true})
		if got := one[int](t, s.URL("arise"), `SELECT n FROM kept`); got != 7 {
			t.Errorf("got %d, want 7", got)
		}
	})
	t.Run("leaves an orphan the next start replaces", func(t *testing.T) {
		t.Parallel()
		dir := folder(t)
		orphan, url, kill := owner(t, dir, true)
		execute(t, url, `CREATE TABLE kept AS SELECT 7 AS n`)
		kill()
		if !isPostmaster(orphan, cluster{dir: dir}.data()) {
			t.Fatal("the orphan is gone: this test shows nothing")
		}
		s := start(t, Options{Dir: dir, Durable: true})
		if s.cmd.Process.Pid == orphan || isPostmaster(orphan, s.cluster.data()) {
			t.Error("the orphan still serves")
		}
		if got := one[int](t, s.URL("arise"), `SELECT n FROM kept`); got != 7 {
			t.Errorf("got %d, want 7", got)
		}
	})
	t.Run("leaves a pid file that names somebody else by now", func(t *testing.T) {
		t.Parallel()
		dir := folder(t)
		o := Options{Dir: dir, Durable: true}
		s := start(t, o)
		pidFile := s.cluster.pidFile()
		text, err := os.ReadFile(pidFile)
		if err != nil {
			t.Fatal(err)
		}
		mustClose(t, s)
		other := start(t, Options{Dir: folder(t)}) // same user as the server's: its number would count
		_, rest, _ := strings.Cut(string(text), "\n")
		if err := os.WriteFile(pidFile, fmt.Appendf(nil, "%d\n%s", other.cmd.Process.Pid, rest), 0o600); err != nil {
			t.Fatal(err)
		}
		start(t, o)
		if got := one[int](t, other.URL("arise"), `SELECT 1`); got != 1 {
			t.Error("the neighbour suffered")
		}
	})
}
