package node

import (
	"net/netip"
	"slices"
	"testing"
)

func TestWhereAListenerIsFound(t *testing.T) {
	t.Parallel()
	for listen, want := range map[string]string{
		":5000": "http://127.0.0.1:5000", "0.0.0.0:5001": "http://127.0.0.1:5001", "[::]:5002": "http://127.0.0.1:5002",
		"127.0.0.2:5003": "http://127.0.0.2:5003", "school.local:80": "http://school.local:80", "odd": "http://odd",
	} {
		if got := Here(listen); got != want {
			t.Errorf("%s: got %s, want %s", listen, got, want)
		}
	}
	own := []netip.Addr{netip.MustParseAddr("192.168.4.20"), netip.MustParseAddr("169.254.7.7")}
	both := []string{"http://192.168.4.20:5000", "http://169.254.7.7:5000"}
	for listen, want := range map[string][]string{
		":5000": both, "[::]:5000": both, "0.0.0.0:5000": both,
		"127.0.0.1:5000": nil, "[::1]:5000": nil, "odd": nil,
		"192.168.4.20:5000": both[:1],
	} {
		if got := lan(listen, own); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", listen, got, want)
		}
	}
	for a, want := range map[string]bool{"10.1.2.3": true, "::ffff:10.1.2.3": true, "127.0.0.1": false, "fe80::1": false, "224.0.0.251": false} {
		if got := found(netip.MustParseAddr(a)); got != want {
			t.Errorf("%s: got %t, want %t", a, got, want)
		}
	}
}
