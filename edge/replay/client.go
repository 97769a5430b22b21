package replay

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/openapi/client"
)

// Client speaks to the cloud over HTTP.
type Client struct {
	api     *client.Client
	version string
	now     func() time.Time
}

// As makes the client say of which program it is, and what time it is there.
func (c *Client) As(version string, now func() time.Time) *Client {
	c.version, c.now = version, now
	return c
}

// NewClient makes a client for a server's address. token authenticates a paired
// pendrive; none is enough to claim. No redirect is followed: a pendrive's key and
// its marks go to the address that was configured and nowhere else.
func NewClient(address, token string, transport http.RoundTripper) (*Client, error) {
	doer := &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	api, err := client.NewClient(address, client.WithHTTPClient(doer), client.WithRequestEditorFn(
		func(_ context.Context, req *http.Request) error {
			req.Header["User-Agent"] = nil // a school may pay for each byte, and JSON is what our cloud speaks
			if token != "" {
				req.Header.Set("Authorization", "Bearer "+token)
			}
			return nil
		}))
	if err != nil {
		return nil, fmt.Errorf("CLOUD_SERVER_URL %q: %w", address, err)
	}
	return &Client{api: api, now: time.Now}, nil
}

// protocol is the version of the upload that this build speaks.
const protocol = 1

// Receive sends a batch.
func (c *Client) Receive(ctx context.Context, up attendance.Upload) (Reply, error) {
	body, err := c.pack(up)
	if err != nil {
		return Reply{}, err
	}
	encoding := "gzip"
	resp, err := c.api.ReceiveFactsWithBody(ctx, &client.ReceiveFactsParams{ContentEncoding: &encoding}, "application/json", body)
	var got client.ReceiptOutputBody
	if err := answer(resp, err, &got); err != nil {
		return Reply{}, err
	}
	hash, err := hex.DecodeString(got.HashAtAck)
	if err != nil || len(hash) != 32 {
		return Reply{}, Stranger{Why: "its receipt carries no hash"}
	}
	out := Reply{
		Receipt: attendance.Receipt{Seq: got.AckedThrough, Hash: [32]byte(hash), Now: got.ServerTime},
		Feed:    attendance.Head{Generation: attendance.ID(got.Feed.Generation), Rev: got.Feed.Rev, Facts: got.Feed.Facts},
		Batch:   int(got.Advice.Batch), Wait: time.Duration(got.Advice.WaitMs) * time.Millisecond,
	}
	for _, r := range got.Results {
		res := attendance.Result{Seq: r.Seq, Code: r.Code}
		if r.EffectiveMs != nil {
			res.EffectiveMS = *r.EffectiveMs
		}
		if r.Ord != nil {
			res.Ord = attendance.HLC(*r.Ord)
		}
		out.Results = append(out.Results, res)
	}
	return out, nil
}

func (c *Client) pack(up attendance.Upload) (io.Reader, error) {
	segment := uuid.UUID(up.Clock.Segment)
	b := client.UploadBody{
		Protocol: protocol, Incarnation: uuid.UUID(up.Incarnation), HashBefore: hex.EncodeToString(up.HashBefore[:]), HeadSeq: &up.Head,
		Version: &c.version, FirstSeq: up.Facts[0].Seq, LastSeq: up.Facts[len(up.Facts)-1].Seq,
		Clock: client.ClockBody{WallMs: up.Clock.WallMS, Segment: &segment, MonoMs: up.Clock.MonoMS},
	}
	if len(up.Anchors) > 0 {
		anchors := make([]client.AnchorBody, len(up.Anchors))
		for i, a := range up.Anchors {
			anchors[i] = client.AnchorBody{Segment: uuid.UUID(a.Segment), OffsetMs: a.Offset.Milliseconds(), Source: string(a.Source)}
		}
		b.Clock.Anchors = &anchors
	}
	for _, f := range up.Facts {
		b.Facts = append(b.Facts, sent(f))
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if err := json.NewEncoder(z).Encode(b); err != nil {
		return nil, fmt.Errorf("pack a batch: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("pack a batch: %w", err)
	}
	return &packed, nil
}

// sent is a line on its way. JSON keeps text to the byte, and packed text is half of
// packed base64; only bytes that are no text, as a damaged line's, travel as such.
func sent(f attendance.Sent) client.SentBody {
	b := client.SentBody{Seq: f.Seq, Id: uuid.UUID(f.ID)}
	if text := string(f.Body); text != "" && utf8.ValidString(text) {
		b.Text = &text
	} else {
		b.Body = &f.Body
	}
	return b
}

// Roster asks for the next page of the feed.
func (c *Client) Roster(ctx context.Context, from attendance.Head) (attendance.Page, error) {
	waiting, now := int64(0), c.now().UnixMilli() // it asks when all was sent
	params := client.PullRosterParams{Waiting: &waiting, WallMs: &now}
	if c.version != "" {
		params.Version = &c.version
	}
	if !from.Generation.IsZero() {
		generation := from.Generation.String()
		params.Generation, params.Rev = &generation, &from.Rev
	}
	if from.Facts != "" {
		params.Facts = &from.Facts
	}
	resp, err := c.api.PullRoster(ctx, &params)
	var got client.RosterBody
	if err := answer(resp, err, &got); err != nil {
		return attendance.Page{}, err
	}
	return page(got)
}

func page(got client.RosterBody) (attendance.Page, error) {
	out := attendance.Page{
		Generation: attendance.ID(got.Generation), Rev: got.Rev, Head: got.Head, Snapshot: got.Snapshot, More: got.More,
		Cursor: got.FactsCursor, FactsMore: got.FactsMore, Now: got.ServerTime,
	}
	out.Lease = attendance.Lease{Name: got.Lease.Name, State: attendance.NodeState(got.Lease.State)}
	if got.Lease.ExpiresAt != nil {
		out.Lease.ExpiresAt = *got.Lease.ExpiresAt
	}
	if !got.More {
		digest, err := strconv.ParseUint(got.Digest, 10, 64)
		if err != nil {
			return out, Stranger{Why: "its roster carries no digest"}
		}
		out.Digest = attendance.Digest(digest)
	}
	for _, c := range got.Changes {
		change := attendance.Change{Rev: c.Rev, Kind: attendance.RowKind(c.Kind), Key: c.Key}
		if c.Gone != nil {
			change.Gone = *c.Gone
		}
		if c.Row != nil {
			change.Row = *c.Row
		}
		out.Changes = append(out.Changes, change)
	}
	for _, f := range got.Facts {
		id, err := attendance.ParseID(f.Id)
		if err != nil {
			return out, Stranger{Why: "a fact has no id"}
		}
		out.Facts = append(out.Facts, attendance.Told{ID: id, Body: f.Body, EffectiveMS: f.EffectiveMs, Ord: attendance.HLC(f.Ord)})
	}
	return out, nil
}
