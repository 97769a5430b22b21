package node

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
)

// nextPorts is how far we look for a port that is free.
const nextPorts = 20

// listen takes the wanted port, or the next free one: a teacher in front of a
// class cannot find out which program has it (on a Mac the system itself has 5000).
func listen(ctx context.Context, wanted string) (net.Listener, error) {
	l, first := take(ctx, wanted)
	if first == nil {
		return l, nil
	}
	host, _, err := net.SplitHostPort(wanted)
	port := portOf(wanted)
	var name *net.DNSError
	if err == nil && port > 0 && !errors.As(first, &name) {
		for p := port + 1; p <= min(port+nextPorts, 65535); p++ {
			if l, err := take(ctx, net.JoinHostPort(host, strconv.Itoa(p))); err == nil {
				return l, nil
			}
		}
	}
	return nil, fmt.Errorf("listen on %s: %w: set ARISE_EDGE_LISTEN to an address of this computer with a free port, such as :5001", wanted, first)
}

// take listens on an address. Where everything is listened to, some systems let
// another program keep the loopback, which is the teacher's half: such a port
// counts as taken.
func take(ctx context.Context, address string) (net.Listener, error) {
	var lc net.ListenConfig
	if host, port, err := net.SplitHostPort(address); err == nil && port != "0" {
		if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
			loopback, err := lc.Listen(ctx, "tcp4", net.JoinHostPort("127.0.0.1", port))
			if err != nil {
				return nil, err
			}
			if err := loopback.Close(); err != nil {
				return nil, err
			}
		}
	}
	return lc.Listen(ctx, "tcp", address)
}

// moved says that the port is not the wanted one; empty: it is.
func moved(wanted, got int) string {
	if wanted == 0 || wanted == got {
		return ""
	}
	return fmt.Sprintf("Another program has port %d, so this pendrive is at port %d. Scanners that were set to port %d do not find it: "+
		"stop that program and start the pendrive again, or set them to port %d.", wanted, got, wanted, got)
}
