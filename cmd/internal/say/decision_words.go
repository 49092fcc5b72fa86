package say

import "github.com/apo-cli/apo/pkg/apo"

func moneyWords(m apo.Moved) string {
	return map[apo.Moved]string{
		apo.MovedNo:      "no: no money moved because of this request",
		apo.MovedMaybe:   "maybe: ask before anything else",
		apo.MovedYes:     "yes: it took effect",
		apo.MovedNotSaid: "this says nothing of it: the result does",
	}[m]
}

func reuseWords(d apo.Decision) string {
	switch {
	case d.RequestID == apo.SameID:
		return "the same: under another it would be a second request"
	case d.RequestID == apo.NewID && d.Wait == apo.WaitNever:
		return "a new one, with another card"
	case d.RequestID == apo.NewID:
		return "a new one, for another attempt"
	case d.Final == apo.StillOpen:
		return "neither: first find out what became of it"
	}
	return "neither: it is not sent again"
}

func waitWords(d apo.Decision) string {
	switch d.Wait {
	case apo.WaitNone:
		return "none"
	case apo.WaitLater:
		return "no time is documented: longer from one try to the next"
	case apo.WaitMended:
		return "until what it names has been put right"
	case apo.WaitKnown:
		return "until an inquiry or a notification has told what became of it"
	case apo.WaitNever:
		if d.RequestID == apo.NewID {
			return "never again with this card"
		}
		return "never again"
	}
	if d.RequestID == apo.SameID {
		return string(d.Wait) + " from one inquiry to the next"
	}
	return string(d.Wait) + " before the next attempt"
}

// buyerWords is what the buyer may be told. It accuses nobody and names no reason that is
// between the bank and its customer.
func buyerWords(b apo.ForBuyer) string {
	return map[apo.ForBuyer]string{
		apo.BuyerNothing:         "nothing: this is not for the buyer",
		apo.BuyerDone:            "It went through. Thank you.",
		apo.BuyerWaits:           "We are still waiting for the bank. Please do not pay again; we will tell you as soon as it is done.",
		apo.BuyerChecked:         "We are finding out what became of it. Please do not pay again until we have told you.",
		apo.BuyerGivenBack:       "The payment could not be completed. If an amount shows on your account, it will be given back.",
		apo.BuyerBank:            "Your bank did not approve the payment. Please use another card, or ask your bank.",
		apo.BuyerOtherCard:       "The payment could not be completed with this card. Please use another card or another way to pay.",
		apo.BuyerChecksCard:      "Please check the card number, the expiry date and the security code, or use another card.",
		apo.BuyerChecksAddress:   "Please check that the billing address is the one that your bank has.",
		apo.BuyerExpiredCard:     "The expiry date of this card has passed. Please use another card.",
		apo.BuyerAmount:          "This amount was not approved. Please try later, or use another card or another way to pay.",
		apo.BuyerConfirms:        "Your bank asks you to confirm it. Please follow its steps.",
		apo.BuyerConfirmsAgain:   "It could not be confirmed with your bank. Please try once more, or use another card.",
		apo.BuyerFreshCode:       "Please show a fresh payment code, or choose another way to pay.",
		apo.BuyerProvider:        "Your payment provider needs something from you before you can pay this way. Please ask it, or pay in another way.",
		apo.BuyerOtherWay:        "It cannot be paid this way. Please choose another way to pay.",
		apo.BuyerLater:           "We cannot take the payment at the moment. Please try again later.",
		apo.BuyerPaysAgain:       "This payment has ended. Please pay again if you still want the order.",
		apo.BuyerRefundWaits:     "Your refund is being worked on. We will tell you as soon as it is done.",
		apo.BuyerRefundOtherwise: "It cannot be given back this way. We will find another one and tell you.",
		apo.BuyerCardNotSaved:    "The card could not be saved. Please try again, or use another card.",
	}[b]
}

// nextStep is the command that comes next. id stands for whose it is.
func (w Words) nextStep(s apo.Step, id string) string {
	args := map[apo.Step][]string{
		apo.StepInquire:       {"inquire", id},
		apo.StepInquireRefund: {"inquire-refund", id},
		apo.StepTimeline:      {"timeline", id},
		apo.StepResume:        {"resume"},
		apo.StepVault:         {"vault", "show", id},
		apo.StepDispute:       {"dispute", "list"},
		apo.StepProfile:       {"profile", "check"},
		apo.StepRequest:       {"log", "show", "@last"},
		apo.StepTicket:        {"log", "export", "@last", "--md"},
		apo.StepMethods:       {"methods"},
		apo.StepVerify:        {"verify-notify", "--http", "FILE"},
		apo.StepHelp:          {"help", "exit-codes"},
		apo.StepField:         {"explain", "PARAM_ILLEGAL"},
	}[s]
	if args == nil {
		return ""
	}
	return w.Command(args...)
}
