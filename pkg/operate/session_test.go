package operate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/operate"
)

const (
	sessionID   = "PAYMENT_SESSIONID_20260129144822724_AUTO"
	submitBody  = `{"paymentSessionId":"` + sessionID + `"}`
	sessionBody = `{"paymentRequestId":"p-1","paymentAmount":{"currency":"SGD","value":"4200"},"order":{"referenceOrderId":"o-1","orderAmount":{"currency":"SGD","value":"4200"}}}`
	orderTold   = `"order":{"referenceOrderId":"o-1","orderAmount":{"currency":"SGD","value":"4200"}}`
	submitted   = `"paymentRequestId":"p-1","paymentId":"` + payID + `","paymentAmount":{"currency":"SGD","value":"4200"}`
)

// aSession is a success of createPaymentSession.
func aSession() string {
	return said("S", "SUCCESS", `"paymentSessionId":"`+sessionID+`","normalUrl":"https://checkout.example/x"`)
}

// withSession makes the session that submitBody submits.
func withSession(d *desk) {
	d.hastily("createPaymentSession", sessionBody, signed(aSession()))
	time.Sleep(time.Minute)
}

// What becomes of a session that is submitted stands in the books of its payment.
func TestSubmitted(t *testing.T) {
	lostBefore := func(d *desk) {
		withSession(d)
		d.hastily("submitPay", submitBody)
		time.Sleep(time.Minute)
	}
	nobody := func(*desk) {}
	fail := signed(payment("FAIL", "PROCESS_FAIL"))
	in := []reply{signed(payment("PROCESSING", "PAYMENT_IN_PROCESS"))}
	done := want{apo.Succeeded, 0, true, journal.Answered, "SUCCESS"}
	found := want{apo.Succeeded, 0, true, journal.Resolved, "SUCCESS"}
	doubt := want{apo.InDoubt, 6, true, journal.InDoubt, "-"}
	for name, s := range map[string]scene{
		"S":                                 {before: withSession, own: []reply{signed(said("S", "SUCCESS", submitted))}, want: done},
		"S of another payment":              {before: withSession, own: []reply{signed(said("S", "SUCCESS", strings.Replace(submitted, "p-1", "s9", 1)))}, want: doubt, asks: -1},
		"S of another amount":               {before: withSession, own: []reply{signed(said("S", "SUCCESS", strings.Replace(submitted, "4200", "1", 1)))}, want: doubt, asks: -1},
		"S without IDs":                     {before: withSession, own: []reply{signed(said("S", "SUCCESS"))}, want: doubt, asks: -1},
		"S without IDs, and paid":           {before: withSession, own: []reply{signed(said("S", "SUCCESS"))}, payment: []reply{signed(payment("SUCCESS", "SUCCESS"))}, want: found, asks: 1},
		"S, and the session is not known":   {before: nobody, own: []reply{signed(said("S", "SUCCESS", submitted))}, want: done},
		"S without IDs, session not known":  {before: nobody, own: []reply{signed(said("S", "SUCCESS"))}, want: doubt},
		"lost, and paid":                    {before: withSession, own: []reply{{}}, payment: []reply{signed(payment("SUCCESS", "SUCCESS"))}, want: found, asks: 1},
		"lost, and of another amount":       {before: withSession, own: []reply{{}}, payment: []reply{signed(paymentOf("1", payID, "p-1", "SUCCESS", "SUCCESS"))}, want: want{apo.Different, 6, true, journal.InDoubt, "-"}, asks: 1},
		"lost, and failed":                  {before: withSession, own: []reply{{}}, payment: []reply{fail}, want: want{apo.Declined, 3, false, journal.Resolved, "PROCESS_FAIL"}, asks: 1},
		"lost, and nobody knows it":         {before: withSession, own: []reply{{}}, payment: []reply{signed(notFound)}, want: want{apo.NeverArrived, 6, true, journal.Resolved, ""}, asks: -1},
		"F, confirmed":                      {before: withSession, own: []reply{signed(said("F", "PROCESS_FAIL"))}, payment: []reply{signed(notFound)}, want: want{apo.Declined, 3, false, journal.Resolved, "PROCESS_FAIL"}, asks: 1},
		"F, and paid on its page":           {before: withSession, own: []reply{signed(said("F", "ORDER_IS_CLOSED"))}, payment: []reply{signed(payment("SUCCESS", "SUCCESS"))}, want: found, asks: 1},
		"F by name, and paid on its page":   {before: withSession, own: []reply{signed(said("F", "ORDER_IS_CLOSED", `"paymentRequestId":"p-1"`))}, payment: []reply{signed(payment("SUCCESS", "SUCCESS"))}, want: found, asks: 1},
		"F, and nobody can be asked":        {before: withSession, own: []reply{signed(said("F", "PARAM_ILLEGAL"))}, want: doubt, asks: -1},
		"F after a try that may be there":   {before: lostBefore, own: []reply{signed(said("F", "PARAM_ILLEGAL"))}, want: doubt, asks: -1},
		"F after a try that is there":       {before: lostBefore, own: []reply{signed(said("F", "PARAM_ILLEGAL"))}, payment: []reply{signed(payment("SUCCESS", "SUCCESS"))}, want: found, asks: -1},
		"F, and the session is not known":   {before: nobody, own: []reply{signed(said("F", "PARAM_ILLEGAL"))}, payment: []reply{signed(notFound)}, want: doubt},
		"F that names what is not known":    {before: nobody, own: []reply{signed(said("F", "DO_NOT_HONOR", `"paymentRequestId":"zz"`))}, payment: []reply{signed(notFound)}, want: doubt},
		"F of an unknown caller":            {before: withSession, own: []reply{signed(said("F", "CLIENT_INVALID"))}, want: want{apo.Unrecognised, 4, false, journal.Answered, "CLIENT_INVALID"}},
		"U":                                 {before: withSession, own: []reply{signed(said("U", "PAYMENT_IN_PROCESS", submitted))}, payment: in, want: want{apo.Pending, 8, true, journal.Pending, "-"}, asks: -1},
		"U, awaited":                        {before: withSession, wait: time.Minute, own: []reply{signed(said("U", "PAYMENT_IN_PROCESS", submitted))}, payment: append(in, signed(payment("SUCCESS", "SUCCESS"))), want: found, asks: 2},
		"U, awaited, and session not known": {before: nobody, wait: time.Minute, own: []reply{signed(said("U", "PAYMENT_IN_PROCESS", submitted))}, payment: []reply{signed(payment("SUCCESS", "SUCCESS"))}, want: found, asks: 1},
	} {
		t.Run(name, func(t *testing.T) { s.runWith(t, "submitPay", submitBody) })
	}
}

// A completion is of the payment that it names.
func TestCompleted(t *testing.T) {
	body := `{"paymentRequestId":"p-1"}`
	paid := func(d *desk) {
		d.hastily("pay", payBody, signed(said("U", "PAYMENT_IN_PROCESS", `"paymentRequestId":"p-1","paymentId":"`+payID+`"`)))
		time.Sleep(time.Minute)
	}
	for name, s := range map[string]scene{
		"S":                           {own: []reply{signed(said("S", "SUCCESS", `"paymentRequestId":"p-1"`))}, want: want{apo.Succeeded, 0, true, journal.Answered, "SUCCESS"}},
		"F, confirmed":                {own: []reply{signed(said("F", "PROCESS_FAIL"))}, payment: []reply{signed(notFound)}, want: want{apo.Declined, 3, false, journal.Resolved, "PROCESS_FAIL"}, asks: 1},
		"F, and paid":                 {own: []reply{signed(said("F", "ORDER_IS_CLOSED"))}, payment: []reply{signed(payment("SUCCESS", "SUCCESS"))}, want: want{apo.Succeeded, 0, true, journal.Resolved, "SUCCESS"}, asks: 1},
		"F, and nobody can be asked":  {own: []reply{signed(said("F", "PROCESS_FAIL"))}, want: want{apo.InDoubt, 6, true, journal.InDoubt, "-"}, asks: -1},
		"lost, and of another amount": {before: paid, own: []reply{{}}, payment: []reply{signed(paymentOf("1", payID, "p-1", "SUCCESS", "SUCCESS"))}, want: want{apo.Different, 6, true, journal.InDoubt, "-"}, asks: 1},
		"lost, and paid":              {before: paid, own: []reply{{}}, payment: []reply{signed(payment("SUCCESS", "SUCCESS"))}, want: want{apo.Succeeded, 0, true, journal.Resolved, "SUCCESS"}, asks: 1},
	} {
		t.Run(name, func(t *testing.T) { s.runWith(t, "verifyAndCompletePayment", body) })
	}
}

// What became of a session that was to be made, its payment tells, or the session.
func TestLostSessions(t *testing.T) {
	none := reply{}
	closed := signed(said("F", "ORDER_IS_CLOSED"))
	order := signed(said("S", "SUCCESS", orderTold))
	for name, c := range map[string]struct {
		made               bool // before, and answered
		own, payment, told reply
		outcome            apo.Outcome
	}{
		"made":                         {false, signed(aSession()), none, none, apo.Succeeded},
		"S without a session":          {false, signed(said("S", "SUCCESS")), none, none, apo.InDoubt},
		"S without a page or data":     {false, signed(said("S", "SUCCESS", `"paymentSessionId":"`+sessionID+`"`)), none, none, apo.InDoubt},
		"lost, and there":              {false, none, signed(notFound), order, apo.Succeeded},
		"lost, and of another order":   {false, none, signed(notFound), signed(strings.Replace(said("S", "SUCCESS", orderTold), "4200", "1", 1)), apo.InDoubt},
		"lost, and told of no order":   {false, none, signed(notFound), signed(said("S", "SUCCESS")), apo.InDoubt},
		"lost, and paid":               {false, none, signed(payment("SUCCESS", "SUCCESS")), none, apo.Succeeded},
		"lost, and its payment failed": {false, none, signed(payment("FAIL", "PROCESS_FAIL")), none, apo.Succeeded},
		"lost, and another's":          {false, none, signed(paymentOf("1", payID, "p-1", "SUCCESS", "SUCCESS")), none, apo.Different},
		"lost, and nowhere":            {false, none, signed(notFound), signed(notFound), apo.NeverArrived},
		"refused, confirmed":           {false, signed(said("F", "PARAM_ILLEGAL")), signed(notFound), signed(notFound), apo.Declined},
		"refused, and nobody knows":    {false, signed(said("F", "PARAM_ILLEGAL")), signed(notFound), signed(said("F", "SYSTEM_ERROR")), apo.Declined},
		"refused, and there":           {false, signed(said("F", "PARAM_ILLEGAL")), signed(notFound), order, apo.Succeeded},
		"refused, and nobody tells":    {false, signed(said("F", "PARAM_ILLEGAL")), none, none, apo.InDoubt},
		"ended, and nobody paid":       {true, closed, signed(notFound), order, apo.Declined},
		"ended, and paid":              {true, closed, signed(payment("SUCCESS", "SUCCESS")), order, apo.Succeeded},
		"ended, and nobody tells":      {true, closed, none, order, apo.InDoubt},
	} {
		bubbleIn(t, name, func(t *testing.T, d *desk) {
			if c.made {
				withSession(d)
			}
			d.gateway.set("createPaymentSession", c.own)
			d.gateway.set("inquiryPayment", c.payment)
			d.gateway.set("retrievePaymentSession", c.told)
			r := d.send("createPaymentSession", sessionBody)
			if got := d.record(r.Record).Outcome; r.Outcome != c.outcome || got != c.outcome {
				t.Errorf("%s (%v), recorded as %s, want %s", r.Outcome, r.Cause, got, c.outcome)
			}
		})
	}
}

// A session that is made again tells what its payment is.
func TestSessionAgain(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		withSession(d)
		d.gateway.set("inquiryPayment", signed(notFound))
		if r := d.send("createPaymentSession", sessionBody); r.Outcome != apo.Succeeded || r.Paid != nil || r.PaidUnknown {
			t.Errorf("not paid: %s, %v", r.Outcome, r.Paid)
		}
		time.Sleep(time.Minute)
		d.gateway.set("inquiryPayment", reply{})
		if r := d.send("createPaymentSession", sessionBody); r.Outcome != apo.Succeeded || !r.PaidUnknown {
			t.Errorf("nobody tells: %s, %v", r.Outcome, r.Paid)
		}
		time.Sleep(time.Minute)
		d.gateway.set("inquiryPayment", signed(payment("SUCCESS", "SUCCESS")))
		if r := d.send("createPaymentSession", sessionBody); r.Outcome != apo.Succeeded || r.Paid == nil || r.Paid.Status != "SUCCESS" {
			t.Errorf("paid: %s, %v", r.Outcome, r.Paid)
		}
	})
}

// What tells of the payment resolves all that led to it.
func TestSessionsResolved(t *testing.T) {
	for name, tell := range map[string]func(t *testing.T, d *desk){
		"resume": func(_ *testing.T, d *desk) { d.resume(0) },
		"an inquiry": func(t *testing.T, d *desk) {
			if _, err := d.Lookup(t.Context(), apo.PaymentKey{PaymentRequestID: "p-1"}); err != nil {
				t.Error(err)
			}
		},
		"a notification": func(t *testing.T, d *desk) {
			news := notify.Notification{
				Kind: notify.KindPaymentResult, Numbers: apo.Numbers{PaymentRequestID: "p-1", PaymentID: payID}, ClientID: clientID, Time: time.Now().Format(time.RFC3339),
				Status: notify.Succeeded, Result: apo.Result{Status: "S", Code: "SUCCESS"}, Amount: apo.Amount{Currency: "SGD", Value: "4200"},
			}
			d.Apply(t.Context(), operate.News{Evidence: news.Evidence(), Received: time.Now()})
		},
	} {
		bubbleIn(t, name, func(t *testing.T, d *desk) {
			withSession(d)
			again := d.hastily("createPaymentSession", sessionBody)
			submit := d.hastily("submitPay", submitBody)
			complete := d.hastily("verifyAndCompletePayment", `{"paymentRequestId":"p-1"}`)
			time.Sleep(time.Minute)
			d.gateway.set("inquiryPayment", signed(payment("SUCCESS", "SUCCESS")))
			tell(t, d)
			for _, r := range []operate.Result{again, submit, complete} {
				d.wantRecord(r.Record, journal.Resolved, apo.Succeeded)
			}
		})
	}
}

// An order is not paid beside a session of it, nor beside what was paid with one.
func TestOrdersOfSessions(t *testing.T) {
	other := strings.Replace(sessionBody, "p-1", "p-2", 1)
	otherPay := strings.Replace(payBody, "p-1", "p-2", 1)
	paid := func(d *desk) {
		withSession(d)
		time.Sleep(2 * time.Hour)
		d.gateway.set("inquiryPayment", signed(payment("SUCCESS", "SUCCESS")))
		_, _ = d.Lookup(d.t.Context(), apo.PaymentKey{PaymentRequestID: "p-1"})
	}
	failed := func(d *desk) {
		withSession(d)
		d.gateway.set("inquiryPayment", signed(payment("FAIL", "PROCESS_FAIL")))
		_, _ = d.Lookup(d.t.Context(), apo.PaymentKey{PaymentRequestID: "p-1"})
	}
	told := func(bodies ...string) func(*desk) {
		return func(d *desk) {
			withSession(d)
			time.Sleep(2 * time.Hour)
			for _, body := range bodies {
				d.hold(clientID, body)
				time.Sleep(time.Second)
			}
		}
	}
	payFirst := func(d *desk) { d.hastily("pay", payBody, signed(said("S", "SUCCESS", `"paymentRequestId":"p-1"`))) }
	lost := func(d *desk) { d.hastily("createPaymentSession", sessionBody) }
	old := func(d *desk) { withSession(d); time.Sleep(time.Hour) }
	for name, c := range map[string]struct {
		before    func(d *desk)
		api, body string
		reason    operate.Reason
	}{
		"a session after a pay":             {payFirst, "createPaymentSession", other, operate.SamePurchase},
		"a pay beside a session":            {withSession, "pay", otherPay, operate.StillPayable},
		"a session beside a session":        {withSession, "createPaymentSession", other, operate.StillPayable},
		"a session beside a lost one":       {lost, "createPaymentSession", other, operate.StillOpen},
		"a pay after a session was paid":    {paid, "pay", otherPay, operate.SamePurchase},
		"a session after one was paid":      {paid, "createPaymentSession", other, operate.SamePurchase},
		"a pay after a session failed":      {failed, "pay", otherPay, ""},
		"a pay after news of S":             {told(news("pay", "S", "SUCCESS")), "pay", otherPay, operate.SamePurchase},
		"a pay after news of S, then of F":  {told(news("pay", "S", "SUCCESS"), news("pay", "F", "DO_NOT_HONOR")), "pay", otherPay, operate.SamePurchase},
		"a pay after a capture, then F":     {told(news("pay", "", ""), news("capture", "S", "SUCCESS"), news("pay", "F", "DO_NOT_HONOR")), "pay", otherPay, operate.SamePurchase},
		"a pay after news of F":             {told(news("pay", "F", "DO_NOT_HONOR")), "pay", otherPay, ""},
		"a pay after a session was left":    {old, "pay", otherPay, ""},
		"a session of another amount":       {withSession, "createPaymentSession", strings.ReplaceAll(other, "4200", "1"), ""},
		"of another order":                  {withSession, "pay", strings.Replace(otherPay, "o-1", "o-2", 1), ""},
		"a pay under a session's ID":        {withSession, "pay", payBody, operate.RequestIDTaken},
		"a session under a pay's ID":        {payFirst, "createPaymentSession", sessionBody, operate.RequestIDTaken},
		"a card under a session's ID":       {func(d *desk) { d.hastily("createVaultingSession", vaultSession) }, "vaultPaymentMethod", vaultBody, operate.RequestIDTaken},
		"a vaulting session under a card's": {func(d *desk) { d.hastily("vaultPaymentMethod", vaultBody) }, "createVaultingSession", vaultSession, operate.RequestIDTaken},
	} {
		bubbleIn(t, name, func(t *testing.T, d *desk) {
			c.before(d)
			d.gateway.set("inquiryPayment", reply{})
			sent := len(d.gateway.sent(c.api))
			d.Patience = operate.Patience{}
			if got := refusalOf(d.send(c.api, c.body)).Reason; got != c.reason || (len(d.gateway.sent(c.api)) > sent) != (c.reason == "") {
				t.Errorf("%q, want %q", got, c.reason)
			}
		})
	}
}

// On live the amount confirms a session's submission, and is held against the limit.
func TestSubmittedLive(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		withSession(d)
		d.Limits = operate.Limits{Live: true, MaxAmount: map[string]string{"SGD": "5000"}}
		r := d.request("submitPay", submitBody)
		r.Confirmed = "submitPay"
		if got := refusalOf(d.Send(t.Context(), r)).Reason; got != operate.Unconfirmed {
			t.Errorf("confirmed by its name: %q", got)
		}
		r, err := d.WithAmount(t.Context(), r)
		if wanted := d.Wanted(r); err != nil || wanted != "SGD 42.00" {
			t.Fatalf("%q, %v", wanted, err)
		}
		r.Confirmed = "SGD 42.00"
		d.gateway.set("submitPay", signed(said("S", "SUCCESS", submitted)))
		if got := d.Send(t.Context(), r); got.Outcome != apo.Succeeded {
			t.Errorf("%s, %v", got.Outcome, got.Cause)
		}
		d.Limits.MaxAmount["SGD"] = "4199"
		if got := refusalOf(d.Send(t.Context(), r)).Reason; got != operate.OverLimit {
			t.Errorf("more than the limit: %q", got)
		}

		unknown := d.request("submitPay", strings.Replace(submitBody, "2026", "2027", 1))
		unknown.Confirmed = "submitPay"
		d.Limits.MaxAmount = nil
		if got := refusalOf(d.Send(t.Context(), unknown)).Reason; got != operate.AmountUnclear {
			t.Errorf("no amount is known: %q", got)
		}
		d.gateway.set("retrievePaymentSession", signed(said("S", "SUCCESS", orderTold)))
		if unknown, err = d.WithAmount(t.Context(), unknown); err != nil || d.Wanted(unknown) != "SGD 42.00" {
			t.Errorf("%q, %v", d.Wanted(unknown), err)
		}
	})
}

// A refusal of a session that is not known here proves nothing of the payment that it
// names, and what becomes of that proves nothing of the session.
func TestUnknownSessionStaysOpen(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		r := d.hastily("submitPay", submitBody, signed(said("F", "DO_NOT_HONOR", `"paymentRequestId":"p-1"`)))
		time.Sleep(time.Minute)
		d.gateway.set("inquiryPayment", signed(payment("SUCCESS", "SUCCESS")))
		d.resume(0)
		if _, err := d.Lookup(t.Context(), apo.PaymentKey{PaymentRequestID: "p-1"}); err != nil {
			t.Error(err)
		}
		d.wantRecord(r.Record, journal.InDoubt, apo.InDoubt)
	})
}

// A session of which a refusal said that it has ended is resolved by its payment alone.
func TestEndedSessionResumed(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		withSession(d)
		r := d.hastily("createPaymentSession", sessionBody, signed(said("F", "ORDER_IS_CLOSED")))
		time.Sleep(time.Minute)
		d.gateway.set("inquiryPayment", signed(notFound))
		d.gateway.set("retrievePaymentSession", signed(said("S", "SUCCESS", orderTold)))
		d.resume(0)
		d.wantRecord(r.Record, journal.Resolved, apo.Declined)
	})
}
