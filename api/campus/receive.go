package campus

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// Limits of one batch.
const (
	maxFacts  = 1000
	maxPacked = 2 << 20
	maxBatch  = 4 << 20 // unpacked; a thousand ordinary marks are half of it
)

type uploadBody struct {
	Protocol    int           `json:"protocol" minimum:"1" doc:"Major version of the upload; the cloud reads the last three." example:"1"`
	Incarnation attendance.ID `json:"incarnation" format:"uuid" doc:"Of the pendrive's database file: a restored or copied file has a new one."`
	FirstSeq    int64         `json:"first_seq"`
	LastSeq     int64         `json:"last_seq"`
	HeadSeq     int64         `json:"head_seq,omitempty" doc:"The last line of the pendrive's log, of which this may be a part."`
	HashBefore  string        `json:"hash_before" doc:"Hex SHA-256: the running hash of the log before the first line."`
	Clock       clockBody     `json:"clock"`
	Version     string        `json:"version,omitempty" maxLength:"60" doc:"Of the pendrive's program."`
	Facts       []sentBody    `json:"facts" maxItems:"1000" doc:"Dense and rising by seq."`
}

type clockBody struct {
	WallMS  int64         `json:"wall_ms" doc:"What the pendrive's wall clock says now, Unix milliseconds."`
	Segment attendance.ID `json:"segment,omitempty" format:"uuid"`
	MonoMS  int64         `json:"mono_ms"`
	Anchors []anchorBody  `json:"anchors,omitempty" maxItems:"1000" doc:"What the pendrive was told of the time where these lines were written."`
}

type anchorBody struct {
	Segment  attendance.ID `json:"segment" format:"uuid"`
	OffsetMS int64         `json:"offset_ms" doc:"The time it was told, less what its wall clock shows in that segment."`
	Source   string        `json:"source" doc:"cloud, teacher, or drive: it cannot have been earlier."`
}

type sentBody struct {
	Seq  int64         `json:"seq"`
	ID   attendance.ID `json:"id" format:"uuid"`
	Text string        `json:"text,omitempty" doc:"The fact as it was written where it was born, verbatim."`
	Body []byte        `json:"body,omitempty" doc:"The same, of a line whose bytes are no UTF-8. As text it packs to half."`
}

type receiptOutput struct {
	Body struct {
		AckedThrough int64        `json:"acked_through" doc:"Everything up to this line is stored."`
		HashAtAck    string       `json:"hash_at_ack" doc:"Hex running hash at that line; a pendrive believes the answer only if it is its own."`
		Results      []resultBody `json:"results" doc:"Only lines that were not simply stored."`
		ServerTime   time.Time    `json:"server_time"`
		Feed         feedHead     `json:"feed"`
		Advice       adviceBody   `json:"advice"`
	}
}

type resultBody struct {
	Seq         int64  `json:"seq"`
	Code        string `json:"code" doc:"duplicate, time_adjusted, or why the line waits in the inbox; revoked: because the office shut this pendrive out." example:"unknown_session"`
	EffectiveMS int64  `json:"effective_ms,omitempty" doc:"With time_adjusted: when it happened by the cloud's clock."`
	Ord         int64  `json:"ord,omitempty" doc:"With time_adjusted: its place in the order of facts."`
}

type feedHead struct {
	Generation attendance.ID `json:"generation" format:"uuid"`
	Rev        int64         `json:"rev"`
	Facts      string        `json:"facts" doc:"Where the facts of the feed end now."`
}

type adviceBody struct {
	Batch  int `json:"batch" doc:"Lines to send at once."`
	WaitMS int `json:"wait_ms" doc:"Pause before the next batch."`
}

type receiveInput struct {
	Encoding string `header:"Content-Encoding" doc:"gzip, or absent."`
	RawBody  []byte `contentType:"application/json"`
}

func (d Deps) receive(api huma.API) {
	op := ofNode(huma.Operation{
		OperationID: "receive-facts", Method: http.MethodPost, Path: "/api/sync/receive",
		Summary: "Take a batch of a pendrive's log", MaxBodyBytes: maxPacked, SkipValidateBody: true, // it comes packed
		Description: "One transaction: when the answer comes, everything through acked_through is in Postgres. Repeats cost nothing. One bad line never fails the rest; it waits in the inbox, as does all that a revoked pendrive hands in.",
		Errors:      []int{http.StatusBadRequest, http.StatusForbidden, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity, http.StatusServiceUnavailable},
	})
	rest.Handle(api, rest.EvenShut(op), d.receiveFacts)
	rest.BodyIs(api, op.Path, uploadType)
}

func (d Deps) receiveFacts(ctx context.Context, in *receiveInput) (*receiptOutput, error) {
	body, err := unpack(in.Encoding, in.RawBody)
	if err != nil {
		return nil, err
	}
	me := auth.From(ctx)
	up, err := body.upload(me.ID)
	if err != nil {
		return nil, err
	}
	up.Shut = me.Shut
	var receipt attendance.Receipt
	err = d.Uploads.InUpload(ctx, func(ctx context.Context, tx attendance.Inbound) (err error) {
		receipt, err = d.Service.Replay(ctx, tx, up)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !me.Shut { // what the fleet shows is about the drive that took its place
		if err := d.Nodes.Heard(ctx, up.Node, body.said(receipt)); err != nil {
			return nil, err
		}
	}
	head, err := d.Feeds.Head(ctx)
	if err != nil {
		return nil, err
	}
	out := &receiptOutput{}
	b := &out.Body
	b.AckedThrough, b.HashAtAck = receipt.Seq, hex.EncodeToString(receipt.Hash[:])
	b.ServerTime, b.Feed = receipt.Now.UTC(), feedHead{Generation: head.Generation, Rev: head.Rev, Facts: head.Facts}
	b.Advice = adviceBody{Batch: maxFacts}
	b.Results = make([]resultBody, 0, len(receipt.Results))
	for _, r := range receipt.Results {
		b.Results = append(b.Results, resultBody{Seq: r.Seq, Code: r.Code, EffectiveMS: r.EffectiveMS, Ord: int64(r.Ord)})
	}
	return out, nil
}

// unpack reads the body, which a cut line may have shortened anywhere.
func unpack(encoding string, raw []byte) (uploadBody, error) {
	var body uploadBody
	switch encoding {
	case "", "identity":
	case "gzip":
		z, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			return body, rest.NewProblem(http.StatusBadRequest, "truncated", "the body is not gzip: nothing was stored, send the batch again")
		}
		raw, err = io.ReadAll(io.LimitReader(z, maxBatch+1))
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return body, rest.NewProblem(http.StatusBadRequest, "truncated", "the body ends too early: nothing was stored, send the batch again")
		}
		if err != nil {
			return body, rest.NewProblem(http.StatusBadRequest, "truncated", "the body is damaged: nothing was stored, send the batch again")
		}
		if len(raw) > maxBatch {
			return body, rest.NewProblem(http.StatusRequestEntityTooLarge, "too-large", fmt.Sprintf("a batch may unpack to %d bytes: send fewer lines", maxBatch))
		}
	default:
		return body, rest.NewProblem(http.StatusUnsupportedMediaType, "unsupported-media-type", "send the batch as JSON, plain or as gzip")
	}
	if err := json.Unmarshal(raw, &body); err != nil {
		return body, rest.NewProblem(http.StatusBadRequest, "truncated", "the body is not the JSON of a batch: nothing was stored, send it again")
	}
	return body, nil
}

// said is what the pendrive told of itself beside its facts.
func (b uploadBody) said(r attendance.Receipt) attendance.Vitals {
	waiting := max(int(b.HeadSeq-r.Seq), 0)
	return attendance.Vitals{Waiting: &waiting, Ahead: ahead(b.Clock.WallMS, r.Now), Version: version(b.Version)}
}

// ahead is how far a clock is before ours; nil when it said nothing, or nothing
// that a clock can show.
func ahead(wallMS int64, now time.Time) *time.Duration {
	const century = 100 * 365 * 24 * time.Hour
	d := time.UnixMilli(wallMS).Sub(now)
	if wallMS <= 0 || d.Abs() > century {
		return nil
	}
	return &d
}

// version is a program's own word for itself, which goes into a list for people.
func version(s string) string {
	if len(s) > 60 || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		return ""
	}
	return s
}

func (b uploadBody) upload(node attendance.ID) (attendance.Upload, error) {
	up := attendance.Upload{
		Node: node, Incarnation: b.Incarnation, Head: b.HeadSeq,
		Clock: attendance.Sample{WallMS: b.Clock.WallMS, Segment: b.Clock.Segment, MonoMS: b.Clock.MonoMS},
	}
	hash, err := hex.DecodeString(b.HashBefore)
	switch {
	case b.Protocol < 1:
		return up, attendance.Invalid{Field: "protocol", Why: "missing"}
	case b.Incarnation.IsZero():
		return up, attendance.Invalid{Field: "incarnation", Why: "missing"}
	case err != nil || len(hash) != len(up.HashBefore):
		return up, attendance.Invalid{Field: "hash_before", Why: "must be 64 hex digits"}
	case len(b.Facts) > maxFacts:
		return up, attendance.Invalid{Field: "facts", Why: fmt.Sprintf("at most %d lines at once", maxFacts)}
	case len(b.Facts) > 0 && (b.Facts[0].Seq != b.FirstSeq || b.Facts[len(b.Facts)-1].Seq != b.LastSeq):
		return up, attendance.Invalid{Field: "facts", Why: "are not the lines first_seq to last_seq"}
	}
	copy(up.HashBefore[:], hash)
	for _, a := range b.Clock.Anchors[:min(len(b.Clock.Anchors), maxFacts)] {
		if off := time.Duration(a.OffsetMS) * time.Millisecond; off.Milliseconds() == a.OffsetMS { // else it overflows: no clock is so far off
			up.Anchors = append(up.Anchors, attendance.Anchor{Segment: a.Segment, Offset: off, Source: attendance.TimeSource(a.Source)})
		}
	}
	for _, f := range b.Facts {
		if f.Text != "" {
			f.Body = []byte(f.Text)
		}
		up.Facts = append(up.Facts, attendance.Sent{Seq: f.Seq, ID: f.ID, Body: f.Body})
	}
	return up, nil
}
