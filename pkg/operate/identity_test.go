package operate_test

import (
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/operate"
)

// fullPay and fullRefund have every field that makes a request what it is.
const (
	fullPay = `{"paymentRequestId":"p-1","paymentAmount":{"currency":"SGD","value":"4200"},` +
		`"order":{"referenceOrderId":"o-1","orderDescription":"tea","orderAmount":{"currency":"SGD","value":"4200"},"buyer":{"referenceBuyerId":"b-1","buyerEmail":"ada@example.com"}},` +
		`"paymentMethod":{"paymentMethodType":"CARD","paymentMethodMetaData":{"cardNo":"4054695723100768","expiryYear":"35","expiryMonth":"11","is3DSAuthentication":false}},` +
		`"paymentFactor":{"isAuthorization":true,"captureMode":"MANUAL"},"paymentRedirectUrl":"https://shop.example/back","paymentNotifyUrl":"https://shop.example/hook",` +
		`"paymentExpiryTime":"2030-01-01T00:00:00Z","env":{"terminalType":"WEB","clientIp":"192.0.2.1"}}`
	fullRefund = `{"refundRequestId":"r-1","paymentId":"` + payID + `","refundAmount":{"currency":"SGD","value":"4200"},"refundReason":"returned","refundNotifyUrl":"https://shop.example/hook"}`
)

// The same ID with another value of these is refused before sending, with the
// field's name.
func TestAnIDBelongsToOneRequest(t *testing.T) {
	for field, c := range map[string]struct{ api, body, old, by string }{
		"paymentAmount.value":                 {"pay", fullPay, `"paymentAmount":{"currency":"SGD","value":"4200"}`, `"paymentAmount":{"currency":"SGD","value":"4300"}`},
		"paymentAmount.currency":              {"pay", fullPay, `"paymentAmount":{"currency":"SGD"`, `"paymentAmount":{"currency":"JPY"`},
		"order.referenceOrderId":              {"pay", fullPay, `"o-1"`, `"o-2"`},
		"order.orderDescription":              {"pay", fullPay, `tea`, `tea for two`},
		"order.orderAmount.value":             {"pay", fullPay, `"orderAmount":{"currency":"SGD","value":"4200"}`, `"orderAmount":{"currency":"SGD","value":"1"}`},
		"order.buyer.buyerEmail":              {"pay", fullPay, `ada@`, `bob@`},
		"order.buyer.referenceBuyerId":        {"pay", fullPay, `"referenceBuyerId":"b-1",`, ``},
		"order.buyer.buyerPhoneNo":            {"pay", fullPay, `"buyer":{`, `"buyer":{"buyerPhoneNo":"+65 6123 4567",`},
		"order.goods.0.goodsName":             {"pay", fullPay, `"order":{`, `"order":{"goods":[{"goodsName":"tea"}],`},
		"paymentMethod.paymentMethodType":     {"pay", fullPay, `"CARD"`, `"ALIPAY_CN"`},
		"paymentMethod.paymentMethodId":       {"pay", fullPay, `"paymentMethodType":"CARD"`, `"paymentMethodType":"CARD","paymentMethodId":"ALIPAYtoken0000"`},
		cardNo:                                {"pay", fullPay, `4054695723100768`, `4111111111111111`},
		"paymentFactor.captureMode":           {"pay", fullPay, `MANUAL`, `AUTOMATIC`},
		"paymentFactor.captureMode ":          {"pay", fullPay, `,"captureMode":"MANUAL"`, ``},
		"paymentRedirectUrl":                  {"pay", fullPay, `/back`, `/elsewhere`},
		"paymentNotifyUrl":                    {"pay", fullPay, `/hook`, `/elsewhere`},
		"refundReason":                        {"refund", fullRefund, `returned`, `broken`},
		"refundReason ":                       {"refund", fullRefund, `"refundReason":"returned",`, ``},
		"refundNotifyUrl":                     {"refund", fullRefund, `/hook`, `/elsewhere`},
		"refundAmount.value":                  {"refund", fullRefund, `4200`, `42`},
		"refundAmount.currency":               {"refund", fullRefund, `SGD`, `JPY`},
		"paymentId":                           {"refund", fullRefund, payID, otherID},
		"captureAmount.value":                 {"capture", captureBody, `4200`, `4201`},
		"captureAmount.currency":              {"capture", captureBody, `SGD`, `JPY`},
		"paymentId ":                          {"capture", captureBody, payID, otherID},
		cardNo + " ":                          {"pay", fullPay, `4054695723100768`, `5555555555554444`},
		cardNo + "  ":                         {"pay", fullPay, `"paymentMethodMetaData":{"cardNo":"4054695723100768","expiryYear":"35","expiryMonth":"11","is3DSAuthentication":false}`, `"extendInfo":""`},
		"paymentMethod.paymentMethodType    ": {"pay", fullPay, `"paymentMethod":{"paymentMethodType":"CARD",`, `"paymentMethod":{`},
	} {
		t.Run(field, func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				first := d.hastily(c.api, c.body, signed(ok(c.api)))
				r := d.send(c.api, replaced(t, c.body, c.old, c.by))
				no := refusalOf(r)
				if no.Reason != operate.RequestIDTaken || no.Field != trimmed(field) || no.Earlier == nil || no.Earlier.ID != first.Record {
					t.Errorf("%s, %v, field %q; want %q", r.Outcome, r.Cause, no.Field, trimmed(field))
				}
				if len(d.gateway.sent(c.api)) != 1 || r.MoneyMayHaveMoved() || r.Record != 0 {
					t.Error("it was sent all the same")
				}
				again := d.request(c.api, replaced(t, c.body, c.old, c.by))
				again.Again = true // is about doing a thing twice, and an ID has one thing
				if no := refusalOf(d.Send(t.Context(), again)); no.Reason != operate.RequestIDTaken {
					t.Errorf("with Again: %+v", no)
				}
			})
		})
	}
}

const cardNo = "paymentMethod.paymentMethodMetaData.cardNo"

func trimmed(field string) string {
	for len(field) > 0 && field[len(field)-1] == ' ' {
		field = field[:len(field)-1]
	}
	return field
}

// Other differences are told, and the request is sent.
func TestOtherDifferencesAreTold(t *testing.T) {
	for field, c := range map[string]struct{ api, body, old, by string }{
		"paymentExpiryTime":                     {"pay", fullPay, `2030`, `2031`},
		"env.clientIp":                          {"pay", fullPay, `192.0.2.1`, `192.0.2.2`},
		"env.osType":                            {"pay", fullPay, `"terminalType":"WEB"`, `"terminalType":"WEB","osType":"IOS"`},
		"settlementStrategy.settlementCurrency": {"pay", fullPay, `"env"`, `"settlementStrategy":{"settlementCurrency":"SGD"},"env"`},
		"isLastCapture":                         {"capture", captureBody, `{"captureRequestId"`, `{"isLastCapture":true,"captureRequestId"`},
	} {
		t.Run(field, func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				first := d.hastily(c.api, c.body, signed(ok(c.api)))
				r := d.send(c.api, replaced(t, c.body, c.old, c.by))
				told, found := d.first(operate.Differs)
				if r.Outcome != apo.Succeeded || !found || told.Field != field || told.Record == nil || told.Record.ID != first.Record {
					t.Errorf("%s, %v; told %v of %q, want %q", r.Outcome, r.Cause, found, told.Field, field)
				}
			})
		})
	}
}

// What says the same is the same request, and nothing is told.
func TestTheSameRequestInOtherWords(t *testing.T) {
	for name, c := range map[string]struct{ api, body, old, by string }{
		"byte for byte":                  {"pay", fullPay, `{`, `{`},
		"with blanks":                    {"pay", fullPay, `{"paymentRequestId"`, "{ \"paymentRequestId\""},
		"in another order":               {"pay", fullPay, `"currency":"SGD","value":"4200"},"order"`, `"value":"4200","currency":"SGD"},"order"`},
		"with an escape":                 {"pay", fullPay, `ada@`, `\u0061da@`},
		"an amount as a number":          {"pay", fullPay, `"value":"4200"},"order"`, `"value":4200},"order"`},
		"null for what is not there":     {"pay", fullPay, `"order":{`, `"refundReason":null,"order":{`},
		"a boolean as text":              {"pay", fullPay, `"isAuthorization":true`, `"isAuthorization":"true"`},
		"nothing for what is empty":      {"refund", fullRefund, `"refundReason"`, `"refundMemo":"","refundReason"`},
		"another CVV, which is not kept": {"pay", replaced(t, fullPay, `"expiryYear"`, `"cvv":"123","expiryYear"`), `"123"`, `"124"`},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				d.hastily(c.api, c.body, signed(ok(c.api)))
				r := d.send(c.api, replaced(t, c.body, c.old, c.by))
				if told, found := d.first(operate.Differs); r.Outcome != apo.Succeeded || found {
					t.Errorf("%s, %v; told of %q", r.Outcome, r.Cause, told.Field)
				}
			})
		})
	}
}

// An ID belongs to its request whatever became of it, unless it was never sent.
func TestAnIDBelongsToItsRequestWhateverBecameOfIt(t *testing.T) {
	other := func(t *testing.T, api string) string {
		if api == "cancel" {
			return cancelBody
		}
		return replaced(t, bodyOf(api), `"value":"4200"`, `"value":"42"`)
	}
	for name, before := range earlierTries("pay") {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				before(d)
				if no := refusalOf(d.send("pay", other(t, "pay"))); no.Reason != operate.RequestIDTaken || no.Field != "paymentAmount.value" {
					t.Errorf("%+v", no)
				}
			})
		})
	}
	for name, own := range map[string]reply{
		"declined":                       signed(said("F", "DO_NOT_HONOR", idsOf("pay"))),
		"unrecognised, and it is signed": signed(said("F", "ACCESS_DENIED")),
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				d.hastily("pay", payBody, own)
				if no := refusalOf(d.send("pay", other(t, "pay"))); no.Reason != operate.RequestIDTaken {
					t.Errorf("%+v", no)
				}
			})
		})
	}
	t.Run("not sent", func(t *testing.T) {
		bubble(t, func(t *testing.T, d *desk) {
			d.hastily("pay", payBody, reply{unreachable: true})
			d.gateway.set("pay", signed(ok("pay")))
			if r := d.send("pay", other(t, "pay")); r.Outcome != apo.Succeeded {
				t.Errorf("%s, %v", r.Outcome, r.Cause)
			}
		})
	})
	t.Run("of another API", func(t *testing.T) {
		bubble(t, func(t *testing.T, d *desk) {
			d.hastily("pay", payBody, signed(ok("pay")))
			d.gateway.set("capture", signed(said("S", "SUCCESS", `"captureRequestId":"p-1"`)))
			if r := d.send("capture", replaced(t, captureBody, "c-1", "p-1")); r.Outcome != apo.Succeeded {
				t.Errorf("%s, %v", r.Outcome, r.Cause)
			}
		})
	})
	t.Run("of another client ID", func(t *testing.T) {
		bubble(t, func(t *testing.T, d *desk) {
			d.hastily("pay", payBody, signed(ok("pay")))
			d.Account.ClientID, d.Client.ClientID = "SANDBOX_5Y0000000000002", "SANDBOX_5Y0000000000002"
			if r := d.send("pay", other(t, "pay")); r.Outcome != apo.Succeeded {
				t.Errorf("%s, %v", r.Outcome, r.Cause)
			}
		})
	})
	t.Run("a cancel is always the same", func(t *testing.T) {
		bubble(t, func(t *testing.T, d *desk) {
			first := d.hastily("cancel", `{"paymentId":"`+payID+`","paymentRequestId":"p-1"}`, signed(said("U", "PAYMENT_IN_PROCESS")))
			d.gateway.set("cancel", signed(ok("cancel")))
			if r := d.send("cancel", `{"paymentRequestId":"p-1"}`); r.Outcome != apo.Succeeded || d.record(first.Record).State.Open() {
				t.Errorf("%s, %v", r.Outcome, r.Cause)
			}
		})
	})
}

// An earlier try that is open is asked about before anything is compared: what is
// over cannot be in the way, and what it was may be known better then.
func TestAnEarlierTryIsAskedAboutFirst(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		first := d.hastily("pay", payBody)
		d.gateway.set("inquiryPayment", signed(found("pay", "SUCCESS")))
		no := refusalOf(d.send("pay", replaced(t, payBody, "4200", "42")))
		if no.Reason != operate.RequestIDTaken || no.Earlier == nil || no.Earlier.Outcome != apo.Succeeded {
			t.Errorf("%+v", no)
		}
		if told, found := d.first(operate.AskFirst); !found || told.Record.ID != first.Record || d.gateway.asked() != 1 {
			t.Errorf("told %v, %d inquiries", found, d.gateway.asked())
		}
		if r := d.record(first.Record); r.State != journal.Resolved || r.Outcome != apo.Succeeded {
			t.Errorf("it is %s, %s", r.State, r.Outcome)
		}
	})
}

// Two sandboxes know nothing of each other's requests; whose books they are is
// told by the identity of their state.
func TestTwoSandboxesDoNotShareIDs(t *testing.T) {
	for name, c := range map[string]struct {
		here, there string
		shared      bool
	}{
		"two sandboxes":             {"sandbox a", "sandbox b", false},
		"one sandbox":               {"sandbox a", "sandbox a", true},
		"two gateways":              {"sea", "https://proxy.example", true},
		"a sandbox and a gateway":   {"sandbox a", "sea", true},
		"nobody knows of the first": {"", "sandbox b", true},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				d.Gateway = c.here
				d.hastily("pay", payBody, reply{})
				d.Gateway = c.there
				d.gateway.set("pay", signed(ok("pay")))
				r := d.send("pay", replaced(t, payBody, "4200", "42"))
				if shared := refusalOf(r).Reason == operate.RequestIDTaken; shared != c.shared || !shared && r.Outcome != apo.Succeeded {
					t.Errorf("%s, %v", r.Outcome, r.Cause)
				}
			})
		})
	}
}

// What else is known, and so hidden, at another time makes it no other request; and
// hides no difference in what is not.
func TestWhatIsHiddenMakesNoDifference(t *testing.T) {
	first := replaced(t, fullPay, "tea", "tea in room 737 for 5555555555554444 or mallory@example.com until 12/31")
	learn := func(d *desk) {
		d.Masker.Known = new(apo.Known)
		d.Masker.Known.LearnCard(apo.Card{Number: "5555555555554444", CVV: "737", ExpiryYear: "31", ExpiryMonth: "12"})
		d.Masker.Known.Hide("mallory@example.com")
	}
	forget := func(d *desk) { d.Masker.Known = nil }
	for name, c := range map[string]struct{ before, between func(d *desk) }{
		"more is known at last":   {forget, learn},
		"more was known at first": {learn, forget},
		"as much is known":        {learn, learn},
	} {
		bubbleIn(t, name, func(t *testing.T, d *desk) {
			c.before(d)
			d.hastily("pay", first, signed(ok("pay")))
			c.between(d)
			if r := d.send("pay", first); r.Outcome != apo.Succeeded {
				t.Errorf("%s, %v, field %q", r.Outcome, r.Cause, refusalOf(r).Field)
			}
			for _, by := range []string{"tea in rooms", "coffee in room"} {
				r := d.send("pay", replaced(t, first, "tea in room", by))
				if no := refusalOf(r); no.Reason != operate.RequestIDTaken || no.Field != "order.orderDescription" {
					t.Errorf("%s: %s, %v, field %q", by, r.Outcome, r.Cause, no.Field)
				}
			}
		})
	}
}
