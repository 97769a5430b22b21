package mail

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// lettersAtOnce bounds what one sweep holds in memory.
const lettersAtOnce = 500

// Sweep decides anew what the students of every course must hear, and outside the
// quiet hours writes to those who can be reached: one letter each, however many
// courses it is about.
func (p *Post) Sweep(ctx context.Context) error {
	if p.SMTP == nil {
		return nil
	}
	courses, err := p.Log.CourseIDs(ctx)
	if err != nil {
		return fmt.Errorf("list courses: %w", err)
	}
	var failed []error // one course that cannot be read must not silence the others
	for _, c := range courses {
		err := p.Log.InTelling(ctx, func(ctx context.Context, tx attendance.Telling) error { return p.Rules.Warn(ctx, tx, c) })
		if err != nil {
			failed = append(failed, fmt.Errorf("notices of course %s: %w", c, err))
		}
	}
	if err := p.write(ctx); err != nil {
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

func (p *Post) write(ctx context.Context) error {
	school, err := p.Rules.School(ctx)
	if err != nil {
		return err
	}
	if !school.Notices.On || !school.Notices.QuietUntil(p.Rules.Now().In(school.Zone)).IsZero() {
		return nil // the next sweep but those of the night
	}
	for {
		students, err := p.Log.Warned(ctx, lettersAtOnce)
		if err != nil || len(students) == 0 {
			return err
		}
		for _, s := range students {
			if err := p.Log.Write(ctx, s, func(l Letter) Mail { return p.words(school, l) }); err != nil {
				return fmt.Errorf("write to student %s: %w", s, err)
			}
		}
	}
}

// Send sends one mail. A positive wait means: not now, but after it.
func (p *Post) Send(ctx context.Context, id attendance.ID) (wait time.Duration, err error) {
	if p.SMTP == nil {
		return 0, errors.New("this server sends no mail: set ARISE_SMTP_URL")
	}
	school, err := p.Rules.School(ctx)
	if err != nil {
		return 0, err
	}
	m, err := p.Log.Take(ctx, id)
	if errors.Is(err, attendance.ErrNotFound) {
		return 0, nil // sent, given up, or taken by somebody else
	}
	if err != nil || m.State != Sending {
		return 0, err
	}
	if now := p.Rules.Now().In(school.Zone); m.Kind == OfNotice {
		if until := school.Notices.QuietUntil(now); !until.IsZero() {
			return until.Sub(now), p.Log.Done(ctx, id, Queued, "")
		}
	}
	err = p.SMTP.deliver(ctx, p, m)
	if err == nil {
		return 0, p.Log.Done(ctx, id, Sent, "")
	}
	if final(err) || m.Attempts >= attempts {
		return 0, p.Log.Done(ctx, id, Failed, err.Error())
	}
	return 0, errors.Join(err, p.Log.Done(ctx, id, Queued, err.Error()))
}

// attempts is how often a mail is tried before a person has to look; the queue
// waits longer each time, for about a day in all.
const attempts = 12
