package server_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"
)

// imported is an import as the office sees it.
type imported struct {
	ID, Kind, State, Encoding, Delimiter                                          string
	Rows, New, Changed, Same, Errors, Todo, Done, Refused, Undone, Archived, Kept int
	Columns                                                                       []struct{ Header, Field string }
}

type importedRow struct {
	Line             int
	Action, Progress string
	Values           map[string]string
	Password         bool
	Changes          []struct {
		Field, From, To string
		Edited, Kept    bool
	}
	Errors []struct{ Field, Column, Why string }
	Why    string
}

const importsPath = "/api/admin/imports"

// clerk is somebody of the office at work.
type clerk struct {
	*program
	token string
}

func clerkOf(t *testing.T) *clerk {
	t.Helper()
	p := office(t)
	return &clerk{p, p.signIn(t, "admin", password)}
}

// form sends a file with fields.
func (c *clerk) form(t *testing.T, path, file string, fields ...string) answer {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if file != "" {
		part, err := w.CreateFormFile("file", "list.csv")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(file)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return c.do(t, http.MethodPost, path, c.token, b.Bytes(), "Content-Type", w.FormDataContentType())
}

func (c *clerk) upload(t *testing.T, kind, file string, fields ...string) imported {
	t.Helper()
	a := c.form(t, importsPath, file, append(fields, "kind", kind)...)
	if a.status != http.StatusCreated {
		t.Fatalf("upload: got %d %s", a.status, a.raw)
	}
	var out imported
	a.into(t, &out)
	return out
}

func (c *clerk) rows(t *testing.T, id, query string) []importedRow {
	t.Helper()
	var page struct{ Items []importedRow }
	c.do(t, http.MethodGet, importsPath+"/"+id+"/rows"+query, c.token, nil).into(t, &page)
	return page.Items
}

// run begins something and waits until it is done.
func (c *clerk) run(t *testing.T, id, what string) imported {
	t.Helper()
	a := c.do(t, http.MethodPost, importsPath+"/"+id+"/"+what, c.token, nil)
	if a.status != http.StatusAccepted {
		t.Fatalf("%s: got %d %s", what, a.status, a.raw)
	}
	var out imported
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(60 * time.Second); ; {
		a := c.do(t, http.MethodGet, importsPath+"/"+id, c.token, nil)
		if a.into(t, &out); out.State == "applied" || out.State == "undone" {
			return out
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("%s: waited in vain, got %s", what, a.raw)
		}
	}
}

func (c *clerk) take(t *testing.T, kind, file string, fields ...string) imported {
	t.Helper()
	return c.run(t, c.upload(t, kind, file, fields...).ID, "apply")
}

const messy = "\ufeffStudent Name;University Roll No;Enrollment No;Email1;Shoe size;Password\r\n" +
	"\"Rao; Asha\";007;EN-1;asha@example.org;38;\r\n" +
	"\r\n" +
	"\u0906\u0936\u093e \u0930\u093e\u0935;0008;EN-2;asha2@example.org;39;six blue kettles\r\n" +
	"\"O&#x27;Neil\";009;EN-3;not an address;40;\r\n" +
	"=HYPERLINK(1);010;EN-4;a@example.org;;\r\n" +
	"Twice;011;EN-5;b@example.org;;\r\n" +
	"Twice again;011;en-6;b@example.org;;\r\n" +
	";012;EN-7;;;\r\n" +
	"Short;2.43E+10;EN-8;c@example.org;;\r\n"

func TestAFileIsShownBeforeItIsTaken(t *testing.T) {
	t.Parallel()
	c := clerkOf(t)
	got := c.upload(t, "students", messy)
	if got.New != 3 || got.Errors != 5 || got.Rows != 8 || got.State != "uploaded" || got.Delimiter != ";" || got.Columns[4].Field != "" || got.Columns[1].Field != "university_roll_no" {
		t.Errorf("got %+v", got)
	}
	var told strings.Builder
	for _, r := range c.rows(t, got.ID, "") {
		fmt.Fprintf(&told, "%d %s %s %s", r.Line, r.Action, r.Values["student_name"], r.Values["university_roll_no"])
		for _, e := range r.Errors {
			fmt.Fprintf(&told, " [%s: %s]", e.Column, e.Why)
		}
		told.WriteString("\n")
	}
	want := `2 new Rao; Asha 007
4 new आशा राव 0008
5 error O'Neil 009 [Email1: is not an e-mail address]
6 new =HYPERLINK(1) 010
7 error Twice 011 [University Roll No: line 8 has the same: keep one of the two]
8 error Twice again 011 [University Roll No: line 7 has the same: keep one of the two]
9 error  012 [Student Name: is missing]
10 error Short 2.43E+10 [University Roll No: was shortened by a spreadsheet: format the column as text, type the number again, and save]
`
	if told.String() != want {
		t.Errorf("got\n%s\nwant\n%s", told.String(), want)
	}
	file := c.do(t, http.MethodGet, importsPath+"/"+got.ID+"/errors.csv", c.token, nil)
	if !strings.Contains(string(file.raw), "O'Neil,009,EN-3,not an address,,5,Email1: is not an e-mail address") || strings.Contains(string(file.raw), "kettles") {
		t.Errorf("got %s, want the reasons and no password", file.raw)
	}
	if a := c.do(t, http.MethodGet, importsPath+"/templates/students.csv", c.token, nil); !strings.HasPrefix(string(a.raw), "\ufeffstudent_name,university_roll_no,enrollment_no,email1,email2,password\r\n") {
		t.Errorf("got %d %s, want a template", a.status, a.raw)
	}
}

func TestARowIsMendedInPlace(t *testing.T) {
	t.Parallel()
	c := clerkOf(t)
	got := c.upload(t, "students", messy)
	path := importsPath + "/" + got.ID + "/rows/"
	var row importedRow
	c.do(t, http.MethodPut, path+"8", c.token, object{"values": object{"university_roll_no": "012a"}}).into(t, &row)
	if row.Action != "new" || len(row.Errors) != 0 {
		t.Errorf("got %+v, want it new", row)
	}
	for _, r := range c.rows(t, got.ID, "?action=error") {
		if r.Line == 7 {
			t.Errorf("got %+v, want its twin free as well", r)
		}
	}
	c.do(t, http.MethodPut, path+"5", c.token, object{"values": object{"email1": "", "university_roll_no": "007"}}).into(t, &row)
	if row.Action != "error" || !strings.Contains(row.Errors[0].Why, "line 2") {
		t.Errorf("got %+v, want a clash with line 2", row)
	}
	c.do(t, http.MethodGet, importsPath+"/"+got.ID, c.token, nil).into(t, &got)
	if got.New != 4 || got.Errors != 4 {
		t.Errorf("got %+v, want 4 new and 4 errors", got)
	}
	c.refuses(t, "PUT", path+"99", c.token, object{"values": object{}}, 404, "not-found", "")
	c.refuses(t, "PUT", path+"5", c.token, object{"values": object{"shoe": "1"}}, 422, "invalid", "values.shoe")
	c.run(t, got.ID, "apply")
	c.refuses(t, "PUT", path+"5", c.token, object{"values": object{}}, 409, "not-a-preview", "")
}

const class = "student_name,university_roll_no,enrollment_no,email1,email2,password\n" +
	"Asha Rao,001,EN-1,asha@example.org,,\n" +
	"Binod Thapa,002,EN-2,binod@example.org,p@example.org,\n" +
	"Chitra Iyer,003,EN-3,chitra@example.org,,four red lamps\n"

func TestTakingAFileTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	c := clerkOf(t)
	if got := c.take(t, "students", class, "default_password", "three wet dogs"); got.Done != 3 || got.Todo != 0 {
		t.Errorf("got %+v, want 3 done", got)
	}
	again := c.upload(t, "students", class, "default_password", "three wet dogs")
	if again.Same != 3 || again.New+again.Changed+again.Errors != 0 {
		t.Errorf("got %+v, want all the same", again)
	}
	c.refuses(t, "POST", importsPath+"/"+again.ID+"/apply", c.token, nil, 409, "nothing-to-do", "")
	store, close := c.store(t)
	defer close()
	var sealed, open int
	if err := store.QueryRow(t.Context(), "SELECT count(*) FILTER (WHERE sealed IS NOT NULL AND progress = 'done'), count(*) FILTER (WHERE row_values::text LIKE '%lamps%') FROM import_row").Scan(&sealed, &open); err != nil || sealed+open > 0 {
		t.Errorf("got %d sealed and %d open passwords (%v), want none to be left", sealed, open, err)
	}
}

func TestAnImportIsTakenBack(t *testing.T) {
	t.Parallel()
	c := clerkOf(t)
	c.take(t, "students", class)
	next := c.take(t, "students", strings.ReplaceAll(class, "Rao", "Devi")+"Dawa Lama,004,EN-4,dawa@example.org,,\nEsha Roy,005,EN-5,esha@example.org,,\n")
	if next.Done != 3 || next.Changed != 1 || next.New != 2 {
		t.Fatalf("got %+v, want one changed and two new", next)
	}
	store, close := c.store(t)
	defer close()
	if _, err := store.Exec(t.Context(), "UPDATE student SET name = 'Esha R. Roy' WHERE university_roll = '005'"); err != nil {
		t.Fatal(err)
	}
	got := c.run(t, next.ID, "undo")
	if got.State != "undone" || got.Undone != 2 || got.Kept != 1 || got.Done != 0 {
		t.Errorf("got %+v, want two undone and the edited one kept", got)
	}
	if names := c.names(t); names != "Asha Rao, Binod Thapa, Chitra Iyer, Esha R. Roy" {
		t.Errorf("got %s", names)
	}
	if kept := c.rows(t, next.ID, "?progress=kept"); len(kept) != 1 || kept[0].Why == "" || kept[0].Values["university_roll_no"] != "005" {
		t.Errorf("got %+v, want why", kept)
	}
	c.refuses(t, "POST", importsPath+"/"+c.upload(t, "students", class+"Fay,9,9,,,\n").ID+"/undo", c.token, nil, 409, "not-applied", "")
}

func TestWhatIsReferredToIsArchived(t *testing.T) {
	t.Parallel()
	c := clerkOf(t)
	first := c.take(t, "students", class)
	courses := c.take(t, "courses", "course_code,course_name,duration\nMCA-301,Databases,50\nMCA-302,Networks,\n")
	enrolled := c.take(t, "enrolments", "section_code,student_id,roll_no\nmca-301,001,1\nMCA-301,002,2\n")
	if courses.Done != 2 || enrolled.Done != 2 {
		t.Fatalf("got %+v and %+v", courses, enrolled)
	}
	if got := c.run(t, first.ID, "undo"); got.Archived != 2 || got.Undone != 1 {
		t.Errorf("got %+v, want the enrolled ones archived", got)
	}
	if got := c.run(t, courses.ID, "undo"); got.Archived != 1 || got.Undone != 1 {
		t.Errorf("got %+v, want the course of the enrolled archived", got)
	}
	if got := c.upload(t, "students", class); got.Changed != 2 || got.New != 1 {
		t.Errorf("got %+v, want the archived brought back", got)
	}
	if got := c.run(t, enrolled.ID, "undo"); got.Undone != 2 {
		t.Errorf("got %+v, want the enrolments gone", got)
	}
}

func TestEnrolmentsNameTheirConflicts(t *testing.T) {
	t.Parallel()
	c := clerkOf(t)
	c.take(t, "students", class)
	c.take(t, "courses", "course_code,course_name\nMCA-301,Databases\n")
	c.take(t, "enrolments", "university_roll_no,class_roll_id,start_date\n001,1,2026-07-01\n", "course_code", "MCA-301")
	got := c.upload(t, "enrolments", "course_code,university_roll_no,class_roll_id,from,to\n"+
		"MCA-301,001,1,01/07/2026,\n"+ // as she is
		"MCA-301,002,1,,\n"+
		"MCA-999,002,2,,\n"+
		"MCA-301,099,3,,\n"+
		"MCA-301,003,x,31/02/2026,\n")
	var told strings.Builder
	for _, r := range c.rows(t, got.ID, "") {
		fmt.Fprintf(&told, "%d %s", r.Line, r.Action)
		for _, e := range r.Errors {
			fmt.Fprintf(&told, " [%s: %s]", e.Field, e.Why)
		}
		told.WriteString("\n")
	}
	want := `2 error [class_roll_id: line 3 has the same: keep one of the two]
3 error [class_roll_id: Asha Rao has this number: give another, or change theirs first] [class_roll_id: line 2 has the same: keep one of the two]
4 error [course_code: there is no such course: import the courses first]
5 error [university_roll_no: no student has this number: import the students first]
6 error [class_roll_id: must be a whole number from 1] [start_date: is not a date: write it as 2026-07-31 or 31/07/2026]
`
	if told.String() != want {
		t.Errorf("got\n%s\nwant\n%s", told.String(), want)
	}
	if got := c.upload(t, "enrolments", "course_code,student_id,roll_no,from\nMCA-301,001,1,01/07/2026\nMCA-301,002,2,\n"); got.Same != 1 || got.New != 1 {
		t.Errorf("got %+v, want one the same and one new", got)
	}
	left := c.take(t, "enrolments", "course_code,student_id,roll_no,to\nMCA-301,001,7,31/07/2026\n")
	if left.Changed != 1 || left.Done != 1 {
		t.Errorf("got %+v, want her roll changed and her end known", left)
	}
	if again := c.upload(t, "enrolments", "course_code,student_id,roll_no,to\nMCA-301,001,7,31/07/2026\n"); again.Same != 1 {
		t.Errorf("got %+v, want the same", again)
	}
	if got := c.upload(t, "enrolments", "course_code,student_id,roll_no,from\nMCA-301,001,1,20/07/2026\n"); got.Errors != 1 {
		t.Errorf("got %+v, want an overlap refused", got)
	}
	if got := c.run(t, left.ID, "undo"); got.Undone != 1 {
		t.Errorf("got %+v, want her as before", got)
	}
}

func TestAnEditMadeByHandStays(t *testing.T) {
	t.Parallel()
	c := clerkOf(t)
	c.take(t, "students", class)
	store, close := c.store(t)
	defer close()
	if _, err := store.Exec(t.Context(), "UPDATE student SET name = 'Asha R. Rao', email = 'new@example.org' WHERE university_roll = '001'"); err != nil {
		t.Fatal(err)
	}
	got := c.upload(t, "students", strings.ReplaceAll(class, "asha@", "third@"))
	row := c.rows(t, got.ID, "")[0]
	if got.Changed != 1 || len(row.Changes) != 2 || !row.Changes[0].Kept || !row.Changes[1].Edited || row.Changes[1].To != "third@example.org" {
		t.Fatalf("got %+v, want the name kept and the address asked about", row)
	}
	c.run(t, got.ID, "apply")
	if names := c.names(t); !strings.HasPrefix(names, "Asha R. Rao,") {
		t.Errorf("got %s", names)
	}
}

func TestAPreviewIsDoneOnlyAsItWasShown(t *testing.T) {
	t.Parallel()
	c := clerkOf(t)
	got := c.upload(t, "students", class)
	c.take(t, "students", "name,roll,email\nAsha Other,001,\nBinod Thapa,002,binod@example.org\n")
	got = c.run(t, got.ID, "apply")
	if got.Done != 1 || got.Refused != 2 {
		t.Errorf("got %+v, want two refused: they were new and are there now", got)
	}
	for _, r := range c.rows(t, got.ID, "?progress=refused") {
		if r.Why == "" {
			t.Errorf("got %+v, want a reason", r)
		}
	}
}

func TestTheOriginalsImport(t *testing.T) {
	t.Parallel()
	c := clerkOf(t)
	const path = "/api/admin/students/bulk-import"
	c.take(t, "students", "name,university_roll_no,enrollment_no,email1\nStudent One,u-001,e-001,s1@example.org\n")
	a := c.form(t, path, "Student_Name,University Roll No,Enrollment No,Email1,email2,password\n"+
		"Csv One,u-101,e-101,one@example.org,,secret of one\n"+
		"No Mail,u-102,e-102,,,\n"+
		"Csv Dup,u-001,e-001,dup@example.org,,\n", "default_password", "three wet dogs")
	var got struct {
		Status                string
		Total, Added, Skipped int
		Errors                []string
	}
	a.into(t, &got)
	want := []string{"Row 3 (No Mail): Email1: is missing", "Row 4 (Csv Dup): Duplicate roll/enrollment number \u2014 skipped"}
	if a.status != http.StatusOK || got.Status != "success" || got.Total != 3 || got.Added != 1 || got.Skipped != 2 || fmt.Sprint(got.Errors) != fmt.Sprint(want) {
		t.Errorf("got %d %s, want one added and %q", a.status, a.raw, want)
	}
	if names := c.names(t); names != "Csv One, Student One" {
		t.Errorf("got %s", names)
	}
	for _, bad := range []struct {
		file string
		want string
	}{
		{"", "File required"},
		{"name,roll\nA,1\n", "missing required columns: enrollment_no, email1"},
		{"name,roll,enrollment,email\n" + strings.Repeat("A,1,2,a@example.org\n", 2001), importsPath},
	} {
		if a := c.form(t, path, bad.file); a.status != http.StatusUnprocessableEntity || !strings.Contains(string(a.raw), bad.want) {
			t.Errorf("got %d %s, want %s", a.status, a.raw, bad.want)
		}
	}
}

func TestAMappingIsRemembered(t *testing.T) {
	t.Parallel()
	c := clerkOf(t)
	const file = "Who,Number\nAsha,1\n"
	if a := c.form(t, importsPath, file, "kind", "students"); a.status != 422 || !strings.Contains(string(a.raw), "student_name, university_roll_no or enrollment_no") || !strings.Contains(string(a.raw), "Who, Number") {
		t.Errorf("got %d %s, want what is missing and what is there", a.status, a.raw)
	}
	c.upload(t, "students", file, "mapping", `{"who": "student_name", "Number": "enrollment_no"}`)
	if got := c.upload(t, "students", "Number,WHO\n1,Asha\n"); got.New != 1 || got.Columns[0].Field != "enrollment_no" {
		t.Errorf("got %+v, want the mapping of the last time", got)
	}
	for _, bad := range []string{"[", `{"who": "shoe"}`} {
		if a := c.form(t, importsPath, file, "kind", "students", "mapping", bad); a.status != 422 || !strings.Contains(string(a.raw), "body.mapping") {
			t.Errorf("%s: got %d %s", bad, a.status, a.raw)
		}
	}
	if a := c.form(t, importsPath, strings.Repeat("a,b\n", 6<<20), "kind", "students"); a.status != http.StatusRequestEntityTooLarge {
		t.Errorf("24 MB: got %d %s", a.status, a.raw)
	}
	if a := c.do(t, http.MethodPost, importsPath, c.token, object{}); a.status != http.StatusBadRequest {
		t.Errorf("no form: got %d %s", a.status, a.raw)
	}
	var page struct {
		Items []imported
		Next  string
	}
	c.do(t, http.MethodGet, importsPath+"?limit=1", c.token, nil).into(t, &page)
	first, next := page.Items[0].ID, page.Next
	page.Next = ""
	c.do(t, http.MethodGet, importsPath+"?limit=1&cursor="+next, c.token, nil).into(t, &page)
	if page.Items[0].ID == first || page.Next != "" {
		t.Errorf("got %+v, want the older one and no more", page)
	}
}
