package postgres

import (
	"context"
	"fmt"

	"github.com/arise-attendance/arise/api/attendance"
)

// Own implements attendance.Figures.
func (t *tx) Own(ctx context.Context, student attendance.ID) (attendance.Own, error) {
	var out attendance.Own
	who, err := t.q.StudentPerson(ctx, student)
	if err != nil {
		return out, missing(err, "student", student)
	}
	out.Student = attendance.Member{Student: who.ID, Name: who.Name, UniversityRoll: who.UniversityRoll, EnrolmentNo: who.EnrolmentNo}
	enrolled, err := t.q.EnrolmentsOf(ctx, student)
	if err != nil {
		return out, fmt.Errorf("list enrolments: %w", err)
	}
	courses := map[attendance.ID]bool{}
	for _, r := range enrolled {
		courses[r.CourseID] = true
		out.Enrolled = append(out.Enrolled, attendance.Enrolled{
			Member: attendance.Member{
				Student: r.StudentID, Course: r.CourseID, Roll: int(r.Roll), Name: r.Name,
				UniversityRoll: r.UniversityRoll, EnrolmentNo: r.EnrolmentNo, From: r.FromAt, To: moment(r.ToAt),
			},
			Course: attendance.Course{
				ID: r.CourseID, Code: r.Code, Name: r.CourseName, DefaultMinutes: int(r.DefaultMinutes), Archived: r.ArchivedAt != nil,
			},
			Term: r.TermID, TermName: r.TermName, TermArchived: r.TermArchivedAt != nil,
		})
	}
	rows, err := t.q.SessionsOfCourses(ctx, keys(courses))
	if err != nil {
		return out, fmt.Errorf("list sessions: %w", err)
	}
	if out.Sessions, err = sessions(rows); err != nil {
		return out, err
	}
	standings, err := t.q.OwnStandings(ctx, student)
	if err != nil {
		return out, fmt.Errorf("list standings: %w", err)
	}
	for _, r := range standings {
		out.Standings = append(out.Standings, attendance.Standing{
			Session: r.SessionID, Student: r.StudentID, Status: attendance.Status(r.Status),
			Method: attendance.Method(r.Method), Reason: r.Reason, At: moment(r.At), Conflict: r.Conflict,
		})
	}
	return out, nil
}

func (t *tx) OwnFacts(ctx context.Context, course, student attendance.ID) ([]attendance.Fact, error) {
	rows, err := t.q.FactsOfStudent(ctx, student, course)
	if err != nil {
		return nil, fmt.Errorf("list facts of %s: %w", student, err)
	}
	out := make([]attendance.Fact, len(rows))
	for i, r := range rows {
		f, err := attendance.Decode(r.Body)
		if err != nil {
			return nil, fmt.Errorf("stored fact %s: %w", r.ID, err)
		}
		f.Ord, f.EffectiveMS = attendance.HLC(r.Ord), r.EffectiveAt.UnixMilli()
		f.Origin = attendance.Origin{Incarnation: r.Incarnation, Seq: r.Seq}
		out[i] = f
	}
	return out, nil
}
