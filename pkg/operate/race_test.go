package operate_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/operate"
)

// dice are thrown by many.
type dice struct {
	mu  sync.Mutex
	rng *rand.Rand
}

func (d *dice) roll(n int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.rng.IntN(n)
}

// unreliable is an honest gateway behind a wire that loses, delays and spoils.
func unreliable(l *ledger, d *dice, healed func() bool) func(call) reply {
	return func(c call) reply {
		fate := d.roll(20)
		if healed() {
			return signed(l.handle(c.api, c.body))
		}
		takes := time.Duration(d.roll(3000)) * time.Millisecond
		switch {
		case fate == 0:
			return reply{unreachable: true}
		case fate <= 2: // it never arrives
			return reply{takes: takes}
		case fate == 3:
			return reply{body: "<html>", status: 502, by: nobody}
		}
		body := l.handle(c.api, c.body)
		switch {
		case fate <= 6: // it arrives, and the answer does not
			return reply{takes: takes}
		case fate == 7:
			return unsigned(body)
		case fate == 8:
			return forged(body)
		case fate == 9:
			return unsigned(said("F", "CLIENT_INVALID"))
		case fate == 10:
			return signed(said("S", "DO_NOT_HONOR"))
		}
		return reply{body: body, takes: takes}
	}
}

// dealBodies are the requests about one payment of SGD 1.00.
func dealBodies(n int) (pay, capture, refund, cancel string) {
	request := fmt.Sprintf("p-%d", n)
	id := dealID(request)
	return fmt.Sprintf(`{"paymentRequestId":"%s","paymentAmount":%s,"order":{"referenceOrderId":"o-%d"}}`, request, amount("SGD", "100"), n),
		fmt.Sprintf(`{"captureRequestId":"c-%d","paymentId":"%s","captureAmount":%s}`, n, id, amount("SGD", "60")),
		fmt.Sprintf(`{"refundRequestId":"r-%d","paymentId":"%s","refundAmount":%s}`, n, id, amount("SGD", "20")),
		fmt.Sprintf(`{"paymentId":"%s"}`, id)
}

// agrees reports whether what is said of a request can be true of the books.
func agrees(outcome apo.Outcome, e effect) bool {
	switch outcome {
	case apo.Succeeded:
		return e == doneEffect || e == givenBackEffect
	case apo.Declined, apo.Cancelled, apo.NotSent:
		return e != doneEffect && e != underWayEffect
	}
	return true
}

// Hundreds of requests go through one Operator at once, while others ask about
// what is open, and none is told wrong.
func TestOneOperatorForMany(t *testing.T) {
	const workers = 50 // of four requests each
	seeds, rounds := uint64(5), 5
	if underRace {
		seeds, rounds = 1, 1
	}
	for seed := range seeds {
		bubbleIn(t, fmt.Sprint("seed ", seed), func(t *testing.T, d *desk) {
			die := &dice{rng: rand.New(rand.NewPCG(seed, 1))}
			books := &ledger{plan: func(string) plan { return plans()[die.roll(len(plans()))] }}
			var mu sync.Mutex
			healed := false
			d.gateway.answer = unreliable(books, die, func() bool { mu.Lock(); defer mu.Unlock(); return healed })
			d.Client.Retries, d.Patience.Pending = 1, 30*time.Second

			var all sync.WaitGroup
			for n := range workers {
				all.Go(func() {
					pay, capture, refund, cancel := dealBodies(n)
					for _, r := range []struct{ api, id, body string }{
						{"pay", fmt.Sprintf("p-%d", n), pay},
						{"capture", fmt.Sprintf("c-%d", n), capture},
						{"refund", fmt.Sprintf("r-%d", n), refund},
						{"cancel", dealID(fmt.Sprintf("p-%d", n)), cancel},
					} {
						result := d.Send(t.Context(), d.request(r.api, r.body))
						if e := books.effect(r.api, r.id); !agrees(result.Outcome, e) || !result.MoneyMayHaveMoved() && result.Outcome != apo.Refused && (e == doneEffect || e == underWayEffect) {
							t.Errorf("%s %s: %s (%s), and in the books %q", r.api, r.id, result.Outcome, result.Code, e)
						}
					}
				})
			}
			for range 10 {
				all.Go(func() {
					for range rounds {
						time.Sleep(time.Duration(die.roll(60)) * time.Second)
						d.resume(0)
						d.Lookup(t.Context(), apo.PaymentKey{PaymentRequestID: fmt.Sprintf("p-%d", die.roll(workers))})
					}
				})
			}
			all.Wait()

			mu.Lock()
			healed = true
			mu.Unlock()
			time.Sleep(time.Minute)
			d.resume(2 * time.Minute)
			for n := range workers { // what never arrived may be there all the same
				d.Lookup(t.Context(), apo.PaymentKey{PaymentRequestID: fmt.Sprintf("p-%d", n)})
			}
			calls := 0
			for r, err := range d.store.Records(t.Context(), journal.Filter{Moving: true}) {
				if err != nil {
					t.Fatal(err)
				}
				calls++
				id := r.RequestID()
				if r.Endpoint == "cancel" {
					id = r.Numbers.PaymentID
				}
				if e := books.effect(r.Endpoint, id); r.State.Open() || r.InFlight || !agrees(r.Outcome, e) && r.Outcome != apo.NotSent {
					t.Errorf("%s %s is left %s, %s, in flight %v, and in the books %q", r.Endpoint, id, r.State, r.Outcome, r.InFlight, e)
				}
			}
			if calls < workers*2 {
				t.Errorf("only %d calls were made", calls)
			}
		})
	}
}

// A long-lived Operator resumes its own calls in doubt while it runs.
func TestALongLivedOperatorResumesItsOwn(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		first := d.send("pay", payBody)
		if first.Outcome != apo.InDoubt {
			t.Fatalf("%s", first.Outcome)
		}
		d.gateway.set("inquiryPayment", signed(found("pay", "SUCCESS")))
		if r := d.resume(0); len(r) != 1 || r[0].Outcome != apo.Succeeded {
			t.Errorf("%+v", r)
		}
		d.wantRecord(first.Record, journal.Resolved, apo.Succeeded)
	})
}

// Two callers with one request ID: one is refused, or both are one.
func TestOneRequestIDOfTwo(t *testing.T) {
	for _, api := range apis() {
		bubbleIn(t, api, func(t *testing.T, d *desk) {
			d.gateway.set(api, reply{body: ok(api), takes: 5 * time.Second})
			results := make([]operate.Result, 5)
			var all sync.WaitGroup
			for i := range results {
				all.Go(func() { results[i] = d.send(api, bodyOf(api)) })
			}
			all.Wait()
			done := 0
			for _, r := range results {
				switch {
				case r.Outcome == apo.Succeeded:
					done++
				case refusalOf(r).Reason != operate.RequestIDInUse || refusalOf(r).Earlier == nil:
					t.Errorf("%s, %v", r.Outcome, r.Cause)
				}
			}
			if sent := len(d.gateway.sent(api)); done != 1 || sent != 1 {
				t.Errorf("%d done, %d sent", done, sent)
			}
		})
	}
}

// Two callers with one order, or one payment, and IDs of their own: one is
// refused.
func TestOnePurchaseOfTwo(t *testing.T) {
	for _, api := range []string{"pay", "capture", "refund"} {
		bubbleIn(t, api, func(t *testing.T, d *desk) {
			d.gateway.set(api, reply{body: said("S", "SUCCESS"), takes: 5 * time.Second})
			results := make([]operate.Result, 2)
			var all sync.WaitGroup
			for i, body := range []string{bodyOf(api), beside(t, api)} {
				all.Go(func() { results[i] = d.send(api, body) })
			}
			all.Wait()
			refused := 0
			for _, r := range results {
				if refusalOf(r).Reason == operate.StillOpen {
					refused++
				}
			}
			if len(d.gateway.sent(api)) != 1 || refused != 1 {
				t.Errorf("%d sent, %d refused", len(d.gateway.sent(api)), refused)
			}
		})
	}
}

// Two who resume the same calls do not both ask.
func TestTwoWhoResume(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		d.hastily("pay", payBody)
		d.gateway.set("inquiryPayment", reply{body: found("pay", "SUCCESS"), takes: time.Second})
		calls := d.openCalls()
		results := make([]operate.Result, 5)
		var all sync.WaitGroup
		for i := range results {
			all.Go(func() { results[i] = operate.Resume(t.Context(), calls, 0, nil)[0] })
		}
		all.Wait()
		done := 0
		for _, r := range results {
			switch {
			case r.Outcome == apo.Succeeded:
				done++
			case !errors.Is(r.Cause, operate.ErrInFlight) || r.Outcome != apo.InDoubt:
				t.Errorf("%s, %v", r.Outcome, r.Cause)
			}
		}
		if done != 1 || d.gateway.asked() != 1 {
			t.Errorf("%d know, %d inquiries", done, d.gateway.asked())
		}
	})
}
