package student

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

type explainFact struct {
	At      time.Time `json:"at"`
	Kind    string    `json:"kind" enum:"evidence,verdict,withdrawal" doc:"Evidence says only that you were there; a verdict is somebody's word, and outranks it."`
	By      string    `json:"by" example:"Asha Rao"`
	Status  *string   `json:"status" nullable:"true" enum:"present,late,absent,excused,duty,not_required"`
	Method  string    `json:"method" example:"biometric"`
	Reason  string    `json:"reason"`
	Decides bool      `json:"decides" doc:"This is what counts."`
	Clock   string    `json:"clock,omitempty" doc:"How well at is known, of what a pendrive kept: exact, told (somebody set its time), believed, guessed, clamped." example:"exact"`
}

type explainClass struct {
	SessionID attendance.ID `json:"session_id" format:"uuid"`
	StartTime time.Time     `json:"start_time"`
	Topic     string        `json:"topic"`
	Status    string        `json:"status" enum:"present,late,absent,excused,duty,not_required"`
	Counts    bool          `json:"counts" doc:"It is among the classes held."`
	Weight    float64       `json:"weight" doc:"What it adds to attended."`
	Because   string        `json:"because" example:"Asha Rao said present: came with a note"`
	Facts     []explainFact `json:"facts" doc:"In the order in which they were said."`
}

type explainPolicy struct {
	Version    int     `json:"version"`
	LateWeight float64 `json:"late_weight" doc:"What a late class adds to attended; one on duty adds 1, an excused one is not held."`
	Minimum    float64 `json:"minimum_percent" doc:"At or above is safe."`
	Critical   float64 `json:"critical_percent"`
	Rule       string  `json:"rule"`
}

type explainSum struct {
	Present     int     `json:"present"`
	Late        int     `json:"late"`
	Duty        int     `json:"duty"`
	Absent      int     `json:"absent"`
	Excused     int     `json:"excused"`
	NotRequired int     `json:"not_required"`
	Attended    float64 `json:"attended" doc:"The weights of all classes."`
	Held        int     `json:"held" doc:"The classes that count."`
	Percentage  float64 `json:"percentage" doc:"100 × attended ÷ held, to one decimal: what every screen shows."`
	Formula     string  `json:"formula" example:"(12 present + 2 late × 0.5) ÷ 16 held = 81.3 %"`
}

type explainOutput struct {
	Body struct {
		CourseID   attendance.ID  `json:"course_id" format:"uuid"`
		CourseName string         `json:"course_name"`
		Policy     explainPolicy  `json:"policy"`
		Classes    []explainClass `json:"classes" doc:"Those that expected you and have ended, oldest first."`
		Sum        explainSum     `json:"sum"`
	}
}

func (d Deps) explain(api huma.API) {
	rest.Handle(api, own("explain-my-course", "course/{id}/explain", "How my percentage in a course was made", http.StatusNotFound), d.getExplanation)
}

func (d Deps) getExplanation(ctx context.Context, in *OwnCoursePath) (*explainOutput, error) {
	var e attendance.Explanation
	err := d.Figures.InFigures(ctx, func(ctx context.Context, tx attendance.Figures) (err error) {
		e, err = d.Service.Explain(ctx, tx, auth.From(ctx).ID, in.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	out, p := &explainOutput{}, e.Page.Policy
	b := &out.Body
	b.CourseID, b.CourseName, b.Classes = e.Page.Course.ID, e.Page.Course.Name, []explainClass{}
	b.Policy = explainPolicy{
		Version: p.Version, LateWeight: p.LateWeight, Minimum: p.Minimum, Critical: p.Critical,
		Rule: "The policy of the newest class that has ended counts for the whole course.",
	}
	for _, c := range e.Classes {
		if c.Status == attendance.NotRequired {
			b.Sum.NotRequired++
		}
		b.Classes = append(b.Classes, explainClassOf(c, p))
	}
	b.Sum.add(e.Page.Tally, p)
	return out, nil
}

func (s *explainSum) add(t attendance.Tally, p attendance.Policy) {
	pct, held := t.Percent(p)
	s.Present, s.Late, s.Duty, s.Absent, s.Excused = t.Present, t.Late, t.Duty, t.Absent, t.Excused
	s.Attended, s.Held, s.Percentage = t.Attended(p), t.Held(), attendance.Rounded(pct)
	if !held {
		s.Formula = "no class counts yet"
		return
	}
	parts := []string{fmt.Sprintf("%d present", t.Present)}
	if t.Duty > 0 {
		parts = append(parts, fmt.Sprintf("%d on duty", t.Duty))
	}
	if t.Late > 0 {
		parts = append(parts, fmt.Sprintf("%d late × %g", t.Late, p.LateWeight))
	}
	s.Formula = fmt.Sprintf("(%s) ÷ %d held = %.1f %%", strings.Join(parts, " + "), s.Held, s.Percentage)
}

func explainClassOf(c attendance.Explained, p attendance.Policy) explainClass {
	out := explainClass{
		SessionID: c.Session.ID, StartTime: moment(c.Session.OpenedAt), Topic: c.Session.Topic, Status: string(c.Status),
		Counts: c.Status.Counts(), Weight: p.Weight(c.Status), Because: "Nobody marked you, and the class is over.", Facts: []explainFact{},
	}
	for _, s := range c.Said {
		f := explainFact{At: moment(s.At), Kind: "verdict", By: speaker(s), Method: string(s.Method), Reason: s.Reason, Decides: s.Decides, Clock: string(s.Clock)}
		switch {
		case s.Class == attendance.Evidence:
			f.Kind = "evidence"
		case s.Status == attendance.Unmarked:
			f.Kind = "withdrawal"
		}
		if s.Status != attendance.Unmarked {
			word := string(s.Status)
			f.Status = &word
		}
		if s.Decides {
			out.Because = because(s, c.Status)
		}
		out.Facts = append(out.Facts, f)
	}
	return out
}

// speaker is who said it. A scanner and the people of the office have no name here.
func speaker(s attendance.Word) string {
	switch {
	case s.Class == attendance.Office:
		return "The office"
	case s.By != "":
		return s.By
	case s.Class != attendance.Evidence:
		return "A teacher"
	}
	switch s.Method.Source() {
	case "scanner":
		return "A scanner"
	case "online":
		return "You, online"
	case "card":
		return "Your card"
	}
	return "A device"
}

func because(s attendance.Word, status attendance.Status) string {
	said := speaker(s) + " said " + strings.ReplaceAll(string(s.Status), "_", " ")
	switch {
	case s.Class == attendance.Evidence && status == attendance.Late:
		said = speaker(s) + " saw you, after the time by which one is late"
	case s.Class == attendance.Evidence:
		said = speaker(s) + " saw you"
	case s.Class == attendance.Bulk:
		said = speaker(s) + " marked all who had no mark yet: " + strings.ReplaceAll(string(s.Status), "_", " ")
	}
	if s.Reason != "" {
		return said + ": " + s.Reason
	}
	return said + "."
}
