package node

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/arise-attendance/arise/api/pendrive"
	"github.com/arise-attendance/arise/db/sqlite"
	"github.com/arise-attendance/arise/edge/announce"
)

// Status implements pendrive.Drive.
func (o office) Status(ctx context.Context) (pendrive.EdgeStatus, error) {
	held, err := o.room.service.Holdings(ctx)
	if err != nil {
		return pendrive.EdgeStatus{}, err
	}
	size, err := o.store.Size()
	if err != nil {
		return pendrive.EdgeStatus{}, err
	}
	_, heard, err := o.store.LastAnchor(ctx)
	if err != nil {
		return pendrive.EdgeStatus{}, err
	}
	id, now := o.room.identity, o.room.service.Now()
	st := pendrive.EdgeStatus{
		Instance: o.instance, Version: o.config.Version, StartedAt: o.started.UTC().Truncate(time.Second),
		Paired: o.room.paired(), NodeID: id.Node, Name: id.Name, Institution: id.Institution,
		Courses: make([]pendrive.EdgeCourse, 0, len(held.Courses)),
		Cloud:   pendrive.CloudOf(held.Backlog, now), Network: o.network(), Clock: pendrive.ClockOf(o.room.service.Clock().Anchored(), now, heard),
		Encryption: pendrive.EncryptionOf(false), Phones: o.listed(),
	}
	for _, c := range held.Courses {
		st.Courses = append(st.Courses, pendrive.EdgeCourse{ID: c.ID, Code: c.Code, Name: c.Name, Students: c.Enrolled, Running: !c.Running.ID.IsZero()})
	}
	if !held.Until.IsZero() {
		at := held.Until.UTC().Truncate(time.Millisecond)
		st.ClassUntil = &at
	}
	st.Cloud.URL, st.Cloud.AutoSync = o.config.Cloud, o.config.Cloud != "" && o.config.Every > 0
	free, total := space(o.config.Data)
	drive, err := o.store.Drive(ctx)
	if err != nil {
		return pendrive.EdgeStatus{}, err
	}
	st.Medium = pendrive.MediumOf(drive.Failed, drive.Low, free, total)
	st.Keeping = o.keeping(drive, now)
	st.Medium.Folder, st.Medium.RegisterBytes, st.Medium.ReserveBytes = o.config.Data, size, drive.Reserve
	if drive.Fault != "" {
		at := drive.FaultAt.UTC().Truncate(time.Second)
		st.Medium.LastError, st.Medium.LastErrorAt = drive.Fault, &at
	}
	st.Attention = attention(st, held.Backlog.Attention, now)
	return st, nil
}

// network is where this pendrive is found now: a computer changes its Wi-Fi.
func (n *Node) network() pendrive.EdgeNetwork {
	if n.listener == nil { // nobody listens: its program does not run
		return pendrive.EdgeNetwork{LAN: []string{}}
	}
	port := portOf(n.Address())
	out := pendrive.EdgeNetwork{
		Here: Here(n.Address()), LAN: lan(n.Address(), ownAddresses()), Port: port, Wanted: cmp.Or(portOf(n.config.Listen), port),
	}
	if out.LAN == nil {
		out.LAN = []string{}
	} else {
		out.QR = "/api/edge/qr"
	}
	if n.announce != nil {
		if host := n.announce.Host(); host != "" {
			out.Name = "http://" + net.JoinHostPort(host, strconv.Itoa(port))
		}
	}
	return out
}

// announcer is for a listener that the whole network reaches. Whoever chose one of
// this computer's addresses knows what they do.
func (n *Node) announcer() *announce.Announcer {
	at, err := netip.ParseAddrPort(n.Address())
	if err != nil || !at.Addr().IsUnspecified() {
		return nil
	}
	who := func() (id sqlite.Identity) {
		if r := n.room.Load(); r != nil {
			id = r.identity
		}
		return id
	}
	return announce.New(announce.Config{
		Port: at.Port(), ID: n.instance, Own: ownAddresses, Log: n.config.Log,
		Name: func() string { return who().Name },
		Node: func() string {
			if id := who().Node; !id.IsZero() {
				return id.String()
			}
			return ""
		},
	})
}

// attention is what a person must do, most urgent first.
func attention(st pendrive.EdgeStatus, sync string, now time.Time) []string {
	out := []string{}
	if st.Medium.State != "well" {
		out = append(out, st.Medium.Words)
	}
	if sync != "" && st.Medium.State != "failed" && st.Medium.State != "read_only" { // it says no more than that
		out = append(out, sync)
	}
	if m := moved(st.Network.Wanted, st.Network.Port); m != "" {
		out = append(out, m)
	}
	if st.Keeping.BackupError != "" && st.Medium.State == "well" {
		out = append(out, "No backup could be made: "+st.Keeping.BackupError)
	}
	if what := news(st, now); what != "" {
		out = append(out, what)
	}
	if st.Clock.State != "well" && st.Clock.State != "unknown" {
		out = append(out, st.Clock.Words)
	}
	return out
}

// Look reads how a pendrive stands while its program does not run.
func Look(ctx context.Context, c Config) (st pendrive.EdgeStatus, err error) {
	store, err := Open(ctx, c, nil, nil)
	if err != nil {
		return st, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	n := &Node{config: c, store: store}
	if err := remember(ctx, &n.config, store); err != nil {
		return st, err
	}
	r := &room{}
	if r.identity, err = store.Identity(ctx); err != nil {
		return st, err
	}
	if _, r.claim, err = store.Lease(ctx); err != nil {
		return st, err
	}
	if r.service, err = n.rules(ctx, r.identity); err != nil {
		return st, err
	}
	return office{Node: n, room: r}.Status(ctx)
}
