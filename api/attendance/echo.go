package attendance

import (
	"bytes"
	"context"
	"fmt"
)

// echo repeats what was answered when these lines were first received. That reply
// may have been lost, and a pendrive that never hears of a corrected time or of a
// mark set aside would show another register than the cloud for ever.
func echo(ctx context.Context, tx Inbound, lines []Fact) ([]Result, error) {
	if len(lines) == 0 {
		return nil, nil
	}
	placed, aside := map[ID]Fact{}, map[ID]Why{}
	for _, session := range sessionsOf(lines) {
		facts, err := tx.Facts(ctx, session, Which{})
		if err != nil {
			return nil, fmt.Errorf("read facts of %s: %w", session, err)
		}
		for _, f := range facts {
			placed[f.ID] = f
		}
	}
	held, err := tx.Held(ctx, idsOf(lines))
	if err != nil {
		return nil, fmt.Errorf("read the inbox: %w", err)
	}
	for _, h := range held {
		aside[h.Fact] = h.Why
	}
	var out []Result
	for _, line := range lines {
		kept, ok := placed[line.ID]
		switch {
		case ok && !bytes.Equal(kept.Body, line.Body) && !kept.SameMark(line):
			out = append(out, Result{Seq: line.Origin.Seq, Code: string(WhyHashConflict)})
		case ok && (kept.Node != line.Node || kept.EffectiveMS != kept.WallMS || kept.Ord != kept.HLC):
			out = append(out, Result{Seq: line.Origin.Seq, Code: CodeAdjusted, EffectiveMS: kept.EffectiveMS, Ord: kept.Ord})
		case !ok && aside[line.ID] != "":
			out = append(out, Result{Seq: line.Origin.Seq, Code: string(aside[line.ID])})
		}
	}
	return out, nil
}

// linesOf decodes lines that were received before. What cannot be read was not read
// then either, and is answered at once.
func (t timing) linesOf(up Upload, sent []Sent) (lines []Fact, unread []Result) {
	for _, l := range readLines(sent) {
		f, _ := t.receive(up, l)
		if f.Why != "" {
			unread = append(unread, Result{Seq: l.Seq, Code: string(f.Why)})
			continue
		}
		lines = append(lines, f)
	}
	return lines, unread
}
