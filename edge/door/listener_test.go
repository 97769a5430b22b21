package door_test

import (
	"net"
	"testing"
	"time"

	"github.com/arise-attendance/arise/edge/door"
)

// fake is a listener whose callers a test names: one machine has not enough
// addresses of its own.
type fake struct {
	net.Listener
	calls chan net.Conn
}

func (f fake) Accept() (net.Conn, error) {
	c, ok := <-f.calls
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

type caller struct {
	net.Conn
	from   string
	hungUp chan struct{}
}

func (c *caller) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(c.from), Port: 1} }

func (c *caller) Close() error {
	close(c.hungUp)
	return nil
}

func TestTheRoomDoesNotTakeEveryPlace(t *testing.T) {
	t.Parallel()
	f := fake{calls: make(chan net.Conn)}
	l := door.Limit(f)
	accepted := make(chan net.Conn)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			accepted <- c
		}
	}()
	t.Cleanup(func() { close(f.calls) })
	// call reports the connection, or nil when it was hung up on.
	call := func(from string) net.Conn {
		c := &caller{from: from, hungUp: make(chan struct{})}
		f.calls <- c
		select {
		case got := <-accepted:
			return got
		case <-c.hungUp:
			return nil
		case <-time.After(10 * time.Second):
			t.Fatal("nothing happens")
			return nil
		}
	}
	var held []net.Conn
	fill := func(from string, most int) {
		t.Helper()
		for i := range most {
			c := call(from)
			if c == nil {
				t.Fatalf("%s: number %d was hung up on", from, i+1)
			}
			held = append(held, c)
		}
		if call(from) != nil {
			t.Fatalf("%s: got more than %d", from, most)
		}
	}
	fill("192.168.4.31", 128)
	fill("fd00::1", 128)
	if call("fd00::2") != nil {
		t.Error("another address of the same network of IPv6 was let in")
	}
	fill("192.168.4.32", 128)
	fill("192.168.4.33", 128)
	if call("192.168.4.34") != nil {
		t.Error("got more than 512 in all")
	}
	for _, here := range []string{"127.0.0.1", "::1", "127.0.0.9"} {
		if call(here) == nil {
			t.Errorf("%s was hung up on", here)
		}
	}
	if err := held[0].Close(); err != nil {
		t.Fatal(err)
	}
	if call("192.168.4.31") == nil {
		t.Error("a place that was given back is not free")
	}
}
