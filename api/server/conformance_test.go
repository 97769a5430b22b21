package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/arise-attendance/arise/api/server"
)

// walk is a school that the reference is tried on, and what its rows left behind.
type walk struct {
	*program
	drive *drive
	named map[string]string // by the name in braces; tokens as token:role
}

func TestEveryRowOfTheReferenceAnswersAsItDid(t *testing.T) {
	t.Parallel()
	p := start(t, func(c *server.Config) { c.AdminPassword, c.Legacy = password, true })
	w := &walk{program: p, named: map[string]string{"token:admin": p.signIn(t, "admin", password)}}
	w.drive = w.claim(t, "Room 9")
	w.named["token:node"] = w.drive.token
	p.teacher(t, hashed(t, pin)) // of another course
	p.student(t, "stranger", hashed(t, password))
	w.named["other:teacher"], w.named["other:student"] = p.signInTeacher(t, "a-1", pin), p.signInStudent(t, "stranger", password)
	for _, r := range reference {
		t.Run(r.method+" "+r.path, func(t *testing.T) { w.try(t, r) })
	}
}

// try asks as it should be asked, and in every way that it should not. The happy
// way comes after the refusals, so that it shows that they changed nothing.
func (w *walk) try(t *testing.T, r row) {
	path, token := w.fill(r.path), w.named["token:"+r.who]
	if r.make != nil {
		r.body = r.make(w, t)
	}
	if r.who != "" {
		w.want(t, "as nobody", w.send(t, r, path, "", r.body), http.StatusUnauthorized)
		for _, other := range []string{"admin", "teacher", "student", "node"} {
			if stranger := w.named["token:"+other]; other != r.who && other != r.also && stranger != "" {
				w.want(t, "as "+other, w.send(t, r, path, stranger, r.body), http.StatusForbidden, http.StatusUnauthorized)
			}
		}
	}
	if other := w.named["other:"+r.who]; other != "" && r.about() {
		w.want(t, "as another "+r.who, w.send(t, r, path, other, r.body), http.StatusForbidden, http.StatusNotFound)
	}
	if nobody := w.nobody(r.body); nobody != nil {
		w.want(t, "about what there is not", w.do(t, r.method, path, token, nobody), http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusForbidden)
	}
	if strings.Contains(r.path, "{") {
		w.want(t, "with an id that is none", w.send(t, r, parameter.ReplaceAllString(r.path, "x"), token, r.body), http.StatusNotFound, http.StatusUnprocessableEntity)
	}
	if r.lost {
		w.want(t, "of nobody's id", w.send(t, r, w.lost(r.path), token, r.body), http.StatusNotFound)
	}
	if r.body != nil {
		w.want(t, "with bad JSON", w.do(t, r.method, path, token, []byte(`{"`)), http.StatusBadRequest, http.StatusUnprocessableEntity)
	}
	for _, body := range r.invalid {
		w.want(t, fmt.Sprintf("with %v", body), w.send(t, r, path, token, body), http.StatusUnprocessableEntity, http.StatusBadRequest)
	}
	for _, body := range r.refused {
		w.want(t, fmt.Sprintf("with %v", body), w.send(t, r, path, token, body), http.StatusUnauthorized)
	}
	if r.clash != nil {
		w.want(t, fmt.Sprintf("with %v", r.clash), w.send(t, r, path, token, r.clash), http.StatusConflict)
	}
	got := w.send(t, r, path, token, r.body)
	if want := max(r.status, http.StatusOK); got.status != want {
		t.Fatalf("got %d %s, want %d", got.status, got.raw, want)
	}
	w.holds(t, r, got)
	if r.sql != "" {
		w.sql(t, r.sql)
	}
	if r.conflict {
		w.want(t, "again", w.send(t, r, path, token, r.body), http.StatusConflict)
	}
}

// holds compares the answer with the original's, and keeps what later rows need.
func (w *walk) holds(t *testing.T, r row, got answer) {
	t.Helper()
	if r.raw {
		if len(got.raw) == 0 || got.header.Get("Content-Disposition") == "" {
			t.Errorf("got %d bytes as %q, want a file", len(got.raw), got.header.Get("Content-Disposition"))
		}
		return
	}
	var shape, answer any
	if err := json.Unmarshal([]byte(r.shape), &shape); err != nil {
		t.Fatalf("the row's shape: %v", err)
	}
	got.into(t, &answer)
	for _, wrong := range differ("", shape, answer) {
		t.Errorf("%s in %.600s", wrong, got.raw)
	}
	for name, where := range r.keep {
		if w.named[name] = find(answer, where); w.named[name] == "" {
			t.Fatalf("nothing at %s in %.600s", where, got.raw)
		}
	}
}

func (w *walk) send(t *testing.T, r row, path, token string, body any) answer {
	t.Helper()
	if r.upload != "" {
		return w.sendFile(t, r, path, token)
	}
	if body == nil {
		return w.do(t, r.method, path, token, nil)
	}
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return w.do(t, r.method, path, token, []byte(w.fill(string(raw))))
}

func (w *walk) sendFile(t *testing.T, r row, path, token string) answer {
	t.Helper()
	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	file, err := m.CreateFormFile("file", "students.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write([]byte(r.upload)); err != nil {
		t.Fatal(err)
	}
	if err := m.WriteField("default_password", "seven blue doors"); err != nil {
		t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return w.do(t, r.method, path, token, form.Bytes(), "Content-Type", m.FormDataContentType())
}

// want is for refusals: one of the statuses, and a problem that says more than
// its status.
func (w *walk) want(t *testing.T, how string, got answer, statuses ...int) {
	t.Helper()
	if !slices.Contains(statuses, got.status) {
		t.Errorf("%s: got %d %.300s, want %v", how, got.status, got.raw, statuses)
		return
	}
	if got.header.Get("Content-Type") == "application/json" && device(got) {
		return // a scanner in the field reads the original's words
	}
	var p struct{ Type, Detail string }
	got.into(t, &p)
	if got.problem(t) == "" || p.Detail == "" {
		t.Errorf("%s: got %s, want a problem that says what is wrong", how, got.raw)
	}
}

// device reports whether an answer is one of those that the original gave a scanner.
func device(got answer) bool {
	return bytes.Contains(got.raw, []byte(`"failed"`)) || bytes.Contains(got.raw, []byte(`"status":"error"`)) || bytes.Contains(got.raw, []byte(`"status":"not_enrolled"`))
}

// fill puts what earlier rows made in the place of names in braces.
func (w *walk) fill(text string) string {
	for name, is := range w.named {
		text = strings.ReplaceAll(text, "{"+name+"}", is)
	}
	return text
}

// about reports whether a row names a class, a course or a link: something of a
// teacher's own, or a student's.
func (r row) about() bool {
	raw, err := json.Marshal(r.body)
	return err == nil && (strings.Contains(r.path, "{") || r.who == "teacher" && parameter.Match(raw))
}

// nobody is a body with ids of the right form that nobody has, or nil when it has none.
func (w *walk) nobody(body any) []byte {
	raw, err := json.Marshal(body)
	if body == nil || err != nil || !identifier.Match(raw) {
		return nil
	}
	return []byte(w.fill(identifier.ReplaceAllString(string(raw), nobodysID)))
}

// identifier is a name in braces that stands for an id.
var identifier = regexp.MustCompile(`\{(semester|teacher|student|second|course|session|online|link)\}`)

const nobodysID = "01900000-0000-7000-8000-000000000000"

// lost is the path with an id of the right form that nobody has.
func (w *walk) lost(path string) string {
	return parameter.ReplaceAllString(path, nobodysID)
}

// differ says what of the original's answer is missing, or of another kind. Ids
// were numbers then, and an example of null or of an empty list says nothing.
func differ(at string, want, got any) []string {
	switch want := want.(type) {
	case map[string]any:
		have, ok := got.(map[string]any)
		if !ok {
			return []string{at + " is no object"}
		}
		var out []string
		for key, v := range want {
			inner, here := have[key]
			switch {
			case !here:
				out = append(out, at+"."+key+" is missing")
			case key == "id" || strings.HasSuffix(key, "_id") && v != nil:
			default:
				out = append(out, differ(at+"."+key, v, inner)...)
			}
		}
		return out
	case []any:
		have, ok := got.([]any)
		if !ok {
			return []string{at + " is no list"}
		}
		if len(want) > 0 && len(have) == 0 {
			return []string{at + " is empty"}
		}
		if len(want) > 0 {
			return differ(at+"[0]", want[0], have[0])
		}
		return nil
	case nil:
		return nil
	}
	if got != nil && fmt.Sprintf("%T", want) != fmt.Sprintf("%T", got) {
		return []string{fmt.Sprintf("%s is %T, was %T", at, got, want)}
	}
	return nil
}

// find reads a member, or the id of the list's entry with a member of that value.
func find(answer any, where string) string {
	key, value, inList := strings.Cut(where, "=")
	if !inList {
		o, _ := answer.(map[string]any)
		s, _ := o[key].(string)
		return s
	}
	list, _ := answer.([]any)
	for _, e := range list {
		if o, ok := e.(map[string]any); ok && o[key] == value {
			s, _ := o["id"].(string)
			return s
		}
	}
	return ""
}
