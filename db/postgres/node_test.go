package postgres_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres"
)

func TestAClaimCodeIsGoodOnce(t *testing.T) {
	t.Parallel()
	s := setup(t, 1, postgres.Options{})
	now := time.Now()
	n, code := s.offer(t, "Lab 2")
	mine, theirs := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	claim := func(code string, key []byte, at time.Time) (attendance.Node, error) {
		return s.Claim(t.Context(), code, key, "1.0", at)
	}
	if _, err := claim("AAAAA-BBBBB", mine, now); !errors.Is(err, attendance.ErrClaimUnknown) {
		t.Errorf("an unknown code: got %v", err)
	}
	if _, err := claim(code, mine, now.Add(2*time.Hour)); !errors.Is(err, attendance.ErrClaimExpired) {
		t.Errorf("too late: got %v", err)
	}
	for name, as := range map[string]string{"as printed": code, "as typed": " " + strings.ToLower(strings.ReplaceAll(code, "-", " "))} {
		got, err := claim(as, mine, now)
		if err != nil || got.ID != n.ID || got.Name != "Lab 2" {
			t.Errorf("%s: got %+v, %v, want the pendrive", name, got, err)
		}
	}
	if _, err := claim(code, mine, now.Add(2*time.Hour)); err != nil {
		t.Errorf("the same key after a lost reply, late: got %v", err)
	}
	if _, err := claim(code, theirs, now); !errors.Is(err, attendance.ErrClaimTaken) {
		t.Errorf("another key: got %v", err)
	}
	held, err := s.Node(t.Context(), n.ID)
	if err != nil || !bytes.Equal(held.KeyHash, mine) || held.ClaimedAt.IsZero() {
		t.Errorf("got %+v, %v, want it claimed", held, err)
	}

	again, second := s.offer(t, "lab 2")
	if again.ID != n.ID || second == code {
		t.Errorf("offered again: got %s, want the same pendrive and another code", again.ID)
	}
	if held, err = s.Node(t.Context(), n.ID); err != nil || len(held.KeyHash) != 0 {
		t.Errorf("got %+v, %v, want the old drive out", held, err)
	}
	if _, err := claim(second, theirs, now); err != nil {
		t.Errorf("the new drive: got %v", err)
	}
	if err := s.office().RevokeNode(t.Context(), n.ID); err != nil {
		t.Fatal(err)
	}
	if held, err = s.Node(t.Context(), n.ID); err != nil || held.RevokedAt.IsZero() {
		t.Errorf("got %+v, %v, want it revoked", held, err)
	}
	if all, err := s.Nodes(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("got %d pendrives, %v, want 1", len(all), err)
	}
	if _, err := s.office().PairNode(t.Context(), "x", []string{"NOPE"}, attendance.ClaimHash{Hash: mine}); err == nil {
		t.Error("a course nobody knows was taken")
	}
}
