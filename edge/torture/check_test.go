package torture

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// nth is the n-th thing of a kind in the histories below.
func nth(kind string, n int) attendance.ID {
	return attendance.Derive(kind, binary.BigEndian.AppendUint64(nil, uint64(n)))
}

// story writes a history that keeps every promise: a drive holds one class of four,
// its log is sent in two batches, and all was read in the end.
type story struct {
	t      *testing.T
	h      *History
	facts  []attendance.Fact
	hash   [32]byte
	before [32]byte
}

var aSession = nth("session", 1)

func (s *story) ask(kind Kind, n int, status attendance.Status, answer Type, said string) {
	answered := s.h.Ask(Event{Place: "drive", Kind: kind, Session: aSession, Student: s.student(kind, n), Gesture: s.gesture(kind, n), Status: status})
	if answer != "" {
		answered(answer, said)
	}
}

func (s *story) student(kind Kind, n int) attendance.ID {
	if kind == Open || kind == End {
		return attendance.ID{}
	}
	return nth("student", n)
}

func (s *story) gesture(kind Kind, n int) attendance.ID {
	if kind != Verdict {
		return attendance.ID{}
	}
	return nth("gesture", n)
}

// writes adds a line to the log.
func (s *story) writes(f attendance.Fact) {
	s.t.Helper()
	f.Node, f.Session = nth("node", 1), aSession
	at := noon.Add(time.Duration(len(s.facts)) * time.Second)
	f.Stamp = attendance.Stamp{WallMS: at.UnixMilli(), Segment: nth("segment", 1), MonoMS: at.Sub(noon).Milliseconds(), HLC: attendance.HLCAt(at)}
	if f.ID.IsZero() {
		id, err := attendance.NewID(at, rand.Reader)
		if err != nil {
			s.t.Fatal(err)
		}
		f.ID = id
	}
	if err := f.Seal(); err != nil {
		s.t.Fatal(err)
	}
	s.facts = append(s.facts, f)
}

func (s *story) sends(from, to int) {
	s.before = s.hash
	for i := from; i < to; i++ {
		f := s.facts[i]
		e := Event{Type: Sent, Place: "drive", Node: f.Node, Incarnation: nth("incarnation", 1), Seq: int64(i + 1), ID: f.ID, Body: f.Body}
		if i == from {
			e.Hash = bytes.Clone(s.before[:])
		}
		s.h.Add(e)
		s.hash = attendance.Chain(s.hash, e.Seq, e.ID, e.Body)
	}
	s.h.Add(Event{Type: Ack, Place: "drive", Incarnation: nth("incarnation", 1), Seq: int64(to), Hash: bytes.Clone(s.hash[:])})
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// goodHistory: student 1 touched, 2 touched twice, 3 was marked late after the teacher's
// page got no answer for "absent", 4 touched and was then excused; a mark of
// student 5 was refused.
func goodHistory(t *testing.T) []Event {
	t.Helper()
	s := &story{t: t, h: NewHistory(nil)}
	s.ask(Open, 0, "", OK, "")
	s.ask(Scan, 1, "", OK, Accepted)
	s.ask(Scan, 2, "", OK, Accepted)
	s.ask(Scan, 2, "", OK, Already)
	s.ask(Verdict, 3, attendance.Absent, "", "")
	s.h.Add(Event{Type: Fault, Place: "drive", Said: "power cut"})
	s.h.Add(Event{Type: Boot, Place: "drive"})
	for n, status := range map[int]attendance.Status{1: attendance.Present, 2: attendance.Present, 3: "", 4: ""} {
		s.h.Add(Event{Type: Shown, Place: "drive", Session: aSession, Student: nth("student", n), Status: status})
	}
	s.ask(Verdict, 5, attendance.Absent, Fail, "not enrolled")
	late := s.h.Ask(Event{Place: "drive", Kind: Verdict, Session: aSession, Student: nth("student", 3), Gesture: nth("gesture", 33), Status: attendance.Late})
	late(OK, "")
	s.ask(Scan, 4, "", OK, Accepted)
	s.ask(Verdict, 4, attendance.Excused, OK, "")
	s.ask(End, 0, "", OK, "")

	mark := func(n int, gesture attendance.ID, status attendance.Status) attendance.Fact {
		st := nth("student", n)
		return attendance.Fact{
			ID: attendance.Derive("mark", gesture[:], st[:]), Kind: attendance.MarkSet, Student: st, Gesture: gesture,
			Class: attendance.Teacher, Status: status, Actor: nth("teacher", 1),
		}
	}
	seen := func(n int) attendance.Fact {
		return attendance.Fact{Kind: attendance.MarkSeen, Student: nth("student", n), Class: attendance.Evidence, Status: attendance.Present}
	}
	s.writes(attendance.Fact{Kind: attendance.SessionOpened, Opening: &attendance.Opening{
		Course: nth("course", 1), Kind: attendance.Offline, ClosesMS: noon.Add(time.Hour).UnixMilli(), Policy: attendance.DefaultPolicy(),
	}})
	s.writes(seen(1))
	s.writes(seen(2))
	s.writes(mark(3, nth("gesture", 33), attendance.Late))
	s.sends(0, 3)
	s.writes(seen(4))
	s.writes(mark(4, nth("gesture", 4), attendance.Excused))
	s.writes(attendance.Fact{Kind: attendance.SessionEnded, ClosedAt: noon.Add(time.Minute).UnixMilli()})
	s.sends(3, 7)
	s.h.Add(Event{Type: Drained, Place: "drive", Count: 900})
	for i, f := range s.facts {
		s.h.Add(Event{Type: Stored, ID: f.ID, Node: f.Node, Seq: int64(i + 1), Body: f.Body, Ord: f.Ord, EffectiveMS: f.EffectiveMS, StoredMS: 1000})
	}
	for _, place := range []string{"drive", Cloud} {
		for n, status := range []attendance.Status{attendance.Present, attendance.Present, attendance.Late, attendance.Excused} {
			s.h.Add(Event{Type: Standing, Place: place, Session: aSession, Student: nth("student", n+1), Status: status})
		}
		s.h.Add(Event{Type: Roster, Place: place, ID: nth("course", 1), Said: "1 2 3 4"})
		s.h.Add(Event{Type: Read, Place: place})
	}
	events, err := s.h.Events()
	if err != nil {
		t.Fatal(err)
	}
	return events
}

func TestAHistoryThatKeepsEveryPromiseIsCleared(t *testing.T) {
	t.Parallel()
	r := Check(goodHistory(t), Rules{})
	for _, f := range r.Findings {
		t.Error(f)
	}
	if r.Acknowledged != 8 {
		t.Errorf("got %d acknowledged, want 8", r.Acknowledged)
	}
}

// A checker that never finds anything proves nothing: each history here breaks one
// promise.
func TestAHistoryThatBreaksAPromiseIsFoundOut(t *testing.T) {
	t.Parallel()
	first := func(events []Event, is func(Event) bool) int { return slices.IndexFunc(events, is) }
	stored := func(line int64) func(Event) bool {
		return func(e Event) bool { return e.Type == Stored && e.Seq == line }
	}
	at := func(kind Type, place string, n int) func(Event) bool {
		return func(e Event) bool { return e.Type == kind && e.Place == place && e.Student == nth("student", n) }
	}
	drop := func(is func(Event) bool) func([]Event) []Event {
		return func(events []Event) []Event { return slices.DeleteFunc(events, is) }
	}
	alter := func(is func(Event) bool, change func(*Event)) func([]Event) []Event {
		return func(events []Event) []Event {
			change(&events[first(events, is)])
			return events
		}
	}
	add := func(more ...Event) func([]Event) []Event {
		return func(events []Event) []Event { return append(events, more...) }
	}
	says := func(s attendance.Status) func(*Event) { return func(e *Event) { e.Status = s } }
	again := func(is func(Event) bool) func([]Event) []Event {
		return func(events []Event) []Event { return append(events, events[first(events, is)]) }
	}
	stranger := nth("stranger", 1)
	for name, tc := range map[string]struct {
		breaks func([]Event) []Event
		rule   string
		harm   Harm
	}{
		"a verdict is nowhere":                        {drop(stored(6)), "I1", Lost},
		"a finger is nowhere":                         {drop(stored(2)), "I1", Lost},
		"an opening is nowhere":                       {drop(stored(1)), "I1", Lost},
		"an end is nowhere":                           {drop(stored(7)), "I1", Lost},
		"a fact is there twice":                       {again(stored(6)), "I1", Doubled},
		"one finger is two facts":                     {secondFinger, "I1", Doubled},
		"a verdict waits in the inbox":                {inboxed(6), "I1", Lost},
		"a finger was accepted twice":                 {alter(func(e Event) bool { return e.Said == Already }, func(e *Event) { e.Said = Accepted }), "I1", Lost},
		"the drive forgot a finger":                   {alter(at(Shown, "drive", 1), says("")), "I1", Lost},
		"the drive forgot the session":                {add(Event{Type: Gone, Place: "drive", Session: aSession}), "I1", Lost},
		"the drive forgot the last verdict":           {alter(at(Standing, "drive", 3), says(attendance.Absent)), "I1", Lost},
		"the drive shows what nobody said":            {alter(at(Shown, "drive", 1), says(attendance.Duty)), "I1", Corrupt},
		"a fact was made by nobody":                   {alter(stored(6), func(e *Event) { e.Body = bytes.Replace(e.Body, []byte(`"excused"`), []byte(`"absent"`), 1) }), "I2", Corrupt},
		"a refused mark is there":                     {alter(func(e Event) bool { return e.Type == OK && e.Op == 7 }, func(e *Event) { e.Type = Fail }), "I2", Corrupt},
		"a fact cannot be read":                       {alter(stored(2), func(e *Event) { e.Body = e.Body[1:] }), "I2", Corrupt},
		"the inbox holds what nobody sent":            {add(Event{Type: Aside, ID: stranger}), "I2", Corrupt},
		"the cloud shows another status":              {alter(at(Standing, Cloud, 2), says(attendance.Late)), "I3", Corrupt},
		"the cloud shows a status without a fact":     {add(Event{Type: Standing, Place: Cloud, Session: aSession, Student: stranger, Status: attendance.Present}), "I3", Corrupt},
		"the drive shows another status":              {alter(at(Standing, "drive", 2), says(attendance.Late)), "I4", Corrupt},
		"the drive shows nobody":                      {drop(at(Standing, "drive", 2)), "I4", Corrupt},
		"a line is missing from the log":              {drop(func(e Event) bool { return e.Type == Sent && e.Seq == 2 }), "I5", Corrupt},
		"a line of the log was rewritten":             {add(Event{Type: Sent, Incarnation: nth("incarnation", 1), Seq: 2, ID: stranger}), "I5", Corrupt},
		"a batch continues another log":               {alter(func(e Event) bool { return e.Type == Sent && e.Seq == 4 }, func(e *Event) { e.Hash[0]++ }), "I5", Corrupt},
		"the confirmed line goes back":                {ackAgain, "I5", Corrupt},
		"the cloud confirms another hash":             {alter(func(e Event) bool { return e.Type == Ack }, func(e *Event) { e.Hash[0]++ }), "I5", Corrupt},
		"a confirmed line is nowhere":                 {drop(stored(5)), "I6", Lost},
		"the rosters differ":                          {alter(func(e Event) bool { return e.Type == Roster }, func(e *Event) { e.Said = "1 2 3" }), "I8", Corrupt},
		"it never drains":                             {add(Event{Type: Drained, Count: 61_000}), "I9", Corrupt},
		"a drive that was shut out goes on":           {add(Event{Type: Revoked, Place: "drive", Node: nth("node", 1), StoredMS: 1000 - 60_001}), "I10", Corrupt},
		"a place does not come up":                    {add(Event{Type: Broken, Said: "damaged"}), "I0", Corrupt},
		"nobody looked":                               {drop(func(e Event) bool { return e.Type == Read }), "I0", Corrupt},
		"nothing was acknowledged":                    {drop(func(e Event) bool { return e.Type == OK }), "I0", Corrupt},
		"a cut verdict counts though another came up": {alter(at(Standing, "drive", 3), says("")), "I1", Lost},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := Check(tc.breaks(goodHistory(t)), Rules{})
			if !slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Rule == tc.rule && f.Harm == tc.harm }) {
				t.Errorf("got %v, want %s %s", r.Findings, tc.rule, tc.harm)
			}
		})
	}
}

// secondFinger is stored beside the first and comes from the same log.
func secondFinger(events []Event) []Event {
	i := slices.IndexFunc(events, func(e Event) bool { return e.Type == Stored && e.Seq == 2 })
	f, err := attendance.Decode(events[i].Body)
	if err != nil {
		panic(err)
	}
	f.ID = nth("finger", 2)
	if err := f.Seal(); err != nil {
		panic(err)
	}
	e := events[i]
	e.ID, e.Body = f.ID, f.Body
	return append(events, e)
}

// inboxed moves a fact to the inbox.
func inboxed(line int64) func([]Event) []Event {
	return func(events []Event) []Event {
		i := slices.IndexFunc(events, func(e Event) bool { return e.Type == Stored && e.Seq == line })
		events[i].Type, events[i].Said = Aside, string(attendance.WhyNotEnrolled)
		return events
	}
}

func ackAgain(events []Event) []Event {
	i := slices.IndexFunc(events, func(e Event) bool { return e.Type == Ack })
	return append(events, events[i])
}

func TestALyingMediumMayForgetWhatTheCloudNeverHeard(t *testing.T) {
	t.Parallel()
	forget := func(events []Event) []Event { // the tail of the log, and the end of the class with it
		return slices.DeleteFunc(events, func(e Event) bool {
			return (e.Type == Sent || e.Type == Stored) && e.Seq > 6 || e.Type == Ack && e.Seq > 6
		})
	}
	if r := Check(forget(goodHistory(t)), Rules{Lied: true}); len(r.Findings) > 0 {
		t.Errorf("got %v, want it excused", r.Findings)
	}
	if r := Check(forget(goodHistory(t)), Rules{}); r.Count(Lost) == 0 {
		t.Error("an honest medium may not")
	}
	sent := func(events []Event) []Event { // the cloud had it
		return slices.DeleteFunc(events, func(e Event) bool { return e.Type == Stored && e.Seq == 6 })
	}
	if r := Check(sent(goodHistory(t)), Rules{Lied: true}); r.Count(Lost) == 0 {
		t.Error("what the cloud confirmed is lost, and nobody says so")
	}
}

func TestAHistoryIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	h := NewHistory(&file)
	for _, e := range goodHistory(t) {
		h.Add(e)
	}
	want, err := h.Events()
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadHistory(&file)
	if err != nil || len(got) != len(want) {
		t.Fatalf("got %d events, %v, want %d", len(got), err, len(want))
	}
	if r := Check(got, Rules{}); len(r.Findings) > 0 {
		t.Errorf("got %v", r.Findings)
	}
	if _, err := ReadHistory(strings.NewReader("{}\nnot JSON\n")); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("got %v, want the line that is wrong", err)
	}
}
