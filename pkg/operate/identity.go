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

// differs compares a request with an earlier one of its ID, as far as neither is
// hidden: fatal is the first field that makes it another request, and others are
// the rest. Fields of a card are compared by brand and last digits.
func (q request) differs(masker apo.Masker, r journal.Record) (fatal string, others []string) {
	if r.Card != q.card {
		if IsVaulting(q.endpoint.Name) {
			return vaultedCardField, nil
		}
		return cardField, nil
	}
	now, then := flatten(masker.JSON(q.body)), flatten(masker.JSON(r.Request))
	rank := len(identityFields())
	for _, path := range slices.Sorted(keysOf(now, then)) {
		if path == cardField || path == vaultedCardField || alike(then[path], now[path]) {
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

// alike reports whether two values may be one: what is hidden of either can have
// been anything.
func alike(a, b string) bool {
	if a == b {
		return true
	}
	stars := strings.NewReplacer("[secret]", "*", "[key]", "*")
	a, b = stars.Replace(a), stars.Replace(b)
	return hides(a, b) || hides(b, a)
}

// hides reports whether text can stand behind masked, in which a run of stars
// stands for at least one character.
func hides(masked, text string) bool {
	begin, rest, hidden := strings.Cut(masked, "*")
	if !hidden || !strings.HasPrefix(text, begin) {
		return false
	}
	for text = text[len(begin):]; text != ""; {
		part, more, another := strings.Cut(strings.TrimLeft(rest, "*"), "*")
		if !another {
			return len(text) > len(part) && strings.HasSuffix(text, part)
		}
		at := strings.Index(text[1:], part)
		if at < 0 {
			return false
		}
		text, rest = text[1+at+len(part):], more
	}
	return false
}

const cardField = "paymentMethod.paymentMethodMetaData.cardNo"

// identityFields are the fields that make a request what it is, with all that is
// in them; the more telling ones first.
func identityFields() []string {
	return []string{
		"paymentAmount", "captureAmount", "refundAmount", "paymentId", "paymentRequestId", "order",
		"paymentMethod.paymentMethodType", "paymentMethod.paymentMethodId", "paymentFactor.captureMode",
		"paymentRedirectUrl", "paymentNotifyUrl", "refundNotifyUrl", "refundReason", "redirectUrl", "vaultingNotificationUrl",
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
			name := strings.ReplaceAll(key.String(), ".", `\.`)
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
	if leadsToPayment(r.Endpoint) && q.numbers.PaymentRequestID != "" && q.numbers.PaymentRequestID == r.Numbers.PaymentRequestID {
		return true
	}
	return q.id.Value != "" && q.id.Value == cmp.Or(r.RequestID(), idOf(r.Endpoint, gjson.ParseBytes(r.Request)).Value)
}

func samePayment(a, b apo.Numbers) bool {
	return a.PaymentID != "" && a.PaymentID == b.PaymentID || a.PaymentRequestID != "" && a.PaymentRequestID == b.PaymentRequestID
}
