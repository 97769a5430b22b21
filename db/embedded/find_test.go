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
		write(t, filepath.Join(dir, "data", "PG_VERSION"), "9\n")
		_, err := Start(t.Context(), Options{Dir: dir, Durable: true})
		if err == nil || !strings.Contains(err.Error(), "install postgresql-9") {
			t.Errorf("got %v, want the version to install", err)
		}
	})
	for _, tt := range []struct {
		name, target string
		refused      bool
	}{
		{"restores the links npm cannot carry", "native/lib/libpq.so", false},
		{"refuses a link out of the package", "../outside", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			for _, dir := range []string{"bin", "lib"} {
				if err := os.MkdirAll(filepath.Join(root, "native", dir), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			write(t, filepath.Join(root, "native/lib/libpq.so.5"), "library")
			write(t, filepath.Join(root, "native/pg-symlinks.json"), `[{"source":"native/lib/libpq.so.5","target":"`+tt.target+`"}]`)
			for range 2 { // every start does it again
				if err := hydrate(filepath.Join(root, "native", "bin")); (err != nil) != tt.refused {
					t.Fatalf("got %v, want refused %v", err, tt.refused)
				}
			}
			got, err := os.ReadFile(filepath.Join(root, tt.target))
			if tt.refused == (err == nil) || !tt.refused && string(got) != "library" {
				t.Errorf("got %q, %v through the link", got, err)
			}
		})
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
