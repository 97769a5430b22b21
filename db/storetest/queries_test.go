package storetest_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// reads finds statements that look at classes or at what stands in them.
var reads = regexp.MustCompile(`(?i)\b(from|join|update)\s+(session|standing)\b`)

// blind are statements for which a deleted session is like any other, by name.
var blind = map[string]string{
	"Session":           "one session, whatever became of it",
	"LockSessions":      "the same, for writing",
	"PutVoid":           "deletes and restores",
	"RewriteSession":    "a fold made anew",
	"Standings":         "one session's: its marks are kept, and shown where the session itself is",
	"StandingsOf":       "the same",
	"StandingsAt":       "the same",
	"Standing":          "the same",
	"DropStandings":     "a fold made anew",
	"AsideOf":           "what a session's scanner kept",
	"EnrolmentsCounted": "whoever has marks stays enrolled, also for a restoration",
	"ExpectedCount":     "one session that runs",
	"StatusCounts":      "one session that runs",
	"CourseReferred":    "what has classes is archived, not removed",
	"StudentReferred":   "whoever has marks is archived, not removed",
	"TeacherReferred":   "the same",
	"MarkPruned":        "its facts have left the drive, whatever it counts",
	"LeaveSessions":     "a leave holds in a deleted class too: it may be restored",
	"FeedFacts":         "pendrives must hear of deletions too",
	"TellSessions":      "a deletion changes what a course adds up to",
	"SessionIDs":        "all of them are derived again",
	"MarkedElsewhere":   "whoever has marks stays, also for a restoration",
	"InboxPage":         "an item names the class it speaks of, whatever became of it",
	"OwnStandings":      "only those of sessions that OwnSessions lists are looked at",
}

// A class that somebody deleted must count nowhere, in no query that anybody adds.
func TestEveryQueryLeavesDeletedSessionsOut(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../queries/*/*.sql")
	if err != nil || len(files) < 10 {
		t.Fatalf("found %d files of queries: %v", len(files), err)
	}
	found := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range strings.Split(string(text), "-- name: ")[1:] {
			name, _, _ := strings.Cut(statement, " ")
			if !reads.MatchString(statement) || blind[name] != "" {
				continue
			}
			found++
			if !strings.Contains(statement, "voided") {
				t.Errorf("%s: %s reads sessions or their marks and would count deleted ones: "+
					"say NOT session.voided, or say in this test why it must see them", file, name)
			}
		}
	}
	if found < 8 {
		t.Errorf("got %d statements that know of deleted sessions, want at least the eight of both stores", found)
	}
}
