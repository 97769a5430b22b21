package intake

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

func readCSV(raw []byte) (Table, error) {
	in, name, err := text(raw)
	if err != nil {
		return Table{}, err
	}
	in, skipped, comma := delimiter(in)
	t := Table{Format: "csv", Encoding: name, Delimiter: string(comma)}
	r := csv.NewReader(strings.NewReader(in))
	r.Comma, r.FieldsPerRecord = comma, -1
	r.LazyQuotes = true // a nickname in quotes is no reason to refuse a school
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return t, t.check()
		}
		if err != nil {
			return Table{}, wrongFile(fmt.Sprintf("cannot be read: %v", err))
		}
		line, _ := r.FieldPos(0)
		if err := t.add(line+skipped, cells); err != nil {
			return Table{}, err
		}
	}
}

// delimiter finds out what stands between values: what is most often in the first
// line, outside quotes. Excel may have said it on a line of its own.
func delimiter(in string) (rest string, skipped int, comma rune) {
	first, after, _ := strings.Cut(in, "\n")
	if said, ok := strings.CutPrefix(strings.TrimSpace(strings.ToLower(first)), "sep="); ok && len(said) == 1 && strings.Contains(",;|", said) {
		return after, 1, rune(said[0])
	}
	for strings.TrimSpace(first) == "" && after != "" {
		first, after, _ = strings.Cut(after, "\n")
	}
	counts, quoted := map[rune]int{}, false
	for _, c := range first {
		switch {
		case c == '"':
			quoted = !quoted
		case !quoted:
			counts[c]++
		}
	}
	comma = ','
	for _, c := range ";\t|" {
		if counts[c] > counts[comma] {
			comma = c
		}
	}
	return in, 0, comma
}
