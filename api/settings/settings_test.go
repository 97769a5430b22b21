package settings_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/arise-attendance/arise/api/settings"
)

var table = settings.Table{Prefix: "ARISE_", Others: []string{"ARISE_EDGE_"}, Settings: []settings.Setting{
	{Name: "PORT", Default: "8080", Meaning: "listen"}, {Name: "SECRET_KEY", Meaning: "signs"}, {Name: "ARISE_DEMO", Meaning: "demo"},
}}

func TestRead(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(" hush\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := table.Read([]string{"PORT=1", "PORT=2", "SECRET_KEY_FILE=" + file, "HOME=/x", "ARISE_EDGE_DATA=/y", "odd"})
	if err != nil || got["PORT"] != "2" || got["SECRET_KEY"] != "hush" || got["ARISE_DEMO"] != "" {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err = table.Read([]string{"PORT="}); err != nil || got["PORT"] != "8080" {
		t.Errorf("got %v, %v, want the default", got, err)
	}
}

func TestAMistypedNameStopsTheProgram(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"ARISE_DEMMO=1", "SECRET_KEY_FILE=/nowhere/at/all"} {
		name, _, _ := strings.Cut(line, "=")
		if _, err := table.Read([]string{line}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v, want an error that names it", line, err)
		}
	}
}

func TestValuesSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	v := settings.Values{"PORT": "many", "ARISE_DEMO": "perhaps"}
	if _, err := v.Int("PORT", 1, 65535); err == nil || !strings.Contains(err.Error(), "PORT") {
		t.Errorf("got %v", err)
	}
	if _, err := v.Bool("ARISE_DEMO"); err == nil || !strings.Contains(err.Error(), "ARISE_DEMO") {
		t.Errorf("got %v", err)
	}
	v = settings.Values{"PORT": "81", "ARISE_DEMO": "on"}
	if n, err := v.Int("PORT", 1, 65535); err != nil || n != 81 {
		t.Errorf("got %d, %v", n, err)
	}
	if on, err := v.Bool("ARISE_DEMO"); err != nil || !on {
		t.Errorf("got %v, %v", on, err)
	}
}
