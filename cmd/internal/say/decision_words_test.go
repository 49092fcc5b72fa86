package say

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
)

// decisions are all that anything explained leads to, by its group and code.
func decisions(t *testing.T) map[string]apo.Decision {
	t.Helper()
	all := map[string]apo.Decision{}
	for _, g := range apo.Groups() {
		for _, e := range apo.Entries(g) {
			all[string(g)+" "+e.Code] = e.Decision
		}
	}
	var own []Explanation
	own = append(own, ExplainedExits()...)
	own = append(own, ExplainedFault(Fault{Stage: "notification"}), ExplainedFault(Fault{}), ExplainedField("x", nil))
	for _, c := range Causes() {
		own = append(own, ExplainedCause(c))
	}
	for _, e := range own {
		all[e.Group+" "+e.Code] = e.Decision
	}
	if len(all) < 250 {
		t.Fatalf("%d decisions", len(all))
	}
	return all
}

// Every part of every decision has words.
func TestEveryDecisionHasWords(t *testing.T) {
	for name, d := range decisions(t) {
		for part, text := range map[string]string{
			"money": moneyWords(d.Money), "request ID": reuseWords(d), "wait": waitWords(d), "buyer": buyerWords(d.Buyer), "next": Words{}.nextStep(d.Next, "ID"),
		} {
			if text == "" {
				t.Errorf("%s: %s is without words: %+v", name, part, d)
			}
		}
	}
}

// What a buyer is told accuses nobody and gives no reason away that is between the bank
// and its customer; where it is open what became of it, nobody is sent to pay again.
func TestWhatTheBuyerIsTold(t *testing.T) {
	accusing := []string{"stolen", "lost", "fraud", "suspect", "misuse", "risk", "black", "criminal", "police", "illegal", "pick up", "insufficient", "too little", "no money", "not charged", "refused you", "balance"}
	for name, d := range decisions(t) {
		text := strings.ToLower(buyerWords(d.Buyer))
		for _, word := range accusing {
			if strings.Contains(text, word) {
				t.Errorf("%s: the buyer is told %q", name, text)
			}
		}
		again := strings.Contains(text, "another card") || strings.Contains(text, "pay again if") || strings.Contains(text, "another way to pay")
		if d.Money == apo.MovedMaybe && again {
			t.Errorf("%s: money may have moved, and the buyer is told %q", name, text)
		}
	}
}

// The exit codes that are explained are those of the topic.
func TestExplainedExitCodesAreThoseOfTheTopic(t *testing.T) {
	var topic string
	for _, one := range Topics() {
		if one.Name == "exit-codes" {
			topic = one.Long
		}
	}
	listed := 0
	for _, c := range exitCodes() {
		row := fmt.Sprintf("\n  %-3d  %-11s  ", c.code, c.kind)
		if strings.Contains(topic, row) {
			listed++
		} else if !strings.Contains(c.meaning, "no code of apo's") {
			t.Errorf("exit code %d, %s, is not in the topic", c.code, c.kind)
		}
		unsent := strings.Contains(c.meaning, "nothing was sent") || strings.Contains(c.meaning, "before anything was sent")
		if unsent != (c.decision.Money == apo.MovedNo && c.decision.RequestID == apo.SameID) {
			t.Errorf("exit code %d: %s, and %+v", c.code, c.meaning, c.decision)
		}
	}
	if listed != 11 {
		t.Errorf("%d codes of the topic are explained, want 11", listed)
	}
}
