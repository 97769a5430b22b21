package attendance

import "context"

// Settle looks again at what waited in the inbox for a session that is known by
// now, and returns how many facts found their place. What still has none says why.
func (s *Service) Settle(ctx context.Context, tx Inbound, session ID) (int, error) {
	waiting, err := tx.Waiting(ctx, session)
	if err != nil || len(waiting) == 0 {
		return 0, err
	}
	var facts, renamed []Fact
	for _, w := range waiting {
		f := w
		f.Why = ""
		batch := []Fact{f}
		if _, err := resolve(ctx, tx, f.Node, batch); err != nil {
			return 0, err
		}
		switch why := batch[0].Why; why {
		case "":
			facts = append(facts, f)
		case w.Why:
		default:
			if err := tx.Rename(ctx, w, why); err != nil {
				return 0, err
			}
			renamed = append(renamed, batch[0])
		}
	}
	if err := s.follow(ctx, tx, renamed); err != nil {
		return 0, err
	}
	if len(facts) == 0 {
		return 0, nil
	}
	if _, err := merge(ctx, tx, facts); err != nil {
		return 0, err
	}
	return len(facts), tx.Placed(ctx, idsOf(facts))
}

func idsOf(facts []Fact) []ID {
	ids := make([]ID, len(facts))
	for i, f := range facts {
		ids[i] = f.ID
	}
	return ids
}

// isReading reports whether it was kept aside as what it says it is: then a scan that
// another server heard as well is dealt with too.
func (k KeptAside) isReading() bool {
	return k.Why != "" && k.Why != WhyHashConflict && k.Why != WhyPoison
}

// asRuled leaves what comes again where a person put it, and gives what still waits
// the reason for which it waits now.
func asRuled(ctx context.Context, tx Inbound, facts []Fact) error {
	held, err := tx.Held(ctx, idsOf(facts))
	if err != nil || len(held) == 0 {
		return err
	}
	for i := range facts {
		f := &facts[i]
		for _, h := range held {
			switch {
			case h.Fact != f.ID || h.Sum != f.Sum() && (!h.Ruled || !h.isReading() || !f.IsReading()):
			case h.Ruled:
				f.Why = h.Why
			case f.Why != "" && f.Why != h.Why:
				was := *f
				was.Why = h.Why
				if err := tx.Rename(ctx, was, f.Why); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
