package attendance

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// drawRegister is a course with classes and students of all kinds: some left, some
// will, some are to come, and some classes run.
func drawRegister(t *rapid.T) Register {
	at := func(name string, from, to int) time.Time {
		return noon.Add(time.Duration(rapid.IntRange(from, to).Draw(t, name)) * time.Hour)
	}
	r := Register{Course: Course{ID: small('C', 1)}, Cells: map[ID]map[ID]Status{}, Policy: DefaultPolicy(), Now: noon}
	r.Policy.LateWeight = rapid.SampledFrom([]float64{0, 0.5, 1}).Draw(t, "weight")
	for n := range rapid.IntRange(0, 5).Draw(t, "students") {
		for range rapid.IntRange(1, 2).Draw(t, "enrolments") {
			m := Member{Student: student(n), Roll: n + 1, From: at("from", -30, 2)}
			if rapid.Bool().Draw(t, "left") {
				m.To = m.From.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "for")) * time.Hour)
			}
			r.Roster = append(r.Roster, m)
		}
	}
	r.Students = r.Roster.latest()
	for n := range rapid.IntRange(0, 12).Draw(t, "sessions") {
		se := Session{ID: small('S', n), OpenedAt: at("opened", -24, 1), Kind: rapid.SampledFrom([]SessionKind{Offline, Online}).Draw(t, "kind"), Policy: r.Policy}
		if se.ClosesAt = se.OpenedAt.Add(time.Hour); rapid.Bool().Draw(t, "ended") {
			se.ClosedAt = se.ClosesAt
		}
		r.Sessions, r.Cells[se.ID] = append(r.Sessions, se), map[ID]Status{}
		for _, m := range r.Students {
			r.Cells[se.ID][m.Student] = rapid.SampledFrom([]Status{Unmarked, Present, Late, Absent, Excused, Duty, NotRequired}).Draw(t, "status")
		}
	}
	slices.SortStableFunc(r.Sessions, func(a, b Session) int { return a.OpenedAt.Compare(b.OpenedAt) })
	return r
}

func TestFootingsAreTheSessions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawRegister(t).Count()
		for i := range c.Sessions { // larger than any letter of theirs
			s := &c.Sessions[i]
			for _, n := range []*int{&s.Expected, &s.Present, &s.Late, &s.Absent, &s.Excused, &s.Duty} {
				*n += rapid.SampledFrom([]int{0, 0, 200, 70_000}).Draw(t, "more")
			}
		}
		all := FootingsOf(c.Sessions)
		var got []SessionCount
		for f := range all.All() {
			kind := Offline
			if f.Online {
				kind = Online
			}
			got = append(got, SessionCount{OpenedAt: time.UnixMilli(f.OpenedMS).UTC(), Kind: kind, Expected: f.Expected, Tally: f.Tally})
		}
		slices.Reverse(got)
		for i := range c.Sessions {
			c.Sessions[i].Session, c.Sessions[i].OpenedAt = ID{}, c.Sessions[i].OpenedAt.UTC()
		}
		if !slices.Equal(got, c.Sessions) {
			t.Errorf("got %+v, want %+v", got, c.Sessions)
		}
		for cut := range all { // half of them read as fewer, never as others
			n := 0
			for f := range all[:cut].All() {
				if want := c.Sessions[len(c.Sessions)-1-n]; f.Tally != want.Tally || f.OpenedMS != want.OpenedAt.UnixMilli() {
					t.Errorf("cut at %d: got %+v, want %+v", cut, f, want)
				}
				n++
			}
		}
	})
}

// What a strip says of who is low is what the register says.
func TestAStripKnowsWhoIsLow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawRegister(t)
		strip := r.Count().Strip()
		low := func(r Register) (out []ID) {
			for _, risk := range r.AtRisk() {
				out = append(out, risk.Student)
			}
			slices.SortFunc(out, ID.Compare)
			return out
		}
		same := func(what string, got, want []ID) {
			slices.SortFunc(got, ID.Compare)
			if !slices.Equal(got, want) {
				t.Errorf("%s: got %v, want %v", what, got, want)
			}
		}
		var got []ID
		strip.low(func(id ID) { got = append(got, id) })
		same("all days", got, low(r))
		var from, until time.Time
		if rapid.Bool().Draw(t, "since") {
			from = noon.Add(time.Duration(rapid.IntRange(-25, 2).Draw(t, "since hour")) * time.Hour)
		}
		if rapid.Bool().Draw(t, "end") {
			until = noon.Add(time.Duration(rapid.IntRange(-25, 2).Draw(t, "end hour")) * time.Hour)
		}
		got = nil
		strip.lowBetween(from, until, r.Policy, func(id ID) { got = append(got, id) })
		same("some days", got, low(r.Between(from, until)))
		if n := len(r.Enrolled()); r.Count().Enrolled != n || len(strip.Bands) != n {
			t.Errorf("got %d enrolled and %d bands, want %d", r.Count().Enrolled, len(strip.Bands), n)
		}
		// Until then, and at no time before, who is enrolled is what it was.
		count := r.Count()
		for h := range 40 {
			later := noon.Add(time.Duration(h) * time.Hour)
			if !count.Until.IsZero() && !later.Before(count.Until) {
				break
			}
			if n := len(r.Roster.At(later)); n != count.Enrolled {
				t.Errorf("got %d enrolled after %d hours, before %v, want %d", n, h, count.Until, count.Enrolled)
			}
		}
	})
}

func TestCellsAreTalliedAsTheirStatuses(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := Cells(rapid.StringOf(rapid.SampledFrom([]rune("PLAEDN.?"))).Draw(t, "cells"))
		c = Cells(strings.Repeat(string(c), rapid.SampledFrom([]int{1, 1, 100}).Draw(t, "times")))
		if got, want := c.Tally(), CountStatuses(c.Statuses(), DefaultPolicy()).Tally; got != want {
			t.Errorf("%s: got %+v, want %+v", c, got, want)
		}
	})
}
