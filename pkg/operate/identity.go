package operate

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// A request's identity is its amount, order, buyer, payment method, captureMode,
// URLs and refund reason: the same ID with another of these is another request.
// Other fields may differ, and are told.

// differs compares a request with an earlier one of its ID, both as they are
// kept, so masked: fatal is the first field that makes it another request, and
// others are the rest. Fields of a card are compared by brand and last digits.
func (q request) differs(masked []byte, r journal.Record) (fatal string, others []string) {
	if r.Card != q.card {
		return cardField, nil
	}
	now, then := flatten(masked), flatten(r.Request)
	rank := len(identityFields())
	for _, path := range slices.Sorted(keysOf(now, then)) {
		if now[path] == then[path] || path == cardField {
			continue
		}
		if at := slices.IndexFunc(identityFields(), func(field string) bool { return path == field || strings.HasPrefix(path, field+".") }); at < 0 {
			others = append(others, path)
		} else if at < rank {
			fatal, rank = path, at
		}
	}
	return fatal, others
}

const cardField = "paymentMethod.paymentMethodMetaData.cardNo"

// identityFields are the fields that make a request what it is, with all that is
// in them; the more telling ones first.
func identityFields() []string {
	return []string{
		"paymentAmount", "captureAmount", "refundAmount", "paymentId", "paymentRequestId", "order",
		"paymentMethod.paymentMethodType", "paymentMethod.paymentMethodId", "paymentFactor.captureMode",
		"paymentRedirectUrl", "paymentNotifyUrl", "refundNotifyUrl", "refundReason",
	}
}

func keysOf(maps ...map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		seen := map[string]bool{}
		for _, m := range maps {
			for k := range m {
				if !seen[k] && !yield(k) {
					return
				}
				seen[k] = true
			}
		}
	}
}

// flatten lists the values of a document by their paths. Numbers and texts of the
// same digits are the same, as they are to the gateway.
func flatten(body []byte) map[string]string {
	values := map[string]string{}
	var walk func(path string, v gjson.Result)
	walk = func(path string, v gjson.Result) {
		if !v.IsObject() && !v.IsArray() {
			values[path] = v.String()
			if v.Type == gjson.Number {
				values[path] = v.Raw
			}
			return
		}
		i := 0
		v.ForEach(func(key, inner gjson.Result) bool {
			name := key.String()
			if v.IsArray() {
				name = strconv.Itoa(i)
				i++
			}
			if path != "" {
				name = path + "." + name
			}
			walk(name, inner)
			return true
		})
	}
	walk("", gjson.ParseBytes(body))
	return values
}

// same reports whether an earlier call was this very request.
func (q request) same(r journal.Record) bool {
	if q.endpoint.Name != r.Endpoint {
		return false
	}
	if r.Endpoint == "cancel" { // which has its payment's ID alone
		return samePayment(q.numbers, r.Numbers)
	}
	return q.id.Value != "" && q.id.Value == cmp.Or(r.RequestID(), idOf(r.Endpoint, gjson.ParseBytes(r.Request)).Value)
}

func samePayment(a, b apo.Numbers) bool {
	return a.PaymentID != "" && a.PaymentID == b.PaymentID || a.PaymentRequestID != "" && a.PaymentRequestID == b.PaymentRequestID
}
