// Package announce says in the classroom's network where the pendrive is: its name
// arise.local (or arise-2.local, where another pendrive has that already) and the
// service _arise._tcp with the port, by multicast DNS (RFC 6762, RFC 6763). Nothing
// depends on it: many phones know no such names, so addresses are shown beside it.
//
// The wire is pion/mdns: well kept, in plain Go, and it shares the port with what
// the system itself has there. It leaves finding a free name to its user, which is
// most of what is here.
package announce

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pion/logging"
	"github.com/pion/mdns/v2"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// Service is what scanners browse for.
const Service = "_arise._tcp"

// Config says what is announced.
type Config struct {
	Port uint16
	ID   string        // of this start: of two with one name, the lesser keeps it
	Name func() string // what people call this pendrive; empty: it has no name yet
	Node func() string // its id at the school; empty: it has none yet
	Own  func() []netip.Addr
	Log  *slog.Logger
}

// Announcer announces one pendrive.
type Announcer struct {
	config Config
	name   atomic.Pointer[string]
}

// New makes one; it says nothing until Run.
func New(c Config) *Announcer { return &Announcer{config: c} }

// Host is the name it has now, such as arise.local; empty: none.
func (a *Announcer) Host() string {
	if name := a.name.Load(); name != nil {
		return *name
	}
	return ""
}

const (
	lookEvery  = 5 * time.Second  // a computer changes its Wi-Fi
	retryEvery = 30 * time.Second // where announcing does not work
	// ttl is short, so that a pendrive that moved to another computer is found there
	// within the time that a class is willing to wait.
	ttl = 20
)

// errTaken is another pendrive that has our name and goes first.
var errTaken = errors.New("another pendrive has this name")

// Run announces until ctx ends: anew in each network, and under another name when
// ours turns out to be taken. That it does not work is worth a line in the log and
// nothing more.
func (a *Announcer) Run(ctx context.Context) error {
	said := ""
	for ctx.Err() == nil {
		err := a.hold(ctx)
		a.name.Store(nil)
		pause := time.Duration(0)
		switch {
		case err == nil, errors.Is(err, errTaken), ctx.Err() != nil:
		default:
			if pause = retryEvery; err.Error() != said {
				said = err.Error()
				a.config.Log.WarnContext(ctx, "this pendrive has no name in the network", "error", err)
			}
		}
		wait(ctx, pause)
	}
	return nil
}

// hold takes a name and keeps it until the network changes.
func (a *Announcer) hold(ctx context.Context) error {
	place := a.place()
	if len(a.config.Own()) == 0 {
		return a.stay(ctx, place, nil) // in no network yet
	}
	host, err := a.choose(ctx)
	if err != nil {
		return err
	}
	conn, err := open(mdns.WithLocalNames(host), mdns.WithResponseTTL(ttl), mdns.WithQueryInterval(20*time.Second), mdns.WithService(mdns.ServiceInstance{
		Instance: a.instance(), Service: Service, Port: a.config.Port, Text: a.text(),
	}))
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	taken := make(chan struct{}, 1)
	conn.OnServiceDiscovered(func(e mdns.ServiceEvent) {
		if a.yields(e.Instance, host) {
			select {
			case taken <- struct{}{}:
			default:
			}
		}
	})
	if err := conn.Browse(ctx, Service); err != nil {
		return fmt.Errorf("look for other pendrives: %w", err)
	}
	a.name.Store(&host)
	a.config.Log.InfoContext(ctx, "announced", "name", host, "port", a.config.Port)
	return a.stay(ctx, place, taken)
}

// stay waits for the network to change.
func (a *Announcer) stay(ctx context.Context, place string, taken <-chan struct{}) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-taken:
			return errTaken
		case <-tick.C:
			if a.place() != place {
				return nil
			}
		}
	}
}

// place is all that an announcement depends on.
func (a *Announcer) place() string {
	return fmt.Sprint(a.config.Own(), a.config.Name(), a.config.Node())
}

// yields reports whether another pendrive has our name and goes first: it was
// started in the same moment. One on this computer shares the name, as it shares
// the address.
func (a *Announcer) yields(other mdns.ServiceInstance, host string) bool {
	if !strings.EqualFold(strings.TrimSuffix(other.Host, "."), host) {
		return false
	}
	id, at := value(other.Text, "id"), value(other.Text, "at")
	if slices.ContainsFunc(a.config.Own(), func(ip netip.Addr) bool { return ip.String() == at }) {
		return false
	}
	return id != "" && id < a.config.ID
}

func value(text []mdns.TXTEntry, key string) string {
	for _, e := range text {
		if strings.EqualFold(e.Key, key) {
			return string(e.Value)
		}
	}
	return ""
}

// instance names the service for people, and for programs as one of its kind.
func (a *Announcer) instance() string {
	name := a.config.Name()
	if name == "" {
		name = "pendrive"
	}
	const most = 63 // RFC 6763, less what follows
	tail := " (" + a.config.ID[:min(4, len(a.config.ID))] + ")"
	return strings.ToValidUTF8(name[:min(len(name), most-len(tail))], "") + tail
}

// text is what a scanner may want to know before it asks.
func (a *Announcer) text() []mdns.TXTEntry {
	out := []mdns.TXTEntry{mdns.NewTXTString("v", "1"), mdns.NewTXTString("id", a.config.ID), mdns.NewTXTString("at", a.config.Own()[0].String())}
	if node := a.config.Node(); node != "" {
		out = append(out, mdns.NewTXTString("node", node))
	}
	return out
}

// open takes part in multicast DNS, over IPv4 and, where there is one, IPv6.
func open(opts ...mdns.ServerOption) (*mdns.Conn, error) {
	// A multicast address makes Go share the port with the system's own service.
	v4, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: 5353})
	if err != nil {
		return nil, fmt.Errorf("listen for questions: %w", err)
	}
	var p6 *ipv6.PacketConn
	v6, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.ParseIP("ff02::fb"), Port: 5353})
	if err == nil {
		p6 = ipv6.NewPacketConn(v6)
	}
	quiet := &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}
	conn, err := mdns.NewServer(ipv4.NewPacketConn(v4), p6, append(opts, mdns.WithLoggerFactory(quiet))...)
	if err != nil {
		err = errors.Join(err, v4.Close())
		if v6 != nil {
			err = errors.Join(err, v6.Close())
		}
		return nil, fmt.Errorf("announce: %w", err)
	}
	return conn, nil
}

func wait(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
