package attendance

import (
	"encoding/json"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

func TestAStateIsWrittenAsEncodingJSONWould(t *testing.T) {
	t.Parallel()
	same := func(t rapid.TB, s State) {
		want, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.AppendJSON(nil); string(got) != string(want) {
			t.Fatalf("got %s, want %s", got, want)
		}
	}
	same(t, State{})
	// Each field alone, also those that somebody will add.
	for i := range reflect.TypeFor[Vote]().NumField() {
		var v Vote
		switch f := reflect.ValueOf(&v).Elem().Field(i); f.Kind() {
		case reflect.String:
			f.SetString("x")
		case reflect.Int, reflect.Int64:
			f.SetInt(-7)
		case reflect.Array:
			f.Index(3).SetUint(9)
		default:
			t.Fatalf("%s: write it in AppendJSON, and set it here", reflect.TypeFor[Vote]().Field(i).Name)
		}
		same(t, State{Evidence: &v})
		same(t, State{Evidence: &v, Verdicts: []Vote{v, {}}})
	}
	if n := reflect.TypeFor[State]().NumField(); n != 2 {
		t.Errorf("a state has %d fields, want the two that AppendJSON writes", n)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := fold(drawMarks(t, 6))
		for i := range s.Verdicts {
			s.Verdicts[i].Reason = rapid.String().Draw(t, "reason")
			s.Verdicts[i].Method = Method(rapid.SampledFrom([]string{"", "manual", "<b>", "a\"b", "\x7f", "\xff", "\u2028"}).Draw(t, "method"))
		}
		same(t, s)
		var back State
		if err := json.Unmarshal(s.AppendJSON(nil), &back); err != nil {
			t.Fatal(err)
		}
	})
}
