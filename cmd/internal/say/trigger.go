package say

import (
	"fmt"
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/term"
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
	Answer           string  `json:"answer,omitempty"` // its beginning, masked
	Took             float64 `json:"tookMs"`
}

// mostAnswer is how much of an answer is shown, in letters.
const mostAnswer = 300

// Triggered writes the line of a notification that was sent.
func (p Printer) Triggered(t Triggered) {
	m := t.Message
	answer := beginning(p.Masker.Text(strings.ToValidUTF8(string(t.Answer), "\uFFFD")))
	if p.WantsJSON() {
		n, _ := notify.Read(m.Body) // made here: it is JSON, unless something spoiled it
		p.line(triggeredLine{
			"delivery", t.Time.UTC().Format(time.RFC3339Nano), m.Type, t.Corrupt,
			n.PaymentRequestID, n.PaymentID, n.CaptureRequestID, n.RefundRequestID, n.VaultingRequestID, n.DisputeID,
			m.URL, t.Status,
			judged{t.Judgement.Received, t.Judgement.Why, interval(t.Again)},
			answer, inMilliseconds(t.Took),
		})
		return
	}
	status := term.Cell{Text: "✔ received", Tone: term.Success}
	if !t.Judgement.Received {
		status = term.Cell{Text: "✖ not received: " + t.Judgement.Why, Tone: term.Failure}
	}
	http := "no answer"
	if t.Status != 0 {
		http = fmt.Sprintf("HTTP %d", t.Status)
	}
	spoiled := term.Cell{Tone: term.Doubt}
	if t.Corrupt != "" {
		spoiled.Text = "spoiled: " + t.Corrupt
	}
	p.listenLine([]term.Cell{
		{Text: t.Time.Add(t.Took).Local().Format("15:04:05.000")},
		{Text: m.Type},
		spoiled,
		{Text: http},
		status,
		{Text: fmt.Sprintf("%.1f ms", inMilliseconds(t.Took))},
		{Text: comesAgain(t.Again)},
	})
	if !t.Judgement.Received && answer != "" {
		p.Note("it answered: " + answer)
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
