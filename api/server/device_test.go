package server_test

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
)

const devicesPath = "/api/admin/devices"

type scannerRow struct {
	ID, Name, Room, State, Firmware string
	CourseID                        string `json:"course_id"`
	MacAddress                      string `json:"mac_address"`
	Legacy, Rotating, Online        bool
	PairedAt                        *time.Time `json:"paired_at"`
	PairingUntil                    *time.Time `json:"pairing_until"`
	Battery                         *int
	QueueCount                      *int   `json:"queue_count"`
	ClockOffsetMS                   *int64 `json:"clock_offset_ms"`
	Pairing                         *struct {
		Code      string
		ExpiresAt time.Time `json:"expires_at"`
	}
}

// scanner is a scanner of ours in a test's hands.
type scanner struct {
	id     attendance.ID
	key    []byte // with this server
	secret []byte
	server attendance.ID
	nonce  uint64
}

// register adds a scanner to the office's list, and returns it with its code.
func (p *program) register(t *testing.T, admin string, body object) (scannerRow, string) {
	t.Helper()
	a := p.do(t, http.MethodPost, devicesPath, admin, body)
	if a.status != http.StatusCreated {
		t.Fatalf("got %d %s, want a scanner", a.status, a.raw)
	}
	var row scannerRow
	a.into(t, &row)
	if row.Pairing == nil {
		return row, ""
	}
	return row, row.Pairing.Code
}

func (p *program) pairing(t *testing.T, code string, attempt attendance.ID) answer {
	t.Helper()
	return p.do(t, http.MethodPost, "/api/device/pair", "", object{"code": code, "attempt": attempt, "firmware": "1.0.0"})
}

// paired is a new scanner with its key.
func (p *program) paired(t *testing.T, admin string, body object) *scanner {
	t.Helper()
	_, code := p.register(t, admin, body)
	return p.take(t, p.pairing(t, code, newID(t)))
}

// take reads what pairing answered.
func (p *program) take(t *testing.T, a answer) *scanner {
	t.Helper()
	if a.status != http.StatusOK {
		t.Fatalf("pair: got %d %s", a.status, a.raw)
	}
	var got struct {
		DeviceID attendance.ID `json:"device_id"`
		ServerID attendance.ID `json:"server_id"`
		Key      []byte
		NowMS    int64 `json:"now_ms"`
	}
	a.into(t, &got)
	if len(got.Key) != 32 || got.ServerID.IsZero() || time.Since(time.UnixMilli(got.NowMS)).Abs() > time.Minute {
		t.Fatalf("got %s, want 32 bytes, the server and the time", a.raw)
	}
	return &scanner{id: got.DeviceID, secret: got.Key, key: auth.DeviceKeyFor(got.Key, got.ServerID), server: got.ServerID, nonce: 1 << 32}
}

func (p *program) scannerRow(t *testing.T, admin, id string) scannerRow {
	t.Helper()
	var row scannerRow
	p.do(t, http.MethodGet, devicesPath+"/"+id, admin, nil).into(t, &row)
	return row
}

func TestTheOfficeKeepsItsScanners(t *testing.T) {
	t.Parallel()
	p := office(t)
	me := p.signIn(t, "admin", password)
	for field, wrong := range map[string]object{
		"name":        {"name": "  "},
		"mac_address": {"name": "x", "legacy": true, "mac_address": "AA:BB"},
		"course_id":   {"name": "x", "course_id": newID(t)},
	} {
		p.refuses(t, "POST", devicesPath, me, wrong, 422, "invalid", field)
	}
	p.refuses(t, "POST", devicesPath, me, object{"name": "x", "legacy": true}, 422, "invalid", "mac_address")
	row, code := p.register(t, me, object{"name": " Scanner B12 ", "room": "B12"})
	if row.Name != "Scanner B12" || row.Room != "B12" || row.State != "new" || row.PairingUntil == nil || len(code) != 9 {
		t.Errorf("got %+v with code %q, want a scanner that waits", row, code)
	}
	old, none := p.register(t, me, object{"name": "Old one", "legacy": true, "mac_address": "aa-bb-cc-00-11-22"})
	if none != "" || old.State != "original" || old.MacAddress != "AA:BB:CC:00:11:22" || old.PairingUntil != nil {
		t.Errorf("got %+v with code %q, want one that needs no code", old, none)
	}
	p.refuses(t, "POST", devicesPath, me, object{"name": "y", "legacy": true, "mac_address": "AA:BB:CC:00:11:22"}, 409, "conflict", "mac_address")
	p.refuses(t, "POST", devicesPath+"/"+old.ID+"/pair", me, nil, 422, "invalid", "")
	var moved scannerRow
	p.do(t, http.MethodPut, devicesPath+"/"+old.ID, me, object{"name": "Old two", "room": "C1", "legacy": true}).into(t, &moved)
	if moved.Name != "Old two" || moved.Room != "C1" || moved.MacAddress != old.MacAddress || moved.State != "original" {
		t.Errorf("got %+v, want the new name and place", moved)
	}
	var all []scannerRow
	p.do(t, http.MethodGet, devicesPath, me, nil).into(t, &all)
	if len(all) != 2 || all[0].Name != "Old two" {
		t.Errorf("got %+v, want both by name", all)
	}
	if a := p.do(t, http.MethodDelete, devicesPath+"/"+old.ID, me, nil); a.status != http.StatusNoContent {
		t.Errorf("got %d %s", a.status, a.raw)
	}
	var left, ever []scannerRow
	p.do(t, http.MethodGet, devicesPath, me, nil).into(t, &left)
	p.do(t, http.MethodGet, devicesPath+"?revoked=true", me, nil).into(t, &ever)
	if len(left) != 1 || len(ever) != 2 || ever[0].State != "revoked" {
		t.Errorf("got %+v and %+v, want it away, and still known", left, ever)
	}
	nobody := devicesPath + "/" + newID(t).String()
	for method, path := range map[string]string{"GET": nobody, "DELETE": nobody, "POST": nobody + "/pair"} {
		p.refuses(t, method, path, me, nil, 404, "not-found", "")
	}
	p.refuses(t, "PUT", nobody, me, object{"name": "x"}, 404, "not-found", "")
	p.refuses(t, "POST", nobody+"/rotate", me, nil, 404, "not-found", "")
	p.refuses(t, "POST", devicesPath+"/"+row.ID+"/rotate", me, nil, 404, "not-found", "")
}

func TestACodePairsOneScannerOnce(t *testing.T) {
	t.Parallel()
	p := office(t)
	me := p.signIn(t, "admin", password)
	row, code := p.register(t, me, object{"name": "B12"})
	attempt := newID(t)
	first := p.take(t, p.pairing(t, strings.ToLower(code), attempt))
	if first.id.String() != row.ID {
		t.Errorf("got scanner %s, want %s", first.id, row.ID)
	}
	again := p.take(t, p.pairing(t, code, attempt)) // the answer was lost
	if !bytes.Equal(again.key, first.key) {
		t.Error("the same attempt got another key")
	}
	p.refuses(t, "POST", "/api/device/pair", "", object{"code": code, "attempt": newID(t)}, 409, "claimed", "")
	if now := p.scannerRow(t, me, row.ID); now.State != "paired" || now.PairingUntil != nil || now.PairedAt == nil || now.Firmware != "1.0.0" {
		t.Errorf("got %+v, want it paired and its code gone", now)
	}
	// Another one takes its place: until it has the code, the first goes on.
	var offered struct{ Code string }
	p.do(t, http.MethodPost, devicesPath+"/"+row.ID+"/pair", me, nil).into(t, &offered)
	second := p.take(t, p.pairing(t, offered.Code, newID(t)))
	if second.id != first.id || bytes.Equal(second.key, first.key) {
		t.Error("want the same scanner with another key")
	}
	p.refuses(t, "PUT", devicesPath+"/"+row.ID, me, object{"name": "B12", "legacy": true}, 422, "invalid", "legacy")
	for _, wrong := range []object{{"code": "short", "attempt": newID(t)}, {"code": "AAAA-AAAU", "attempt": newID(t)}} {
		p.refuses(t, "POST", "/api/device/pair", "", wrong, 422, "invalid", "code")
	}
	p.refuses(t, "POST", "/api/device/pair", "", object{"code": code}, 422, "invalid", "")
}

func TestACodeEndsWithTimeAndWithWrongOnes(t *testing.T) {
	t.Parallel()
	p := office(t)
	me := p.signIn(t, "admin", password)
	row, code := p.register(t, me, object{"name": "B12"})
	p.sql(t, "UPDATE pairing SET expires_at = now() - interval '1 second'")
	p.refuses(t, "POST", "/api/device/pair", "", object{"code": code, "attempt": newID(t)}, 403, "wrong-claim", "")
	p.sql(t, "UPDATE pairing SET expires_at = now() + interval '1 minute', tries = 4")
	near := nearly(code)
	p.refuses(t, "POST", "/api/device/pair", "", object{"code": near, "attempt": newID(t)}, 403, "wrong-claim", "")
	p.refuses(t, "POST", "/api/device/pair", "", object{"code": code, "attempt": newID(t)}, 403, "wrong-claim", "")
	if now := p.scannerRow(t, me, row.ID); now.State != "new" || now.PairingUntil != nil {
		t.Errorf("got %+v, want no code any more", now)
	}
	// Three wrong ones from here so far: an address that goes on has to wait.
	waits := 0
	for range 6 {
		if a := p.pairing(t, near, newID(t)); a.status == http.StatusTooManyRequests {
			waits++
		}
	}
	if waits == 0 {
		t.Error("got no pause after many wrong codes from one address")
	}
}

func TestManyScannersWithOneCodeAreOne(t *testing.T) {
	t.Parallel()
	p := office(t)
	_, code := p.register(t, p.signIn(t, "admin", password), object{"name": "B12"})
	p.sql(t, "UPDATE pairing SET tries = 0") // at most five try at once
	var all sync.WaitGroup
	statuses := make([]int, 4)
	for i := range statuses {
		all.Go(func() { statuses[i] = p.pairing(t, code, newID(t)).status })
	}
	all.Wait()
	if n := len(slices.DeleteFunc(slices.Clone(statuses), func(s int) bool { return s != http.StatusOK })); n != 1 {
		t.Errorf("got %v, want one that is paired", statuses)
	}
}

// nearly is a code whose last character is wrong.
func nearly(code string) string {
	if code[len(code)-1] == 'A' {
		return code[:len(code)-1] + "B"
	}
	return code[:len(code)-1] + "A"
}

func TestTheLedgerKnowsWhoMadeAScanner(t *testing.T) {
	t.Parallel()
	p := office(t)
	me := p.signIn(t, "admin", password)
	s := p.paired(t, me, object{"name": "B12"})
	p.do(t, http.MethodPut, devicesPath+"/"+s.id.String(), me, object{"name": "B12", "room": "B12"})
	p.do(t, http.MethodPost, devicesPath+"/"+s.id.String()+"/rotate", me, nil)
	p.do(t, http.MethodDelete, devicesPath+"/"+s.id.String(), me, nil)
	rows, _ := p.audit(t, me, "subject="+s.id.String())
	var kinds []string
	for _, r := range slices.Backward(rows) {
		kinds = append(kinds, r.Kind)
		for _, v := range []any{r.After["sealed"], r.After["next_sealed"], r.After["code_hash"]} {
			if v != nil && v != "(secret)" {
				t.Errorf("%s tells a secret: %v", r.Kind, v)
			}
		}
	}
	want := "device.added pairing.added device.changed device_key.added device.changed device_key.changed device.revoked device_key.removed"
	if got := strings.Join(kinds, " "); got != strings.Replace(want, " device.changed device_key.added", " device_key.added", 1) {
		t.Errorf("got %s", got)
	}
}
