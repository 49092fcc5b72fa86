package say

import (
	"cmp"
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// Disputes lists disputes, with what is left of the time to answer them.
func Disputes(p Printer, list []journal.Dispute, now time.Time) error {
	if p.WantsJSON() {
		views := []disputeView{}
		for _, d := range list {
			views = append(views, disputeViewOf(d, now))
		}
		return p.ShowOwn(views)
	}
	if len(list) == 0 {
		return nil
	}
	var rows [][]term.Cell
	for _, d := range list {
		n := d.Numbers
		row := []term.Cell{{Text: string(d.State), Tone: disputeTone(d)}, {Text: timeLeft(d, now), Tone: leftTone(d, now)}}
		rows = append(rows, append(row, term.Cells(cmp.Or(Amount(d.Amount), Amount(d.JudgedAmount)), d.ID, cmp.Or(n.PaymentRequestID, n.PaymentID), n.Acquirer, n.AcquirerTransactionID)...))
	}
	return p.WriteCells([]string{"state", "time left", "amount", "disputeId", "payment", "acquirer", "acquirerTransactionId"}, rows)
}

// Dispute shows one whole.
func Dispute(p Printer, d journal.Dispute, now time.Time) error {
	if !p.AsTable() {
		return p.ShowOwn(disputeViewOf(d, now))
	}
	text := func(name, value string) term.Field { return term.Field{Name: name, Cell: term.Cell{Text: value}} }
	n := d.Numbers
	due, left := When(d.Due), text("time left", "")
	if left.Cell = (term.Cell{Text: timeLeft(d, now), Tone: leftTone(d, now)}); !d.State.Undecided() {
		due = ""
	}
	var came []string
	for _, r := range d.News {
		came = append(came, r.Notice.Type+" "+When(r.Time))
	}
	return p.WriteView([]term.Field{
		text("disputeId", d.ID),
		{Name: "state", Cell: term.Cell{Text: disputeInWords(d), Tone: disputeTone(d)}},
		text("amount", Amount(d.Amount)), text("answer before", due), left,
		text("reason", strings.TrimSpace(d.ReasonCode+" "+d.Reason)), text("source", strings.TrimSpace(d.Source+" "+d.Type)), text("opened", When(d.Opened)),
		text("judged", When(d.Judged)), text("judged amount", Amount(d.JudgedAmount)),
		text("acquirer", n.Acquirer), text("acquirerMerchantId", d.AcquirerMerchantID), text("acquirerTransactionId", n.AcquirerTransactionID),
		text("acquirer's reason", strings.TrimSpace(d.AcquirerReasonCode+" "+d.AcquirerReason)),
		text("paymentRequestId", n.PaymentRequestID), text("paymentId", n.PaymentID),
		text("profile", d.Mode+" "+d.Profile), text("notifications", strings.Join(came, ", ")),
	})
}

// WhereToDefend says where disputes that are not decided are answered; "" where none is.
func WhereToDefend(list []journal.Dispute) string {
	for _, d := range list {
		if d.State.Undecided() {
			return "a dispute is answered in the portal of its acquirer, by acquirerTransactionId and before its time ends: APO has no API for it. No refund until it is judged"
		}
	}
	return ""
}

// InDispute warns of a dispute that is not decided.
func InDispute(d journal.Dispute, now time.Time) string {
	text := "dispute " + d.ID + " of this payment is " + string(d.State) + ", as far as this journal knows"
	if left := timeLeft(d, now); left != "" {
		text += " (" + left + ")"
	}
	return text
}

// TakenByDispute warns that less can be refunded than an inquiry tells, which knows
// nothing of disputes.
func TakenByDispute(d journal.Dispute) string {
	amount := cmp.Or(Amount(d.JudgedAmount), Amount(d.Amount), "its amount")
	return "dispute " + d.ID + " was lost and took " + amount + " of this payment: so much less is left to refund than an inquiry tells"
}

func disputeInWords(d journal.Dispute) string {
	switch d.State {
	case journal.DisputeOpen:
		return "open: no refund until it is judged"
	case journal.DisputeDefended:
		return "defended: no refund until it is judged"
	case journal.DisputeWon:
		return strings.TrimSpace("won: you keep the money  " + d.JudgedResult)
	case journal.DisputeLost:
		return strings.TrimSpace("lost: you pay  " + d.JudgedResult)
	}
	return "not clear: its notifications say what apo does not know, or contradict each other; see the dashboard"
}

func disputeTone(d journal.Dispute) term.Tone {
	switch d.State {
	case journal.DisputeWon:
		return term.Success
	case journal.DisputeLost:
		return term.Failure
	}
	return term.Doubt
}

// timeLeft is how much time is left to answer: "6 d 23 h", "ended 2 h 00 min ago".
func timeLeft(d journal.Dispute, now time.Time) string {
	if d.State != journal.DisputeOpen && d.State != journal.DisputeUnclear || d.Due.IsZero() {
		return ""
	}
	left := d.Due.Sub(now)
	if left <= 0 {
		return "ended " + strings.TrimPrefix(later(-left), "+") + " ago"
	}
	return strings.TrimPrefix(later(left), "+")
}

func leftTone(d journal.Dispute, now time.Time) term.Tone {
	switch left := d.Due.Sub(now); {
	case left <= 0:
		return term.Failure
	case left < 48*time.Hour:
		return term.Doubt
	}
	return term.Plain
}

// disputeView is a dispute as scripts see it.
type disputeView struct {
	ID               string               `json:"disputeId"`
	State            journal.DisputeState `json:"state"`
	Amount           *apo.Amount          `json:"disputeAmount,omitempty"`
	DefenseDueTime   string               `json:"defenseDueTime,omitempty"`
	TimeLeft         string               `json:"timeLeft,omitempty"`
	SecondsLeft      *int64               `json:"secondsLeft,omitempty"` // below 0: so long ago it ended
	Time             string               `json:"disputeTime,omitempty"`
	ReasonCode       string               `json:"disputeReasonCode,omitempty"`
	Reason           string               `json:"disputeReasonMsg,omitempty"`
	Source           string               `json:"disputeSource,omitempty"`
	Type             string               `json:"disputeType,omitempty"`
	JudgedResult     string               `json:"disputeJudgedResult,omitempty"`
	JudgedTime       string               `json:"disputeJudgedTime,omitempty"`
	JudgedAmount     *apo.Amount          `json:"disputeJudgedAmount,omitempty"`
	PaymentRequestID string               `json:"paymentRequestId,omitempty"`
	PaymentID        string               `json:"paymentId,omitempty"`
	Acquirer         string               `json:"acquirerName,omitempty"`
	MerchantID       string               `json:"acquirerMerchantId,omitempty"`
	TransactionID    string               `json:"acquirerTransactionId,omitempty"`
	AcquirerCode     string               `json:"acquirerReasonCode,omitempty"`
	AcquirerReason   string               `json:"acquirerReasonDescription,omitempty"`
	Profile          string               `json:"profile"`
	Mode             string               `json:"mode"`
	ClientID         string               `json:"clientId"`
	Records          []int64              `json:"records"` // numbers of its notifications in apo log --all
}

func disputeViewOf(d journal.Dispute, now time.Time) disputeView {
	n := d.Numbers
	v := disputeView{
		ID: d.ID, State: d.State, Amount: amountOrNone(d.Amount), DefenseDueTime: rfc3339(d.Due), TimeLeft: timeLeft(d, now), Time: rfc3339(d.Opened),
		ReasonCode: d.ReasonCode, Reason: d.Reason, Source: d.Source, Type: d.Type,
		JudgedResult: d.JudgedResult, JudgedTime: rfc3339(d.Judged), JudgedAmount: amountOrNone(d.JudgedAmount),
		PaymentRequestID: n.PaymentRequestID, PaymentID: n.PaymentID, Acquirer: n.Acquirer, MerchantID: d.AcquirerMerchantID, TransactionID: n.AcquirerTransactionID,
		AcquirerCode: d.AcquirerReasonCode, AcquirerReason: d.AcquirerReason, Profile: d.Profile, Mode: d.Mode, ClientID: d.ClientID,
	}
	if d.State == journal.DisputeUnclear { // then it is one of several that contradict each other
		v.JudgedResult = ""
	}
	if v.TimeLeft != "" {
		seconds := int64(d.Due.Sub(now) / time.Second)
		v.SecondsLeft = &seconds
	}
	for _, r := range d.News {
		v.Records = append(v.Records, r.ID)
	}
	return v
}

func amountOrNone(a apo.Amount) *apo.Amount {
	if a.IsZero() {
		return nil
	}
	return &a
}

func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}
