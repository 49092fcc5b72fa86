package say

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// Triggered is a notification that was sent to a handler, as facts.
type Triggered struct {
	Message   sandbox.Message
	Corrupt   string // what of it was spoiled; "" nothing
	Time      time.Time
	Status    int // HTTP; 0: no answer
	Answer    []byte
	Took      time.Duration
	Judgement notify.Judgement
	Again     time.Duration // until APO would send it once more; 0: never
}

// Taken reports whether a handler took what was spoiled and no message that is right
// may be mistaken for: the client ID is the one thing that a handler may know by itself.
func (t Triggered) Taken() bool {
	return t.Corrupt != "" && t.Corrupt != "client-id" && t.Judgement.Received
}

// RefusedRightly reports whether a handler said no to what was spoiled. One that broke
// down, was not found or did not answer said nothing about the message.
func (t Triggered) RefusedRightly() bool {
	if t.Corrupt == "" || t.Judgement.Received {
		return false
	}
	switch t.Status {
	case http.StatusOK:
		return gjson.ValidBytes(t.Answer) && gjson.GetBytes(t.Answer, "result.resultStatus").String() == "F"
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusProxyAuthRequired, http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	}
	return t.Status >= 400 && t.Status < 500
}

// status is what became of it, and how good that is.
func (t Triggered) status() term.Cell {
	switch {
	case t.Taken():
		return term.Cell{Text: "✖ taken, and it does not verify", Tone: term.Failure}
	case t.RefusedRightly():
		return term.Cell{Text: "✔ refused, as it must be: " + t.Judgement.Why, Tone: term.Success}
	case t.Corrupt != "" && t.Judgement.Received:
		return term.Cell{Text: "… received: a handler with a client ID of its own may take it", Tone: term.Doubt}
	case t.Corrupt != "" && t.Status != 0:
		return term.Cell{Text: "… not received: " + t.Judgement.Why + "; that is no refusal of the signature", Tone: term.Doubt}
	case !t.Judgement.Received:
		return term.Cell{Text: "✖ not received: " + t.Judgement.Why, Tone: term.Failure}
	}
	return term.Cell{Text: "✔ received", Tone: term.Success}
}

type triggeredLine struct {
	Type             string  `json:"type"` // "delivery"
	Time             string  `json:"time"`
	Kind             string  `json:"kind"` // "CAPTURE_RESULT"
	Corrupt          string  `json:"corrupt,omitempty"`
	PaymentRequestID string  `json:"paymentRequestId,omitempty"`
	PaymentID        string  `json:"paymentId,omitempty"`
	CaptureRequestID string  `json:"captureRequestId,omitempty"`
	RefundRequestID  string  `json:"refundRequestId,omitempty"`
	Vaulting         string  `json:"vaultingRequestId,omitempty"`
	Dispute          string  `json:"disputeId,omitempty"`
	URL              string  `json:"url"`
	Status           int     `json:"status"`
	Judgement        judged  `json:"judgement"`
	AsItMustBe       *bool   `json:"asItMustBe,omitempty"` // of what was spoiled: it was refused; absent where that is not known
	Answer           string  `json:"answer,omitempty"`     // its beginning, masked
	Took             float64 `json:"tookMs"`
}

// mostAnswer is how much of an answer is shown, in letters.
const mostAnswer = 300

// Triggered writes the line of a notification that was sent; lines has those of JSON.
func (p Printer) Triggered(t Triggered, lines *Lines) {
	m := t.Message
	answer := beginning(p.Masker.Text(strings.ToValidUTF8(string(t.Answer), "\uFFFD")))
	if p.WantsJSON() {
		n, err := notify.Read(m.Body) // made here: it is JSON, unless something spoiled it
		kind := string(n.Kind)
		if err != nil || n.Kind == notify.KindUnknown {
			kind = m.Type
		}
		lines.own(triggeredLine{
			"delivery", t.Time.UTC().Format(time.RFC3339Nano), kind, t.Corrupt,
			n.PaymentRequestID, n.PaymentID, n.CaptureRequestID, n.RefundRequestID, n.VaultingRequestID, n.DisputeID,
			m.URL, t.Status,
			judged{t.Judgement.Received, t.Judgement.Why, interval(t.Again)},
			t.asItMustBe(), answer, inMilliseconds(t.Took),
		})
		return
	}
	answered, again := "no answer", comesAgain(t.Again)
	if t.RefusedRightly() {
		again = ""
	}
	if t.Status != 0 {
		answered = fmt.Sprintf("HTTP %d", t.Status)
	}
	spoiled := term.Cell{Tone: term.Doubt}
	if t.Corrupt != "" {
		spoiled.Text = "spoiled: " + t.Corrupt
	}
	p.listenLine([]term.Cell{
		{Text: t.Time.Add(t.Took).Local().Format("15:04:05.000")},
		{Text: m.Type},
		spoiled,
		{Text: answered},
		t.status(),
		{Text: fmt.Sprintf("%.1f ms", inMilliseconds(t.Took))},
		{Text: again},
	})
	if !t.Judgement.Received && answer != "" {
		p.Note("it answered: " + answer)
	}
}

func (t Triggered) asItMustBe() *bool {
	refused := t.RefusedRightly()
	if !refused && !t.Taken() {
		return nil
	}
	return &refused
}

// own shows a line that is masked first, as what is shown of others is.
func (l *Lines) own(data any) {
	if text, err := apo.Encode(data); err == nil {
		l.Show(l.printer.Masker.JSON(text))
	}
}

// beginning is as much of a text as one line shows.
func beginning(text string) string {
	runes := []rune(strings.TrimSpace(text))
	if len(runes) > mostAnswer {
		return string(runes[:mostAnswer]) + "…"
	}
	return string(runes)
}

// TriggerMessage prints a notification as it would be sent.
func (p Printer) TriggerMessage(m sandbox.Message) error {
	headers := map[string]string{}
	for name, values := range m.Header {
		headers[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	return p.ShowOwn(struct {
		Method  string            `json:"method"`
		URL     string            `json:"url"`
		Headers map[string]string `json:"headers"`
		Body    string            `json:"body"` // byte for byte
	}{m.Method, m.URL, headers, string(m.Body)})
}
