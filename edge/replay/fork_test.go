package replay_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite"
)

func TestAGapIsFilledFromWhereTheCloudAsks(t *testing.T) {
	t.Parallel()
	d := pair(t)
	s := d.lesson()
	d.cycle()
	d.cloud.Forget(t, 2) // restored from a backup
	d.mark(s, attendance.Late, 0)
	d.cycle()
	d.arrived(7)
	d.waits(0)
}

func TestACopiedDriveKeepsBothBranchesAndStoresNothingTwice(t *testing.T) {
	t.Parallel()
	d := pair(t)
	s := d.lesson()
	d.cycle()
	twin := d.copied()
	d.mark(s, attendance.Late, 0, 1)
	d.cycle()
	twin.mark(s, attendance.Absent, 2)
	twin.cycle()
	d.arrived(9)
	d.waits(0)
	twin.waits(0)
	twin.mark(s, attendance.Excused, 3)
	d.mark(s, attendance.Excused, 4)
	twin.cycle()
	d.cycle()
	d.arrived(11)
}

func TestADriveThatWasSetBackSendsWhatItHas(t *testing.T) {
	t.Parallel()
	d := pair(t)
	s := d.lesson()
	d.cycle()
	old := d.copied()
	d.mark(s, attendance.Late, 0, 1, 2)
	d.cycle()
	old.mark(s, attendance.Absent, 3) // the copy goes on where the original was long ago
	old.cycle()
	d.arrived(10)
	old.waits(0)
}

// copied is a second drive with a copy of the file.
func (d *drive) copied() *drive {
	d.t.Helper()
	if err := d.store.Close(); err != nil {
		d.t.Fatal(err)
	}
	twin := &drive{t: d.t, dir: d.t.TempDir(), cloud: d.cloud, school: d.school}
	raw, err := os.ReadFile(filepath.Join(d.dir, sqlite.FileName))
	if err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(twin.dir, sqlite.FileName), raw, 0o600); err != nil {
		d.t.Fatal(err)
	}
	for _, one := range []*drive{d, twin} {
		one.open(one.dir)
		one.link()
	}
	return twin
}
