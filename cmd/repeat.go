package cmd

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
)

// repeat is the command of this run under the request's own ID: it sends the
// same request again. It is empty where that would show what must not be shown.
func (d *deps) repeat(op operation) string {
	args := slices.Clone(d.args)
	carried := slices.ContainsFunc(args, func(a string) bool { return op.id != "" && strings.Contains(a, op.id) })
	if op.named && !carried {
		end := slices.Index(args, "--") // what follows is no flag
		if end < 0 {
			end = len(args)
		}
		args = slices.Insert(args, end, "--request-id", op.id)
	}
	line := "apo"
	for _, a := range args {
		if a == last { // it may be another by then
			a = first(gjson.GetBytes(op.body, "paymentId").String(), a)
		}
		line += " " + say.Quoted(a)
	}
	if len(args) == 0 || d.io.Masker.Text(line) != line {
		return ""
	}
	return line
}

// repeatOf is the command that sends a recorded request again under its own ID,
// as far as the record says: a pay had more flags, and its card, which must be
// the same. It is empty for an API without a command.
func repeatOf(r journal.Record) string {
	words := []string{"apo", r.Endpoint}
	switch r.Endpoint {
	case "capture", "refund", "cancel":
		words = append(words, first(r.Numbers.PaymentID, r.Numbers.PaymentRequestID))
	case "pay":
	default:
		return ""
	}
	if !r.Amount.IsZero() {
		words = append(words, "--amount", r.Amount.Value, "--currency", r.Amount.Currency)
	}
	if id := ownID(r); id != "" {
		words = append(words, "--request-id", id)
	}
	if order := r.Numbers.ReferenceOrderID; r.Endpoint == "pay" && order != "" {
		words = append(words, "--order-id", order)
	}
	if r.Profile != profile.Environment {
		words = append(words, "--profile", r.Profile)
	}
	for i, w := range words {
		words[i] = say.Quoted(w)
	}
	return strings.Join(words, " ")
}
