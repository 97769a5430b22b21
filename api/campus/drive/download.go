package drive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/api/sheet"
	"github.com/arise-attendance/arise/api/stick"
)

// Rosters reads what goes onto a made pendrive.
type Rosters interface {
	// Snapshot is a node's whole roster, without facts. It is no call of the node.
	Snapshot(ctx context.Context, node attendance.ID) (attendance.Page, error)
}

type stickInput struct {
	IDPath
	Ticket string `query:"ticket" required:"true" maxLength:"1000" doc:"Of the link in the answer that made the pendrive."`
}

// program is the pendrive's program for one kind of computer, if it was built.
type program struct {
	stick.Platform
	size int64 // 0: it was not built
}

// programs looks for what `make pendrive` built.
func (d Deps) programs() []program {
	out := make([]program, len(stick.Platforms))
	for i, p := range stick.Platforms {
		out[i].Platform = p
		if info, err := os.Stat(filepath.Join(d.Programs, p.Program())); err == nil && info.Mode().IsRegular() {
			out[i].size = info.Size()
		}
	}
	return out
}

// notes say what is wanting about a pendrive made now, and the way out.
func (d Deps) notes(programs []program) []string {
	out := []string{}
	var missing []string
	for _, p := range programs {
		if p.size == 0 {
			missing = append(missing, p.Label)
		}
	}
	if len(missing) > 0 {
		out = append(out, fmt.Sprintf("The program for %s is not on this server and so not in the file: run `make pendrive`, or set ARISE_PENDRIVE_DIR to where it is.", strings.Join(missing, ", ")))
	}
	if u, err := url.Parse(d.Origin); err != nil || u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost" || u.Hostname() == "::1" {
		out = append(out, "The pendrive will look for the school at "+d.Origin+", which is only this computer: set PUBLIC_URL to the address that others type.")
	}
	return out
}

// downloadStick makes the file while it is sent. All that can fail is done before
// its first byte, but for reading the programs.
func (d Deps) downloadStick(ctx context.Context, in *stickInput) (*rest.File, error) {
	n, err := d.Nodes.FleetNode(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	code, err := d.open(n, in.Ticket)
	if err != nil {
		return nil, err
	}
	school, err := d.School(ctx)
	if err != nil {
		return nil, err
	}
	page, err := d.Rosters.Snapshot(ctx, n.ID)
	if err != nil {
		return nil, err
	}
	now := d.Office.Now().UTC()
	sealed, err := stick.Seal(code, stick.Roster{
		Node: n.ID, Name: n.Name, Institution: school.Name, Cloud: d.Origin, ExpiresAt: n.ExpiresAt, MadeAt: now.Truncate(time.Second),
		Generation: page.Generation, Rev: page.Rev, Digest: page.Digest, Rows: page.Changes,
	})
	if err != nil {
		return nil, err
	}
	s := folderOf{node: n, school: school, cloud: d.Origin, at: now, sealed: sealed, programs: d.programs(), dir: d.Programs}
	return &rest.File{ContentType: "application/zip", Disposition: sheet.Attachment("arise-" + plainName(n.Name) + ".zip"), Write: s.write}, nil
}

// plainName is a name that every file system takes.
func plainName(name string) string {
	plain := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return '-'
	}, strings.ToLower(name))
	plain = strings.Join(strings.FieldsFunc(plain, func(r rune) bool { return r == '-' }), "-")
	if plain == "" {
		return "pendrive"
	}
	return plain[:min(len(plain), 60)]
}

var errNotRegular = errors.New("is no file")

// openProgram opens one of the programs.
func openProgram(dir string, p program) (io.ReadCloser, error) {
	f, err := os.Open(filepath.Join(dir, p.Program())) //nolint:gosec // the operator's folder, and a name of ours
	if err != nil {
		return nil, fmt.Errorf("read the pendrive's program: %w", err)
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(f.Close(), &fs.PathError{Op: "read", Path: f.Name(), Err: errNotRegular})
	}
	return f, nil
}
