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

// A notification counts for the request that it names, and its values, under its own
// profile and gateway. What is older than the request may be of an earlier try; what
// came before it, has no time, or is of a time to come, is none. A success and a refusal
// are weighed alike.
func TestANotificationOfSomethingElse(t *testing.T) {
	told := func(outcome apo.Outcome, change func(n *operate.News)) operate.News {
		n := operate.News{Received: time.Now(), Evidence: notify.Evidence{
			Endpoint: "capture", RequestID: "c-1", PaymentID: payID, Amount: apo.Amount{Currency: "SGD", Value: "4200"}, ClientID: clientID,
			Time: time.Now(), Outcome: outcome, Code: "PROCESS_FAIL",
		}}
		change(&n)
		return n
	}
	for name, c := range map[string]struct {
		change func(n *operate.News)
		state  journal.State
	}{
		"it is ours":         {func(*operate.News) {}, journal.Resolved},
		"of nearly our time": {func(n *operate.News) { n.Time = n.Time.Add(4 * time.Minute) }, journal.Resolved},
		"it is older":        {func(n *operate.News) { n.Time = n.Time.Add(-time.Hour) }, journal.InDoubt},
		"of a time to come":  {func(n *operate.News) { n.Time = n.Time.Add(6 * time.Minute) }, journal.InDoubt},
		"of no known time":   {func(n *operate.News) { n.Time = time.Time{} }, journal.InDoubt},
		"it came before":     {func(n *operate.News) { n.Received = n.Received.Add(-time.Second) }, journal.InDoubt},
		"another payment":    {func(n *operate.News) { n.PaymentID = otherID }, journal.InDoubt},
		"another amount":     {func(n *operate.News) { n.Amount.Value = "42" }, journal.InDoubt},
		"another client ID":  {func(n *operate.News) { n.ClientID = "SANDBOX_5Y0000000000002" }, journal.InDoubt},
	} {
		for _, outcome := range []apo.Outcome{apo.Succeeded, apo.Declined} {
			bubbleIn(t, name+", "+string(outcome), func(t *testing.T, d *desk) {
				r := d.hastily("capture", captureBody, reply{})
				d.Apply(t.Context(), told(outcome, c.change))
				if got := d.record(r.Record).State; got != c.state {
					t.Errorf("the capture is %s, want %s", got, c.state)
				}
			})
		}
	}
	for name, change := range map[string]func(o *operate.Operator){
		"another profile":    func(o *operate.Operator) { o.Account.Profile = "other" },
		"another gateway":    func(o *operate.Operator) { o.Gateway = "https://apo.example" },
		"no gateway at all":  func(o *operate.Operator) { o.Gateway = "" },
		"a sandbox's books":  func(o *operate.Operator) { o.Gateway = operate.SandboxBooks + "1" },
		"of another account": func(o *operate.Operator) { o.Account.ClientID = "SANDBOX_5Y0000000000002" },
	} {
		bubbleIn(t, name, func(t *testing.T, d *desk) {
			r := d.hastily("capture", captureBody, reply{})
			other := *d.Operator
			change(&other)
			other.Apply(t.Context(), told(apo.Succeeded, func(*operate.News) {}))
			d.wantRecord(r.Record, journal.InDoubt, apo.InDoubt)
		})
	}
}

// What anybody may have signed resolves nothing by itself: the books do, whatever it
// says, and what they do not have stays open.
func TestARehearsalIsAskedAbout(t *testing.T) {
	for name, c := range map[string]struct {
		books   reply
		outcome apo.Outcome
		state   journal.State
	}{
		"it was done":           {signed(found("pay", "SUCCESS")), apo.Succeeded, journal.Resolved},
		"it is not in there":    {signed(said("F", "ORDER_NOT_EXIST")), apo.InDoubt, journal.InDoubt},
		"nobody can say":        {reply{}, apo.InDoubt, journal.InDoubt},
		"they are not vouched":  {unsigned(found("pay", "SUCCESS")), apo.InDoubt, journal.InDoubt},
		"it failed, they say":   {signed(found("pay", "FAIL")), apo.Declined, journal.Resolved},
		"it is still under way": {signed(found("pay", "PROCESSING")), apo.Pending, journal.Pending},
	} {
		for _, rehearsed := range []apo.Outcome{apo.Succeeded, apo.Declined} {
			bubbleIn(t, name+", "+string(rehearsed), func(t *testing.T, d *desk) {
				r := d.hastily("pay", bodyOf("pay"), reply{})
				n := operate.News{Received: time.Now(), Evidence: notify.Evidence{
					Endpoint: "pay", RequestID: "p-1", PaymentID: payID, Amount: apo.Amount{Currency: "SGD", Value: "4200"}, ClientID: clientID,
					Time: time.Now(), Outcome: rehearsed,
				}}
				if !d.Concerns(t.Context(), n) {
					t.Error("it concerns nothing")
				}
				d.gateway.set("inquiryPayment", c.books)
				d.Confirm(t.Context(), n)
				d.wantRecord(r.Record, c.state, c.outcome)
			})
		}
	}
}
