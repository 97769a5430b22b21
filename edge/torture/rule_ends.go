package torture

import "github.com/arise-attendance/arise/api/attendance"

// rosters is I8: in the end a drive holds the cloud's roster.
func (t *trial) rosters(find findFunc) {
	want := map[attendance.ID]string{}
	for _, e := range t.events {
		if e.Type == Roster && e.Place == Cloud {
			want[e.ID] = e.Said
		}
	}
	for _, e := range t.events {
		if e.Type == Roster && e.Place != Cloud && e.Said != want[e.ID] {
			find("I8", Corrupt, "%s holds another roster of course %s:\n%s\nthe cloud's is\n%s", e.Place, e.ID, e.Said, want[e.ID])
		}
	}
}

const mostDrainMS = 60_000

// drained is I9: when the faults are over, everything drains within a minute.
func (t *trial) drained(find findFunc) {
	for _, e := range t.events {
		if e.Type == Drained && e.Count > mostDrainMS {
			find("I9", Corrupt, "%s took %d ms to drain", e.Place, e.Count)
		}
	}
}

const revokedWithinMS = 60_000

// revoked is I10: what is shut out writes nothing a minute later.
func (t *trial) revoked(find findFunc) {
	for _, e := range t.events {
		if e.Type != Revoked {
			continue
		}
		for _, rows := range t.stored {
			for _, row := range rows {
				if row.Node == e.Node && row.StoredMS > e.StoredMS+revokedWithinMS {
					find("I10", Corrupt, "%s was shut out, and fact %s was stored %d ms later", e.Place, row.ID, row.StoredMS-e.StoredMS)
				}
			}
		}
	}
}
