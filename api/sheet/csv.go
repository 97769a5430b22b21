package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// csv writes one line of titles and the rows. It begins with a byte order mark, by
// which Excel knows that names are in UTF-8.
//
// Spreadsheet programs run a cell of a CSV file that begins with = + - @, a tab or
// a carriage return as a formula, quoted or not. Such text gets an apostrophe in
// front, which they hide; a program that reads the file takes it off.
func (t table) csv(w io.Writer) error {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	titles := make([]string, len(t.heads[0]))
	for _, row := range t.heads {
		for i, c := range row {
			titles[i] = strings.TrimSpace(titles[i] + " " + c.plain())
		}
	}
	for i, s := range titles {
		titles[i] = harmless(s)
	}
	if err := out.Write(titles); err != nil {
		return err
	}
	var line []string
	err := t.rows(func(row []cell) error {
		line = line[:0]
		for _, c := range row {
			s := c.plain()
			if _, ok := c.value.(string); ok {
				s = harmless(s)
			}
			line = append(line, s)
		}
		return out.Write(line)
	})
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// harmless keeps text from becoming a formula.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// plain is a cell's value for a program: dates as ISO 8601, percent of a hundred.
func (c cell) plain() string {
	switch v := c.value.(type) {
	case nil:
		return ""
	case string:
		return v
	case time.Time:
		switch c.format {
		case dateFormat:
			return v.Format(time.DateOnly)
		case clockFormat, untilFormat:
			return v.Format("15:04")
		case weekdayFormat:
			return ""
		case dayFormat:
			return v.Format(time.DateOnly)
		}
		return v.Format("2006-01-02 15:04")
	case float64:
		if c.format == percentFormat {
			v = math.Round(v*1000) / 10
		}
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(c.value)
}

func aboutStyle(v any) style {
	if _, ok := v.(time.Time); ok {
		return style{format: momentFormat}
	}
	return style{}
}
