package campus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/rest"
)

// Settings are the school's own.
type Settings interface {
	// Setting is one of them in JSON, or ErrNotFound.
	Setting(ctx context.Context, key string) (json.RawMessage, error)
	// Change changes the roster in one transaction, and the pendrives learn of it.
	Change(ctx context.Context, fn func(context.Context, attendance.Registrar) error) (int64, error)
}

// batchName is the setting that names the institution; pendrives get it.
const batchName = "batch_name"

// Unnamed is an institution until the office names it.
const Unnamed = "My Classroom Pod"

// Institution is what the office calls the school.
func Institution(ctx context.Context, s Settings) (string, error) {
	raw, err := s.Setting(ctx, batchName)
	if errors.Is(err, attendance.ErrNotFound) {
		return Unnamed, nil
	}
	if err != nil {
		return "", err
	}
	var name string
	if err := json.Unmarshal(raw, &name); err != nil {
		return "", fmt.Errorf("read setting %s: %w", batchName, err)
	}
	return name, nil
}

type schoolBody struct {
	BatchName string `json:"batch_name" maxLength:"120" doc:"What the school or batch is called, on every portal and pendrive." example:"MCA 2026"`
}

type schoolOutput struct{ Body schoolBody }

type setSchoolInput struct{ Body schoolBody }

type doneOutput struct {
	Body struct {
		Message string `json:"message" example:"System configuration updated."`
	}
}

func (d Deps) school(api huma.API) {
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "get-config", Method: http.MethodGet, Path: "/api/admin/config", Summary: "Read what the school is called", Tags: []string{"School"},
	}), d.getConfig)
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "set-config", Method: http.MethodPost, Path: "/api/admin/config", Summary: "Name the school", Tags: []string{"School"},
	}), d.setConfig)
}

func (d Deps) getConfig(ctx context.Context, _ *struct{}) (*schoolOutput, error) {
	name, err := Institution(ctx, d.Settings)
	return &schoolOutput{Body: schoolBody{BatchName: name}}, err
}

func (d Deps) setConfig(ctx context.Context, in *setSchoolInput) (*doneOutput, error) {
	name := strings.TrimSpace(in.Body.BatchName)
	if name == "" {
		return nil, attendance.Invalid{Field: batchName, Why: "cannot be empty: type what the school is called"}
	}
	raw, err := json.Marshal(name)
	if err != nil {
		return nil, err
	}
	_, err = d.Settings.Change(ctx, func(ctx context.Context, r attendance.Registrar) error {
		return r.PutSetting(ctx, attendance.SettingEntry{Key: batchName, Value: raw, Travels: true})
	})
	out := &doneOutput{}
	out.Body.Message = "System configuration updated."
	return out, err
}
