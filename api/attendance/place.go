package attendance

import (
	"context"
	"errors"
	"time"
)

// When a scan was made is measured by the scanner's own uptime while it is still up,
// which is exact whatever any clock believes; else by its clock, if it had one; else
// nobody knows, and only the class that the scanner named can claim it, at the latest
// moment that it can have been.

// longestUp is how far back a scanner is believed.
const longestUp = 400 * 24 * time.Hour

// when is the moment of a scan by the server's clock; where that is not known, the
// latest it can have been.
func (p Pulse) when(s Scan, now time.Time) (at time.Time, sure bool) {
	if s.Boot == p.Boot && s.UpMS >= 0 && s.UpMS <= p.UpMS && p.UpMS-s.UpMS < longestUp.Milliseconds() {
		return now.Add(-time.Duration(p.UpMS-s.UpMS) * time.Millisecond), true
	}
	if s.UnixMS <= 0 || s.UnixMS > maxMS {
		if s.Boot < p.Boot && p.UpMS > 0 && p.UpMS < longestUp.Milliseconds() { // before it was last switched on
			return now.Add(-time.Duration(p.UpMS) * time.Millisecond), false
		}
		return now, false
	}
	at = time.UnixMilli(s.UnixMS)
	if ahead := p.NowMS - now.UnixMilli(); p.NowMS > 0 && p.NowMS <= maxMS && abs(ahead) > nearEnough.Milliseconds() {
		at = at.Add(-time.Duration(ahead) * time.Millisecond) // as it is off now, so it was then
	}
	if at.After(now) {
		return now, true
	}
	return at, now.Sub(at) < longestUp
}

// edge is how far from a class's beginning and end a scan that names it may lie: what
// a request takes, and a class that ends under a finger.
const edge = 30 * time.Second

// queued is the age from which a scan was not made while the server listened.
const queued = 15 * time.Second

// locating is the place that scans of one pulse get.
type locating struct {
	*Service
	tx      Tx
	device  Device
	pulse   Pulse
	now     time.Time
	people  map[Print]ID
	rosters map[ID]Roster
}

// keepScans stores the scans that are new, each as a mark or for a person to place,
// and says what became of every one. served is the running class in which the scanner
// was last right.
func (s *Service) keepScans(ctx context.Context, tx Tx, d Device, p Pulse, now time.Time) (out []ScanResult, served ID, err error) {
	served = d.Served
	if len(p.Scans) == 0 {
		return nil, served, nil
	}
	w := locating{Service: s, tx: tx, device: d, pulse: p, now: now, rosters: map[ID]Roster{}}
	if w.people, err = fingers(ctx, tx, d.ID, p.Scans); err != nil {
		return nil, served, err
	}
	ids := make([]ID, len(p.Scans))
	for i, scan := range p.Scans {
		ids[i] = ScanID(d.ID, p.Epoch, scan.Seq)
	}
	known, err := tx.Known(ctx, ids)
	if err != nil {
		return nil, served, err
	}
	out = make([]ScanResult, len(p.Scans))
	var facts []Fact
	for i, scan := range p.Scans {
		if known[ids[i]] {
			out[i] = ScanDuplicate
			continue
		}
		known[ids[i]] = true
		f, se, err := w.place(ctx, scan)
		if err != nil {
			return nil, served, err
		}
		if out[i], err = w.result(ctx, f, facts); err != nil {
			return nil, served, err
		}
		if f.Why == "" && se.OpenAt(now) {
			served = se.ID
		}
		facts = append(facts, f)
	}
	if len(facts) > 0 {
		_, err = merge(ctx, tx, facts)
	}
	return out, served, err
}

func fingers(ctx context.Context, tx Tx, device ID, scans []Scan) (map[Print]ID, error) {
	known, ok := tx.(Fingers)
	if !ok {
		return nil, nil
	}
	prints := make([]Print, len(scans))
	for i, s := range scans {
		prints[i] = s.Print
	}
	return known.Fingers(ctx, device, prints)
}

// place makes the fact of a scan, with a reason if nobody can be sure where it belongs,
// and returns the class it was made in.
func (w *locating) place(ctx context.Context, scan Scan) (Fact, Session, error) {
	at, sure := w.pulse.when(scan, w.now)
	person := w.people[scan.Print]
	se, why, err := w.session(ctx, scan, person, at, sure)
	if err != nil {
		return Fact{}, se, err
	}
	f := Fact{
		ID: ScanID(w.device.ID, w.pulse.Epoch, scan.Seq), Kind: MarkSeen, Session: se.ID, Student: person, Actor: w.device.ID,
		Class: Evidence, Status: Present, Method: Biometric,
		Device: &DeviceRef{
			ID: w.device.ID, Epoch: w.pulse.Epoch, Seq: scan.Seq, Slot: scan.Slot, Template: scan.Template, Confidence: scan.Confidence,
			Map: scan.MapVersion, Boot: scan.Boot, UpMS: scan.UpMS, Estimated: !sure,
		},
	}
	if !sure || w.now.Sub(at) > queued {
		f.Method = BiometricQueue
	}
	if !sure && why == "" { // it was read in that class, whenever that was
		at = later(se.OpenedAt, earlier(at, se.EndAt()))
	}
	switch {
	case person.IsZero():
		why = WhyUnknownPerson
	case why == "":
		m, ok, err := w.member(ctx, se, person)
		if err != nil {
			return Fact{}, se, err
		}
		if f.Roll = m.Roll; !ok {
			why = WhyNotEnrolled
		}
	}
	f, err = w.factAt(f, at)
	f.Why = why
	return f, se, err
}

// session finds the class of a scan: the one it names, if that was held then; else the
// one that its scanner certainly served then; else the one of those held then that its
// person is in, if that is certain. A class that it names and that is not here may
// still come.
func (w *locating) session(ctx context.Context, scan Scan, person ID, at time.Time, sure bool) (Session, Why, error) {
	if !scan.Session.IsZero() {
		se, err := w.tx.Session(ctx, scan.Session)
		switch {
		case errors.Is(err, ErrNotFound):
			return Session{ID: scan.Session}, WhyUnknownSession, nil
		case err != nil:
			return Session{}, "", err
		case se.Kind == Offline && (!sure || !at.Before(se.OpenedAt.Add(-edge)) && at.Before(se.EndAt().Add(edge))):
			return se, "", nil
		}
	}
	if !sure {
		return Session{}, WhyUnplaced, nil
	}
	held, err := w.tx.HeldAt(ctx, at)
	if err != nil {
		return Session{}, "", err
	}
	if se, ok := SessionFor(w.device, held); ok {
		return se, "", nil
	}
	if person.IsZero() {
		return Session{}, WhyUnplaced, nil
	}
	var theirs []Session
	for _, se := range held {
		_, ok, err := w.member(ctx, se, person)
		if err != nil {
			return Session{}, "", err
		}
		if ok {
			theirs = append(theirs, se)
		}
	}
	if se, ok := SessionFor(w.device, theirs); ok {
		return se, "", nil
	}
	return Session{}, WhyUnplaced, nil
}

// member is the enrolment of a person that a class expects.
func (w *locating) member(ctx context.Context, se Session, person ID) (Member, bool, error) {
	roster, known := w.rosters[se.Course]
	if !known {
		var err error
		if roster, err = w.tx.Roster(ctx, se.Course); err != nil {
			return Member{}, false, err
		}
		w.rosters[se.Course] = roster
	}
	m, ok := roster.ByStudent(person, se.OpenedAt)
	return m, ok, nil
}

// result is what the scanner is told of a fact; before are those of the same pulse.
func (w *locating) result(ctx context.Context, f Fact, before []Fact) (ScanResult, error) {
	switch f.Why {
	case "":
	case WhyUnknownPerson:
		return ScanUnknown, nil
	case WhyNotEnrolled:
		return ScanNotEnrolled, nil
	default:
		return ScanNoSession, nil
	}
	for _, b := range before {
		if b.Why == "" && b.Session == f.Session && b.Student == f.Student {
			return ScanDuplicate, nil
		}
	}
	st, err := w.tx.Standings(ctx, f.Session, f.Student)
	if err == nil && find(st, f.Student).State.Evidence != nil {
		return ScanDuplicate, nil
	}
	return ScanOK, err
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
