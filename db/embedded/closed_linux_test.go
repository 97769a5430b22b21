package embedded

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestClosedParent(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root has a server run as somebody else")
	}
	t.Run("is passed with the smallest capability", func(t *testing.T) {
		t.Parallel()
		dir := closed(t)
		s := start(t, Options{Dir: filepath.Join(dir, "below")})
		if got := one[int](t, s.URL("arise"), `SELECT 1`); got != 1 {
			t.Errorf("got %d, want 1", got)
		}
		if !strings.Contains(s.cluster.user.warning, dir) {
			t.Errorf("got warning %q, want it to name %s", s.cluster.user.warning, dir)
		}
	})
	t.Run("does not save the server from the death signal", func(t *testing.T) {
		t.Parallel()
		pid, _, kill := owner(t, filepath.Join(closed(t), "below"), false)
		kill()
		eventually(t, "the server to stop", func() bool { return !present(pid) })
	})
	t.Run("is not worth a capability when open", func(t *testing.T) {
		t.Parallel()
		s := start(t, Options{Dir: folder(t)})
		if s.cluster.user.caps != nil {
			t.Errorf("got capabilities %v, want none", s.cluster.user.caps)
		}
	})
}

// closed returns a folder only root can enter.
func closed(t *testing.T) string {
	t.Helper()
	dir := folder(t)
	if err := os.Chmod(dir, 0o700); err != nil { //nolint:gosec // closed on purpose
		t.Fatal(err)
	}
	return dir
}
