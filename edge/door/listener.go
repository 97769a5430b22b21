package door

import (
	"net"
	"net/netip"
	"sync"
)

// Connections at once. A browser opens six; behind one address there may be a
// whole class with a travel router.
const (
	mostFromOne = 128
	mostFromAll = 512
)

// Limit bounds how many connections the room holds open, so that nobody in it can
// take the teacher's place. This computer is not counted.
func Limit(l net.Listener) net.Listener {
	return &limited{Listener: l, from: map[netip.Addr]int{}}
}

type limited struct {
	net.Listener
	mu   sync.Mutex
	from map[netip.Addr]int
	all  int
}

// Accept hangs up on whoever has enough.
func (l *limited) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		at, err := netip.ParseAddrPort(c.RemoteAddr().String())
		from := at.Addr().Unmap()
		if err == nil && from.IsLoopback() {
			return c, nil
		}
		if from.Is6() { // one computer has as many of these as it likes
			from = netip.PrefixFrom(from.WithZone(""), 64).Masked().Addr()
		}
		if l.take(from) {
			return &held{Conn: c, give: sync.OnceFunc(func() { l.give(from) })}, nil
		}
		_ = c.Close() // it has not been told anything yet
	}
}

func (l *limited) take(from netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all >= mostFromAll || l.from[from] >= mostFromOne {
		return false
	}
	l.all++
	l.from[from]++
	return true
}

func (l *limited) give(from netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all--
	if l.from[from]--; l.from[from] == 0 {
		delete(l.from, from)
	}
}

type held struct {
	net.Conn
	give func()
}

func (h *held) Close() error {
	h.give()
	return h.Conn.Close()
}
