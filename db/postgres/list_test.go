package postgres_test

import (
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres"
)

func TestListsArriveAsTheyWereSent(t *testing.T) {
	t.Parallel()
	s := open(t, postgres.Options{})
	a, b := newID(t), newID(t)
	sendList(t, s, "uuid", []attendance.ID{}, []attendance.ID{a}, []attendance.ID{{}}, []attendance.ID{b, {}, a, b})
	sendList(t, s, "bytea", [][]byte{}, [][]byte{[]byte("a")}, [][]byte{{0, 1}, {}, nil, make([]byte, 100_000)})
	sendList(t, s, "text", []string{}, []string{""}, []string{"NULL", `a,"b{}\`, "", "चिकित्सा"})
	sendList(t, s, "bigint", []int64{}, []int64{0, 1, -1, math.MaxInt64, math.MinInt64})
	sendList(t, s, "timestamptz", []time.Time{}, []time.Time{{}, time.UnixMicro(0).UTC(), time.UnixMicro(-1).UTC(), time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)})
	var nobody int
	if err := s.pool.QueryRow(t.Context(), `SELECT count(*) FROM unnest($1::uuid[]) u WHERE u IS NULL`, []attendance.ID{a, {}, b}).Scan(&nobody); err != nil || nobody != 1 {
		t.Errorf("got %d NULL, %v, want nobody to be one", nobody, err)
	}
}

func sendList[T any](t *testing.T, s store, of string, lists ...[]T) {
	t.Helper()
	for _, sent := range lists {
		// As text too, which pgx wrote by itself.
		var got []T
		var text string
		if err := s.pool.QueryRow(t.Context(), `SELECT $1::`+of+`[], $1::`+of+`[]::text`, sent).Scan(&got, &text); err != nil {
			t.Fatalf("%s: %v", of, err)
		}
		for i, at := range any(got).([]T) {
			if at, ok := any(at).(time.Time); ok {
				got[i] = any(at.UTC()).(T)
			}
		}
		if !reflect.DeepEqual(got, sent) {
			t.Errorf("%s: got %v (%s), want %v", of, got, text, sent)
		}
	}
}
