package drive

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// ticketFor is how long the link to a pendrive's files is good: enough to try a
// broken download again.
const ticketFor = 15 * time.Minute

// ticket carries a claim code from the answer that shows it to the download that
// seals the roster with it. The code is stored nowhere: the ticket is encrypted with
// the server's secret, so that it may stand in a link, in a browser's history and in a
// proxy's log; it is good for one pendrive, for minutes, for somebody of the office,
// and only until the code was used. Any replica reads it.
type ticket struct {
	Code  string    `json:"code"`
	Until time.Time `json:"until"`
}

func (d Deps) link(node attendance.ID, code string) (string, error) {
	plain, err := json.Marshal(ticket{Code: code, Until: d.Office.Now().Add(ticketFor)})
	if err != nil {
		return "", err
	}
	sealed, err := d.Tickets.Seal(plain, node[:])
	if err != nil {
		return "", fmt.Errorf("seal a link: %w", err)
	}
	q := url.Values{"ticket": {base64.RawURLEncoding.EncodeToString(sealed)}}
	return path + "/" + node.String() + "/pendrive?" + q.Encode(), nil
}

// open reads a ticket back, for the pendrive as it is now.
func (d Deps) open(n attendance.Node, text string) (code string, err error) {
	stale := rest.NewProblem(http.StatusForbidden, "wrong-link", "this link is not good any more: issue the pendrive again, and take the link of that answer")
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return "", stale
	}
	plain, err := d.Tickets.Open(sealed, n.ID[:])
	if err != nil {
		return "", stale
	}
	var t ticket
	if err := json.Unmarshal(plain, &t); err != nil || d.Office.Now().After(t.Until) {
		return "", stale
	}
	if state := n.State(d.Office.Now()); state != attendance.NodeWaiting || !bytes.Equal(n.ClaimHash, auth.HashClaim(t.Code)) {
		return "", stale
	}
	return t.Code, nil
}
