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

// register is two sessions, the second still open, and three students: one with
// a hostile name and one who joined after the first session.
func register() attendance.Register {
	one, two := attendance.Derive("one"), attendance.Derive("two")
	hostile, plain, joined := attendance.Derive("h"), attendance.Derive("p"), attendance.Derive("j")
	roster := attendance.Roster{
		{Student: hostile, Roll: 1, Name: `=HYPERLINK("http://x","y")`, UniversityRoll: "0071", From: start.Add(-time.Hour)},
		{Student: plain, Roll: 2, Name: "अनन्या देशमुख", UniversityRoll: "+72", From: start.Add(-time.Hour)},
		{Student: joined, Roll: 3, Name: "O'Neil & Co", UniversityRoll: "73", From: start.Add(24 * time.Hour)},
	}
	return attendance.Register{
		Sessions: []attendance.Session{
			{ID: one, OpenedAt: start, ClosesAt: start.Add(time.Hour)},
			{ID: two, OpenedAt: start.Add(48 * time.Hour), ClosesAt: start.Add(49 * time.Hour)},
		},
		Students: roster, Roster: roster,
		Cells: map[attendance.ID]map[attendance.ID]attendance.Status{
			one: {hostile: attendance.Late}, two: {joined: attendance.Duty},
		},
		Now: start.Add(48*time.Hour + time.Minute),
	}
}

func TestRegisterSheet(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	if err := sheet.Register(&buf, register(), ist); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&buf)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("Attendance Report")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"Class Roll ID", "Student Name", "University Roll No.", "22-Nov-2026 12:33", "24-Nov-2026 12:33"},
		{"1", `=HYPERLINK("http://x","y")`, "0071", "L", "·"},
		{"2", "अनन्या देशमुख", "+72", "A", "·"},
		{"3", "O'Neil & Co", "73", "–", "D"},
	}
	for i := range want {
		if i >= len(rows) || strings.Join(rows[i], "|") != strings.Join(want[i], "|") {
			t.Errorf("row %d: got %q, want %q", i+1, rows[min(i, len(rows)-1)], want[i])
		}
	}
	for _, cell := range []string{"B2", "C2", "C3"} {
		if formula, err := f.GetCellFormula("Attendance Report", cell); err != nil || formula != "" {
			t.Errorf("%s: got formula %q, %v, want text", cell, formula, err)
		}
		if kind, err := f.GetCellType("Attendance Report", cell); err != nil ||
			kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
			t.Errorf("%s: got cell type %v, %v, want a string", cell, kind, err)
		}
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
