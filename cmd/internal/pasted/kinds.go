package pasted

import "strings"

// kinds are what labels say of a number, as [apo.Numbers.Named] has it, by the labels in
// lower case without blanks and dashes. Other labels name no kind.
func kinds() map[string]string {
	return map[string]string{
		"paymentid": "paymentId", "paymentrequestid": "paymentRequestId", "paymentrequest": "paymentRequestId",
		"captureid": "captureId", "capturerequestid": "captureRequestId", "capturerequest": "captureRequestId", "capture": "capture",
		"refundid": "refundId", "refundrequestid": "refundRequestId", "refundrequest": "refundRequestId", "refund": "refund",
		"requestid": "requestId", "request": "requestId", "referencerequestid": "referenceRequestId",
		"referenceorderid": "referenceOrderId", "referenceorder": "referenceOrderId", "order": "referenceOrderId", "orderid": "referenceOrderId", "orders": "referenceOrderId",
		"orderno": "referenceOrderId", "ordernr": "referenceOrderId", "ordernum": "referenceOrderId", "ordernumber": "referenceOrderId", "merchantorderid": "referenceOrderId",
		"acquirertransactionid": "acquirerTransactionId", "acquirerreferenceno": "acquirerTransactionId",
		"networktransactionid": "networkTransactionId", "arn": "arn", "rrn": "rrn",
	}
}

// kindOf is the kind of number that a label names; "" where it names none.
func kindOf(label string) string { return kinds()[plainLabel(plainName(label))] }

// kindBefore is the kind that the labels at the end of words name together: "the Payment
// ID", "refund of".
func kindBefore(words []string) string {
	var labels []string
	for i := len(words) - 1; i >= 0 && isLabel(words[i]); i-- {
		labels = append([]string{plainLabel(words[i])}, labels...)
	}
	for from := range labels {
		if kind := kindOf(strings.Join(labels[from:], "")); kind != "" {
			return kind
		}
	}
	for i := len(labels) - 1; i >= 0; i-- { // "Order of", "ARN is"
		if kind := kindOf(labels[i]); kind != "" {
			return kind
		}
	}
	return ""
}
