package server_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/demo"
	"github.com/arise-attendance/arise/api/server"
	"github.com/arise-attendance/arise/db/embedded/pgtest"
	"github.com/arise-attendance/arise/db/postgres"
	"github.com/arise-attendance/arise/db/postgres/backup"
)

func emptyDatabase(t *testing.T) server.Config {
	t.Helper()
	return configOf(t, pgtest.New(t, func(context.Context, string) error { return nil }, "empty"))
}

// contents is the manifest of a backup, by table.
func contents(t *testing.T, file string) (m backup.Manifest, digests map[string]string, rows map[string]int64) {
	t.Helper()
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	raw, err := z.Open("manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if err := json.NewDecoder(raw).Decode(&m); err != nil {
		t.Fatal(err)
	}
	digests, rows = map[string]string{}, map[string]int64{}
	for _, table := range m.Tables {
		digests[table.Name], rows[table.Name] = table.Digest, table.Rows
	}
	return m, digests, rows
}

// back makes a backup of a school and returns its file.
func back(t *testing.T, c server.Config) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "school.arise")
	if err := server.Backup(t.Context(), c, file, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestABackupBecomesTheSameSchoolElsewhere(t *testing.T) {
	t.Parallel()
	p := start(t, func(c *server.Config) { c.Demo = true })
	d := p.claim(t, "Lab 2")
	school := demo.Make(time.Now().UTC())
	before := d.class(t, school)
	var got receipt
	d.send(t, d.batch(before...)).into(t, &got)

	file := back(t, p.config) // while the server runs
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got mode %v, %v, want 0600", info.Mode(), err)
	}
	first, digests, rows := contents(t, file)
	if rows["fact"] < 2000 || rows["student"] != 600 || rows["standing"] < 1000 || rows["roster_head"] != 1 {
		t.Errorf("got %v, want the whole school", rows)
	}
	after := d.class(t, school) // acknowledged by the old cloud, and in no backup
	d.send(t, d.batch(after...)).into(t, &got)
	if got.AckedThrough != 4 {
		t.Fatalf("got %+v, want 4 lines", got)
	}

	c := emptyDatabase(t)
	var said bytes.Buffer
	if err := server.Restore(t.Context(), c, file, nil, &said); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said.String(), "restored: ") {
		t.Errorf("got %q", said.String())
	}
	again, digestsNow, rowsNow := contents(t, back(t, c))
	for table, want := range rows {
		if table == "audit" {
			want++ // that the second backup was made
		}
		if rowsNow[table] != want {
			t.Errorf("%s: got %d rows, want %d", table, rowsNow[table], want)
		}
		// One is new by intention; in the other, work that was under way begins again.
		if table != "roster_head" && table != "river_job" && table != "audit" && table != "audit_head" && digestsNow[table] != digests[table] {
			t.Errorf("%s: got other rows", table)
		}
	}
	if len(rowsNow) != len(rows) || again.Generation == first.Generation || again.Schema != first.Schema {
		t.Errorf("got %d tables of generation %s, want %d of a new one", len(rowsNow), again.Generation, len(rows))
	}
	for name, last := range first.Sequences {
		if strings.HasPrefix(name, "audit_due") {
			last++
		}
		if again.Sequences[name] != last {
			t.Errorf("%s: got %d, want %d", name, again.Sequences[name], last)
		}
	}

	restored := startOn(t, c)
	moved := *d
	moved.program = restored
	note := moved.fact(t, attendance.Fact{Kind: attendance.Note, Session: before[0].Session})
	if a := moved.send(t, moved.batch(note)); a.status != http.StatusConflict || !strings.Contains(string(a.raw), `"wanted":3`) {
		t.Fatalf("got %d %s, want the lines that the backup has not", a.status, a.raw)
	}
	moved.seq, moved.hash = 0, [32]byte{}
	moved.batch(before...) // back to where the backup is
	moved.send(t, moved.batch(append(after, note)...)).into(t, &got)
	if got.AckedThrough != 5 || got.Feed.Generation.String() == first.Generation {
		t.Errorf("got %+v, want all five lines and a new generation", got)
	}
	pool, err := postgres.Connect(t.Context(), c.DatabaseURL, "public")
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	var facts int64
	if err := pool.QueryRow(t.Context(), "SELECT count(*) FROM fact").Scan(&facts); err != nil || facts != rows["fact"]+3 {
		t.Errorf("got %d facts, %v, want %d", facts, err, rows["fact"]+3)
	}
	if a := restored.do(t, http.MethodPost, "/api/teacher/login", "", object{"course_code": "mca-301", "pin": demo.PIN}); a.status != http.StatusOK {
		t.Errorf("sign in: got %d %s", a.status, a.raw)
	}
}

func TestARestoreNeverOverwritesASchool(t *testing.T) {
	t.Parallel()
	p := start(t, func(c *server.Config) { c.AdminPassword = "chalk dust and rain" })
	file := back(t, p.config)
	if err := server.Restore(t.Context(), p.config, file, nil, io.Discard); !errors.Is(err, backup.ErrInUse) {
		t.Errorf("under a running server: got %v, want %v", err, backup.ErrInUse)
	}
	c := emptyDatabase(t)
	for run, want := range []error{nil, backup.ErrNotEmpty} {
		if err := server.Restore(t.Context(), c, file, nil, io.Discard); !errors.Is(err, want) {
			t.Errorf("time %d: got %v, want %v", run+1, err, want)
		}
	}
	started := emptyDatabase(t) // one that was only started is empty still
	if err := server.Migrate(t.Context(), started); err != nil {
		t.Fatal(err)
	}
	if err := server.Restore(t.Context(), started, file, nil, io.Discard); err != nil {
		t.Error(err)
	}
}

// The same server and database answer, so only the restore itself can know that
// what pendrives were told since the backup is forgotten.
func TestADatabaseSetBackInItsPlaceHasANewGeneration(t *testing.T) {
	t.Parallel()
	c := emptyDatabase(t)
	c.Schema = "north"
	if err := server.Migrate(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	file := back(t, c)
	pool, err := postgres.ConnectAs(t.Context(), c.DatabaseURL, c.Schema, "a test")
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.Exec(t.Context(), "DROP SCHEMA north CASCADE"); err != nil {
		t.Fatal(err)
	}
	if err := server.Restore(t.Context(), c, file, nil, io.Discard); err != nil {
		t.Fatal(err)
	}
	before, _, _ := contents(t, file)
	if after, _, _ := contents(t, back(t, c)); after.Generation == before.Generation {
		t.Errorf("got generation %s again, want a new one", after.Generation)
	}
}

func TestADamagedBackupChangesNothing(t *testing.T) {
	t.Parallel()
	p := start(t, func(c *server.Config) { c.Demo = true })
	var pipe bytes.Buffer
	if err := server.Backup(t.Context(), p.config, "-", &pipe, io.Discard); err != nil {
		t.Fatal(err)
	}
	good := pipe.Bytes()
	if err := server.VerifyBackup("-", bytes.NewReader(good), io.Discard); err != nil {
		t.Errorf("the good one: %v", err)
	}
	c := emptyDatabase(t)
	c.Schema = "north"
	for name, bad := range map[string][]byte{
		"empty":                   {},
		"no zip":                  []byte("-- PostgreSQL database dump"),
		"cut at the end":          good[:len(good)-1],
		"cut in half":             good[:len(good)/2],
		"a byte turned":           turned(good),
		"a student taken out":     edited(t, good, "data/student.tsv", func(b []byte) []byte { return b[bytes.IndexByte(b, '\n')+1:] }),
		"a mark changed":          edited(t, good, "data/standing.tsv", func(b []byte) []byte { return bytes.Replace(b, []byte("\tpresent\t"), []byte("\tabsent\t"), 1) }),
		"the last row cut":        edited(t, good, "data/student.tsv", func(b []byte) []byte { return b[:len(b)-1] }),
		"a table gone":            edited(t, good, "data/student.tsv", func([]byte) []byte { return nil }),
		"a table gone everywhere": edited(t, edited(t, good, "data/setting.tsv", func([]byte) []byte { return nil }), "manifest.json", withoutSetting(t)),
		"a newer form":            edited(t, good, "manifest.json", func(b []byte) []byte { return bytes.Replace(b, []byte(`"format":1`), []byte(`"format":2`), 1) }),
		"a newer schema": edited(t, good, "manifest.json", func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"schema_version":`), []byte(`"schema_version":9`), 1)
		}),
		"another table's name": edited(t, good, "manifest.json", func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"name":"student"`), []byte(`"name":"goose_db_version"`), 1)
		}),
		"a column of somebody's": edited(t, good, "manifest.json", func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"university_roll"`), []byte(`"name\") TO PROGRAM 'x"`), 1)
		}),
	} {
		if err := server.Restore(t.Context(), c, "-", bytes.NewReader(bad), io.Discard); err == nil {
			t.Errorf("%s: it was restored", name)
		}
	}
	pool, err := postgres.Connect(t.Context(), c.DatabaseURL, c.Schema)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	var there bool
	if err := pool.QueryRow(t.Context(), "SELECT to_regclass('student') IS NOT NULL").Scan(&there); err != nil {
		t.Fatal(err)
	}
	if there {
		var students int
		if err := pool.QueryRow(t.Context(), "SELECT count(*) FROM student").Scan(&students); err != nil || students != 0 {
			t.Errorf("got %d students, %v, want none", students, err)
		}
	}
	pool.Close()
	if err := server.Restore(t.Context(), c, "-", bytes.NewReader(good), io.Discard); err != nil {
		t.Errorf("the good one after all of these: %v", err)
	}
	if _, _, rows := contents(t, back(t, c)); rows["student"] != 600 {
		t.Errorf("got %d students, want 600", rows["student"])
	}
}

func TestAFailedBackupLeavesNoFile(t *testing.T) {
	t.Parallel()
	c, dir := emptyDatabase(t), t.TempDir()
	if err := server.Backup(t.Context(), c, filepath.Join(dir, "school.arise"), io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "nothing to back up") {
		t.Errorf("got %v, want that there is nothing", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("got %v left, %v", left, err)
	}
}

func turned(good []byte) []byte {
	bad := bytes.Clone(good)
	bad[len(bad)/2] ^= 1
	return bad
}

// edited is a zip in which one entry reads otherwise, with all that zip itself
// checks in order; nil takes it out.
func edited(t *testing.T, file []byte, name string, change func([]byte) []byte) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == name {
			was := raw
			if raw = change(raw); raw == nil {
				continue
			}
			if bytes.Equal(was, raw) {
				t.Fatalf("%s was not changed", name)
			}
		}
		w, err := z.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(raw); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func withoutSetting(t *testing.T) func([]byte) []byte {
	return func(raw []byte) []byte {
		t.Helper()
		var m map[string]any
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatal(err)
		}
		var kept []any
		for _, table := range m["tables"].([]any) {
			if table.(object)["name"] != "setting" {
				kept = append(kept, table)
			}
		}
		m["tables"] = kept
		raw, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
}
