package node

import (
	"cmp"
	"net"
	"net/netip"
	"slices"
	"strconv"
)

// Here is where a listener is found from this computer.
func Here(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "http://" + listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// lan is where a listener is found from other computers, the likeliest first;
// nowhere if it listens to this one only.
func lan(listen string, own []netip.Addr) []string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return nil
	}
	url := func(a netip.Addr) string { return "http://" + net.JoinHostPort(a.String(), port) }
	if ip, err := netip.ParseAddr(host); host != "" && (err != nil || !ip.IsUnspecified()) {
		if err != nil || !found(ip) {
			return nil
		}
		return []string{url(ip)}
	}
	var out []string
	for _, a := range own {
		out = append(out, url(a))
	}
	return out
}

// found reports whether others find this computer at an address. Original
// scanners know IPv4 only, and nobody types the other one.
func found(a netip.Addr) bool {
	a = a.Unmap()
	return a.Is4() && (a.IsGlobalUnicast() || a.IsLinkLocalUnicast())
}

// ownAddresses are this computer's in its networks: first the one that leads out,
// then private ones, and last those that it gave itself because nobody else did.
func ownAddresses() []netip.Addr {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil // it serves all the same
	}
	out := []netip.Addr{}
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok {
			if ip, ok := netip.AddrFromSlice(n.IP); ok && found(ip) {
				out = append(out, ip.Unmap())
			}
		}
	}
	first := leadingOut()
	rank := func(a netip.Addr) int {
		switch {
		case a == first:
			return 0
		case a.IsPrivate():
			return 1
		case a.IsLinkLocalUnicast():
			return 3
		}
		return 2
	}
	slices.SortStableFunc(out, func(a, b netip.Addr) int { return cmp.Compare(rank(a), rank(b)) })
	return out
}

// leadingOut asks the system which address it would call the world from. Nothing
// is sent: a UDP socket is only given its ends.
func leadingOut() netip.Addr {
	c, err := net.Dial("udp4", "203.0.113.1:9") //nolint:noctx // asks nobody
	if err != nil {
		return netip.Addr{} // no way out of this room
	}
	defer c.Close()
	at, err := netip.ParseAddrPort(c.LocalAddr().String())
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr()
}

// portOf is a listener's port, 0 where it has none.
func portOf(listen string) int {
	_, port, err := net.SplitHostPort(listen)
	if err != nil {
		return 0
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return 0
	}
	return n
}
