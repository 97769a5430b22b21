package server

import (
	"context"
	"net/http"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/classroom"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/db/postgres"
)

// cloud says of itself what the original's cloud said.
type cloud struct {
	store   *postgres.Store
	service *attendance.Service
}

func (c cloud) SyncStatus(ctx context.Context) (classroom.SyncStatus, error) {
	school, err := c.service.School(ctx)
	return classroom.SyncStatus{
		NodeType: "cloud", CloudURL: "not configured", DatabaseExists: err == nil,
		Institution: school.Name, Version: rest.Version,
	}, nil // a status that cannot ask the database says just that
}

func (cloud) Push(context.Context) (classroom.Pushed, error) {
	return classroom.Pushed{Code: http.StatusBadRequest, Status: "error", Message: "Cannot push from cloud server"}, nil
}

func (c cloud) Well(ctx context.Context) error { return c.store.Ready(ctx) }
