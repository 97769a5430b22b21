package stick_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/stick"
)

func roster() stick.Roster {
	row := json.RawMessage(`{"name":"Asha \u003cRao\u003e & <others>"}`) // bytes that an encoder would like to change
	return stick.Roster{
		Node: attendance.Derive("node", []byte{1}), Name: "Room 204", Institution: "Test College", Cloud: "https://school.example",
		MadeAt: time.Unix(1_700_000_000, 0).UTC(), Generation: attendance.Derive("generation", nil), Rev: 7, Digest: 1<<63 + 5,
		Rows: []attendance.Change{{Rev: 7, Kind: attendance.TeacherRow, Key: "k", Row: row}},
	}
}

func TestOnlyItsCodeOpensARoster(t *testing.T) {
	t.Parallel()
	code := auth.NewClaim()
	sealed, err := stick.Seal(code, roster())
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("Asha")) || bytes.Contains(sealed, []byte("Room")) {
		t.Error("a name can be read")
	}
	for name, as := range map[string]string{"as printed": code, "as typed": " " + strings.ToLower(strings.ReplaceAll(code, "-", " "))} {
		got, err := stick.Open(as, sealed)
		want := roster()
		if err != nil || got.Node != want.Node || got.Digest != want.Digest || string(got.Rows[0].Row) != string(want.Rows[0].Row) || !got.ExpiresAt.IsZero() {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
	if _, err := stick.Open(auth.NewClaim(), sealed); !errors.Is(err, stick.ErrCode) {
		t.Errorf("another code: got %v", err)
	}
	again, err := stick.Seal(code, roster())
	if err != nil || bytes.Equal(again, sealed) {
		t.Errorf("sealed twice: got the same bytes, %v", err)
	}
}

func TestATornFileIsNotTakenForAWrongCode(t *testing.T) {
	t.Parallel()
	code := auth.NewClaim()
	sealed, err := stick.Seal(code, roster())
	if err != nil {
		t.Fatal(err)
	}
	torn := map[string][]byte{"nothing": nil, "cut in the header": sealed[:20], "cut at the end": sealed[:len(sealed)-1], "another file": []byte("PK\x03\x04 and more of it")}
	for i := 0; i < len(sealed); i += 7 {
		if i == 13 { // the version
			continue
		}
		flipped := bytes.Clone(sealed)
		flipped[i] ^= 1
		torn["a flipped bit"] = flipped
		for name, raw := range torn {
			if _, err := stick.Open(code, raw); !errors.Is(err, stick.ErrDamaged) {
				t.Fatalf("%s (%d): got %v, want damaged", name, i, err)
			}
		}
	}
	newer := bytes.Clone(sealed)
	newer[len("ARISE roster\n")] = 9
	if _, err := stick.Open(code, newer); !errors.Is(err, stick.ErrNewer) {
		t.Errorf("got %v, want that it is newer", err)
	}
}

func TestEveryPlatformIsBuilt(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile("../../.ci/pendrive")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range stick.Platforms {
		if !strings.Contains(string(script), p.OS+"/"+p.Arch) {
			t.Errorf("make pendrive does not build %s", p.Name())
		}
	}
}
