package torture

import "github.com/arise-attendance/arise/api/attendance"

// made is I2: there is no fact that nobody made, and none that was refused.
func (t *trial) made(find findFunc) {
	for _, e := range t.unread {
		find("I2", Corrupt, "fact %s cannot be read", e.ID)
	}
	opened, ended := map[attendance.ID]bool{}, map[attendance.ID]bool{}
	verdicts := map[attendance.ID]attendance.Status{}
	for _, o := range t.ops {
		switch {
		case o.no && !o.ok():
		case o.Kind == Open:
			opened[o.Session] = true
		case o.Kind == End:
			ended[o.Session] = true
		case o.Kind == Verdict:
			verdicts[o.markID()] = o.Status
		}
	}
	for id, f := range t.facts {
		by := false
		switch f.Kind {
		case attendance.SessionOpened:
			by = opened[f.Session]
		case attendance.SessionEnded:
			by = ended[f.Session]
		case attendance.MarkSet:
			by = verdicts[id] == f.Status && f.Status != ""
		case attendance.MarkSeen:
			by = t.touched(pupil{f.Session, f.Student})
		}
		if !by {
			find("I2", Corrupt, "nobody made %s %s of student %s in session %s", f.Kind, id, f.Student, f.Session)
		}
	}
	for id, e := range t.aside {
		if !t.sent[id] {
			find("I2", Corrupt, "nobody sent %s, which waits in the inbox: %s", id, e.Said)
		}
	}
}

func (t *trial) touched(who pupil) bool {
	for _, o := range t.marks[who] {
		if o.Kind == Scan && (o.ok() || !o.no) {
			return true
		}
	}
	return false
}
