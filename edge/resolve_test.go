package main

import (
	"fmt"
	"net"
	"os"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// resolve asks the network it runs in for a name, as any device does, and prints
// each record that is answered. It is this test's program run again, inside a
// network namespace; nothing of what announces is used.
func resolve(name string) int {
	kind := dnsmessage.TypeA
	if name[0] == '_' {
		kind = dnsmessage.TypePTR
	}
	q := dnsmessage.Message{Questions: []dnsmessage.Question{{Name: dnsmessage.MustNewName(name + "."), Type: kind, Class: dnsmessage.ClassINET}}}
	raw, err := q.Pack()
	if err != nil {
		return complain(err)
	}
	c, err := net.ListenUDP("udp4", nil)
	if err != nil {
		return complain(err)
	}
	defer c.Close()
	if _, err := c.WriteToUDP(raw, &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: 5353}); err != nil {
		return complain(err)
	}
	if err := c.SetReadDeadline(time.Now().Add(time.Second)); err != nil {
		return complain(err)
	}
	buf := make([]byte, 9000)
	for {
		n, _, err := c.ReadFromUDP(buf)
		if err != nil {
			return 0 // nobody has more to say
		}
		var m dnsmessage.Message
		if err := m.Unpack(buf[:n]); err != nil {
			return complain(err)
		}
		for _, r := range append(m.Answers, m.Additionals...) {
			switch b := r.Body.(type) {
			case *dnsmessage.AResource:
				fmt.Println("A", r.Header.Name, net.IP(b.A[:]))
			case *dnsmessage.SRVResource:
				fmt.Println("SRV", b.Target, b.Port)
			case *dnsmessage.TXTResource:
				fmt.Println("TXT", b.TXT)
			}
		}
	}
}

func complain(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}
