package diagnose

import (
	"context"
	"iter"
	"slices"
)

// findLike looks for a content that differs from what was given as those of other
// messages did.
func (c *examination) findLike(ctx context.Context, limit int64) *hit {
	if len(c.hints.Like) == 0 {
		return nil
	}
	changes, bodies := headChanges(c.message, c.hints, 2), bodyCandidates(c.message.Body, c.hints, 2)
	return c.search.run(ctx, c.search.like(c.hints.Like, changes, bodies), limit)
}

// like are the contents that differ from what was given as those of other messages
// did: first in the very same way, then by the same causes.
func (s *search) like(messages [][]Fault, changes []*change, candidates []candidate) iter.Seq[job] {
	return func(yield func(job) bool) {
		for _, alike := range []func(a, b Fault) bool{
			func(a, b Fault) bool { return a.Cause == b.Cause && a.What == b.What },
			func(a, b Fault) bool { return a.Cause == b.Cause },
		} {
			for _, faults := range messages {
				heads := s.headsLike(faults, changes, alike)
				for _, c := range s.bodiesLike(faults, candidates, alike) {
					if !yield(job{c, heads, false}) {
						return
					}
				}
			}
		}
	}
}

// headsLike are heads with the faults of another one.
func (s *search) headsLike(faults []Fault, changes []*change, alike func(a, b Fault) bool) []head {
	heads := s.alike()
	for _, f := range faults {
		var same []*change
		for _, c := range changes {
			if c.fault.Part == f.Part && alike(c.fault, f) {
				same = append(same, c)
			}
		}
		before := heads
		for _, h := range before {
			for _, c := range same {
				if len(heads) < someHeads && h.changes[1] == nil && (h.changes[0] == nil || h.changes[0].part != c.part) {
					heads = append(heads, h.with(c))
				}
			}
		}
	}
	return heads
}

// bodiesLike are the given body and those with the faults of another one. What
// differs where JSON was written in another way is not known before it is compared.
func (s *search) bodiesLike(faults []Fault, candidates []candidate, alike func(a, b Fault) bool) []candidate {
	list := []candidate{s.body}
	if !slices.ContainsFunc(faults, func(f Fault) bool { return f.Part == "body" }) {
		return list
	}
	for _, c := range candidates {
		if c.json || slices.ContainsFunc(faults, func(f Fault) bool { return f.Part == "body" && alike(c.fault, f) }) {
			list = append(list, c)
		}
	}
	return list
}
