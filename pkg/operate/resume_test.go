package operate_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/operate"
)

// openCalls are the open calls of the journal, the oldest first.
func (d *desk) openCalls() (list []operate.Open) {
	d.t.Helper()
	records, err := journal.List(d.t.Context(), d.store, journal.Filter{Open: true, Moving: true})
	if err != nil {
		d.t.Fatal(err)
	}
	slices.Reverse(records)
	for _, r := range records {
		list = append(list, operate.Open{Operator: d.Operator, Record: r})
	}
	return list
}

func (d *desk) resume(within time.Duration) []operate.Result {
	d.t.Helper()
	return operate.Resume(d.t.Context(), d.openCalls(), within, nil)
}

// What was left open is asked about until it is known.
func TestResume(t *testing.T) {
	for name, c := range map[string]struct {
		own     reply
		answers []reply
		within  time.Duration
		outcome apo.Outcome
		state   journal.State
		asks    int
		took    time.Duration
	}{
		"known at once":                         {reply{}, []reply{signed(found("pay", "SUCCESS"))}, time.Minute, apo.Succeeded, journal.Resolved, 1, 0},
		"known after a while":                   {reply{}, []reply{{}, signed(notFound), signed(found("pay", "FAIL"))}, time.Minute, apo.Declined, journal.Resolved, 3, 6 * time.Second},
		"pending ends it":                       {reply{}, []reply{signed(found("pay", "PROCESSING"))}, time.Minute, apo.Pending, journal.Pending, 1, 0},
		"pending as before":                     {signed(said("U", "PAYMENT_IN_PROCESS")), []reply{signed(found("pay", "PROCESSING"))}, time.Minute, apo.Pending, journal.Pending, 1, 0},
		"pending, and cancelled":                {signed(said("U", "PAYMENT_IN_PROCESS")), []reply{signed(payment("CANCELLED", ""))}, time.Minute, apo.Cancelled, journal.Resolved, 1, 0},
		"pending, and not found":                {signed(said("U", "PAYMENT_IN_PROCESS")), []reply{signed(notFound)}, time.Hour, apo.Pending, journal.Pending, 228, -1},
		"0 asks once":                           {reply{}, []reply{signed(notFound)}, 0, apo.InDoubt, journal.InDoubt, 1, 0},
		"0 asks once, and it is known":          {reply{}, []reply{signed(found("pay", "SUCCESS"))}, 0, apo.Succeeded, journal.Resolved, 1, 0},
		"not found for long enough":             {reply{}, []reply{signed(notFound)}, time.Minute, apo.NeverArrived, journal.Resolved, 3, 6 * time.Second},
		"not found, with an error in between":   {reply{}, []reply{signed(notFound), signed(notFound), {}, signed(notFound)}, time.Hour, apo.NeverArrived, journal.Resolved, 6, -1},
		"nobody answers":                        {reply{}, nil, time.Minute, apo.InDoubt, journal.InDoubt, 6, -1},
		"nobody vouches for what is answered":   {reply{}, []reply{unsigned(notFound)}, time.Minute, apo.InDoubt, journal.InDoubt, 6, -1},
		"refused, and confirmed":                {signed(said("F", "DO_NOT_HONOR")), []reply{signed(notFound)}, 0, apo.Declined, journal.Resolved, 1, 0},
		"refused, and found":                    {signed(said("F", "DO_NOT_HONOR")), []reply{signed(found("pay", "SUCCESS"))}, 0, apo.Succeeded, journal.Resolved, 1, 0},
		"refused by an old answer":              {reply{body: said("F", "DO_NOT_HONOR"), shown: time.Minute}, []reply{signed(notFound)}, 0, apo.InDoubt, journal.InDoubt, 1, 0},
		"refused, unsigned":                     {unsigned(said("F", "DO_NOT_HONOR")), []reply{signed(notFound)}, 0, apo.InDoubt, journal.InDoubt, 1, 0},
		"not recognised, and it never arrived":  {unsigned(said("F", "CLIENT_INVALID")), []reply{signed(notFound)}, time.Minute, apo.NeverArrived, journal.Resolved, 3, 6 * time.Second},
		"not recognised, and it was charged":    {unsigned(said("F", "CLIENT_INVALID")), []reply{signed(found("pay", "SUCCESS"))}, time.Minute, apo.Succeeded, journal.Resolved, 1, 0},
		"not recognised, nor is the inquiry":    {unsigned(said("F", "CLIENT_INVALID")), []reply{unsigned(said("F", "CLIENT_INVALID"))}, 0, apo.InDoubt, journal.InDoubt, 1, 0},
		"the ID of another is not asked about":  {signed(said("F", "REPEAT_REQ_INCONSISTENT")), []reply{signed(found("pay", "FAIL"))}, time.Minute, apo.Different, journal.InDoubt, 0, 0},
		"of another amount":                     {reply{}, []reply{signed(paymentOf("42", payID, "p-1", "SUCCESS", ""))}, time.Minute, apo.Different, journal.InDoubt, 1, 0},
		"known by another gateway":              {reply{}, []reply{signed(found("pay", "FAIL"))}, time.Minute, apo.Declined, journal.Resolved, 1, 0},
		"not known by another gateway":          {reply{}, []reply{signed(notFound)}, time.Minute, apo.InDoubt, journal.InDoubt, 6, -1},
		"not known by the gateway of whoever":   {reply{}, []reply{signed(notFound)}, time.Minute, apo.InDoubt, journal.InDoubt, 6, -1},
		"refused here, and not known elsewhere": {signed(said("F", "DO_NOT_HONOR")), []reply{signed(notFound)}, time.Minute, apo.InDoubt, journal.InDoubt, 6, -1},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				if name == "not known by the gateway of whoever" {
					d.Gateway = "" // as older versions wrote
				}
				first := d.hastily("pay", payBody, c.own)
				time.Sleep(time.Hour)
				switch name {
				case "known by another gateway", "not known by another gateway", "refused here, and not known elsewhere":
					d.Gateway = "na"
				case "not known by the gateway of whoever":
					d.Gateway = "sea"
				}
				d.gateway.set("inquiryPayment", c.answers...)
				begin := time.Now()
				results := d.resume(c.within)
				if len(results) != 1 || results[0].Outcome != c.outcome || results[0].Record != first.Record || results[0].ID.Value != "p-1" {
					t.Fatalf("%+v", results)
				}
				recorded := c.outcome
				if results[0].Outcome == apo.InDoubt { // nothing new is known
					recorded = first.Outcome
				}
				d.wantRecord(first.Record, c.state, recorded)
				if took := time.Since(begin); d.gateway.asked() != c.asks || c.took >= 0 && took != c.took || took > c.within {
					t.Errorf("%d inquiries in %s; want %d in %s", d.gateway.asked(), took, c.asks, c.took)
				}
				if r := d.record(first.Record); r.InFlight {
					t.Error("it is still in flight")
				}
			})
		})
	}
}

// Whoever keeps no clock overruns no limit: an inquiry that takes long is broken
// off.
func TestResumeDoesNotOverrun(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		d.hastily("pay", payBody)
		d.hastily("capture", captureBody)
		d.gateway.set("inquiryPayment", reply{body: notFound, takes: 29 * time.Second})
		begin := time.Now()
		for _, r := range d.resume(5 * time.Second) {
			if r.Outcome != apo.InDoubt {
				t.Errorf("%s", r.Outcome)
			}
		}
		if took := time.Since(begin); took != 5*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

// Several calls are asked about in turns, and come back in their order. A gateway
// that is silent is not asked again in the same round, and keeps no other waiting.
func TestResumeSeveral(t *testing.T) {
	keys, file := keysOf(t), newJournal(t)
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, keys, file)
		defer func() { d.store.Close() }()
		deaf := newDesk(t, keys, file)
		defer deaf.store.Close()
		deaf.Account.ClientID, deaf.Client.ClientID = "SANDBOX_5Y0000000000002", "SANDBOX_5Y0000000000002"
		pay, capture := d.hastily("pay", payBody), d.hastily("capture", captureBody)
		deafPay, deafRefund := deaf.hastily("pay", payBody), deaf.hastily("refund", refundBody)
		update := d.hastily("updateAmount", `{"updateRequestId":"u-1"}`)
		time.Sleep(time.Hour)
		calls := d.openCalls()
		for i := range calls {
			if calls[i].Record.ClientID == deaf.Client.ClientID {
				calls[i].Operator = deaf.Operator
			}
		}
		d.gateway.answer = func(c call) reply {
			if c.api == "inquiryPayment" && len(d.gateway.sent(c.api)) > 2 {
				return signed(payment("SUCCESS", "SUCCESS", entry("CAPTURE", "c-1", "FAIL", "F", "PROCESS_FAIL", "4200")))
			}
			return signed(notFound)
		}
		var left []int
		var before time.Duration
		results := operate.Resume(t.Context(), calls, 20*time.Second, func(e operate.Event) {
			left = append(left, e.Open)
			if e.Record == nil || e.Result.Endpoint.Name != e.Record.Endpoint || e.Waited-before > 2*time.Second {
				t.Errorf("told after %s, before that after %s, of %+v", e.Waited, before, e.Result)
			}
			before = e.Waited
		})
		for i, want := range []struct {
			record  int64
			outcome apo.Outcome
		}{{pay.Record, apo.Succeeded}, {capture.Record, apo.Declined}, {deafPay.Record, apo.InDoubt}, {deafRefund.Record, apo.InDoubt}, {update.Record, apo.InDoubt}} {
			if results[i].Record != want.record || results[i].Outcome != want.outcome {
				t.Errorf("result %d: record %d, %s; want %d, %s", i, results[i].Record, results[i].Outcome, want.record, want.outcome)
			}
		}
		if !errors.Is(results[4].Cause, operate.ErrNoInquiry) {
			t.Errorf("of an update: %v", results[4].Cause)
		}
		if want := []int{4, 3, 2}; !slices.Equal(slices.Compact(left), want) {
			t.Errorf("left: %v, want %v", left, want)
		}
		if rounds := deaf.gateway.asked(); rounds != 4 {
			t.Errorf("the silent gateway was asked %d times", rounds)
		}
	})
}

// What somebody else is at is left to them, and said to be so.
func TestResumeLeavesWhatIsInFlight(t *testing.T) {
	keys, file := keysOf(t), newJournal(t)
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, keys, file)
		defer func() { d.store.Close() }()
		other := newDesk(t, keys, file) // as another process would
		defer func() { other.store.Close() }()
		d.gateway.set("inquiryPayment", signed(found("pay", "SUCCESS")))
		first := other.hastily("pay", payBody)
		for range 2 {
			if free, err := other.store.Claim(t.Context(), first.Record); err != nil || !free {
				t.Fatalf("free %v, %v", free, err)
			}
			results := d.resume(time.Minute)
			if len(results) != 1 || !errors.Is(results[0].Cause, operate.ErrInFlight) || results[0].Outcome != apo.InDoubt || d.gateway.asked() != 0 {
				t.Fatalf("%+v after %d inquiries", results, d.gateway.asked())
			}
			if r := d.Resolve(t.Context(), d.record(first.Record), 0); !errors.Is(r.Cause, operate.ErrInFlight) {
				t.Errorf("%v", r.Cause)
			}
			if err := other.store.Release(t.Context(), first.Record); err != nil {
				t.Fatal(err)
			}
		}
		if r := d.resume(time.Minute); r[0].Outcome != apo.Succeeded {
			t.Errorf("%+v", r)
		}
	})
}

// What a process left behind that ended while it sent is in doubt, and asked about.
func TestResumeAfterACrash(t *testing.T) {
	for name, c := range map[string]struct {
		answer  reply
		outcome apo.Outcome
		state   journal.State
	}{
		"it arrived":      {signed(found("pay", "SUCCESS")), apo.Succeeded, journal.Resolved},
		"it did not":      {signed(notFound), apo.NeverArrived, journal.Resolved},
		"nobody can tell": {reply{}, apo.InDoubt, journal.InDoubt},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				earlierTries("pay")["being sent when its process ended"](d)
				d.wantRecord(1, journal.Begun, "")
				time.Sleep(time.Minute)
				d.gateway.set("inquiryPayment", c.answer)
				if r := d.resume(time.Minute); len(r) != 1 || r[0].Outcome != c.outcome || !r[0].MoneyMayHaveMoved() {
					t.Errorf("%+v", r)
				}
				d.wantRecord(1, c.state, c.outcome)
			})
		})
	}
}

// What resolves a request resolves every open record of its request ID, and of no
// other.
func TestWhatResolvesARequestResolvesItsTries(t *testing.T) {
	bubbleIn(t, "by an inquiry", func(t *testing.T, d *desk) {
		first, second := d.hastily("capture", captureBody), d.hastily("capture", captureBody, unsigned(said("F", "CLIENT_INVALID")))
		again := d.request("capture", beside(t, "capture"))
		again.Again = true
		d.Patience = operate.Patience{}
		other := d.Send(t.Context(), again)
		d.gateway.set("inquiryPayment", signed(found("capture", "SUCCESS")))
		d.Resolve(t.Context(), d.record(second.Record), 0)
		d.wantRecord(first.Record, journal.Resolved, apo.Succeeded)
		d.wantRecord(second.Record, journal.Resolved, apo.Succeeded)
		d.wantRecord(other.Record, journal.InDoubt, apo.Unrecognised)
	})
	// One try was refused, and nobody knows of a later one: it may be on its way.
	bubbleIn(t, "not by a refusal of an earlier try", func(t *testing.T, d *desk) {
		first := d.hastily("pay", payBody, signed(said("F", "DO_NOT_HONOR")))
		second := d.hastily("pay", payBody)
		d.gateway.set("inquiryPayment", signed(notFound))
		r := d.Resolve(t.Context(), d.record(first.Record), 0)
		if r.Outcome != apo.Declined {
			t.Errorf("%s, %v", r.Outcome, r.Cause)
		}
		d.wantRecord(first.Record, journal.Resolved, apo.Declined)
		d.wantRecord(second.Record, journal.InDoubt, apo.InDoubt)
		time.Sleep(time.Minute)
		if rest := d.resume(time.Minute); len(rest) != 1 || rest[0].Outcome != apo.NeverArrived {
			t.Errorf("%+v", rest)
		}
	})
	bubbleIn(t, "not by an earlier try that never arrived", func(t *testing.T, d *desk) {
		first := d.hastily("pay", payBody)
		time.Sleep(time.Minute)
		second := d.hastily("pay", payBody)
		d.gateway.set("inquiryPayment", signed(notFound))
		d.Patience.Every = time.Second
		if r := d.Resolve(t.Context(), d.record(first.Record), 5*time.Second); r.Outcome != apo.NeverArrived {
			t.Errorf("%s, %v", r.Outcome, r.Cause)
		}
		d.wantRecord(second.Record, journal.InDoubt, apo.InDoubt)
	})
	bubbleIn(t, "an earlier one by a later one that never arrived", func(t *testing.T, d *desk) {
		first := d.hastily("pay", payBody)
		second := d.hastily("pay", payBody)
		time.Sleep(time.Minute)
		d.gateway.set("inquiryPayment", signed(notFound))
		d.Patience.Every = time.Second
		d.Resolve(t.Context(), d.record(second.Record), 5*time.Second)
		d.wantRecord(first.Record, journal.Resolved, apo.NeverArrived)
		d.wantRecord(second.Record, journal.Resolved, apo.NeverArrived)
	})
}

// A fault of the program's own while a request is under way says nothing of the
// request: its record stays open, and can be resolved.
func TestAFaultLeavesItInDoubt(t *testing.T) {
	for _, api := range apis() {
		t.Run(api, func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				d.gateway.set(api, reply{panics: true})
				r := d.send(api, bodyOf(api))
				if r.Outcome != apo.InDoubt || !errors.Is(r.Cause, operate.ErrFault) || !r.MoneyMayHaveMoved() || r.Record == 0 {
					t.Fatalf("%s, %v", r.Outcome, r.Cause)
				}
				if rec := d.record(r.Record); !rec.State.Open() || rec.InFlight {
					t.Errorf("recorded: %s, in flight %v", rec.State, rec.InFlight)
				}
				d.gateway.set("inquiryPayment", signed(found(api, "SUCCESS")))
				if rest := d.resume(0); len(rest) != 1 || rest[0].Outcome != apo.Succeeded {
					t.Errorf("%+v", rest)
				}
			})
		})
	}
	bubbleIn(t, "while it is asked what became of it", func(t *testing.T, d *desk) {
		d.gateway.set("inquiryPayment", reply{panics: true})
		r := d.send("pay", payBody)
		if r.Outcome != apo.InDoubt || !errors.Is(r.Cause, operate.ErrFault) || d.record(r.Record).InFlight || d.record(r.Record+1).InFlight {
			t.Errorf("%s, %v", r.Outcome, r.Cause)
		}
	})
	bubbleIn(t, "while its end is waited for", func(t *testing.T, d *desk) {
		d.Patience.Pending = time.Minute
		d.gateway.set("pay", signed(said("U", "PAYMENT_IN_PROCESS")))
		d.gateway.set("inquiryPayment", reply{panics: true})
		r := d.send("pay", payBody)
		if !r.MoneyMayHaveMoved() || !errors.Is(r.Cause, operate.ErrFault) || d.record(r.Record).State != journal.Pending {
			t.Errorf("%s, %v", r.Outcome, r.Cause)
		}
	})
	bubbleIn(t, "in whoever is told what happens", func(t *testing.T, d *desk) {
		d.Watch = func(e operate.Event) { panic("told of " + e.Stage) }
		r := d.send("pay", payBody)
		if r.Outcome != apo.InDoubt || !errors.Is(r.Cause, operate.ErrFault) || !d.record(r.Record).State.Open() {
			t.Errorf("%s, %v", r.Outcome, r.Cause)
		}
	})
}

// A call of which the end could not be written down is open, and is told of.
func TestAnEndThatIsNotWritten(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		d.gateway.answer = func(call) reply {
			d.store.Close() // the disk is gone
			return signed(ok("pay"))
		}
		r := d.send("pay", payBody)
		if r.Outcome != apo.Succeeded || !slices.Contains(d.stages(), operate.Unrecorded) {
			t.Errorf("%s, %v; told %v", r.Outcome, r.Cause, d.stages())
		}
		d.open()
		d.wantRecord(r.Record, journal.Begun, "")
	})
}

// The caller who gives up leaves nothing claimed.
func TestResumeStops(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		first := d.hastily("pay", payBody)
		ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
		defer cancel()
		begin := time.Now()
		results := operate.Resume(ctx, d.openCalls(), time.Hour, nil)
		if len(results) != 1 || results[0].Outcome != apo.InDoubt || time.Since(begin) != 9*time.Second || d.record(first.Record).InFlight {
			t.Errorf("%+v after %s", results, time.Since(begin))
		}
	})
}
