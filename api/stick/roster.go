package stick

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// Roster is what a pendrive needs to hold its first class without ever having met
// the cloud: who it is, and its part of the school. No e-mail address and no
// student's password is in it; see attendance.Feed….
type Roster struct {
	Node        attendance.ID `json:"node"`
	Name        string        `json:"name"`
	Institution string        `json:"institution"`
	Cloud       string        `json:"cloud"`
	ExpiresAt   time.Time     `json:"expires_at,omitzero"`
	MadeAt      time.Time     `json:"made_at"`

	Generation attendance.ID       `json:"generation"`
	Rev        int64               `json:"rev"`
	Digest     attendance.Digest   `json:"digest,string"`
	Rows       []attendance.Change `json:"rows"`
}

// Page is the roster as the feed would have brought it.
func (r Roster) Page() attendance.Page {
	return attendance.Page{Generation: r.Generation, Rev: r.Rev, Head: r.Rev, Snapshot: true, Changes: r.Rows, Digest: r.Digest}
}

// mostRoster bounds what is unpacked; the largest school is far below.
const mostRoster = 512 << 20

func (r Roster) pack() ([]byte, error) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	out := json.NewEncoder(z)
	out.SetEscapeHTML(false) // a row's bytes are what its digest is made of
	if err := out.Encode(r); err != nil {
		return nil, fmt.Errorf("pack a roster: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("pack a roster: %w", err)
	}
	return packed.Bytes(), nil
}

func unpack(packed []byte) (r Roster, err error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return r, fmt.Errorf("unpack a roster: %w", err)
	}
	if err := json.NewDecoder(io.LimitReader(z, mostRoster)).Decode(&r); err != nil {
		return r, fmt.Errorf("unpack a roster: %w", err)
	}
	return r, nil
}
