package sheet

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

const aboutSheet = "About"

// book is a workbook being written; styles are made when first needed.
type book struct {
	*excelize.File
	styles map[style]int
}

func (t table) xlsx(w io.Writer) (err error) {
	b := book{File: excelize.NewFile(), styles: map[style]int{}}
	defer func() { // also removes what it kept on disk
		if cerr := b.Close(); err == nil {
			err = cerr
		}
	}()
	if err := b.SetSheetName("Sheet1", t.sheet); err != nil {
		return fmt.Errorf("name sheet: %w", err)
	}
	if err := b.fill(t); err != nil {
		return err
	}
	if t.apart {
		if _, err := b.NewSheet(aboutSheet); err != nil {
			return fmt.Errorf("add sheet: %w", err)
		}
		about := table{sheet: aboutSheet, about: t.about, widths: []float64{20, 90}, rows: each([]int(nil), nil)}
		if err := b.fill(about); err != nil {
			return err
		}
	}
	_, err = b.WriteTo(w)
	return err
}

// fill writes one sheet from top to bottom: a stream is written once.
func (b book) fill(t table) error {
	fit := true
	if err := b.SetSheetProps(t.sheet, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return fmt.Errorf("fit to page: %w", err)
	}
	sw, err := b.NewStreamWriter(t.sheet)
	if err != nil {
		return fmt.Errorf("open sheet: %w", err)
	}
	top := 0
	if !t.apart && len(t.about) > 0 {
		top = len(t.about) + 1
	}
	if err := t.layout(sw, top); err != nil {
		return err
	}
	line := 0
	emit := func(row []cell) error {
		line++
		return b.row(sw, line, row)
	}
	if top > 0 {
		for _, f := range t.about {
			if err := emit([]cell{text(f.label).strong(), {value: f.value, style: aboutStyle(f.value)}}); err != nil {
				return err
			}
		}
		line++
	}
	for _, row := range t.heads {
		if err := emit(row); err != nil {
			return err
		}
	}
	if err := t.rows(emit); err != nil {
		return err
	}
	last := line
	for _, row := range t.totals {
		if err := emit(row); err != nil {
			return err
		}
	}
	if err := b.print(t, top, last); err != nil {
		return err
	}
	if err := sw.Flush(); err != nil {
		return fmt.Errorf("finish sheet: %w", err)
	}
	return nil
}

// layout must come before the rows.
func (t table) layout(sw *excelize.StreamWriter, top int) error {
	for from, to := 0, 0; from < len(t.widths); from = to { // equal ones together: each call costs
		for to = from; to < len(t.widths) && t.widths[to] == t.widths[from]; {
			to++
		}
		if err := sw.SetColWidth(from+1, to, t.widths[from]); err != nil {
			return fmt.Errorf("set width: %w", err)
		}
	}
	if len(t.heads) == 0 {
		return nil
	}
	rows := top + len(t.heads)
	corner, err := excelize.CoordinatesToCellName(t.frozen+1, rows+1)
	if err != nil {
		return err
	}
	pane := "bottomRight"
	if t.frozen == 0 {
		pane = "bottomLeft"
	}
	return sw.SetPanes(&excelize.Panes{Freeze: true, XSplit: t.frozen, YSplit: rows, TopLeftCell: corner, ActivePane: pane})
}

// print sets what a printer and a filter need; it goes behind the rows.
func (b book) print(t table, top, last int) error {
	landscape, a4, wide, tall := "landscape", 9, 1, 0
	if err := b.SetPageLayout(t.sheet, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &a4, FitToWidth: &wide, FitToHeight: &tall}); err != nil {
		return fmt.Errorf("set page: %w", err)
	}
	if err := b.SetHeaderFooter(t.sheet, &excelize.HeaderFooterOptions{OddFooter: "&L&A&RPage &P of &N"}); err != nil {
		return fmt.Errorf("set footer: %w", err)
	}
	if len(t.heads) == 0 {
		return nil
	}
	foot := top + len(t.heads)
	titles := fmt.Sprintf("'%s'!$%d:$%d", t.sheet, top+1, foot)
	if err := b.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: titles, Scope: t.sheet}); err != nil {
		return fmt.Errorf("repeat titles: %w", err)
	}
	if !t.filter || last <= foot {
		return nil
	}
	from, err := excelize.CoordinatesToCellName(1, foot)
	if err != nil {
		return err
	}
	to, err := excelize.CoordinatesToCellName(len(t.heads[len(t.heads)-1]), last)
	if err != nil {
		return err
	}
	return b.AutoFilter(t.sheet, from+":"+to, nil)
}

func (b book) row(sw *excelize.StreamWriter, line int, row []cell) error {
	at, err := excelize.CoordinatesToCellName(1, line)
	if err != nil {
		return err
	}
	out := make([]any, len(row))
	for i, c := range row {
		id, err := b.style(c.style)
		if err != nil {
			return err
		}
		if c.value != nil || id != 0 {
			out[i] = excelize.Cell{StyleID: id, Value: c.value}
		}
	}
	if err := sw.SetRow(at, out); err != nil {
		return fmt.Errorf("write row %d: %w", line, err)
	}
	return nil
}

func (b book) style(s style) (int, error) {
	if s == (style{}) {
		return 0, nil
	}
	if id, ok := b.styles[s]; ok {
		return id, nil
	}
	var x excelize.Style
	if s.bold || s.alarm {
		x.Font = &excelize.Font{Bold: s.bold}
		if s.alarm {
			x.Font.Color = "9C0006"
		}
	}
	if s.shade {
		x.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EDEDED"}}
	}
	if s.centre || s.wrap {
		x.Alignment = &excelize.Alignment{WrapText: s.wrap, Vertical: "top"}
		if s.centre {
			x.Alignment.Horizontal = "center"
		}
	}
	if s.format != "" {
		x.CustomNumFmt = &s.format
	}
	id, err := b.NewStyle(&x)
	if err != nil {
		return 0, fmt.Errorf("make style: %w", err)
	}
	b.styles[s] = id
	return id, nil
}
