package reports

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/sheet"
)

// partSize is how much of a file is in memory at once, and mostBytes how large one
// may become.
const (
	partSize  = 1 << 20
	mostBytes = 50 << 20
)

var errTooLarge = errors.New("the file became larger than 50 MB: narrow it to a semester, a course or fewer days")

// Build makes a paper. It begins anew whenever it is called, and does nothing for
// one that is done. What cannot succeed later, and every failure of the last try,
// ends it with words for its reader; other failures are returned, to be tried again.
func (d Deps) Build(ctx context.Context, id attendance.ID, last bool) error {
	p, err := d.Papers.BeginPaper(ctx, id)
	if errors.Is(err, attendance.ErrNotFound) {
		return nil // done, failed or deleted
	}
	if err != nil {
		return err
	}
	out := &parts{ctx: ctx, papers: d.Papers, paper: p}
	if err = d.build(ctx, p, out); err == nil {
		p.Name, p.Size = out.name, out.size
		if len(p.To) > 0 { // before the end: it is asked for again, and says the same again
			if err := d.Letters.Enclose(ctx, p); err != nil {
				return fmt.Errorf("mail report %s: %w", id, err)
			}
		}
		if err = d.Papers.FinishPaper(ctx, p); errors.Is(err, attendance.ErrNotFound) {
			return nil // another try began
		}
		return err
	}
	switch words := trouble(err); {
	case out.overtaken: // another try began: it is not ours any more
		return nil
	case words != "":
		return d.Papers.FailPaper(ctx, p, words)
	case last:
		slog.ErrorContext(ctx, "report failed", "report", id, "error", err)
		return d.Papers.FailPaper(context.WithoutCancel(ctx), p, "the server could not make it: ask for it again")
	}
	return fmt.Errorf("make report %s: %w", id, err)
}

func (d Deps) build(ctx context.Context, p attendance.Paper, out *parts) error {
	m, err := d.prepare(ctx, p.Account, p.Asked)
	if err != nil {
		return err
	}
	out.name = m.name + "." + string(sheet.Format(p.Asked.Format))
	told := 0
	err = m.write(ctx, out, func(done, of int) {
		// The last percent is the file being written down.
		if now := 99 * done / max(of, 1); now > told {
			told = now
			_ = d.Papers.MovePaper(ctx, p, now) // only a hint to who waits
		}
	})
	if err != nil {
		return err
	}
	return out.flush()
}

// trouble is what a reader can do something about.
func trouble(err error) string {
	var invalid attendance.Invalid
	switch {
	case errors.Is(err, errTooLarge), errors.As(err, &invalid), errors.Is(err, attendance.ErrNotFound):
		return err.Error()
	}
	return ""
}

// parts writes a file down in pieces.
type parts struct {
	ctx       context.Context //nolint:containedctx // an io.Writer is given none
	papers    Papers
	paper     attendance.Paper
	name      string
	size      int64
	next      int
	buf       []byte
	overtaken bool
}

func (o *parts) Write(b []byte) (int, error) {
	if o.size += int64(len(b)); o.size > mostBytes {
		return 0, errTooLarge
	}
	n := len(b)
	for len(b) > 0 {
		room := min(partSize-len(o.buf), len(b))
		o.buf, b = append(o.buf, b[:room]...), b[room:]
		if len(o.buf) == partSize {
			if err := o.flush(); err != nil {
				return 0, err
			}
		}
	}
	return n, nil
}

func (o *parts) flush() error {
	if len(o.buf) == 0 {
		return nil
	}
	err := o.papers.AddPart(o.ctx, o.paper, o.next, o.buf)
	o.overtaken = errors.Is(err, attendance.ErrNotFound)
	o.next, o.buf = o.next+1, o.buf[:0]
	return err
}

// Forget deletes papers that were kept long enough.
func (d Deps) Forget(ctx context.Context) error { return d.Papers.ForgetPapers(ctx) }
