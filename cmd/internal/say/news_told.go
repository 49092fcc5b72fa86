package say

import (
	"strings"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/notify"
)

// newsIn is what the record of a notification tells. It is not ok of every other
// record, and where its body is not at hand.
func newsIn(r journal.Record) (n notify.Notification, ok bool) {
	if !r.IsNews() {
		return n, false
	}
	n, err := notify.Read(r.Answer)
	return n, err == nil
}

// toldBeside is what a notification means, and how that is meant, where its result
// does not say it: a dispute has none, the S of a refund is not the refund's, and that
// of a payment of which the buyer has paid is not final. "" of every other record.
func toldBeside(r journal.Record) (told string, tone term.Tone) {
	n, ok := newsIn(r)
	byResult := map[string]notify.Status{"S": notify.Succeeded, "F": notify.Failed, "U": notify.NotFinal}[n.Result.Status]
	if !ok || n.Kind == notify.KindUnknown || n.Kind != notify.KindPaymentPending && byResult == n.Status {
		return "", term.Plain
	}
	tone = newsTone(n.Status)
	if n.Doubt == notify.Contradiction || n.Doubt == notify.OpenCode || n.Doubt == notify.OtherValues {
		return notFinal(n), tone
	}
	return inPlainWords(n.Meaning()), tone
}

// inPlainWords is a meaning as people read it: "dispute lost".
func inPlainWords(m notify.Meaning) string { return strings.ReplaceAll(string(m), "-", " ") }

// disputeField is what the newest news of a dispute tells, for the head of a timeline;
// empty where there was none.
func disputeField(events []journal.Event) (f term.Field) {
	f.Name = "dispute"
	for _, e := range events {
		n, ok := newsIn(e.Record)
		if !ok || n.Kind != notify.KindDispute {
			continue
		}
		word := map[notify.Meaning]string{
			notify.DisputeOpened: "opened",
			notify.DisputeWon:    "won: you keep the money",
			notify.DisputeLost:   "lost: you pay",
		}[n.Meaning()]
		if word == "" {
			word = notFinal(n)
		}
		if n.Meaning() == notify.DisputeOpened && n.DefenseDueTime != "" {
			word += ", to be answered by " + WhenText(n.DefenseDueTime)
		}
		f.Cell = term.Cell{Text: strings.TrimSpace(word + "  " + Amount(n.Amount)), Tone: newsTone(n.Status)}
	}
	return f
}
