package cloudtest

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

func (c *Cloud) head() map[string]any {
	return map[string]any{"generation": c.generation, "rev": len(c.rows), "facts": strconv.Itoa(len(c.told))}
}

func (c *Cloud) roster(w http.ResponseWriter, r *http.Request) {
	if !c.known(w, r) {
		return
	}
	q := r.URL.Query()
	snapshot := q.Get("generation") == ""
	rev, _ := strconv.Atoi(q.Get("rev"))
	facts, _ := strconv.Atoi(q.Get("facts"))
	if !snapshot && (q.Get("generation") != c.generation.String() || rev > len(c.rows)) {
		Problem(w, http.StatusConflict, "must-refetch", nil)
		return
	}
	upTo, factsTo := len(c.rows), len(c.told)
	if c.how.Page > 0 && !snapshot {
		upTo = min(upTo, rev+c.how.Page)
	}
	if c.how.Page > 0 {
		factsTo = min(factsTo, facts+c.how.Page)
	}
	changes, digest := c.rows[min(rev, upTo):upTo], ""
	if snapshot {
		changes = c.held()
	}
	if upTo == len(c.rows) {
		var d attendance.Digest
		for _, row := range c.held() {
			d = d.Add(attendance.RowHash(row.Kind, row.Key, row.Row))
		}
		digest = strconv.FormatUint(uint64(d), 10)
	}
	answer(w, map[string]any{
		"server_time": time.Now().UTC(), "generation": c.generation, "rev": upTo, "head": len(c.rows), "snapshot": snapshot, "changes": append([]attendance.Change{}, changes...),
		"digest": digest, "more": upTo < len(c.rows),
		"facts": append([]attendance.Told{}, c.told[min(facts, factsTo):factsTo]...), "facts_cursor": strconv.Itoa(factsTo),
		"facts_more": factsTo < len(c.told),
	})
}

// TellBack puts all that arrived into the feed, as the cloud does for a drive that
// reads its own facts from the start.
func (c *Cloud) TellBack(t testing.TB) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, sent := range c.bodies {
		f, err := attendance.Decode(sent.Body)
		if err != nil {
			t.Fatal(err)
		}
		c.told = append(c.told, attendance.Told{ID: id, Body: sent.Body, EffectiveMS: f.EffectiveMS, Ord: f.Ord})
	}
	slices.SortFunc(c.told, func(a, b attendance.Told) int { return cmp.Compare(a.Ord, b.Ord) })
}

// held is the newest of each row.
func (c *Cloud) held() []attendance.Change {
	newest := map[string]int{}
	for i, r := range c.rows {
		newest[string(r.Kind)+r.Key] = i
	}
	out := []attendance.Change{}
	for i, r := range c.rows {
		if newest[string(r.Kind)+r.Key] == i && !r.Gone {
			out = append(out, r)
		}
	}
	return out
}
