package apo

import (
	"slices"
	"strings"
)

// advice is what to do after result codes: the part of a [Decision] that their status
// does not say.
type advice struct {
	codes string // with spaces between
	id    Reuse
	wait  Wait
	buyer ForBuyer
	next  Step
}

func adviceOn(code string) (advice, bool) {
	for _, a := range adviceTable() {
		if slices.Contains(strings.Fields(a.codes), code) {
			return a, true
		}
	}
	return advice{}, false
}

// adviceTable has each code of the catalogue once. A code that leaves open whether
// money moved is never followed by a new request ID.
//
// Sources: apo-api: the further actions of the result code tables; APO's guide for
// cards server to server (2 s between inquiries, a new ID after a final F), and
// inquiryRefund (15 s, three times).
func adviceTable() []advice {
	return slices.Concat(adviceOnOpen(), adviceOnCards(), adviceOnPayments(), adviceOnOurselves(), adviceOnMovingBack())
}

// adviceOnOpen is about what is not known yet.
func adviceOnOpen() []advice {
	return []advice{
		{"SUCCESS", NeitherID, WaitNone, BuyerDone, StepInquire},
		{"PAYMENT_IN_PROCESS CAPTURE_IN_PROCESS", SameID, "2s", BuyerWaits, StepInquire},
		{"REFUND_IN_PROCESS", SameID, "2s", BuyerRefundWaits, StepInquireRefund},
		{"REQUEST_TRAFFIC_EXCEED_LIMIT UNKNOWN_EXCEPTION", SameID, WaitLater, BuyerChecked, StepInquire},
		{"VERIFICATION_IN_PROCESS", SameID, "2s", BuyerConfirms, StepVault},
		{"FRAUD_REJECT RISK_REJECT", NeitherID, WaitKnown, BuyerGivenBack, StepInquire},
		{"ORDER_STATUS_INVALID REPEAT_REQ_INCONSISTENT SYSTEM_ERROR", NeitherID, WaitKnown, BuyerChecked, StepInquire},
		{"ORDER_NOT_EXIST", SameID, "15s", BuyerChecked, StepInquire},
		{"VAULTING_NOT_EXIST", SameID, WaitLater, BuyerNothing, StepVault},
	}
}

// adviceOnCards is about cards that were not taken. WaitNever: not with this card.
func adviceOnCards() []advice {
	return []advice{
		{"DO_NOT_HONOR ISSUER_REJECTS_TRANSACTION POLICY NO_SELECTED_ACCOUNT BLOCKED_FIRST_USED", NewID, WaitNone, BuyerBank, StepInquire},
		{"LOST_CARD STOLEN_CARD PICKUP_CARD ACCOUNT_CLOSED", NewID, WaitNever, BuyerOtherCard, StepInquire},
		{"CARD_NOT_SUPPORTED RESTRICTED_CARD SELECTED_CARD_BRAND_NOT_AVAILABLE SUSPECTED_CARD", NewID, WaitNone, BuyerOtherCard, StepInquire},
		{"CARD_EXPIRED", NewID, WaitNever, BuyerExpiredCard, StepInquire},
		{"INVALID_CARD INVALID_CARD_NUMBER INVALID_CVV INVALID_EXPIRATION_DATE", NewID, WaitNone, BuyerChecksCard, StepInquire},
		{"AUTHENTICATION_REQUIRED", NewID, WaitNone, BuyerConfirms, StepInquire},
		{"USER_PAYMENT_VERIFICATION_FAILED VERIFY_TIMES_EXCEED_LIMIT VERIFY_UNMATCHED", NewID, WaitNone, BuyerConfirmsAgain, StepInquire},
		{"VERIFICATION_FAIL", NewID, WaitNone, BuyerCardNotSaved, StepVault},
		{"PAYMENT_AMOUNT_EXCEED_LIMIT USER_AMOUNT_EXCEED_LIMIT USER_BALANCE_NOT_ENOUGH", NewID, WaitLater, BuyerAmount, StepInquire},
		{"SUSPECTED_RISK", NewID, "1d", BuyerOtherCard, StepInquire},
	}
}

// adviceOnPayments is about payments that cannot be as they were asked for.
func adviceOnPayments() []advice {
	return []advice{
		{"AUTH_CANCELLED AUTH_EXPIRED ORDER_IS_CANCELED ORDER_IS_CANCELLED ORDER_IS_CLOSED", NewID, WaitNone, BuyerPaysAgain, StepInquire},
		{"AUTH_NOT_FOUND", NeitherID, WaitKnown, BuyerChecked, StepInquire},
		{"EXPIRED_CODE INVALID_PAYMENT_CODE", NewID, WaitNone, BuyerFreshCode, StepInquire},
		{"INVALID_ACCESS_TOKEN USER_KYC_NOT_QUALIFIED USER_NOT_EXIST USER_STATUS_ABNORMAL", NewID, WaitMended, BuyerProvider, StepInquire},
		{"PAYMENT_COUNT_EXCEED_LIMIT", NewID, WaitLater, BuyerOtherWay, StepInquire},
		{"PAYMENT_PROHIBITED", NeitherID, WaitNever, BuyerOtherWay, StepInquire},
		{"PROCESS_FAIL", NeitherID, WaitNever, BuyerOtherWay, StepTicket},
	}
}

// adviceOnOurselves is about what the merchant's side has to put right.
func adviceOnOurselves() []advice {
	return []advice{
		{"ACCESS_DENIED API_INVALID CLIENT_INVALID INVALID_API INVALID_CLIENT_STATUS INVALID_SIGNATURE KEY_NOT_FOUND", SameID, WaitMended, BuyerLater, StepProfile},
		{"MEDIA_TYPE_NOT_ACCEPTABLE METHOD_NOT_SUPPORTED NO_INTERFACE_DEF OAUTH_FAILED SIGNATURE_INVALID UNKNOWN_CLIENT", SameID, WaitMended, BuyerLater, StepProfile},
		{"INVALID_AMOUNT INVALID_EXPIRY_DATE_FORMAT INVALID_PAYMENT_METHOD_META_DATA PARAM_ILLEGAL", NewID, WaitMended, BuyerLater, StepRequest},
		{"INVALID_CONTRACT INVALID_MERCHANT_STATUS MERCHANT_KYB_NOT_QUALIFIED MERCHANT_NOT_REGISTERED PAYMENT_NOT_QUALIFIED SETTLE_CONTRACT_NOT_MATCH", NewID, WaitMended, BuyerLater, StepTicket},
		{"CURRENCY_NOT_SUPPORT NO_PAY_OPTIONS", NewID, WaitMended, BuyerOtherWay, StepMethods},
		{"CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT", NewID, WaitMended, BuyerNothing, StepInquire},
		{"INCREMENTAL_NOT_SUPPORT MULTI_CAPTURE_NOT_SUPPORTED", NeitherID, WaitNever, BuyerNothing, StepInquire},
		{"DEFENSE_EXCEED_LIMIT REPEAT_REQUEST TIME_EXCEEDS_LIMIT", NeitherID, WaitNever, BuyerNothing, StepDispute},
	}
}

// adviceOnMovingBack is about money that is to go back.
func adviceOnMovingBack() []advice {
	return []advice{
		{"CANCEL_WINDOW_EXCEED MULTIPLE_REFUNDS_NOT_SUPPORTED PAYMENT_METHOD_NOT_SUPPORTED REFUND_NOT_SUPPORTED REFUND_WINDOW_EXCEED", NeitherID, WaitNever, BuyerRefundOtherwise, StepInquire},
		{"MERCHANT_BALANCE_NOT_ENOUGH PARTIAL_REFUND_NOT_SUPPORTED REFUND_AMOUNT_EXCEED", NewID, WaitMended, BuyerRefundWaits, StepInquire},
	}
}
