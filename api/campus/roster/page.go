package roster

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/attendance/office"
)

// PageInput is what every list can be asked for. The body of a list is an array,
// as the original's; where it goes on is said in headers.
type PageInput struct {
	Q      string `query:"q" maxLength:"100" doc:"Words that must all occur, anywhere, in upper or lower case."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"200" doc:"Rows on a page."`
	Cursor string `query:"cursor" maxLength:"1000" doc:"Where the page begins: take the address in the Link header of the page before. What is added or archived meanwhile shifts nothing."`

	asked url.URL
}

// ArchivedInput is PageInput for what can be archived.
type ArchivedInput struct {
	PageInput
	Archived string `query:"archived" enum:"without,with,only" default:"without" doc:"Leave archived rows out, take them in, or list no others."`
}

// Resolve keeps the address that was asked for: the next page's differs in its
// cursor only.
func (in *PageInput) Resolve(ctx huma.Context) []error {
	in.asked = ctx.URL()
	return nil
}

// pageOutput is one page of a list.
type pageOutput[T any] struct {
	Link  string `header:"Link" doc:"The address of the next page, with rel=\"next\" (RFC 8288); absent on the last."`
	Total int    `header:"X-Total-Count" doc:"Rows on all pages."`
	Body  []T
}

// cursor is a place in a list in one order. It is no secret.
type cursor struct {
	Sort string        `json:"s"`
	Key  string        `json:"k"`
	ID   attendance.ID `json:"i"`
}

var errCursor = attendance.Invalid{Field: "query.cursor", Why: "is none of this server's: begin without one, and follow the Link header"}

// query reads what was asked for; sort is a key, after a minus from the last to
// the first.
func (in *PageInput) query(sort string) (office.Query, error) {
	q := office.Query{Most: in.Limit, Words: strings.Fields(in.Q)}
	if !utf8.ValidString(in.Q) || strings.ContainsFunc(in.Q, unicode.IsControl) {
		return q, attendance.Invalid{Field: "query.q", Why: "holds a control character: type words"}
	}
	q.Sort, q.Back = strings.CutPrefix(sort, "-")
	if in.Cursor == "" {
		return q, nil
	}
	var c cursor
	raw, err := base64.RawURLEncoding.DecodeString(in.Cursor)
	if err == nil {
		err = json.Unmarshal(raw, &c)
	}
	if err != nil || c.ID.IsZero() || strings.ContainsRune(c.Key, 0) {
		return q, errCursor
	}
	if c.Sort != sort {
		return q, attendance.Invalid{Field: "query.cursor", Why: "belongs to a list in another order: begin without one"}
	}
	q.After = &office.Mark{Key: c.Key, ID: c.ID}
	return q, nil
}

func (q ArchivedInput) narrow(to office.Query) office.Query {
	to.Archived = q.Archived
	return to
}

// next is the Link header of a page.
func (in *PageInput) next(sort string, m *office.Mark) (string, error) {
	if m == nil {
		return "", nil
	}
	raw, err := json.Marshal(cursor{Sort: sort, Key: m.Key, ID: m.ID})
	if err != nil {
		return "", fmt.Errorf("write cursor: %w", err)
	}
	values := in.asked.Query()
	values.Set("cursor", base64.RawURLEncoding.EncodeToString(raw))
	there := url.URL{Path: in.asked.Path, RawQuery: values.Encode()}
	return "<" + there.String() + `>; rel="next"`, nil
}

// answer is the page as it is sent.
func answer[R, T any](in *PageInput, sort string, p office.Page[R], err error, body func(R) T) (*pageOutput[T], error) {
	if errors.Is(err, office.ErrMark) {
		err = errCursor
	}
	if err != nil {
		return nil, err
	}
	out := &pageOutput[T]{Total: p.Total, Body: make([]T, len(p.Rows))}
	for i, r := range p.Rows {
		out.Body[i] = body(r)
	}
	out.Link, err = in.next(sort, p.Next)
	return out, err
}

// one is a single row of a list, archived or not.
func one(id attendance.ID) office.Query { return office.Query{ID: &id, Most: 1, Archived: "with"} }

// only answers with the single row of a page.
func only[R, T any](p office.Page[R], err error, body func(R) T) (*rowOutput[T], error) {
	if err != nil {
		return nil, err
	}
	return &rowOutput[T]{Body: body(p.Rows[0])}, nil
}

type rowOutput[T any] struct{ Body T }
