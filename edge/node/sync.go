package node

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/classroom"
)

// office answers for one room of the node.
type office struct {
	*Node
	room *room
}

// SyncStatus implements classroom.Sync.
func (o office) SyncStatus(ctx context.Context) (classroom.SyncStatus, error) {
	b, err := o.backlog(ctx)
	if err != nil {
		return classroom.SyncStatus{}, err
	}
	size, err := o.store.Size()
	if err != nil {
		return classroom.SyncStatus{}, err
	}
	st := classroom.SyncStatus{
		NodeType: "local", CloudURL: o.config.Cloud, CloudReachable: b.Reachable,
		AutoSync: o.config.Cloud != "" && o.config.Every > 0, DatabaseExists: true,
		DatabaseSizeBytes: size, DatabaseSizeHuman: human(size),
		Paired: o.room.paired(), Name: o.room.identity.Name, Institution: o.room.identity.Institution,
		Waiting: b.Waiting, Unplaced: b.Unplaced, Attention: b.Attention, Version: o.config.Version,
	}
	if !b.LastSync.IsZero() {
		at := b.LastSync.UTC().Truncate(time.Millisecond)
		st.LastSync = &at
	}
	if st.CloudURL == "" {
		st.CloudURL = "not configured"
	}
	return st, nil
}

func (o office) backlog(ctx context.Context) (attendance.Backlog, error) {
	var out attendance.Backlog
	err := o.store.View(ctx, func(ctx context.Context, tx attendance.Tx) (err error) {
		out, err = tx.Backlog(ctx)
		return err
	})
	return out, err
}

// Push runs a cycle now. Its answer is in the original's words.
func (o office) Push(ctx context.Context) (classroom.Pushed, error) {
	out := classroom.Pushed{Code: http.StatusServiceUnavailable, Status: "error"}
	switch {
	case o.config.Cloud == "":
		out.Code, out.Message = http.StatusBadRequest, "No cloud server is configured: set CLOUD_SERVER_URL"
		return out, nil
	case o.room.replay == nil:
		out.Message = "This pendrive is not paired with the school yet"
		return out, nil
	}
	done, failed := o.room.replay.Cycle(ctx)
	out.Sent, out.Learnt = done.Sent, done.Learnt
	left, err := o.backlog(ctx)
	if err != nil {
		return out, err
	}
	out.Waiting = left.Waiting
	if failed != nil {
		out.Message = "Not synced: " + failed.Error()
		return out, nil //nolint:nilerr // the answer itself says so
	}
	out.Code, out.Status = http.StatusOK, "success"
	out.Message = fmt.Sprintf("Synced to cloud: %d lines sent, %d facts received", done.Sent, done.Learnt)
	return out, nil
}

// Well implements classroom.Sync.
func (o office) Well(context.Context) error { return o.store.Failed() }

// human prints a size as the original did.
func human(n int64) string {
	v, unit := float64(n), 0
	units := []string{"B", "KB", "MB", "GB"}
	for v >= 1024 && unit < len(units)-1 {
		v /= 1024
		unit++
	}
	return fmt.Sprintf("%.1f %s", v, units[unit])
}
