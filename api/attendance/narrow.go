package attendance

import "time"

// Between narrows a register to the sessions that began in [from, until); a zero
// time is open. What counts, and what is enough, stays the whole course's.
func (r Register) Between(from, until time.Time) Register {
	var kept []Session
	for _, se := range r.Sessions {
		if !se.OpenedAt.Before(from) && (until.IsZero() || se.OpenedAt.Before(until)) {
			kept = append(kept, se)
		}
	}
	r.Sessions = kept
	return r
}

// Row is a student's cell in each session; see [Register.Cell]. It looks for the
// student once, which a sheet of many rows notices.
func (r Register) Row(student ID) []Status {
	var mine Roster
	for _, m := range r.Roster {
		if m.Student == student {
			mine = append(mine, m)
		}
	}
	alone := r
	alone.Roster = mine
	out := make([]Status, len(r.Sessions))
	for i, se := range r.Sessions {
		out[i] = alone.Cell(se, student)
	}
	return out
}

// Taken reports whether anybody was marked in a session: if nobody was, the
// register was not taken, whatever it says of who was absent.
func (r Register) Taken(se Session) bool {
	for _, st := range r.Cells[se.ID] {
		if st != Unmarked {
			return true
		}
	}
	return false
}

// during is who was enrolled at any time of a period; a zero end is open.
func (r Roster) during(from, until time.Time) Roster {
	var out Roster
	for _, m := range r {
		if (until.IsZero() || m.From.Before(until)) && (m.To.IsZero() || m.To.After(from)) {
			out = append(out, m)
		}
	}
	return out
}
