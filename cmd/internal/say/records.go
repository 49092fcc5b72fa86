package say

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/tidwall/gjson"
)

// milliseconds is how times are written for scripts.
const milliseconds = "2006-01-02T15:04:05.000Z07:00"

// ExitOf is the exit code of a command whose request ended as in this record.
type ExitOf func(journal.Record) int

// Records lists records, for people as a table.
func Records(p Printer, list []journal.Record, exit ExitOf) error {
	if p.WantsJSON() {
		views := []recordView{}
		for _, r := range list {
			views = append(views, recordViewOf(r, exit))
		}
		return p.ShowOwn(views)
	}
	if len(list) == 0 {
		p.Note("there is nothing of that kind in the journal")
		return nil
	}
	var rows [][]term.Cell
	for _, r := range list {
		rows = append(rows, recordRow(r))
	}
	return p.WriteCells([]string{"id", "time", "profile", "endpoint", "amount", "state", "number"}, rows)
}

// recordRow is a record in a list: id, time, profile, endpoint, amount, state, number.
func recordRow(r journal.Record) []term.Cell {
	row := term.Cells(strconv.FormatInt(r.ID, 10), When(r.Time), r.Mode+" "+r.Profile, r.Endpoint, Amount(r.Amount))
	return append(row, StateCell(r), term.Cell{Text: r.Number()})
}

// Record prints a record whole, with what came to a listener. What it holds was masked
// when it was written.
func Record(p Printer, r journal.Record, came []journal.Reception, exit ExitOf) error {
	if p.AsTable() {
		return p.WriteView(append(recordFields(r, exit), receptionFields(came)...))
	}
	whole := wholeOf(r, exit)
	whole.Receptions = receptionViews(came)
	return p.ShowOwn(whole)
}

// recordFields are what a person needs of a record; request and answer are in its
// JSON.
func recordFields(r journal.Record, exit ExitOf) []term.Field {
	n, text := r.Numbers, func(name, value string) term.Field { return term.Field{Name: name, Cell: term.Cell{Text: value}} }
	state := text("state", "")
	state.Cell = StateCell(r)
	news, _ := newsIn(r)
	return []term.Field{
		text("record", strconv.FormatInt(r.ID, 10)), text("time", When(r.Time)), text("profile", r.Mode+" "+r.Profile), text("clientId", r.ClientID),
		text("gateway", r.Gateway), text("endpoint", r.Endpoint), text("notifyType", r.Notice.Type), state, text("amount", Amount(r.Amount)),
		text("card", cardInWords(r.Card)), text("acquirer", n.Acquirer), text("acquirerTransactionId", n.AcquirerTransactionID), text("networkTransactionId", n.NetworkTransactionID),
		text("paymentRequestId", n.PaymentRequestID), text("paymentId", n.PaymentID), text("captureRequestId", n.CaptureRequestID), text("captureId", n.CaptureID),
		text("refundRequestId", n.RefundRequestID), text("refundId", n.RefundID), text("referenceOrderId", n.ReferenceOrderID),
		text("vaultingRequestId", news.VaultingRequestID), text("disputeId", news.DisputeID),
		text("message", r.Result.Message), text("verification", r.Verification), text("note", noteOf(r)), text("authorized until", When(r.AuthEnd)),
		text("took", r.Timing.Total.Round(time.Millisecond).String()), text("exit", strconv.Itoa(exit(r))),
	}
}

// recordView is a record as scripts see it.
type recordView struct {
	ID               int64         `json:"id"`
	Time             string        `json:"time"`
	Profile          string        `json:"profile"`
	Mode             string        `json:"mode"`
	ClientID         string        `json:"clientId"`
	Gateway          string        `json:"gateway,omitempty"`
	Endpoint         string        `json:"endpoint"`
	PaymentRequestID string        `json:"paymentRequestId,omitempty"`
	PaymentID        string        `json:"paymentId,omitempty"`
	CaptureRequestID string        `json:"captureRequestId,omitempty"`
	CaptureID        string        `json:"captureId,omitempty"`
	RefundRequestID  string        `json:"refundRequestId,omitempty"`
	RefundID         string        `json:"refundId,omitempty"`
	ReferenceOrderID string        `json:"referenceOrderId,omitempty"`
	Acquirer         string        `json:"acquirer,omitempty"`
	AcquirerTxID     string        `json:"acquirerTransactionId,omitempty"`
	AcquirerRefID    string        `json:"acquirerReferenceId,omitempty"`
	NetworkTxID      string        `json:"networkTransactionId,omitempty"`
	ARN              string        `json:"arn,omitempty"`
	RRN              string        `json:"rrn,omitempty"`
	Amount           string        `json:"amount,omitempty"`
	Currency         string        `json:"currency,omitempty"`
	Card             string        `json:"card,omitempty"`
	NotifyType       string        `json:"notifyType,omitempty"`
	Meaning          string        `json:"meaning,omitempty"` // of a notification: "buyer-paid"
	Vaulting         string        `json:"vaultingRequestId,omitempty"`
	Dispute          string        `json:"disputeId,omitempty"`
	State            journal.State `json:"state"`
	Process          int           `json:"process,omitempty"` // that is at it at this moment
	Result           string        `json:"result,omitempty"`
	Verification     string        `json:"verification,omitempty"`
	Outcome          apo.Outcome   `json:"outcome,omitempty"`
	Exit             int           `json:"exit"`
	Note             string        `json:"note,omitempty"`
	ResolvedBy       int64         `json:"resolvedBy,omitempty"`
	Resolved         string        `json:"resolved,omitempty"`
	TotalMs          int64         `json:"totalMs"`
}

func recordViewOf(r journal.Record, exit ExitOf) recordView {
	n := r.Numbers
	v := recordView{
		ID: r.ID, Time: r.Time.Format(milliseconds), Profile: r.Profile, Mode: r.Mode, ClientID: r.ClientID, Gateway: r.Gateway, Endpoint: r.Endpoint,
		PaymentRequestID: n.PaymentRequestID, PaymentID: n.PaymentID, CaptureRequestID: n.CaptureRequestID, CaptureID: n.CaptureID,
		RefundRequestID: n.RefundRequestID, RefundID: n.RefundID, ReferenceOrderID: n.ReferenceOrderID,
		Acquirer: n.Acquirer, AcquirerTxID: n.AcquirerTransactionID, AcquirerRefID: n.AcquirerReferenceID, NetworkTxID: n.NetworkTransactionID, ARN: n.ARN, RRN: n.RRN,
		Amount: r.Amount.Value, Currency: r.Amount.Currency, Card: r.Card, NotifyType: r.Notice.Type, State: r.State, Process: r.Process,
		Result: strings.TrimSpace(r.Result.Status + " " + r.Result.Code), Verification: r.Verification, Outcome: r.Outcome, Exit: exit(r), Note: noteOf(r),
		ResolvedBy: r.Resolved.By, Resolved: resolvedOf(r), TotalMs: r.Timing.Total.Milliseconds(),
	}
	if news, ok := newsIn(r); ok {
		v.Meaning, v.Vaulting, v.Dispute = string(news.Meaning()), news.VaultingRequestID, news.DisputeID
	}
	return v
}

// wholeView is a record with everything in it.
type wholeView struct {
	recordView
	ResultMessage string          `json:"resultMessage,omitempty"`
	Timing        timingView      `json:"timing"`
	Request       json.RawMessage `json:"request,omitempty"`
	Answer        json.RawMessage `json:"answer,omitempty"`
	Receptions    []receptionView `json:"receptions,omitempty"` // of a notification that came to a listener
}

type timingView struct {
	ConnectMs   float64 `json:"connectMs"`
	TLSMs       float64 `json:"tlsMs"`
	FirstByteMs float64 `json:"firstByteMs"`
	TotalMs     float64 `json:"totalMs"`
}

func wholeOf(r journal.Record, exit ExitOf) wholeView {
	raw := func(b []byte) json.RawMessage {
		if len(b) == 0 {
			return nil
		}
		b = apo.Masker{}.JSON(b) // an older version may have written what this one hides
		if apo.CheckJSON(b) != nil {
			text, _ := json.Marshal(string(b))
			return text
		}
		return b
	}
	return wholeView{
		recordView: recordViewOf(r, exit), ResultMessage: r.Result.Message,
		Timing:  timingView{inMs(r.Timing.Connect), inMs(r.Timing.TLS), inMs(r.Timing.FirstByte), inMs(r.Timing.Total)},
		Request: raw(r.Request), Answer: raw(r.Answer),
	}
}

// StateOf says what became of a call; of an inquiry, what it told.
func StateOf(r journal.Record) string {
	if told, _ := asked(r); told != "" {
		return told
	}
	if why, _ := notBelieved(r); why != "" {
		return why
	}
	if told, _ := toldBeside(r); told != "" {
		return told
	}
	by := ""
	if r.InFlight {
		by = fmt.Sprintf("; process %d is at it", r.Process)
	}
	switch r.State {
	case journal.Resolved:
		return "resolved: " + resolvedOf(r)
	case journal.InDoubt:
		return "in doubt: " + resultOf(r) + by
	case journal.Begun:
		return "begun, no end known yet" + by
	case journal.Pending:
		return "pending: " + cmp.Or(r.Result.Code, noteOf(r)) + by
	}
	return resultOf(r)
}

// asked is what a successful inquiry told of a payment or refund, and its status: that
// the inquiry itself succeeded says nothing of it. "" of other records.
func asked(r journal.Record) (told, status string) {
	if !r.Reads || r.State != journal.Answered || r.Result.Status != "S" {
		return "", ""
	}
	switch r.Endpoint {
	case "inquiryPayment":
		p := apo.PaymentIn(r.Answer)
		if status, told = p.Status, "payment "+p.Status; status != apo.StatusSuccess {
			told += " " + p.ResultCode
		}
	case "inquiryRefund":
		status = gjson.GetBytes(r.Answer, "refundStatus").String()
		told = "refund " + status
	}
	if status == "" {
		return "", ""
	}
	return strings.TrimSpace(told), status
}

// resultOf is what a call was answered with, or why there is no answer.
// What nothing vouches for is called so.
func resultOf(r journal.Record) string {
	words := strings.TrimSpace(r.Result.Status + " " + cmp.Or(r.Result.Code, noteOf(r)))
	if r.Verification == "unsigned" {
		return "UNSIGNED " + words
	}
	return words
}

// noteOf is the newest note on a call.
func noteOf(r journal.Record) string {
	if r.State.Open() {
		return cmp.Or(r.Resolved.Note, r.Note)
	}
	return r.Note
}

// resolvedOf says what was told of a call that is resolved, and by whom where
// no record has it; empty of others.
func resolvedOf(r journal.Record) string {
	if r.State != journal.Resolved {
		return ""
	}
	if r.Resolved.By == 0 && r.Resolved.Note != "" {
		word := "failed"
		if r.Resolved.Outcome == apo.Succeeded {
			word = "done"
		}
		return word + ", by hand: " + r.Resolved.Note
	}
	switch r.Resolved.Outcome {
	case apo.Succeeded:
		return doneOf(r.Endpoint)
	case apo.NeverArrived:
		return "never arrived"
	}
	return strings.TrimSuffix(string(r.Resolved.Outcome)+": "+r.Resolved.Code, ": ")
}

// doneOf says what a call has done that worked.
func doneOf(endpoint string) string {
	switch endpoint {
	case "pay", "submitPay", "verifyAndCompletePayment":
		return "authorized"
	case "createPaymentSession", "createVaultingSession":
		return "session created"
	case "vaultPaymentMethod":
		return "card saved"
	case "capture":
		return "captured"
	case "cancel":
		return "cancelled"
	case "refund":
		return "refunded"
	}
	return "done"
}
