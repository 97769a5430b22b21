package main

import "net"

// addresses are where a listener is found: from this computer, and from others in
// its networks if it listens to them.
func addresses(listen string) (here string, lan []string) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "http://" + listen, nil
	}
	url := func(host string) string { return "http://" + net.JoinHostPort(host, port) }
	if ip := net.ParseIP(host); host != "" && (ip == nil || !ip.IsUnspecified()) {
		return url(host), nil
	}
	all, err := net.InterfaceAddrs()
	if err != nil {
		return url("127.0.0.1"), nil // it serves all the same
	}
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && n.IP.IsPrivate() && n.IP.To4() != nil {
			lan = append(lan, url(n.IP.String()))
		}
	}
	return url("127.0.0.1"), lan
}
