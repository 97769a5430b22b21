package server_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/arise-attendance/arise/api/server"
)

func TestTheContractInTheRepositoryIsTheOneThatIsServed(t *testing.T) {
	t.Parallel()
	want, err := server.Contract()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../openapi/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("openapi/openapi.yaml differs from the operations: run `make generate`")
	}
}
