package sqlite_test

import (
	"errors"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite"
)

func TestPhonesOutliveTheProgram(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	at := time.UnixMilli(1_790_000_000_123).UTC()
	one := sqlite.Phone{ID: attendance.Derive("one"), Hash: [32]byte{1}, Agent: "a", Address: "192.168.4.31", PairedAt: at, SeenAt: at, UntilAt: at.Add(time.Hour)}
	two := one
	two.ID, two.Hash = attendance.Derive("two"), [32]byte{2}
	for _, p := range []sqlite.Phone{one, two} {
		if err := s.PutPhone(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	one.Address, one.SeenAt = "192.168.4.32", at.Add(time.Minute)
	for _, err := range []error{
		s.SeePhone(t.Context(), one.ID, one.Address, one.SeenAt),
		s.DropPhone(t.Context(), two.ID),
		s.SeePhone(t.Context(), two.ID, "192.168.4.33", at), // a request that was under way
		s.Close(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	s = open(t, dir, sqlite.Options{})
	got, err := s.Phones(t.Context())
	if err != nil || len(got) != 1 || got[0] != one {
		t.Errorf("got %+v, %v, want %+v", got, err, one)
	}
	if err := s.DropPhone(t.Context(), two.ID); !errors.Is(err, attendance.ErrNotFound) {
		t.Errorf("dropping twice: got %v, want not found", err)
	}
}
