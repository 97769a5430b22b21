package rest

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Problemer is an error of another room that knows its own problem.
type Problemer interface{ Problem() *Problem }

// problemOf maps what the domain refuses to what HTTP says. Anything unknown is
// an internal error whose cause goes to the log and nowhere else.
func problemOf(err error) *Problem {
	var (
		p       *Problem
		self    Problemer
		invalid attendance.Invalid
		taken   attendance.Taken
		running attendance.Running
		ended   attendance.LeaseEnded
		gap     attendance.Gap
		fork    attendance.Fork
		wait    auth.Wait
		replay  auth.Replayed
		kept    attendance.Unstored
	)
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &self):
		return self.Problem()
	case errors.As(err, &invalid):
		return NewProblem(http.StatusUnprocessableEntity, "invalid", invalid.Error()).Field(location(invalid.Field), invalid.Why)
	case errors.As(err, &taken):
		return NewProblem(http.StatusConflict, "conflict", taken.Error()).Field(location(taken.Field), taken.Why)
	case errors.As(err, &running):
		p := NewProblem(http.StatusConflict, "session-running", running.Error())
		p.SessionID = running.Session.String()
		return p
	case errors.As(err, &ended):
		return NewProblem(http.StatusForbidden, "lease-ended", ended.Error())
	case errors.As(err, &gap):
		p := NewProblem(http.StatusConflict, "sync-gap", gap.Error())
		p.Wanted = gap.Wanted
		return p
	case errors.As(err, &fork):
		p := NewProblem(http.StatusConflict, "sync-fork", fork.Error())
		p.Seq, p.Rewound = fork.Seq, fork.Rewound
		return p
	case errors.As(err, &kept):
		p := NewProblem(http.StatusServiceUnavailable, kept.Kind, kept.Why)
		p.RetryS = 5
		return p
	case errors.As(err, &wait):
		return TooMany(wait.For, wait.Error())
	case errors.As(err, &replay):
		p := NewProblem(http.StatusConflict, "stale-nonce", replay.Error())
		p.Floor = auth.NonceHex(replay.Floor)
		return p
	case errors.Is(err, attendance.ErrNotFound):
		return NewProblem(http.StatusNotFound, "not-found", err.Error())
	case errors.Is(err, attendance.ErrClosed):
		return NewProblem(http.StatusConflict, "session-ended", "the session has ended: start a new one, or correct the mark in its register")
	case errors.Is(err, attendance.ErrNotEnrolled):
		return NewProblem(http.StatusUnprocessableEntity, "not-enrolled", err.Error())
	case errors.Is(err, attendance.ErrForbidden):
		return NewProblem(http.StatusForbidden, "forbidden", err.Error())
	case errors.Is(err, attendance.ErrTooLate):
		return NewProblem(http.StatusConflict, "edit-window", err.Error()+": ask the office, with a reason: POST /api/teacher/requests")
	case errors.Is(err, attendance.ErrNotOwner):
		return NewProblem(http.StatusConflict, "not-owner", err.Error()+": do it where the class is held")
	case errors.Is(err, attendance.ErrCredentials):
		return NewProblem(http.StatusUnauthorized, "wrong-credentials", err.Error())
	case errors.Is(err, attendance.ErrRefetch):
		return NewProblem(http.StatusConflict, "must-refetch", err.Error())
	case errors.Is(err, attendance.ErrRevoked):
		return NewProblem(http.StatusForbidden, "revoked", err.Error())
	case errors.Is(err, attendance.ErrClaimUnknown), errors.Is(err, attendance.ErrClaimExpired):
		return NewProblem(http.StatusForbidden, "wrong-claim", err.Error()+": ask the office for a new one")
	case errors.Is(err, auth.ErrCode):
		return NewProblem(http.StatusForbidden, "wrong-claim", err.Error())
	case errors.Is(err, auth.ErrCodeUsed):
		return NewProblem(http.StatusConflict, "claimed", err.Error())
	case errors.Is(err, attendance.ErrClaimTaken):
		return NewProblem(http.StatusConflict, "claimed", err.Error()+": ask the office for a new one")
	case errors.Is(err, attendance.ErrBusy):
		p := NewProblem(http.StatusServiceUnavailable, "busy", err.Error())
		p.RetryS = 2
		return p
	case errors.Is(err, auth.ErrLink):
		return NewProblem(http.StatusForbidden, "wrong-link", err.Error())
	case errors.Is(err, auth.ErrSetUp):
		return NewProblem(http.StatusConflict, "set-up", err.Error())
	case errors.Is(err, auth.ErrLastAccount):
		return NewProblem(http.StatusConflict, "last-account", err.Error())
	case errors.Is(err, auth.ErrSignature):
		return NewProblem(http.StatusUnauthorized, "bad-signature", err.Error())
	case errors.Is(err, attendance.ErrDeviceRevoked):
		return NewProblem(http.StatusUnauthorized, "revoked", err.Error())
	case errors.Is(err, auth.ErrNoSignature), errors.Is(err, attendance.ErrSignIn), errors.Is(err, auth.ErrNoToken), errors.Is(err, auth.ErrExpired), errors.Is(err, auth.ErrToken), errors.Is(err, auth.ErrEnded), errors.Is(err, auth.ErrIntegration):
		return NewProblem(http.StatusUnauthorized, "signed-out", err.Error())
	}
	return nil
}

// TooMany asks a caller to wait.
func TooMany(wait time.Duration, detail string) *Problem {
	p := NewProblem(http.StatusTooManyRequests, "too-many-requests", detail)
	p.RetryS = max(1, int((wait+time.Second-1)/time.Second))
	return p
}

// location is where a field is: "roll" is body.roll, "[3].roll" is the fourth
// entry's in a body that is a list, "query.sort" and "path.id" say it themselves.
func location(field string) string {
	switch {
	case strings.HasPrefix(field, "["):
		return "body" + field
	case strings.HasPrefix(field, "query."), strings.HasPrefix(field, "path."):
		return field
	}
	return "body." + field
}

// Handle registers an operation whose errors become problems.
func Handle[I, O any](api huma.API, op huma.Operation, fn func(context.Context, *I) (*O, error)) {
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := fn(ctx, in)
		if err == nil {
			return out, nil
		}
		return nil, Convert(ctx, op.OperationID, err)
	})
}

// Convert turns an error into the problem that the caller sees, and logs what the
// caller must not see.
func Convert(ctx context.Context, operation string, err error) error {
	if p := problemOf(err); p != nil {
		return p
	}
	if ctx.Err() != nil {
		return NewProblem(http.StatusServiceUnavailable, "busy", "the request was given up before it was done: send it again")
	}
	slog.ErrorContext(ctx, "operation failed", "operation", operation, "error", err)
	return internal(ctx)
}

// internal is all that a caller hears of what failed inside.
func internal(ctx context.Context) *Problem {
	p := NewProblem(http.StatusInternalServerError, "internal", "the server could not do this; nothing was lost: try again")
	p.RequestID = RequestID(ctx)
	return p
}
