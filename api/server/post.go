package server

import (
	"context"

	"github.com/arise-attendance/arise/api/campus/outbox"
	"github.com/arise-attendance/arise/api/mail"
	"github.com/arise-attendance/arise/jobs"
)

func (s *Server) post() *mail.Post {
	return &mail.Post{Log: s.store, Rules: s.service, SMTP: s.config.SMTP, Origin: s.config.PublicURL, Reports: s.store}
}

// failures lets the office see the queue's: neither room knows the other.
type failures struct{ *jobs.Queue }

func (f failures) Failures(ctx context.Context, most int) ([]outbox.Failure, error) {
	got, err := f.Queue.Failures(ctx, most)
	out := make([]outbox.Failure, len(got))
	for i, j := range got {
		out[i] = outbox.Failure(j)
	}
	return out, err
}
