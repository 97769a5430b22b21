package sheet

import "io"

// Plain writes rows as a CSV file in which no text can become a formula.
func Plain(w io.Writer, titles []string, rows [][]any) error {
	return table{heads: [][]cell{heads(titles...)}, rows: func(emit func([]cell) error) error {
		for _, row := range rows {
			line := make([]cell, len(row))
			for i, v := range row {
				line[i].value = v
			}
			if err := emit(line); err != nil {
				return err
			}
		}
		return nil
	}}.csv(w)
}
