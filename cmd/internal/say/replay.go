package say

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/notify"
)

// replayedLine is the line of a delivery with what it tells of.
type replayedLine struct {
	handedLine
	Kind             notify.Kind `json:"kind"`
	PaymentRequestID string      `json:"paymentRequestId,omitempty"`
	PaymentID        string      `json:"paymentId,omitempty"`
	CaptureRequestID string      `json:"captureRequestId,omitempty"`
	RefundRequestID  string      `json:"refundRequestId,omitempty"`
	Vaulting         string      `json:"vaultingRequestId,omitempty"`
	Dispute          string      `json:"disputeId,omitempty"`
}

// Replayed writes the line of a notification that was sent again; lines has those of
// JSON.
func (p Printer) Replayed(h Handed, lines *Lines) {
	d := h.Delivery
	n, err := notify.Read(h.Reception.Body)
	if err != nil {
		n = notify.Notification{Kind: h.Reception.Kind}
	}
	if p.WantsJSON() {
		lines.own(replayedLine{
			handedLine{
				"delivery", d.Time.UTC().Format(time.RFC3339Nano), h.Reception.Record, d.URL, d.Status,
				judged{h.Judgement.Received, h.Judgement.Why, interval(h.Again)},
				h.Sent, inMilliseconds(d.Took),
			},
			n.Kind, n.PaymentRequestID, n.PaymentID, n.CaptureRequestID, n.RefundRequestID, n.VaultingRequestID, n.DisputeID,
		})
		return
	}
	status := term.Cell{Text: "✔ received", Tone: term.Success}
	if !h.Judgement.Received {
		status = term.Cell{Text: "✖ not received: " + h.Judgement.Why, Tone: term.Failure}
	}
	answered := "no answer"
	if d.Status != 0 {
		answered = fmt.Sprintf("HTTP %d", d.Status)
	}
	p.listenLine([]term.Cell{
		{Text: d.Time.Add(d.Took).Local().Format("15:04:05.000")},
		{Text: fmt.Sprint(h.Reception.Record)},
		{Text: cmp.Or(n.Type, string(n.Kind))},
		{Text: replayedOf(n)},
		{Text: "→ " + d.URL},
		{Text: answered},
		status,
		{Text: fmt.Sprintf("%.1f ms", inMilliseconds(d.Took))},
		{Text: comesAgain(h.Again)},
	})
	if answer := beginning(p.Masker.Text(strings.ToValidUTF8(string(d.Answer), "\uFFFD"))); !h.Judgement.Received && answer != "" {
		p.Note("it answered: " + answer)
	}
	if h.OtherPath != "" && !h.Judgement.Received {
		signed, _, _ := strings.Cut(h.Reception.Target, "?")
		p.Hint("its signature is over the path " + signed + ", and it went to " + h.OtherPath + ": --resign signs anew, with the sandbox's key")
	}
}

// replayedOf is the number by which people know what a notification tells of.
func replayedOf(n notify.Notification) string {
	return cmp.Or(
		Fact("captureRequestId", n.CaptureRequestID), Fact("refundRequestId", n.RefundRequestID), Fact("vaultingRequestId", n.VaultingRequestID),
		Fact("paymentRequestId", n.PaymentRequestID), Fact("paymentId", n.PaymentID), Fact("disputeId", n.DisputeID),
	)
}
