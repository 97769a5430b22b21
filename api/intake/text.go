package intake

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// text decodes a file of which nobody said how it is encoded. Programs write
// UTF-8 with and without a mark, Excel's "Unicode text" is UTF-16, and its plain
// CSV is Windows-1252 on most machines.
func text(raw []byte) (string, string, error) {
	name, from := guess(raw)
	if from != nil {
		var err error
		if raw, err = from.NewDecoder().Bytes(raw); err != nil {
			return "", "", wrongFile("cannot be read as " + name + ": save it as CSV UTF-8")
		}
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	if bytes.IndexByte(raw, 0) >= 0 {
		return "", "", wrongFile("is not a text file: save it as CSV UTF-8 or as .xlsx")
	}
	return string(raw), name, nil
}

func guess(raw []byte) (string, encoding.Encoding) {
	switch {
	case bytes.HasPrefix(raw, []byte{0xff, 0xfe}):
		return "UTF-16", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case bytes.HasPrefix(raw, []byte{0xfe, 0xff}):
		return "UTF-16", unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	}
	// Without a mark, letters of a header show by where their zero bytes are.
	if len(raw) >= 4 && len(raw)%2 == 0 {
		switch {
		case raw[0] != 0 && raw[1] == 0 && raw[2] != 0 && raw[3] == 0:
			return "UTF-16", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
		case raw[0] == 0 && raw[1] != 0 && raw[2] == 0 && raw[3] != 0:
			return "UTF-16", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
		}
	}
	if utf8.Valid(raw) {
		return "UTF-8", nil
	}
	return "Windows-1252", charmap.Windows1252
}
