package server_test

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/server"
	"github.com/arise-attendance/arise/api/stick"
)

// withPrograms is a folder as `make pendrive` leaves it, with stand-ins for some.
func withPrograms(t *testing.T, names ...string) func(*server.Config) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("program "+name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return func(c *server.Config) { c.Pendrives, c.PublicURL = dir, "https://school.example" }
}

// unzip reads what a link gives.
func (d *desk) unzip(t *testing.T, link string) map[string]*zip.File {
	t.Helper()
	a := d.ask(t, http.MethodGet, link, nil, http.StatusOK, nil)
	if got := a.header.Get("Content-Disposition"); a.header.Get("Content-Type") != "application/zip" || !strings.Contains(got, ".zip") {
		t.Errorf("got %v, want a zip to keep", a.header)
	}
	z, err := zip.NewReader(bytes.NewReader(a.raw), int64(len(a.raw)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*zip.File{}
	for _, f := range z.File {
		name, ok := strings.CutPrefix(f.Name, "arise/")
		if !ok {
			t.Errorf("%s lies outside the folder", f.Name)
		}
		out[name] = f
	}
	return out
}

func content(t *testing.T, f *zip.File) string {
	t.Helper()
	if f == nil {
		t.Fatal("a file is missing")
	}
	r, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	raw, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestAMadePendriveHoldsAllThatItNeedsAndNothingElse(t *testing.T) {
	t.Parallel()
	d := sitDown(t, withPrograms(t, "arise-edge-windows-amd64.exe", "arise-edge-linux-arm64"))
	d.teacher(t, "$argon2id$the-verifier")
	other := d.add(t, "/api/admin/courses", object{"course_name": "B", "course_code": "B-1", "default_duration_minutes": 50, "semester_id": d.add(t, "/api/admin/semesters", object{"semester_name": "Spring"})})
	mine, theirs := d.student(t, "u-001", "$argon2id$of-a-student"), d.student(t, "u-002", "$argon2id$of-another")
	var a1 []object
	d.ask(t, http.MethodGet, "/api/admin/courses?q=A-1", nil, 200, &a1)
	d.ask(t, http.MethodPut, "/api/admin/enrollments/"+a1[0]["id"].(string)+"/"+mine.ID.String(), object{"class_roll_id": 1}, 200, nil)
	d.ask(t, http.MethodPut, "/api/admin/enrollments/"+other+"/"+theirs.ID.String(), object{"class_roll_id": 1}, 200, nil)

	m := d.make(t, object{"name": "Raum 204 & <more>", "course_ids": []any{a1[0]["id"]}})
	if len(m.Notes) != 1 || !strings.Contains(m.Notes[0], "Mac with an Apple chip, Mac with an Intel chip, Linux on a PC") || strings.Contains(m.Notes[0], "Windows") ||
		!slices.Equal(m.Programs, []string{"windows-amd64", "linux-arm64"}) {
		t.Errorf("got %q and %v, want what is missing by name", m.Notes, m.Programs)
	}
	files := d.unzip(t, m.Download)
	for name, mode := range map[string]fs.FileMode{
		"START-HERE.html": 0o644, "edge.env": 0o644, "roster.sealed": 0o644, "start-mac.command": 0o755, "start-linux.sh": 0o755,
		"arise-edge-windows-amd64.exe": 0o755, "arise-edge-linux-arm64": 0o755,
	} {
		if f := files[name]; f == nil || f.Mode() != mode {
			t.Errorf("%s: got %v, want it with %v", name, f, mode)
			continue
		}
		text := content(t, files[name])
		if strings.HasPrefix(name, "arise-edge-") && text != "program "+name {
			t.Errorf("%s: got %q", name, text)
		}
		if strings.Contains(text, m.ClaimCode) || strings.Contains(text, strings.ReplaceAll(m.ClaimCode, "-", "")) {
			t.Errorf("%s holds the claim code", name)
		}
	}
	if len(files) != 7 {
		t.Errorf("got %d files, want 7", len(files))
	}
	if env := content(t, files["edge.env"]); !strings.Contains(env, "CLOUD_SERVER_URL=https://school.example\r\n") || !strings.Contains(env, "ARISE_EDGE_ZONE=UTC\r\n") {
		t.Errorf("got %s", env)
	}
	page := content(t, files["START-HERE.html"])
	for _, want := range []string{"Raum 204 &amp; &lt;more&gt;", "<h2>Windows</h2>", "arise-edge-windows-amd64.exe", "The program for Mac with an Apple chip is not on this drive", "sh start-linux.sh", "https://school.example"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(page, "start-mac.command") {
		t.Error("the page tells Macs to start what is not there")
	}

	r, err := stick.Open(m.ClaimCode, []byte(content(t, files["roster.sealed"])))
	if err != nil || r.Node.String() != m.ID || r.Name != "Raum 204 & <more>" || r.Cloud != "https://school.example" {
		t.Fatalf("got %+v, %v, want the roster of this drive", r, err)
	}
	var digest attendance.Digest
	kinds := map[attendance.RowKind]int{}
	for _, row := range r.Rows {
		kinds[row.Kind]++
		digest = digest.Add(attendance.RowHash(row.Kind, row.Key, row.Row))
		for _, secret := range []string{"@", "of-a-student", "email", "password"} {
			if strings.Contains(string(row.Row), secret) {
				t.Errorf("%s travels with %q: %s", row.Kind, secret, row.Row)
			}
		}
	}
	if digest != r.Digest || kinds[attendance.CourseRow] != 1 || kinds[attendance.StudentRow] != 1 || kinds[attendance.EnrolmentRow] != 1 || kinds[attendance.TeacherRow] != 1 {
		t.Errorf("got %v with digest %d, want one of each, and %d", kinds, r.Digest, digest)
	}
	if n := d.node(t, m.ID); n["last_contact_at"] != nil {
		t.Errorf("got %v, want that it never called", n)
	}
}

func TestALinkToAPendriveIsGoodForLittle(t *testing.T) {
	t.Parallel()
	d := sitDown(t, withPrograms(t))
	one, two := d.make(t, object{"name": "One", "all_courses": true}), d.make(t, object{"name": "Two", "all_courses": true})
	if len(one.Programs) != 0 || len(one.Notes) != 1 {
		t.Errorf("got %v %v, want that no program is there", one.Programs, one.Notes)
	}
	if page := content(t, d.unzip(t, one.Download)["START-HERE.html"]); strings.Count(page, "is not on this drive") != 5 {
		t.Error("the page does not name all five that are missing")
	}
	d.unzip(t, one.Download) // again, after a download that broke off
	_, ticket, _ := strings.Cut(one.Download, "?")
	const kind = "wrong-link"
	d.refuses(t, "GET", one.Download, "", nil, 401, "signed-out", "")
	d.refuses(t, "GET", nodes+"/"+two.ID+"/pendrive?"+ticket, d.token, nil, 403, kind, "")
	d.refuses(t, "GET", one.Download[:len(one.Download)-4]+"AAAA", d.token, nil, 403, kind, "")
	d.refuses(t, "GET", nodes+"/"+one.ID+"/pendrive?ticket=x", d.token, nil, 403, kind, "")
	d.refuses(t, "GET", nodes+"/"+newID(t).String()+"/pendrive?"+ticket, d.token, nil, 404, "not-found", "")
	if strings.Contains(one.Download, one.ClaimCode) {
		t.Error("the link shows the code")
	}

	var again made
	d.ask(t, http.MethodPost, nodes+"/"+one.ID+"/reissue", nil, 200, &again)
	d.refuses(t, "GET", one.Download, d.token, nil, 403, kind, "")
	if _, err := stick.Open(again.ClaimCode, []byte(content(t, d.unzip(t, again.Download)["roster.sealed"]))); err != nil {
		t.Errorf("issued again: got %v, want the new code to open it", err)
	}
	d.bring(t, again.ClaimCode)
	d.refuses(t, "GET", again.Download, d.token, nil, 403, kind, "") // a code that was used opens no second drive
}

func TestAServerThatOnlyThisComputerFindsSaysSo(t *testing.T) {
	t.Parallel()
	d := sitDown(t, func(c *server.Config) { c.PublicURL = "" })
	m := d.make(t, object{"name": "One", "all_courses": true})
	if !slices.ContainsFunc(m.Notes, func(s string) bool { return strings.Contains(s, "PUBLIC_URL") }) {
		t.Errorf("got %q, want the way out", m.Notes)
	}
}
