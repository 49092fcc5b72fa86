package say

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
)

// viewVerification shows a message that was verified, or why it does not verify.
// How the search went is in its JSON.
func (p Printer) viewVerification(v Verification) {
	if masked, err := json.Marshal(v); err != nil || json.Unmarshal(p.Masked(masked), &v) != nil {
		return
	}
	text := func(name, value string) term.Field { return term.Field{Name: name, Cell: term.Cell{Text: value}} }
	fields := []term.Field{{Name: "verified", Cell: yesOrNo(v.Verified)}}
	if v.Verified {
		fields = append(fields, p.noticeFields(v.Notification)...)
	} else {
		fields = append(fields, text("cause", string(v.Cause)+v.proof()))
	}
	fields = append(fields, text("explanation", v.Explanation), text("repair", v.Repair),
		text("clientId", v.ClientID), text("key, SHA-256", v.KeyFingerprint), text("signed by, SHA-256", v.SignedBy))
	_ = p.WriteView(fields)
}

// ShowLine shows a [Line], as it is encoded and masked, in a line for people. The
// lines are a stream, so they have no columns.
func (p Printer) ShowLine(text []byte) {
	doc := gjson.ParseBytes(text)
	get := func(name string) string { return doc.Get(name).String() }
	facts := term.Cells("line " + get("line"))
	switch {
	case doc.Get("error").Exists():
		facts = append(facts, term.Cell{Text: "not usable", Tone: term.Doubt}, term.Cell{Text: get("error")})
	case !doc.Get("verified").Bool():
		facts = append(facts, term.Cell{Text: "not verified", Tone: term.Failure}, term.Cell{Text: get("cause")}, term.Cell{Text: get("explanation")})
	default:
		result := apo.Result{Status: get("resultStatus"), Code: get("resultCode")}
		facts = append(facts, term.Cell{Text: "verified", Tone: term.Success}, term.Cell{Text: get("notifyType")},
			term.Cell{Text: strings.TrimSpace(result.Status + " " + result.Code), Tone: resultTone(result)},
			term.Cell{Text: get("meaning")}, term.Cell{Text: get("amount")}, term.Cell{Text: Fact("paymentRequestId", get("paymentRequestId"))},
			term.Cell{Text: Fact("paymentId", get("paymentId"))})
		doc.Get("contradictions").ForEach(func(_, c gjson.Result) bool {
			facts = append(facts, term.Cell{Text: "✖ " + c.String(), Tone: term.Failure})
			return true
		})
	}
	facts = slices.DeleteFunc(facts, func(c term.Cell) bool { return c.Text == "" })
	_ = p.WriteFacts(4, facts...)
}

// noticeFields are what a notification says; none where there is none.
func (p Printer) noticeFields(n *Notice) []term.Field {
	if n == nil {
		return nil
	}
	text := func(name, value string) term.Field { return term.Field{Name: name, Cell: term.Cell{Text: value}} }
	result := apo.Result{Status: n.ResultStatus, Code: n.ResultCode}
	fields := []term.Field{
		text("notifyType", cmp.Or(n.NotifyType, string(n.Kind))),
		{Name: "result", Cell: term.Cell{Text: strings.TrimSpace(result.Status + " " + result.Code), Tone: resultTone(result)}},
		text("meaning", n.Meaning),
	}
	for _, c := range n.Contradictions {
		fields = append(fields, term.Field{Name: "✖", Cell: term.Cell{Text: c, Tone: term.Failure}})
	}
	return append(fields,
		text("amount", n.Amount), text("paymentStatus", n.PaymentStatus), text("refundStatus", n.RefundStatus),
		text("vaultingStatus", n.VaultingStatus), text("disputeJudgedResult", n.DisputeJudgedResult),
		text("paymentRequestId", n.PaymentRequestID), text("paymentId", n.PaymentID), text("captureRequestId", n.CaptureRequestID), text("captureId", n.CaptureID),
		text("refundRequestId", n.RefundRequestID), text("refundId", n.RefundID), text("vaultingRequestId", n.VaultingRequestID), text("disputeId", n.DisputeID),
		text("answer before", WhenText(n.DefenseDueTime)), text("next", n.Next))
}
