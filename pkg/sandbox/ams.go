package sandbox

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// offers reports whether the gateway has an API of its list: APO has none of AMS's.
func (o Options) offers(api string) bool {
	return o.is("ams-apis", "on") || !slices.Contains(amsAPIs(), api)
}

func amsAPIs() []string {
	return []string{"consult", "updateAmount", "acceptDispute", "supplyDefenseDocument", "downloadDisputeEvidence"}
}

// byRule answers an AMS API as a rule has it; nil where none fits.
func (l ledger) byRule(api, id string) (any, error) {
	plan, err := l.outcome(call{api: api, requestID: id})
	if err != nil || plan.Result == "" || plan.Result == "SUCCESS" {
		return nil, err
	}
	return answerFor(plan.Result), nil
}

// amountUpdate is an updateAmount that was done.
type amountUpdate struct {
	RequestID, PaymentID string
	Amount               apo.Amount
}

// mostUpdates is how often the amount of a payment can be changed.
const mostUpdates = 10

// updateAnswer has the fields that the official SDKs read.
type updateAnswer struct {
	UpdateRequestID string     `json:"updateRequestId"`
	PaymentID       string     `json:"paymentId"`
	Amount          apo.Amount `json:"amount"`
	Result          result     `json:"result"`
}

func (u amountUpdate) answer() updateAnswer {
	return updateAnswer{u.RequestID, u.PaymentID, u.Amount, resultOf("SUCCESS")}
}

// updateAmount raises the amount of an authorization of which nothing was captured. The
// code for one that is not more no source tells.
func (l ledger) updateAmount(r gjson.Result) (any, error) {
	u := amountUpdate{r.Get("updateRequestId").String(), r.Get("paymentId").String(), amountOf(r.Get("amount"))}
	b, found, err := l.paymentByID(u.PaymentID)
	if err != nil {
		return nil, err
	}
	if !found {
		return refuse("ORDER_NOT_EXIST", "no payment has this paymentId"), nil
	}
	var earlier amountUpdate
	repeated, err := l.get(&earlier, `SELECT doc FROM amount_updates WHERE request_id = ?`, u.RequestID)
	switch {
	case err != nil:
		return nil, err
	case repeated && earlier != u:
		return refuse("REPEAT_REQ_INCONSISTENT", "updateRequestId is in use with another amount or payment"), nil
	case repeated:
		return earlier.answer(), nil
	case b.Status == cancelled && b.Code == "AUTH_EXPIRED":
		return refuse("AUTH_EXPIRED", "the authorization ended on "+isoTime(b.AuthExpires)), nil
	case b.Status == cancelled:
		return l.cancelled("the payment was cancelled"), nil
	case b.Status != success:
		return refuse("ORDER_STATUS_INVALID", "the payment is "+string(b.Status)), nil
	case b.sum("CAPTURE") > 0:
		return refuse("INCREMENTAL_NOT_SUPPORT", "the payment was captured, in part or whole"), nil
	case b.Updates >= mostUpdates:
		return refuse("INCREMENTAL_NOT_SUPPORT", fmt.Sprintf("the amount of a payment can be changed %d times", mostUpdates)), nil
	case u.Amount.Currency != b.Amount.Currency:
		return refuse("CURRENCY_NOT_SUPPORT", "the payment is in "+b.Amount.Currency), nil
	case !more(u.Amount, b.Amount):
		return refuse("PARAM_ILLEGAL", "amount.value must be more than the payment's, which is "+b.Amount.String()), nil
	}
	if answer, err := l.byRule("updateAmount", u.RequestID); answer != nil || err != nil {
		return answer, err
	}
	b.Asked, b.Amount, b.Updates = b.asked(), u.Amount, b.Updates+1
	err = errors.Join(l.savePayment(&b.payment), l.put(`INSERT INTO amount_updates (request_id, payment_id, doc) VALUES (?, ?, ?)`, u, u.RequestID, u.PaymentID))
	return u.answer(), err
}

func more(a, than apo.Amount) bool {
	units, bad := a.Units()
	least, _ := than.Units()
	return bad == nil && units > least
}

// asked is the amount with which pay made it.
func (p payment) asked() apo.Amount {
	if p.Asked != (apo.Amount{}) {
		return p.Asked
	}
	return p.Amount
}

type disputeAnswer struct {
	DisputeID  string `json:"disputeId"`
	Resolution string `json:"disputeResolutionTime"`
	Result     result `json:"result"`
}

// acceptDispute is the merchant who pays.
func (l ledger) acceptDispute(r gjson.Result) (any, error) {
	return l.answerDispute(r, "acceptDispute", concede, func(d dispute) (dispute, error) {
		d.Accepted = "MERCHANT_ACCEPTED"
		return l.endDispute(d, concede, disputeAccepted)
	})
}

// supplyDefenseDocument is the merchant who does not agree. The document is not kept:
// whatever it holds is nobody's business here.
func (l ledger) supplyDefenseDocument(r gjson.Result) (any, error) {
	return l.answerDispute(r, "supplyDefenseDocument", defend, func(d dispute) (dispute, error) {
		b, _, err := l.paymentByID(d.PaymentID)
		if err != nil {
			return d, err
		}
		d.transition(defend)
		return d, errors.Join(l.saveDispute(d), l.notifyDispute(defenseSupplied, d, b.payment))
	})
}

// answerDispute is what the two ways to answer a dispute have in common: each can be
// done once, and in time.
func (l ledger) answerDispute(r gjson.Result, api string, e event, do func(dispute) (dispute, error)) (any, error) {
	d, found, err := l.disputeByID(r.Get("disputeId").String())
	switch {
	case err != nil:
		return nil, err
	case !found:
		return refuse("PARAM_ILLEGAL", "disputeId: there is no such dispute"), nil
	case d.Status == conceded && d.Accepted == "TIMEOUT" || d.Status == opened && !l.now.Before(d.Due):
		return refuse("TIME_EXCEEDS_LIMIT", "the dispute had to be answered by "+isoTime(d.Due)), nil
	case !d.can(e):
		return refuse("REPEAT_REQUEST", "the dispute is "+string(d.Status)), nil
	}
	if answer, err := l.byRule(api, d.ID); answer != nil || err != nil {
		return answer, err
	}
	if d, err = do(d); err != nil {
		return nil, err
	}
	return disputeAnswer{d.ID, isoTime(l.now), resultOf("SUCCESS")}, nil
}

type evidenceAnswer struct {
	Evidence string `json:"disputeEvidence"`
	Format   string `json:"disputeEvidenceFormat"`
	Result   result `json:"result"`
}

// downloadDisputeEvidence is a document about a dispute, or one to fill in: a page that
// says which.
func (l ledger) downloadDisputeEvidence(r gjson.Result) (any, error) {
	d, found, err := l.disputeByID(r.Get("disputeId").String())
	if err != nil {
		return nil, err
	}
	if !found {
		return refuse("PARAM_ILLEGAL", "disputeId: there is no such dispute"), nil
	}
	if answer, err := l.byRule("downloadDisputeEvidence", d.ID); answer != nil || err != nil {
		return answer, err
	}
	title := "What the cardholder says in dispute " + d.ID
	if r.Get("disputeEvidenceType").String() == "DISPUTE_EVIDENCE_TEMPLATE" {
		title = "Your defense in dispute " + d.ID
	}
	page := pdf(title, "payment "+d.PaymentID, "amount "+d.Amount.String(), "reason "+d.Reason, "to be answered by "+d.Due.UTC().Format(time.RFC3339))
	return evidenceAnswer{base64.StdEncoding.EncodeToString(page), "PDF", resultOf("SUCCESS")}, nil
}

// pdf is a document of one page with lines of ASCII.
func pdf(lines ...string) []byte {
	text := "BT /F1 12 Tf 72 770 Td 16 TL\n"
	for _, line := range lines {
		text += "(" + strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(line) + ") Tj T*\n"
	}
	text += "ET"
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(text), text),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	}
	out, table := "%PDF-1.4\n", "0000000000 65535 f \n"
	for i, o := range objects {
		table += fmt.Sprintf("%010d 00000 n \n", len(out))
		out += fmt.Sprintf("%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	return fmt.Appendf(nil, "%sxref\n0 %d\n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", out, len(objects)+1, table, len(objects)+1, len(out))
}
