package torture

import "github.com/arise-attendance/arise/api/attendance"

// folded is I3: the cloud shows the fold of its facts.
func (t *trial) folded(find findFunc) {
	shows := t.standings[Cloud]
	want := map[pupil]attendance.Standing{}
	for session, facts := range t.sessions {
		if session.IsZero() {
			continue
		}
		_, standings, err := attendance.Fold(facts)
		if err != nil {
			find("I3", Corrupt, "session %s does not fold: %v", session, err)
		}
		for _, st := range standings {
			want[pupil{session, st.Student}] = st
		}
	}
	for who, st := range want {
		if got := shows[who]; got.Status != st.Status {
			find("I3", Corrupt, "the cloud shows %q of student %s, its facts say %q", got.Status, who.student, st.Status)
		}
	}
	for who, got := range shows {
		if _, there := want[who]; !there && got.Status != attendance.Unmarked {
			find("I3", Corrupt, "the cloud shows %q of student %s without a fact", got.Status, who.student)
		}
	}
}

// equal is I4: a drive and the cloud show the same of every session both know.
func (t *trial) equal(find findFunc) {
	cloud := t.standings[Cloud]
	known := map[attendance.ID]bool{}
	for who := range cloud {
		known[who.session] = true
	}
	for place, shows := range t.standings {
		if place == Cloud {
			continue
		}
		if _, shut := t.shut[place]; shut {
			continue
		}
		here := map[attendance.ID]bool{}
		for who, e := range shows {
			here[who.session] = true
			if got := cloud[who]; known[who.session] && got.Status != e.Status {
				find("I4", Corrupt, "%s shows %q of student %s, the cloud %q", place, e.Status, who.student, got.Status)
			}
		}
		for who, e := range cloud {
			if _, there := shows[who]; here[who.session] && !there && e.Status != attendance.Unmarked {
				find("I4", Corrupt, "the cloud shows %q of student %s, %s nothing", e.Status, who.student, place)
			}
		}
	}
}
