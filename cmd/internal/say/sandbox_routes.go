package say

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/routing"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// RouteView tells where a pay request goes, as scripts see it.
type RouteView struct {
	RequestID string      `json:"paymentRequestId"`
	From      string      `json:"from"`     // "file", "state" or "none": where the rules are from
	Rule      string      `json:"rule"`     // that chose; "" none fits
	Branch    string      `json:"branch"`   // of its split; "" where it has none
	Route     []string    `json:"route"`    // acquirers in their order
	Acquirer  string      `json:"acquirer"` // that is tried first
	Steps     []RouteStep `json:"steps"`
}

// RouteStep is one decision.
type RouteStep struct {
	On         string        `json:"on"`
	Declined   string        `json:"declined,omitempty"`   // the acquirer that declined
	ResultCode string        `json:"resultCode,omitempty"` // with which
	Rule       string        `json:"rule"`
	Branch     string        `json:"branch"`
	Route      []string      `json:"route"`
	Acquirer   string        `json:"acquirer"` // that is tried now; "" none is left
	Rules      []RouteReason `json:"rules"`
}

// RouteReason is why a rule chose, or did not.
type RouteReason struct {
	Rule       string           `json:"rule"`
	Line       int              `json:"line"`
	Verdict    string           `json:"verdict"` // "chosen", "fits-too" or "does-not-fit"
	Conditions []RouteCondition `json:"conditions"`
	Split      []RouteBranch    `json:"split,omitempty"`
}

// RouteCondition is a condition held against the request.
type RouteCondition struct {
	Field string   `json:"field"`
	Op    string   `json:"op"`
	Value []string `json:"value"`
	Has   string   `json:"has"` // what the request has; "" nothing
	Holds bool     `json:"holds"`
}

// RouteBranch is a part of a split.
type RouteBranch struct {
	Name    string   `json:"name"`
	Percent string   `json:"percent"`
	Route   []string `json:"route"`
	Chosen  bool     `json:"chosen"`
}

// RouteOf is the view of an answer. What the request has is masked.
func RouteOf(a sandbox.RouteAnswer, from string, mask apo.Masker) RouteView {
	v := RouteView{RequestID: mask.ID(a.RequestID), From: from, Route: a.Route, Acquirer: a.Acquirer, Steps: []RouteStep{}}
	for i, s := range a.Steps {
		if i == 0 {
			v.Rule, v.Branch = s.Rule, s.Branch
		}
		step := RouteStep{
			On: s.On, Declined: s.Declined, ResultCode: s.ResultCode, Rule: s.Rule, Branch: s.Branch,
			Route: append([]string{}, s.Route...), Acquirer: s.Acquirer, Rules: []RouteReason{},
		}
		for _, r := range s.Rules {
			step.Rules = append(step.Rules, reasonOf(r, mask))
		}
		v.Steps = append(v.Steps, step)
	}
	return v
}

func reasonOf(r routing.Verdict, mask apo.Masker) RouteReason {
	v := RouteReason{Rule: r.Rule, Line: r.Line, Verdict: "does-not-fit", Conditions: []RouteCondition{}}
	switch {
	case r.Chosen:
		v.Verdict = "chosen"
	case r.Holds:
		v.Verdict = "fits-too"
	}
	for _, c := range r.Conditions {
		v.Conditions = append(v.Conditions, RouteCondition{c.Field, c.Op, append([]string{}, c.Wanted...), mask.Text(c.Value), c.Holds})
	}
	for _, b := range r.Branches {
		v.Split = append(v.Split, RouteBranch(b))
	}
	return v
}

// Route shows where a pay request goes, and why.
func (p Printer) Route(v RouteView) error {
	if p.WantsJSON() {
		return p.ShowOwn(v)
	}
	var rows [][]term.Cell
	for _, s := range v.Steps {
		event := s.On
		if s.Declined != "" {
			event = s.Declined + ": " + s.ResultCode
		}
		for _, r := range s.Rules {
			rows = append(rows, []term.Cell{{Text: event}, {Text: r.Rule}, verdictOf(r), {Text: whyOf(r, s.Rules)}})
		}
		rows = append(rows, []term.Cell{{Text: event}, {Text: "→"}, {Text: cmp.Or(s.Acquirer, "nobody"), Tone: toneOfNext(s)}, {Text: nextOf(s, v.From)}})
	}
	return p.WriteCells([]string{"event", "rule", "", "why"}, rows)
}

func toneOfNext(s RouteStep) term.Tone {
	if s.Acquirer == "" {
		return term.Failure
	}
	return term.Success
}

func verdictOf(r RouteReason) term.Cell {
	switch r.Verdict {
	case "chosen":
		return term.Cell{Text: "chosen", Tone: term.Success}
	case "fits-too":
		return term.Cell{Text: "fits too"}
	}
	return term.Cell{Text: "does not fit"}
}

// whyOf says why a rule of several chose, or did not.
func whyOf(r RouteReason, all []RouteReason) string {
	var why []string
	switch r.Verdict {
	case "fits-too":
		chosen := slices.IndexFunc(all, func(r RouteReason) bool { return r.Verdict == "chosen" })
		return all[chosen].Rule + " stands before it"
	case "chosen":
		for _, c := range r.Conditions {
			why = append(why, heldInWords(c))
		}
		if len(why) == 0 {
			why = []string{"it has no condition"}
		}
		for _, b := range r.Split {
			share := b.Percent + " % " + b.Name
			if b.Chosen {
				share += " ←"
			}
			why = append(why, share)
		}
	default:
		for _, c := range r.Conditions {
			if !c.Holds {
				why = append(why, heldInWords(c))
			}
		}
	}
	return strings.Join(why, "; ")
}

// heldInWords says what a request has, and what a condition wants: "cardBrand is VISA, wanted in VISA, JCB".
func heldInWords(c RouteCondition) string {
	has := c.Field + " is " + c.Has
	if c.Has == "" {
		has = "there is no " + c.Field
	}
	return strings.TrimSpace(fmt.Sprintf("%s, wanted %s %s", has, c.Op, strings.Join(c.Value, ", ")))
}

// nextOf says how a step goes on. from is where the rules are from.
func nextOf(s RouteStep, from string) string {
	switch {
	case from == "none":
		return "there are no rules: by weight, or at random"
	case s.Rule == "" && s.On == routing.Failed:
		return "no rule fits: the payment has failed"
	case s.Rule == "":
		return "no rule fits: by weight, or at random"
	case s.Acquirer == "":
		return "each of the route has declined: the payment has failed"
	}
	route := "of the route " + strings.Join(s.Route, ", ")
	if s.Branch != "" {
		route += " of " + s.Branch
	}
	return route
}

// sandboxRouting tells how a payment was routed, where rules did it.
func (p Printer) sandboxRouting(paid sandbox.Payment) []term.Field {
	if paid.Routing == nil {
		return nil
	}
	var tried []string
	for _, t := range paid.Routing.Tries {
		tried = append(tried, t.Acquirer+": "+t.Code+", then by rule "+t.Rule)
	}
	return []term.Field{
		{Name: "routing rule", Cell: term.Cell{Text: cmp.Or(paid.Routing.Rule, "none fitted")}},
		{Name: "route", Cell: term.Cell{Text: strings.Join(paid.Routing.Route, ", ")}},
		{Name: "tried before", Cell: term.Cell{Text: strings.Join(tried, "; ")}},
	}
}
