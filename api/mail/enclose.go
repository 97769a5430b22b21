package mail

import (
	"context"
	"errors"
	"fmt"

	"github.com/arise-attendance/arise/api/attendance"
)

// enclosed is the largest file that goes with a mail: many receivers refuse more.
const enclosed = 8 << 20

// Enclose has a report mailed to whom it is for. Doing it again writes no second mail.
func (p *Post) Enclose(ctx context.Context, paper attendance.Paper) error {
	if len(paper.To) == 0 {
		return nil
	}
	if p.SMTP == nil {
		return errors.New("this server sends no mail: set ARISE_SMTP_URL")
	}
	school, err := p.Rules.School(ctx)
	if err != nil {
		return err
	}
	a := paper.Asked
	period := a.Month
	if period == "" {
		period = a.From
		if a.To != a.From {
			period += " to " + a.To
		}
	}
	m := Mail{
		Kind: OfReport, Effect: "report " + paper.ID.String(), To: paper.To,
		Subject: fmt.Sprintf("%s: %s, %s", school.Name, a.Kind, period),
		Body:    fmt.Sprintf("The report %q of %s for %s is enclosed.\n\nSomebody of the office asked for it to be sent regularly; they can end that.\n", a.Kind, school.Name, period),
	}
	if paper.Size <= enclosed {
		m.Report = paper.ID
	} else {
		m.Body = fmt.Sprintf("The report %q of %s for %s is too large to be mailed (%d MB). Whoever asked for it finds it among their reports for seven days.\n",
			a.Kind, school.Name, period, paper.Size>>20)
	}
	return p.Log.Queue(ctx, m)
}
