package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// Sealer hides a password while it waits for its turn to be hashed.
type Sealer interface {
	Seal(plain, about []byte) ([]byte, error)
	Open(sealed, about []byte) ([]byte, error)
}

// Service takes files in.
type Service struct {
	Store Store
	Seal  Sealer
	Hash  func(password string) (string, error)
	Now   func() time.Time
	NewID func() (attendance.ID, error)
	Zone  *time.Location // of the days in files

	uploads atomic.Int32
}

// atOnce is how many files are read at once: a workbook takes memory.
const atOnce = 2

// Upload is a file with what the office says of it.
type Upload struct {
	Kind    Kind
	File    string
	Raw     []byte
	Options Options
	By      attendance.ID
	Most    int // rows; 0: what a file may have
}

// Upload reads a file, compares it with the roster, and keeps what it would do.
func (s *Service) Upload(ctx context.Context, u Upload) (Import, error) {
	if err := u.Kind.Known(); err != nil {
		return Import{}, err
	}
	defer s.uploads.Add(-1)
	if s.uploads.Add(1) > atOnce {
		return Import{}, attendance.ErrBusy
	}
	t, err := Read(u.Raw)
	if err != nil {
		return Import{}, err
	}
	if err := tooMany(len(t.Lines), u.Most); err != nil {
		return Import{}, err
	}
	id, err := s.NewID()
	if err != nil {
		return Import{}, err
	}
	file, _ := clean(u.File, longest)
	imp := Import{ID: id, Kind: u.Kind, File: file, State: Uploaded, Options: u.Options, CreatedBy: u.By, CreatedAt: s.Now(), zone: s.Zone}
	if imp.Table, err = s.shape(ctx, t, &imp); err != nil {
		return Import{}, err
	}
	rows := rowsOf(t, imp.Table.Columns)
	if err := s.prepare(&imp, rows); err != nil {
		return Import{}, err
	}
	if err := s.Store.Look(ctx, func(ctx context.Context, now Roster) error { return plan(ctx, &imp, rows, now) }); err != nil {
		return Import{}, err
	}
	imp.name(rows)
	for _, r := range rows {
		imp.Counts.count(r, 1)
	}
	return imp, s.Store.AddImport(ctx, imp, rows)
}

// shape maps the columns, with what the office said the last time where it says
// nothing now.
func (s *Service) shape(ctx context.Context, t Table, imp *Import) (Shape, error) {
	said := imp.Options.Mapping
	if said == nil {
		var err error
		if said, err = s.Store.LastMapping(ctx, imp.Kind); err != nil {
			return Shape{}, err
		}
	}
	var given []string
	if imp.Options.Course != "" {
		given = append(given, CourseCode)
	}
	cols, err := columns(imp.Kind, t.Header, said, given...)
	if err == nil && imp.Options.Original {
		err = originalNeeds(cols, t.Header)
	}
	return Shape{Format: t.Format, Encoding: t.Encoding, Delimiter: t.Delimiter, Columns: cols}, err
}

func originalNeeds(cols []Column, header []string) error {
	free := map[string]bool{StudentName: true, Roll: true, EnrolmentNo: true, Email1: true}
	for _, c := range cols {
		delete(free, c.Field)
	}
	return spec{needs: [][]string{{StudentName}, {Roll}, {EnrolmentNo}, {Email1}}}.lacking(free, header)
}

// maxPassword in bytes keeps hashing cheap.
const maxPassword = 200

// prepare takes passwords out of the values and puts in what the options say.
func (s *Service) prepare(imp *Import, rows []*Row) error {
	if p := imp.Options.Password; len(p) > maxPassword {
		return attendance.Invalid{Field: "default_password", Why: "must have 200 bytes or fewer"}
	}
	for _, r := range rows {
		if imp.Kind == Enrolments && r.Values[CourseCode] == "" && imp.Options.Course != "" {
			r.Values[CourseCode] = imp.Options.Course
		}
		if imp.Kind != Students {
			continue
		}
		p := r.Values[Password]
		if p == "" {
			p = imp.Options.Password
		}
		if err := s.hide(imp.ID, r, p); err != nil {
			return err
		}
	}
	return nil
}

// hide seals a password, so that no copy of the database holds it in clear. It is
// hashed when its row is applied: hashing a whole school takes minutes, and an
// upload must not.
func (s *Service) hide(id attendance.ID, r *Row, password string) error {
	delete(r.Values, Password)
	r.Sealed = nil
	if password == "" {
		return nil
	}
	if len(password) > maxPassword {
		r.Values[Password] = "must have 200 bytes or fewer"
		return nil
	}
	var err error
	r.Sealed, err = s.Seal.Seal([]byte(password), about(id, r.Line))
	return err
}

// about binds a sealed password to its row.
func about(id attendance.ID, line int) []byte {
	return fmt.Appendf(nil, "import %s line %d", id, line)
}

// Mend gives a row of a preview other values; an absent field stays. Lines that it
// agreed or clashed with are looked at again as well.
func (s *Service) Mend(ctx context.Context, id attendance.ID, line int, values map[string]string) (*Row, error) {
	var mended *Row
	err := s.Store.Mend(ctx, id, func(ctx context.Context, imp Import, desk Desk) ([]*Row, error) {
		if imp.State != Uploaded {
			return nil, ErrNotPreview
		}
		imp.zone = s.Zone
		var err error
		if mended, err = desk.Row(ctx, line); err != nil {
			return nil, err
		}
		before := mended.Keys
		if err := s.amend(&imp, mended, values); err != nil {
			return nil, err
		}
		return replan(ctx, &imp, mended, before, desk)
	})
	return mended, err
}

func (s *Service) amend(imp *Import, r *Row, values map[string]string) error {
	for field, v := range values {
		f, ok := specs[imp.Kind].field(field)
		if !ok {
			return attendance.Invalid{Field: "values." + field, Why: "is no field of " + string(imp.Kind)}
		}
		if field == Password {
			if err := s.hide(imp.ID, r, v); err != nil {
				return err
			}
			continue
		}
		r.Values[field], _ = clean(v, f.Most)
	}
	delete(r.Values, overfull) // somebody looked at it
	return nil
}

// replan plans a mended row with those that shared, or share now, what no two may
// have. Those know their own neighbours, so that a clash elsewhere stays one.
func replan(ctx context.Context, imp *Import, r *Row, before []string, desk Desk) ([]*Row, error) {
	if err := plan(ctx, imp, []*Row{r}, desk); err != nil {
		return nil, err
	}
	changed, err := desk.Neighbours(ctx, append(slices.Clone(before), r.Keys...))
	if err != nil {
		return nil, err
	}
	var keys []string
	for _, c := range changed {
		keys = append(keys, c.Keys...)
	}
	near, err := desk.Neighbours(ctx, append(keys, r.Keys...))
	if err != nil {
		return nil, err
	}
	near = slices.DeleteFunc(near, func(c *Row) bool { return c.Line == r.Line })
	near = append(near, r)
	slices.SortFunc(near, func(a, b *Row) int { return a.Line - b.Line })
	if err := plan(ctx, imp, near, desk); err != nil {
		return nil, err
	}
	imp.name(near)
	// Of the outermost not all neighbours are here: they are as they were.
	return slices.DeleteFunc(near, func(c *Row) bool {
		return c != r && !slices.ContainsFunc(changed, func(x *Row) bool { return x.Line == c.Line })
	}), nil
}

// Apply begins to do what the preview says.
func (s *Service) Apply(ctx context.Context, id attendance.ID) (Import, error) {
	return s.begin(ctx, id, Uploaded, Applying)
}

// Undo begins to take an import back.
func (s *Service) Undo(ctx context.Context, id attendance.ID) (Import, error) {
	imp, err := s.Store.Import(ctx, id)
	if err != nil {
		return imp, err
	}
	if imp.State == Applied && s.Now().After(imp.UndoUntil()) {
		return imp, ErrTooLate
	}
	return s.begin(ctx, id, Applied, Undoing)
}

func (s *Service) begin(ctx context.Context, id attendance.ID, from, to State) (Import, error) {
	if err := s.Store.Begin(ctx, id, from, to, s.Now()); err != nil {
		return Import{}, err
	}
	return s.Store.Import(ctx, id)
}

// What an import can refuse.
var (
	ErrNotPreview = errors.New("this import is no preview any more: upload the file again to change more")
	ErrNotApplied = errors.New("only an import that was applied can be taken back")
	ErrTooLate    = errors.New("an import can be taken back for 24 hours after it was applied")
	ErrNothing    = errors.New("no row of this import would change anything")
)
