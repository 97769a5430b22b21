package embedded

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	t.Parallel()
	t.Run("runs the fetched binaries where the machine has none", func(t *testing.T) {
		t.Parallel()
		fetched := Fetched(".") // hides what is installed
		bin, err := find(t.Context(), fetched, 0)
		if errors.Is(err, ErrNoPostgres) && os.Getenv("CI") == "" {
			t.Skip("nothing fetched: run `make tools`")
		}
		if err != nil {
			t.Fatal(err)
		}
		s := start(t, Options{Dir: folder(t), Search: fetched})
		if s.Binaries() != bin.dir || !strings.Contains(bin.dir, "@embedded-postgres") {
			t.Errorf("got %s, want %s of npm's package", s.Binaries(), bin.dir)
		}
		if got := one[string](t, s.URL("arise"), `SELECT upper('é')`); got != "É" {
			t.Errorf("got %s, want É", got)
		}
	})
	t.Run("names what to install when there is nothing", func(t *testing.T) {
		t.Parallel()
		_, err := Start(t.Context(), Options{Dir: folder(t), Search: []string{t.TempDir()}})
		if !errors.Is(err, ErrNoPostgres) {
			t.Fatalf("got %v, want %v", err, ErrNoPostgres)
		}
		if strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "apt-get install postgresql") {
			t.Errorf("got %q, want one line that names the package", err)
		}
	})
	t.Run("opens data only with the version that made it", func(t *testing.T) {
		t.Parallel()
		dir := folder(t)
		if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "data", "PG_VERSION"), []byte("9\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Start(t.Context(), Options{Dir: dir, Durable: true})
		if err == nil || !strings.Contains(err.Error(), "install postgresql-9") {
			t.Errorf("got %v, want the version to install", err)
		}
	})
	t.Run("refuses a link out of the package", func(t *testing.T) {
		t.Parallel()
		root := t.TempDir()
		bin := filepath.Join(root, "native", "bin")
		if err := os.MkdirAll(bin, 0o700); err != nil {
			t.Fatal(err)
		}
		list := `[{"source":"native/lib/a","target":"../outside"}]`
		if err := os.WriteFile(filepath.Join(root, "native", "pg-symlinks.json"), []byte(list), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := hydrate(bin); err == nil {
			t.Error("got no error, want a refusal")
		}
	})
}
