package server

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/demo"
)

// Demo makes the demo school in an empty database, with a pendrive that waits to
// be claimed; a database with other courses it leaves alone. The claim is written
// to a file that a pendrive's program can read. Each step looks whether it was
// done, so a start that was cut short is finished by the next.
func (s *Server) Demo(ctx context.Context) error {
	start := time.Now()
	school := demo.Make(start.In(s.config.Zone))
	courses, err := s.service.Codes(ctx)
	if err != nil {
		return err
	}
	if len(courses) == 0 {
		if err := s.enrol(ctx, school); err != nil {
			return fmt.Errorf("make the demo school: %w", err)
		}
	} else if !slices.ContainsFunc(courses, func(c attendance.Course) bool { return c.ID == school.Courses[0].ID }) {
		return nil
	}
	if err := s.holdClasses(ctx, school); err != nil {
		return fmt.Errorf("hold the demo classes: %w", err)
	}
	if err := s.offer(ctx); err != nil {
		return err
	}
	s.config.Log.InfoContext(ctx, "the demo school is ready", "took", time.Since(start).Round(time.Millisecond))
	return nil
}

// holdClasses adds the past, once.
func (s *Server) holdClasses(ctx context.Context, school demo.School) error {
	node, err := s.store.CloudNode(ctx)
	if err != nil {
		return err
	}
	return s.store.InTx(ctx, func(ctx context.Context, tx attendance.Tx) error {
		held, err := tx.Sessions(ctx, school.Courses[0].ID)
		if err != nil || len(held) > 0 {
			return err
		}
		facts, err := school.History(node)
		if err != nil {
			return err
		}
		return s.service.Adopt(ctx, tx, facts)
	})
}

func (s *Server) enrol(ctx context.Context, school demo.School) error {
	pin, err := auth.HashSecret(demo.PIN)
	if err != nil {
		return err
	}
	_, err = s.store.Change(ctx, func(ctx context.Context, r attendance.Registrar) error {
		t := school.Term
		if err := r.PutTerm(ctx, attendance.Term{ID: t.ID, Name: t.Name, StartsOn: t.Start, EndsOn: t.End}); err != nil {
			return err
		}
		for _, te := range school.Teachers {
			te.PINHash = pin
			if err := r.PutTeacher(ctx, attendance.TeacherEntry{FeedTeacher: te}); err != nil {
				return err
			}
		}
		for i, c := range school.Courses {
			if err := r.PutCourse(ctx, attendance.CourseEntry{FeedCourse: c, Term: t.ID, Teacher: school.Teachings[i].Teacher}); err != nil {
				return err
			}
		}
		for _, te := range school.Teachings {
			if err := r.PutTeaching(ctx, te); err != nil {
				return err
			}
		}
		for _, st := range school.Students {
			if err := r.PutStudent(ctx, attendance.StudentEntry{FeedStudent: st.FeedStudent, Email: st.Email}); err != nil {
				return err
			}
		}
		for _, e := range school.Enrolments {
			if err := r.PutEnrolment(ctx, e); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

const demoNode = "Room 204"

// offer makes the demo pendrive and leaves its claim where `make run` looks.
func (s *Server) offer(ctx context.Context) error {
	dir := filepath.Join(s.config.Data, "demo")
	file := filepath.Join(dir, "edge.env")
	if _, err := os.Stat(file); err == nil {
		return nil
	}
	nodes, err := s.store.Nodes(ctx)
	if err != nil {
		return err
	}
	for _, n := range nodes {
		if n.Name == demoNode && !n.ClaimedAt.IsZero() {
			return nil // another replica's file: a new code would shut its drive out
		}
	}
	code := auth.NewClaim()
	if _, err := deskOf(s.store, s.service.Now).PairNode(ctx, demoNode, nil, claimUntil(code, time.Now().AddDate(1, 0, 0))); err != nil {
		return fmt.Errorf("pair the demo pendrive: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	env := fmt.Sprintf("CLOUD_SERVER_URL=%s\nARISE_EDGE_CLAIM=%s\n", s.config.Origin(), code)
	return os.WriteFile(file, []byte(env), 0o600)
}
