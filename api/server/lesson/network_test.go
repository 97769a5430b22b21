package lesson

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

// network stands between a pendrive and the cloud, and misbehaves on demand.
type network struct {
	*httptest.Server
	cut     atomic.Bool
	lose    atomic.Int32 // so many replies to uploads are lost after the cloud acted
	uploads atomic.Int32 // requests that reached the cloud
	lost    atomic.Int32
}

func newNetwork(t testing.TB, cloud string) *network {
	t.Helper()
	to, err := url.Parse(cloud)
	if err != nil {
		t.Fatal(err)
	}
	n := &network{}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
	proxy.ModifyResponse = func(r *http.Response) error {
		if strings.HasSuffix(r.Request.URL.Path, "/sync/receive") {
			n.uploads.Add(1)
			if n.lose.Add(-1) >= 0 {
				n.lost.Add(1)
				return http.ErrAbortHandler
			}
		}
		return nil
	}
	n.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n.cut.Load() {
			panic(http.ErrAbortHandler)
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(n.Close)
	return n
}
