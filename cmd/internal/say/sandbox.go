package say

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// Ready is what --ready-file and the ready line of -o json hold: how to use a
// sandbox that listens.
type Ready struct {
	Type      string          `json:"type"`    // "ready"
	Gateway   string          `json:"gateway"` // "http://127.0.0.1:4242"
	Addresses []string        `json:"addresses"`
	ClientID  string          `json:"clientId"`
	Sandbox   string          `json:"sandbox"` // the identity of its state
	Merchant  string          `json:"merchantPrivateKeyFile"`
	Antom     string          `json:"antomPublicKeyFile"`
	Authority string          `json:"authority,omitempty"` // PEM
	PID       int             `json:"pid"`
	Scenarios []string        `json:"scenarios,omitempty"` // whose rules its state has, of an earlier run too
	Merchants []ReadyMerchant `json:"merchants,omitempty"`
	Odd       string          `json:"odd,omitempty"`   // what about it is not as it comes, in words
	Token     string          `json:"token,omitempty"` // of the control API; in the file alone
}

// ReadyMerchant is one of several merchants of a sandbox.
type ReadyMerchant struct {
	Name     string `json:"name"`
	ClientID string `json:"clientId"`
	Sandbox  string `json:"sandbox"` // the identity of its state
	Merchant string `json:"merchantPrivateKeyFile"`
	Antom    string `json:"antomPublicKeyFile"`
	Token    string `json:"token,omitempty"` // of its part of the control API; in the file alone
}

// SandboxReady tells how to use a sandbox, once it listens. odd is what about it
// is not as it comes, of [Oddities]; caFile is where its certificate was written;
// both may be empty.
func (p Printer) SandboxReady(r Ready, odd, caFile string) {
	if p.WantsJSON() {
		r.Token, r.Odd = "", odd // whoever reads what is printed need not control it
		r.Merchants = slices.Clone(r.Merchants)
		for i := range r.Merchants {
			r.Merchants[i].Token = ""
		}
		if text, err := apo.Encode(r); err == nil {
			_ = p.WriteOwnJSON(text, term.NDJSON) // a certificate looks like a key
		}
		return
	}
	facts := []string{r.Gateway, "client ID " + r.ClientID}
	if len(r.Addresses) > 1 {
		facts = append(facts, "and "+strings.Join(r.Addresses[1:], ", "))
	}
	p.Say(term.Verdict{Mode: "LOCAL", Mood: term.Good, What: "sandbox ready", Facts: facts})
	if odd != "" {
		p.Note(odd)
	}
	if r.Authority != "" {
		p.Note("clients must trust this certificate; it is good for this run, for seven days at most, and installed nowhere")
		_ = p.WriteText(r.Authority)
	}
	switch {
	case r.Authority != "" && caFile != "":
		p.Hint("apo trusts it with --ca-file " + Quoted(caFile))
	case r.Authority != "":
		p.Hint("--ca-out FILE writes it to a file, and apo trusts it with --ca-file FILE")
	}
	for _, m := range r.Merchants {
		p.hintProfile(m.Name, r.Gateway, m.ClientID, m.Merchant, m.Antom)
	}
	if len(r.Merchants) == 0 {
		p.hintProfile("box", r.Gateway, r.ClientID, r.Merchant, r.Antom)
	}
	p.Hint("lines for an SDK: apo sandbox snippets java")
}

func (p Printer) hintProfile(name, gateway, clientID, merchant, antom string) {
	p.Hint(fmt.Sprintf("to use it: apo profile add %s --gateway %s --client-id %s --private-key-file %s --antom-public-key-file %s",
		name, gateway, clientID, Quoted(merchant), Quoted(antom)))
}

// Openness says who can use a sandbox beside this machine, where hosts are let in; ""
// where none are.
func Openness(addresses, hosts []string, encrypted bool) string {
	if len(hosts) == 0 {
		return ""
	}
	text := "open to whoever reaches " + strings.Join(addresses, ", ") + " as " + strings.Join(hosts, ", ") +
		": its API and pages, and the control API below /_apo/ with its token"
	if !encrypted {
		text += "; it speaks HTTP without TLS"
	}
	return text
}

// SeedNote says what a seed means.
const SeedNote = "its keys are the published ones, which everybody knows; its numbers follow from the seed and your request IDs"

// Oddities says what about a sandbox is not as it comes: its clock, and how many
// rules and routing rules it has; empty where nothing is.
func Oddities(c sandbox.Clock, rules []sandbox.Rule, routes int, now time.Time) string {
	var parts []string
	if c != (sandbox.Clock{}) {
		parts = append(parts, "its clock says "+clockInWords(c, now))
	}
	if len(rules) > 0 {
		text := "rules: " + strconv.Itoa(len(rules))
		if names := ScenariosOf(rules); len(names) > 0 {
			text += ", of " + strings.Join(names, ", ")
		}
		parts = append(parts, text+" (apo sandbox rule list)")
	}
	if routes > 0 {
		parts = append(parts, "routing rules: "+strconv.Itoa(routes)+" (apo sandbox route list)")
	}
	return strings.Join(parts, "; ")
}

// ScenariosOf are the scenarios that rules are of, each once.
func ScenariosOf(rules []sandbox.Rule) (names []string) {
	for _, r := range rules {
		if _, found := sandbox.FindScenario(r.From); found && !slices.Contains(names, r.From) {
			names = append(names, r.From)
		}
	}
	return names
}

// SandboxClock shows what a sandbox's clock says; now is the real time.
func (p Printer) SandboxClock(c sandbox.Clock, now time.Time) error {
	if !p.Structured() {
		return p.WriteProse(clockInWords(c, now) + "\n")
	}
	speed := c.Speed
	if c.Natural() {
		speed = 1
	}
	return p.ShowOwn(struct {
		Time  string  `json:"time"`
		Speed float64 `json:"speed"`
		Moved bool    `json:"moved"`
	}{c.Now(now).UTC().Format(time.RFC3339Nano), speed, !c.Natural()})
}

// clockInWords says what a clock says, and how it goes.
func clockInWords(c sandbox.Clock, now time.Time) string {
	at := c.Now(now).UTC().Format(time.RFC3339)
	switch {
	case c.Natural():
		return at + ", as the real one"
	case c.Speed == 0:
		return at + ", and stands still"
	case c.Speed == 1:
		return at + ", and goes as fast as the real one"
	}
	return fmt.Sprintf("%s, and goes %s times as fast as the real one", at, strconv.FormatFloat(c.Speed, 'f', -1, 64))
}

// SandboxEvent writes one line about a request that was answered, or a delivery
// that was attempted.
func (p Printer) SandboxEvent(e sandbox.Event) {
	if !p.WantsJSON() {
		_ = p.WriteFacts(len("15:04:05.000  "), eventFacts(e)...)
		return
	}
	kind := "request"
	if e.Delivery {
		kind = "notification"
	}
	p.line(struct {
		Type     string  `json:"type"`
		Time     string  `json:"time"`
		Endpoint string  `json:"endpoint"`
		Status   string  `json:"resultStatus"`
		Code     string  `json:"resultCode"`
		ID       string  `json:"id"`
		Message  string  `json:"message,omitempty"`
		Fault    string  `json:"fault"`
		Took     float64 `json:"tookMs"`
		Merchant string  `json:"merchant,omitempty"`
	}{kind, e.Time.UTC().Format(time.RFC3339Nano), e.Endpoint, e.Status, e.Code, e.ID, e.Message, e.Fault, inMilliseconds(e.Took), e.Merchant})
}

func eventFacts(e sandbox.Event) []term.Cell {
	status := Status(e.Status)
	if e.Delivery {
		status = term.Cell{Text: "→"}
	}
	status.Text += fmt.Sprintf(" %-24s", e.Code)
	facts := []term.Cell{
		{Text: fmt.Sprintf("%s  %-14s", e.Time.Local().Format("15:04:05.000"), e.Endpoint)},
		status,
		{Text: fmt.Sprintf("%6.1f ms", inMilliseconds(e.Took))},
		{Text: e.ID},
	}
	if e.Merchant != "" {
		facts = append(facts, term.Cell{Text: "merchant " + e.Merchant})
	}
	if e.Message != "" {
		facts = append(facts, term.Cell{Text: e.Message})
	}
	if e.Fault != "" {
		facts = append(facts, term.Cell{Text: "⚡ " + e.Fault, Tone: term.Doubt})
	}
	return facts
}

func inMilliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// line writes one JSON document on one line, masked.
func (p Printer) line(data any) {
	text, err := apo.Encode(data)
	if err == nil {
		_ = p.WriteJSON(text, term.NDJSON)
	}
}

// SandboxAsked tells what a sandbox was asked: so many requests, of which the list
// has the newest; and what it notified, in its order.
func (p Printer) SandboxAsked(requests int, list []sandbox.Event, notified []sandbox.Notification) {
	asked := "once"
	if requests != 1 {
		asked = fmt.Sprintf("%d times", requests)
	}
	p.Note("the sandbox was asked " + asked)
	for _, e := range list {
		var line []string
		for _, fact := range eventFacts(e) {
			line = append(line, fact.Text)
		}
		p.Note("  " + strings.Join(line, "  "))
	}
	for _, n := range notified {
		p.Note(fmt.Sprintf("  notification %d: %s of %s to %s: %s, attempts: %s", n.ID, n.Type, n.RequestID, n.URL, n.State, Attempts(n)))
	}
}

// Attempts says how often a notification was attempted, why the last one did not
// count, and when the next one is.
func Attempts(n sandbox.Notification) string {
	text := strconv.Itoa(len(n.Attempts))
	if last := len(n.Attempts) - 1; last >= 0 && n.Attempts[last].Why != "" {
		text += ", " + n.Attempts[last].Why
	}
	if n.State == sandbox.Queued {
		text += ", next " + When(n.Next)
	}
	return text
}

// Moved says how much of a payment was captured and refunded.
func Moved(p sandbox.Payment) string {
	if p.Captured == 0 {
		return "-"
	}
	text := apo.Units64(p.Amount.Currency, p.Captured).String()
	if p.Refunded > 0 {
		text += " / " + apo.Units64(p.Amount.Currency, p.Refunded).String()
	}
	return text
}
