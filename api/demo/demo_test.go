package demo_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/demo"
)

var today = time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)

func TestTheDemoSchoolHasTheSizeItPromises(t *testing.T) {
	t.Parallel()
	s := demo.Make(today)
	got := []int{len(s.Teachers), len(s.Courses), len(s.Students), len(s.Enrolments)}
	if want := []int{8, 20, 600, 1200}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v teachers, courses, students, enrolments, want %v", got, want)
	}
	seats := map[attendance.ID]map[int]bool{}
	for _, e := range s.Enrolments {
		if seats[e.Course] == nil {
			seats[e.Course] = map[int]bool{}
		}
		if seats[e.Course][e.Roll] {
			t.Errorf("roll %d twice in one course", e.Roll)
		}
		seats[e.Course][e.Roll] = true
	}
	for _, c := range s.Courses {
		if len(seats[c.ID]) != 60 {
			t.Errorf("%s: got %d students, want 60", c.Code, len(seats[c.ID]))
		}
	}
}

func TestTheSameDayGivesTheSameSchool(t *testing.T) {
	t.Parallel()
	node := attendance.Derive("node")
	a, errA := demo.Make(today).History(node)
	b, errB := demo.Make(today.Add(5 * time.Hour)).History(node)
	if errA != nil || errB != nil || !reflect.DeepEqual(a, b) {
		t.Errorf("got two different histories (%v, %v)", errA, errB)
	}
}

func TestFourInFiveWereThere(t *testing.T) {
	t.Parallel()
	facts, err := demo.Make(today).History(attendance.Derive("node"))
	if err != nil {
		t.Fatal(err)
	}
	bySession := map[attendance.ID][]attendance.Fact{}
	ids := map[attendance.ID]bool{}
	for _, f := range facts {
		if ids[f.ID] {
			t.Fatalf("fact %s twice", f.ID)
		}
		if f.EffectiveMS >= today.Truncate(24*time.Hour).UnixMilli() {
			t.Fatalf("a past class ends at %v, want before today", f.Effective())
		}
		ids[f.ID] = true
		bySession[f.Session] = append(bySession[f.Session], f)
	}
	there, late := 0, 0
	for _, fs := range bySession {
		se, standings, err := attendance.Fold(fs)
		if err != nil || se.ClosedAt.IsZero() {
			t.Fatalf("got a class that did not end: %+v, %v", se, err)
		}
		for _, st := range standings {
			if st.Status.Attended() {
				there++
			}
			if st.Status == attendance.Late {
				late++
			}
		}
	}
	rate := 100 * float64(there) / float64(len(bySession)*60)
	if len(bySession) != 200 || rate < 76 || rate > 84 || late == 0 {
		t.Errorf("got %d classes, %.1f %% there, %d late, want 200 and about 80 %%", len(bySession), rate, late)
	}
}
