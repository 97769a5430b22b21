package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/arise-attendance/arise/api/attendance"
)

func (r *room) unplaced(t *testing.T, session attendance.ID) []attendance.Fact {
	t.Helper()
	return see(t, r, func(ctx context.Context, tx attendance.Tx) ([]attendance.Fact, error) {
		return tx.Unplaced(ctx, session)
	})
}

// parked is a scan of a scanner that nobody could place.
func (r *room) parked(t *testing.T, device, session attendance.ID, minutes int, why attendance.Why) attendance.Fact {
	t.Helper()
	f := r.mark(t, r.session(t, r.DBMS.ID, 0), attendance.ID{}, minutes)
	f.Kind, f.Class, f.Method, f.Roll = attendance.MarkSeen, attendance.Evidence, attendance.BiometricQueue, 42
	f.Session, f.Actor, f.Device = session, device, &attendance.DeviceRef{ID: device}
	f = seal(t, f)
	f.Why = why
	return f
}

// ruling says that a fact counts nowhere, or takes back what said so.
func (r *room) ruling(t *testing.T, f attendance.Fact, back attendance.ID) attendance.Fact {
	t.Helper()
	n := r.mark(t, r.session(t, r.DBMS.ID, 0), attendance.ID{}, 2)
	n.Kind, n.Class, n.Method, n.Status, n.Session = attendance.Note, 0, "", "", f.Session
	n.Ruling = &attendance.Ruling{Of: f.ID, Sum: f.Sum(), As: attendance.AsRejected, By: r.Bose.ID, Back: back}
	return seal(t, n)
}

var inbox = map[string]func(*testing.T, *room){
	"a fact kept aside is not among the placed": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		r.put(t, s)
		f := r.mark(t, s, r.Students[0].ID, 1)
		f.Why = attendance.WhyNotEnrolled
		sameList(t, "kept", r.append(t, f), []attendance.Kept{attendance.Fresh})
		sameList(t, "kept again", r.append(t, f), []attendance.Kept{attendance.Duplicate})
		same(t, "placed", len(r.facts(t, s.ID, attendance.Which{})), 0)
		got := r.unplaced(t, s.ID)
		same(t, "aside", len(got), 1)
		same(t, "why", got[0].Why, attendance.WhyNotEnrolled)
		same(t, "student", got[0].Student, f.Student)
	},
	"what two people decided stands while one decision does, in any order": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		r.put(t, s)
		for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
			f := r.mark(t, s, r.Students[0].ID, 1)
			f.Why = attendance.WhyNotEnrolled
			r.append(t, f)
			teacher := r.ruling(t, f, attendance.ID{})
			office := r.ruling(t, f, attendance.ID{})
			said := []attendance.Fact{teacher, office, r.ruling(t, f, office.ID)}
			for _, i := range order {
				r.append(t, said[i])
			}
			same(t, fmt.Sprint("waiting after ", order), len(r.unplaced(t, s.ID)), 0)
			r.append(t, r.ruling(t, f, teacher.ID))
			same(t, fmt.Sprint("waiting when both are taken back after ", order), len(r.unplaced(t, s.ID)), 1)
			r.append(t, r.ruling(t, f, attendance.ID{}))
		}
	},
	"unplaced facts come newest first": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		r.put(t, s)
		d := newID(t)
		a, b, c := r.parked(t, d, s.ID, 1, attendance.WhyNotEnrolled), r.parked(t, d, attendance.ID{}, 9, attendance.WhyUnplaced),
			r.parked(t, d, s.ID, 5, attendance.WhyNotEnrolled)
		r.append(t, a, b, c)
		sameList(t, "all", names(r.unplaced(t, attendance.ID{}), factID), []attendance.ID{b.ID, c.ID, a.ID})
		sameList(t, "of the session", names(r.unplaced(t, s.ID), factID), []attendance.ID{c.ID, a.ID})
	},
	"a session sees what its scanner kept while none was told": func(t *testing.T, r *room) {
		named, served, foreign := newID(t), newID(t), newID(t)
		s, other := r.session(t, r.DBMS.ID, 0), r.session(t, r.Maths.ID, 0)
		s.Device = named
		r.put(t, s, other)
		r.device(t, attendance.Device{ID: named, Name: "in the room"})
		r.device(t, attendance.Device{ID: served, Name: "told of it", Told: s.ID})
		r.device(t, attendance.Device{ID: foreign, Name: "elsewhere", Told: other.ID})
		a := r.parked(t, named, attendance.ID{}, 1, attendance.WhyUnplaced)
		b := r.parked(t, served, attendance.ID{}, 2, attendance.WhyUnplaced)
		c := r.parked(t, foreign, attendance.ID{}, 3, attendance.WhyUnplaced)
		d := r.parked(t, served, other.ID, 4, attendance.WhyUnplaced)
		r.append(t, a, b, c, d)
		sameList(t, "of the session", names(r.unplaced(t, s.ID), factID), []attendance.ID{b.ID, a.ID})
		sameList(t, "of the other", names(r.unplaced(t, other.ID), factID), []attendance.ID{d.ID, c.ID})
	},
}
