package sheet_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/sheet"
)

var (
	ist   = time.FixedZone("IST", 5*3600+1800)
	start = time.Date(2026, 11, 22, 7, 3, 0, 0, time.UTC)
)

var one, two, hostile, plain, joined = attendance.Derive("one"), attendance.Derive("two"),
	attendance.Derive("h"), attendance.Derive("p"), attendance.Derive("j")

// register is two sessions, the second still open, and three students: one with
// a hostile name and one who joined after the first session.
func register() attendance.Register {
	roster := attendance.Roster{
		{Student: hostile, Roll: 1, Name: `=HYPERLINK("http://x","y")`, UniversityRoll: "0071", EnrolmentNo: "@SUM(1)", From: start.Add(-time.Hour)},
		{Student: plain, Roll: 2, Name: "अनन्या देशमुख", UniversityRoll: "+72", EnrolmentNo: "-cmd|' /C calc'!A0", From: start.Add(-time.Hour)},
		{Student: joined, Roll: 3, Name: "O'Neil & Co", UniversityRoll: "73", EnrolmentNo: "EN3", From: start.Add(24 * time.Hour)},
	}
	return attendance.Register{
		Course: attendance.Course{ID: attendance.Derive("course"), Code: "=1+1", Name: "Databases"},
		Sessions: []attendance.Session{
			{ID: one, Topic: "\tLimits", OpenedAt: start, ClosesAt: start.Add(time.Hour), ClosedAt: start.Add(50 * time.Minute), Policy: attendance.DefaultPolicy()},
			{ID: two, OpenedAt: start.Add(48 * time.Hour), ClosesAt: start.Add(49 * time.Hour), Policy: attendance.DefaultPolicy()},
		},
		Students: roster, Roster: roster,
		Cells: map[attendance.ID]map[attendance.ID]attendance.Status{
			one: {hostile: attendance.Late}, two: {joined: attendance.Duty},
		},
		Reasons: map[attendance.ID]map[attendance.ID]string{one: {hostile: "\rbus"}},
		School:  "=A school", Policy: attendance.DefaultPolicy(), Zone: ist, Now: start.Add(48*time.Hour + time.Minute),
	}
}

// opened reads a workbook back.
func opened(t *testing.T, write func(*bytes.Buffer) error) *excelize.File {
	t.Helper()
	var buf bytes.Buffer
	if err := write(&buf); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&buf)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// shows compares the cells as a person sees them, from a row on, and wants no
// formula anywhere.
func shows(t *testing.T, f *excelize.File, name string, from int, want ...string) {
	t.Helper()
	rows, err := f.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range want {
		got := ""
		if n := from - 1 + i; n < len(rows) {
			got = strings.TrimRight(strings.Join(rows[n], "|"), "|")
		}
		if got != line {
			t.Errorf("row %d: got\n%q, want\n%q", from+i, got, line)
		}
	}
	if len(rows) != from-1+len(want) {
		t.Errorf("got %d rows, want %d", len(rows), from-1+len(want))
	}
	for r, row := range rows {
		for c := range row {
			at, _ := excelize.CoordinatesToCellName(c+1, r+1)
			if formula, err := f.GetCellFormula(name, at); err != nil || formula != "" {
				t.Errorf("%s: got formula %q, %v, want none", at, formula, err)
			}
		}
	}
}

// isText wants cells that a spreadsheet program keeps as they are typed.
func isText(t *testing.T, f *excelize.File, name string, cells ...string) {
	t.Helper()
	for _, at := range cells {
		kind, err := f.GetCellType(name, at)
		if err != nil || kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
			t.Errorf("%s: got cell type %v, %v, want a string", at, kind, err)
		}
	}
}

// isNumber wants cells that can be counted with, and their number.
func isNumber(t *testing.T, f *excelize.File, name string, cells map[string]string) {
	t.Helper()
	for at, want := range cells {
		kind, err := f.GetCellType(name, at)
		if err != nil || kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
			t.Errorf("%s: got cell type %v, %v, want a number", at, kind, err)
		}
		if got, err := f.GetCellValue(name, at, excelize.Options{RawCellValue: true}); err != nil || got != want {
			t.Errorf("%s: got %s, %v, want %s", at, got, err, want)
		}
	}
}

func TestTheOriginalsSheet(t *testing.T) {
	t.Parallel()
	f := opened(t, func(b *bytes.Buffer) error { return sheet.Register(b, sheet.XLSX, register()) })
	const name = "Attendance Report"
	shows(t, f, name, 1,
		"Class Roll ID|Student Name|University Roll No.|22-Nov-2026 12:33|24-Nov-2026 12:33|Present|Late|Absent|Excused|Duty|Held|Attended|%",
		"||Ends|to 13:23|to 13:33",
		"||Topic|\tLimits",
		`1|=HYPERLINK("http://x","y")|0071|L|·|0|1|0|0|0|1|1.0|100.0%`,
		"2|अनन्या देशमुख|+72|A|·|0|0|1|0|0|1|0.0|0.0%",
		"3|O'Neil & Co|73|–|D|0|0|0|0|0|0|0.0",
		"||Present|1||0|1|1|0|0|2|1.0|50.0%",
		"||Absent|1",
		"||%|50.0%",
	)
	isText(t, f, name, "B4", "C4", "C5", "D3", "D4")
	isNumber(t, f, name, map[string]string{"D1": "46348.52291666667", "A4": "1", "M4": "1", "M7": "0.5"})
	about, err := f.GetRows("About")
	if err != nil || len(about) != 6 || about[0][1] != "=A school" || about[1][1] != "=1+1 Databases" || about[4][1] != "24-Nov-2026 12:34" || !strings.HasPrefix(about[3][1], "Version 1: late counts 100 %") {
		t.Errorf("got %q, %v", about, err)
	}
	panes, err := f.GetPanes(name)
	if err != nil || !panes.Freeze || panes.XSplit != 3 || panes.YSplit != 3 {
		t.Errorf("got %+v, %v, want titles and names frozen", panes, err)
	}
	layout, err := f.GetPageLayout(name)
	if err != nil || layout.Orientation == nil || *layout.Orientation != "landscape" || layout.FitToWidth == nil || *layout.FitToWidth != 1 {
		t.Errorf("got %+v, %v, want a landscape page as wide as the sheet", layout, err)
	}
	names := map[string]string{}
	for _, n := range f.GetDefinedName() {
		names[n.Name] = n.RefersTo
	}
	if names["_xlnm.Print_Titles"] != "'Attendance Report'!$1:$3" || names["_xlnm._FilterDatabase"] == "" {
		t.Errorf("got %v, want titles repeated on each page and a filter", names)
	}
}

func TestACSVFileRunsNothing(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	if err := sheet.Register(&buf, sheet.CSV, register()); err != nil {
		t.Fatal(err)
	}
	want := "\uFEFFClass Roll ID,Student Name,University Roll No. Ends Topic,2026-11-22 12:33 13:23 \tLimits,2026-11-24 12:33 13:33,Present,Late,Absent,Excused,Duty,Held,Attended,%\n" +
		`1,"'=HYPERLINK(""http://x"",""y"")",0071,L,·,0,1,0,0,0,1,1,100` + "\n" +
		"2,अनन्या देशमुख,'+72,A,·,0,0,1,0,0,1,0,0\n" +
		"3,O'Neil & Co,73,–,D,0,0,0,0,0,0,0,\n"
	if buf.String() != want {
		t.Errorf("got\n%s\nwant\n%s", buf.String(), want)
	}
	buf.Reset()
	if err := sheet.Shortage(&buf, sheet.CSV, sheet.ShortageOf(register(), 0)); err != nil {
		t.Fatal(err)
	}
	for _, cell := range []string{"'=1+1", "'@SUM(1)", "'-cmd|' /C calc'!A0"} {
		if !strings.Contains(buf.String(), cell) {
			t.Errorf("got\n%s\nwant %s", buf.String(), cell)
		}
	}
	buf.Reset()
	s := attendance.StudentSheet{Zone: ist, Now: start}
	mine, _ := register().OfStudent(hostile)
	s.Courses = append(s.Courses, mine)
	if err := sheet.Student(&buf, sheet.CSV, s); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(buf.String(), "'\tLimits") || !strings.Contains(buf.String(), "'\rbus") {
		t.Errorf("got %q, want the tab and the carriage return harmless", buf.String())
	}
}

func TestAttachmentNamesAreSafeInAHeader(t *testing.T) {
	t.Parallel()
	got := sheet.Attachment("Report_\"गणित\"\r\nX: y;/..xlsx")
	if strings.ContainsAny(got, "\r\n") || strings.Count(got, `"`) != 2 {
		t.Errorf("got %q, want one quoted ASCII name on one line", got)
	}
	if !strings.Contains(got, "filename*=UTF-8''Report_%22%E0%A4%97") {
		t.Errorf("got %q, want the real name in UTF-8 beside it", got)
	}
}
