package attendance

// Unfold makes facts that fold to a session and its standings: what a pendrive has
// of a class whose own facts have left it. They decide as the real ones did, have
// their ids and say nothing else, and must never be sent or stored.
func Unfold(se Session, standings []Standing) []Fact {
	opened := Fact{
		V: Version, ID: Derive("unfold", se.ID[:]), Kind: SessionOpened, Node: se.Node, Session: se.ID, Actor: se.Teacher,
		Stamp: se.Opened, Ord: se.Opened.HLC, EffectiveMS: se.OpenedAt.UnixMilli(),
		Opening: &Opening{Course: se.Course, Kind: se.Kind, Topic: se.Topic, Room: se.Room, Device: se.Device, Policy: se.Policy},
	}
	opened.Opening.ClosesMS = se.ClosesAt.UnixMilli() - opened.EffectiveMS + opened.WallMS
	out := []Fact{opened}
	if !se.ClosedAt.IsZero() {
		f := Fact{V: Version, ID: Derive("end", se.ID[:]), Kind: SessionEnded, Node: se.Node, Session: se.ID, ClosedAt: se.ClosedAt.UnixMilli()}
		out = append(out, f.at(se.ClosedAt.UnixMilli(), se.Opened.HLC))
	}
	if v := se.Void; v.Ord != 0 {
		f := Fact{V: Version, ID: v.Fact, Kind: SessionRestored, Session: se.ID, Actor: v.By, Reason: v.Reason}
		if v.On {
			f.Kind = SessionVoided
		}
		out = append(out, f.at(v.AtMS, v.Ord))
	}
	for _, st := range standings {
		votes := st.State.Verdicts
		if st.State.Evidence != nil {
			votes = append([]Vote{*st.State.Evidence}, votes...)
		}
		for _, v := range votes {
			out = append(out, v.unfold(st))
		}
	}
	return out
}

// unfold is VoteOf backwards.
func (v Vote) unfold(st Standing) Fact {
	f := Fact{
		V: Version, ID: v.Fact, Session: st.Session, Student: st.Student, Actor: v.Actor, Class: v.Class,
		Status: v.Status, Method: v.Method, Reason: v.Reason, Seen: v.Seen,
	}
	switch {
	case v.Status == Unmarked:
		f.Kind = MarkCleared
	case v.Class == Evidence:
		f.Kind = MarkSeen
	default:
		f.Kind = MarkSet
	}
	if !v.Via.IsZero() {
		f.Ruling = &Ruling{Of: v.Via, As: AsItIs, Ord: v.Ord}
		if v.Via != v.Fact {
			f.Ruling.Back = v.Via
		}
	}
	f = f.at(v.AtMS, v.Ord)
	f.Segment, f.MonoMS = v.Segment, v.MonoMS
	return f
}

func (f Fact) at(ms int64, ord HLC) Fact {
	f.WallMS, f.EffectiveMS, f.HLC, f.Ord = ms, ms, ord, ord
	return f
}
