package postgres_test

import (
	"fmt"
	"testing"
)

// big is a school made by SQL alone: twenty thousand students in eight hundred
// courses of fifty, fifty sessions each, and two million marks; or a fraction of
// it. Every sixth cell is empty: nobody marked them.
type big struct {
	store
	courses, students int
}

const (
	bigCourses  = 800
	bigStudents = 20_000
	bigClass    = 50 // students of a course
	bigSessions = 50 // of a course
)

// bigID names the n-th thing of a kind as the SQL below does.
const bigID = `md5('%s ' || %s)::uuid`

// bigSchool fills an empty database with a share of the school.
func bigSchool(t testing.TB, s store, share int) big {
	t.Helper()
	b := big{store: s, courses: bigCourses / share, students: bigStudents / share}
	id := func(kind, n string) string { return fmt.Sprintf(bigID, kind, n) }
	for _, sql := range []string{
		audited("DISABLE"), // nobody changed anything here
		`INSERT INTO term (id, name) SELECT ` + id("term", "i") + `, 'Term ' || i FROM generate_series(0, 3) i`,
		`INSERT INTO teacher (id, name, code) SELECT ` + id("teacher", "i") + `, 'Teacher ' || i, 'T' || i FROM generate_series(0, 199) i`,
		fmt.Sprintf(`INSERT INTO course (id, term_id, code, name, default_minutes)
			SELECT %s, %s, 'C' || i, 'Course ' || i, 50 FROM generate_series(0, %d) i`, id("course", "i"), id("term", "(i % 4)"), b.courses-1),
		fmt.Sprintf(`INSERT INTO teaching (id, course_id, teacher_id, from_at)
			SELECT %s, %s, %s, '2020-01-01' FROM generate_series(0, %d) i`, id("teaching", "i"), id("course", "i"), id("teacher", "(i % 200)"), b.courses-1),
		fmt.Sprintf(`INSERT INTO student (id, name, university_roll, enrolment_no, email)
			SELECT %s, 'Student ' || i, lpad(i::text, 9, '0'), 'EN' || i, 's' || i || '@students.example' FROM generate_series(0, %d) i`, id("student", "i"), b.students-1),
		fmt.Sprintf(`INSERT INTO enrolment (id, course_id, student_id, roll, from_at)
			SELECT %s, %s, %s, r + 1, '2020-01-01' FROM generate_series(0, %d) c, generate_series(0, %d) r`,
			id("enrolment", "c || '/' || r"), id("course", "c"), id("student", fmt.Sprintf("((c * %d + r) %% %d)", bigClass, b.students)), b.courses-1, bigClass-1),
		fmt.Sprintf(`INSERT INTO session (id, course_id, node_id, teacher_id, kind, topic, opened_at, closes_at, closed_at, opened, policy)
			SELECT %s, %s, (SELECT id FROM node WHERE kind = 'cloud'), %s, CASE n %% 5 WHEN 0 THEN 'online' ELSE 'offline' END, 'Unit ' || n,
				at, at + interval '55 minutes', at + interval '50 minutes', '{}', '{"version":1,"late_after_min":10,"late_weight":1,"minimum":75,"critical":60}'
			FROM generate_series(0, %d) c, generate_series(0, %d) n, LATERAL (SELECT now() - interval '2 hours' - n * interval '1 day' - (c %% 8) * interval '1 hour' AS at) x`,
			id("session", "c || '/' || n"), id("course", "c"), id("teacher", "(c % 200)"), b.courses-1, bigSessions-1),
		fmt.Sprintf(`INSERT INTO standing (session_id, student_id, state, status, method, at)
			SELECT %s, %s, '{}', (ARRAY['present', 'present', 'present', 'late', 'absent', ''])[1 + (c + n * 7 + r * 5) %% 6], 'biometric', now()
			FROM generate_series(0, %d) c, generate_series(0, %d) n, generate_series(0, %d) r WHERE (c + n * 7 + r * 5) %% 6 < 5`,
			id("session", "c || '/' || n"), id("student", fmt.Sprintf("((c * %d + r) %% %d)", bigClass, b.students)), b.courses-1, bigSessions-1, bigClass-1),
		audited("ENABLE"),
		`ANALYZE`,
	} {
		if _, err := s.pool.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%.120s: %v", sql, err)
		}
	}
	return b
}

// facts makes what is behind some of the standings, st.
func (b big) facts(t testing.TB, which string) {
	t.Helper()
	sql := `INSERT INTO fact (id, kind, session_id, student_id, node_id, class, ord, effective_at, body, digest)
		SELECT f.id, 'mark.seen', f.session_id, f.student_id, f.node_id, 10, f.ord, f.at, f.body, sha256(f.body) FROM (
			SELECT g.*, convert_to(json_build_object('v', 1, 'id', g.id, 'kind', 'mark.seen', 'node', g.node_id, 'session', g.session_id,
				'student', g.student_id, 'class', 10, 'method', g.method, 'wall_ms', g.ord, 'mono_ms', 0, 'hlc', g.ord)::text, 'UTF8') AS body
			FROM (SELECT gen_random_uuid() AS id, st.session_id, st.student_id, se.node_id, st.method, st.at, row_number() OVER () AS ord
				FROM standing st JOIN session se ON se.id = st.session_id WHERE ` + which + `) g) f`
	if _, err := b.pool.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
	if _, err := b.pool.Exec(t.Context(), "ANALYZE fact"); err != nil {
		t.Fatal(err)
	}
}

// audited switches the ledger's triggers.
func audited(how string) string {
	return `DO $$ DECLARE t text; BEGIN
		FOR t IN SELECT DISTINCT c.relname FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
			WHERE g.tgname = 'audit' AND c.relnamespace = current_schema()::regnamespace
		LOOP EXECUTE 'ALTER TABLE ' || quote_ident(t) || ' ` + how + ` TRIGGER audit'; END LOOP; END $$`
}
