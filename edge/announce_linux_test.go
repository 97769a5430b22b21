package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// network is an Ethernet of our own with a few computers: namespaces of this one.
// The first has the switch in it and asks questions.
type network struct {
	t     *testing.T
	names []string
}

func newNetwork(t *testing.T, tag string, computers int) *network {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("making networks needs root")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("making networks needs iproute2")
	}
	n := &network{t: t}
	for i := range computers {
		name := fmt.Sprintf("arise-%s-%d-%d", tag, os.Getpid(), i)
		if out, err := exec.Command("ip", "netns", "add", name).CombinedOutput(); err != nil {
			t.Skipf("making networks is not allowed here: %v: %s", err, out)
		}
		t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", name).Run() })
		n.names = append(n.names, name)
	}
	n.ip(0, "link add hub type bridge")
	n.ip(0, "link set hub up")
	n.ip(0, "addr add 10.77.0.1/24 dev hub")
	n.ip(0, "route add 224.0.0.0/4 dev hub") // there is no way out that questions would take
	for i := 1; i < computers; i++ {
		n.ip(0, fmt.Sprintf("link add port%d type veth peer name lan netns %s", i, n.names[i]))
		n.ip(0, fmt.Sprintf("link set port%d master hub up", i))
		n.ip(i, "link set lo up")
		n.ip(i, "link set lan up")
	}
	return n
}

// ip sets something up on a computer.
func (n *network) ip(computer int, words string) {
	n.t.Helper()
	args := append([]string{"-n", n.names[computer]}, strings.Fields(words)...)
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		n.t.Fatalf("ip %s: %v: %s", words, err, out)
	}
}

// joins gives a computer its address, 10.77.0.2 for the first.
func (n *network) joins(computer int) string {
	n.t.Helper()
	at := fmt.Sprintf("10.77.0.%d", computer+1)
	n.ip(computer, "addr add "+at+"/24 dev lan")
	return at
}

// plugIn starts a pendrive on a computer.
func (n *network) plugIn(computer int) *exec.Cmd {
	n.t.Helper()
	bin, err := built()
	if err != nil {
		n.t.Fatal(err)
	}
	cmd := exec.Command("ip", "netns", "exec", n.names[computer], bin, "serve")
	cmd.Env = []string{"ARISE_EDGE_DATA=" + n.t.TempDir(), "ARISE_EDGE_LISTEN=:5000"}
	if err := cmd.Start(); err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd
}

// ask is what the network answers about a name.
func (n *network) ask(name string) []string {
	n.t.Helper()
	self, err := os.Executable()
	if err != nil {
		n.t.Fatal(err)
	}
	cmd := exec.Command("ip", "netns", "exec", n.names[0], self)
	cmd.Env = []string{"ARISE_TEST_RESOLVE=" + name}
	out, err := cmd.CombinedOutput()
	if err != nil {
		n.t.Fatalf("ask for %s: %v: %s", name, err, out)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// has reports whether the network answers a name with an address, and no other.
func (n *network) has(name, at string) bool {
	n.t.Helper()
	got := n.ask(name)
	return slices.Contains(got, "A "+name+". "+at) && len(got) == 1
}

func TestTheSecondPendriveOfANetworkGetsANameOfItsOwn(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, "two", 3)
	first, second := n.joins(1), n.joins(2)
	n.plugIn(1)
	eventually(t, "the first is arise.local", func() bool { return n.has("arise.local", first) })
	n.plugIn(2)
	eventually(t, "the second is arise-2.local", func() bool { return n.has("arise-2.local", second) })
	if !n.has("arise.local", first) {
		t.Errorf("arise.local: got %v, want the first alone", n.ask("arise.local"))
	}
	services := n.ask("_arise._tcp.local")
	for _, want := range []string{"SRV arise.local. 5000", "SRV arise-2.local. 5000", "A arise.local. " + first, "A arise-2.local. " + second} {
		if !slices.Contains(services, want) {
			t.Errorf("the service: got %q, want %s", services, want)
		}
	}
}

func TestTwoThatStartAtOnceDoNotKeepOneName(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, "once", 3)
	one, two := n.joins(1), n.joins(2)
	n.plugIn(1)
	n.plugIn(2)
	eventually(t, "each has a name", func() bool {
		return n.has("arise.local", one) && n.has("arise-2.local", two) || n.has("arise.local", two) && n.has("arise-2.local", one)
	})
}

func TestAComputerThatJoinsANetworkLaterIsAnnouncedThere(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, "late", 2)
	n.plugIn(1)
	if got := n.ask("arise.local"); len(got) != 1 || got[0] != "" {
		t.Fatalf("got %v, want nobody yet", got)
	}
	at := n.joins(1)
	eventually(t, "it is announced", func() bool { return n.has("arise.local", at) })
}
