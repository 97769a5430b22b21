package storetest_test

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/embedded/pgtest"
	"github.com/arise-attendance/arise/db/postgres"
)

// TestMain draws fewer schedules than rapid's hundred: each one is a school.
func TestMain(m *testing.M) {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" })
	if !asked {
		if err := flag.Set("rapid.checks", "20"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// memory is a folder that forgets; nothing here is about power cuts.
func memory() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return ""
}

// campus is one course of six students, the cloud, and two pendrives.
type campus struct {
	pg      *postgres.Store
	cloud   *place
	course  attendance.FeedCourse
	teacher attendance.FeedTeacher
	pupils  []attendance.ID
	places  []*place // the cloud last
}

func newCampus(ctx context.Context, pg *postgres.Store, dir string, skew []time.Duration) (*campus, error) {
	id := func() attendance.ID {
		id, err := attendance.NewID(time.Now(), rand.Reader)
		if err != nil {
			panic(err) // the system has no chance left
		}
		return id
	}
	c := &campus{pg: pg}
	c.course = attendance.FeedCourse{ID: id(), Code: "C" + id().String()[24:], Name: "Course", DefaultMinutes: 50}
	c.teacher = attendance.FeedTeacher{ID: id(), Name: "Teacher", Code: id().String()}
	_, err := pg.Change(ctx, func(ctx context.Context, r attendance.Registrar) error {
		if err := r.PutCourse(ctx, attendance.CourseEntry{FeedCourse: c.course}); err != nil {
			return err
		}
		if err := r.PutTeacher(ctx, attendance.TeacherEntry{FeedTeacher: c.teacher}); err != nil {
			return err
		}
		if err := r.PutTeaching(ctx, attendance.FeedTeaching{ID: id(), Course: c.course.ID, Teacher: c.teacher.ID, FromMS: 1}); err != nil {
			return err
		}
		for roll := 1; roll <= 6; roll++ {
			st := attendance.FeedStudent{ID: id(), Name: "Student", UniversityRoll: id().String(), EnrolmentNo: id().String()}
			c.pupils = append(c.pupils, st.ID)
			if err := r.PutStudent(ctx, attendance.StudentEntry{FeedStudent: st}); err != nil {
				return err
			}
			if err := r.PutEnrolment(ctx, attendance.FeedEnrolment{ID: id(), Course: c.course.ID, Student: st.ID, Roll: roll, FromMS: 1}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	node, err := pg.CloudNode(ctx)
	if err != nil {
		return nil, err
	}
	service, err := attendance.NewService(ctx, pg, attendance.World{Now: time.Now, Rand: rand.Reader}, node, attendance.Rules{})
	if err != nil {
		return nil, err
	}
	c.cloud = &place{name: "cloud", service: service, store: pg, node: node, now: time.Now}
	for i, s := range skew {
		p, err := c.plug(ctx, filepath.Join(dir, fmt.Sprint(i)), fmt.Sprintf("%s %d", c.course.Code, i), s)
		if err != nil {
			return nil, err
		}
		c.places = append(c.places, p)
	}
	c.places = append(c.places, c.cloud)
	return c, nil
}

func (c *campus) close() {
	for _, p := range c.places {
		if p.drive != nil {
			_ = p.drive.Close() // its folder goes too
		}
	}
}

// view is what one place shows of the course, and the ids of the facts it holds.
type view struct {
	Sessions map[attendance.ID]string
	Register map[attendance.ID]map[attendance.ID]string
	Facts    map[attendance.ID][]attendance.ID
}

func (c *campus) view(ctx context.Context, p *place) (view, error) {
	v := view{map[attendance.ID]string{}, map[attendance.ID]map[attendance.ID]string{}, map[attendance.ID][]attendance.ID{}}
	err := p.store.View(ctx, func(ctx context.Context, tx attendance.Tx) error {
		sessions, err := tx.Sessions(ctx, c.course.ID)
		if err != nil {
			return err
		}
		voided, err := tx.Voided(ctx, c.course.ID)
		if err != nil {
			return err
		}
		for _, se := range append(sessions, voided...) {
			v.Sessions[se.ID] = fmt.Sprint(se.OpenedAt.UnixMilli(), se.ClosesAt.UnixMilli(), se.ClosedAt.UnixMilli(), se.Node, se.Void)
			standings, err := tx.Standings(ctx, se.ID)
			if err != nil {
				return err
			}
			v.Register[se.ID] = map[attendance.ID]string{}
			for _, st := range standings {
				v.Register[se.ID][st.Student] = fmt.Sprint(st.Status, st.Method, st.Reason, st.At.UnixMilli(), st.Conflict)
			}
			facts, err := tx.Facts(ctx, se.ID, attendance.Which{})
			if err != nil {
				return err
			}
			for _, f := range facts {
				v.Facts[se.ID] = append(v.Facts[se.ID], f.ID)
			}
			slices.SortFunc(v.Facts[se.ID], attendance.ID.Compare)
		}
		return nil
	})
	return v, err
}

// Two pendrives and the cloud, each with its own idea of the time, hold and
// correct classes of one course in any order, with batches of any size, repeated
// batches and lost replies. In the end all three show one register, and every
// fact that was acknowledged anywhere is everywhere.
func TestTwoPendrivesAndTheCloudEndEqual(t *testing.T) {
	t.Parallel()
	hash, err := pgtest.Hash(postgres.Migrations())
	if err != nil {
		t.Fatal(err)
	}
	url := pgtest.New(t, func(ctx context.Context, url string) error {
		pool, err := postgres.Connect(ctx, url, "public")
		if err != nil {
			return err
		}
		defer pool.Close()
		return postgres.Migrate(ctx, pool)
	}, hash)
	pool, err := postgres.Connect(t.Context(), url, "public")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	pg := postgres.New(pool, postgres.Options{})
	rapid.Check(t, func(r *rapid.T) {
		ctx := context.Background()
		dir, err := os.MkdirTemp(memory(), "three")
		if err != nil {
			r.Fatal(err)
		}
		defer os.RemoveAll(dir)
		clock := rapid.SampledFrom([]time.Duration{0, 0, 0, -3 * time.Hour, 40 * time.Minute, -time.Second, 100 * time.Second})
		c, err := newCampus(ctx, pg, dir, []time.Duration{clock.Draw(r, "clock of A"), clock.Draw(r, "clock of B")})
		if err != nil {
			r.Fatal(err)
		}
		defer c.close()
		m := &machine{ctx: ctx, campus: c, made: map[attendance.ID]bool{}}
		r.Repeat(m.actions())
		m.end(r)
	})
}

// end sends and pulls until nothing waits, and compares.
func (m *machine) end(r *rapid.T) {
	deadline := time.Now().Add(20 * time.Second)
	for {
		for range 2 {
			for _, p := range m.places[:len(m.places)-1] {
				must(r, m.send(m.ctx, p, 1000, false))
				must(r, m.pull(m.ctx, p))
			}
		}
		want, err := m.view(m.ctx, m.cloud)
		must(r, err)
		equal := true
		for _, p := range m.places[:len(m.places)-1] {
			got, err := m.view(m.ctx, p)
			must(r, err)
			if reflect.DeepEqual(got, want) {
				continue
			}
			equal = false
			if time.Now().After(deadline) { // the feed waits for older transactions, not longer
				r.Fatalf("%s shows\n%+v\nthe cloud shows\n%+v", p.name, got, want)
			}
		}
		if equal {
			m.nothingLost(r, want)
			m.sameInbox(r)
			return
		}
	}
}

func (m *machine) nothingLost(r *rapid.T, v view) {
	held := map[attendance.ID]bool{}
	for _, facts := range v.Facts {
		for _, id := range facts {
			held[id] = true
		}
	}
	for id := range m.made {
		if !held[id] {
			r.Errorf("gesture %s was acknowledged and is not in the cloud", id)
		}
	}
}

func must(r *rapid.T, err error) {
	r.Helper()
	if err != nil && !errors.Is(err, attendance.ErrClosed) {
		r.Fatal(err)
	}
}
