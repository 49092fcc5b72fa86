package say

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// Export writes records whole, an object a line, unless an array is asked for, or
// a part of one.
func Export(p Printer, list []journal.Record, exit ExitOf) error {
	if p.Format == term.JSON || p.Query != "" {
		all := []wholeView{}
		for _, r := range list {
			all = append(all, wholeOf(r, exit))
		}
		return p.ShowOwn(all)
	}
	for _, r := range list {
		text, err := apo.Encode(wholeOf(r, exit))
		if err != nil {
			return err
		}
		_ = p.WriteLines(append(text, '\n'))
		if p.OutputLost() != nil {
			return nil
		}
	}
	return nil
}

// Markdown writes records as a document; whole says that they are those of one
// payment.
func (w Words) Markdown(list []journal.Record, whole bool) string {
	var b strings.Builder
	at := func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.000") }
	if whole {
		aboutPayment(&b, list)
	} else {
		fmt.Fprintf(&b, "# %d calls\n\n", len(list))
	}
	b.WriteString("Times are UTC. Card data is masked.\n\n")
	row(&b, "record", "time", "profile", "what", "amount", "outcome")
	row(&b, "---", "---", "---", "---", "---", "---")
	var events []journal.Event
	if whole {
		events = journal.History(list, w.Now)
	}
	for i, r := range list {
		outcome := StateOf(r)
		if whole {
			outcome = strings.Join(append([]string{eventOf(events[i])}, marked(events[i].Contradictions)...), "; ")
		}
		row(&b, fmt.Sprint(r.ID), at(r.Time), r.Mode+" "+r.Profile, r.Endpoint, Amount(r.Amount), outcome)
	}
	for _, r := range list {
		fmt.Fprintf(&b, "\n## %s, record %d\n\n", cell(r.Endpoint), r.ID)
		facts := []string{at(r.Time), StateOf(r)}
		if r.Timing.Total > 0 {
			facts = append(facts, "took "+r.Timing.Total.Round(time.Millisecond).String())
		}
		if r.Verification != "" {
			facts = append(facts, "answer "+r.Verification)
		}
		b.WriteString(cell(strings.Join(facts, ", ")) + "\n")
		fenced(&b, "request", r.Request)
		fenced(&b, "answer", r.Answer)
	}
	return b.String()
}

func marked(list []journal.Contradiction) (all []string) {
	for _, c := range list {
		all = append(all, "✖ "+contradictionOf(c))
	}
	return all
}

// aboutPayment heads the document of one payment with its numbers.
func aboutPayment(b *strings.Builder, list []journal.Record) {
	var n apo.Numbers
	var card string
	for _, r := range list {
		n = n.Or(r.Numbers)
		card = cmp.Or(card, r.Card)
	}
	fmt.Fprintf(b, "# Payment %s\n\n", cell(cmp.Or(n.PaymentRequestID, n.PaymentID)))
	for _, fact := range [][2]string{
		{"paymentRequestId", n.PaymentRequestID},
		{"paymentId", n.PaymentID},
		{"order", n.ReferenceOrderID},
		{"card", card},
		{"acquirer", n.Acquirer},
		{"acquirer's transaction", n.AcquirerTransactionID},
		{"acquirer's reference", n.AcquirerReferenceID},
		{"card scheme's transaction", n.NetworkTransactionID},
	} {
		if fact[1] != "" {
			fmt.Fprintf(b, "- %s: %s\n", fact[0], cell(fact[1]))
		}
	}
	b.WriteString("\n")
}

func row(b *strings.Builder, cells ...string) {
	for i, c := range cells {
		if c != "---" {
			cells[i] = cell(c)
		}
	}
	b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}
