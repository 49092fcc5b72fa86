package say

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/operate"
)

// repeat is the command of this run under the request's own ID: it sends the
// same request again. It is empty where that would show what must not be shown.
func (w Words) repeat(r operate.Result) string {
	args := slices.Clone(w.Args)
	carried := slices.ContainsFunc(args, func(a string) bool { return r.ID.Value != "" && strings.Contains(a, r.ID.Value) })
	if w.NamesID && !carried {
		end := slices.Index(args, "--") // what follows is no flag
		if end < 0 {
			end = len(args)
		}
		args = slices.Insert(args, end, "--request-id", r.ID.Value)
	}
	line := "apo"
	for _, a := range args {
		if a == "@last" { // it may be another by then
			a = cmp.Or(gjson.GetBytes(r.Body, "paymentId").String(), a)
		}
		line += " " + Quoted(a)
	}
	if len(args) == 0 || w.Masker.Text(line) != line {
		return ""
	}
	return line
}

// vaultAdvice is advice for a request that saves a card: the catalogue speaks of payments.
func (w Words) vaultAdvice(id, action string) string {
	action = strings.ReplaceAll(action, "`apo inquire ID`", w.Command("vault", "show", id))
	action = strings.ReplaceAll(action, "pay under a new paymentRequestId", "save the card under a new vaultingRequestId")
	return strings.ReplaceAll(action, "paymentRequestId", "vaultingRequestId")
}

// ofVaulting is what a code means for a card that was to be saved.
func ofVaulting(meaning string) string {
	return strings.NewReplacer("the payment ended", "the request ended", "the payment is in a state", "the request is in a state", "payment", "request").Replace(meaning)
}

// advice is what the catalogue says to do about a code, with the commands as they
// are to be pasted for the request of this body.
func (w Words) advice(body []byte, action string) string {
	if id := gjson.GetBytes(body, "vaultingRequestId").String(); id != "" {
		return w.vaultAdvice(id, action)
	}
	payment := cmp.Or(gjson.GetBytes(body, "paymentId").String(), gjson.GetBytes(body, "paymentRequestId").String())
	refund := gjson.GetBytes(body, "refundRequestId").String()
	for _, c := range [][2]string{{"inquire", payment}, {"cancel", payment}, {"refund", payment}, {"inquire-refund", refund}} {
		if c[1] != "" {
			action = strings.ReplaceAll(action, "`apo "+c[0]+" ID`", w.Command(c[0], c[1]))
		}
	}
	return action
}
