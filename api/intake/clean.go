package intake

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// longest is how many characters of a cell are kept; a rule may allow fewer.
const longest = 200

// escapes are what the original system stored in place of five characters; a list
// copied from its pages has them.
var escapes = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&#34;", `"`, "&quot;", `"`, "&#39;", "'", "&#x27;", "'")

// torn stands where a line ended inside a cell, so that the fault stays visible.
const torn = '\u2424'

// clean is a cell as it is kept: composed letters, single spaces, nothing that
// cannot be seen. It says what is wrong and what to do, if anything is; cleaning
// again says the same.
func clean(s string, most int) (string, string) {
	s = strings.TrimSpace(s)
	if len(s) > 8*longest { // before any work on it
		s = s[:8*longest]
	}
	s = strings.Map(visible, norm.NFC.String(strings.ToValidUTF8(escapes.Replace(s), "\ufffd")))
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 1 && s[0] == '\'' && strings.IndexByte("=+-@", s[1]) >= 0 { // as we write it ourselves: see defused
		s = s[1:]
	}
	why := ""
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most+1])
		why = fmt.Sprintf("is longer than %d characters", most)
	}
	switch {
	case strings.ContainsRune(s, torn):
		why = "spans several lines: close the quotation mark that was opened here"
	case strings.ContainsRune(s, utf8.RuneError):
		why = "has a character that was lost: save the file as CSV UTF-8"
	}
	return s, why
}

// visible maps what is not to what stands for it.
func visible(r rune) rune {
	switch {
	case r == '\n':
		return torn
	case unicode.IsSpace(r):
		return ' '
	case r == '\u200c' || r == '\u200d': // joiners are spelling in many Indian scripts
		return r
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs):
		return -1
	}
	return r
}

var shortened = regexp.MustCompile(`^\d([.,]\d+)?[eE]\+\d+$`)

// number is an identifier: text, although it often looks like a number.
func number(s string) string {
	if shortened.MatchString(s) {
		return "was shortened by a spreadsheet: format the column as text, type the number again, and save"
	}
	return ""
}

// fold is how identifiers are compared.
func fold(s string) string { return strings.ToUpper(s) }
