package replay

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/arise-attendance/arise/api/attendance"
)

// The chain is over these bytes: one that changes on the way stops a whole log.
func TestALineTravelsToTheByte(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"reason":"<b>&</b> \u2028 é 😀"}`, "\u2028\ufffd\x00\x7f", "\xff\xfe no text", ""} {
		raw, err := json.Marshal(sent(attendance.Sent{Seq: 1, Body: []byte(body)}))
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Text string
			Body []byte
		}
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(append([]byte(got.Text), got.Body...), []byte(body)) {
			t.Errorf("%q travels as %s", body, raw)
		}
	}
}
