package operate_test

import (
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/operate"
)

// beside is the same thing again under another ID.
func beside(t *testing.T, api string) string {
	return replaced(t, bodyOf(api), map[string]string{"pay": "p-1", "capture": "c-1", "refund": "r-1"}[api], "x-2")
}

// What is not known of an order, or of a payment, blocks it. It is asked about
// first; and what is open of another order blocks nothing.
func TestWhatIsOpenBlocks(t *testing.T) {
	for _, api := range []string{"pay", "capture", "refund"} {
		for name, own := range map[string]reply{
			"in doubt":                      {},
			"an S that nobody signed":       unsigned(ok(api)),
			"refused, and not confirmed":    signed(said("F", "PROCESS_FAIL")),
			"an F that leaves it open":      signed(said("F", "SYSTEM_ERROR", idsOf(api))),
			"not recognised, and unsigned":  unsigned(said("F", "CLIENT_INVALID")),
			"the rate limit, unsigned":      unsigned(said("U", "REQUEST_TRAFFIC_EXCEED_LIMIT")),
			"its ID belongs to another one": signed(said("F", "REPEAT_REQ_INCONSISTENT", idsOf(api))),
		} {
			t.Run(api+"/"+name, func(t *testing.T) {
				bubble(t, func(t *testing.T, d *desk) {
					first := d.hastily(api, bodyOf(api), own)
					time.Sleep(24 * time.Hour)
					d.gateway.set(api, signed(said("S", "SUCCESS")))
					r := d.send(api, beside(t, api))
					if no := refusalOf(r); no.Reason != operate.StillOpen || no.Earlier == nil || no.Earlier.ID != first.Record || r.MoneyMayHaveMoved() {
						t.Errorf("%s, %v", r.Outcome, r.Cause)
					}
					if asked := d.gateway.asked() > 0; asked == (first.Outcome == apo.Different) || len(d.gateway.sent(api)) != 1 {
						t.Errorf("asked first: %v", asked)
					}
					again := d.request(api, beside(t, api))
					again.Again = true
					if r := d.Send(t.Context(), again); r.Outcome != apo.Succeeded {
						t.Errorf("with Again: %s, %v", r.Outcome, r.Cause)
					}
				})
			})
		}
		t.Run(api+"/what turns out to have failed", func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				first := d.hastily(api, bodyOf(api))
				d.gateway.set(api, signed(said("S", "SUCCESS")))
				d.gateway.set("inquiryPayment", signed(found(api, "FAIL")))
				if r := d.send(api, beside(t, api)); r.Outcome != apo.Succeeded || d.record(first.Record).Outcome != apo.Declined || d.gateway.asked() != 1 {
					t.Errorf("%s, %v", r.Outcome, r.Cause)
				}
			})
		})
		t.Run(api+"/what turns out to have been refused", func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				first := d.hastily(api, bodyOf(api), signed(said("F", "PROCESS_FAIL")))
				d.gateway.set(api, signed(said("S", "SUCCESS")))
				d.gateway.set("inquiryPayment", signed(without(api)))
				d.gateway.set("inquiryRefund", signed(notFound))
				if r := d.send(api, beside(t, api)); r.Outcome != apo.Succeeded || d.record(first.Record).Outcome != apo.Declined {
					t.Errorf("%s, %v", r.Outcome, r.Cause)
				}
			})
		})
		t.Run(api+"/what turns out to have succeeded", func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				d.hastily(api, bodyOf(api))
				d.gateway.set("inquiryPayment", signed(found(api, "SUCCESS")))
				no := refusalOf(d.send(api, beside(t, api)))
				if want := map[string]operate.Reason{"pay": operate.SamePurchase, "capture": operate.SameAmount, "refund": operate.SameAmount}[api]; no.Reason != want || no.Earlier == nil {
					t.Errorf("%+v, want %s", no, want)
				}
			})
		})
		t.Run(api+"/by somebody else at this moment", func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				first := d.hastily(api, bodyOf(api))
				if free, err := d.store.Claim(t.Context(), first.Record); err != nil || !free {
					t.Fatalf("free %v, %v", free, err)
				}
				d.gateway.set("inquiryPayment", signed(found(api, "FAIL")))
				if no := refusalOf(d.send(api, beside(t, api))); no.Reason != operate.StillOpen || d.gateway.asked() != 0 {
					t.Errorf("%+v after %d inquiries", no, d.gateway.asked())
				}
				if no := refusalOf(d.send(api, bodyOf(api))); no.Reason != operate.RequestIDInUse || no.Earlier == nil || d.gateway.asked() != 0 {
					t.Errorf("under its own ID: %+v", no)
				}
			})
		})
		t.Run(api+"/nothing of another", func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				d.hastily(api, bodyOf(api), unsigned(said("F", "CLIENT_INVALID")))
				d.gateway.set(api, signed(said("S", "SUCCESS")))
				other := beside(t, api)
				if api == "pay" {
					other = replaced(t, other, "o-1", "o-2")
				} else {
					other = replaced(t, other, payID, otherID)
				}
				if r := d.send(api, other); r.Outcome != apo.Succeeded || d.gateway.asked() != 0 {
					t.Errorf("%s, %v, %d inquiries", r.Outcome, r.Cause, d.gateway.asked())
				}
			})
		})
	}
}

// What never arrived may yet: it is repeated under its own ID, and under another
// only where that is meant.
func TestWhatNeverArrivedIsRepeatedUnderItsOwnID(t *testing.T) {
	for _, api := range []string{"pay", "capture", "refund"} {
		t.Run(api, func(t *testing.T) {
			bubbleIn(t, "under a new ID", func(t *testing.T, d *desk) {
				d.gateway.set("inquiryPayment", signed(without(api)))
				d.gateway.set("inquiryRefund", signed(notFound))
				first := d.send(api, bodyOf(api))
				if first.Outcome != apo.NeverArrived {
					t.Fatalf("%s, %v", first.Outcome, first.Cause)
				}
				time.Sleep(30 * 24 * time.Hour)
				d.gateway.set(api, signed(said("S", "SUCCESS")))
				if no := refusalOf(d.send(api, beside(t, api))); no.Reason != operate.NotArrived || no.Earlier == nil || no.Earlier.ID != first.Record {
					t.Errorf("under a new ID: %+v", no)
				}
				again := d.request(api, beside(t, api))
				again.Again = true
				if r := d.Send(t.Context(), again); r.Outcome != apo.Succeeded {
					t.Errorf("under a new ID, and it is meant: %s, %v", r.Outcome, r.Cause)
				}
			})
			bubbleIn(t, "under its own ID", func(t *testing.T, d *desk) {
				d.gateway.set("inquiryPayment", signed(without(api)))
				d.gateway.set("inquiryRefund", signed(notFound))
				d.send(api, bodyOf(api))
				d.gateway.set(api, signed(said("S", "SUCCESS")))
				if r := d.send(api, bodyOf(api)); r.Outcome != apo.Succeeded {
					t.Errorf("under its own ID: %s, %v", r.Outcome, r.Cause)
				}
			})
		})
	}
}

// A known purchase again looks like a mistake for ten minutes; one in doubt, or one
// that never arrived, for as long as it is.
func TestTheSamePurchaseAgain(t *testing.T) {
	for name, c := range map[string]struct {
		own    reply
		ago    time.Duration
		other  func(t *testing.T, body string) string
		reason operate.Reason // "": it is sent
	}{
		"in doubt for an hour":                    {reply{}, time.Hour, nil, operate.StillOpen},
		"in doubt, with another amount":           {reply{}, time.Minute, amountOf42, operate.StillOpen},
		"in doubt, with another card":             {reply{}, time.Minute, anotherCard, operate.StillOpen},
		"pending for a minute":                    {signed(said("U", "PAYMENT_IN_PROCESS")), time.Minute, nil, operate.StillOpen},
		"pending for an hour":                     {signed(said("U", "PAYMENT_IN_PROCESS")), time.Hour, nil, ""},
		"pending, and another card is tried":      {signed(said("U", "PAYMENT_IN_PROCESS")), time.Minute, anotherCard, ""},
		"authorized a minute ago":                 {signed(ok("pay")), time.Minute, nil, operate.SamePurchase},
		"authorized almost ten minutes ago":       {signed(ok("pay")), 10*time.Minute - time.Second, nil, operate.SamePurchase},
		"authorized ten minutes ago":              {signed(ok("pay")), 10 * time.Minute, nil, ""},
		"authorized a minute ago, another card":   {signed(ok("pay")), time.Minute, anotherCard, ""},
		"authorized a minute ago, another amount": {signed(ok("pay")), time.Minute, amountOf42, ""},
		"authorized a minute ago, another order":  {signed(ok("pay")), time.Minute, anotherOrder, ""},
		"authorized a minute ago, no order":       {signed(ok("pay")), time.Minute, noOrder, ""},
		"declined a minute ago":                   {signed(said("F", "DO_NOT_HONOR", idsOf("pay"))), time.Minute, nil, ""},
		"not recognised a minute ago, signed":     {signed(said("F", "ACCESS_DENIED")), time.Minute, nil, ""},
		"not sent a minute ago":                   {reply{unreachable: true}, time.Minute, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				d.hastily("pay", payBody, c.own)
				time.Sleep(c.ago)
				d.gateway.set("pay", signed(said("S", "SUCCESS")))
				body := beside(t, "pay")
				if c.other != nil {
					body = c.other(t, body)
				}
				r := d.send("pay", body)
				if no := refusalOf(r); no.Reason != c.reason || c.reason == "" && r.Outcome != apo.Succeeded {
					t.Errorf("%s, %v; want %q", r.Outcome, r.Cause, c.reason)
				}
				if c.reason == "" {
					return
				}
				again := d.request("pay", body)
				again.Again = true
				if r := d.Send(t.Context(), again); r.Outcome != apo.Succeeded {
					t.Errorf("with Again: %s, %v", r.Outcome, r.Cause)
				}
			})
		})
	}
}

func amountOf42(t *testing.T, body string) string { return replaced(t, body, `"4200"`, `"42"`) }
func anotherCard(t *testing.T, body string) string {
	return replaced(t, body, "4054695723100768", "4111111111111111")
}
func anotherOrder(t *testing.T, body string) string { return replaced(t, body, "o-1", "o-2") }
func noOrder(t *testing.T, body string) string {
	return replaced(t, body, `"order":{"referenceOrderId":"o-1"},`, "")
}

// A capture or refund beside another of its payment: what looks like the same one
// again.
func TestTheSamePartAgain(t *testing.T) {
	for _, api := range []string{"capture", "refund"} {
		otherPayment := func(t *testing.T, body string) string { return replaced(t, body, payID, otherID) }
		for name, c := range map[string]struct {
			own    reply
			ago    time.Duration
			other  func(t *testing.T, body string) string
			reason operate.Reason
		}{
			"the same amount a minute ago":         {signed(ok(api)), time.Minute, nil, operate.SameAmount},
			"the same amount an hour ago":          {signed(ok(api)), time.Hour, nil, ""},
			"another amount a minute ago":          {signed(ok(api)), time.Minute, amountOf42, ""},
			"of another payment":                   {signed(ok(api)), time.Minute, otherPayment, ""},
			"one that is open":                     {reply{}, time.Hour, amountOf42, operate.StillOpen},
			"one that is pending":                  {signed(said("U", "CAPTURE_IN_PROCESS")), time.Hour, amountOf42, operate.StillOpen},
			"one that is open, of another payment": {reply{}, time.Hour, otherPayment, ""},
			"one that was declined":                {signed(said("F", "PROCESS_FAIL", idsOf(api))), time.Minute, nil, ""},
			"one that was not sent":                {reply{unreachable: true}, time.Minute, nil, ""},
		} {
			t.Run(api+"/"+name, func(t *testing.T) {
				bubble(t, func(t *testing.T, d *desk) {
					d.hastily(api, bodyOf(api), c.own)
					time.Sleep(c.ago)
					d.gateway.set(api, signed(said("S", "SUCCESS")))
					body := beside(t, api)
					if c.other != nil {
						body = c.other(t, body)
					}
					if r := d.send(api, body); refusalOf(r).Reason != c.reason || c.reason == "" && r.Outcome != apo.Succeeded {
						t.Errorf("%s, %v; want %q", r.Outcome, r.Cause, c.reason)
					}
				})
			})
		}
		t.Run(api+"/itself", func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				d.hastily(api, bodyOf(api), signed(ok(api)))
				if r := d.send(api, bodyOf(api)); r.Outcome != apo.Succeeded {
					t.Errorf("%s, %v", r.Outcome, r.Cause)
				}
			})
		})
		t.Run(api+"/by a clock that was set back", func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				d.hastily(api, bodyOf(api), signed(ok(api)))
				d.Client.Now = func() time.Time { return time.Now().Add(-time.Hour) }
				if no := refusalOf(d.send(api, beside(t, api))); no.Reason != operate.SameAmount {
					t.Errorf("%+v", no)
				}
			})
		})
	}
}

// write puts a call into the journal that ended so.
func (d *desk) write(api, body, currency, value string, end journal.Ending) {
	d.t.Helper()
	r, err := d.store.Begin(d.t.Context(), journal.Record{
		Account: d.Account, Gateway: d.Gateway, Endpoint: api, Amount: apo.Amount{Currency: currency, Value: value}, Request: []byte(body),
	}, nil)
	if err == nil {
		err = d.store.End(d.t.Context(), r.ID, end)
	}
	if err == nil {
		err = d.store.Release(d.t.Context(), r.ID)
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

// What is left of a payment is what was paid less what was taken, each request ID
// once. What is open is a guard of its own.
func TestMoreThanIsLeft(t *testing.T) {
	part := func(api, id, payment, currency, value string) string {
		return `{"` + api + `RequestId":"` + id + `","paymentId":"` + payment + `","` + api + `Amount":` + amount(currency, value) + `}`
	}
	succeeded := journal.Ending{State: journal.Answered, Outcome: apo.Succeeded}
	declined := journal.Ending{State: journal.Answered, Outcome: apo.Declined}
	paid := succeeded
	paid.Answer = []byte(`{"paymentId":"` + payID + `"}`)
	const most = "9999999999999999"
	history := func(d *desk) {
		d.write("pay", `{"paymentRequestId":"p-1"}`, "JPY", most, paid)
		d.write("capture", part("capture", "c-1", payID, "JPY", "9999999999999000"), "JPY", "9999999999999000", succeeded)
		d.write("capture", part("capture", "c-1", payID, "JPY", "9999999999999000"), "JPY", "9999999999999000", succeeded) // once more
		d.write("capture", part("capture", "c-3", payID, "JPY", "1"), "JPY", "1", declined)
		d.write("capture", part("capture", "c-5", otherID, "JPY", "1"), "JPY", "1", succeeded)
		d.write("capture", part("capture", "c-6", payID, "SGD", "1"), "SGD", "1", succeeded) // no yen
		d.write("refund", part("refund", "r-1", payID, "JPY", "5"), "JPY", "5", succeeded)
		time.Sleep(time.Hour)
	}
	for name, c := range map[string]struct {
		before  func(d *desk)
		api     string
		body    string
		payment *apo.Payment
		limit   string // of the refusal; "": it is sent
	}{
		"all that is left":               {history, "capture", part("capture", "c-2", payID, "JPY", "999"), nil, ""},
		"one more":                       {history, "capture", part("capture", "c-2", payID, "JPY", "1000"), nil, "999"},
		"the same one again":             {history, "capture", part("capture", "c-1", payID, "JPY", "9999999999999000"), nil, ""},
		"of another currency":            {history, "capture", part("capture", "c-2", payID, "SGD", "1000"), nil, ""},
		"what is no amount":              {history, "capture", part("capture", "c-2", payID, "JPY", "99999999999999999999"), nil, ""},
		"what an inquiry has told of":    {history, "capture", part("capture", "c-2", payID, "JPY", "1000"), &apo.Payment{PaymentID: payID}, ""},
		"all that is to be given back":   {history, "refund", part("refund", "r-2", payID, "JPY", "9999999999998995"), nil, ""},
		"one more than that":             {history, "refund", part("refund", "r-2", payID, "JPY", "9999999999998996"), nil, "9999999999998995"},
		"of a payment nobody here made":  {nil, "capture", part("capture", "c-2", payID, "JPY", most), nil, ""},
		"of one whose captures are else": {func(d *desk) { d.write("pay", `{"paymentRequestId":"p-1"}`, "JPY", "100", paid); time.Sleep(time.Hour) }, "refund", part("refund", "r-2", payID, "JPY", "101"), nil, "100"},
		"of one that was declined": {func(d *desk) {
			d.write("pay", `{"paymentRequestId":"p-1"}`, "JPY", "100", journal.Ending{State: journal.Answered, Outcome: apo.Declined, Answer: paid.Answer})
		}, "capture", part("capture", "c-2", payID, "JPY", "101"), nil, ""},
		"more than was ever taken": {func(d *desk) {
			d.write("pay", `{"paymentRequestId":"p-1"}`, "JPY", "100", paid)
			d.write("capture", part("capture", "c-1", payID, "JPY", "300"), "JPY", "300", succeeded)
			time.Sleep(time.Hour)
		}, "capture", part("capture", "c-2", payID, "JPY", "1"), nil, "0"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				if c.before != nil {
					c.before(d)
				}
				d.gateway.set(c.api, signed(said("S", "SUCCESS")))
				request := d.request(c.api, c.body)
				request.Payment = c.payment
				r := d.Send(t.Context(), request)
				no := refusalOf(r)
				if no.Limit.Value != c.limit || c.limit != "" && (no.Reason != operate.MoreThanLeft || no.Limit.Currency != "JPY" || no.Earlier == nil) || c.limit == "" && r.Outcome != apo.Succeeded {
					t.Errorf("%s, %v, limit %s; want %q", r.Outcome, r.Cause, no.Limit.Value, c.limit)
				}
				if c.limit == "" {
					return
				}
				request.Again = true
				if r := d.Send(t.Context(), request); r.Outcome != apo.Succeeded {
					t.Errorf("with Again: %s, %v", r.Outcome, r.Cause)
				}
			})
		})
	}
}

// The guards that look at nothing but the request.
func TestCheck(t *testing.T) {
	live := operate.Limits{Live: true}
	limited := func(limits map[string]string) operate.Limits { return operate.Limits{MaxAmount: limits} }
	inPart := func(member string) string { return with(t, payBody, member) }
	for name, c := range map[string]struct {
		limits    operate.Limits
		api, body string
		confirmed string
		amount    apo.Amount
		nobody    bool // no journal
		reason    operate.Reason
		limit     string
	}{
		"no limits":                               {body: payBody},
		"read-only":                               {limits: operate.Limits{ReadOnly: true}, body: payBody, reason: operate.ReadOnly},
		"read-only is said first":                 {limits: operate.Limits{ReadOnly: true, Live: true}, body: payBody, nobody: true, reason: operate.ReadOnly},
		"live, confirmed":                         {limits: live, body: payBody, confirmed: "SGD 42.00"},
		"live, not confirmed":                     {limits: live, body: payBody, reason: operate.Unconfirmed},
		"live, another amount confirmed":          {limits: live, body: payBody, confirmed: "SGD 4200.00", reason: operate.Unconfirmed},
		"live, no journal":                        {limits: live, body: payBody, confirmed: "SGD 42.00", nobody: true, reason: operate.NoJournal},
		"not live, no journal":                    {body: payBody, nobody: true},
		"live, no amount":                         {limits: live, body: `{"paymentRequestId":"p-1"}`, confirmed: "pay", reason: operate.AmountUnclear},
		"live, a cancel of unknown amount":        {limits: live, api: "cancel", body: cancelBody, confirmed: "cancel", reason: operate.AmountUnclear},
		"live, a cancel of a known amount":        {limits: live, api: "cancel", body: cancelBody, amount: apo.Amount{Currency: "SGD", Value: "4200"}, confirmed: "SGD 42.00"},
		"live, what is no amount":                 {limits: live, body: valued(t, `"042"`), confirmed: "SGD 042", reason: operate.BadAmount},
		"live, a fraction":                        {limits: live, body: valued(t, `42.5`), confirmed: "SGD 42.5", reason: operate.BadAmount},
		"live, an exponent":                       {limits: live, body: valued(t, `42e2`), confirmed: "SGD 42.00", reason: operate.BadAmount},
		"live, negative":                          {limits: live, body: valued(t, `"-4200"`), confirmed: "SGD -4200", reason: operate.BadAmount},
		"live, zero":                              {limits: live, body: valued(t, `"0"`), confirmed: "SGD 0.00", reason: operate.AmountUnclear},
		"live, a number of digits":                {limits: live, body: valued(t, `4200`), confirmed: "SGD 42.00"},
		"live, free shipping":                     {limits: live, body: inPart(`"shipping":{"shippingFee":` + amount("SGD", "0") + `}`), confirmed: "SGD 42.00"},
		"within the limit":                        {limits: limited(map[string]string{"SGD": "4200"}), body: payBody},
		"over the limit":                          {limits: limited(map[string]string{"SGD": "4199"}), body: payBody, reason: operate.OverLimit, limit: "4199"},
		"over the limit, as a number":             {limits: limited(map[string]string{"SGD": "4199"}), body: valued(t, `4200`), reason: operate.OverLimit, limit: "4199"},
		"of a currency without a limit":           {limits: limited(map[string]string{"JPY": "4200"}), body: payBody, reason: operate.NoLimit},
		"of no currency that may move":            {limits: limited(map[string]string{}), body: payBody, reason: operate.NoLimit},
		"with a limit that is none":               {limits: limited(map[string]string{"SGD": "lots"}), body: payBody, reason: operate.OverLimit, limit: "lots"},
		"with a limit, and no amount":             {limits: limited(map[string]string{"SGD": "1"}), api: "cancel", body: cancelBody, reason: operate.AmountUnclear},
		"a cancel, over the limit":                {limits: limited(map[string]string{"SGD": "1"}), api: "cancel", body: cancelBody, amount: apo.Amount{Currency: "SGD", Value: "2"}, reason: operate.OverLimit, limit: "1"},
		"a second amount over the limit":          {limits: limited(map[string]string{"SGD": "4200"}), body: inPart(`"split":` + amount("SGD", "4201")), reason: operate.OverLimit, limit: "4200"},
		"deep down, over the limit":               {limits: limited(map[string]string{"SGD": "4200"}), body: inPart(`"a":{"b":[{"c":[[{"d":` + amount("SGD", "4201") + `}]]}]}`), reason: operate.OverLimit, limit: "4200"},
		"deep down, another currency":             {limits: limited(map[string]string{"SGD": "4200"}), body: inPart(`"a":[{"b":` + amount("JPY", "1") + `}]`), reason: operate.NoLimit},
		"deep down, a number above any":           {limits: limited(map[string]string{"SGD": "4200"}), body: inPart(`"a":{"currency":"SGD","value":1e300}`), reason: operate.BadAmount},
		"the order's amount is no amount of ours": {limits: limited(map[string]string{"SGD": "4200"}), body: inPart(`"orderAmount":` + amount("SGD", "999999")), reason: ""},
		"nor are those of goods":                  {limits: limited(map[string]string{"SGD": "4200"}), body: inPart(`"goods":[{"goodsUnitAmount":` + amount("SGD", "999999") + `}]`), reason: ""},
		"an API of any name, over the limit":      {limits: limited(map[string]string{"SGD": "4200"}), api: "/ams/api/v1/payments/somethingNew", body: `{"x":` + amount("SGD", "4201") + `}`, reason: operate.OverLimit, limit: "4200"},
		"live, an API of any name":                {limits: live, api: "/ams/api/v1/payments/somethingNew", body: `{}`, confirmed: "/ams/api/v1/payments/somethingNew"},
		"live, an API of any name, not confirmed": {limits: live, api: "/ams/api/v1/payments/somethingNew", body: `{}`, reason: operate.Unconfirmed},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				api := c.api
				if api == "" {
					api = "pay"
				}
				d.Limits = c.limits
				if c.nobody {
					d.Journal = nil
				}
				d.gateway.set(lastOf(api), signed(said("S", "SUCCESS")))
				request := d.request(api, c.body)
				request.Confirmed, request.Amount = c.confirmed, c.amount
				r := d.Send(t.Context(), request)
				no := refusalOf(r)
				if no.Reason != c.reason || no.Limit.Value != c.limit || c.reason == "" && r.Outcome != apo.Succeeded {
					t.Errorf("%s, %v, limit %q; want %q, %q", r.Outcome, r.Cause, no.Limit.Value, c.reason, c.limit)
				}
				if sent := len(d.gateway.seen) > 0; sent != (c.reason == "") {
					t.Errorf("sent: %v", sent)
				}
				if check := d.Check(request); (check == nil) != (c.reason == "") {
					t.Errorf("Check says %v", check)
				}
			})
		})
	}
}

// valued is the pay with a value as it is written.
func valued(t *testing.T, value string) string { return replaced(t, payBody, `"4200"`, value) }

func lastOf(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			return path[i+1:]
		}
	}
	return path
}

// What has to be confirmed are all amounts, the request's own first.
func TestWanted(t *testing.T) {
	for want, c := range map[string]struct {
		api, body string
		amount    apo.Amount
	}{
		"SGD 42.00":              {"pay", payBody, apo.Amount{}},
		"SGD 42.00 + JPY 7":      {"pay", `{"split":{"x":` + amount("JPY", "7") + `},"paymentAmount":` + amount("SGD", "4200") + `}`, apo.Amount{}},
		"SGD 0.42":               {"capture", `{"captureAmount":{"currency":"SGD","value":42}}`, apo.Amount{}},
		"BHD 4.200":              {"refund", `{"refundAmount":` + amount("BHD", "4200") + `}`, apo.Amount{}},
		"SGD 90071992547409.93":  {"pay", `{"paymentAmount":{"currency":"SGD","value":9007199254740993}}`, apo.Amount{}},
		"SGD 4.2e3":              {"pay", `{"paymentAmount":{"currency":"SGD","value":4.2e3}}`, apo.Amount{}},
		"SGD 1.00":               {"cancel", cancelBody, apo.Amount{Currency: "SGD", Value: "100"}},
		"cancel":                 {"cancel", cancelBody, apo.Amount{}},
		"SGD 42.00 + SGD 1.00":   {"pay", with(t, payBody, `"a":[`+amount("SGD", "100")+`,`+amount("SGD", "100")+`]`), apo.Amount{}},
		"SGD 42.00 + no money 1": {"pay", with(t, payBody, `"a":`+amount("no money", "1")), apo.Amount{}},
	} {
		bubbleIn(t, want, func(t *testing.T, d *desk) {
			request := d.request(c.api, c.body)
			request.Amount = c.amount
			if got := d.Wanted(request); got != want {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}

// Where the record cannot be written nothing is sent.
func TestWhereNothingIsWrittenNothingIsSent(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		d.gateway.set("pay", signed(ok("pay")))
		d.store.Close()
		r := d.send("pay", payBody)
		if no := refusalOf(r); no.Reason != operate.Unwritten || no.Err == nil || no.Error() == "" || len(d.gateway.seen) > 0 {
			t.Errorf("%s, %v", r.Outcome, r.Cause)
		}
		d.open()
	})
}
