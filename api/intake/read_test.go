package intake_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/arise-attendance/arise/api/intake"
)

// shown is a table as text that a test can compare.
func shown(t intake.Table) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", strings.Join(t.Header, "|"))
	for _, l := range t.Lines {
		fmt.Fprintf(&b, "%d:%s\n", l.No, strings.Join(l.Cells, "|"))
	}
	return b.String()
}

const plain = "name,roll\nAsha Rao,007\n\n  ,\nJos\u00e9,\"1,2\"\n"

var plainShown = "name|roll\n2:Asha Rao|007\n5:Jos\u00e9|1,2\n"

func TestReadCSV(t *testing.T) {
	t.Parallel()
	utf16le, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(plain)
	if err != nil {
		t.Fatal(err)
	}
	utf16be, err := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String(plain)
	if err != nil {
		t.Fatal(err)
	}
	windows, err := charmap.Windows1252.NewEncoder().String(plain)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, in, want, encoding, comma string }{
		{"lines are counted as an editor counts them", plain, plainShown, "UTF-8", ","},
		{"a mark in front is no part of the header", "\ufeff" + plain, plainShown, "UTF-8", ","},
		{"Excel's own encoding", windows, plainShown, "Windows-1252", ","},
		{"UTF-16 with a mark", utf16le, plainShown, "UTF-16", ","},
		{"UTF-16 without one", utf16be, plainShown, "UTF-16", ","},
		{"semicolons", "name;roll\nRao, Asha;007\n", "name|roll\n2:Rao, Asha|007\n", "UTF-8", ";"},
		{"tabs and a carriage return", "name\troll\r\nRao, Asha\t007\r\n", "name|roll\n2:Rao, Asha|007\n", "UTF-8", "\t"},
		{"Excel says what stands between values", "sep=;\nname;roll\nA,B;1\n", "name|roll\n3:A,B|1\n", "UTF-8", ";"},
		{"a comma inside quotes is not counted", "\"a,b,c\";roll\n1;2\n", "a,b,c|roll\n2:1|2\n", "UTF-8", ";"},
		{"a nickname in quotes", "name,roll\nRavi \"Bunty\" Rao,1\n", "name|roll\n2:Ravi \"Bunty\" Rao|1\n", "UTF-8", ","},
		{"a value of two lines counts as the line where it begins", "name,roll\n\"A\nB\",1\nC,2\n", "name|roll\n2:A\nB|1\n4:C|2\n", "UTF-8", ","},
		{"Devanagari", "name,roll\n\u0906\u0936\u093e \u0930\u093e\u0935,\u0967\n", "name|roll\n2:\u0906\u0936\u093e \u0930\u093e\u0935|\u0967\n", "UTF-8", ","},
		{"more values than columns are kept", "a,b\n1,2,3\n", "a|b\n2:1|2|3\n", "UTF-8", ","},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := intake.Read([]byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			if shown(got) != c.want || got.Encoding != c.encoding || got.Delimiter != c.comma {
				t.Errorf("got %q %s %q, want %q %s %q", shown(got), got.Encoding, got.Delimiter, c.want, c.encoding, c.comma)
			}
		})
	}
}

func TestReadXLSX(t *testing.T) {
	t.Parallel()
	got, err := intake.Read(workbook(t, func(f *excelize.File) {
		zeros, err := f.NewStyle(&excelize.Style{CustomNumFmt: new("0000000")})
		if err != nil {
			t.Fatal(err)
		}
		set(t, f, "A1", "name")
		set(t, f, "B1", "roll")
		set(t, f, "A2", "Asha")
		set(t, f, "B2", "007")
		set(t, f, "A3", "Text")
		set(t, f, "B3", 123456789012)
		set(t, f, "A5", "Format")
		set(t, f, "B5", 7123)
		if err := f.SetCellStyle("Sheet1", "B5", "B5", zeros); err != nil {
			t.Fatal(err)
		}
		set(t, f, "A6", "Exponent")
		set(t, f, "B6", 2.4301e14)
		set(t, f, "A7", "Too long")
		if err := f.SetCellDefault("Sheet1", "B7", "2.43010000001E+17"); err != nil { // as Excel stores it
			t.Fatal(err)
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := "name|roll\n2:Asha|007\n3:Text|123456789012\n5:Format|0007123\n6:Exponent|243010000000000\n7:Too long|2.43010000001E+17\n"
	if s := shown(got); s != want || got.Format != "xlsx" {
		t.Errorf("got %q, want %q", s, want)
	}
}

func workbook(t testing.TB, fill func(*excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func set(t testing.TB, f *excelize.File, at string, v any) {
	t.Helper()
	if err := f.SetCellValue("Sheet1", at, v); err != nil {
		t.Fatal(err)
	}
}

// bomb is a workbook of a few hundred kB that unpacks to far more.
func bomb(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range 200 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAHostileFileIsRefusedInWords(t *testing.T) {
	t.Parallel()
	good := workbook(t, func(f *excelize.File) { set(t, f, "A1", "name"); set(t, f, "A2", "x") })
	wide := workbook(t, func(f *excelize.File) { set(t, f, "A1", "name"); set(t, f, "XFD2", "x") })
	for _, c := range []struct {
		name string
		in   []byte
		want string
	}{
		{"nothing", nil, "empty"},
		{"only blank lines", []byte("\n , ,\n\n"), "empty"},
		{"only a mark", []byte("\ufeff"), "empty"},
		{"only a header", []byte("name,roll\n"), "no rows"},
		{"zero characters", []byte("name,roll\nA\x00,1\n"), "not a text file"},
		{"more than 20 MB", bytes.Repeat([]byte("a,b\n"), 6<<20), "20 MB"},
		{"more than 50 thousand rows", bytes.Repeat([]byte("a,b\n"), intake.MaxRows+2), "50000 rows"},
		{"very many columns", []byte(strings.Repeat("a,", 300) + "a\n1\n"), "columns"},
		{"a sheet as wide as sheets can be", wide, "columns"},
		{"a zip bomb", bomb(t), "unpacks to more"},
		{"a zip that is no workbook", []byte("PK\x03\x04rubbish"), "not a workbook"},
		{"half a workbook", good[:len(good)/2], "not a workbook"},
		{"an old workbook", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest"), ".xlsx"},
		{"a PDF", []byte("%PDF-1.7"), "PDF"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := intake.Read(c.in)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "file: ") {
				t.Errorf("got %v, want file: ... %s", err, c.want)
			}
		})
	}
	if got, err := intake.Read(bytes.Repeat([]byte("a,b\n"), intake.MaxRows+1)); err != nil || len(got.Lines) != intake.MaxRows {
		t.Errorf("got %d rows and %v, want that 50 thousand fit", len(got.Lines), err)
	}
}

// FuzzRead wants that no file breaks the reader, and that what is read keeps the
// limits and stays the same when written as plain CSV and read again.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		plain, "\ufeff" + plain, "sep=;\na;b\n1;2", "a\tb\n\"x\ny\"\tz", "\xff\xfea\x00,\x00b\x00\n\x001\x00", "\x00a\x00,\x00b", "a,b\r\n\"", "\xe9\xe8,b\n1,2",
	} {
		f.Add([]byte(s))
	}
	f.Add(workbook(f, func(x *excelize.File) { set(f, x, "A1", "name"); set(f, x, "A2", 7) }))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := intake.Read(raw)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "file: ") {
				t.Errorf("got %v, want to be told about the file", err)
			}
			return
		}
		if len(got.Header) == 0 || len(got.Lines) == 0 || len(got.Lines) > intake.MaxRows {
			t.Errorf("got %d columns and %d rows", len(got.Header), len(got.Lines))
		}
		if !slices.IsSortedFunc(got.Lines, func(a, b intake.Line) int { return a.No - b.No }) {
			t.Error("lines are out of order")
		}
	})
}
