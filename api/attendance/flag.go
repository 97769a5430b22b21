package attendance

import (
	"context"
	"fmt"
	"time"
)

// flagClock tells the office, once a day, of a pendrive whose computer lives in the
// future. Its facts are in their places all the same.
func (s *Service) flagClock(ctx context.Context, tx Inbound, up Upload) error {
	now := s.world.Now()
	ahead := time.Duration(up.Clock.WallMS-now.UnixMilli()) * time.Millisecond
	if ahead <= MaxAhead || up.Clock.WallMS > maxMS {
		return nil
	}
	day := now.UTC().Format(time.DateOnly)
	return s.flag(ctx, tx, up, WhyClockAhead, fmt.Sprintf("its computer's clock is %s ahead", ahead.Round(time.Minute)), []byte(day))
}

// flag leaves a note for the office about a pendrive; the same key leaves one.
func (s *Service) flag(ctx context.Context, tx Inbound, up Upload, why Why, words string, key ...[]byte) error {
	stamp, err := s.clock.Stamp()
	if err != nil {
		return err
	}
	f := Fact{
		ID: Derive(string(why), append(key, up.Node[:])...), Kind: Note, Node: up.Node, Reason: words, Stamp: Stamp{WallMS: stamp.WallMS, HLC: stamp.HLC},
	}
	waits, err := tx.Held(ctx, []ID{f.ID})
	if err != nil || len(waits) > 0 {
		return err
	}
	if err := f.Seal(); err != nil {
		return err
	}
	f.Why, f.Origin = why, Origin{Incarnation: up.Incarnation}
	if _, err := tx.Append(ctx, []Fact{f}); err != nil {
		return fmt.Errorf("leave a note for the office: %w", err)
	}
	return nil
}
