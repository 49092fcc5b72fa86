package say

import (
	"cmp"
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// PaymentRow is a payment in a list: its records in the order in which they began.
type PaymentRow struct {
	Match   journal.Match
	Records []journal.Record
}

// Time is when the payment was made.
func (row PaymentRow) Time() time.Time { return row.first().Time }

// Payments lists payments, one row each.
func Payments(p Printer, list []PaymentRow, now time.Time) error {
	views := []paymentView{}
	for _, row := range list {
		views = append(views, paymentViewOf(row, now))
	}
	if p.WantsJSON() {
		return p.ShowOwn(views)
	}
	var rows [][]term.Cell
	for i, v := range views {
		row := term.Cells(When(list[i].Time()), strings.TrimSpace(v.Mode+" "+v.Profile), Amount(list[i].amount()))
		row = append(row, term.Cell{Text: v.State, Tone: paymentTone(journal.PaymentState(v.State))})
		rows = append(rows, append(row, term.Cells(v.Card, v.Order, v.PaymentRequestID, v.PaymentID)...))
	}
	return p.WriteCells([]string{"time", "profile", "amount", "state", "card", "order", "paymentRequestId", "paymentId"}, rows)
}

// paymentView is a payment as scripts see it.
type paymentView struct {
	Time             string `json:"time"`
	Profile          string `json:"profile"`
	Mode             string `json:"mode"`
	Amount           string `json:"amount,omitempty"`
	Currency         string `json:"currency,omitempty"`
	State            string `json:"state"`
	Card             string `json:"card,omitempty"`
	Order            string `json:"referenceOrderId,omitempty"`
	PaymentRequestID string `json:"paymentRequestId,omitempty"`
	PaymentID        string `json:"paymentId,omitempty"`
}

func paymentViewOf(row PaymentRow, now time.Time) paymentView {
	first, amount := row.first(), row.amount()
	v := paymentView{
		Time: first.Time.Format(milliseconds), Profile: first.Profile, Mode: first.Mode, Amount: amount.Value, Currency: amount.Currency,
		State: string(journal.BooksOf(journal.History(row.Records, now)).State()), PaymentRequestID: row.Match.Payment.PaymentRequestID, PaymentID: row.Match.Payment.PaymentID,
	}
	for _, r := range row.Records {
		v.Card = cmp.Or(v.Card, r.Card)
		v.Order = cmp.Or(v.Order, r.Numbers.ReferenceOrderID)
		if journal.IDOf(r).Same(row.Match.Payment) {
			v.PaymentRequestID = cmp.Or(v.PaymentRequestID, r.Numbers.PaymentRequestID)
			v.PaymentID = cmp.Or(v.PaymentID, r.Numbers.PaymentID)
		}
	}
	return v
}

// first is the record that tells when the payment was made: its pay, if it is known.
func (row PaymentRow) first() journal.Record {
	for _, r := range row.Records {
		if r.Endpoint == "pay" {
			return r
		}
	}
	if len(row.Records) == 0 {
		return journal.Record{}
	}
	return row.Records[0]
}

// amount is what was to be paid.
func (row PaymentRow) amount() apo.Amount {
	if first := row.first(); first.Endpoint == "pay" {
		return first.Amount
	}
	for _, r := range row.Records {
		if p := apo.PaymentIn(r.Answer); !p.Amount.IsZero() {
			return p.Amount
		}
	}
	return apo.Amount{}
}
