package storetest

import (
	"maps"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

const scanner = "10.0.0.7"

func (r *room) touch(t *testing.T, roll int) attendance.Answer {
	t.Helper()
	return must(r.serve.Touch(r.ctx, scanner, roll))(t)
}

func (r *room) flush(t *testing.T, rolls ...int) map[int]attendance.Answer {
	t.Helper()
	return must(r.serve.Flush(r.ctx, scanner, rolls))(t)
}

// poll asks what the scanner serves.
func (r *room) poll(t *testing.T) bool {
	t.Helper()
	_, active, err := r.serve.Poll(r.ctx, scanner)
	if err != nil {
		t.Fatal(err)
	}
	return active
}

func sameAnswers(t *testing.T, got, want map[int]attendance.Answer) {
	t.Helper()
	if !maps.Equal(got, want) {
		t.Errorf("answers: got %v, want %v", got, want)
	}
}

var scanning = map[string]func(*testing.T, *room){
	"a finger counts once, a stranger is kept for the teacher": func(t *testing.T, r *room) {
		s := r.opened(t)
		same(t, "first", r.touch(t, 1), attendance.Accepted)
		same(t, "again", r.touch(t, 1), attendance.Already)
		same(t, "nobody's roll", r.touch(t, 77), attendance.Stranger)
		same(t, "nobody's roll again", r.touch(t, 77), attendance.Stranger)
		same(t, "shows", r.shows(t, s.ID, 0), attendance.Present)
		same(t, "standings", len(r.standings(t, s.ID)), 1)
		same(t, "kept aside anywhere", len(r.unplaced(t, attendance.ID{})), 1)
		aside := r.unplaced(t, s.ID)
		same(t, "kept aside once", len(aside), 1)
		same(t, "roll", aside[0].Roll, 77)
		same(t, "why", aside[0].Why, attendance.WhyNotEnrolled)
		r.refolds(t, s.ID)
	},
	"a finger after the limit is late": func(t *testing.T, r *room) {
		s := r.opened(t)
		r.clock.pass(9 * time.Minute)
		r.touch(t, 1)
		r.clock.pass(2 * time.Minute)
		r.touch(t, 2)
		same(t, "in time", r.shows(t, s.ID, 0), attendance.Present)
		same(t, "too late", r.shows(t, s.ID, 1), attendance.Late)
		r.refolds(t, s.ID)
	},
	"without a class a finger is refused and a queue is kept": func(t *testing.T, r *room) {
		same(t, "finger", r.touch(t, 1), attendance.NoSession)
		sameAnswers(t, r.flush(t, 1, 2, 1), map[int]attendance.Answer{1: attendance.Parked, 2: attendance.Parked})
		same(t, "kept aside", len(r.unplaced(t, attendance.ID{})), 2)
		r.flush(t, 1, 2)
		same(t, "kept aside after the same queue", len(r.unplaced(t, attendance.ID{})), 2)
	},
	"a queue is credited to the class the scanner served all along": func(t *testing.T, r *room) {
		r.flush(t) // its queue is empty now
		s := r.opened(t)
		same(t, "serves", r.poll(t), true)
		sameAnswers(t, r.flush(t, 1, 77), map[int]attendance.Answer{1: attendance.Accepted, 77: attendance.Stranger})
		same(t, "shows", r.shows(t, s.ID, 0), attendance.Present)
		same(t, "method", r.standings(t, s.ID, r.Students[0].ID)[0].Method, attendance.BiometricQueue)
		r.refolds(t, s.ID)
	},
	"when a second class begins, a scanner goes on only where it has marked": func(t *testing.T, r *room) {
		r.opened(t)
		same(t, "told of the first", r.poll(t), true)
		must(r.serve.Open(r.ctx, as(r.Bose), attendance.Order{Course: r.Maths.ID, Kind: attendance.Offline}))(t)
		same(t, "only told of it: nobody knows where it stands", r.poll(t), false)
		same(t, "a finger", r.touch(t, 4), attendance.NoSession)
	},
	"a scanner that has marked stays when a second class begins": func(t *testing.T, r *room) {
		s := r.opened(t)
		same(t, "a finger", r.touch(t, 1), attendance.Accepted)
		must(r.serve.Open(r.ctx, as(r.Bose), attendance.Order{Course: r.Maths.ID, Kind: attendance.Offline}))(t)
		same(t, "still serves", r.poll(t), true)
		same(t, "the next finger", r.touch(t, 2), attendance.Accepted)
		same(t, "shows", r.shows(t, s.ID, 1), attendance.Present)
	},
	"a queue of a scanner that was not told of the class is kept": func(t *testing.T, r *room) {
		s := r.opened(t)
		sameAnswers(t, r.flush(t, 1), map[int]attendance.Answer{1: attendance.Parked})
		same(t, "shows", r.shows(t, s.ID, 0), attendance.Unmarked)
	},
	"a queue from the class before is not credited to the next": func(t *testing.T, r *room) {
		r.flush(t)
		first := r.opened(t)
		r.poll(t)
		must(r.serve.Close(r.ctx, r.rao(), first.ID))(t)
		second := r.opened(t)
		same(t, "serves the next", r.poll(t), true)
		sameAnswers(t, r.flush(t, 1), map[int]attendance.Answer{1: attendance.Parked})
		same(t, "shows in the next", r.shows(t, second.ID, 0), attendance.Unmarked)
		r.poll(t)
		sameAnswers(t, r.flush(t, 2), map[int]attendance.Answer{2: attendance.Accepted})
		same(t, "its own queue counts", r.shows(t, second.ID, 1), attendance.Present)
	},
	"two classes at once never mix": func(t *testing.T, r *room) {
		s := r.opened(t)
		other := must(r.serve.Open(r.ctx, as(r.Bose), attendance.Order{Course: r.Maths.ID, Kind: attendance.Offline}))(t)
		same(t, "nobody knows which", r.touch(t, 1), attendance.NoSession)
		d := r.devices(t)[0]
		d.Course = r.Maths.ID
		r.device(t, d)
		same(t, "bound to one", r.touch(t, 10), attendance.Accepted)
		same(t, "in it", r.shows(t, other.ID, 0), attendance.Present)
		same(t, "not in the other", len(r.standings(t, s.ID)), 0)
	},
	"a heartbeat gives a scanner its name and it keeps it when it moves": func(t *testing.T, r *room) {
		battery, queue := 80, 0
		beat := func(address, mac string) {
			if err := r.serve.Beat(r.ctx, address, attendance.Beat{MAC: mac, Battery: &battery, Queue: &queue}); err != nil {
				t.Fatal(err)
			}
		}
		r.poll(t)
		beat(scanner, "AA:01")
		got := r.devices(t)
		same(t, "scanners", len(got), 1)
		same(t, "name", got[0].Name, "S1")
		same(t, "settled", got[0].Settled, true)
		beat("10.0.0.8", "AA:01")
		beat(scanner, "BB:02")
		all := r.devices(t)
		same(t, "scanners", len(all), 2)
		same(t, "the first moved", all[0].ID, got[0].ID)
		same(t, "to", all[0].Address, "10.0.0.8")
		same(t, "the second has its address", all[1].Address, scanner)
	},
}
