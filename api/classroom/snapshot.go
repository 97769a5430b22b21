package classroom

import (
	"reflect"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// liveBody is the roll-call screen's whole state.
type liveBody struct {
	Session  liveSession    `json:"session"`
	Counts   countsBody     `json:"counts"`
	Sources  sourcesBody    `json:"sources"`
	Students []rowBody      `json:"students" doc:"Everyone expected, by class roll, and then who walked in."`
	Unplaced []unplacedBody `json:"unplaced" doc:"Scans that are kept and wait for a person to place them."`
	Devices  []deviceBody   `json:"devices"`
	Sync     syncBody       `json:"sync"`
}

var liveType = reflect.TypeFor[liveBody]()

type liveSession struct {
	ID               attendance.ID `json:"id" format:"uuid"`
	CourseID         attendance.ID `json:"course_id" format:"uuid"`
	CourseCode       string        `json:"course_code"`
	CourseName       string        `json:"course_name"`
	Topic            string        `json:"topic"`
	Room             string        `json:"room"`
	SessionType      string        `json:"session_type" enum:"offline,online"`
	StartTime        time.Time     `json:"start_time"`
	EndTime          time.Time     `json:"end_time" doc:"When it ends, or was to end."`
	ClosedAt         *time.Time    `json:"closed_at" nullable:"true"`
	IsActive         bool          `json:"is_active"`
	SecondsRemaining int           `json:"seconds_remaining"`
	ServerTime       time.Time     `json:"server_time"`
}

type countsBody struct {
	Enrolled  int `json:"enrolled" doc:"Without those who walked in."`
	WalkIns   int `json:"walk_ins" doc:"Who walked in; they count in the figures below."`
	Marked    int `json:"marked" doc:"Those who count as present: present, late, on duty."`
	Present   int `json:"present"`
	Late      int `json:"late"`
	Absent    int `json:"absent"`
	Excused   int `json:"excused"`
	Duty      int `json:"duty"`
	Unmarked  int `json:"unmarked"`
	Conflicts int `json:"conflicts"`
}

type sourcesBody struct {
	Scanner int `json:"scanner"`
	Online  int `json:"online"`
	Teacher int `json:"teacher"`
	Bulk    int `json:"bulk"`
}

type rowBody struct {
	ID             attendance.ID `json:"id" format:"uuid"`
	ClassRollID    int           `json:"class_roll_id"`
	StudentName    string        `json:"student_name"`
	UniversityRoll string        `json:"university_roll_no"`
	Status         string        `json:"status" enum:"present,late,absent,excused,duty,not_required,unmarked"`
	Source         string        `json:"source" enum:"scanner,online,card,teacher,bulk,office," doc:"Empty while unmarked."`
	MarkedAt       *time.Time    `json:"marked_at" nullable:"true"`
	Reason         string        `json:"reason"`
	Provisional    bool          `json:"provisional,omitempty" doc:"Walked in: counts in this class only, until the office decides."`
	Conflict       bool          `json:"conflict" doc:"Two people decided differently without having seen each other's decision."`
}

type unplacedBody struct {
	ID        attendance.ID `json:"id" format:"uuid"`
	Roll      int           `json:"roll"`
	Device    string        `json:"device"`
	ScannedAt time.Time     `json:"scanned_at"`
	Why       string        `json:"why" example:"not_enrolled_then"`
}

func liveOf(l attendance.Live) liveBody {
	se := l.Session
	out := liveBody{
		Session: liveSession{
			ID: se.ID, CourseID: se.Course, CourseCode: l.Course.Code, CourseName: l.Course.Name, Topic: se.Topic, Room: se.Room,
			SessionType: string(se.Kind), StartTime: *at(se.OpenedAt), EndTime: *at(se.ClosesAt), ClosedAt: at(se.ClosedAt),
			IsActive: se.OpenAt(l.Now), SecondsRemaining: seconds(se.Remaining(l.Now)), ServerTime: *at(l.Now),
		},
		Students: make([]rowBody, 0, len(l.Rows)),
		Unplaced: make([]unplacedBody, 0, len(l.Unplaced)),
		Devices:  devicesOf(l.Devices, l.Now),
		Sync:     syncOf(l.Backlog),
	}
	out.Counts.Enrolled = len(l.Rows)
	for _, r := range l.Rows {
		out.Students = append(out.Students, rowOf(r, se, l.Now))
		out.count(r, r.Shown(se, l.Now))
	}
	out.Counts.WalkIns = len(l.Guests)
	for _, g := range l.Guests {
		row := rowOf(g, se, l.Now)
		row.Provisional = true
		out.Students = append(out.Students, row)
		out.count(g, g.Shown(se, l.Now))
	}
	for _, f := range l.Unplaced {
		out.Unplaced = append(out.Unplaced, unplacedBody{
			ID: f.ID, Roll: f.Roll, Device: deviceName(l.Devices, f.Actor), ScannedAt: *at(f.Effective()), Why: string(f.Why),
		})
	}
	return out
}

func rowOf(r attendance.Row, se attendance.Session, now time.Time) rowBody {
	status := string(r.Shown(se, now))
	if status == "" {
		status = "unmarked"
	}
	return rowBody{
		ID: r.Member.Student, ClassRollID: r.Roll, StudentName: r.Name, UniversityRoll: r.UniversityRoll,
		Status: status, Source: r.Method.Source(), MarkedAt: at(r.Standing.At), Reason: r.Reason, Conflict: r.Conflict,
	}
}

func (b *liveBody) count(r attendance.Row, shown attendance.Status) {
	c := &b.Counts
	switch shown {
	case attendance.Present:
		c.Present++
	case attendance.Late:
		c.Late++
	case attendance.Absent:
		c.Absent++
	case attendance.Excused:
		c.Excused++
	case attendance.Duty:
		c.Duty++
	case attendance.Unmarked:
		c.Unmarked++
	}
	if shown.Attended() {
		c.Marked++
	}
	if r.Conflict {
		c.Conflicts++
	}
	switch r.Method.Source() {
	case "scanner":
		b.Sources.Scanner++
	case "online":
		b.Sources.Online++
	case "bulk":
		b.Sources.Bulk++
	case "teacher", "office":
		b.Sources.Teacher++
	}
}
