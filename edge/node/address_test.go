package main

import "testing"

func TestAddresses(t *testing.T) {
	t.Parallel()
	for listen, want := range map[string]string{
		":5000": "http://127.0.0.1:5000", "0.0.0.0:5001": "http://127.0.0.1:5001", "[::]:5002": "http://127.0.0.1:5002",
		"127.0.0.2:5003": "http://127.0.0.2:5003", "school.local:80": "http://school.local:80", "odd": "http://odd",
	} {
		if got, _ := addresses(listen); got != want {
			t.Errorf("%s: got %s, want %s", listen, got, want)
		}
	}
	if _, lan := addresses("127.0.0.1:5000"); lan != nil {
		t.Errorf("got %v, want no address for others on the loopback", lan)
	}
}
