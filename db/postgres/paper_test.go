package postgres_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/reports"
	"github.com/arise-attendance/arise/api/sheet"
	"github.com/arise-attendance/arise/db/postgres"
)

// ordered is a paper that an account of the office asked for.
func (s *school) ordered(t testing.TB, asked attendance.Asked) attendance.Paper {
	t.Helper()
	account := auth.Account{ID: newID(t), Username: "a" + newID(t).String()[24:], PasswordHash: "x", CreatedAt: time.Now()}
	p := attendance.Paper{ID: newID(t), Account: account.ID, Asked: asked, AskedAt: time.Now().Truncate(time.Millisecond)}
	if err := errors.Join(s.AddAccount(t.Context(), account), s.AddPaper(t.Context(), p)); err != nil {
		t.Fatal(err)
	}
	return p
}

func (s *school) papers() reports.Deps {
	return reports.Deps{Service: s.serve, School: s.Store, Papers: s.Store}
}

// file is all of a paper's pieces.
func (s *school) file(t testing.TB, id attendance.ID) (out []byte) {
	t.Helper()
	for n := 0; ; n++ {
		part, err := s.Part(t.Context(), id, n)
		if errors.Is(err, attendance.ErrNotFound) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, part...)
	}
}

func TestAPaperIsOrderedOrNotAskedFor(t *testing.T) {
	t.Parallel()
	var got attendance.ID
	fail := errors.New("on purpose")
	var answer error
	s := setup(t, 1, postgres.Options{Order: func(_ context.Context, _ pgx.Tx, id attendance.ID) error { got = id; return answer }})
	p := s.ordered(t, attendance.Asked{Kind: "shortage", Format: "csv", Course: s.course, Below: 75})
	if got != p.ID {
		t.Errorf("got %s ordered, want %s", got, p.ID)
	}
	kept, err := s.Paper(t.Context(), p.Account, p.ID)
	if err != nil || kept.Asked != p.Asked || kept.State != attendance.Queued || !kept.AskedAt.Equal(p.AskedAt) {
		t.Errorf("got %+v, %v, want what was asked", kept, err)
	}
	if _, err := s.Paper(t.Context(), newID(t), p.ID); !errors.Is(err, attendance.ErrNotFound) {
		t.Errorf("another account: got %v, want not found", err)
	}
	p.ID, answer = newID(t), fail
	if err := s.AddPaper(t.Context(), p); !errors.Is(err, fail) {
		t.Errorf("got %v, want the order's own", err)
	}
	if all, err := s.Papers(t.Context(), p.Account); err != nil || len(all) != 1 {
		t.Errorf("got %+v, %v, want only what was ordered", all, err)
	}
}

func TestASecondTryBeginsAnewAndShutsTheFirstOut(t *testing.T) {
	t.Parallel()
	s := setup(t, 1, postgres.Options{})
	p := s.ordered(t, attendance.Asked{Kind: "shortage", Format: "csv"})
	first, err := s.BeginPaper(t.Context(), p.ID)
	if err != nil || first.State != attendance.Making {
		t.Fatalf("got %+v, %v", first, err)
	}
	if err := errors.Join(s.AddPart(t.Context(), first, 0, []byte("half")), s.MovePaper(t.Context(), first, 40)); err != nil {
		t.Fatal(err)
	}
	second, err := s.BeginPaper(t.Context(), p.ID)
	if err != nil || second.Progress != 0 || len(s.file(t, p.ID)) != 0 {
		t.Fatalf("got %+v, %v, want to begin with nothing", second, err)
	}
	for what, err := range map[string]error{
		"a piece":   s.AddPart(t.Context(), first, 1, []byte("late")),
		"an end":    s.FinishPaper(t.Context(), first),
		"a failure": s.FailPaper(t.Context(), first, "no"),
	} {
		if !errors.Is(err, attendance.ErrNotFound) {
			t.Errorf("%s of the first try: got %v, want it refused", what, err)
		}
	}
	if err := s.MovePaper(t.Context(), first, 90); err != nil {
		t.Fatal(err)
	}
	second.Name, second.Size = "f.csv", 5
	if err := errors.Join(s.AddPart(t.Context(), second, 0, []byte("whole")), s.FinishPaper(t.Context(), second)); err != nil {
		t.Fatal(err)
	}
	got, err := s.Paper(t.Context(), p.Account, p.ID)
	if err != nil || got.State != attendance.Done || got.Progress != 100 || got.Name != "f.csv" || got.Size != 5 || string(s.file(t, p.ID)) != "whole" {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := s.BeginPaper(t.Context(), p.ID); !errors.Is(err, attendance.ErrNotFound) {
		t.Errorf("a third try: got %v, want that it is done", err)
	}
}

func TestPapersAreForgottenAfterAWeek(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := setup(t, 1, postgres.Options{Now: func() time.Time { return now }})
	p := s.ordered(t, attendance.Asked{Kind: "shortage", Format: "csv"})
	begun, err := s.BeginPaper(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.AddPart(t.Context(), begun, 0, []byte("x")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		later time.Duration
		left  int
	}{{attendance.KeptFor - time.Minute, 1}, {attendance.KeptFor + time.Minute, 0}} {
		now = p.AskedAt.Add(c.later)
		if err := s.papers().Forget(t.Context()); err != nil {
			t.Fatal(err)
		}
		if all, err := s.Papers(t.Context(), p.Account); err != nil || len(all) != c.left || len(s.file(t, p.ID)) != c.left {
			t.Errorf("after %v: got %d papers, %v, want %d", c.later, len(all), err, c.left)
		}
	}
}

// flaky is a store that breaks while a file is written.
type flaky struct {
	*postgres.Store
	broken error
}

func (f *flaky) AddPart(ctx context.Context, p attendance.Paper, part int, body []byte) error {
	if f.broken != nil {
		return f.broken
	}
	return f.Store.AddPart(ctx, p, part, body)
}

func TestAPaperThatFails(t *testing.T) {
	t.Parallel()
	errBroken := errors.New("the disk is full")
	s := setup(t, 3, postgres.Options{})
	build := func(d reports.Deps, asked attendance.Asked, last ...bool) (attendance.Paper, error) {
		t.Helper()
		p := s.ordered(t, asked)
		var err error
		for _, l := range last {
			err = d.Build(t.Context(), p.ID, l)
		}
		got, gone := s.Paper(t.Context(), p.Account, p.ID)
		if gone != nil {
			t.Fatal(gone)
		}
		return got, err
	}
	d := s.papers()
	d.Papers = &flaky{Store: s.Store, broken: errBroken}
	list := attendance.Asked{Kind: "shortage", Format: "csv"}
	if p, err := build(d, list, false); !errors.Is(err, errBroken) || p.State != attendance.Making {
		t.Errorf("a failure that may pass: got %+v, %v, want another try", p, err)
	}
	if p, err := build(d, list, false, true); err != nil || p.State != attendance.Failed || p.Trouble != "the server could not make it: ask for it again" {
		t.Errorf("the last try: got %+v, %v, want it to end, and no inner words", p, err)
	}
	if p, err := build(s.papers(), attendance.Asked{Kind: "month", Format: "csv", Course: newID(t)}, false); err != nil || p.State != attendance.Failed || p.Trouble == "" {
		t.Errorf("a course that is gone: got %+v, %v, want it to end at once", p, err)
	}
	if p, err := build(s.papers(), list, false, false, true); err != nil || p.State != attendance.Done || p.Try != 1 || int64(len(s.file(t, p.ID))) != p.Size {
		t.Errorf("a job that runs again: got %+v, %v, want one file", p, err)
	}
	if err := s.papers().Build(t.Context(), newID(t), false); err != nil {
		t.Errorf("a paper that was deleted: got %v, want nothing to do", err)
	}
}

func TestALargeFileIsKeptInPieces(t *testing.T) {
	t.Parallel()
	s := setup(t, 300, postgres.Options{})
	s.long(t, 60, day)
	p := s.ordered(t, attendance.Asked{Kind: "month", Format: "json", Course: s.course, Month: longStart.Format("2006-01")})
	if err := s.papers().Build(t.Context(), p.ID, false); err != nil {
		t.Fatal(err)
	}
	got, err := s.Paper(t.Context(), p.Account, p.ID)
	if err != nil || got.State != attendance.Done || got.Size < 1 {
		t.Fatalf("got %+v, %v", got, err)
	}
	body := s.file(t, p.ID)
	var month sheet.MonthBody
	if err := json.Unmarshal(body, &month); err != nil || int64(len(body)) != got.Size || len(month.Students) != 300 {
		t.Errorf("got %d bytes of %d, %v, want the whole of it", len(body), got.Size, err)
	}
}

var longStart = time.Date(2026, 1, 1, 4, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

// long lets the course hold classes at which four of five are.
func (s *school) long(t testing.TB, classes int, every time.Duration) {
	t.Helper()
	err := s.InTx(t.Context(), func(ctx context.Context, tx attendance.Tx) error {
		for i := range classes {
			at := longStart.Add(time.Duration(i) * every)
			se := attendance.Session{
				ID: newID(t), Course: s.course, Node: s.cloud, Teacher: s.teacher, Kind: attendance.Offline, OpenedAt: at,
				ClosesAt: at.Add(time.Hour), ClosedAt: at.Add(time.Hour), Policy: attendance.DefaultPolicy(),
			}
			if err := tx.PutSession(ctx, se); err != nil {
				return err
			}
			var all []attendance.Standing
			for j, st := range s.students {
				if (i+j)%5 != 0 {
					all = append(all, attendance.Standing{Session: se.ID, Student: st, Status: attendance.Present, Method: attendance.Biometric, At: at})
				}
			}
			if err := tx.PutStandings(ctx, all); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// BenchmarkLongRegister reads and writes the register of 400 sessions and 300
// students, as a workbook.
func BenchmarkLongRegister(b *testing.B) {
	s := setup(b, 300, postgres.Options{})
	s.long(b, 400, day)
	for b.Loop() {
		reg, err := s.serve.CourseRegister(b.Context(), s.rao(), s.course)
		if err != nil {
			b.Fatal(err)
		}
		if err := sheet.Register(io.Discard, sheet.XLSX, reg); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLongMonth reads and writes a month with as many.
func BenchmarkLongMonth(b *testing.B) {
	s := setup(b, 300, postgres.Options{})
	s.long(b, 400, 100*time.Minute)
	for b.Loop() {
		reg, err := s.serve.CourseRegister(b.Context(), s.rao(), s.course)
		if err != nil {
			b.Fatal(err)
		}
		m := reg.Monthly(attendance.Month{Year: longStart.Year(), Month: longStart.Month()})
		if len(m.Sessions) != 400 {
			b.Fatalf("got %d classes in the month, want all", len(m.Sessions))
		}
		if err := sheet.Month(io.Discard, sheet.XLSX, m); err != nil {
			b.Fatal(err)
		}
	}
}
