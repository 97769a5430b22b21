package rest

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Minutes is a duration that a caller may also write as a string of digits, as the
// original's pages did.
type Minutes int

// For is the duration.
func (m Minutes) For() time.Duration { return time.Duration(m) * time.Minute }

// UnmarshalJSON reads 45 and "45".
func (m *Minutes) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(bytes.Trim(b, `"`), (*int)(m))
}

// longest is half a day, in minutes.
const longest = 720

// Schema is for huma.
func (Minutes) Schema(huma.Registry) *huma.Schema {
	least, most := 0.0, float64(longest)
	return &huma.Schema{OneOf: []*huma.Schema{
		{Type: huma.TypeInteger, Minimum: &least, Maximum: &most},
		{Type: huma.TypeString, Pattern: "^([0-9]{1,2}|[1-6][0-9]{2}|7[01][0-9]|720)$"},
	}}
}
