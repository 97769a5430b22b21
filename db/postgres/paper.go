package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// AddPaper keeps what was asked for, and orders it in the same transaction.
func (s *Store) AddPaper(ctx context.Context, p attendance.Paper) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error { return s.addPaper(ctx, t, p) })
}

func (s *Store) addPaper(ctx context.Context, t *tx, p attendance.Paper) error {
	asked, err := json.Marshal(p.Asked)
	if err != nil {
		return fmt.Errorf("encode what was asked: %w", err)
	}
	err = t.q.AddReport(ctx, dbsqlc.AddReportParams{
		ID: p.ID, AccountID: p.Account, Asked: asked, AskedAt: p.AskedAt, Recipients: append([]string{}, p.To...),
	})
	if err != nil {
		return fmt.Errorf("add report: %w", err)
	}
	if s.order == nil {
		return nil
	}
	return s.order(ctx, t.pg, p.ID)
}

// File is a whole file that is done, to go with a mail.
func (s *Store) File(ctx context.Context, id attendance.ID) (name string, data []byte, err error) {
	row, err := dbsqlc.New(s.pool).ReportFile(ctx, id)
	if err != nil {
		return "", nil, missing(err, "finished report", id)
	}
	for part := 0; int64(len(data)) < row.Size; part++ {
		body, err := s.Part(ctx, id, part)
		if err != nil {
			return "", nil, err
		}
		data = append(data, body...)
	}
	return row.Name, data, nil
}

// Paper is one of an account's.
func (s *Store) Paper(ctx context.Context, account, id attendance.ID) (attendance.Paper, error) {
	row, err := dbsqlc.New(s.pool).Report(ctx, id, account)
	if err != nil {
		return attendance.Paper{}, missing(err, "report", id)
	}
	return paper(row)
}

// Papers are an account's newest hundred, newest first.
func (s *Store) Papers(ctx context.Context, account attendance.ID) ([]attendance.Paper, error) {
	rows, err := dbsqlc.New(s.pool).Reports(ctx, account)
	if err != nil {
		return nil, fmt.Errorf("list reports: %w", err)
	}
	out := make([]attendance.Paper, len(rows))
	for i, r := range rows {
		if out[i], err = paper(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// BeginPaper starts its making, from nothing: what an earlier try wrote is gone,
// and that try can write no more. One that is done or failed is not found.
func (s *Store) BeginPaper(ctx context.Context, id attendance.ID) (attendance.Paper, error) {
	var out attendance.Paper
	err := s.write(ctx, func(ctx context.Context, t *tx) error {
		row, err := t.q.BeginReport(ctx, id)
		if err != nil {
			return missing(err, "report", id)
		}
		if out, err = paper(row); err != nil {
			return err
		}
		return t.q.DropReportParts(ctx, id)
	})
	return out, err
}

// AddPart appends a piece of a paper's file; ErrNotFound: another try began since.
func (s *Store) AddPart(ctx context.Context, p attendance.Paper, part int, body []byte) error {
	n, err := dbsqlc.New(s.pool).AddReportPart(ctx, int32(part), body, p.ID, int32(p.Try)) //nolint:gosec // a file of 2^31 pieces is refused long before
	return overtaken(n, err, p)
}

// MovePaper says how far it is, in percent.
func (s *Store) MovePaper(ctx context.Context, p attendance.Paper, percent int) error {
	return dbsqlc.New(s.pool).MoveReport(ctx, int16(percent), p.ID, int32(p.Try)) //nolint:gosec // the column refuses more than 100
}

// FinishPaper makes the file one that can be fetched.
func (s *Store) FinishPaper(ctx context.Context, p attendance.Paper) error {
	at := s.now()
	n, err := dbsqlc.New(s.pool).FinishReport(ctx, dbsqlc.FinishReportParams{Name: p.Name, Size: p.Size, At: &at, ID: p.ID, Try: int32(p.Try)}) //nolint:gosec // as above
	return overtaken(n, err, p)
}

// FailPaper gives it up, and says why.
func (s *Store) FailPaper(ctx context.Context, p attendance.Paper, trouble string) error {
	at := s.now()
	n, err := dbsqlc.New(s.pool).FailReport(ctx, trouble, &at, p.ID, int32(p.Try)) //nolint:gosec // as above
	return overtaken(n, err, p)
}

// Part is a piece of a paper's file; ErrNotFound behind the last.
func (s *Store) Part(ctx context.Context, id attendance.ID, part int) ([]byte, error) {
	body, err := dbsqlc.New(s.pool).ReportPart(ctx, id, int32(part)) //nolint:gosec // as above
	return body, missing(err, "part of the report", id)
}

// ForgetPapers deletes those that are older than they are kept.
func (s *Store) ForgetPapers(ctx context.Context) error {
	return dbsqlc.New(s.pool).ForgetReports(ctx, s.now().Add(-attendance.KeptFor))
}

func overtaken(n int64, err error, p attendance.Paper) error {
	if err == nil && n == 0 {
		return attendance.Missing{What: "try of the report", Key: p.ID.String()}
	}
	return err
}

func paper(r dbsqlc.Report) (attendance.Paper, error) {
	out := attendance.Paper{
		ID: r.ID, Account: r.AccountID, State: attendance.PaperState(r.State), Progress: int(r.Progress), Trouble: r.Trouble,
		Name: r.Name, Size: r.Size, Try: int(r.Try), To: r.Recipients, AskedAt: r.AskedAt, DoneAt: moment(r.DoneAt),
	}
	if err := json.Unmarshal(r.Asked, &out.Asked); err != nil {
		return out, fmt.Errorf("decode what was asked of report %s: %w", r.ID, err)
	}
	return out, nil
}
