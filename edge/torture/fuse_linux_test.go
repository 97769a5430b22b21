package torture

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// mount shows a disk in a folder, for other programs than this one: a process that
// serves a FUSE folder and uses it too may wait for itself. Who mounts unmounts,
// when nobody uses it.
func mount(t testing.TB, d *Disk, folder string) (unmount func()) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	undo, err := Mount(d, folder)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("mount: %v", err)
		}
		t.Skipf("cannot mount a FUSE folder here (root, or fusermount, is wanted): %v", err)
	}
	return func() {
		// The kernel may still be closing the files of a program that was killed: then
		// the folder is let go at once, and the rest follows.
		if err := undo(); err != nil && syscall.Unmount(folder, syscall.MNT_DETACH) != nil {
			t.Errorf("unmount: %v", err)
		}
	}
}

// needsFUSE skips where there is none.
func needsFUSE(t testing.TB) {
	t.Helper()
	if _, err := os.Stat("/dev/fuse"); errors.Is(err, os.ErrNotExist) {
		t.Skip("there is no /dev/fuse: a disk that forgets cannot be made here")
	}
}

func shell(t *testing.T, folder, script string) string {
	t.Helper()
	// Not cmd.Dir: the fork would enter the folder while this process holds its breath.
	cmd := exec.CommandContext(t.Context(), "sh", "-ec", "cd '"+folder+"'\n"+script)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	return string(out)
}

func TestProgramsUseTheDiskThroughTheKernel(t *testing.T) {
	t.Parallel()
	needsFUSE(t)
	d := NewDisk()
	folder := t.TempDir()
	unmount := mount(t, d, folder)
	shell(t, folder, `
		mkdir sub && printf hello > sub/file && sync sub/file sub .
		mv sub/file sub/other && printf ' world' >> sub/other && printf new > sub/new
		test "$(cat sub/other)" = 'hello world'; test ! -e sub/file; rm sub/new; mkdir gone; rmdir gone
		truncate -s 3 sub/other; test "$(cat sub/other)" = hel
		test "$(ls -A sub)" = other; fallocate -l 100 sub/big; test "$(stat -c %s sub/big)" = 100`)
	if d.Unsynced() == 0 {
		t.Error("the kernel kept back what was written")
	}
	unmount()
	d.PowerUp(Drop, chance(1))
	defer mount(t, d, folder)()
	shell(t, folder, `test "$(cat sub/file)" = hello; test "$(ls -A . sub | tr '\n' ' ')" = '.: sub  sub: file '`)
}
