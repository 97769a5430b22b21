package drive

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/stick"
)

// folderOf is a made pendrive's folder.
type folderOf struct {
	node     attendance.Node
	school   attendance.School
	cloud    string
	at       time.Time
	sealed   []byte
	programs []program
	dir      string
}

// folder holds everything, so that nobody's drive is littered.
const folder = "arise/"

//go:embed start.html
var startPage string

//go:embed start.sh
var startScript string

var startTemplate = template.Must(template.New(stick.StartFile).Parse(startPage))

// write makes the zip. Programs are read as they are sent: together they are larger
// than a server should hold in memory.
func (s folderOf) write(w io.Writer) error {
	page, err := s.page()
	if err != nil {
		return err
	}
	z := zip.NewWriter(w)
	for _, f := range []struct {
		name string
		body []byte
		mode fs.FileMode
	}{
		{stick.StartFile, page, 0o644},
		{stick.EnvFile, s.env(), 0o644},
		{stick.RosterFile, s.sealed, 0o644},
		{"start-mac.command", []byte(startScript), 0o755},
		{"start-linux.sh", []byte(startScript), 0o755},
	} {
		if err := s.add(z, f.name, f.mode, bytes.NewReader(f.body)); err != nil {
			return err
		}
	}
	for _, p := range s.programs {
		if err := s.addProgram(z, p); err != nil {
			return err
		}
	}
	return z.Close()
}

func (s folderOf) addProgram(z *zip.Writer, p program) error {
	if p.size == 0 {
		return nil
	}
	f, err := openProgram(s.dir, p)
	if err != nil {
		return err
	}
	defer f.Close()
	return s.add(z, p.Program(), 0o755, f)
}

func (s folderOf) add(z *zip.Writer, name string, mode fs.FileMode, r io.Reader) error {
	h := &zip.FileHeader{Name: folder + name, Method: zip.Deflate, Modified: s.at}
	h.SetMode(mode)
	out, err := z.CreateHeader(h)
	if err != nil {
		return fmt.Errorf("add %s: %w", name, err)
	}
	if _, err := io.Copy(out, r); err != nil {
		return fmt.Errorf("add %s: %w", name, err)
	}
	return nil
}

// env are the settings, for Notepad as well. The claim code is not among them.
func (s folderOf) env() []byte {
	lines := []string{
		"# Settings of the pendrive " + s.node.Name + ". A line that begins with # is a note.",
		"# The claim code is asked for at the first start. It is not kept here, because it",
		"# opens " + stick.RosterFile + ": whoever finds this drive must not find both.",
		"CLOUD_SERVER_URL=" + s.cloud,
		"ARISE_EDGE_ZONE=" + s.school.Zone.String(),
		"#ARISE_EDGE_LISTEN=:5000",
		"",
	}
	return []byte(strings.Join(lines, "\r\n"))
}

// page is what to read first.
func (s folderOf) page() ([]byte, error) {
	type section struct {
		Files   []string
		Missing []string
	}
	of := map[string]*section{"windows": {}, "darwin": {}, "linux": {}}
	for _, p := range s.programs {
		if p.size > 0 {
			of[p.OS].Files = append(of[p.OS].Files, p.Program())
		} else {
			of[p.OS].Missing = append(of[p.OS].Missing, p.Label)
		}
	}
	data := map[string]any{
		"Name": s.node.Name, "School": s.school.Name, "Cloud": s.cloud, "Made": day(s.at, s.school.Zone),
		"Windows": of["windows"], "Mac": of["darwin"], "Linux": of["linux"],
	}
	if !s.node.ExpiresAt.IsZero() {
		data["Ends"] = day(s.node.ExpiresAt, s.school.Zone)
	}
	if !s.node.ClaimUntil.IsZero() {
		data["CodeUntil"] = day(s.node.ClaimUntil, s.school.Zone)
	}
	var out bytes.Buffer
	if err := startTemplate.Execute(&out, data); err != nil {
		return nil, fmt.Errorf("write %s: %w", stick.StartFile, err)
	}
	return out.Bytes(), nil
}

func day(t time.Time, zone *time.Location) string { return t.In(zone).Format("2 January 2006") }
