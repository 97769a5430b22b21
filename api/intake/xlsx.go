package intake

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// maxUnzipped is what a workbook may unpack to: a zip of 20 MB can hold 20 GB.
const maxUnzipped = 160 << 20

// readXLSX reads the sheet that is in front when the workbook opens.
func readXLSX(raw []byte) (t Table, err error) {
	defer func() {
		// The library is made for files of friends; a broken one must not end a request.
		if recover() != nil {
			t, err = Table{}, wrongFile("is a damaged workbook: open it in Excel and save it again")
		}
	}()
	f, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{UnzipSizeLimit: maxUnzipped})
	if err != nil {
		if strings.Contains(err.Error(), "unzip size") {
			return Table{}, wrongFile("unpacks to more than 160 MB: copy the list alone into a new workbook")
		}
		return Table{}, wrongFile("is not a workbook that can be read: save it as .xlsx without a password, or as CSV")
	}
	defer f.Close()
	sheet := f.GetSheetName(f.GetActiveSheetIndex())
	if sheet == "" {
		return Table{}, wrongFile("has no sheet of rows")
	}
	t = Table{Format: "xlsx"}
	if err := rows(f, sheet, t.add); err != nil {
		return Table{}, err
	}
	return t, t.check()
}

// rows hands over each row twice read: as stored, and as Excel shows it.
func rows(f *excelize.File, sheet string, each func(int, []string) error) error {
	stored, err := f.Rows(sheet)
	if err != nil {
		return wrongFile("has no sheet of rows")
	}
	defer stored.Close()
	shown, err := f.Rows(sheet)
	if err != nil {
		return wrongFile("has no sheet of rows")
	}
	defer shown.Close()
	for no := 1; stored.Next() && shown.Next(); no++ {
		as, err1 := stored.Columns(excelize.Options{RawCellValue: true})
		see, err2 := shown.Columns()
		if err := errors.Join(err1, err2); err != nil {
			return wrongFile("cannot be read on line " + strconv.Itoa(no) + ": open it in Excel and save it again")
		}
		if len(as) > maxColumns {
			return tooWide(no)
		}
		for i := range as {
			if i < len(see) {
				as[i] = cell(as[i], see[i])
			}
		}
		if err := each(no, as); err != nil {
			return err
		}
	}
	if stored.Error() != nil || shown.Error() != nil {
		return wrongFile("has more rows than a sheet can have")
	}
	return nil
}

// cell is the text of a cell. A number that was given a format with zeros at the
// front is a number with these zeros; a long one is not shown in full, so what
// is stored counts; anything else is as stored.
func cell(stored, shown string) string {
	if stored != shown && digits(shown) && strings.TrimLeft(shown, "0") == stored {
		return shown
	}
	if strings.Contains(stored, "E+") {
		// 15 digits are what Excel keeps; of a longer number the rest is lost already.
		if n, err := strconv.ParseFloat(stored, 64); err == nil && n < 1e15 && n == float64(int64(n)) {
			return strconv.FormatInt(int64(n), 10)
		}
	}
	return stored
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
