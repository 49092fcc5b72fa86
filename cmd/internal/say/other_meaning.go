package say

import (
	"cmp"
	"slices"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// OtherMeaning advises on a number that the gateway does not know: it finds a
// payment by its two IDs alone, and a refund by its own. list are the records that
// have the number, or one that begins so. found says that the journal knows it.
func (w Words) OtherMeaning(list []journal.Record, number string, asRefund bool) (advice string, found bool) {
	known := list
	moving := slices.DeleteFunc(slices.Clone(list), func(r journal.Record) bool { return r.Reads })
	list = slices.DeleteFunc(slices.Clone(moving), func(r journal.Record) bool { return !r.Numbers.Has(number) })
	switch {
	case len(list) > 0:
	case !asRefund && slices.ContainsFunc(known, func(r journal.Record) bool { return refundAsked(r, number) }):
		return "the journal has it as a refund: " + w.Command("inquire-refund", number), true
	case w.SavedCard(moving, number) != "":
		return w.SavedCard(moving, number), true
	case len(moving) > 0:
		return "the journal has numbers that begin so, or in another case: " + w.Command("find", number), true
	case RoundedNumber(number) != "":
		return RoundedNumber(number), true
	default:
		return "the gateway takes IDs of payments and refunds alone, no order or acquirer's number; the journal of this machine does not have it either", false
	}
	n, profile, id := list[0].Numbers, list[0].Profile, journal.IDOf(list[0])
	if slices.ContainsFunc(list, func(r journal.Record) bool { return r.Profile != profile || !journal.IDOf(r).Same(id) }) {
		return "the journal has it on several payments: " + w.Command("find", number), true
	}
	own := profile == w.ProfileName
	command := func(verb, id string) string {
		if !own {
			return w.commandIn(profile, verb, id)
		}
		return w.Command(verb, id)
	}
	payment := command("inquire", cmp.Or(n.PaymentRequestID, n.PaymentID))
	kind := kindOf(n, number)
	asked := kind.of == "payment" && !asRefund || kind.of == "refund" && asRefund && number == n.RefundRequestID
	switch {
	case asked && own:
		return unknownNow(list), true
	case kind.of == "refund":
		return "the journal has it as a refund: " + command("inquire-refund", n.RefundRequestID), true
	}
	return "the journal has it as " + kind.known + ": " + payment, true
}

// unknownNow says what the journal has of something that this profile sent itself, and
// that the gateway does not know. list is the newest first.
func unknownNow(list []journal.Record) string {
	first := list[len(list)-1]
	if first.Endpoint == "createPaymentSession" && first.Outcome == apo.Succeeded {
		return "it is a session, of which there is no payment until the buyer submits it"
	}
	text := "this profile sent its " + first.Endpoint + " on " + When(first.Time) + ": " + StateOf(first)
	if first.Mode != "LIVE" {
		text += "; a sandbox forgets it when it is reset"
	}
	return text
}

// refundAsked reports whether an inquiry found a refund under a number.
func refundAsked(r journal.Record, number string) bool {
	n := r.Numbers
	return r.Endpoint == "inquiryRefund" && r.Outcome == apo.Succeeded && (n.RefundRequestID == number || n.RefundID == number)
}
