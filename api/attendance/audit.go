package attendance

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// AuditLine is one row of the ledger as it was sealed: Hash is SHA-256(Prev ‖ Line),
// so whoever changes, removes or inserts a row breaks the chain there. The database
// seals; this is the independent check.
type AuditLine struct {
	Seq        int64
	Line       string
	Prev, Hash [32]byte
}

// AuditHead is how far the ledger goes. Written down elsewhere it proves later that
// the tail was not cut off, which a chain alone cannot.
type AuditHead struct {
	Seq  int64
	Hash [32]byte
}

// AuditBroken names the first row of the ledger that is not what was sealed.
type AuditBroken struct {
	Seq int64
	Why string
}

func (e AuditBroken) Error() string {
	return fmt.Sprintf("the ledger is broken at row %d: %s", e.Seq, e.Why)
}

// Next takes the row in that must follow.
func (h AuditHead) Next(l AuditLine) (AuditHead, error) {
	want := h.Seq + 1
	if l.Seq != want {
		return h, AuditBroken{want, fmt.Sprintf("it is missing, row %d follows", l.Seq)}
	}
	var said struct {
		Seq int64 `json:"seq"`
	}
	switch err := json.Unmarshal([]byte(l.Line), &said); {
	case l.Prev != h.Hash:
		return h, AuditBroken{want, "it does not follow the row before it"}
	case sha256.Sum256(append(h.Hash[:], l.Line...)) != l.Hash:
		return h, AuditBroken{want, "its content is not what was sealed"}
	case err != nil || said.Seq != want:
		return h, AuditBroken{want, "it was sealed as another row"}
	}
	return AuditHead{Seq: want, Hash: l.Hash}, nil
}

// Archives reports whether a row says that those up to another were archived.
func Archives(line string, through int64, hash [32]byte) bool {
	var said struct {
		Kind string `json:"kind"`
		Body struct {
			After struct {
				Through int64  `json:"through"`
				Hash    string `json:"hash"`
			} `json:"after"`
		} `json:"body"`
	}
	if !strings.Contains(line, "audit.archived") || json.Unmarshal([]byte(line), &said) != nil {
		return false
	}
	return said.Kind == "audit.archived" && said.Body.After.Through == through && said.Body.After.Hash == hex.EncodeToString(hash[:])
}

// AuditEntry is a row of the ledger as people read it.
type AuditEntry struct {
	Seq      int64      `json:"seq"`
	AtMS     int64      `json:"at_ms"`
	Actor    AuditActor `json:"actor"`
	Kind     string     `json:"kind"`
	Subjects []string   `json:"subjects"`
	Body     AuditBody  `json:"body"`
	Hash     [32]byte   `json:"-"`
}

// AuditActor is who did it. A server that acts by itself has only a role.
type AuditActor struct {
	ID      ID     `json:"id,omitzero"`
	Role    string `json:"role"`
	Name    string `json:"name,omitempty"`
	Login   ID     `json:"login,omitzero"`
	Address string `json:"address,omitempty"`
	Node    ID     `json:"node,omitzero"` // the server where it was done, if it was not the cloud
}

// AuditBody is what changed: the columns that differ, or what the register showed.
type AuditBody struct {
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
	Reason string          `json:"reason,omitempty"`
}

// At is when it was done.
func (e AuditEntry) At() time.Time { return FromMS(e.AtMS) }

// Export is a file that leaves the school.
type Export struct {
	Operation string            `json:"operation"` // of the contract, or of the command line
	File      string            `json:"file"`
	Asked     map[string]string `json:"asked,omitempty"`
	About     []string          `json:"-"` // ids of the courses and people it was asked for
}

// AuditFilter narrows the ledger; zero fields do not.
type AuditFilter struct {
	Actor    ID
	Subject  string // the id or key of anything the row is about
	Kind     string
	From, To time.Time
	Below    int64 // rows before this one
	Most     int
}
