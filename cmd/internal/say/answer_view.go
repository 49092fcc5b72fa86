package say

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
)

// isAnswer tells an answer of the gateway about a payment, capture or refund.
func isAnswer(doc gjson.Result) bool {
	if !doc.Get("result.resultStatus").Exists() {
		return false
	}
	for _, name := range []string{"paymentId", "captureId", "refundId", "paymentRequestId", "refundRequestId"} {
		if doc.Get(name).Exists() {
			return true
		}
	}
	return false
}

// viewAnswer shows what a person needs of such an answer, and each transaction in a
// row. above are fields that stand before.
func (p Printer) viewAnswer(doc gjson.Result, data []byte, above ...term.Field) {
	payment := apo.PaymentIn(data)
	v := &view{fields: above}
	text := func(name, value string) {
		v.fields = append(v.fields, term.Field{Name: name, Cell: term.Cell{Text: value}})
	}
	given := func(names ...string) {
		for _, name := range names {
			v.add(name, name, doc.Get(name))
		}
	}
	v.status(doc, payment)
	given("paymentAmount", "captureAmount", "refundAmount")
	v.balance(payment)
	text("card", strings.Join(without("", card(payment.Card), payment.Card.Funding, payment.Card.Issuer), ", "))
	text("cardToken", payment.Card.Token)
	text("issuer's words", payment.Card.Refusal)
	text("acquirer", payment.Acquirer.Name)
	text("acquirerTransactionId", payment.Acquirer.TransactionID)
	given("paymentRequestId", "paymentId", "captureRequestId", "captureId", "refundRequestId", "refundId",
		"paymentTime", "captureTime", "refundTime", "cancelTime")
	if payment.Time == "" {
		given("paymentCreateTime")
	}
	text("authExpiryTime", WhenText(payment.AuthExpiryTime))
	given("normalUrl")
	_ = p.WriteView(v.fields)
	p.viewTransactions(payment)
}

// status says what the answer says: of an inquiry what became of the payment, or
// of the refund; of anything else what became of the request.
func (v *view) status(doc gjson.Result, payment apo.Payment) {
	switch {
	case payment.Status != "":
		state := Status(payment.Status)
		if payment.ResultCode != payment.Status {
			state.Text = strings.TrimSuffix(payment.Status+": "+reason(payment.ResultCode), ": ")
		}
		v.fields = append(v.fields, term.Field{Name: "paymentStatus", Cell: state})
	case doc.Get("refundStatus").Exists():
		v.fields = append(v.fields, term.Field{Name: "refundStatus", Cell: Status(doc.Get("refundStatus").String())})
	default:
		v.fields = append(v.fields, term.Field{Name: "result", Cell: resultCell(doc.Get("result"))})
	}
}

// resultCell is the result of an answer on one line: "F ORDER_NOT_EXIST: no payment has
// this ID".
func resultCell(r gjson.Result) term.Cell {
	read := apo.Result{Status: r.Get("resultStatus").String(), Code: r.Get("resultCode").String()}
	cell := term.Cell{Text: strings.TrimSpace(read.Status + " " + read.Code), Tone: resultTone(read)}
	if message := r.Get("resultMessage").String(); message != "" && cell.Text != "S SUCCESS" {
		cell.Text += ": " + message
	}
	return cell
}

// balance says what became of the money, as far as the answer tells.
func (v *view) balance(p apo.Payment) {
	b := p.Balance()
	if b.Unclear != "" {
		v.fields = append(v.fields, term.Field{Name: "captured", Cell: term.Cell{Text: "what was taken cannot be added up: " + b.Unclear, Tone: term.Doubt}})
		return
	}
	v.fields = append(v.fields, balanceFields(b)...)
}

// balanceFields are what was captured and refunded of a payment, and what is left.
func balanceFields(b apo.Balance) []term.Field {
	var fields []term.Field
	add := func(name string, done, open int64) {
		var parts []string
		tone := term.Plain
		if done > 0 {
			parts = append(parts, apo.Units64(b.Currency, done).String())
		}
		if open > 0 {
			parts, tone = append(parts, apo.Units64(b.Currency, open).String()+" not final yet"), term.Doubt
		}
		if len(parts) > 0 {
			fields = append(fields, term.Field{Name: name, Cell: term.Cell{Text: strings.Join(parts, ", "), Tone: tone}})
		}
	}
	if b.Authorized > 0 {
		add("authorized", b.Authorized, 0)
	}
	add("captured", b.Captured, b.Capturing)
	add("refunded", b.Refunded, b.Refunding)
	var left []string
	if n := b.Capturable(); n > 0 {
		left = append(left, apo.Units64(b.Currency, n).String()+" to capture")
	}
	if n := b.Refundable(); n > 0 {
		left = append(left, apo.Units64(b.Currency, n).String()+" to refund")
	}
	if len(left) > 0 {
		fields = append(fields, term.Field{Name: "left", Cell: term.Cell{Text: strings.Join(left, ", ")}})
	}
	return fields
}

func (p Printer) viewTransactions(payment apo.Payment) {
	if len(payment.Transactions) == 0 {
		return
	}
	var rows [][]term.Cell
	for _, t := range payment.Transactions {
		state := Status(t.Status)
		if t.Result.Code != "" && t.Result.Code != t.Status {
			state.Text += " " + t.Result.Code
		}
		rows = append(rows, []term.Cell{{Text: strings.ToLower(t.Type)}, {Text: t.Amount.String()}, state, {Text: WhenText(t.Time)}, {Text: t.RequestID}, {Text: t.ID}})
	}
	_ = p.WriteText("\n")
	_ = p.WriteCells([]string{"transaction", "amount", "status", "time", "requestId", "id"}, rows)
}

// without leaves a word out of a list.
func without(word string, list ...string) []string {
	var kept []string
	for _, w := range list {
		if w != word {
			kept = append(kept, w)
		}
	}
	return kept
}
