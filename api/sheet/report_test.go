package sheet_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/sheet"
)

func november() attendance.MonthRegister {
	return register().Monthly(attendance.Month{Year: 2026, Month: time.November})
}

func TestTheMonthRegister(t *testing.T) {
	t.Parallel()
	f := opened(t, func(b *bytes.Buffer) error { return sheet.Month(b, sheet.XLSX, november()) })
	const name = "Month register"
	rows, err := f.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 16 || rows[2][1] != "November 2026" || rows[6][1] != "1" {
		t.Fatalf("got %q", rows)
	}
	for _, c := range []struct{ at, want string }{
		{"D9", "Sun"},
		{"D10", "1"},
		{"AG10", "30"},
		{"A11", "1"},
		{"B11", `=HYPERLINK("http://x","y")`},
		{"C11", "0071"},
		{"Y10", "22"},
		{"Y11", "L"},
		{"Y12", "A"},
		{"Y13", "–"},
		{"AA11", "·"},
		{"AA13", "D"},
		{"AH10", "Present"},
		{"AM11", "1"},
		{"AO11", "100.0%"},
		{"AO12", "0.0%"},
		{"AO13", ""},
		{"C14", "Present"},
		{"Y14", "1"},
		{"AO14", "50.0%"},
		{"Y15", "1"},
		{"Y16", "50.0%"},
		{"AA16", ""},
	} {
		if got, err := f.GetCellValue(name, c.at); err != nil || got != c.want {
			t.Errorf("%s: got %q, %v, want %q", c.at, got, err, c.want)
		}
	}
	isNumber(t, f, name, map[string]string{"D10": "46327", "AO14": "0.5"})
	isText(t, f, name, "B11", "C11", "C12")
	shaded := func(at string) bool {
		id, err := f.GetCellStyle(name, at)
		if err != nil {
			t.Fatal(err)
		}
		s, err := f.GetStyle(id)
		return err == nil && s.Fill.Pattern == 1
	}
	for at, want := range map[string]bool{"D11": true, "J11": true, "E11": false, "Y11": false} { // a Sunday, a Saturday, a Monday, a Sunday with a class
		if shaded(at) != want {
			t.Errorf("%s: got shaded %v, want %v", at, !want, want)
		}
	}
}

func TestTheShortageList(t *testing.T) {
	t.Parallel()
	f := opened(t, func(b *bytes.Buffer) error { return sheet.Shortage(b, sheet.XLSX, sheet.ShortageOf(register(), 0)) })
	shows(t, f, "Shortage list", 1,
		"Shortage list|=A school", "Courses|=1+1 Databases", "Period|22 November 2026 to 24 November 2026",
		"Policy|Version 1: late counts 100 %, duty as present, excused leaves the total; 75 % or more is enough",
		"As known on|24-Nov-2026 12:34", "",
		"Course|Class Roll ID|Student Name|University Roll No.|Enrolment No.|Present|Late|Absent|Excused|Duty|Held|Attended|%|Needed %|Eligible|Classes short",
		`=1+1|1|=HYPERLINK("http://x","y")|0071|@SUM(1)|0|1|0|0|0|1|1.0|100.0%|75.0%|Y|0`,
		"=1+1|2|अनन्या देशमुख|+72|-cmd|' /C calc'!A0|0|0|1|0|0|1|0.0|0.0%|75.0%|N|3",
		"=1+1|3|O'Neil & Co|73|EN3|0|0|0|0|0|0|0.0||75.0%||0",
	)
	isText(t, f, "Shortage list", "A8", "C8", "D8", "E8", "E9", "B1")
	var buf bytes.Buffer
	if err := sheet.Shortage(&buf, sheet.JSON, sheet.ShortageOf(register(), 50)); err != nil {
		t.Fatal(err)
	}
	var got sheet.ShortageBody
	if err := json.Unmarshal(buf.Bytes(), &got); err != nil || len(got.Students) != 1 || *got.Students[0].Eligible || got.Students[0].ClassesShort != 3 || got.Below != 50 {
		t.Errorf("got %s, %v, want the one below 50 %%", buf.Bytes(), err)
	}
}

func TestTheStudentSheet(t *testing.T) {
	t.Parallel()
	mine, _ := register().OfStudent(hostile)
	s := attendance.StudentSheet{Student: mine.Member, Courses: []attendance.StudentCourse{mine}, School: "S", Zone: ist, Now: start}
	f := opened(t, func(b *bytes.Buffer) error { return sheet.Student(b, sheet.XLSX, s) })
	shows(t, f, "Student sheet", 8,
		"Date|Day|From|To|Course|Topic|Status|Letter|Reason",
		"22-Nov-2026|Sun|12:33|13:23|=1+1 Databases|\tLimits|late|L|\rbus",
		"24-Nov-2026|Tue|12:33|13:33|=1+1 Databases||not taken yet|·",
		"",
		"Course|Policy|Present|Late|Absent|Excused|Duty|Held|Attended|%",
		"=1+1|1|0|1|0|0|0|1|1.0|100.0%",
	)
	isNumber(t, f, "Student sheet", map[string]string{"A9": "46348.52291666667"})
	isText(t, f, "Student sheet", "E9", "F9", "I9", "B2", "B3")
}

func TestTheAbsentees(t *testing.T) {
	t.Parallel()
	l := sheet.AbsenteeList{
		School: "S", Day: attendance.Midnight(start, ist), Now: start, Rows: register().Absentees(),
		Contacts: map[attendance.ID]attendance.Contact{plain: {Email: "=x@example.org", Email2: "+y@example.org"}},
	}
	f := opened(t, func(b *bytes.Buffer) error { return sheet.Absentees(b, sheet.XLSX, l) })
	shows(t, f, "Absentees", 5,
		"Course|From|To|Class Roll ID|Student Name|University Roll No.|Status|Reason|E-mail|Second e-mail",
		"=1+1|12:33|13:23|2|अनन्या देशमुख|+72|absent||=x@example.org|+y@example.org",
	)
	isText(t, f, "Absentees", "A6", "F6", "I6", "J6")
}

func TestTheRegistersNotTaken(t *testing.T) {
	t.Parallel()
	reg := register()
	reg.Cells = nil
	day := attendance.Midnight(start, ist)
	rows := append(reg.UntakenIn(), attendance.Untaken{Course: reg.Course, Day: day, Usual: start.Add(2 * time.Hour), Held: 3})
	l := sheet.UntakenList{School: "S", From: day, To: day, Now: start, Rows: rows, Teachers: map[attendance.ID]string{reg.Course.ID: "@rao"}}
	f := opened(t, func(b *bytes.Buffer) error { return sheet.Untaken(b, sheet.XLSX, l) })
	shows(t, f, "Registers not taken", 6,
		"Date|Day|Course|Course name|Teacher|From|To|What is missing",
		"22-Nov-2026|Sun|=1+1|Databases|@rao|12:33|13:23|nobody was marked",
		"22-Nov-2026|Sun|=1+1|Databases|@rao|14:33||no class was opened; it met on this weekday in 3 of the 4 weeks before",
	)
}

func TestAFileThatCannotBeMadeSaysSo(t *testing.T) {
	t.Parallel()
	l := sheet.ShortageOf(register(), 0)
	l.Rows = func(yield func(attendance.Shortage, error) bool) {
		yield(attendance.Shortage{}, attendance.ErrForbidden)
	}
	for _, f := range []sheet.Format{sheet.XLSX, sheet.CSV, sheet.JSON} {
		if err := sheet.Shortage(&bytes.Buffer{}, f, l); err == nil {
			t.Errorf("%s: got no error", f)
		}
	}
}

// grid is a long course: 400 sessions of 300 students.
func grid() attendance.Register {
	reg := attendance.Register{Zone: ist, Policy: attendance.DefaultPolicy(), Cells: map[attendance.ID]map[attendance.ID]attendance.Status{}, Now: start.AddDate(2, 0, 0)}
	for i := range 300 {
		reg.Roster = append(reg.Roster, attendance.Member{Student: attendance.ID{0: 's', 14: byte(i >> 8), 15: byte(i)}, Roll: i + 1, Name: "A student of some name", UniversityRoll: "263010001"})
	}
	reg.Students = reg.Roster
	for i := range 400 {
		at := start.AddDate(0, 0, i)
		se := attendance.Session{ID: attendance.ID{0: 'S', 14: byte(i >> 8), 15: byte(i)}, OpenedAt: at, ClosesAt: at.Add(time.Hour), ClosedAt: at.Add(time.Hour), Policy: reg.Policy}
		reg.Sessions = append(reg.Sessions, se)
		cells := map[attendance.ID]attendance.Status{}
		for j, m := range reg.Roster {
			if (i+j)%5 != 0 {
				cells[m.Student] = attendance.Present
			}
		}
		reg.Cells[se.ID] = cells
	}
	return reg
}

func BenchmarkRegister(b *testing.B) {
	reg := grid()
	for _, f := range []sheet.Format{sheet.XLSX, sheet.CSV} {
		b.Run(string(f), func(b *testing.B) {
			for b.Loop() {
				var buf bytes.Buffer
				if err := sheet.Register(&buf, f, reg); err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(buf.Len()))
			}
		})
	}
}

func BenchmarkMonth(b *testing.B) {
	reg := grid()
	for b.Loop() {
		if err := sheet.Month(&bytes.Buffer{}, sheet.XLSX, reg.Monthly(attendance.Month{Year: 2027, Month: time.January})); err != nil {
			b.Fatal(err)
		}
	}
}
