package torture

import (
	"bytes"

	"github.com/arise-attendance/arise/api/attendance"
)

// chained is I5: each log is one unbroken chain of hashes from its first line, and
// what the cloud confirms never goes back while a drive runs. One that was down may
// not have kept the last receipt.
func (t *trial) chained(find findFunc) {
	chains := map[attendance.ID]map[int64][32]byte{} // by incarnation: the hash after each line
	type life struct {
		place       string
		incarnation attendance.ID
		boot        int64
	}
	acked := map[life]int64{}
	for _, e := range t.events {
		switch e.Type {
		case Sent:
			chain := chains[e.Incarnation]
			if chain == nil {
				chain = map[int64][32]byte{0: {}}
				chains[e.Incarnation] = chain
			}
			before, known := chain[e.Seq-1]
			if !known {
				find("I5", Corrupt, "%s: line %d of %s came, line %d never did", e.Place, e.Seq, e.Incarnation, e.Seq-1)
				continue
			}
			if len(e.Hash) > 0 && !bytes.Equal(e.Hash, before[:]) {
				find("I5", Corrupt, "%s: line %d of %s continues another log", e.Place, e.Seq, e.Incarnation)
			}
			hash := attendance.Chain(before, e.Seq, e.ID, e.Body)
			if old, again := chain[e.Seq]; again && old != hash {
				find("I5", Corrupt, "%s: line %d of %s is not what it was", e.Place, e.Seq, e.Incarnation)
			}
			chain[e.Seq] = hash
		case Ack:
			l := life{e.Place, e.Incarnation, e.Count}
			if e.Seq < acked[l] {
				find("I5", Corrupt, "%s: line %d was confirmed after line %d", e.Place, e.Seq, acked[l])
			}
			acked[l] = e.Seq
			if hash, known := chains[e.Incarnation][e.Seq]; !known || !bytes.Equal(e.Hash, hash[:]) {
				find("I5", Corrupt, "%s: line %d was confirmed with another hash", e.Place, e.Seq)
			}
		}
	}
}

// kept is I6: whatever the cloud confirmed is a fact or waits in the inbox.
func (t *trial) kept(find findFunc) {
	told := map[attendance.ID]bool{}
	for _, e := range t.events {
		if e.Type != Sent || told[e.ID] {
			continue
		}
		told[e.ID] = true
		_, aside := t.aside[e.ID]
		if len(t.stored[e.ID]) == 0 && !aside {
			find("I6", Lost, "%s: line %d (%s) was confirmed and is neither a fact nor in the inbox", e.Place, e.Seq, e.ID)
		}
	}
}
