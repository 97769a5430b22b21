package postgres

import (
	"context"
	"fmt"
	"time"

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
	for _, r := range enrolled {
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
	if out.Sessions, err = t.ownSessions(ctx, student); err != nil {
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

func (t *tx) ownSessions(ctx context.Context, student attendance.ID) ([]attendance.Session, error) {
	rows, err := t.q.OwnSessions(ctx, student)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	out, policies := make([]attendance.Session, len(rows)), policies{}
	for i, r := range rows {
		out[i] = attendance.Session{
			ID: r.ID, Course: r.CourseID, Kind: attendance.SessionKind(r.Kind), Topic: r.Topic,
			OpenedAt: r.OpenedAt, ClosesAt: r.ClosesAt, ClosedAt: moment(r.ClosedAt),
		}
		if out[i].Policy, err = policies.read(r.Policy); err != nil {
			return nil, fmt.Errorf("decode policy of session %s: %w", r.ID, err)
		}
	}
	return out, nil
}

// OwnCounts implements attendance.Figures.
func (t *tx) OwnCounts(ctx context.Context, student attendance.ID, at time.Time) ([]attendance.OwnCount, error) {
	rows, err := t.q.OwnCounts(ctx, at, student)
	if err != nil {
		return nil, fmt.Errorf("list counts of a student: %w", err)
	}
	out, policies := make([]attendance.OwnCount, len(rows)), policies{}
	for i, r := range rows {
		out[i] = attendance.OwnCount{
			Enrolled: attendance.Enrolled{
				Member: attendance.Member{
					Student: r.StudentID, Course: r.CourseID, Roll: int(r.Roll), Name: r.Name,
					UniversityRoll: r.UniversityRoll, EnrolmentNo: r.EnrolmentNo, From: r.FromAt, To: moment(r.ToAt),
				},
				Course: attendance.Course{
					ID: r.CourseID, Code: r.Code, Name: r.CourseName, DefaultMinutes: int(r.DefaultMinutes), Archived: r.ArchivedAt != nil,
				},
				Term: r.TermID, TermName: r.TermName, TermArchived: r.TermArchivedAt != nil,
			},
			Sessions: int(r.Sessions), Lacks: r.Lacks,
			StudentCount: attendance.StudentCount{
				Student: r.StudentID, Tally: tallied(r.Present, r.Late, r.Absent, r.Excused, r.Duty), Missed: int(r.Missed), Band: attendance.Band(r.Band),
				Streak: attendance.Streak{Current: int(r.CurrentStreak), Longest: int(r.LongestStreak)},
			},
		}
		if out[i].Policy, err = policies.read(r.Policy); err != nil {
			return nil, fmt.Errorf("decode policy of course %s: %w", r.CourseID, err)
		}
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
		f.Origin, f.Clocking = attendance.Origin{Incarnation: r.Incarnation, Seq: r.Seq}, attendance.Clocking(r.Clocking)
		out[i] = f
	}
	return out, nil
}
