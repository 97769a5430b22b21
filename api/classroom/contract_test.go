package classroom_test

import (
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/arise-attendance/arise/api/classroom"
	"github.com/arise-attendance/arise/api/rest"
)

func TestTheContractPrintsWithoutAServer(t *testing.T) {
	t.Parallel()
	api := rest.NewAPI(chi.NewRouter(), nil)
	classroom.Register(api, classroom.Deps{})
	doc, err := api.OpenAPI().YAML()
	if err != nil {
		t.Fatal(err)
	}
	for path, item := range api.OpenAPI().Paths {
		for _, op := range []any{item.Get, item.Post, item.Put, item.Delete} {
			_ = op
		}
		if path == "" {
			t.Error("an operation without a path")
		}
	}
	if len(doc) == 0 {
		t.Error("got an empty document")
	}
	t.Logf("%s", doc)
}
