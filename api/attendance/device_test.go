package attendance

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The words of the table: a session s1 or s2, the course, room and scanner it names.
func classes(sessions ...Session) []Session {
	for i := range sessions {
		sessions[i].ID = small('S', i+1)
		if sessions[i].Kind == "" {
			sessions[i].Kind = Offline
		}
	}
	return sessions
}

func TestAScannerServesOneSessionOrNone(t *testing.T) {
	t.Parallel()
	d1, d2 := small('d', 1), small('d', 2)
	c1, c2 := small('C', 1), small('C', 2)
	s1, s2 := small('S', 1), small('S', 2)
	for _, tc := range []struct {
		name    string
		device  Device
		running []Session
		want    ID
	}{
		{"nothing runs", Device{ID: d1}, nil, ID{}},
		{"one session and one scanner", Device{ID: d1}, classes(Session{Course: c1}), s1},
		{"an online class needs no scanner", Device{ID: d1}, classes(Session{Course: c1, Kind: Online}), ID{}},
		{"two sessions, unbound", Device{ID: d1}, classes(Session{Course: c1}, Session{Course: c2}), ID{}},
		{"the session that names it", Device{ID: d1}, classes(Session{Course: c1}, Session{Course: c2, Device: d1}), s2},
		{"the other is named, this one is free", Device{ID: d1}, classes(Session{Course: c1}, Session{Course: c2, Device: d2}), s1},
		{"the only session names another", Device{ID: d1}, classes(Session{Course: c1, Device: d2}), ID{}},
		{"two sessions name it", Device{ID: d1}, classes(Session{Course: c1, Device: d1}, Session{Course: c2, Device: d1}), ID{}},
		{"named before bound", Device{ID: d1, Course: c1}, classes(Session{Course: c1}, Session{Course: c2, Device: d1}), s2},
		{"named online", Device{ID: d1}, classes(Session{Course: c1}, Session{Course: c2, Device: d1, Kind: Online}), s1},
		{"a scanner without an id is named by nobody", Device{}, classes(Session{Course: c1}, Session{Course: c2}), ID{}},
		{"bound to a course", Device{ID: d1, Course: c2}, classes(Session{Course: c1}, Session{Course: c2}), s2},
		{"bound to a course that does not run", Device{ID: d1, Course: c2}, classes(Session{Course: c1}), ID{}},
		{"bound to a course that another scanner serves", Device{ID: d1, Course: c2}, classes(Session{Course: c2, Device: d2}), ID{}},
		{"bound to a course, not to what it was told", Device{ID: d1, Course: c2, Told: s1}, classes(Session{Course: c1}, Session{Course: c2}), s2},
		{"in a room", Device{ID: d1, Room: "B"}, classes(Session{Course: c1, Room: "A"}, Session{Course: c2, Room: "B"}), s2},
		{"in a room where nothing runs", Device{ID: d1, Room: "B", Told: s1}, classes(Session{Course: c1, Room: "A"}), ID{}},
		{"in a room with two classes", Device{ID: d1, Room: "A"}, classes(Session{Course: c1, Room: "A"}, Session{Course: c2, Room: "A"}), ID{}},
		{"course before room", Device{ID: d1, Course: c1, Room: "B"}, classes(Session{Course: c1, Room: "A"}, Session{Course: c2, Room: "B"}), s1},
		{"what it served a moment ago", Device{ID: d1, Served: s2}, classes(Session{Course: c1}, Session{Course: c2}), s2},
		{"what it was only told of, while two run", Device{ID: d1, Told: s2}, classes(Session{Course: c1}, Session{Course: c2}), ID{}},
		{"what it served is over, two others run", Device{ID: d1, Served: small('S', 9)}, classes(Session{Course: c1}, Session{Course: c2}), ID{}},
		{"what it served is over, one other runs", Device{ID: d1, Served: small('S', 9)}, classes(Session{Course: c1}), s1},
		{"what it served names another now", Device{ID: d1, Served: s2}, classes(Session{Course: c1}, Session{Course: c2, Device: d2}), s1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, ok := SessionFor(tc.device, tc.running)
			if ok != !tc.want.IsZero() || got.ID != tc.want {
				t.Errorf("got %v %t, want %v", got.ID, ok, tc.want)
			}
		})
	}
}

func drawClasses(t *rapid.T) (Device, Device, []Session) {
	few := func(kind byte, name string) ID {
		if n := rapid.IntRange(0, 2).Draw(t, name); n > 0 {
			return small(kind, n)
		}
		return ID{}
	}
	room := rapid.SampledFrom([]string{"", "A", "B"})
	running := make([]Session, rapid.IntRange(0, 3).Draw(t, "sessions"))
	for i := range running {
		running[i] = Session{
			ID: small('S', i+1), Course: small('C', i+1), Room: room.Draw(t, "room"), Device: few('d', "names"),
			Kind: rapid.SampledFrom([]SessionKind{Offline, Offline, Online}).Draw(t, "kind"),
		}
	}
	device := func(n int) Device {
		return Device{ID: small('d', n), Course: few('C', "course"), Room: room.Draw(t, "where"), Served: few('S', "told")}
	}
	return device(1), device(2), running
}

func TestTheAnswerDoesNotHangOnTheOrderOfSessions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, _, running := drawClasses(t)
		want, found := SessionFor(d, running)
		got, ok := SessionFor(d, shuffled(t, running))
		if got != want || ok != found {
			t.Fatalf("got %v %t, want %v %t", got.ID, ok, want.ID, found)
		}
	})
}

func TestNoScannerServesAnothersSession(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, _, running := drawClasses(t)
		got, ok := SessionFor(d, running)
		if !ok {
			return
		}
		named := slices.ContainsFunc(running, func(s Session) bool { return s.Device == d.ID && s.Kind == Offline })
		switch {
		case got.Kind != Offline:
			t.Fatal("got an online class")
		case !got.Device.IsZero() && got.Device != d.ID:
			t.Fatalf("got %v, which names another scanner", got.ID)
		case named && got.Device != d.ID:
			t.Fatalf("got %v, though another session names this scanner", got.ID)
		case !named && !d.Course.IsZero() && got.Course != d.Course:
			t.Fatalf("got %v of another course", got.ID)
		case !named && d.Course.IsZero() && d.Room != "" && got.Room != d.Room:
			t.Fatalf("got %v in room %q, want %q", got.ID, got.Room, d.Room)
		}
	})
}

func TestTwoUnboundScannersAndTwoSessionsNeverMix(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b, running := drawClasses(t)
		for _, d := range []*Device{&a, &b} {
			d.Course, d.Room, d.Served = ID{}, "", ID{}
		}
		open := 0
		for i := range running {
			running[i].Device = ID{}
			if running[i].Kind == Offline {
				open++
			}
		}
		for _, d := range []Device{a, b} {
			if _, ok := SessionFor(d, running); ok != (open == 1) {
				t.Fatalf("%d sessions: got served %t, want %t", open, ok, open == 1)
			}
		}
	})
}

func TestAScannerIsOnlineForHalfAMinute(t *testing.T) {
	t.Parallel()
	for ago, want := range map[time.Duration]bool{0: true, FreshFor: true, FreshFor + 1: false} {
		if got := (Device{SeenAt: noon}).Online(noon.Add(ago)); got != want {
			t.Errorf("%v ago: got %t, want %t", ago, got, want)
		}
	}
	if (Device{}).Online(time.Time{}.Add(time.Second)) {
		t.Error("a scanner that never called is online, want offline")
	}
}
