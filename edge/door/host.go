package door

import (
	"net"
	"net/http"
	"net/netip"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// announced are the names that pendrives take in a network.
var announced = regexp.MustCompile(`^arise(-[0-9]{1,3})?\.local$`)

// computer is what this computer is called.
var computer = sync.OnceValue(func() string {
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return strings.ToLower(name)
})

// answersTo refuses a page of elsewhere whose name was turned to our address (DNS
// rebinding): the browser then believes that we are that page's own server, and
// the name is all that tells. A name of ours cannot be turned, and an address is
// ours when the connection came in on it.
func (d *Door) answersTo(r *http.Request) bool {
	host := strings.ToLower(r.Host)
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(host, ".")
	if ip, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		ip = ip.Unmap().WithZone("")
		return ip.IsLoopback() || ip == arrived(r)
	}
	switch host {
	case "":
		return false
	case "localhost", strings.ToLower(d.name), computer(), computer() + ".local":
		return true
	}
	return announced.MatchString(host)
}

// arrived is the address of ours that a connection was made to.
func arrived(r *http.Request) netip.Addr { return end(r).Addr().Unmap().WithZone("") }

// own is where this computer finds the program that a request reached.
func own(r *http.Request) string {
	return "http://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(int(end(r).Port())))
}

// end is our end of a request's connection.
func end(r *http.Request) netip.AddrPort {
	at, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return netip.AddrPort{}
	}
	ap, err := netip.ParseAddrPort(at.String())
	if err != nil {
		return netip.AddrPort{}
	}
	return ap
}
