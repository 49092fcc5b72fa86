package operate_test

import (
	"errors"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/operate"
)

// What was signed before a request was sent says nothing of it, within the grace
// for clocks too: whoever is on the way can play it again.
func TestAnOldAnswerPlayedAgain(t *testing.T) {
	open := want{apo.InDoubt, 6, true, journal.InDoubt, "-"}
	refused := signed(said("F", "PROCESS_FAIL", idsOf("pay")))
	old := func(r reply, age time.Duration) reply {
		r.shown = age
		return r
	}
	bubbleIn(t, "the F of an earlier try", func(t *testing.T, d *desk) {
		d.hastily("pay", payBody, refused)
		time.Sleep(time.Minute)
		open.check(t, d, d.hastily("pay", payBody, old(refused, time.Minute)))
	})
	bubbleIn(t, "a newer F", func(t *testing.T, d *desk) {
		d.hastily("pay", payBody, refused)
		time.Sleep(time.Minute)
		want{apo.Declined, 3, false, journal.Answered, "PROCESS_FAIL"}.check(t, d, d.hastily("pay", payBody, refused))
	})
	bubbleIn(t, "the inquiry of an earlier try", func(t *testing.T, d *desk) {
		d.gateway.set("pay", reply{}, reply{})
		d.gateway.set("inquiryPayment", signed(payment("FAIL", "DO_NOT_HONOR")))
		want{apo.Declined, 3, false, journal.Resolved, "DO_NOT_HONOR"}.check(t, d, d.send("pay", payBody))
		time.Sleep(2 * time.Minute)
		d.gateway.set("inquiryPayment", old(signed(payment("FAIL", "DO_NOT_HONOR")), 4*time.Minute))
		open.check(t, d, d.send("pay", payBody))
	})
	bubbleIn(t, "the inquiry that was the last before", func(t *testing.T, d *desk) {
		failed := signed(payment("FAIL", "DO_NOT_HONOR"))
		d.gateway.set("pay", reply{}, reply{})
		d.gateway.set("inquiryPayment", failed)
		want{apo.Declined, 3, false, journal.Resolved, "DO_NOT_HONOR"}.check(t, d, d.send("pay", payBody))
		time.Sleep(2 * time.Minute)
		d.gateway.set("inquiryPayment", old(failed, 2*time.Minute), old(failed, 2*time.Minute+25*time.Second), old(failed, 2*time.Minute+50*time.Second))
		open.check(t, d, d.send("pay", payBody))
	})
	bubbleIn(t, "a refusal and an inquiry of before", func(t *testing.T, d *desk) {
		d.hastily("pay", payBody, signed(said("S", "SUCCESS", idsOf("pay"), idsOf("cancel"))))
		time.Sleep(time.Minute)
		d.gateway.set("capture", old(signed(said("F", "PROCESS_FAIL")), 100*time.Second))
		d.gateway.set("inquiryPayment", old(signed(without("capture")), 200*time.Second))
		open.check(t, d, d.send("capture", captureBody))
	})
}

// Whatever names nothing may be the answer to something else.
func TestTheAnswersToOthersPlayedAgain(t *testing.T) {
	for _, api := range apis() {
		bubbleIn(t, api, func(t *testing.T, d *desk) {
			d.gateway.set("inquiryPayment", signed(notFound))
			other := d.hastily("pay", replaced(t, replaced(t, payBody, "p-1", "p-9"), "o-1", "o-9"), reply{})
			d.Resolve(t.Context(), d.record(other.Record), 0)
			time.Sleep(time.Minute)
			again := reply{body: notFound, shown: time.Minute}
			later, last := again, again
			later.shown, last.shown = 85*time.Second, 110*time.Second
			d.gateway.set("inquiryPayment", again, later, last)
			d.gateway.set("inquiryRefund", again, later, last)
			d.gateway.set(api, reply{body: said("F", "PROCESS_FAIL"), shown: 59 * time.Second})
			want{apo.InDoubt, 6, true, journal.InDoubt, "-"}.check(t, d, d.send(api, bodyOf(api)))
		})
	}
}

// Nor does an inquiry by hand believe what was played again.
func TestANotFoundPlayedAgainByHand(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		d.gateway.set("inquiryPayment", signed(notFound))
		_, err := d.Lookup(t.Context(), apo.PaymentKey{PaymentRequestID: "p-9"})
		if !errors.Is(err, operate.ErrNotFound) {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Second)
		pay := d.hastily("pay", payBody, signed(said("F", "DO_NOT_HONOR")))
		d.wantRecord(pay.Record, journal.InDoubt, apo.InDoubt)
		time.Sleep(20 * time.Second)
		d.gateway.set("inquiryPayment", reply{body: notFound, shown: 40 * time.Second}, signed(notFound))
		if _, err := d.Lookup(t.Context(), apo.PaymentKey{PaymentRequestID: "p-1"}); !errors.Is(err, operate.ErrPlayedAgain) {
			t.Errorf("the old answer: %v", err)
		}
		d.wantRecord(pay.Record, journal.InDoubt, apo.InDoubt)
		if _, err := d.Lookup(t.Context(), apo.PaymentKey{PaymentRequestID: "p-1"}); !errors.Is(err, operate.ErrNotFound) {
			t.Errorf("a new answer: %v", err)
		}
		d.wantRecord(pay.Record, journal.Resolved, apo.Declined)
	})
}

// A notification counts for the request that it names, and its values. A refusal
// that is older than the request may be that of an earlier try.
func TestANotificationOfSomethingElse(t *testing.T) {
	told := func(change func(e *notify.Evidence)) notify.Evidence {
		e := notify.Evidence{
			Endpoint: "capture", RequestID: "c-1", PaymentID: payID, Amount: apo.Amount{Currency: "SGD", Value: "4200"}, ClientID: clientID,
			Time: time.Now(), Outcome: apo.Declined, Code: "PROCESS_FAIL",
		}
		change(&e)
		return e
	}
	for name, c := range map[string]struct {
		change func(e *notify.Evidence)
		state  journal.State
	}{
		"it is ours":        {func(*notify.Evidence) {}, journal.Resolved},
		"an older success":  {func(e *notify.Evidence) { e.Time, e.Outcome = e.Time.Add(-time.Hour), apo.Succeeded }, journal.Resolved},
		"an older refusal":  {func(e *notify.Evidence) { e.Time = e.Time.Add(-time.Hour) }, journal.InDoubt},
		"of no known time":  {func(e *notify.Evidence) { e.Time = time.Time{} }, journal.InDoubt},
		"another payment":   {func(e *notify.Evidence) { e.PaymentID = otherID }, journal.InDoubt},
		"another amount":    {func(e *notify.Evidence) { e.Amount.Value = "42" }, journal.InDoubt},
		"another client ID": {func(e *notify.Evidence) { e.ClientID = "SANDBOX_5Y0000000000002" }, journal.InDoubt},
	} {
		bubbleIn(t, name, func(t *testing.T, d *desk) {
			r := d.hastily("capture", captureBody, reply{})
			d.Apply(t.Context(), told(c.change), 0)
			if got := d.record(r.Record).State; got != c.state {
				t.Errorf("the capture is %s, want %s", got, c.state)
			}
		})
	}
}
