package operate_test

import (
	"slices"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/operate"
)

func paymentKey() apo.PaymentKey { return apo.PaymentKey{PaymentID: payID} }

func requestKey() apo.PaymentKey { return apo.PaymentKey{PaymentRequestID: "p-1"} }

// lookup looks the payment up, and the gateway answers so.
func (d *desk) lookup(key apo.PaymentKey, answer string) {
	d.t.Helper()
	d.gateway.set("inquiryPayment", signed(answer))
	if _, err := d.Lookup(d.t.Context(), key); err != nil {
		d.t.Errorf("the lookup: %v", err)
	}
}

func (d *desk) wantRecord(id int64, state journal.State, outcome apo.Outcome) {
	d.t.Helper()
	if r := d.record(id); r.State != state || r.Outcome != outcome {
		d.t.Errorf("record %d is %s, %s; want %s, %s", id, r.State, r.Outcome, state, outcome)
	}
}

// What an inquiry happens to tell, call by call.
func TestReconcile(t *testing.T) {
	taken := found("capture", "SUCCESS")
	other := payment("SUCCESS", "SUCCESS", entry("CAPTURE", "c-1", "SUCCESS", "S", "SUCCESS", "42"))
	twice := payment("SUCCESS", "SUCCESS", entry("CAPTURE", "c-1", "SUCCESS", "S", "SUCCESS", "4200"), entry("CAPTURE", "c-1", "FAIL", "F", "PROCESS_FAIL", "4200"))
	noEntry := payment("SUCCESS", "SUCCESS")
	refused := said("F", "ORDER_STATUS_INVALID")
	for name, c := range map[string]struct {
		own     reply
		answer  string
		state   journal.State
		outcome apo.Outcome
		told    bool // that it succeeded after all
	}{
		"in doubt, and done":                     {reply{}, taken, journal.Resolved, apo.Succeeded, false},
		"in doubt, and failed":                   {reply{}, found("capture", "FAIL"), journal.Resolved, apo.Declined, false},
		"in doubt, and under way":                {reply{}, found("capture", "PROCESSING"), journal.Pending, apo.Pending, false},
		"in doubt, and of another amount":        {reply{}, other, journal.InDoubt, apo.Different, false},
		"in doubt, and not there":                {reply{}, noEntry, journal.InDoubt, apo.InDoubt, false},
		"in doubt, and there twice":              {reply{}, twice, journal.InDoubt, apo.InDoubt, false},
		"in doubt, and the payment has failed":   {reply{}, payment("FAIL", "DO_NOT_HONOR", entry("CAPTURE", "c-1", "SUCCESS", "S", "SUCCESS", "4200")), journal.InDoubt, apo.InDoubt, false},
		"not recognised, unsigned, and done":     {unsigned(said("F", "CLIENT_INVALID")), taken, journal.Resolved, apo.Succeeded, false},
		"pending, and done":                      {signed(said("U", "CAPTURE_IN_PROCESS")), taken, journal.Resolved, apo.Succeeded, false},
		"pending, and not there":                 {signed(said("U", "CAPTURE_IN_PROCESS")), noEntry, journal.Pending, apo.Pending, false},
		"declined, and done":                     {signed(said("F", "PROCESS_FAIL", idsOf("capture"))), taken, journal.Resolved, apo.Succeeded, true},
		"declined, and not there":                {signed(said("F", "PROCESS_FAIL", idsOf("capture"))), noEntry, journal.Answered, apo.Declined, false},
		"declined, and of another amount":        {signed(said("F", "PROCESS_FAIL", idsOf("capture"))), other, journal.Answered, apo.Declined, false},
		"declined, and under way":                {signed(said("F", "PROCESS_FAIL", idsOf("capture"))), found("capture", "PROCESSING"), journal.Answered, apo.Declined, false},
		"unreachable, and done by somebody else": {reply{unreachable: true}, taken, journal.Answered, apo.NotSent, false},
		"done, and not there":                    {signed(ok("capture")), noEntry, journal.Answered, apo.Succeeded, false},
		"done, and failed":                       {signed(ok("capture")), found("capture", "FAIL"), journal.Answered, apo.Succeeded, false},
		"refused, and not there":                 {signed(refused), noEntry, journal.Resolved, apo.Declined, false},
		"refused, and done":                      {signed(refused), taken, journal.Resolved, apo.Succeeded, false},
		"refused by an old answer, and not there": {
			reply{body: refused, shown: time.Minute}, noEntry, journal.InDoubt, apo.InDoubt, false,
		},
		"refused, unsigned, and not there":          {unsigned(refused), noEntry, journal.InDoubt, apo.InDoubt, false},
		"the ID of another, and done":               {signed(said("F", "REPEAT_REQ_INCONSISTENT")), taken, journal.InDoubt, apo.Different, false},
		"an answer that does not verify, and done":  {forged(ok("capture")), taken, journal.Resolved, apo.Succeeded, false},
		"an F that leaves it open, and it is there": {signed(said("F", "SYSTEM_ERROR")), found("capture", "FAIL"), journal.Resolved, apo.Declined, false},
		"an F that leaves it open, and not there":   {signed(said("F", "SYSTEM_ERROR")), noEntry, journal.InDoubt, apo.InDoubt, false},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				first := d.hastily("capture", captureBody, c.own)
				time.Sleep(time.Minute)
				d.lookup(paymentKey(), c.answer)
				d.wantRecord(first.Record, c.state, c.outcome)
				if e, told := d.first(operate.Reconciled); told != c.told || told && e.Record.ID != first.Record {
					t.Errorf("told: %v, want %v", told, c.told)
				}
				if rec := d.record(first.Record); c.state == journal.Resolved && (rec.Resolved.By == 0 || rec.Resolved.Outcome != c.outcome) {
					t.Errorf("resolved: %+v", rec.Resolved)
				}
			})
		})
	}
}

// The pay of a payment, its cancel and its refunds are told of alike.
func TestReconcileEveryCallOfAPayment(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		pay := d.hastily("pay", payBody)
		cancel := d.hastily("cancel", `{"paymentId":"`+payID+`","paymentRequestId":"p-1"}`)
		refund := d.hastily("refund", refundBody)
		other := d.hastily("refund", replaced(t, replaced(t, refundBody, "r-1", "r-2"), payID, otherID))
		d.lookup(requestKey(), payment("CANCELLED", "SUCCESS", entry("REFUND", "r-1", "FAIL", "F", "REFUND_NOT_SUPPORTED", "4200"), entry("REFUND", "r-2", "SUCCESS", "S", "SUCCESS", "4200")))
		d.wantRecord(pay.Record, journal.Resolved, apo.Cancelled)
		d.wantRecord(cancel.Record, journal.Resolved, apo.Succeeded)
		d.wantRecord(refund.Record, journal.Resolved, apo.Declined)
		d.wantRecord(other.Record, journal.InDoubt, apo.InDoubt) // whoever's entry that is
	})
}

// That the gateway does not know a payment confirms a refusal of its pay.
func TestNotFoundConfirmsARefusal(t *testing.T) {
	for name, c := range map[string]struct {
		own     reply
		state   journal.State
		outcome apo.Outcome
	}{
		"refused":                  {signed(said("F", "DO_NOT_HONOR")), journal.Resolved, apo.Declined},
		"refused by an old answer": {reply{body: said("F", "DO_NOT_HONOR"), shown: time.Minute}, journal.InDoubt, apo.InDoubt},
		"refused, unsigned":        {unsigned(said("F", "DO_NOT_HONOR")), journal.InDoubt, apo.InDoubt},
		"in doubt":                 {reply{}, journal.InDoubt, apo.InDoubt},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				first := d.hastily("pay", payBody, c.own)
				d.gateway.set("inquiryPayment", signed(notFound))
				if _, err := d.Lookup(t.Context(), requestKey()); err != operate.ErrNotFound {
					t.Errorf("%v", err)
				}
				d.wantRecord(first.Record, c.state, c.outcome)
			})
		})
	}
}

// That a payment does not list a capture says something of the captures that were
// sent before it was asked for, and nothing of later ones.
func TestAnInquiryTellsOfWhatWasBeforeIt(t *testing.T) {
	for name, answer := range map[string]string{"not there": payment("SUCCESS", "SUCCESS"), "there, and failed": payment("SUCCESS", "SUCCESS", entry("CAPTURE", "c-2", "FAIL", "F", "PROCESS_FAIL", "4200"))} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				var later operate.Result
				before := d.hastily("capture", captureBody, signed(said("F", "ORDER_STATUS_INVALID")))
				asking := newOperator(keysOf(t), d.gateway)
				asking.Journal = d.store
				d.gateway.answer = func(c call) reply {
					if c.api == "inquiryPayment" { // while it is under way
						d.gateway.answer = nil
						again := d.request("capture", replaced(t, captureBody, "c-1", "c-2"))
						again.Again = true
						d.Patience = operate.Patience{}
						d.gateway.set("capture", signed(said("F", "ORDER_STATUS_INVALID")))
						later = d.Send(t.Context(), again)
					}
					return signed(answer)
				}
				if _, err := asking.Lookup(t.Context(), paymentKey()); err != nil {
					t.Fatal(err)
				}
				d.wantRecord(before.Record, journal.Resolved, apo.Declined)
				d.wantRecord(later.Record, journal.InDoubt, apo.InDoubt)
			})
		})
	}
}

// Whoever is at a call finds out by himself.
func TestReconcileLeavesWhatIsInFlight(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		first := d.hastily("capture", captureBody)
		if free, err := d.store.Claim(t.Context(), first.Record); err != nil || !free {
			t.Fatalf("free %v, %v", free, err)
		}
		d.lookup(paymentKey(), found("capture", "SUCCESS"))
		d.wantRecord(first.Record, journal.InDoubt, apo.InDoubt)
		if err := d.store.Release(t.Context(), first.Record); err != nil {
			t.Fatal(err)
		}
		d.lookup(paymentKey(), found("capture", "SUCCESS"))
		d.wantRecord(first.Record, journal.Resolved, apo.Succeeded)
	})
}

// Which of several tries did it nobody knows, where none is known to have.
func TestReconcileOneRequestSentSeveralTimes(t *testing.T) {
	declined := signed(said("F", "PROCESS_FAIL", idsOf("capture")))
	t.Run("declined, and done when it was sent again", func(t *testing.T) {
		bubble(t, func(t *testing.T, d *desk) {
			first := d.hastily("capture", captureBody, declined)
			second := d.hastily("capture", captureBody, signed(ok("capture")))
			d.lookup(paymentKey(), found("capture", "SUCCESS"))
			d.wantRecord(first.Record, journal.Answered, apo.Declined)
			d.wantRecord(second.Record, journal.Answered, apo.Succeeded)
		})
	})
	t.Run("declined, and in doubt when it was sent again", func(t *testing.T) {
		bubble(t, func(t *testing.T, d *desk) {
			first := d.hastily("capture", captureBody, declined)
			second := d.hastily("capture", captureBody)
			third := d.hastily("capture", captureBody)
			d.lookup(paymentKey(), found("capture", "SUCCESS"))
			for _, r := range []operate.Result{first, second, third} {
				d.wantRecord(r.Record, journal.Resolved, apo.Succeeded)
			}
		})
	})
	t.Run("never arrived, and done", func(t *testing.T) {
		bubble(t, func(t *testing.T, d *desk) {
			d.gateway.set("inquiryPayment", signed(payment("SUCCESS", "SUCCESS")))
			first := d.send("capture", captureBody)
			d.wantRecord(first.Record, journal.Resolved, apo.NeverArrived)
			d.lookup(paymentKey(), found("capture", "SUCCESS"))
			d.wantRecord(first.Record, journal.Resolved, apo.Succeeded)
			if !slices.Contains(d.stages(), operate.Reconciled) {
				t.Error("nobody is told that it succeeded after all")
			}
		})
	})
}

// A message counts for the request that it names, and for no other.
func TestReconcileGoesByNames(t *testing.T) {
	bubbleIn(t, "another request's payment under our payment's ID", func(t *testing.T, d *desk) {
		pay := d.hastily("pay", payBody, signed(said("U", "PAYMENT_IN_PROCESS", `"paymentId":"`+payID+`"`)))
		d.lookup(paymentKey(), paymentOf("4200", payID, "p-9", "FAIL", "DO_NOT_HONOR"))
		d.wantRecord(pay.Record, journal.Pending, apo.Pending)
	})
	bubbleIn(t, "another payment under our request's ID", func(t *testing.T, d *desk) {
		capture := d.hastily("capture", replaced(t, captureBody, `"captureAmount"`, `"paymentRequestId":"p-1","captureAmount"`))
		d.lookup(requestKey(), paymentOf("4200", otherID, "p-1", "SUCCESS", "SUCCESS", entry("CAPTURE", "c-1", "FAIL", "F", "PROCESS_FAIL", "4200")))
		d.wantRecord(capture.Record, journal.InDoubt, apo.InDoubt)
	})
	bubbleIn(t, "of another client ID", func(t *testing.T, d *desk) {
		pay := d.hastily("pay", payBody)
		d.Account.ClientID, d.Client.ClientID = "SANDBOX_5Y0000000000002", "SANDBOX_5Y0000000000002"
		d.lookup(requestKey(), payment("SUCCESS", "SUCCESS"))
		d.wantRecord(pay.Record, journal.InDoubt, apo.InDoubt)
	})
	bubbleIn(t, "an answer that nobody vouches for", func(t *testing.T, d *desk) {
		pay := d.hastily("pay", payBody)
		for _, r := range []reply{unsigned(payment("SUCCESS", "SUCCESS")), forged(payment("FAIL", "DO_NOT_HONOR")), unsigned(notFound)} {
			d.gateway.set("inquiryPayment", r)
			if _, err := d.Lookup(t.Context(), requestKey()); err == nil {
				t.Error("it is believed")
			}
		}
		d.wantRecord(pay.Record, journal.InDoubt, apo.InDoubt)
	})
}
