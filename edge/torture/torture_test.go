package torture

import (
	"os"
	"testing"
)

// known is a fault and the sub-test's name.
type known struct {
	says string
	fault
}

// faults are done to drives one kind beside the other.
var faults = []known{
	{"when the program is killed", fault{name: "kill -9", drives: 2, inLong: 20, do: killed}},
	{"when the power is cut and nothing unsynced is left", fault{name: "power cut, drop", drives: 1, inLong: 7, disk: NewDisk, do: powerCuts(Drop)}},
	{"when the power is cut and some of what was written last is gone", fault{name: "power cut, prefix", drives: 1, inLong: 7, disk: NewDisk, do: powerCuts(Prefix)}},
	{"when the power is cut and what was written is torn", fault{name: "power cut, tear", drives: 1, inLong: 7, disk: NewDisk, do: powerCuts(Tear)}},
	{"when the power is cut before a drive is even paired", fault{name: "power cut, first start", drives: 6, inLong: 100, disk: NewDisk, do: newborn}},
	{"when the medium is full", fault{name: "disk full", drives: 1, inLong: 10, disk: NewDisk, do: filled}},
	{"when the medium fails every n-th write", fault{name: "EIO at every n-th write", drives: 2, inLong: 20, disk: NewDisk, do: failing}},
	{"when the medium says of the register that it is synced, and lies", fault{name: "lying fsync: the register", drives: 1, inLong: 20, disk: NewDisk, do: lying(ofRegister, Manners...)}},
	{"when the medium says of everything that it is synced, and lies", fault{name: "lying fsync: everything", drives: 1, inLong: 20, disk: NewDisk, rules: Rules{Lied: true}, do: lying(Everything, Drop)}},
	{"when it lies of everything and keeps some of it", fault{name: "lying fsync: everything, in part", inLong: 20, disk: NewDisk, rules: Rules{Lied: true}, do: lying(Everything, Prefix, Tear)}},
	{"when the network loses requests and replies", fault{name: "network: loss", drives: 1, inLong: 10, do: loss}},
	{"when the network repeats and reorders", fault{name: "network: repeats, reorder", drives: 1, inLong: 10, do: repeats}},
	{"when a reply ends at any byte", fault{name: "network: reply cut at each byte", drives: 1, inLong: 5, do: cutReplies}},
	{"when a request ends at any byte", fault{name: "network: request cut anywhere", drives: 1, inLong: 5, do: cutRequests}},
	{"when a reply comes a byte a second", fault{name: "network: a byte a second", drives: 1, inLong: 2, do: trickle}},
	{"when the network wants a sign-in first", fault{name: "network: a hotel's", drives: 1, inLong: 5, do: hotel}},
}

// The whole school on the rack: each sub-test does one kind of fault.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	s := openSchool(t)
	t.Cleanup(func() { printTable(os.Stdout) })
	for _, f := range faults {
		t.Run(f.says, func(t *testing.T) {
			t.Parallel()
			f.torment(t, s)
		})
	}
	for _, m := range mutants {
		t.Run("but by a pendrive that is wrong: "+m.says, func(t *testing.T) {
			t.Parallel()
			needsFUSE(t)
			m.foundOut(t, s, 60)
		})
	}
}
