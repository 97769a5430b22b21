package cloudtest

import (
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
)

func (c *Cloud) claim(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Code string
		Key  []byte
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || auth.PlainClaim(in.Code) != auth.PlainClaim(Code) || len(in.Key) != 32 {
		Problem(w, http.StatusForbidden, "wrong-claim", nil)
		return
	}
	if c.key != nil && string(c.key) != string(in.Key) {
		Problem(w, http.StatusConflict, "claimed", nil)
		return
	}
	c.key = in.Key
	answer(w, map[string]any{
		"node_id": c.Node, "name": "Room 204", "institution": "Test College", "server_time": time.Now().UTC(), "generation": c.generation,
	})
}

func (c *Cloud) known(w http.ResponseWriter, r *http.Request) bool {
	if c.key == nil || r.Header.Get("Authorization") != "Bearer "+auth.NodeToken(c.Node, c.key) {
		Problem(w, http.StatusUnauthorized, "signed-out", nil)
		return false
	}
	return true
}

type upload struct {
	Incarnation attendance.ID
	HashBefore  string `json:"hash_before"`
	HeadSeq     int64  `json:"head_seq"`
	Clock       struct {
		WallMS  int64 `json:"wall_ms"`
		MonoMS  int64 `json:"mono_ms"`
		Segment attendance.ID
		Anchors []struct {
			Segment  attendance.ID
			OffsetMS int64 `json:"offset_ms"`
			Source   attendance.TimeSource
		}
	}
	Facts []sent
}

type sent struct {
	attendance.Sent
	Text string
}

// times are the results for lines that the pendrive's clock has wrong.
func (u upload) times(now time.Time) (out []attendance.Result) {
	up := attendance.Upload{Clock: attendance.Sample{WallMS: u.Clock.WallMS, MonoMS: u.Clock.MonoMS, Segment: u.Clock.Segment}}
	for _, a := range u.Clock.Anchors {
		up.Anchors = append(up.Anchors, attendance.Anchor{Segment: a.Segment, Offset: time.Duration(a.OffsetMS) * time.Millisecond, Source: a.Source})
	}
	for _, sent := range u.Facts {
		f, err := attendance.Decode(sent.Body)
		if err != nil {
			continue
		}
		if at, _ := up.Effective(f, now); at != f.WallMS {
			out = append(out, attendance.Result{Seq: sent.Seq, Code: attendance.CodeAdjusted, EffectiveMS: at, Ord: f.Ord})
		}
	}
	return out
}

func (c *Cloud) receive(w http.ResponseWriter, r *http.Request) {
	if !c.known(w, r) {
		return
	}
	var up upload
	z, err := gzip.NewReader(r.Body)
	if err == nil {
		err = json.NewDecoder(z).Decode(&up)
	}
	if err != nil || len(up.Facts) == 0 {
		Problem(w, http.StatusBadRequest, "truncated", nil)
		return
	}
	for i, f := range up.Facts {
		if f.Text != "" {
			up.Facts[i].Body = []byte(f.Text)
		}
	}
	at := c.streams[up.Incarnation]
	hash, err := hex.DecodeString(up.HashBefore)
	if err != nil || len(hash) != 32 {
		Problem(w, http.StatusUnprocessableEntity, "invalid", nil)
		return
	}
	run, first := [32]byte(hash), up.Facts[0].Seq
	if first > at.Seq+1 {
		Problem(w, http.StatusConflict, "sync-gap", map[string]any{"wanted": at.Seq + 1})
		return
	}
	fork := first == at.Seq+1 && run != at.Hash
	for _, f := range up.Facts {
		if run = attendance.Chain(run, f.Seq, f.ID, f.Body); f.Seq == at.Seq && run != at.Hash {
			fork = true
		}
	}
	last := up.Facts[len(up.Facts)-1].Seq
	if fork || up.HeadSeq < at.Seq {
		Problem(w, http.StatusConflict, "sync-fork", map[string]any{"seq": at.Seq, "rewound": up.HeadSeq < at.Seq})
		return
	}
	for _, f := range up.Facts {
		if _, again := c.bodies[f.ID]; !again {
			c.stored[f.ID]++
			c.bodies[f.ID] = f.Sent
		}
	}
	if last >= at.Seq {
		at = attendance.Stream{Seq: last, Hash: run}
		c.streams[up.Incarnation] = at
	}
	if c.how.Lose != nil && c.how.Lose(c.calls["/api/sync/receive"]) {
		Hang()
	}
	results := []any{}
	for _, res := range append(up.times(time.Now()), c.how.Results...) {
		results = append(results, map[string]any{"seq": res.Seq, "code": res.Code, "effective_ms": res.EffectiveMS, "ord": res.Ord})
	}
	answer(w, map[string]any{
		"acked_through": at.Seq, "hash_at_ack": hex.EncodeToString(at.Hash[:]), "results": results, "server_time": time.Now().UTC(),
		"feed": c.head(), "advice": map[string]any{"batch": 1000, "wait_ms": 0},
	})
}
