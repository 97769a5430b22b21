package classroom_test

import (
	"testing"
)

// The original scanner's conversation, byte for byte as its firmware expects it.
func TestTheOriginalScannersExactWords(t *testing.T) {
	t.Parallel()
	b := setup(t)
	steps := []struct {
		name, method, path, body string
		code                     int
		want                     string
	}{
		{"a heartbeat", "POST", "/api/device/heartbeat", `{"mac_address":"AA:BB:CC:00:11:22","wifi_strength":-58,"battery":87,"queue_count":0,"sync_count":3}`, 200, `{"status":"ok"}`},
		{"no class", "GET", "/api/session-status", ``, 200, `{"isSessionActive":false,"sessionName":""}`},
		{"a finger without a class", "POST", "/api/mark-attendance-by-roll-id", `{"class_roll_id":1}`, 400, `{"message":"No Active Session","status":"error"}`},
		{"start", "", "", "", 0, ""},
		{"a class", "GET", "/api/session-status", ``, 200, `{"isSessionActive":true,"sessionName":"A-1"}`},
		{"a finger", "POST", "/api/mark-attendance-by-roll-id", `{"class_roll_id":1}`, 200, `{"message":"Marked","status":"success"}`},
		{"the finger again", "POST", "/api/mark-attendance-by-roll-id", `{"class_roll_id":1}`, 200, `{"message":"Already Marked","status":"duplicate"}`},
		{"a number in quotes", "POST", "/api/mark-attendance-by-roll-id", `{"class_roll_id":"2"}`, 200, `{"message":"Marked","status":"success"}`},
		{"a stranger", "POST", "/api/mark-attendance-by-roll-id", `{"class_roll_id":88}`, 200, `{"message":"Not Enrolled","status":"not_enrolled"}`},
		{"no roll", "POST", "/api/mark-attendance-by-roll-id", `{}`, 200, `{"message":"Not Enrolled","status":"not_enrolled"}`},
		{"a queue", "POST", "/api/bulk-mark-attendance", `{"roll_ids":[1,3,99,"x"]}`, 200, `{"details":{"1":"already_marked","3":"success","99":"not_enrolled","x":"invalid_roll_id"},"failed":[],"success_count":3}`},
		{"an empty queue", "POST", "/api/bulk-mark-attendance", `{"roll_ids":[]}`, 400, `{"error":"No roll IDs provided or invalid format","failed":[],"success_count":0}`},
	}
	for _, s := range steps {
		if s.method == "" {
			b.start("A-1")
			continue
		}
		if got := b.call("", s.method, s.path, s.body); got.code != s.code || got.body != s.want+"\n" {
			t.Errorf("%s: got %d %s, want %d %s", s.name, got.code, got.body, s.code, s.want)
		}
	}
}

func TestScannersAreSeen(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if got := b.call("A-1", "GET", "/api/teacher/device-status", ""); got.json["message"] != "No heartbeat data available" || got.json["status"] != "offline" {
		t.Errorf("got %s", got.body)
	}
	b.call("", "POST", "/api/device/heartbeat", `{"mac_address":"aa:bb:cc:00:11:22","wifi_strength":-58,"battery":87,"queue_count":2,"sync_count":3}`)
	got := b.call("A-1", "GET", "/api/teacher/device-status", "")
	if got.json["status"] != "online" || got.json["battery"] != 87.0 || got.json["mac_address"] != "AA:BB:CC:00:11:22" || got.json["wifi_strength"] != -58.0 {
		t.Errorf("got %s", got.body)
	}
	b.call("", "POST", "/api/device/heartbeat", `{"mac_address":"AA:BB:CC:00:11:22"}`)
	if devices := b.call("A-1", "GET", "/api/teacher/device-status", "").json["devices"].([]any); len(devices) != 1 {
		t.Errorf("got %d scanners after a second heartbeat, want 1", len(devices))
	}
}

// A scan of somebody who is not in the class is kept and shown, once.
func TestAStrangersScanIsKept(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.start("A-1")
	for range 3 {
		b.call("", "POST", "/api/mark-attendance-by-roll-id", `{"class_roll_id":88}`)
	}
	unplaced := b.call("A-1", "GET", s, "").json["unplaced"].([]any)
	if len(unplaced) != 1 || unplaced[0].(map[string]any)["roll"] != 88.0 || unplaced[0].(map[string]any)["why"] != "not_enrolled_then" {
		t.Errorf("got %v, want roll 88 once", unplaced)
	}
}
