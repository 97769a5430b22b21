package sqlite_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite"
	"github.com/arise-attendance/arise/db/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Harness {
		s := open(t, t.TempDir(), sqlite.Options{})
		return storetest.Harness{Store: s, Seed: (&feed{store: s}).apply}
	})
}

// open opens a store that the test closes.
func open(t testing.TB, dir string, o sqlite.Options) *sqlite.Store {
	t.Helper()
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Sizes == (sqlite.Sizes{}) {
		o.Sizes = small
	}
	s, err := sqlite.Open(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// feed plays the cloud: it knows the digest of all rows it gave.
type feed struct {
	store      *sqlite.Store
	generation attendance.ID
	rev        int64
	rows       map[string]uint64
}

func (f *feed) apply(ctx context.Context, rows []attendance.Change) error {
	f.rev++
	return f.store.Apply(ctx, attendance.Page{Generation: f.generation, Rev: f.rev, Changes: rows, Digest: f.digest(rows)})
}

func (f *feed) digest(rows []attendance.Change) attendance.Digest {
	if f.rows == nil {
		f.rows = map[string]uint64{}
	}
	for _, c := range rows {
		delete(f.rows, string(c.Kind)+c.Key)
		if !c.Gone {
			f.rows[string(c.Kind)+c.Key] = attendance.RowHash(c.Kind, c.Key, c.Row)
		}
	}
	var d attendance.Digest
	for _, h := range f.rows {
		d = d.Add(h)
	}
	return d
}

// small is what a test makes beforehand.
var small = sqlite.Sizes{Segment: 64 << 10, Reserve: 64 << 10, WAL: 64 << 10, Room: 64 << 10}
