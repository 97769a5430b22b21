package torture

import (
	"math/rand/v2"
	"slices"
)

// Manner is what a power cut does to writes that were not synced.
type Manner string

// Manners.
const (
	Drop   Manner = "drop"   // all are gone
	Prefix Manner = "prefix" // the first of them are there
	Tear   Manner = "tear"   // each sector goes its own way, and one is half new
)

// Manners are all of them.
var Manners = []Manner{Drop, Prefix, Tear}

const sector = 512

func (m Manner) survivors(pending []change, chance *rand.Rand) []change {
	switch {
	case len(pending) == 0 || m == Drop:
		return nil
	case m == Prefix:
		return pending[:chance.IntN(len(pending)+1)]
	}
	// Some cuts take nearly all, some nearly nothing.
	keeps := []float64{0.1, 0.5, 0.9}[chance.IntN(3)]
	torn := chance.IntN(len(pending))
	broken := map[uint64]bool{} // folders of which a change is missing: what follows is missing too
	var out []change
	for i, c := range pending {
		if c.deed == write {
			out = append(out, c.tear(keeps, i == torn, chance)...)
			continue
		}
		survives := chance.Float64() < keeps
		if c.deed != truncate {
			survives = survives && !broken[c.from] && !broken[c.to]
			broken[c.from], broken[c.to] = !survives, !survives
		}
		if survives {
			out = append(out, c)
		}
	}
	return out
}

// tear cuts a write into the sectors that survive; one of them may be new in its
// first bytes only. Bytes beside the written ones are never harmed, as SQLite assumes
// and as pendrives, which write whole pages anew, behave.
func (c change) tear(keeps float64, half bool, chance *rand.Rand) []change {
	var out []change
	for at, data := c.at, c.data; len(data) > 0; {
		n := min(int64(len(data)), sector-at%sector)
		piece := change{deed: write, node: c.node, at: at, data: data[:n]}
		at, data = at+n, data[n:]
		if chance.Float64() >= keeps {
			continue
		}
		if half && chance.IntN(2) == 0 {
			piece.data, half = piece.data[:chance.IntN(len(piece.data)+1)], false
		}
		if len(piece.data) > 0 {
			out = append(out, piece)
		}
	}
	return slices.Clip(out)
}
