package routing

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// Event is what a decision is about.
type Event struct {
	On        string // Received or Failed
	RequestID string // paymentRequestId, which decides splits

	// Request is the body of the pay request, strict JSON. Where it is gone, Kept is what
	// [Rules.Keep] kept of it.
	Request string
	Kept    map[string]string

	CardBrand, CardBin, IssuingCountry string // "" where they are not known

	// Of Failed.
	ResultCode string
	Acquirer   string   // that declined
	Route      []string // that the payment has
	Tried      []string // acquirers that were tried, the last one too
}

// Decision is where a payment goes.
type Decision struct {
	Rule     string   // that decided; "" none fits
	Branch   string   // of its split; "" where it has none
	Route    []string // in their order; not to be changed
	Acquirer string   // to be tried now; "" none: no rule fits, or each of the route was tried
}

// Decide finds out where a payment goes. The same rules, seed and event give the same
// decision. It may be called from many goroutines, and takes no memory.
func (r *Rules) Decide(seed [32]byte, e *Event) (d Decision) {
	var w walk
	r.read(&w, e)
	for i := range r.list {
		rule := &r.list[i]
		if rule.on != e.On || !rule.holds(&w.to, r.currency) {
			continue
		}
		return rule.decide(seed, e)
	}
	return d
}

func (r *rule) holds(v *values, currency int) bool {
	for i := range r.when {
		if !r.when[i].holds(v, currency) {
			return false
		}
	}
	return true
}

// decide is the decision of a rule that holds.
func (r *rule) decide(seed [32]byte, e *Event) Decision {
	d := Decision{Rule: r.name, Route: r.route}
	if len(r.split) > 0 {
		b := r.branch(point(seed, r.name, e.RequestID))
		d.Branch, d.Route = b.name, b.route
	} else if r.route == nil {
		d.Route = e.Route
	}
	for _, acquirer := range d.Route {
		if e.On == Received || !slices.Contains(e.Tried, acquirer) {
			d.Acquirer = acquirer
			break
		}
	}
	return d
}

// branch is the one at a point of the split.
func (r *rule) branch(at int) *branch {
	for i := range r.split {
		if at -= r.split[i].share; at < 0 {
			return &r.split[i]
		}
	}
	return &r.split[len(r.split)-1]
}

// all of a split, in hundredths of a percent.
const all = 100_00

// point is where a payment stands in the split of a rule, from 0 to all.
func point(seed [32]byte, rule, requestID string) int {
	var room [256]byte
	text := append(room[:0], seed[:]...)
	text = append(text, rule...)
	text = append(text, '\n')
	text = append(text, requestID...)
	sum := sha256.Sum256(text)
	return int(binary.BigEndian.Uint64(sum[:8]) % all)
}

// read finds the values that the rules ask for.
func (r *Rules) read(w *walk, e *Event) {
	v := &w.to
	v[slotBrand], v[slotBin], v[slotCountry] = e.CardBrand, e.CardBin, e.IssuingCountry
	v[slotCode], v[slotAcquirer] = e.ResultCode, e.Acquirer
	switch {
	case e.Kept != nil:
		for i, path := range r.paths {
			v[firstPath+i] = e.Kept[path]
		}
	case len(r.paths) > 0:
		w.text, w.left = e.Request, len(r.paths)
		w.value(r.tree, 0)
	}
}

// Keep is what has to be kept of a pay request so that it can be decided about when the
// request is gone: the values that rules on payment.failed ask for, by their paths. It
// is nil where nothing has to be.
func (r *Rules) Keep(request string) map[string]string {
	var w walk
	r.read(&w, &Event{Request: request})
	v := &w.to
	var kept map[string]string
	for i := range r.list {
		for _, c := range r.list[i].when {
			if r.list[i].on != Failed || c.slot < firstPath {
				continue
			}
			if kept == nil {
				kept = map[string]string{}
			}
			for _, slot := range []int{c.slot, r.currency} {
				if (slot == c.slot || c.currency != "") && v[slot] != "" {
					kept[r.paths[slot-firstPath]] = v[slot]
				}
			}
		}
	}
	return kept
}
