package say

import (
	"encoding/json"
	"strings"

	"github.com/apo-cli/apo/pkg/apo"
)

// ExplainedMessage is an answer or a notification, code by code.
type ExplainedMessage struct {
	Verified bool
	Why      string // what was not verified; empty where it was
	Decision apo.Decision
	ID       string // of what it tells, to ask about; empty: none that can be shown
	Parts    []MessagePart
}

// MessagePart is a code in a message. No meaning: apo does not know it.
type MessagePart struct {
	Path, Value string
	Meaning     *Explanation
}

const (
	unverified = "UNVERIFIED"
	noResult   = "nothing in it is a result"
	unknownYet = "apo does not know it: take nothing from it, and ask what became of the payment"
)

// ExplainMessage writes what a message says.
func (p Printer) ExplainMessage(w Words, m ExplainedMessage) error {
	if p.Structured() {
		object, err := w.messageObject(m)
		if err != nil {
			return err
		}
		return p.ShowOwn(object)
	}
	head := "verified: the signature is that of the profile's Antom key"
	if !m.Verified {
		head = unverified + ": " + m.Why + "; " + noResult
	}
	if err := p.WriteProse(head + "\n\n" + w.decisionLines(m.Decision, m.id()) + "\n"); err != nil {
		return err
	}
	var rows [][]string
	for _, part := range m.Parts {
		meaning := unknownYet
		if part.Meaning != nil {
			meaning = part.Meaning.Meaning
		}
		rows = append(rows, []string{part.Path, part.Value, meaning})
	}
	if err := p.WriteTable([]string{"in it", "value", "meaning"}, rows); err != nil {
		return err
	}
	if m.raw() {
		p.Note("raw codes differ per acquirer; the resultCode beside them decides")
	}
	return nil
}

func (m ExplainedMessage) id() string {
	if m.ID == "" {
		return "ID"
	}
	return m.ID
}

// raw reports whether any code in it was handed through.
func (m ExplainedMessage) raw() bool {
	for _, part := range m.Parts {
		if part.Meaning != nil && apo.Group(part.Meaning.Group).IsRaw() {
			return true
		}
	}
	return false
}

func (w Words) messageObject(m ExplainedMessage) (json.RawMessage, error) {
	facts := []fact{{"verified", m.Verified}}
	if !m.Verified {
		facts = append(facts, fact{"unverified", m.Why + "; " + noResult})
	}
	decided := w.decided(m.Decision)
	decided[len(decided)-1].value = w.nextStep(m.Decision.Next, m.id())
	facts = append(facts, decided...)
	list := []json.RawMessage{}
	for _, part := range m.Parts {
		one := []fact{{"path", part.Path}, {"value", part.Value}, {"known", part.Meaning != nil}}
		if part.Meaning == nil {
			one = append(one, fact{"meaning", unknownYet})
		} else {
			one = append(one, fact{"group", part.Meaning.Group}, fact{"meaning", part.Meaning.Meaning})
			one = append(one, w.decided(part.Meaning.Decision)...)
		}
		object, err := members(one)
		if err != nil {
			return nil, err
		}
		list = append(list, object)
	}
	return members(append(facts, fact{"parts", list}))
}

// NotVerifiedMessage ends a run that explained a message whose signature does not verify.
func (w Words) NotVerifiedMessage(m ExplainedMessage) *Failure {
	f := Fail(Signature, "%s: %s; %s", strings.ToLower(unverified), m.Why, noResult)
	return f.Hint("apo verify-notify says why: give it the same message")
}
