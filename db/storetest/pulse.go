package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// knowing is a store that knows whose finger is where: slot 1 is the first student's.
type knowing struct {
	attendance.Store
	people []attendance.FeedStudent
}

func (k knowing) InTx(ctx context.Context, fn func(context.Context, attendance.Tx) error) error {
	return k.Store.InTx(ctx, func(ctx context.Context, tx attendance.Tx) error { return fn(ctx, hands{tx, k.people}) })
}

type hands struct {
	attendance.Tx
	people []attendance.FeedStudent
}

func (h hands) Fingers(_ context.Context, _ attendance.ID, prints []attendance.Print) (map[attendance.Print]attendance.ID, error) {
	out := map[attendance.Print]attendance.ID{}
	for _, p := range prints {
		if p.Slot >= 1 && p.Slot <= len(h.people) {
			out[p] = h.people[p.Slot-1].ID
		}
	}
	return out, nil
}

// ours is a scanner of ours in a test's hands. It was switched on an hour ago, for the
// third time, and its clock is a minute fast.
type ours struct {
	*room
	serve *attendance.Service
	id    attendance.ID
	on    time.Time
	seq   int64
}

func (r *room) ours(t *testing.T, d attendance.Device) *ours {
	t.Helper()
	d.ID = newID(t)
	r.device(t, d)
	serve, err := attendance.NewService(r.ctx, knowing{r.Store, r.Students}, r.world, r.Node, attendance.Rules{Policy: attendance.DefaultPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	return &ours{room: r, serve: serve, id: d.ID, on: r.clock.Now().Add(-time.Hour)}
}

// scan is a finger read some time ago in this boot.
func (o *ours) scan(slot int, ago time.Duration) attendance.Scan {
	o.seq++
	return attendance.Scan{
		Seq: o.seq, Boot: 3, UpMS: o.clock.Now().Add(-ago).Sub(o.on).Milliseconds(), UnixMS: o.clock.Now().Add(time.Minute - ago).UnixMilli(),
		Print: attendance.Print{Slot: slot, Template: int64(slot + 100)}, Confidence: 180, MapVersion: 4,
	}
}

func (o *ours) pulse(scans ...attendance.Scan) attendance.Pulse {
	battery, rssi, depth := 90, -60, len(scans)
	return attendance.Pulse{
		Firmware: "1.0.0", Epoch: 5, Boot: 3, UpMS: o.clock.Now().Sub(o.on).Milliseconds(), NowMS: o.clock.Now().Add(time.Minute).UnixMilli(),
		Battery: &battery, Signal: &rssi, Queue: &depth, MapVersion: 4, Scans: scans,
	}
}

func (o *ours) says(t *testing.T, scans ...attendance.Scan) attendance.Heard {
	t.Helper()
	return must(o.serve.Pulse(o.ctx, o.id, o.pulse(scans...)))(t)
}

// sends wants the results of some scans.
func (o *ours) sends(t *testing.T, want []attendance.ScanResult, scans ...attendance.Scan) {
	t.Helper()
	sameList(t, "results", o.says(t, scans...).Results, want)
}

func result(all ...attendance.ScanResult) []attendance.ScanResult { return all }

const (
	scanOK       = attendance.ScanOK
	scanAgain    = attendance.ScanDuplicate
	scanStranger = attendance.ScanNotEnrolled
	scanNowhere  = attendance.ScanNoSession
	scanUnknown  = attendance.ScanUnknown
)

func (r *room) maths(t *testing.T, room string) attendance.Session {
	t.Helper()
	return must(r.serve.Open(r.ctx, as(r.Bose), attendance.Order{Course: r.Maths.ID, Kind: attendance.Offline, Room: room}))(t)
}

func (r *room) ends(t *testing.T, s attendance.Session, by attendance.Actor) {
	t.Helper()
	must(r.serve.Close(r.ctx, by, s.ID))(t)
}

var pulsing = map[string]func(*testing.T, *room){
	"a scanner says how it is and is told the class": func(t *testing.T, r *room) {
		o := r.ours(t, attendance.Device{Name: "B12", Room: "B12"})
		if h := o.says(t); !h.Session.ID.IsZero() || h.Poll != 30*time.Second || len(h.Results) != 0 {
			t.Errorf("beside a class: got %+v", h)
		}
		s := must(r.serve.Open(r.ctx, r.rao(), attendance.Order{Course: r.DBMS.ID, Kind: attendance.Offline, Room: "B12"}))(t)
		h := o.says(t)
		same(t, "class", h.Session.ID, s.ID)
		same(t, "course", h.Course.Code, "CS301")
		same(t, "poll", h.Poll, time.Second)
		d := r.devices(t)[0]
		same(t, "battery", *d.Battery, 90)
		same(t, "signal", *d.Signal, -60)
		same(t, "firmware", d.Firmware, "1.0.0")
		same(t, "clock", *d.ClockMS, 60_000)
		same(t, "told", d.Told, s.ID)
		same(t, "online", d.Online(r.clock.Now()), true)
		same(t, "name", d.Name, "B12")
		mains := o.pulse()
		mains.Battery, mains.NowMS = nil, 0
		r.ends(t, s, r.rao())
		same(t, "poll on the mains", must(o.serve.Pulse(r.ctx, o.id, mains))(t).Poll, 5*time.Second)
		if d = r.devices(t)[0]; d.Battery != nil || d.ClockMS != nil || !d.Told.IsZero() {
			t.Errorf("got %+v, want no battery, no clock and no class", d)
		}
	},
	"what changes little is not written each second": func(t *testing.T, r *room) {
		o := r.ours(t, attendance.Device{Name: "B12"})
		o.says(t)
		first := r.devices(t)[0].SeenAt
		r.clock.pass(time.Second)
		weaker := o.pulse()
		*weaker.Signal = -61
		must(o.serve.Pulse(r.ctx, o.id, weaker))(t)
		same(t, "a second later", r.devices(t)[0].SeenAt.Equal(first), true)
		*weaker.Battery = 89
		must(o.serve.Pulse(r.ctx, o.id, weaker))(t)
		same(t, "signal with a lower battery", *r.devices(t)[0].Signal, -61)
		r.clock.pass(11 * time.Second)
		o.says(t)
		same(t, "ten seconds later", r.devices(t)[0].SeenAt.After(first.Add(10*time.Second)), true)
	},
	"a scan counts once, however often it is sent": func(t *testing.T, r *room) {
		o := r.ours(t, attendance.Device{Name: "B12"})
		s := r.opened(t)
		r.clock.pass(5 * time.Second)
		one := o.scan(1, 2*time.Second)
		o.sends(t, result(scanOK), one)
		o.sends(t, result(scanAgain, scanOK), one, o.scan(2, 0))
		o.sends(t, result(scanAgain), o.scan(1, 0)) // a second touch
		facts := r.facts(t, s.ID, attendance.Which{Student: r.Students[0].ID})
		same(t, "facts of both touches", len(facts), 2)
		f := facts[0]
		same(t, "id", f.ID, attendance.ScanID(o.id, 5, 1))
		same(t, "device", *f.Device, attendance.DeviceRef{ID: o.id, Epoch: 5, Seq: 1, Slot: 1, Template: 101, Confidence: 180, Map: 4, Boot: 3, UpMS: one.UpMS})
		same(t, "method", f.Method, attendance.Biometric)
		same(t, "shows", r.shows(t, s.ID, 0), attendance.Present)
		r.refolds(t, s.ID)
	},
	"the same pulse twice at once is one": func(t *testing.T, r *room) {
		o := r.ours(t, attendance.Device{Name: "B12"})
		s := r.opened(t)
		p := o.pulse(o.scan(1, 0), o.scan(2, 0), o.scan(44, 0))
		done := make(chan error, 4)
		for range 4 {
			go func() { _, err := o.serve.Pulse(r.ctx, o.id, p); done <- err }()
		}
		for range 4 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		same(t, "standings", len(r.standings(t, s.ID)), 2)
		same(t, "kept aside", len(r.unplaced(t, attendance.ID{})), 1)
	},
	"a finger that nobody knows is kept, with its class": func(t *testing.T, r *room) {
		o := r.ours(t, attendance.Device{Name: "B12"})
		s := r.opened(t)
		strange := o.scan(44, 0)
		o.sends(t, result(scanUnknown), strange)
		o.sends(t, result(scanAgain), strange)
		aside := r.unplaced(t, s.ID)
		same(t, "kept aside", len(aside), 1)
		same(t, "why", aside[0].Why, attendance.WhyUnknownPerson)
		same(t, "slot", aside[0].Device.Slot, 44)
		same(t, "id", aside[0].ID, attendance.ScanID(o.id, 5, strange.Seq))
		r.ends(t, s, r.rao())
		r.clock.pass(time.Minute)
		o.sends(t, result(scanUnknown), o.scan(45, 0))
		same(t, "kept aside without a class", len(r.unplaced(t, attendance.ID{})), 2)
	},
	"a server that knows no fingers keeps every scan": func(t *testing.T, r *room) {
		o := r.ours(t, attendance.Device{Name: "B12"})
		r.opened(t)
		h := must(r.serve.Pulse(r.ctx, o.id, o.pulse(o.scan(1, 0), o.scan(2, 0))))(t)
		sameList(t, "results", h.Results, result(scanUnknown, scanUnknown))
		same(t, "kept aside", len(r.unplaced(t, attendance.ID{})), 2)
	},
	"a queue finds the classes that were held when it was read": func(t *testing.T, r *room) {
		o := r.ours(t, attendance.Device{Name: "B12", Room: "B12"})
		first := must(r.serve.Open(r.ctx, r.rao(), attendance.Order{Course: r.DBMS.ID, Kind: attendance.Offline, Room: "B12"}))(t)
		r.clock.pass(20 * time.Minute)
		r.ends(t, first, r.rao())
		r.clock.pass(5 * time.Minute)
		second := r.maths(t, "B12")
		r.clock.pass(20 * time.Minute)
		r.ends(t, second, as(r.Bose))
		r.clock.pass(time.Hour)
		o.sends(t, result(scanOK, scanOK, scanNowhere, scanStranger),
			o.scan(1, 104*time.Minute), o.scan(1, 79*time.Minute), o.scan(1, 83*time.Minute), o.scan(3, 79*time.Minute))
		same(t, "in the first", r.shows(t, first.ID, 0), attendance.Present)
		same(t, "in the second", r.shows(t, second.ID, 0), attendance.Present)
		same(t, "how", r.standings(t, first.ID, r.Students[0].ID)[0].Method, attendance.BiometricQueue)
		arrived := r.standings(t, first.ID, r.Students[0].ID)[0].At.Sub(first.OpenedAt)
		same(t, "arrived a minute after the start", arrived.Round(time.Second), time.Minute)
		same(t, "kept aside", len(r.unplaced(t, attendance.ID{})), 2)
		r.refolds(t, first.ID)
	},
	"a scan that comes late keeps the earlier arrival": func(t *testing.T, r *room) {
		o := r.ours(t, attendance.Device{Name: "B12"})
		s := r.opened(t)
		r.clock.pass(15 * time.Minute)
		early := o.scan(1, 14*time.Minute)
		o.sends(t, result(scanOK), o.scan(1, 0))
		same(t, "at first", r.shows(t, s.ID, 0), attendance.Late)
		o.sends(t, result(scanAgain), early)
		same(t, "then", r.shows(t, s.ID, 0), attendance.Present)
		r.refolds(t, s.ID)
	},
	"the class that a scan names has it if it was held then": func(t *testing.T, r *room) {
		o := r.ours(t, attendance.Device{Name: "B12"})
		s := r.opened(t)
		other := r.maths(t, "")
		named, wrong, unheard := o.scan(1, 0), o.scan(2, 0), o.scan(3, 0)
		named.Session, unheard.Session = s.ID, newID(t)
		o.sends(t, result(scanOK, scanNowhere, scanNowhere), named, wrong, unheard)
		same(t, "in the class it named", r.shows(t, s.ID, 0), attendance.Present)
		same(t, "not in the other", len(r.standings(t, other.ID)), 0)
		aside := r.unplaced(t, unheard.Session)
		same(t, "waits for a class that is not here", aside[0].Why, attendance.WhyUnknownSession)
		r.ends(t, s, r.rao())
		r.ends(t, other, as(r.Bose))
		r.clock.pass(time.Hour)
		after := o.scan(3, 10*time.Minute)
		after.Session = s.ID
		o.sends(t, result(scanNowhere), after)
		same(t, "not after its end", r.shows(t, s.ID, 2), attendance.Unmarked)
	},
	"of two classes in one room a person's own has the scan": func(t *testing.T, r *room) {
		o := r.ours(t, attendance.Device{Name: "B12", Room: "B12"})
		s := must(r.serve.Open(r.ctx, r.rao(), attendance.Order{Course: r.DBMS.ID, Kind: attendance.Offline, Room: "B12"}))(t)
		r.maths(t, "B12")
		o.sends(t, result(scanOK, scanNowhere), o.scan(3, 0), o.scan(1, 0)) // the first student is in both
		same(t, "in their own", r.shows(t, s.ID, 2), attendance.Present)
	},
	"a class that another scanner serves is not touched": func(t *testing.T, r *room) {
		o, other := r.ours(t, attendance.Device{Name: "B12"}), r.ours(t, attendance.Device{Name: "C1"})
		s := must(r.serve.Open(r.ctx, r.rao(), attendance.Order{Course: r.DBMS.ID, Kind: attendance.Offline, Device: other.id}))(t)
		o.sends(t, result(scanNowhere), o.scan(1, 0))
		other.sends(t, result(scanOK), other.scan(2, 0))
		same(t, "only its own", len(r.standings(t, s.ID)), 1)
	},
	"a scan of an earlier boot is timed by the clock it had": func(t *testing.T, r *room) {
		o := r.ours(t, attendance.Device{Name: "B12"})
		s := r.opened(t)
		r.clock.pass(20 * time.Minute)
		clocked := o.scan(1, 19*time.Minute) // a minute fast, as it is now
		clocked.Boot, clocked.UpMS = 2, 999_999
		o.sends(t, result(scanOK), clocked)
		same(t, "shows", r.shows(t, s.ID, 0), attendance.Present)
		at := r.standings(t, s.ID, r.Students[0].ID)[0].At
		same(t, "arrived", at.Sub(s.OpenedAt).Round(time.Second), time.Minute)
	},
	"a scan without any clock counts only in the class it names": func(t *testing.T, r *room) {
		o := r.ours(t, attendance.Device{Name: "B12"})
		s := r.opened(t)
		r.clock.pass(5 * time.Minute)
		o.on = r.clock.Now().Add(-time.Minute) // it lost power in the class
		lost, named := o.scan(1, 0), o.scan(2, 0)
		for _, x := range []*attendance.Scan{&lost, &named} {
			x.Boot, x.UpMS, x.UnixMS = 2, 1000, 0
		}
		named.Session = s.ID
		o.sends(t, result(scanNowhere, scanOK), lost, named)
		same(t, "nobody guesses", r.shows(t, s.ID, 0), attendance.Unmarked)
		f := r.facts(t, s.ID, attendance.Which{Student: r.Students[1].ID})[0]
		same(t, "it is said to be a guess", f.Device.Estimated, true)
		same(t, "it was before the power came back", f.Effective().Sub(s.OpenedAt).Round(time.Second), 4*time.Minute)
		r.refolds(t, s.ID)
	},
	"a scanner's mad numbers harm nobody": func(t *testing.T, r *room) {
		o := r.ours(t, attendance.Device{Name: "B12"})
		s := r.opened(t)
		all := []attendance.Scan{o.scan(1, 0), o.scan(2, 0), o.scan(3, 0), o.scan(4, 0)}
		all[0].UpMS, all[0].UnixMS = 1<<62, 1<<62
		all[1].UpMS, all[1].UnixMS = -1<<62, -1
		all[2].Boot, all[2].UnixMS = -9, 1
		all[3].Slot, all[3].Template, all[3].Confidence = -1<<40, -1<<62, 1<<40
		p := o.pulse(all...)
		p.NowMS, p.Epoch, p.Boot = 1<<62, -4, 1<<62
		h := must(o.serve.Pulse(r.ctx, o.id, p))(t)
		for i, got := range h.Results {
			if got == scanOK {
				t.Errorf("scan %d: got %s, want it kept for a person", i, got)
			}
		}
		same(t, "kept aside", len(r.unplaced(t, attendance.ID{})), 4)
		same(t, "standings", len(r.standings(t, s.ID)), 0)
		for _, f := range r.unplaced(t, attendance.ID{}) {
			if _, err := attendance.Decode(f.Body); err != nil {
				t.Errorf("got a fact that no server takes: %v", err)
			}
		}
	},
	"a scanner that was shut out, or is none, is not heard": func(t *testing.T, r *room) {
		o := r.ours(t, attendance.Device{Name: "B12", RevokedAt: r.clock.Now()})
		r.opened(t)
		if _, err := o.serve.Pulse(r.ctx, o.id, o.pulse(o.scan(1, 0))); !errors.Is(err, attendance.ErrDeviceRevoked) {
			t.Errorf("shut out: got %v", err)
		}
		if _, err := o.serve.Pulse(r.ctx, newID(t), o.pulse(o.scan(1, 0))); !errors.Is(err, attendance.ErrNotFound) {
			t.Errorf("nobody's: got %v", err)
		}
		o = r.ours(t, attendance.Device{Name: "C1"})
		bad := o.scan(1, 0)
		bad.Seq = 0
		many := make([]attendance.Scan, attendance.MaxScans+1)
		for i := range many {
			many[i] = o.scan(2, 0)
		}
		for _, scans := range [][]attendance.Scan{{o.scan(2, 0), bad}, many} {
			var invalid attendance.Invalid
			if _, err := o.serve.Pulse(r.ctx, o.id, o.pulse(scans...)); !errors.As(err, &invalid) {
				t.Errorf("got %v, want it refused as a whole", err)
			}
		}
		same(t, "kept aside", len(r.unplaced(t, attendance.ID{})), 0)
	},
	"a class is held from its start to its end": func(t *testing.T, r *room) {
		old, s, gone := r.session(t, r.Maths.ID, -48*60), r.session(t, r.DBMS.ID, 0), r.session(t, r.Maths.ID, 10)
		gone.ClosedAt = gone.OpenedAt.Add(5 * time.Minute)
		r.put(t, old, s, gone)
		held := func(minutes int) []attendance.ID {
			return names(see(t, r, func(ctx context.Context, tx attendance.Tx) ([]attendance.Session, error) {
				return tx.HeldAt(ctx, s.OpenedAt.Add(time.Duration(minutes)*time.Minute))
			}), func(s attendance.Session) attendance.ID { return s.ID })
		}
		sameList(t, "before", held(-1), nil)
		sameList(t, "at its start", held(0), []attendance.ID{s.ID})
		sameList(t, "with the other", held(10), []attendance.ID{s.ID, gone.ID})
		sameList(t, "when that was closed", held(15), []attendance.ID{s.ID})
		sameList(t, "at its end", held(60), nil)
		r.in(t, func(ctx context.Context, tx attendance.Tx) error {
			was := s
			was.Void = attendance.Void{On: true, By: r.Rao.ID, AtMS: 1, Ord: 1, Fact: newID(t)}
			return tx.PutSession(ctx, was)
		})
		sameList(t, "deleted", held(20), nil)
	},
}
