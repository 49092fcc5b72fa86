package apo

import (
	"slices"
	"strings"
)

// Money says whether money may have moved when a result code came back.
type Money int

const (
	MoneyNone  Money = iota // nothing moved because of this request
	MoneyMaybe              // it may have moved: ask before concluding anything
	MoneyMoved              // the operation succeeded
)

// Code describes one result code of APO's APIs.
//
// Meaning and Action are lower-case phrases without a final full stop. An ID
// or FILE in a command that Action names stands for the reader's own.
//
// APIs holds names such as "pay" and "notifyRefund" where the code is the
// result of that call or notification. Codes that are the result of a payment,
// capture or refund told by an inquiry have
// "inquiryPayment.paymentResultCode", "inquiryPayment.transactions" or
// "inquiryRefund.refundResult". It is empty for codes that no table of these
// APIs lists but that servers or clients were seen to use.
//
// Source: apo-api: result code tables of the gateway's public documentation.
type Code struct {
	Name    string   // as sent in result.resultCode, for example "ORDER_NOT_EXIST"
	Status  string   // "S", "F" or "U"
	Meaning string   // what happened, in a person's words
	Action  string   // what to do next
	Money   Money    // as the result of an inquiry itself it tells nothing about the payment asked for
	Caller  bool     // the gateway did not recognise the caller: client ID, key, signature, path or permission
	APIs    []string // where it is documented
}

// Lookup finds a code by its exact name.
func Lookup(name string) (Code, bool) {
	i, ok := slices.BinarySearchFunc(catalogue, name, func(c Code, name string) int {
		return strings.Compare(c.Name, name)
	})
	if !ok {
		return Code{}, false
	}
	return catalogue[i].clone(), true
}

// Codes returns the whole catalogue, sorted by name. It is the caller's to
// change.
func Codes() []Code {
	list := make([]Code, len(catalogue))
	for i, c := range catalogue {
		list[i] = c.clone()
	}
	return list
}

// clone is a copy that shares nothing: no caller can change the catalogue.
func (c Code) clone() Code {
	c.APIs = slices.Clone(c.APIs)
	return c
}

// catalogue is laid out by the compiler, sorted by name, and never changed. Each
// notification of a stream looks into it.
var catalogue = []Code{
	{
		Name:    "ACCESS_DENIED",
		Status:  "F",
		Meaning: "the gateway knows the caller but does not let it use this API",
		Action:  "ask Antom support to open the API for this client ID, then `apo profile check`",
		Money:   MoneyNone,
		Caller:  true,
		APIs: []string{
			"pay", "inquiryPayment", "inquiryPayment.paymentResultCode", "inquiryPayment.transactions",
			"capture", "cancel", "refund", "inquiryRefund", "inquiryRefund.refundResult", "notifyPayment",
			"notifyCapture", "notifyRefund", "inquireVaulting",
		},
	},
	{
		Name:    "ACCOUNT_CLOSED",
		Status:  "F",
		Meaning: "the account behind the card no longer exists",
		Action:  "ask the buyer for another card",
		Money:   MoneyNone,
		APIs:    []string{"inquireVaulting"},
	},
	{
		Name:    "API_INVALID",
		Status:  "F",
		Meaning: "the gateway could not make out which API was meant",
		Action:  "check the path and the method of the request, then `apo profile check`",
		Money:   MoneyNone,
		Caller:  true,
		APIs:    []string{"inquiryRefund.refundResult"},
	},
	{
		Name:    "AUTHENTICATION_REQUIRED",
		Status:  "F",
		Meaning: "the card's bank wants the buyer to prove who they are with 3DS",
		Action:  "pay again under a new paymentRequestId, with 3DS switched on",
		Money:   MoneyNone,
		APIs:    []string{"pay", "inquiryPayment.transactions", "notifyPayment", "inquireVaulting"},
	},
	{
		Name:    "AUTH_CANCELLED",
		Status:  "F",
		Meaning: "the hold on the buyer's card was released, so there is nothing left to capture",
		Action:  "pay again under a new paymentRequestId",
		Money:   MoneyNone,
		APIs:    []string{"capture", "notifyCapture"},
	},
	{
		Name:    "AUTH_EXPIRED",
		Status:  "F",
		Meaning: "the hold on the buyer's card ran out before the capture came",
		Action:  "pay again under a new paymentRequestId, and capture sooner",
		Money:   MoneyNone,
		APIs:    []string{"capture", "notifyCapture"},
	},
	{
		Name:    "AUTH_NOT_FOUND",
		Status:  "F",
		Meaning: "the gateway has no authorization for this paymentId",
		Action:  "check the paymentId and the profile with `apo inquire ID`, then ask Antom support",
		Money:   MoneyNone,
		APIs:    []string{"capture", "notifyCapture"},
	},
	{
		Name:    "BLOCKED_FIRST_USED",
		Status:  "F",
		Meaning: "the bank refused the card because it was never used before",
		Action:  "ask the buyer to activate the card with the bank, or to take another one",
		Money:   MoneyNone,
		APIs:    []string{"inquireVaulting"},
	},
	{
		Name:    "CANCEL_WINDOW_EXCEED",
		Status:  "F",
		Meaning: "the payment is too old to be cancelled under the contract",
		Action:  "give the money back with `apo refund ID` instead",
		Money:   MoneyNone,
		APIs:    []string{"cancel"},
	},
	{
		Name:    "CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT",
		Status:  "F",
		Meaning: "this capture, with earlier ones, would take more than was authorized",
		Action:  "see what is left with `apo inquire ID`, and capture no more than that",
		Money:   MoneyNone,
		APIs:    []string{"capture", "notifyCapture"},
	},
	{
		Name:    "CAPTURE_IN_PROCESS",
		Status:  "U",
		Meaning: "the capture was accepted and has not finished",
		Action:  "wait for notifyCapture or look with `apo inquire ID`; do not ship yet",
		Money:   MoneyMaybe,
		APIs:    []string{"capture", "notifyCapture"},
	},
	{
		Name:    "CARD_EXPIRED",
		Status:  "F",
		Meaning: "the card is past its expiry date",
		Action:  "ask the buyer for a card that is still valid",
		Money:   MoneyNone,
		APIs:    []string{"inquireVaulting"},
	},
	{
		Name:    "CARD_NOT_SUPPORTED",
		Status:  "F",
		Meaning: "this kind of card is not accepted here",
		Action:  "ask the buyer for another card",
		Money:   MoneyNone,
		APIs: []string{
			"pay", "inquiryPayment.paymentResultCode", "notifyPayment", "createPaymentSession",
			"inquireVaulting",
		},
	},
	{
		Name:    "CLIENT_INVALID",
		Status:  "F",
		Meaning: "the gateway does not know the client ID, or has restricted it",
		Action:  "compare the client ID with the dashboard, then `apo profile check`",
		Money:   MoneyNone,
		Caller:  true,
		APIs:    []string{"inquiryPayment.transactions", "notifyRefund"},
	},
	{
		Name:    "CURRENCY_NOT_SUPPORT",
		Status:  "F",
		Meaning: "the currency is not offered, or differs from that of the payment",
		Action:  "use the payment's currency (`apo inquire ID` shows it), or ask Antom support to add this one",
		Money:   MoneyNone,
		APIs: []string{
			"pay", "inquiryPayment.paymentResultCode", "capture", "refund", "inquiryRefund.refundResult",
			"notifyPayment", "notifyCapture", "notifyRefund", "consult",
		},
	},
	{
		Name:    "DEFENSE_EXCEED_LIMIT",
		Status:  "F",
		Meaning: "this dispute has been defended as often as the rules allow",
		Action:  "ask Antom support what can still be done about the dispute",
		Money:   MoneyNone,
		APIs:    []string{"supplyDefenseDocument"},
	},
	{
		Name:    "DO_NOT_HONOR",
		Status:  "F",
		Meaning: "the card's bank said no and gave no reason",
		Action:  "ask the buyer for another card, or to call the bank",
		Money:   MoneyNone,
		APIs:    []string{"pay", "inquiryPayment.paymentResultCode", "notifyPayment", "inquireVaulting"},
	},
	{
		Name:    "EXPIRED_CODE",
		Status:  "F",
		Meaning: "the payment code that the buyer showed is too old",
		Action:  "ask the buyer to show a fresh code, and pay again",
		Money:   MoneyNone,
		APIs:    []string{"pay", "notifyPayment"},
	},
	{
		Name:    "FRAUD_REJECT",
		Status:  "F",
		Meaning: "risk control took it for fraud; if the buyer was charged, the money is to be given back",
		Action:  "run `apo inquire ID`; ask Antom support to review it, or if a charge is not back in two weeks",
		Money:   MoneyMaybe,
		APIs:    []string{"pay", "inquiryPayment.paymentResultCode", "notifyPayment", "inquireVaulting"},
	},
	{
		Name:    "INCREMENTAL_NOT_SUPPORT",
		Status:  "F",
		Meaning: "the amount of this authorization cannot be changed: it was captured, or was changed ten times",
		Action:  "capture what is authorized, and pay the rest under another paymentRequestId",
		Money:   MoneyNone,
		APIs:    []string{"updateAmount"},
	},
	{
		Name:    "INVALID_ACCESS_TOKEN",
		Status:  "F",
		Meaning: "the buyer's access token is unknown, withdrawn or too old",
		Action:  "renew the token, asking the buyer to authorize again if need be",
		Money:   MoneyNone,
		APIs:    []string{"pay", "inquiryPayment.paymentResultCode", "notifyPayment"},
	},
	{
		Name:    "INVALID_AMOUNT",
		Status:  "F",
		Meaning: "the card's bank did not accept the amount",
		Action:  "check amount and currency digits; if they are right, ask Antom support",
		Money:   MoneyNone,
		APIs:    []string{"pay", "inquiryPayment.transactions", "notifyPayment"},
	},
	{
		Name:    "INVALID_API",
		Status:  "F",
		Meaning: "the gateway has no such API, or has not switched it on for this client",
		Action:  "check the path and the gateway region with `apo profile check`, then ask Antom support",
		Money:   MoneyNone,
		Caller:  true,
		APIs: []string{
			"inquiryPayment", "inquiryPayment.paymentResultCode", "inquiryPayment.transactions", "cancel",
			"refund", "inquiryRefund", "notifyPayment", "notifyRefund",
		},
	},
	{
		Name:    "INVALID_CARD",
		Status:  "F",
		Meaning: "no bank stands behind the card number, or the number makes no sense",
		Action:  "ask the buyer to check the number, or for another card",
		Money:   MoneyNone,
		APIs:    []string{"inquiryPayment.paymentResultCode"},
	},
	{
		Name:    "INVALID_CARD_NUMBER",
		Status:  "F",
		Meaning: "the card number is wrong",
		Action:  "ask the buyer to type the number again, or for another card",
		Money:   MoneyNone,
		APIs:    []string{"pay", "inquiryPayment.paymentResultCode", "notifyPayment", "inquireVaulting"},
	},
	{
		Name:    "INVALID_CLIENT_STATUS",
		Status:  "F",
		Meaning: "the client ID exists but is not active",
		Action:  "ask Antom support to activate the client ID, then `apo profile check`",
		Money:   MoneyNone,
		Caller:  true,
	},
	{
		Name:    "INVALID_CONTRACT",
		Status:  "F",
		Meaning: "the request does not fit what the contract says",
		Action:  "compare the request with the contract, then ask Antom support",
		Money:   MoneyNone,
		APIs:    []string{"pay", "capture", "notifyPayment", "notifyCapture", "notifyRefund"},
	},
	{
		Name:    "INVALID_CVV",
		Status:  "F",
		Meaning: "the security code of the card is wrong",
		Action:  "ask the buyer to type the security code again",
		Money:   MoneyNone,
		APIs:    []string{"inquireVaulting"},
	},
	{
		Name:    "INVALID_EXPIRATION_DATE",
		Status:  "F",
		Meaning: "the expiry date of the card is wrong",
		Action:  "ask the buyer to check month and year; if they are right, ask Antom support",
		Money:   MoneyNone,
		APIs:    []string{"pay", "inquiryPayment.paymentResultCode", "notifyPayment", "inquireVaulting"},
	},
	{
		Name:    "INVALID_EXPIRY_DATE_FORMAT",
		Status:  "F",
		Meaning: "the expiry date of the card is not written as the gateway wants it",
		Action:  "send expiryMonth and expiryYear as two digits each",
		Money:   MoneyNone,
		APIs:    []string{"inquiryPayment.paymentResultCode"},
	},
	{
		Name:    "INVALID_MERCHANT_STATUS",
		Status:  "F",
		Meaning: "the merchant account is limited or blocked",
		Action:  "ask Antom support what limits the account",
		Money:   MoneyNone,
		APIs: []string{
			"pay", "inquiryPayment.paymentResultCode", "refund", "inquiryRefund.refundResult",
			"notifyPayment", "notifyRefund",
		},
	},
	{
		Name:    "INVALID_PAYMENT_CODE",
		Status:  "F",
		Meaning: "the payment code that the buyer showed is not usable",
		Action:  "ask the buyer for a fresh code or another way to pay",
		Money:   MoneyNone,
		APIs:    []string{"pay"},
	},
	{
		Name:    "INVALID_PAYMENT_METHOD_META_DATA",
		Status:  "F",
		Meaning: "a value in paymentMethodMetaData is missing or wrong",
		Action:  "check paymentMethodMetaData against what the payment method needs",
		Money:   MoneyNone,
		APIs:    []string{"pay"},
	},
	{
		Name:    "INVALID_SIGNATURE",
		Status:  "F",
		Meaning: "the gateway could not verify the request's signature with the public key it holds",
		Action:  "compare `apo keys fingerprint FILE` with the key in the dashboard, then `apo profile check`",
		Money:   MoneyNone,
		Caller:  true,
		APIs:    []string{"notifyRefund"},
	},
	{
		Name:    "ISSUER_REJECTS_TRANSACTION",
		Status:  "F",
		Meaning: "the bank that gave out the card refused the payment",
		Action:  "ask the buyer for another card, or to call the bank",
		Money:   MoneyNone,
		APIs:    []string{"inquiryPayment.paymentResultCode"},
	},
	{
		Name:    "KEY_NOT_FOUND",
		Status:  "F",
		Meaning: "the gateway has no key to check or sign with for this client",
		Action:  "upload the public key in the dashboard, then `apo profile check`",
		Money:   MoneyNone,
		Caller:  true,
		APIs: []string{
			"pay", "inquiryPayment", "inquiryPayment.paymentResultCode", "inquiryPayment.transactions",
			"cancel", "refund", "inquiryRefund", "inquiryRefund.refundResult", "notifyPayment",
			"notifyRefund",
		},
	},
	{
		Name:    "LOST_CARD",
		Status:  "F",
		Meaning: "the card was reported lost",
		Action:  "ask the buyer for another card; do not try this one again",
		Money:   MoneyNone,
		APIs:    []string{"inquireVaulting"},
	},
	{
		Name:    "MEDIA_TYPE_NOT_ACCEPTABLE",
		Status:  "F",
		Meaning: "the gateway does not take the Content-Type of the request",
		Action:  "send application/json; charset=UTF-8",
		Money:   MoneyNone,
		Caller:  true,
		APIs:    []string{"notifyRefund"},
	},
	{
		Name:    "MERCHANT_BALANCE_NOT_ENOUGH",
		Status:  "F",
		Meaning: "the merchant's balance does not cover the money to be given back",
		Action:  "top up the balance, then `apo cancel ID` again, or refund under a new refundRequestId",
		Money:   MoneyNone,
		APIs:    []string{"cancel", "refund", "inquiryRefund.refundResult", "notifyPayment", "notifyRefund"},
	},
	{
		Name:    "MERCHANT_KYB_NOT_QUALIFIED",
		Status:  "F",
		Meaning: "the business checks (KYB) of the merchant do not permit this payment",
		Action:  "finish the business checks in the dashboard, or ask Antom support",
		Money:   MoneyNone,
		APIs:    []string{"pay", "inquiryPayment.paymentResultCode"},
	},
	{
		Name:    "MERCHANT_NOT_REGISTERED",
		Status:  "F",
		Meaning: "the gateway has no such merchant",
		Action:  "check the merchant's details, finish the registration, or ask Antom support",
		Money:   MoneyNone,
		APIs:    []string{"pay", "notifyRefund", "consult"},
	},
	{
		Name:    "METHOD_NOT_SUPPORTED",
		Status:  "F",
		Meaning: "the request used an HTTP method other than POST",
		Action:  "send the request as POST",
		Money:   MoneyNone,
		Caller:  true,
		APIs:    []string{"notifyRefund"},
	},
	{
		Name:    "MULTIPLE_REFUNDS_NOT_SUPPORTED",
		Status:  "F",
		Meaning: "the payment was refunded once already, and the contract allows no second refund",
		Action:  "see the earlier refund with `apo inquire ID`; settle the rest outside APO",
		Money:   MoneyNone,
		APIs:    []string{"refund", "inquiryRefund.refundResult", "notifyRefund"},
	},
	{
		Name:    "MULTI_CAPTURE_NOT_SUPPORTED",
		Status:  "F",
		Meaning: "the payment was captured once already, and takes no second capture",
		Action:  "see the earlier capture with `apo inquire ID`; ask Antom support about several captures",
		Money:   MoneyNone,
		APIs:    []string{"capture", "notifyCapture"},
	},
	{
		Name:    "NO_INTERFACE_DEF",
		Status:  "F",
		Meaning: "nothing answers at the request's path",
		Action:  "check the path and the gateway with `apo profile check`",
		Money:   MoneyNone,
		Caller:  true,
		APIs: []string{
			"pay", "inquiryPayment", "inquiryPayment.paymentResultCode", "inquiryPayment.transactions",
			"cancel", "refund", "inquiryRefund", "inquiryRefund.refundResult", "notifyPayment",
			"notifyRefund",
		},
	},
	{
		Name:    "NO_PAY_OPTIONS",
		Status:  "F",
		Meaning: "no payment method is open for this request",
		Action:  "check methods, currency and region in the dashboard, then ask Antom support",
		Money:   MoneyNone,
		APIs: []string{
			"pay", "inquiryPayment.paymentResultCode", "capture", "notifyPayment", "notifyCapture",
			"consult", "createPaymentSession",
		},
	},
	{
		Name:    "NO_SELECTED_ACCOUNT",
		Status:  "F",
		Meaning: "the card has no account of the kind that was asked for",
		Action:  "ask the buyer for another card, or to call the bank",
		Money:   MoneyNone,
		APIs:    []string{"inquireVaulting"},
	},
	{
		Name:    "OAUTH_FAILED",
		Status:  "F",
		Meaning: "the gateway refused the authorization of the caller",
		Action:  "check client ID and keys with `apo profile check`, then ask Antom support",
		Money:   MoneyNone,
		Caller:  true,
	},
	{
		Name:    "ORDER_IS_CANCELED",
		Status:  "F",
		Meaning: "the payment was cancelled and stays so",
		Action:  "pay under a new paymentRequestId; there is nothing to capture or refund",
		Money:   MoneyNone,
		APIs:    []string{"pay", "capture", "refund", "notifyCapture"},
	},
	{
		Name:    "ORDER_IS_CANCELLED",
		Status:  "F",
		Meaning: "the payment was cancelled and stays so (servers usually write ORDER_IS_CANCELED)",
		Action:  "pay under a new paymentRequestId; there is nothing to capture or refund",
		Money:   MoneyNone,
	},
	{
		Name:    "ORDER_IS_CLOSED",
		Status:  "F",
		Meaning: "the payment ended, most often because its time ran out",
		Action:  "see how it ended with `apo inquire ID`; to try again, pay under a new paymentRequestId",
		Money:   MoneyNone,
		APIs: []string{
			"pay", "inquiryPayment.paymentResultCode", "refund", "inquiryRefund.refundResult",
			"notifyPayment", "notifyRefund", "inquireVaulting",
		},
	},
	{
		Name:    "ORDER_NOT_EXIST",
		Status:  "F",
		Meaning: "the gateway has no payment or refund with this ID",
		Action:  "check ID and profile; after a timeout ask three times, 15 s apart, before taking it as never placed",
		Money:   MoneyNone,
		APIs: []string{
			"pay", "inquiryPayment", "inquiryPayment.transactions", "cancel", "refund", "inquiryRefund",
			"inquiryRefund.refundResult", "notifyPayment", "notifyRefund",
		},
	},
	{
		Name:    "ORDER_STATUS_INVALID",
		Status:  "F",
		Meaning: "the payment is in a state in which this cannot be done; it may still be running",
		Action:  "look at the state with `apo inquire ID`; if it is PROCESSING, wait",
		Money:   MoneyMaybe,
		APIs: []string{
			"pay", "capture", "cancel", "refund", "inquiryRefund.refundResult", "notifyCapture",
			"notifyRefund",
		},
	},
	{
		Name:    "PARAM_ILLEGAL",
		Status:  "F",
		Meaning: "a header or field is missing, too long or of the wrong form",
		Action:  "read the result message, correct the request and send it again",
		Money:   MoneyNone,
		APIs: []string{
			"pay", "inquiryPayment", "inquiryPayment.paymentResultCode", "inquiryPayment.transactions",
			"capture", "cancel", "refund", "inquiryRefund", "inquiryRefund.refundResult", "notifyPayment",
			"notifyCapture", "notifyRefund", "consult", "createPaymentSession", "vaultPaymentMethod",
			"acceptDispute", "supplyDefenseDocument",
		},
	},
	{
		Name:    "PARTIAL_REFUND_NOT_SUPPORTED",
		Status:  "F",
		Meaning: "this payment can be refunded only as a whole",
		Action:  "refund it whole with `apo refund ID`, or settle the part outside APO",
		Money:   MoneyNone,
		APIs:    []string{"refund"},
	},
	{
		Name:    "PAYMENT_AMOUNT_EXCEED_LIMIT",
		Status:  "F",
		Meaning: "the amount is above what the contract or the payment method permits",
		Action:  "pay a smaller amount or in another way, or ask Antom support to raise the limit",
		Money:   MoneyNone,
		APIs:    []string{"pay", "inquiryPayment.paymentResultCode", "notifyPayment", "inquireVaulting"},
	},
	{
		Name:    "PAYMENT_COUNT_EXCEED_LIMIT",
		Status:  "F",
		Meaning: "the payment method's limit on the number of payments is reached",
		Action:  "try again later or another way to pay; ask Antom support about the limit",
		Money:   MoneyNone,
		APIs: []string{
			"pay", "inquiryPayment.paymentResultCode", "capture", "notifyPayment", "notifyCapture",
			"inquireVaulting",
		},
	},
	{
		Name:    "PAYMENT_IN_PROCESS",
		Status:  "U",
		Meaning: "the payment has no result yet; the buyer may still have to pass 3DS",
		Action:  "send the buyer to the URL if one came back, else wait or run `apo inquire ID`; do not pay anew",
		Money:   MoneyMaybe,
		APIs: []string{
			"pay", "inquiryPayment", "inquiryPayment.paymentResultCode", "inquiryPayment.transactions",
			"notifyPayment",
		},
	},
	{
		Name:    "PAYMENT_METHOD_NOT_SUPPORTED",
		Status:  "F",
		Meaning: "the payment method cannot give money back once it was paid",
		Action:  "do not repeat it; settle with the buyer outside APO, or ask Antom support",
		Money:   MoneyNone,
		APIs:    []string{"cancel", "refund"},
	},
	{
		Name:    "PAYMENT_NOT_QUALIFIED",
		Status:  "F",
		Meaning: "the merchant may not take this payment: no registration, no contract, or a ban",
		Action:  "ask Antom support which permission is missing",
		Money:   MoneyNone,
		APIs:    []string{"pay", "inquiryPayment.paymentResultCode", "notifyPayment"},
	},
	{
		Name:    "PAYMENT_PROHIBITED",
		Status:  "F",
		Meaning: "selling these goods is forbidden in the country in question",
		Action:  "do not repeat it; this decision is not open to appeal",
		Money:   MoneyNone,
		APIs:    []string{"pay", "inquiryPayment.transactions", "notifyPayment"},
	},
	{
		Name:    "PICKUP_CARD",
		Status:  "F",
		Meaning: "the bank wants the card withdrawn from use",
		Action:  "ask the buyer for another card; do not try this one again",
		Money:   MoneyNone,
		APIs:    []string{"inquireVaulting"},
	},
	{
		Name:    "POLICY",
		Status:  "F",
		Meaning: "a rule of the bank or the card scheme forbids this payment",
		Action:  "ask the buyer for another card, or to call the bank",
		Money:   MoneyNone,
		APIs:    []string{"inquireVaulting"},
	},
	{
		Name:    "PROCESS_FAIL",
		Status:  "F",
		Meaning: "the gateway or the acquirer refused it and gave no closer reason",
		Action:  "do not repeat it; give Antom support the IDs",
		Money:   MoneyNone,
		APIs: []string{
			"pay", "inquiryPayment", "inquiryPayment.paymentResultCode", "inquiryPayment.transactions",
			"capture", "cancel", "refund", "inquiryRefund", "inquiryRefund.refundResult", "notifyPayment",
			"notifyCapture", "notifyRefund", "consult", "createPaymentSession", "vaultPaymentMethod",
			"inquireVaulting",
		},
	},
	{
		Name:    "REFUND_AMOUNT_EXCEED",
		Status:  "F",
		Meaning: "this refund, with earlier ones, would give back more than was paid",
		Action:  "see what is left with `apo inquire ID`, and refund no more than that",
		Money:   MoneyNone,
		APIs:    []string{"refund", "inquiryRefund.refundResult", "notifyRefund"},
	},
	{
		Name:    "REFUND_IN_PROCESS",
		Status:  "U",
		Meaning: "the refund was accepted and has not finished",
		Action:  "wait for notifyRefund or look with `apo inquire-refund ID`; do not refund again",
		Money:   MoneyMaybe,
		APIs:    []string{"refund", "notifyRefund"},
	},
	{
		Name:    "REFUND_NOT_SUPPORTED",
		Status:  "F",
		Meaning: "this payment cannot be refunded",
		Action:  "look at its state with `apo inquire ID`, and at the contract; else settle outside APO",
		Money:   MoneyNone,
		APIs:    []string{"refund"},
	},
	{
		Name:    "REFUND_WINDOW_EXCEED",
		Status:  "F",
		Meaning: "the payment is too old to be refunded under the contract",
		Action:  "settle with the buyer outside APO",
		Money:   MoneyNone,
		APIs:    []string{"refund", "inquiryRefund.refundResult", "notifyRefund"},
	},
	{
		Name:    "REPEAT_REQUEST",
		Status:  "F",
		Meaning: "the dispute was accepted or defended before",
		Action:  "ask Antom support how the dispute stands; do not answer it again",
		Money:   MoneyNone,
		APIs:    []string{"acceptDispute", "supplyDefenseDocument"},
	},
	{
		Name:    "REPEAT_REQ_INCONSISTENT",
		Status:  "F",
		Meaning: "this request ID was used before with another amount, currency or method",
		Action:  "run `apo inquire ID` for the first request; take a new ID only for a new purchase or refund",
		Money:   MoneyMaybe,
		APIs:    []string{"pay", "capture", "refund", "inquiryRefund.refundResult", "notifyCapture", "notifyRefund"},
	},
	{
		Name:    "REQUEST_TRAFFIC_EXCEED_LIMIT",
		Status:  "U",
		Meaning: "too many requests in a short time; this one may not have been looked at",
		Action:  "wait, then repeat it with the same request ID, or run `apo inquire ID`",
		Money:   MoneyMaybe,
		APIs: []string{
			"pay", "inquiryPayment", "inquiryPayment.transactions", "cancel", "refund", "inquiryRefund",
			"inquiryRefund.refundResult", "notifyRefund",
		},
	},
	{
		Name:    "RESTRICTED_CARD",
		Status:  "F",
		Meaning: "the bank does not permit the card to be used for this",
		Action:  "ask the buyer for another card, or to call the bank",
		Money:   MoneyNone,
		APIs:    []string{"inquireVaulting"},
	},
	{
		Name:    "RISK_REJECT",
		Status:  "F",
		Meaning: "risk control stopped it; if the buyer was charged, the money is to be given back",
		Action:  "run `apo inquire ID`; ask Antom support if a charge is not back in two weeks",
		Money:   MoneyMaybe,
		APIs: []string{
			"pay", "inquiryPayment.paymentResultCode", "capture", "inquiryRefund.refundResult",
			"notifyPayment", "notifyCapture", "notifyRefund",
		},
	},
	{
		Name:    "SELECTED_CARD_BRAND_NOT_AVAILABLE",
		Status:  "F",
		Meaning: "the chosen card brand cannot be used for this payment",
		Action:  "choose another brand, or ask the buyer for another card",
		Money:   MoneyNone,
		APIs:    []string{"pay"},
	},
	{
		Name:    "SETTLE_CONTRACT_NOT_MATCH",
		Status:  "F",
		Meaning: "no contract covers the settlement currency that was asked for",
		Action:  "name a settlement currency that is in the contract",
		Money:   MoneyNone,
		APIs:    []string{"pay", "consult"},
	},
	{
		Name:    "SIGNATURE_INVALID",
		Status:  "F",
		Meaning: "the request's signature did not verify (servers usually write INVALID_SIGNATURE)",
		Action:  "compare `apo keys fingerprint FILE` with the key in the dashboard, then `apo profile check`",
		Money:   MoneyNone,
		Caller:  true,
	},
	{
		Name:    "STOLEN_CARD",
		Status:  "F",
		Meaning: "the card was reported stolen",
		Action:  "ask the buyer for another card; do not try this one again",
		Money:   MoneyNone,
		APIs:    []string{"inquireVaulting"},
	},
	{
		Name:    "SUCCESS",
		Status:  "S",
		Meaning: "it worked; of an inquiry this says only that the question was answered",
		Action:  "nothing to do; after an inquiry read paymentStatus or refundStatus",
		Money:   MoneyMoved,
		APIs: []string{
			"pay", "inquiryPayment", "inquiryPayment.paymentResultCode", "inquiryPayment.transactions",
			"capture", "cancel", "refund", "inquiryRefund", "inquiryRefund.refundResult", "notifyPayment",
			"notifyCapture", "notifyRefund", "consult", "createPaymentSession", "vaultPaymentMethod",
			"inquireVaulting", "acceptDispute", "supplyDefenseDocument",
		},
	},
	{
		Name:    "SUSPECTED_CARD",
		Status:  "F",
		Meaning: "the bank suspects misuse of the card, or has restricted it",
		Action:  "ask the buyer for another card, or to call the bank",
		Money:   MoneyNone,
		APIs:    []string{"inquiryPayment.paymentResultCode"},
	},
	{
		Name:    "SUSPECTED_RISK",
		Status:  "F",
		Meaning: "the payment looked unsafe and was stopped for now",
		Action:  "wait a working day and pay once more under a new paymentRequestId, then ask Antom support",
		Money:   MoneyNone,
		APIs:    []string{"inquiryPayment.paymentResultCode", "notifyPayment"},
	},
	{
		Name:    "SYSTEM_ERROR",
		Status:  "F",
		Meaning: "something broke at the gateway, and how far the request came is not said",
		Action:  "do not repeat it under a new ID: run `apo inquire ID`, then give Antom support the IDs",
		Money:   MoneyMaybe,
		APIs: []string{
			"pay", "inquiryPayment", "inquiryPayment.paymentResultCode", "inquiryPayment.transactions",
			"cancel", "refund", "inquiryRefund", "inquiryRefund.refundResult", "notifyPayment",
			"notifyRefund",
		},
	},
	{
		Name:    "TIME_EXCEEDS_LIMIT",
		Status:  "F",
		Meaning: "the last day to answer the dispute has passed",
		Action:  "nothing can be done; the dispute can be neither accepted nor defended",
		Money:   MoneyNone,
		APIs:    []string{"acceptDispute", "supplyDefenseDocument"},
	},
	{
		Name:    "UNKNOWN_CLIENT",
		Status:  "F",
		Meaning: "the gateway does not know the client ID",
		Action:  "compare the client ID with the dashboard, and sandbox with live, then `apo profile check`",
		Money:   MoneyNone,
		Caller:  true,
	},
	{
		Name:    "UNKNOWN_EXCEPTION",
		Status:  "U",
		Meaning: "the gateway cannot say what became of the request",
		Action:  "run `apo inquire ID`, or repeat it with the same request ID; never with a new one",
		Money:   MoneyMaybe,
		APIs: []string{
			"pay", "inquiryPayment", "inquiryPayment.paymentResultCode", "inquiryPayment.transactions",
			"capture", "cancel", "refund", "inquiryRefund", "inquiryRefund.refundResult", "notifyPayment",
			"notifyCapture", "notifyRefund", "consult", "createPaymentSession", "vaultPaymentMethod",
			"inquireVaulting", "acceptDispute", "supplyDefenseDocument",
		},
	},
	{
		Name:    "USER_AMOUNT_EXCEED_LIMIT",
		Status:  "F",
		Meaning: "the amount is above the buyer's own limit",
		Action:  "ask the buyer to raise the limit, or pay a smaller amount or in another way",
		Money:   MoneyNone,
		APIs:    []string{"pay", "inquiryPayment.paymentResultCode", "capture", "notifyPayment", "notifyCapture"},
	},
	{
		Name:    "USER_BALANCE_NOT_ENOUGH",
		Status:  "F",
		Meaning: "the buyer has too little money for this payment",
		Action:  "ask the buyer to add money, or for another way to pay",
		Money:   MoneyNone,
		APIs: []string{
			"pay", "inquiryPayment.paymentResultCode", "capture", "notifyPayment", "notifyCapture",
			"inquireVaulting",
		},
	},
	{
		Name:    "USER_KYC_NOT_QUALIFIED",
		Status:  "F",
		Meaning: "the buyer's identity checks (KYC) do not permit this payment",
		Action:  "ask the buyer to finish the identity checks, or for another way to pay",
		Money:   MoneyNone,
		APIs:    []string{"pay", "inquiryPayment.paymentResultCode", "notifyPayment"},
	},
	{
		Name:    "USER_NOT_EXIST",
		Status:  "F",
		Meaning: "the payment method knows no such buyer",
		Action:  "ask the buyer to check the account, or for another way to pay, then ask Antom support",
		Money:   MoneyNone,
		APIs:    []string{"pay", "capture", "cancel", "notifyPayment", "notifyCapture"},
	},
	{
		Name:    "USER_PAYMENT_VERIFICATION_FAILED",
		Status:  "F",
		Meaning: "the buyer did not pass 3DS, a one-time code or a PIN, or is restricted",
		Action:  "ask the buyer to try once more under a new paymentRequestId, or for another card",
		Money:   MoneyNone,
		APIs:    []string{"pay", "inquiryPayment.paymentResultCode", "notifyPayment", "inquireVaulting"},
	},
	{
		Name:    "USER_STATUS_ABNORMAL",
		Status:  "F",
		Meaning: "something is wrong with the buyer's account at the payment method",
		Action:  "ask the buyer to call the bank or wallet, or for another way to pay",
		Money:   MoneyNone,
		APIs: []string{
			"pay", "inquiryPayment.paymentResultCode", "capture", "cancel", "notifyPayment",
			"notifyCapture",
		},
	},
	{
		Name:    "VAULTING_NOT_EXIST",
		Status:  "F",
		Meaning: "the gateway has no saved-card request with this vaultingRequestId",
		Action:  "check the vaultingRequestId and the profile",
		Money:   MoneyNone,
		APIs:    []string{"inquireVaulting"},
	},
	{
		Name:    "VERIFICATION_FAIL",
		Status:  "F",
		Meaning: "the check of the card to be saved did not pass",
		Action:  "try again under a new vaultingRequestId, or ask the buyer for another card",
		Money:   MoneyNone,
		APIs:    []string{"vaultPaymentMethod"},
	},
	{
		Name:    "VERIFICATION_IN_PROCESS",
		Status:  "U",
		Meaning: "the check of the card to be saved has no result yet",
		Action:  "send the buyer to the URL that came back; if there is none, start over with a new vaultingRequestId",
		Money:   MoneyMaybe,
		APIs:    []string{"vaultPaymentMethod", "inquireVaulting"},
	},
	{
		Name:    "VERIFY_TIMES_EXCEED_LIMIT",
		Status:  "F",
		Meaning: "the buyer typed a wrong verification code too often",
		Action:  "ask the buyer to request a new code, and pay again",
		Money:   MoneyNone,
		APIs:    []string{"pay", "notifyPayment", "inquireVaulting"},
	},
	{
		Name:    "VERIFY_UNMATCHED",
		Status:  "F",
		Meaning: "the verification code that the buyer typed is wrong",
		Action:  "ask the buyer to request a new code and to type it again",
		Money:   MoneyNone,
		APIs:    []string{"pay", "notifyPayment"},
	},
}
