package online_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
)

// BenchmarkCheckIn is a class of 300 that answers over HTTP: evenly within five
// seconds, or all at once. Each round is a class of its own; p99 is over all.
func BenchmarkCheckIn(b *testing.B) {
	for name, within := range map[string]time.Duration{"within 5 s": 5 * time.Second, "at once": 0} {
		b.Run(name, func(b *testing.B) { checkIn(b, within) })
	}
}

func checkIn(b *testing.B, within time.Duration) {
	const students = 300
	s := setup(b, students, attendance.ByStudent)
	server := httptest.NewServer(s.h)
	b.Cleanup(server.Close)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: students}}
	tokens := make([]string, students)
	for i := range tokens {
		var err error
		by := attendance.Actor{ID: id(fmt.Sprintf("U-%d", i+1)), Role: attendance.RoleStudent}
		if tokens[i], _, err = s.tokens.Issue(auth.Principal{Actor: by}); err != nil {
			b.Fatal(err)
		}
	}
	var all []time.Duration
	for b.Loop() {
		c := s.start(b)
		body := fmt.Sprintf(`{"token":%q,"otp":%q}`, c.token, s.code(b, c))
		took := make([]time.Duration, students)
		var wg sync.WaitGroup
		arrive := time.NewTicker(max(within/students, time.Nanosecond))
		for i := range students {
			<-arrive.C
			wg.Go(func() {
				began := time.Now()
				if err := give(b, client, server.URL, tokens[i], body); err != nil {
					b.Error(err)
				}
				took[i] = time.Since(began)
			})
		}
		wg.Wait()
		arrive.Stop()
		all = append(all, took...)
		s.call(b, teacher("A-1"), "POST", "/api/teacher/session/"+c.id+"/end", nil)
	}
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(all[len(all)-1].Microseconds())/1000, "max-ms")
}

func give(b *testing.B, client *http.Client, url, token, body string) error {
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, url+"/api/online/mark-attendance", strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	res, err := client.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("got %s", res.Status)
	}
	return nil
}
