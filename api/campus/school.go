package campus

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// Office changes what the school keeps of itself.
type Office interface {
	// Change changes the roster in one transaction, and the pendrives learn of it.
	Change(ctx context.Context, fn func(context.Context, attendance.Registrar) error) (int64, error)
}

type policyBody struct {
	Version      int     `json:"version" readOnly:"true" doc:"Counts the changes."`
	LateAfterMin int     `json:"late_after_min" doc:"Minutes after the start; 0: nobody is late." example:"10"`
	LateWeight   float64 `json:"late_weight" doc:"What a late counts, from 0 (as absent) to 1 (as present)." example:"1"`
	Minimum      float64 `json:"minimum" doc:"Percent; at or above is safe." example:"75"`
	Critical     float64 `json:"critical" doc:"Percent; below is critical." example:"60"`
}

type schoolBody struct {
	BatchName      string      `json:"batch_name" doc:"What the school or batch is called, on every portal and pendrive." example:"MCA 2026"`
	Zone           string      `json:"zone" doc:"IANA name of the campus's time zone." example:"Asia/Kolkata"`
	Policy         policyBody  `json:"policy" doc:"Frozen onto each session when it is opened: a change never rewrites what was held."`
	OnlineIdentity string      `json:"online_identity" enum:"student,roll" doc:"Who may answer an online class's code: a signed-in student, or whoever types a roll and the code."`
	Leaderboard    bool        `json:"leaderboard" doc:"Students may opt in to be ranked."`
	Notices        noticesBody `json:"notices"`
	EditHours      int         `json:"edit_hours" doc:"How long after its end a teacher corrects a session alone; later the office approves. 0: for ever."`
}

type noticesBody struct {
	On        bool `json:"on" doc:"Write to students whose attendance is low. Needs a mail server: see GET /api/admin/mails."`
	MinHeld   int  `json:"min_sessions" doc:"Nobody is warned before so many classes." example:"5"`
	HoldHours int  `json:"hold_hours" doc:"After a class, so that its teacher can correct it first." example:"24"`
	QuietFrom int  `json:"quiet_from" doc:"Hours of the campus's day in which nobody is written to: from." example:"20"`
	QuietTo   int  `json:"quiet_to" doc:"To; the same as from: none." example:"8"`
}

type schoolOutput struct{ Body schoolBody }

type setSchoolInput struct {
	Body struct {
		BatchName *string `json:"batch_name,omitempty"`
		Zone      *string `json:"zone,omitempty"`
		Policy    struct {
			LateAfterMin *int     `json:"late_after_min,omitempty"`
			LateWeight   *float64 `json:"late_weight,omitempty"`
			Minimum      *float64 `json:"minimum,omitempty"`
			Critical     *float64 `json:"critical,omitempty"`
		} `json:"policy,omitempty" required:"false"`
		OnlineIdentity *attendance.OnlineIdentity `json:"online_identity,omitempty" enum:"student,roll"`
		Leaderboard    *bool                      `json:"leaderboard,omitempty"`
		EditHours      *int                       `json:"edit_hours,omitempty"`
		Notices        struct {
			On        *bool `json:"on,omitempty"`
			MinHeld   *int  `json:"min_sessions,omitempty"`
			HoldHours *int  `json:"hold_hours,omitempty"`
			QuietFrom *int  `json:"quiet_from,omitempty"`
			QuietTo   *int  `json:"quiet_to,omitempty"`
		} `json:"notices,omitempty" required:"false"`
	}
}

type doneOutput struct {
	Body struct {
		Message string `json:"message" example:"System configuration updated."`
	}
}

func (d Deps) school(api huma.API) {
	rest.Handle(api, rest.ForPrograms(ofAdmin(huma.Operation{
		OperationID: "get-config", Method: http.MethodGet, Path: "/api/admin/config", Summary: "Read the school's settings", Tags: []string{"School"},
	}), auth.ScopeRoster), d.getConfig)
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "set-config", Method: http.MethodPost, Path: "/api/admin/config", Summary: "Change the school's settings", Tags: []string{"School"},
		Description: "What is left out stays as it is.",
	}), d.setConfig)
}

func (d Deps) getConfig(ctx context.Context, _ *struct{}) (*schoolOutput, error) {
	s, err := d.Service.School(ctx)
	if err != nil {
		return nil, err
	}
	p := s.Policy
	return &schoolOutput{Body: schoolBody{
		BatchName: s.Name, Zone: s.Zone.String(), OnlineIdentity: string(s.Online), Leaderboard: s.Leaderboard, EditHours: s.EditHours,
		Notices: noticesBody(s.Notices),
		Policy:  policyBody{Version: p.Version, LateAfterMin: p.LateAfterMin, LateWeight: p.LateWeight, Minimum: p.Minimum, Critical: p.Critical},
	}}, nil
}

func (d Deps) setConfig(ctx context.Context, in *setSchoolInput) (*doneOutput, error) {
	old, err := d.Service.School(ctx)
	if err != nil {
		return nil, err
	}
	b, now := in.Body, old
	if b.BatchName != nil {
		now.Name = strings.TrimSpace(*b.BatchName)
	}
	if b.Zone != nil {
		if now.Zone, err = attendance.Zone(*b.Zone); err != nil {
			return nil, err
		}
	}
	set(&now.Policy.LateAfterMin, b.Policy.LateAfterMin)
	set(&now.Policy.LateWeight, b.Policy.LateWeight)
	set(&now.Policy.Minimum, b.Policy.Minimum)
	set(&now.Policy.Critical, b.Policy.Critical)
	set(&now.Online, b.OnlineIdentity)
	set(&now.Leaderboard, b.Leaderboard)
	set(&now.EditHours, b.EditHours)
	set(&now.Notices.On, b.Notices.On)
	set(&now.Notices.MinHeld, b.Notices.MinHeld)
	set(&now.Notices.HoldHours, b.Notices.HoldHours)
	set(&now.Notices.QuietFrom, b.Notices.QuietFrom)
	set(&now.Notices.QuietTo, b.Notices.QuietTo)
	if err := now.Check(); err != nil {
		return nil, err
	}
	out := &doneOutput{}
	out.Body.Message = "System configuration updated."
	return out, d.keep(ctx, old, now)
}

// keep stores what changed, if anything did.
func (d Deps) keep(ctx context.Context, old, now attendance.School) error {
	changed, err := old.Changed(now)
	if err != nil || len(changed) == 0 {
		return err
	}
	_, err = d.Office.Change(ctx, func(ctx context.Context, r attendance.Registrar) error {
		for _, e := range changed {
			if err := r.PutSetting(ctx, e); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// set replaces what was given.
func set[T any](field *T, given *T) {
	if given != nil {
		*field = *given
	}
}
