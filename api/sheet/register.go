// Package sheet draws reports as Excel workbooks. Every number in them was
// computed by the domain; a sheet only shows it.
package sheet

import (
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/arise-attendance/arise/api/attendance"
)

// ContentType of a workbook.
const ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

const registerSheet = "Attendance Report"

// Register writes the original's report: a row for each student by class roll, a
// column for each session, a letter in each cell. Ids are text, and a name that
// looks like a formula is a name.
func Register(w io.Writer, reg attendance.Register, zone *time.Location) (err error) {
	f := excelize.NewFile()
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}()
	if err := f.SetSheetName("Sheet1", registerSheet); err != nil {
		return fmt.Errorf("name sheet: %w", err)
	}
	sw, err := f.NewStreamWriter(registerSheet)
	if err != nil {
		return fmt.Errorf("open sheet: %w", err)
	}
	if err := layout(f, sw, len(reg.Sessions)); err != nil {
		return err
	}
	if err := header(f, sw, reg, zone); err != nil {
		return err
	}
	for i, m := range reg.Students {
		row := []any{m.Roll, m.Name, m.UniversityRoll}
		for _, se := range reg.Sessions {
			row = append(row, reg.Cell(se, m.Student).Letter())
		}
		if err := sw.SetRow(fmt.Sprintf("A%d", i+2), row); err != nil {
			return fmt.Errorf("write row of roll %d: %w", m.Roll, err)
		}
	}
	if err := sw.Flush(); err != nil {
		return fmt.Errorf("finish sheet: %w", err)
	}
	_, err = f.WriteTo(w)
	return err
}

// layout must come before the rows: a stream is written once.
func layout(_ *excelize.File, sw *excelize.StreamWriter, sessions int) error {
	for _, c := range []struct {
		from, to int
		width    float64
	}{{1, 1, 13}, {2, 2, 30}, {3, 3, 20}, {4, 4 + sessions, 17}} {
		if err := sw.SetColWidth(c.from, c.to, c.width); err != nil {
			return fmt.Errorf("set width: %w", err)
		}
	}
	return sw.SetPanes(&excelize.Panes{Freeze: true, XSplit: 3, YSplit: 1, TopLeftCell: "D2", ActivePane: "bottomRight"})
}

func header(f *excelize.File, sw *excelize.StreamWriter, reg attendance.Register, zone *time.Location) error {
	style, err := f.NewStyle(&excelize.Style{
		Font:      &excelize.Font{Bold: true},
		Alignment: &excelize.Alignment{Horizontal: "center"},
	})
	if err != nil {
		return fmt.Errorf("make style: %w", err)
	}
	titles := []string{"Class Roll ID", "Student Name", "University Roll No."}
	for _, se := range reg.Sessions {
		titles = append(titles, se.OpenedAt.In(zone).Format("02-Jan-2006 15:04"))
	}
	row := make([]any, len(titles))
	for i, t := range titles {
		row[i] = excelize.Cell{StyleID: style, Value: t}
	}
	if err := sw.SetRow("A1", row); err != nil {
		return fmt.Errorf("write header: %w", err)
	}
	return nil
}

// Attachment is a Content-Disposition for a name in any script (RFC 6266).
func Attachment(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e || strings.ContainsRune(`"\/;:`, r) {
			return '_'
		}
		return r
	}, name)
	return fmt.Sprintf(`attachment; filename="%s"; filename*=UTF-8''%s`, plain, url.PathEscape(name))
}
