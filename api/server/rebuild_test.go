package server_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/arise-attendance/arise/api/server"
)

func TestEverythingDerivedCanBeDerivedAgain(t *testing.T) {
	t.Parallel()
	p := start(t, func(c *server.Config) { c.Demo = true })
	db, err := pgx.Connect(t.Context(), p.config.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(t.Context())
	sum := func(sql string) (n int64) {
		t.Helper()
		if err := db.QueryRow(t.Context(), sql).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	const standings = "SELECT sum(hashtext(session_id::text || student_id::text || status || at::text)) FROM standing"
	const counts = "SELECT sum(hashtext(course_id::text || student_id::text || cells || missed::text)) FROM student_count"
	want := sum(standings)
	if _, err := db.Exec(t.Context(), "UPDATE standing SET status = 'absent', state = '{}' WHERE student_id IN (SELECT student_id FROM standing ORDER BY student_id LIMIT 500)"); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := server.Rebuild(t.Context(), p.config, &out); err != nil || !strings.Contains(out.String(), "counted 20 courses") {
		t.Fatalf("got %q, %v, want it to say what it did", out.String(), err)
	}
	if got := sum(standings); got != want {
		t.Errorf("got standings %d, want %d as before", got, want)
	}
	first := sum(counts)
	if _, err := db.Exec(t.Context(), "DELETE FROM session_count; UPDATE student_count SET cells = 'A', missed = 9"); err != nil {
		t.Fatal(err)
	}
	if err := server.Rebuild(t.Context(), p.config, &out); err != nil {
		t.Fatal(err)
	}
	if got := sum(counts); got != first || first == 0 || sum("SELECT count(*) FROM session_count") == 0 {
		t.Errorf("got counts %d, want %d", got, first)
	}
}
