-- name: Standings :many
SELECT * FROM standing
WHERE session_id = @session_id
ORDER BY student_id;

-- name: CourseStandings :many
SELECT st.session_id, st.student_id, st.status, st.method, st.reason, st.at_ms, st.conflict
FROM session AS se
JOIN standing AS st ON st.session_id = se.id
WHERE se.course_id = @course_id AND NOT se.voided
ORDER BY se.opened_ms, st.session_id, st.student_id;

-- name: PutStanding :exec
INSERT INTO standing (session_id, student_id, state, status, method, reason, at_ms, conflict)
VALUES (@session_id, @student_id, @state, @status, @method, @reason, @at_ms, @conflict)
ON CONFLICT (session_id, student_id) DO UPDATE SET
    state = excluded.state, status = excluded.status, method = excluded.method,
    reason = excluded.reason, at_ms = excluded.at_ms, conflict = excluded.conflict;

-- name: DropStandings :exec
DELETE FROM standing WHERE session_id = @session_id;
