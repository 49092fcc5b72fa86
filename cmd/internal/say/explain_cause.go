package say

import (
	"strings"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/diagnose"
)

// The groups of what apo and its sandbox name themselves.
const (
	GroupCause = "cause"
	GroupFault = "fault"
)

// Causes are those for which a message does not count: what a diagnosis finds, and what
// a listener says of a message that it did not diagnose.
func Causes() []diagnose.Description {
	var list []diagnose.Description
	for _, c := range diagnose.Causes() {
		if about, known := diagnose.Describe(c); known {
			list = append(list, about)
		}
	}
	return append(list, listenersCauses()...)
}

func listenersCauses() []diagnose.Description {
	return []diagnose.Description{
		{
			Cause:   "not-examined",
			Summary: "the signature does not verify, and why was not looked for",
			Example: "a message among many that do not verify, or one that came as the listener ended",
			Why:     "A diagnosis takes time, and a stream of messages that do not verify must not keep a listener from those that do. What came while others were being diagnosed, and what came as the listener was ending, is refused without one. It was not acknowledged, so APO sends its own again.",
			Repair:  "Give the message by itself: save it with its headers and run apo verify-notify --http FILE, which looks for the cause as long as it takes.",
		},
		{
			Cause:   "unreadable",
			Summary: "the signature verifies, and the body is not strict JSON",
			Example: `{"result":{…},"result":{…}}   : two members of one name`,
			Why:     "Readers of JSON disagree about a body with a name twice, with broken text or with something behind its end: what one takes for a success another takes for a failure.",
			Repair:  "Do not act upon it. Ask what became of the payment with apo inquire ID, and give the message to Antom's support.",
		},
	}
}

// ExplainedCause says how a cause comes about and how it is repaired.
func ExplainedCause(c diagnose.Description) Explanation {
	d := apo.Decision{Money: apo.MovedMaybe, Final: apo.StillOpen, RequestID: apo.SameID, Wait: apo.WaitKnown, Buyer: apo.BuyerChecked, Next: apo.StepInquire}
	if c.Cause == "not-examined" {
		d.Next = apo.StepVerify
	}
	e := Explanation{Group: GroupCause, Code: string(c.Cause), Meaning: c.Summary, Decision: d, also: c.Why + " " + c.Repair + " " + c.Sender}
	e.Provisos = []string{"Nothing in a message counts whose signature does not verify, whatever it says"}
	if c.Cause == "unreadable" {
		e.Provisos = []string{"Nothing in it counts, for readers would disagree about what it says"}
	}
	var b strings.Builder
	b.WriteString("  given for signed   " + c.Example + "\n\n")
	b.WriteString(term.Wrap(c.Why, 80) + "\n")
	b.WriteString(term.Wrap("Who verifies: "+c.Repair, 80) + "\n")
	if c.Sender != "" {
		b.WriteString(term.Wrap("Who signs: "+c.Sender, 80) + "\n")
	}
	e.facts = []fact{{"cause", string(c.Cause)}, {"summary", c.Summary}, {"example", c.Example}, {"why", c.Why}, {"repair", c.Repair}, {"repairOfTheSender", c.Sender}}
	if snippets := snippetsFor(c.Cause); len(snippets) > 0 {
		code := map[string]string{}
		b.WriteString("\n")
		for _, s := range snippets {
			code[s.framework] = s.code
			b.WriteString("  " + term.Padded(s.framework, 8) + "  " + s.code + "\n")
		}
		e.facts = append(e.facts, fact{"snippets", code})
	}
	e.prose = b.String()
	return e
}

// Fault is one that the sandbox can play.
type Fault struct {
	Name    string // "cut-after-commit"
	Stage   string // "connection"
	APIs    string // "any", "moving", "notify", or names of APIs
	Meaning string
	Advice  string
}

// ExplainedFault says what a correct integration does about a fault.
func ExplainedFault(f Fault) Explanation {
	d := apo.Decision{Money: apo.MovedMaybe, Final: apo.StillOpen, RequestID: apo.SameID, Wait: apo.WaitKnown, Buyer: apo.BuyerChecked, Next: apo.StepInquire}
	if f.Stage == "notification" {
		d = apo.Decision{Money: apo.MovedNotSaid, Final: apo.FinalNotSaid, RequestID: apo.NeitherID, Wait: apo.WaitNone, Buyer: apo.BuyerNothing, Next: apo.StepTimeline}
	}
	return Explanation{
		Group: GroupFault, Code: f.Name, Meaning: f.Meaning, Decision: d, also: f.Advice,
		facts: []fact{{"fault", f.Name}, {"stage", f.Stage}, {"apis", f.APIs}, {"advice", f.Advice}},
		prose: "  stage      " + f.Stage + "\n  given for  " + f.givenFor() + "\n\n" + term.Wrap(f.Advice, 80),
	}
}

// givenFor says in words for which requests a fault can be given.
func (f Fault) givenFor() string {
	switch f.APIs {
	case "any":
		return "any request"
	case "moving":
		return "requests that move money"
	case "notify":
		return "notifications"
	}
	return f.APIs
}

// ListFaults writes a line for each fault.
func (p Printer) ListFaults(list []Fault) error {
	type row struct {
		Fault   string `json:"fault"`
		Stage   string `json:"stage"`
		APIs    string `json:"apis"`
		Meaning string `json:"meaning"`
	}
	var rows []row
	var table [][]string
	for _, f := range list {
		rows = append(rows, row{f.Name, f.Stage, f.APIs, f.Meaning})
		table = append(table, []string{f.Name, f.Stage, f.Meaning})
	}
	if p.WantsJSON() {
		return p.ShowOwn(rows)
	}
	return p.WriteTable([]string{"fault", "stage", "meaning"}, table)
}
