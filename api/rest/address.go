package rest

import (
	"context"

	"github.com/go-chi/chi/v5/middleware"
)

// ClientAddress is the caller's IP address, without the port.
func ClientAddress(ctx context.Context) string {
	if ip := middleware.GetClientIP(ctx); ip != "" {
		return ip
	}
	return "unknown"
}
