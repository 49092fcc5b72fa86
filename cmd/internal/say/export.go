package say

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/tidwall/gjson"

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
		if p.WriteLines(append(text, '\n')) != nil {
			return nil // the reader went away
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
			outcome = strings.Join(append([]string{EventOf(events[i])}, marked(events[i].Contradictions)...), "; ")
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
		all = append(all, "✖ "+Contradiction(c))
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

// cell makes text from outside harmless in a Markdown document, and on the
// terminal of whoever reads that: nothing in it is a link, an image, HTML or the
// mention of somebody.
func cell(text string) string {
	text = strings.Map(func(r rune) rune {
		if term.Hostile(r) || unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	const apart = "&#8203;" // a space without width: what it is put into is no address any more
	return strings.NewReplacer(
		"\\", "\\\\", "&#", "&amp;#", "&", "&amp;", "|", "\\|", "<", "&lt;", ">", "&gt;", "`", "\\`", "[", "\\[", "]", "\\]", "*", "\\*", "_", "\\_", "~", "\\~", "$", "\\$",
		"@", "@"+apart, "#", "#"+apart, "://", ":"+apart+"//", "www.", "www"+apart+".", "WWW.", "WWW"+apart+".", "!", "\\!",
	).Replace(text)
}

// fenced writes JSON in a fence that nothing inside it can close. In a fence
// nothing is a link or a mention; what a reader without Markdown could take for
// one is escaped in its strings, and the JSON is the same.
func fenced(b *strings.Builder, label string, message []byte) {
	if len(message) == 0 {
		return
	}
	message = apo.Masker{}.JSON(message) // an older version may have written what this one hides
	text := string(message)
	var pretty bytes.Buffer
	if gjson.ValidBytes(message) && json.Indent(&pretty, message, "", "  ") == nil {
		text = inert(pretty.String())
	} else {
		text = strings.Map(func(r rune) rune {
			if term.Hostile(r) {
				return ' '
			}
			return r
		}, strings.ToValidUTF8(text, "\uFFFD"))
	}
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	fmt.Fprintf(b, "\n%s:\n\n%sjson\n%s\n%s\n", label, fence, text, fence)
}

// inert escapes in JSON, all of whose strings are on one line, what moves a
// cursor, and the signs by which HTML, links and mentions begin.
func inert(document string) string {
	var b strings.Builder
	inString, escaped := false, false
	for _, r := range document {
		switch {
		case inString && (term.Hostile(r) || strings.ContainsRune("<>@[]", r)):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
		if r == '"' && !escaped {
			inString = !inString
		}
		escaped = r == '\\' && !escaped
	}
	return b.String()
}
