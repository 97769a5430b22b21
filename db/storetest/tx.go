package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/arise-attendance/arise/api/attendance"
)

var errOnPurpose = errors.New("on purpose")

var transactions = map[string]func(*testing.T, *room){
	"a transaction that fails keeps nothing": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		f := r.mark(t, s, r.Students[0].ID, 1)
		err := r.Store.InTx(r.ctx, func(ctx context.Context, tx attendance.Tx) error {
			if err := tx.PutSession(ctx, s); err != nil {
				return err
			}
			if _, err := tx.Append(ctx, []attendance.Fact{f}); err != nil {
				return err
			}
			if err := tx.PutDevice(ctx, attendance.Device{ID: newID(t), Name: "gone"}); err != nil {
				return err
			}
			return errOnPurpose
		})
		if !errors.Is(err, errOnPurpose) {
			t.Errorf("got %v, want the error of the transaction", err)
		}
		notFound(t, r, func(ctx context.Context, tx attendance.Tx) error { _, err := tx.Session(ctx, s.ID); return err })
		same(t, "scanners", len(r.devices(t)), 0)
		r.put(t, s)
		same(t, "facts", len(r.facts(t, s.ID, attendance.Which{})), 0)
		sameList(t, "kept afterwards", r.append(t, f), []attendance.Kept{attendance.Fresh})
	},
	"a transaction that panics keeps nothing and the store goes on": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			_ = r.Store.InTx(r.ctx, func(ctx context.Context, tx attendance.Tx) error {
				if err := tx.PutSession(ctx, s); err != nil {
					return err
				}
				panic("on purpose")
			})
		}()
		notFound(t, r, func(ctx context.Context, tx attendance.Tx) error { _, err := tx.Session(ctx, s.ID); return err })
		r.put(t, s)
		same(t, "room", r.read(t, s.ID).Room, s.Room)
	},
	"a transaction sees its own writes": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		r.in(t, func(ctx context.Context, tx attendance.Tx) error {
			if err := tx.PutSession(ctx, s); err != nil {
				return err
			}
			if _, err := tx.Append(ctx, []attendance.Fact{r.mark(t, s, r.Students[0].ID, 1)}); err != nil {
				return err
			}
			got, err := tx.Facts(ctx, s.ID, attendance.Which{})
			same(t, "facts", len(got), 1)
			return err
		})
	},
	"a view leaves no trace": func(t *testing.T, r *room) {
		_ = r.Store.View(r.ctx, func(ctx context.Context, tx attendance.Tx) error {
			return tx.PutDevice(ctx, attendance.Device{ID: newID(t), Name: "written in a view"})
		})
		same(t, "scanners", len(r.devices(t)), 0)
		err := r.Store.View(r.ctx, func(context.Context, attendance.Tx) error { return errOnPurpose })
		if !errors.Is(err, errOnPurpose) {
			t.Errorf("got %v, want the error of the view", err)
		}
	},
	"a view holds one state while others write": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		r.put(t, s)
		var writing sync.WaitGroup
		writing.Go(func() {
			for i := range 40 {
				// Two facts at a time: an odd number is half a transaction.
				r.append(t, r.mark(t, s, r.Students[0].ID, i), r.mark(t, s, r.Students[1].ID, i))
			}
		})
		for range 40 {
			err := r.Store.View(r.ctx, func(ctx context.Context, tx attendance.Tx) error {
				first, err := tx.Facts(ctx, s.ID, attendance.Which{})
				if err != nil {
					return err
				}
				second, err := tx.Facts(ctx, s.ID, attendance.Which{})
				same(t, "whole transactions", len(first)%2, 0)
				same(t, "facts, read again", len(second), len(first))
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
		writing.Wait()
		same(t, "facts", len(r.facts(t, s.ID, attendance.Which{})), 80)
	},
	"many writers at once keep all that succeed and nothing else": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		r.put(t, s)
		const writers, each = 16, 12
		var all sync.WaitGroup
		for w := range writers {
			all.Go(func() {
				for i := range each {
					f := r.mark(t, s, r.Students[w%len(r.Students)].ID, i)
					err := r.Store.InTx(r.ctx, func(ctx context.Context, tx attendance.Tx) error {
						kept, err := tx.Append(ctx, []attendance.Fact{f})
						if err != nil {
							return err
						}
						if kept[0] != attendance.Fresh {
							return fmt.Errorf("kept %d, want fresh", kept[0])
						}
						if i%3 == 2 {
							return errOnPurpose
						}
						return nil
					})
					if want := i%3 == 2; errors.Is(err, errOnPurpose) != want || !want && err != nil {
						t.Errorf("writer %d, fact %d: got %v", w, i, err)
					}
				}
			})
		}
		all.Wait()
		same(t, "facts", len(r.facts(t, s.ID, attendance.Which{})), writers*each*2/3)
	},
	"writers of one session do not lose each other's work": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		r.put(t, s)
		count := func(ctx context.Context, tx attendance.Tx) error {
			if _, err := tx.LockSessions(ctx, []attendance.ID{s.ID}); err != nil {
				return err
			}
			st, err := tx.Standings(ctx, s.ID, r.Students[0].ID)
			if err != nil {
				return err
			}
			next := attendance.Standing{Session: s.ID, Student: r.Students[0].ID}
			if len(st) > 0 {
				next = st[0]
			}
			next.Reason += "x"
			return tx.PutStandings(ctx, []attendance.Standing{next})
		}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 5 {
					if err := r.Store.InTx(r.ctx, count); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		same(t, "increments", len(r.standings(t, s.ID)[0].Reason), 40)
	},
	"a caller who has left is told so": func(t *testing.T, r *room) {
		ctx, leave := context.WithCancel(r.ctx)
		leave()
		err := r.Store.InTx(ctx, func(context.Context, attendance.Tx) error { return nil })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want context.Canceled", err)
		}
		r.in(t, func(context.Context, attendance.Tx) error { return nil })
	},
}
