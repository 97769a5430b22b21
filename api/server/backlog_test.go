package server_test

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/demo"
	"github.com/arise-attendance/arise/api/server"
)

// BenchmarkBacklog has a pendrive that was away for a term bring thirty thousand
// lines over a line of 200 ms, one batch in flight, while teachers mark their classes.
func BenchmarkBacklog(b *testing.B) {
	const lines, away = 30_000, 200 * time.Millisecond
	for b.Loop() {
		b.StopTimer()
		p := start(b, func(c *server.Config) { c.Demo = true })
		d := p.claim(b, "Lab 2")
		log := d.term(b, lines)
		taps := p.mark(b, 4)
		far := &http.Client{Transport: distance{away / 2}}
		var took time.Duration
		for size := 64; len(log) > 0; size = min(2*size, 1000) { // as pendrives grow
			n := min(size, len(log))
			body := packed(b, d.batch(log[:n]...)) // on a machine of its own
			log = log[n:]
			began := time.Now()
			b.StartTimer()
			d.carry(b, far, body)
			b.StopTimer()
			took += time.Since(began)
		}
		waits := taps()
		b.ReportMetric(took.Seconds(), "s/backlog")
		b.ReportMetric(lines/took.Seconds(), "facts/s")
		b.ReportMetric(float64(waits[len(waits)*99/100].Microseconds())/1000, "p99-ms")
		b.ReportMetric(float64(waits[len(waits)/2].Microseconds())/1000, "p50-ms")
		b.StartTimer()
	}
}

// distance is how long a message is under way.
type distance struct{ each time.Duration }

func (d distance) RoundTrip(r *http.Request) (*http.Response, error) {
	<-time.After(d.each)
	res, err := http.DefaultTransport.RoundTrip(r)
	<-time.After(d.each)
	return res, err
}

// carry sends a batch, which must be stored without a word about any line.
func (d *drive) carry(b *testing.B, by *http.Client, body []byte) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, d.url+"/api/sync/receive", bytes.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+d.token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Content-Encoding", "gzip")
	res, err := by.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		b.Fatal(err)
	}
	var got receipt
	if err := json.Unmarshal(raw, &got); err != nil || got.AckedThrough != d.seq || got.HashAtAck != hex.EncodeToString(d.hash[:]) || len(got.Results) > 0 {
		b.Fatalf("got %d %s, want all through %d stored", res.StatusCode, raw[:min(len(raw), 500)], d.seq)
	}
}

// term is a log of so many lines: classes of all courses, one an hour, each with
// everybody there.
func (d *drive) term(b *testing.B, lines int) []attendance.Fact {
	b.Helper()
	now := time.Now()
	school := demo.Make(now.UTC())
	byCourse := map[attendance.ID][]attendance.FeedEnrolment{}
	for _, e := range school.Enrolments {
		byCourse[e.Course] = append(byCourse[e.Course], e)
	}
	segment, each := newID(b), 2+len(byCourse[school.Courses[0].ID])
	at := now.Add(-time.Duration(lines/each+2) * time.Hour).Truncate(time.Hour)
	var all []attendance.Fact
	say := func(f attendance.Fact) {
		at = at.Add(time.Second)
		f.ID, f.Node = newID(b), d.node
		f.Stamp = attendance.Stamp{WallMS: at.UnixMilli(), Segment: segment, MonoMS: at.Sub(now).Milliseconds() + int64(lines)*3_600_000, HLC: attendance.HLCAt(at)}
		if err := f.Seal(); err != nil {
			b.Fatal(err)
		}
		all = append(all, f)
	}
	for i := 0; len(all) < lines; i++ {
		course := school.Courses[i%len(school.Courses)].ID
		se := newID(b)
		at = at.Truncate(time.Hour).Add(time.Hour)
		say(attendance.Fact{Kind: attendance.SessionOpened, Session: se, Actor: school.Teachers[0].ID, Opening: &attendance.Opening{
			Course: course, Kind: attendance.Offline, ClosesMS: at.Add(50 * time.Minute).UnixMilli(), Policy: attendance.DefaultPolicy(),
		}})
		for _, e := range byCourse[course] {
			say(attendance.Fact{
				Kind: attendance.MarkSeen, Session: se, Student: e.Student, Class: attendance.Evidence, Status: attendance.Present, Method: attendance.Biometric,
			})
		}
		say(attendance.Fact{Kind: attendance.SessionEnded, Session: se, ClosedAt: at.Add(time.Second).UnixMilli()})
	}
	return all[:lines]
}

// mark has some teachers mark one student and look at their class four times a second
// until the answer is called, which returns how long each had to wait, sorted.
func (p *program) mark(b *testing.B, teachers int) func() []time.Duration {
	b.Helper()
	school := demo.Make(time.Now().UTC())
	stop := make(chan struct{})
	var all []time.Duration
	var mu sync.Mutex
	var work sync.WaitGroup
	for i := range teachers {
		var in struct {
			Token    string `json:"token"`
			CourseID string `json:"course_id"`
		}
		p.do(b, http.MethodPost, "/api/teacher/login", "", object{"course_code": school.Courses[i].Code, "pin": demo.PIN}).into(b, &in)
		var began struct {
			SessionID string `json:"session_id"`
		}
		p.do(b, http.MethodPost, "/api/teacher/start-session", in.Token, object{"course_id": in.CourseID, "session_type": "offline", "duration_minutes": 50}).into(b, &began)
		at := slices.IndexFunc(school.Enrolments, func(e attendance.FeedEnrolment) bool { return e.Course.String() == in.CourseID })
		path := "/api/teacher/session/" + began.SessionID
		work.Go(func() {
			tick := time.NewTicker(250 * time.Millisecond)
			defer tick.Stop()
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				case <-tick.C:
				}
				from := time.Now()
				var err error
				if n%2 == 0 {
					err = p.ask(http.MethodGet, path, in.Token, nil)
				} else {
					id, _ := attendance.NewID(from, rand.Reader)
					err = p.ask(http.MethodPut, path+"/marks/"+id.String(), in.Token,
						object{"student_ids": []attendance.ID{school.Enrolments[at+n%60].Student}, "status": "present"})
				}
				if err != nil {
					b.Error(err)
					return
				}
				mu.Lock()
				all = append(all, time.Since(from))
				mu.Unlock()
			}
		})
	}
	return func() []time.Duration {
		close(stop)
		work.Wait()
		slices.Sort(all)
		return all
	}
}

// ask is do for many at once.
func (p *program) ask(method, path, token string, body any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequest(method, p.url+path, bytes.NewReader(raw)) //nolint:noctx // ends with the benchmark
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if raw, err = io.ReadAll(res.Body); err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: got %d %s", method, path, res.StatusCode, raw)
	}
	return err
}
