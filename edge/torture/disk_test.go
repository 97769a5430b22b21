package torture

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
)

// medium is a disk as a program without a kernel uses it.
type medium struct {
	*Disk
	t *testing.T
}

func newMedium(t *testing.T) medium { return medium{NewDisk(), t} }

func (m medium) try(c change) syscall.Errno {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.do(c)
}

func (m medium) must(c change) {
	m.t.Helper()
	if errno := m.try(c); errno != 0 {
		m.t.Fatalf("%s: %v", c.deed, errno)
	}
}

func (m medium) create(id uint64, name string) {
	m.t.Helper()
	m.must(change{deed: link, node: id, to: root, asName: name})
}

func (m medium) write(id uint64, at int64, text string) {
	m.t.Helper()
	m.must(change{deed: write, node: id, at: at, data: []byte(text)})
}

func (m medium) fsync(ids ...uint64) {
	m.t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range ids {
		if errno := m.sync(id); errno != 0 {
			m.t.Fatal(errno)
		}
	}
}

func (m medium) content(name string) (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	id, there := m.live[root].names[name]
	if !there {
		return "", false
	}
	return string(m.live[id].data), true
}

func (m medium) holds(name, want string) {
	m.t.Helper()
	if got, there := m.content(name); !there || got != want {
		m.t.Errorf("%s: got %q, there %t, want %q", name, got, there, want)
	}
}

func (m medium) hasNo(name string) {
	m.t.Helper()
	if got, there := m.content(name); there {
		m.t.Errorf("%s: got %q, want nothing", name, got)
	}
}

func chance(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 512)) }

func TestAPowerCutTakesWhatWasNotSyncedAndNothingElse(t *testing.T) {
	t.Parallel()
	m := newMedium(t)
	m.create(2, "kept")
	m.write(2, 0, "kept")
	m.create(3, "nameless") // its bytes are synced, its name is not: FAT loses it
	m.fsync(2, root)
	m.write(2, 4, " and lost")
	m.create(4, "unsynced")
	m.must(change{deed: rename, node: 2, from: root, name: "kept", to: root, asName: "renamed"})
	m.holds("renamed", "kept and lost")
	m.PowerUp(Drop, chance(1))
	m.holds("kept", "kept")
	m.hasNo("renamed")
	m.hasNo("unsynced")
	m.holds("nameless", "")
	if n := m.Unsynced(); n != 0 {
		t.Errorf("got %d unsynced after a cut", n)
	}
	m.must(change{deed: truncate, node: 2, at: 1})
	m.must(change{deed: unlink, node: 3, from: root, name: "nameless"})
	m.PowerUp(Drop, chance(1))
	m.holds("kept", "kept")
	m.holds("nameless", "")
	m.must(change{deed: truncate, node: 2, at: 1})
	m.must(change{deed: truncate, node: 2, at: 3})
	m.fsync(2)
	m.PowerUp(Drop, chance(1))
	m.holds("kept", "k\x00\x00")
}

func TestANameIsDurableWithItsFolder(t *testing.T) {
	t.Parallel()
	m := newMedium(t)
	m.create(2, "file")
	m.write(2, 0, "text")
	m.fsync(2)
	m.PowerUp(Drop, chance(1))
	m.hasNo("file")
	m.create(3, "file")
	m.write(3, 0, "text")
	m.fsync(root)
	m.PowerUp(Drop, chance(1))
	m.holds("file", "")
	m.must(change{deed: rename, node: 3, from: root, name: "file", to: root, asName: "other"})
	m.fsync(root)
	m.PowerUp(Drop, chance(1))
	m.hasNo("file")
	m.holds("other", "")
}

func TestAPrefixKeepsTheOrderOfWrites(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for seed := range uint64(200) {
		m := newMedium(t)
		m.create(2, "file")
		m.fsync(2, root)
		for i, text := range []string{"a", "b", "c"} {
			m.write(2, int64(i), text)
		}
		m.PowerUp(Prefix, chance(seed))
		got, _ := m.content("file")
		if !slices.Contains([]string{"", "a", "ab", "abc"}, got) {
			t.Fatalf("seed %d: got %q, want a prefix", seed, got)
		}
		seen[got] = true
	}
	if len(seen) != 4 {
		t.Errorf("got %v, want every prefix in 200 cuts", seen)
	}
}

func TestATornWriteIsNewAndOldSectorBySector(t *testing.T) {
	t.Parallel()
	const size = 3*sector + 100
	older, newer := bytes.Repeat([]byte("o"), size), bytes.Repeat([]byte("n"), size)
	mixed, halves := false, false
	for seed := range uint64(300) {
		m := newMedium(t)
		m.create(2, "file")
		m.write(2, 0, string(older))
		m.fsync(2, root)
		m.write(2, 100, string(newer[100:]))
		m.PowerUp(Tear, chance(seed))
		got, _ := m.content("file")
		if got[:100] != string(older[:100]) {
			t.Fatalf("seed %d: bytes beside the written ones were harmed", seed)
		}
		kinds := map[byte]bool{}
		for at := 0; at < size; at += sector {
			from, to := max(at, 100), min(at+sector, size)
			in := map[byte]bool{}
			for i := from; i < to; i++ {
				in[got[i]] = true
			}
			if len(in) == 2 {
				halves = true
			}
			kinds[got[to-1]] = true
		}
		mixed = mixed || len(kinds) == 2
	}
	if !mixed || !halves {
		t.Errorf("got mixed %t and half sectors %t in 300 cuts, want both", mixed, halves)
	}
}

func TestTheDarkAnswersNobodyUntilItsProgramIsDead(t *testing.T) {
	t.Parallel()
	m := newMedium(t)
	m.create(2, "file")
	m.fsync(2, root)
	dark := m.CutAt(3, chance(7))
	m.write(2, 0, "a")
	m.fsync(2)
	answered := make(chan syscall.Errno)
	go func() { answered <- m.try(change{deed: write, node: 2, at: 1, data: []byte("b")}) }()
	<-dark
	select {
	case errno := <-answered:
		t.Fatalf("got %v in the dark", errno)
	default:
	}
	m.Wreck()
	if errno := <-answered; errno != syscall.EIO {
		t.Errorf("got %v for a program that outlived the power, want EIO", errno)
	}
	m.PowerUp(Drop, chance(7))
	m.holds("file", "a")
	m.write(2, 1, "c")
}

func TestAMediumLiesFailsAndFillsUp(t *testing.T) {
	t.Parallel()
	m := newMedium(t)
	m.create(2, "file")
	m.write(2, 0, "true")
	m.fsync(2, root)
	m.Lies = Everything
	m.write(2, 0, "lies")
	m.fsync(2)
	m.holds("file", "lies")
	m.PowerUp(Drop, chance(1))
	m.holds("file", "true")
	m.Lies, m.Capacity = nil, 6
	if errno := m.try(change{deed: write, node: 2, at: 4, data: []byte("long")}); errno != syscall.ENOSPC {
		t.Errorf("got %v on a full medium, want ENOSPC", errno)
	}
	m.write(2, 0, "over")
	m.Fails = func(n int, s Step) syscall.Errno {
		if s.Deed == syncing {
			return syscall.EIO
		}
		return 0
	}
	m.write(2, 4, "!")
	m.mu.Lock()
	errno := m.sync(2)
	m.mu.Unlock()
	if errno != syscall.EIO {
		t.Errorf("got %v, want EIO", errno)
	}
	other := m.Copy()
	m.PowerUp(Drop, chance(1))
	m.holds("file", "true")
	medium{other, t}.holds("file", "over!")
}

func TestAMediumForgetsWhatASyncCouldNotWrite(t *testing.T) {
	t.Parallel()
	m := newMedium(t)
	m.create(2, "file")
	m.write(2, 0, "true")
	m.fsync(2, root)
	m.Fall(Ills{Forgets: true, Fails: func(n int, _ Step) syscall.Errno {
		if n == 2 {
			return syscall.EIO
		}
		return 0
	}}, -1)
	m.write(2, 0, "new!")
	m.mu.Lock()
	errno := m.sync(2)
	m.mu.Unlock()
	if errno != syscall.EIO {
		t.Errorf("got %v, want EIO", errno)
	}
	m.holds("file", "new!")
	m.write(2, 4, "more")
	m.fsync(2)
	m.PowerUp(Drop, chance(1))
	m.holds("file", "truemore")
	m.Fall(Ills{}, 3)
	if errno := m.try(change{deed: write, node: 2, at: 8, data: []byte("long")}); errno != syscall.ENOSPC {
		t.Errorf("got %v beyond the room there is, want ENOSPC", errno)
	}
}
