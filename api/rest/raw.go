package rest

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// BodyIs documents what the raw body of a registered POST holds: huma sees only
// bytes, and would print them as a file.
func BodyIs(api huma.API, path string, t reflect.Type) {
	doc := api.OpenAPI()
	doc.Paths[path].Post.RequestBody.Content["application/json"].Schema = doc.Components.Schemas.Schema(t, true, t.Name())
}
