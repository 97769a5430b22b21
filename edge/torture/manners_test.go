package torture

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/classroom"
)

// These are what bad networks do between a drive and the cloud, while classes are
// held. Nothing of it may be noticed in class.

func (r *run) during(chance *rand.Rand, classes int, ills func(n int, path string) ill) {
	r.begin()
	r.net.misbehave(func(n int, path string) ill {
		what := ills(n, path)
		if what != (ill{}) {
			r.tries++ // under the network's lock
		}
		return what
	})
	for range classes {
		r.classes(chance, 1)
		r.push() // do not wait for a pause to end
	}
	r.net.misbehave(nil)
}

// push asks the drive to sync now, and waits for what came of it.
func (r *run) push() {
	var got classroom.Pushed
	r.drive.browser(http.MethodPost, "/api/sync/push", nil, &got)
}

func loss(r *run, chance *rand.Rand) {
	dice := rand.New(rand.NewPCG(chance.Uint64(), 2))
	r.during(chance, times(10, 50), func(int, string) ill {
		switch dice.IntN(3) {
		case 0:
			return ill{lost: true}
		case 1:
			return ill{silent: true}
		}
		return ill{}
	})
}

func repeats(r *run, chance *rand.Rand) {
	dice := rand.New(rand.NewPCG(chance.Uint64(), 2))
	r.during(chance, times(10, 50), func(int, string) ill {
		return ill{twice: dice.IntN(2) == 0, stale: dice.IntN(2) == 0, silent: dice.IntN(4) == 0}
	})
}

// cutReplies ends the reply to one upload after each of its bytes in turn, and then
// that of the roster feed.
func cutReplies(r *run, chance *rand.Rand) {
	r.begin()
	r.net.misbehave(func(int, string) ill { return ill{lost: true} })
	r.classes(chance, 1)
	r.cutEach(uploads, func(st classroom.SyncStatus) bool { return st.Waiting == 0 })
	late, enrolment := newID(r.t), newID(r.t)
	r.school.change(r.t, func(ctx context.Context, reg attendance.Registrar) error {
		return r.school.enrol(ctx, reg, r.class.course, late, 61, enrolment)
	})
	r.class.course.students = append(r.class.course.students, late)
	r.cutEach("/api/sync/roster", func(classroom.SyncStatus) bool {
		got, _ := r.class.look(r.class.all[0])
		return len(got.Students) == 61
	})
	r.net.misbehave(nil)
	r.classes(chance, 1)
}

// cutEach pushes with a reply one byte longer each time, until it was whole.
func (r *run) cutEach(path string, whole func(classroom.SyncStatus) bool) {
	for bytes := 1; ; bytes++ {
		r.tries++
		r.net.misbehave(func(_ int, asked string) ill {
			if asked == path {
				return ill{cut: bytes}
			}
			return ill{}
		})
		r.push()
		var st classroom.SyncStatus
		if r.drive.browser(http.MethodGet, "/api/sync/status", nil, &st) != http.StatusOK {
			r.t.Fatal("the drive does not say how it stands")
		}
		if whole(st) {
			return
		}
		if bytes > 20_000 {
			r.t.Fatalf("%s: %d bytes are not enough", path, bytes)
		}
	}
}

// cutRequests lets the first bytes of an upload arrive, fewer or more.
func cutRequests(r *run, chance *rand.Rand) {
	dice := rand.New(rand.NewPCG(chance.Uint64(), 2))
	r.begin()
	r.net.misbehave(func(_ int, path string) ill {
		if path != uploads {
			return ill{}
		}
		return ill{half: 1 + dice.IntN(6000)} // a batch of these classes is that long, packed
	})
	r.classes(chance, 2)
	for r.net.requests(uploads) < times(150, 2000) {
		r.push()
	}
	r.tries += r.net.requests(uploads)
}

// trickle sends a reply a byte a second, which no drive waits for, and one that is
// only slow.
func trickle(r *run, chance *rand.Rand) {
	r.begin()
	var once sync.Once
	gaveUp := make(chan struct{})
	r.net.misbehave(func(_ int, path string) ill {
		what := ill{every: 3 * time.Millisecond}
		if path == uploads {
			once.Do(func() { what.every = time.Second })
			if what.every != time.Second {
				select {
				case <-gaveUp:
				default:
					close(gaveUp)
				}
			}
		}
		return what
	})
	r.tries++
	r.classes(chance, 1)
	<-gaveUp // another upload came: the drive hung up on the first
	r.classes(chance, 1)
	r.push()
}

// hotel answers in the cloud's place, in all the ways that such networks have.
func hotel(r *run, chance *rand.Rand) {
	r.begin()
	for range times(2, 10) {
		for _, how := range []string{"page", "moved", "511", "json"} {
			r.tries++
			r.net.misbehave(func(int, string) ill { return ill{portal: how} })
			r.classes(chance, 1)
			r.push()
			var st classroom.SyncStatus
			r.drive.browser(http.MethodGet, "/api/sync/status", nil, &st)
			if st.CloudReachable || st.Waiting == 0 || how != "511" && !strings.Contains(st.Attention, "sign in to this network") {
				r.history.Add(Event{Type: Broken, Place: r.drive.place, Said: "in a hotel (" + how + ") it says: " + st.Attention})
			}
		}
	}
}
