package lesson

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/arise-attendance/arise/db/embedded/pgtest"
)

// The cloud's disk dies after a class. A backup from before the class comes up on
// another database, and the pendrive brings back what it was told is safe.
func TestAPendriveHealsACloudRestoredFromABackup(t *testing.T) {
	t.Parallel()
	s := openSchool(t)
	drive := s.plugIn(s.claim)
	code := courseCodes(t, drive.url)[0]
	edge := signIn(t, drive.url, code)
	drive.drained(30 * time.Second)
	file := filepath.Join(t.TempDir(), "school.arise")
	s.tool(s.env, "backup", file) // while it runs
	s.tool(nil, "backup", "-verify", file)

	first := edge.begin("")
	session := first.Session.ID
	sc := newScanner(drive.url, "127.0.0.1", "AA:BB:CC:00:11:22")
	sc.ready(t, code)
	for roll := 1; roll <= 60; roll++ {
		sc.touch(roll)
	}
	byHand(t, edge, first)
	edge.must("POST", "/api/teacher/session/"+session+"/end", nil, nil)
	drive.drained(30 * time.Second) // the old cloud has confirmed all of it
	s.program.kill()

	s.moveTo(file)
	eventually(t, 60*time.Second, "the pendrive has sent it all again", func() error {
		var facts int
		if err := s.db.QueryRow(t.Context(), `SELECT count(*) FROM fact WHERE session_id = $1`, session).Scan(&facts); err != nil {
			return err
		}
		if facts < 60 {
			return fmt.Errorf("%d facts", facts)
		}
		return nil
	})
	drive.drained(30 * time.Second)
	s.everyScanIsInPostgresOnce(t, session, sc)
	s.standingsAre(t, session, edge.look(session))
	sameRegister(t, edge, signIn(t, s.cloud, code), session)
}

// tool runs a verb of the cloud's program to its end.
func (s *school) tool(env []string, args ...string) {
	s.t.Helper()
	p := start(s.t, "api", env, args...)
	select {
	case <-p.done:
	case <-time.After(60 * time.Second):
		s.t.Fatalf("api %s does not end", args[0])
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		s.t.Fatalf("api %s: got exit code %d; it said:\n%s", args[0], code, p.out)
	}
}

// moveTo restores a backup into an empty database and serves it where the school
// was.
func (s *school) moveTo(file string) {
	s.t.Helper()
	none := func(context.Context, string) error { return nil }
	database := pgtest.New(s.t, none, "empty")
	for i, line := range s.env {
		if strings.HasPrefix(line, "DATABASE_URL=") {
			s.env[i] = "DATABASE_URL=" + database
		}
	}
	s.tool(s.env, "restore", file)
	pool, err := pgxpool.New(s.t.Context(), database)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(pool.Close)
	at, err := url.Parse(s.cloud)
	if err != nil {
		s.t.Fatal(err)
	}
	s.db = pool
	s.program = start(s.t, "api", append(s.env, "PORT="+at.Port()), "serve")
	s.program.answers(s.cloud + "/readyz")
}
