package attendance

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"
)

// School is what the office decides for everybody. Each field is a setting of its
// own; one that was never set, or that nobody can read, has its default.
type School struct {
	Name        string
	Zone        *time.Location // of the campus: whose midnight ends a day
	Policy      Policy         // frozen onto each session when it is opened
	Online      OnlineIdentity
	Leaderboard bool // students may opt in to be ranked
	EditHours   int  // how long after its end a teacher corrects a session alone; 0: for ever
	Notices     NoticeRules
}

// OnlineIdentity is how a student proves who answers the code of an online class.
type OnlineIdentity string

// Ways to answer a code.
const (
	ByStudent OnlineIdentity = "student" // signed in
	ByRoll    OnlineIdentity = "roll"    // university roll and code, as the original did
)

// Unnamed is a school until the office names it, as the original called it.
const Unnamed = "My Classroom Pod"

const (
	defaultEditHours = 72
	maxEditHours     = 24 * 366
	maxSchoolName    = 120
)

// The keys of the settings; pendrives get those that a classroom needs.
const (
	nameKey        = "batch_name"
	zoneKey        = "zone"
	policyKey      = "policy"
	onlineKey      = "online_identity"
	leaderboardKey = "leaderboard"
	editKey        = "edit_hours"
	noticesKey     = "notices"
)

// School reads the settings.
func (s *Service) School(ctx context.Context) (School, error) {
	var out School
	err := s.store.View(ctx, func(ctx context.Context, tx Tx) (err error) {
		out, err = s.school(ctx, tx)
		return err
	})
	return out, err
}

func (s *Service) school(ctx context.Context, tx Tx) (School, error) {
	raw, err := tx.Settings(ctx)
	if err != nil {
		return School{}, fmt.Errorf("read the school's settings: %w", err)
	}
	out := School{
		Name: Unnamed, Zone: s.rules.Zone, Policy: s.rules.Policy, Online: ByStudent, EditHours: defaultEditHours,
		Notices: DefaultNoticeRules(),
	}
	var zone string
	read(raw, nameKey, &out.Name)
	read(raw, zoneKey, &zone)
	read(raw, policyKey, &out.Policy)
	read(raw, onlineKey, &out.Online)
	read(raw, leaderboardKey, &out.Leaderboard)
	read(raw, editKey, &out.EditHours)
	read(raw, noticesKey, &out.Notices)
	if out.Notices.check() != nil {
		out.Notices = DefaultNoticeRules()
	}
	out.Policy = out.Policy.orDefault()
	if z, err := location(zone); zone != "" && err == nil {
		out.Zone = z
	}
	return out, nil
}

// read leaves the default where a setting is missing or nobody can read it: a
// class is held whatever the office typed.
func read[T any](raw map[string]json.RawMessage, key string, into *T) {
	var v T
	if b, ok := raw[key]; ok && json.Unmarshal(b, &v) == nil {
		*into = v
	}
}

// Check refuses what no school can want, in the words of the settings.
func (s School) Check() error {
	if _, err := text(nameKey, s.Name); err != nil {
		return err
	}
	p := s.Policy
	switch {
	case s.Name == "":
		return Invalid{Field: nameKey, Why: "cannot be empty: type what the school is called"}
	case len([]rune(s.Name)) > maxSchoolName:
		return Invalid{Field: nameKey, Why: fmt.Sprintf("may have %d characters", maxSchoolName)}
	case s.Online != ByStudent && s.Online != ByRoll:
		return Invalid{Field: onlineKey, Why: `must be "student" or "roll"`}
	case s.EditHours < 0 || s.EditHours > maxEditHours:
		return Invalid{Field: editKey, Why: fmt.Sprintf("must be between 0 (for ever) and %d", maxEditHours)}
	case p.LateAfterMin < 0 || p.LateAfterMin > 24*60:
		return Invalid{Field: policyKey + ".late_after_min", Why: "must be between 0 (nobody is late) and 1440"}
	case !(p.LateWeight >= 0 && p.LateWeight <= 1):
		return Invalid{Field: policyKey + ".late_weight", Why: "must be between 0 and 1"}
	case !(p.Minimum >= 0 && p.Minimum <= 100):
		return Invalid{Field: policyKey + ".minimum", Why: "must be between 0 and 100"}
	case !(p.Critical >= 0 && p.Critical <= p.Minimum):
		return Invalid{Field: policyKey + ".critical", Why: "must be between 0 and the minimum"}
	}
	return s.Notices.check()
}

// Changed are the settings in which two schools differ. A policy that changed has
// the next version.
func (s School) Changed(to School) ([]SettingEntry, error) {
	if to.Policy.Version = s.Policy.Version; to.Policy != s.Policy {
		to.Policy.Version++
	}
	var out []SettingEntry
	for _, f := range []struct {
		key      string
		old, now any
		travels  bool
	}{
		{nameKey, s.Name, to.Name, true},
		{zoneKey, s.Zone.String(), to.Zone.String(), true},
		{policyKey, s.Policy, to.Policy, true},
		{onlineKey, s.Online, to.Online, false},
		{leaderboardKey, s.Leaderboard, to.Leaderboard, false},
		{editKey, s.EditHours, to.EditHours, true},
		{noticesKey, s.Notices, to.Notices, false},
	} {
		if f.old == f.now {
			continue
		}
		raw, err := json.Marshal(f.now)
		if err != nil {
			return nil, fmt.Errorf("encode setting %s: %w", f.key, err)
		}
		out = append(out, SettingEntry{Key: f.key, Value: raw, Travels: f.travels})
	}
	return out, nil
}

// Zone finds a time zone by its IANA name.
func Zone(name string) (*time.Location, error) {
	z, err := location(name)
	if err != nil || name == "" || name == "Local" {
		return nil, Invalid{Field: zoneKey, Why: fmt.Sprintf("%q is not a time zone: write one such as Asia/Kolkata", clip(name))}
	}
	return z, nil
}

// zones are those looked up already: finding one reads a file.
var zones sync.Map // name: *time.Location

func location(name string) (*time.Location, error) {
	if z, ok := zones.Load(name); ok {
		return z.(*time.Location), nil
	}
	z, err := time.LoadLocation(name)
	if err == nil {
		zones.Store(name, z)
	}
	return z, err
}
