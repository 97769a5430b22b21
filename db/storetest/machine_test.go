package storetest_test

import (
	"context"
	"errors"
	"time"

	"pgregory.net/rapid"

	"github.com/arise-attendance/arise/api/attendance"
)

// machine draws what happens next.
type machine struct {
	*campus
	ctx  context.Context
	last attendance.ID // the newest gesture
	made map[attendance.ID]bool
}

func (m *machine) by() attendance.Actor {
	return attendance.Actor{ID: m.teacher.ID, Role: attendance.RoleTeacher}
}

func (m *machine) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"open":  m.open,
		"close": m.close,
		"scan":  m.scan,
		"mark":  m.mark,
		"bulk":  m.bulk,
		"undo":  m.undo,
		"void":  m.void,
		"leave": m.leave,
		"rule":  m.rule,
		"walk":  m.walkIn,
		"send":  func(r *rapid.T) { m.sync(r, false) },
		"lose":  func(r *rapid.T) { m.sync(r, true) },
		"pull": func(r *rapid.T) {
			must(r, m.pull(m.ctx, m.drawDrive(r)))
		},
	}
}

func (m *machine) draw(r *rapid.T) *place { return rapid.SampledFrom(m.places).Draw(r, "where") }

func (m *machine) drawDrive(r *rapid.T) *place {
	return rapid.SampledFrom(m.places[:len(m.places)-1]).Draw(r, "drive")
}

// session is any that the place knows.
func (m *machine) session(r *rapid.T, p *place) attendance.ID {
	var known []attendance.Session
	must(r, p.store.View(m.ctx, func(ctx context.Context, tx attendance.Tx) (err error) {
		if known, err = tx.Sessions(ctx, m.course.ID); err != nil {
			return err
		}
		voided, err := tx.Voided(ctx, m.course.ID)
		known = append(known, voided...)
		return err
	}))
	if len(known) == 0 {
		r.Skip("no session yet")
	}
	return rapid.SampledFrom(known).Draw(r, "session").ID
}

func (m *machine) open(r *rapid.T) {
	p := m.draw(r)
	_, err := p.service.Open(m.ctx, m.by(), attendance.Order{Course: m.course.ID, Kind: attendance.Offline})
	if errors.As(err, new(attendance.Running)) {
		r.Skip("one runs there")
	}
	must(r, err)
}

func (m *machine) close(r *rapid.T) {
	p := m.draw(r)
	if _, err := p.service.Close(m.ctx, m.by(), m.session(r, p)); !errors.Is(err, attendance.ErrNotOwner) {
		must(r, err)
	}
}

func (m *machine) scan(r *rapid.T) {
	p := m.drawDrive(r)
	_, err := p.service.Touch(m.ctx, "192.0.2.1", rapid.IntRange(1, 7).Draw(r, "roll"))
	must(r, err)
}

func (m *machine) gesture(r *rapid.T, p *place) attendance.ID {
	id, err := p.service.NewID()
	must(r, err)
	return id
}

// noted remembers what must never be lost: the facts of an acknowledged gesture.
func (m *machine) noted(gesture attendance.ID, students ...attendance.ID) {
	for _, st := range students {
		m.made[attendance.Derive("mark", gesture[:], st[:])] = true
	}
	m.last = gesture
}

func (m *machine) mark(r *rapid.T) {
	p := m.draw(r)
	se, st := m.session(r, p), rapid.SampledFrom(m.pupils).Draw(r, "student")
	g := m.gesture(r, p)
	status := rapid.SampledFrom([]attendance.Status{attendance.Present, attendance.Absent, attendance.Excused, attendance.Late}).Draw(r, "status")
	_, err := p.service.Mark(m.ctx, m.by(), se, attendance.Verdict{Gesture: g, Students: []attendance.ID{st}, Status: status})
	must(r, err)
	m.noted(g, st)
}

func (m *machine) bulk(r *rapid.T) {
	p := m.draw(r)
	g := m.gesture(r, p)
	_, err := p.service.Mark(m.ctx, m.by(), m.session(r, p), attendance.Verdict{
		Gesture: g, Students: m.pupils, Status: attendance.Absent, Bulk: true,
	})
	must(r, err)
	m.last = g
}

func (m *machine) undo(r *rapid.T) {
	if m.last.IsZero() {
		r.Skip("nothing to take back")
	}
	p := m.draw(r)
	_, err := p.service.Undo(m.ctx, m.by(), m.session(r, p), m.last)
	must(r, err)
}

// void deletes a session or restores one that was deleted.
func (m *machine) void(r *rapid.T) {
	p := m.draw(r)
	se := m.session(r, p)
	if rapid.Bool().Draw(r, "restore") {
		_, err := p.service.Restore(m.ctx, m.by(), se)
		must(r, err)
		return
	}
	if _, _, err := p.service.Void(m.ctx, m.by(), se, "started by mistake"); !errors.Is(err, attendance.ErrOpen) {
		must(r, err)
	}
}

// leave lets the office excuse a student in the classes that the cloud knows.
func (m *machine) leave(r *rapid.T) {
	st, office := rapid.SampledFrom(m.pupils).Draw(r, "student"), attendance.Actor{ID: m.gesture(r, m.cloud), Role: attendance.RoleAdmin}
	must(r, m.pg.InReview(m.ctx, func(ctx context.Context, tx attendance.Reviews) error {
		q, err := m.cloud.service.Ask(ctx, tx, office, attendance.Request{
			Kind: attendance.AskLeave, Student: st, From: time.Now().Add(-24 * time.Hour), To: time.Now().Add(24 * time.Hour), Reason: "Fever",
		})
		if err == nil && rapid.Bool().Draw(r, "revoke") {
			_, err = m.cloud.service.Revoke(ctx, tx, office, q.ID, "a mistake")
		}
		return err
	}))
}

func (m *machine) sync(r *rapid.T, lose bool) {
	must(r, m.send(m.ctx, m.drawDrive(r), rapid.IntRange(1, 9).Draw(r, "batch"), lose))
}
