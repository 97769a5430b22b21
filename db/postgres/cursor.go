package postgres

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/arise-attendance/arise/api/attendance"
)

// cursor is a place among the facts of the feed, in the order in which their
// transactions began, and within one by ord. It holds for one generation of the
// database and one scope of the node: with another the facts are told again from
// the start, which is harmless, because a fact learnt twice is one fact.
type cursor struct {
	generation attendance.ID
	scope      int64
	xid        uint64
	ord        int64
	after      attendance.ID
	own        bool // started from nothing: tell the node what it made itself, too
}

// readCursor reads what String wrote; anything else is the start.
func readCursor(s string, generation attendance.ID, scope int64) cursor {
	start := cursor{generation: generation, scope: scope, own: true}
	parts := strings.Split(s, ".")
	if len(parts) != 6 || parts[0] != generation.String() || parts[1] != strconv.FormatInt(scope, 10) {
		return start
	}
	xid, err := strconv.ParseUint(parts[2], 10, 64)
	if err != nil {
		return start
	}
	ord, err := strconv.ParseInt(parts[3], 10, 64)
	if err != nil {
		return start
	}
	after, err := attendance.ParseID(parts[4])
	if err != nil {
		return start
	}
	return cursor{generation: generation, scope: scope, xid: xid, ord: ord, after: after, own: parts[5] == "all"}
}

func (c cursor) String() string {
	which := "others"
	if c.own {
		which = "all"
	}
	return fmt.Sprintf("%s.%d.%d.%d.%s.%s", c.generation, c.scope, c.xid, c.ord, c.after, which)
}
