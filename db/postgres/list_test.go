package postgres_test

import (
	"reflect"
	"testing"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres"
)

func TestListsArriveAsTheyWereSent(t *testing.T) {
	t.Parallel()
	s := open(t, postgres.Options{})
	a, b := newID(t), newID(t)
	for name, sent := range map[string][]attendance.ID{"none": {}, "one": {a}, "one that is nobody": {{}}, "some": {b, {}, a, b}} {
		var got []attendance.ID
		var nobody int
		err := s.pool.QueryRow(t.Context(), `SELECT $1::uuid[], (SELECT count(*) FROM unnest($1::uuid[]) u WHERE u IS NULL)`, sent).Scan(&got, &nobody)
		if err != nil || !reflect.DeepEqual(got, sent) {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, sent)
		}
		want := 0
		for _, id := range sent {
			if id.IsZero() {
				want++
			}
		}
		if nobody != want {
			t.Errorf("%s: got %d NULL, want %d", name, nobody, want)
		}
	}
	for name, sent := range map[string][][]byte{"none": {}, "one": {[]byte("a")}, "some": {{0, 1}, {}, nil, make([]byte, 100_000)}} {
		var got [][]byte
		if err := s.pool.QueryRow(t.Context(), `SELECT $1::bytea[]`, sent).Scan(&got); err != nil || !reflect.DeepEqual(got, sent) {
			t.Errorf("%s: got %d, %v, want %d", name, len(got), err, len(sent))
		}
	}
}
