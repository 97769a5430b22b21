package classroom

import (
	"bytes"
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

type namedStudent struct {
	Roll   string `json:"roll" minLength:"1" maxLength:"60" doc:"University roll."`
	Status string `json:"status" enum:"present,absent"`
}

// bulkStudent is somebody with a status, or, as the original took it too, a roll
// alone, which is there.
type bulkStudent struct{ namedStudent }

// Schema describes both forms.
func (bulkStudent) Schema(r huma.Registry) *huma.Schema {
	shortest, longest := 1, 60
	return &huma.Schema{OneOf: []*huma.Schema{
		{Type: huma.TypeString, MinLength: &shortest, MaxLength: &longest, Description: "University roll of somebody who is present."},
		r.Schema(reflect.TypeFor[namedStudent](), true, "BulkStudent"),
	}}
}

// UnmarshalJSON reads either.
func (s *bulkStudent) UnmarshalJSON(raw []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte(`"`)) {
		s.Status = "present"
		return json.Unmarshal(raw, &s.Roll)
	}
	return json.Unmarshal(raw, &s.namedStudent)
}
