package replay_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/edge/replay"
)

// meter counts what goes over a line, headers and all.
type meter struct{ sent, got atomic.Int64 }

func (m *meter) reset() { m.sent.Store(0); m.got.Store(0) }

func (m *meter) dial(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, network, address)
	return metered{c, m}, err
}

type metered struct {
	net.Conn
	m *meter
}

func (c metered) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.m.sent.Add(int64(n))
	return n, err
}

func (c metered) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.m.got.Add(int64(n))
	return n, err
}

// A school may pay for each megabyte.
func TestAMarkAndAnIdleLookCostLessThanAKilobyte(t *testing.T) {
	t.Parallel()
	d := pair(t)
	id, err := d.store.Identity(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var line meter
	client, err := replay.NewClient(d.cloud.URL, auth.NodeToken(id.Node, id.Key), &http.Transport{DialContext: line.dial})
	if err != nil {
		t.Fatal(err)
	}
	d.replay = replay.New(replay.Options{
		Log: d.store, Cloud: client.As("v1.2.3-rc1+linux", time.Now), Service: d.service, World: world, Every: time.Minute,
		Changed: func() {}, Slog: slog.New(slog.DiscardHandler),
	})
	s := d.lesson()
	d.cycle()
	var sent, got int64 // by a look alone
	costs := func(what string, most int64) {
		t.Helper()
		if s, g := line.sent.Load()-sent, line.got.Load()-got; s > most || g > most || s <= 0 {
			t.Errorf("%s: got %d bytes sent and %d received beside a look, want at most %d each", what, s, g, most)
		}
	}
	line.reset()
	d.cycle()
	costs("an idle look", 1000)
	sent, got = line.sent.Load(), line.got.Load()
	line.reset()
	d.mark(s, attendance.Late, 2)
	if done := d.cycle(); done.Sent != 1 {
		t.Errorf("got %+v, want one mark sent", done)
	}
	costs("a mark", 1000)
	line.reset()
	for range 40 {
		d.mark(s, attendance.Present, 0)
	}
	d.cycle()
	costs("40 marks", 40*300)
}
