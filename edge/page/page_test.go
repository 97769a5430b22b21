package page_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/pendrive"
	"github.com/arise-attendance/arise/edge/page"
	"github.com/arise-attendance/arise/web"
)

func TestTheStatusPageShowsWhatItIsTold(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 19, 5, 12, 0, 0, time.UTC)
	zone := time.FixedZone("IST", 5*3600+1800)
	st := pendrive.EdgeStatus{
		Paired: true, Name: "<script>alert(1)</script>", Institution: "Hill \"School\"", Version: "1.4.0", ClassUntil: &at,
		Courses:   []pendrive.EdgeCourse{{Code: "MCA-301", Name: "Databases", Students: 60, Running: true}},
		Cloud:     pendrive.CloudOf(attendance.Backlog{Waiting: 34}, at),
		Medium:    pendrive.EdgeMedium{Words: "Well", FreeBytes: 11_800_000_000, TotalBytes: 16_000_000_000, ReserveBytes: 8_000_000, LastError: "input/output error", LastErrorAt: &at},
		Network:   pendrive.EdgeNetwork{LAN: []string{"http://192.168.4.20:5000"}, Name: "http://arise.local:5000", QR: "/api/edge/qr"},
		Phones:    []pendrive.EdgePhone{{ID: attendance.Derive("phone"), Browser: "Chrome on Android", Address: "192.168.4.31", PairedAt: at, SeenAt: at}},
		Attention: []string{"Look & see."},
		Keeping: pendrive.EdgeKeeping{
			BackupWords: "3 minutes ago", BackupError: "the drive is full", Recovery: &pendrive.EdgeRecovery{At: at, Words: "It was made again."},
		},
	}
	w := httptest.NewRecorder()
	page.Status(w, st, zone)
	for _, want := range []string{
		"&lt;script&gt;alert(1)", "Hill &#34;School&#34;", "Offline - 34 safe here", "11.8 GB of 16.0 GB", "http://192.168.4.20:5000", "http://arise.local:5000",
		`src="/api/edge/qr"`, "Chrome on Android", "Thu 19 Nov 10:42", attendance.Derive("phone").String(), "MCA-301", "Class runs", "60 students", "Look &amp; see.",
		"8.0 MB kept for marks", "Thu 19 Nov 10:42: input/output error", "3 minutes ago. The last try failed: the drive is full", "It was made again.",
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if strings.Contains(w.Body.String(), "<script>") || w.Header().Get("Content-Security-Policy") != web.Policy || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("got %v", w.Header())
	}
	empty := httptest.NewRecorder()
	page.Status(empty, pendrive.EdgeStatus{}, zone)
	for _, want := range []string{"Not paired with a school yet", "in no network", "No phone is paired", "None yet"} {
		if !strings.Contains(empty.Body.String(), want) {
			t.Errorf("%q is not on an empty page", want)
		}
	}
}

func TestThePagesBringTheirFiles(t *testing.T) {
	t.Parallel()
	router := chi.NewRouter()
	page.Mount(router)
	for path, kind := range map[string]string{"/edge/page.css": "text/css", "/edge/page.js": "text/javascript"} {
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", path, nil))
		if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), kind) || w.Body.Len() < 500 {
			t.Errorf("%s: got %d %q, %d bytes", path, w.Code, w.Header().Get("Content-Type"), w.Body.Len())
		}
	}
}
