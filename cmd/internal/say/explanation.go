package say

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
)

// Explanation is one meaning of what somebody asks about, as a decision.
type Explanation struct {
	Group    string   // "code"
	Code     string   // "DO_NOT_HONOR"
	Names    []string // others of the same, such as the kind of an exit code
	Meaning  string   // a lower-case phrase
	Decision apo.Decision
	Do       string   // what to do next, a lower-case phrase; empty: the decision says all
	Provisos []string // when it is otherwise
	Source   string

	status string // of a result code: "F"
	facts  []fact // that its group alone has
	prose  string // what stands below, in paragraphs
	also   string // words by which it is found
}

// fact is a member of a JSON object.
type fact struct {
	name  string
	value any
}

// members writes an object in this order, without what is empty.
func members(facts []fact) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for _, f := range facts {
		if f.value == "" {
			continue
		}
		value, err := apo.Encode(f.value)
		if err != nil {
			return nil, err
		}
		name, _ := json.Marshal(f.name)
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(bytes.TrimSpace(value))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// decided are the members of a decision.
func (w Words) decided(d apo.Decision) []fact {
	final := map[apo.Finality]any{apo.Final: true, apo.StillOpen: false, apo.FinalNotSaid: nil}
	return []fact{
		{"money", string(d.Money)},
		{"final", final[d.Final]},
		{"requestId", string(d.RequestID)},
		{"wait", string(d.Wait)},
		{"buyer", buyerWords(d.Buyer)},
		{"next", w.nextStep(d.Next, "ID")},
	}
}

// Object is an explanation as JSON; others are the other meanings of the same word.
func (w Words) Object(e Explanation, others []Explanation) (json.RawMessage, error) {
	facts := []fact{{"group", e.Group}, {"code", e.Code}, {"resultStatus", e.status}, {"meaning", e.Meaning}}
	facts = append(facts, w.decided(e.Decision)...)
	facts = append(facts, fact{"action", e.Do})
	facts = append(facts, e.facts...)
	if len(e.Provisos) > 0 {
		facts = append(facts, fact{"provisos", e.Provisos})
	}
	facts = append(facts, fact{"source", e.Source})
	if len(others) > 0 {
		var list []json.RawMessage
		for _, o := range others {
			one, err := w.Object(o, nil)
			if err != nil {
				return nil, err
			}
			list = append(list, one)
		}
		facts = append(facts, fact{"others", list})
	}
	return members(facts)
}

// Explain writes all meanings of a word, the likeliest first. There is one at least.
func (p Printer) Explain(w Words, list []Explanation) error {
	if p.Structured() {
		one, err := w.Object(list[0], list[1:])
		if err != nil {
			return err
		}
		return p.ShowOwn(one)
	}
	var b strings.Builder
	for i, e := range list {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(w.inProse(e, len(list) > 1))
	}
	return p.WriteProse(b.String())
}

// inProse is an explanation for people.
func (w Words) inProse(e Explanation, grouped bool) string {
	var b strings.Builder
	if grouped || e.Group != "code" && e.Group != "cause" && e.Group != "fault" {
		b.WriteString(e.Group + " ")
	}
	b.WriteString(e.Code)
	if e.status != "" {
		b.WriteString(" (" + e.status + ")")
	}
	b.WriteString(": " + e.Meaning + "\n\n" + w.decisionLines(e.Decision, "ID"))
	if e.Do != "" {
		b.WriteString(line("do", e.Do))
	}
	for _, proviso := range e.Provisos {
		b.WriteString("\n" + term.Wrap(proviso+".", 80))
	}
	if e.prose != "" {
		b.WriteString("\n" + e.prose)
	}
	if e.Source != "" {
		b.WriteString("\n" + term.Wrap("Source: "+e.Source+".", 80))
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// decisionLines are the six answers, a line each.
func (w Words) decisionLines(d apo.Decision, id string) string {
	final := map[apo.Finality]string{apo.Final: "yes: nothing that comes later changes it", apo.StillOpen: "no: what became of it is still to come", apo.FinalNotSaid: "this says nothing of it"}
	return line("money", moneyWords(d.Money)) + line("final", final[d.Final]) + line("request ID", reuseWords(d)) +
		line("wait", waitWords(d)) + line("buyer", buyerWords(d.Buyer)) + line("next", w.nextStep(d.Next, id))
}

func line(name, text string) string { return "  " + term.Padded(name, 10) + "  " + text + "\n" }

// ExplainedCode explains a result code.
func ExplainedCode(c apo.Code) Explanation {
	d, _ := apo.Decide(c.Name)
	e := Explanation{Group: string(apo.GroupCode), Code: c.Name, Meaning: c.Meaning, Decision: d, Do: c.Action, Source: apo.GroupCode.Source(), status: c.Status}
	switch {
	case c.Status == "S":
		e.Provisos = append(e.Provisos, "As the result of an inquiry it says nothing of the payment or refund that was asked for: paymentStatus or refundStatus does")
	case c.Caller:
		e.Provisos = append(e.Provisos, "Where the answer is not signed it proves nothing: money may have moved, so ask before the request is repeated")
	case d.RequestID == apo.SameID && d.Wait == "15s":
		e.Provisos = append(e.Provisos, "After a sending whose answer was lost it counts only when three inquiries, the last at least 45 s after the sending, find nothing; until then money may have moved")
	case c.Status == "F" && d.Money == apo.MovedNo:
		e.Provisos = append(e.Provisos, "It counts in an answer that verifies, of a request that had no earlier try; otherwise ask first")
	}
	if len(c.APIs) > 0 {
		e.facts = append(e.facts, fact{"apis", c.APIs})
		e.prose = term.Wrap("Documented for "+strings.Join(c.APIs, ", ")+".", 80)
	}
	return e
}

// ExplainedEntry explains a code or a word of any table.
func ExplainedEntry(e apo.Entry) Explanation {
	if e.Group == apo.GroupCode {
		code, _ := apo.Lookup(e.Code)
		return ExplainedCode(code)
	}
	of := e.Of
	if of == "" {
		of = strings.Join(e.Group.Fields(), ", ")
	}
	out := Explanation{Group: string(e.Group), Code: e.Code, Meaning: e.Meaning, Decision: e.Decision, Source: e.Group.Source(), facts: []fact{{"of", of}}}
	if e.Of != "" {
		out.prose = term.Wrap("A value of "+of+".", 80)
	}
	if e.Group.IsRaw() {
		out.Provisos = []string{differs}
	}
	return out
}

const differs = "Raw codes differ per acquirer: APO hands them through as the acquirer gave them, and the same one may mean something else at another. The resultCode beside it decides"
