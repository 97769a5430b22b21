package office

import (
	"fmt"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/arise-attendance/arise/api/attendance"
)

// Limits in characters.
const (
	maxName  = 200
	maxCode  = 60
	maxEmail = 254
)

// text is one line of a form, stored as typed but for blanks around it. Nothing is
// escaped: whoever draws it does that.
type text struct {
	field string
	value *string
	most  int
	may   bool // be empty
}

func clean(fields ...text) error {
	for _, f := range fields {
		s := strings.TrimSpace(*f.value)
		switch {
		case s == "" && !f.may:
			return attendance.Invalid{Field: f.field, Why: "cannot be empty"}
		case utf8.RuneCountInString(s) > f.most:
			return attendance.Invalid{Field: f.field, Why: fmt.Sprintf("must have %d characters or fewer", f.most)}
		case !utf8.ValidString(s) || strings.ContainsFunc(s, hidden):
			return attendance.Invalid{Field: f.field, Why: "holds a control character: type it again, in one line"}
		}
		*f.value = s
	}
	return nil
}

// hidden are characters that nobody means to type, and that change lines or the
// direction of what stands around them. Joiners, which Indic scripts need, are not.
func hidden(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}

// address checks an e-mail address that may be empty.
func address(field, s string) error {
	if s == "" {
		return nil
	}
	if a, err := mail.ParseAddress(s); err != nil || a.Address != s {
		return attendance.Invalid{Field: field, Why: "is not an e-mail address"}
	}
	return nil
}
