package storetest

import (
	"testing"

	"github.com/arise-attendance/arise/api/attendance"
)

// reading is one scan of a scanner that counts, as this server heard it.
func (r *room) reading(t *testing.T, s attendance.Session, student attendance.ID, minutes int) attendance.Fact {
	t.Helper()
	f := r.mark(t, s, student, minutes)
	device := newID(t)
	f.ID, f.Kind, f.Class, f.Method, f.Actor = attendance.ScanID(device, 5, 9), attendance.MarkSeen, attendance.Evidence, attendance.Biometric, device
	f.Device = &attendance.DeviceRef{ID: device, Epoch: 5, Seq: 9, Slot: 3, Template: 103, Confidence: 180, Map: 4, Boot: 3, UpMS: 60_000}
	return seal(t, f)
}

// elsewhere is the same scan as another server heard it, three minutes later.
func (r *room) elsewhere(t *testing.T, f attendance.Fact) attendance.Fact {
	t.Helper()
	device := *f.Device
	device.Estimated = true
	f.Node, f.Method, f.Device, f.Segment = r.foreign(t), attendance.BiometricQueue, &device, newID(t)
	f.WallMS, f.HLC = f.WallMS+180_000, attendance.HLCAt(f.Effective().Add(180_000_000_000))
	return seal(t, f)
}

var readings = map[string]func(*testing.T, *room){
	"one scan in two servers' words is one mark and no clash": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		r.put(t, s)
		first := r.reading(t, s, r.Students[0].ID, 1)
		again := r.elsewhere(t, first)
		sameList(t, "first", r.append(t, first), []attendance.Kept{attendance.Fresh})
		for range 2 {
			sameList(t, "again", r.append(t, again), []attendance.Kept{attendance.Duplicate})
		}
		got := r.facts(t, s.ID, attendance.Which{})
		same(t, "facts", len(got), 1)
		same(t, "the first stays", got[0].Method, attendance.Biometric)
		same(t, "kept aside", len(r.unplaced(t, attendance.ID{})), 0)
	},
	"a scan that is placed is not kept aside for another server": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		r.put(t, s)
		first := r.reading(t, s, r.Students[0].ID, 1)
		again := first
		again.Session, again.Student = attendance.ID{}, attendance.ID{}
		again = r.elsewhere(t, again)
		again.Why = attendance.WhyUnplaced
		r.append(t, first)
		sameList(t, "again", r.append(t, again), []attendance.Kept{attendance.Duplicate})
		same(t, "kept aside", len(r.unplaced(t, attendance.ID{})), 0)
	},
	"a scan that waits for two servers waits once, and not when it is placed": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		r.put(t, s)
		placed := r.elsewhere(t, r.reading(t, s, r.Students[0].ID, 1))
		waits := r.elsewhere(t, placed)
		waits.Session, waits.Node = attendance.ID{}, r.Node
		waits = seal(t, waits)
		waits.Why = attendance.WhyUnplaced
		again := r.elsewhere(t, waits)
		again.Why = attendance.WhyUnplaced
		sameList(t, "first", r.append(t, waits), []attendance.Kept{attendance.Fresh})
		sameList(t, "again", r.append(t, again), []attendance.Kept{attendance.Duplicate})
		same(t, "kept aside", len(r.unplaced(t, attendance.ID{})), 1)
		placed.Learnt = true // a pendrive hears of it from the cloud
		sameList(t, "placed", r.append(t, placed), []attendance.Kept{attendance.Fresh})
		sameList(t, "placed again", r.append(t, placed), []attendance.Kept{attendance.Duplicate})
		same(t, "kept aside, once placed", len(r.unplaced(t, attendance.ID{})), 0)
		same(t, "facts", len(r.facts(t, s.ID, attendance.Which{})), 1)
	},
	"a scan that two servers gave to two students is for a person to look at": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		r.put(t, s)
		first := r.reading(t, s, r.Students[0].ID, 1)
		other := first
		other.Student = r.Students[1].ID
		other = r.elsewhere(t, other)
		r.append(t, first)
		sameList(t, "other", r.append(t, other), []attendance.Kept{attendance.Clash})
		same(t, "kept aside", r.unplaced(t, s.ID)[0].Why, attendance.WhyHashConflict)
	},
	"another scan under the same number is no repeat": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		r.put(t, s)
		first := r.reading(t, s, r.Students[0].ID, 1)
		other := r.elsewhere(t, first)
		other.Device.UpMS++
		other = seal(t, other)
		r.append(t, first)
		sameList(t, "other", r.append(t, other), []attendance.Kept{attendance.Clash})
	},
}
