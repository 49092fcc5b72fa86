package operate_test

import (
	"context"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/operate"
)

// What a verified message named stays what it is: another payment is another one.
func TestWhatIsFoundIsWhatWasNamed(t *testing.T) {
	pending := signed(said("U", "PAYMENT_IN_PROCESS", idsOf("pay"), `"paymentId":"`+payID+`"`))
	another := signed(paymentOf("4200", otherID, "p-1", "FAIL", "PROCESS_FAIL"))
	bubbleIn(t, "while it is waited for", func(t *testing.T, d *desk) {
		d.Patience.Pending = 10 * time.Second
		d.gateway.set("pay", pending)
		d.gateway.set("inquiryPayment", another)
		want{apo.Pending, 8, true, journal.Pending, "PAYMENT_IN_PROCESS"}.check(t, d, d.send("pay", payBody))
	})
	bubbleIn(t, "in a later run", func(t *testing.T, d *desk) {
		r := d.hastily("pay", payBody, pending)
		d.gateway.set("inquiryPayment", another)
		d.Resolve(t.Context(), d.record(r.Record), 0)
		d.wantRecord(r.Record, journal.Pending, apo.Pending)
	})
}

// The books have what worked once: that a later try of it is not found proves that
// the gateway has forgotten, and nothing else.
func TestWhatWorkedHasArrived(t *testing.T) {
	bubbleIn(t, "in the same run", func(t *testing.T, d *desk) {
		d.hastily("pay", payBody, signed(said("S", "SUCCESS", idsOf("pay"))))
		time.Sleep(time.Minute)
		d.gateway.set("pay", reply{})
		d.gateway.set("inquiryPayment", signed(notFound))
		want{apo.InDoubt, 6, true, journal.InDoubt, "-"}.check(t, d, d.send("pay", payBody))
	})
	bubbleIn(t, "in a later run", func(t *testing.T, d *desk) {
		d.hastily("pay", payBody, signed(said("S", "SUCCESS", idsOf("pay"))))
		time.Sleep(time.Minute)
		again := d.hastily("pay", payBody, reply{})
		d.gateway.set("inquiryPayment", signed(notFound))
		d.Resolve(t.Context(), d.record(again.Record), 10*time.Minute)
		d.wantRecord(again.Record, journal.InDoubt, apo.InDoubt)
	})
}

// A success that names nothing may be that of the request before.
func TestASuccessPlayedAgain(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		d.hastily("pay", replaced(t, replaced(t, payBody, "p-1", "p-9"), "o-1", "o-9"), signed(said("S", "SUCCESS")))
		time.Sleep(time.Minute)
		again := signed(said("S", "SUCCESS"))
		again.shown = time.Minute
		want{apo.InDoubt, 6, true, journal.InDoubt, "-"}.check(t, d, d.hastily("pay", payBody, again))
	})
}

// However much comes to a listener meanwhile, of whoever, it hides no earlier answer.
func TestASuccessPlayedAgainAmongWhatCame(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		d.hastily("pay", replaced(t, replaced(t, payBody, "p-1", "p-9"), "o-1", "o-9"), signed(said("S", "SUCCESS")))
		if _, err := d.Journal.(journal.Inbox).Take(t.Context(), make([]journal.Reception, 100)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		again := signed(said("S", "SUCCESS"))
		again.shown = time.Minute
		want{apo.InDoubt, 6, true, journal.InDoubt, "-"}.check(t, d, d.hastily("pay", payBody, again))
	})
}

// The books of a request ID that belongs to a request with other values are shown
// as what they are, whatever their status.
func TestLookupOfOtherValues(t *testing.T) {
	for name, c := range map[string]struct {
		answer string
		odd    bool
	}{
		"as it was sent":     {payment("FAIL", "PROCESS_FAIL"), false},
		"of another amount":  {paymentOf("1", payID, "p-1", "FAIL", "PROCESS_FAIL"), true},
		"paid, of another":   {paymentOf("1", payID, "p-1", "SUCCESS", "SUCCESS"), true},
		"of no amount":       {said("S", "SUCCESS", idsOf("pay"), `"paymentStatus":"FAIL"`), true},
		"of another payment": {paymentOf("4200", otherID, "p-1", "FAIL", "PROCESS_FAIL"), true},
	} {
		bubbleIn(t, name, func(t *testing.T, d *desk) {
			d.hastily("pay", payBody, signed(said("U", "PAYMENT_IN_PROCESS", idsOf("pay"), `"paymentId":"`+payID+`"`)))
			d.gateway.set("inquiryPayment", signed(c.answer))
			found, err := d.Lookup(t.Context(), apo.PaymentKey{PaymentRequestID: "p-1"})
			if err != nil || (found.Problem != "") != c.odd {
				t.Errorf("%v, the problem is %q", err, found.Problem)
			}
		})
	}
}

// Whoever stops a repetition that asks first leaves the first try as it is: in doubt.
func TestARepetitionThatIsStopped(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		d.hastily("pay", payBody, reply{})
		ctx, stop := context.WithCancel(t.Context())
		d.Watch = func(e operate.Event) {
			if e.Stage == operate.AskFirst {
				stop()
			}
		}
		r := d.Send(ctx, d.request("pay", payBody))
		if r.Outcome != apo.InDoubt || !r.MoneyMayHaveMoved() {
			t.Errorf("it is %s, %v", r.Outcome, r.Cause)
		}
	})
}

// An amount that updateAmount changed is no other payment's, once it is known to have
// worked.
func TestLookupOfAnUpdatedAmount(t *testing.T) {
	update := `{"updateRequestId":"u-1","paymentId":"` + payID + `","amount":{"currency":"SGD","value":"5000"}}`
	for name, c := range map[string]struct {
		answer, value string
		odd           bool
	}{
		"it worked":               {said("S", "SUCCESS"), "5000", false},
		"it worked, asked before": {said("S", "SUCCESS"), "4200", false},
		"it was refused":          {said("F", "ORDER_STATUS_INVALID"), "5000", true},
		"to another amount":       {said("S", "SUCCESS"), "5001", true},
	} {
		bubbleIn(t, name, func(t *testing.T, d *desk) {
			d.hastily("pay", payBody, signed(said("S", "SUCCESS", idsOf("pay"), `"paymentId":"`+payID+`"`)))
			d.hastily("updateAmount", update, signed(c.answer))
			d.gateway.set("inquiryPayment", signed(paymentOf(c.value, payID, "p-1", "SUCCESS", "SUCCESS")))
			found, err := d.Lookup(t.Context(), apo.PaymentKey{PaymentRequestID: "p-1"})
			if err != nil || (found.Problem != "") != c.odd {
				t.Errorf("%v, the problem is %q", err, found.Problem)
			}
		})
	}
}
