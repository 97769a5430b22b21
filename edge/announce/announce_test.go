package announce

import (
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/pion/mdns/v2"
)

func announcer(name string) *Announcer {
	return New(Config{
		Port: 5000, ID: "MMMM1234", Log: slog.New(slog.DiscardHandler),
		Name: func() string { return name }, Node: func() string { return "" },
		Own: func() []netip.Addr { return []netip.Addr{netip.MustParseAddr("192.168.4.20")} },
	})
}

func TestOfTwoWithOneNameTheLesserKeepsIt(t *testing.T) {
	t.Parallel()
	a := announcer("")
	for name, tc := range map[string]struct {
		host, id, at string
		want         bool
	}{
		"a lesser one":              {"arise.local.", "AAAA", "192.168.4.31", true},
		"in capitals":               {"ARISE.local.", "AAAA", "192.168.4.31", true},
		"a greater one":             {"arise.local.", "ZZZZ", "192.168.4.31", false},
		"itself":                    {"arise.local.", "MMMM1234", "192.168.4.20", false},
		"another on this computer":  {"arise.local.", "AAAA", "192.168.4.20", false},
		"one with another name":     {"arise-2.local.", "AAAA", "192.168.4.31", false},
		"one that does not say who": {"arise.local.", "", "192.168.4.31", false},
	} {
		other := mdns.ServiceInstance{Host: tc.host, Text: []mdns.TXTEntry{mdns.NewTXTString("id", tc.id), mdns.NewTXTString("at", tc.at)}}
		if got := a.yields(other, "arise.local"); got != tc.want {
			t.Errorf("%s: got %t, want %t", name, got, tc.want)
		}
	}
}

func TestAServiceIsNamedAfterThePendriveInsideTheLimit(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"": "pendrive (MMMM)", "Room 204": "Room 204 (MMMM)", strings.Repeat("कक्षा ", 20): ""} {
		got := announcer(name).instance()
		if want != "" && got != want || len(got) > 63 || !utf8.ValidString(got) || !strings.HasSuffix(got, " (MMMM)") {
			t.Errorf("%q: got %q, want %q within 63 bytes", name, got, want)
		}
	}
	for n, want := range map[int]string{1: "arise.local", 2: "arise-2.local", 20: "arise-20.local"} {
		if got := hostname(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}
