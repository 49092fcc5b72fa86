package operate_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/operate"
)

// A payment is asked for by one number after another, until one is known.
func TestLookup(t *testing.T) {
	both := []apo.PaymentKey{paymentKey(), requestKey()}
	for name, c := range map[string]struct {
		keys    []apo.PaymentKey
		answers []reply
		key     apo.PaymentKey // that found it; zero: none did
		problem bool
		err     func(error) bool
		answer  bool // there is one to look at
		asks    int
	}{
		"known by the first":               {both, []reply{signed(payment("SUCCESS", "SUCCESS"))}, paymentKey(), false, nil, true, 1},
		"known by the second":              {both, []reply{signed(notFound), signed(payment("SUCCESS", "SUCCESS"))}, requestKey(), false, nil, true, 2},
		"known by none":                    {both, []reply{signed(notFound)}, apo.PaymentKey{}, false, is(operate.ErrNotFound), true, 2},
		"no number at all":                 {nil, nil, apo.PaymentKey{}, false, is(operate.ErrNotFound), false, 0},
		"it is another's":                  {both, []reply{signed(paymentOf("4200", otherID, "p-1", "SUCCESS", "SUCCESS"))}, apo.PaymentKey{}, false, isFailed(apo.NoAnswer), false, 1},
		"it names nothing":                 {both, []reply{signed(said("S", "SUCCESS", `"paymentStatus":"SUCCESS"`))}, apo.PaymentKey{}, false, is(operate.ErrUnnamed), true, 1},
		"it names the other number":        {both[1:], []reply{signed(said("S", "SUCCESS", `"paymentId":"`+payID+`"`))}, apo.PaymentKey{}, false, is(operate.ErrUnnamed), true, 1},
		"it contradicts itself":            {both, []reply{signed(payment("FAIL", "DO_NOT_HONOR", entry("CAPTURE", "c-1", "SUCCESS", "S", "SUCCESS", "1")))}, paymentKey(), true, nil, true, 1},
		"itself F":                         {both, []reply{signed(said("F", "PROCESS_FAIL"))}, apo.PaymentKey{}, false, isInquiry(apo.Failed), true, 1},
		"itself U":                         {both, []reply{signed(said("U", "UNKNOWN_EXCEPTION"))}, apo.PaymentKey{}, false, isInquiry(apo.Pending), true, 1},
		"not recognised":                   {both, []reply{signed(said("F", "ACCESS_DENIED"))}, apo.PaymentKey{}, false, isInquiry(apo.Unrecognised), true, 1},
		"not recognised, unsigned":         {both, []reply{unsigned(said("F", "CLIENT_INVALID"))}, apo.PaymentKey{}, false, isInquiry(apo.Unrecognised), true, 1},
		"not found, unsigned":              {both, []reply{unsigned(notFound)}, apo.PaymentKey{}, false, isInquiry(apo.Failed), true, 1},
		"S with a code of F":               {both, []reply{signed(said("S", "ORDER_NOT_EXIST", `"paymentId":"`+payID+`"`))}, apo.PaymentKey{}, false, isInquiry(apo.Failed), true, 1},
		"nobody answers":                   {both, nil, apo.PaymentKey{}, false, isFailed(apo.NoAnswer), false, 1},
		"the signature does not verify":    {both, []reply{forged(payment("SUCCESS", "SUCCESS"))}, apo.PaymentKey{}, false, isFailed(apo.Untrusted), false, 1},
		"found, and nobody vouches for it": {both, []reply{unsigned(payment("SUCCESS", "SUCCESS"))}, apo.PaymentKey{}, false, isFailed(apo.Untrusted), false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				d.gateway.set("inquiryPayment", c.answers...)
				f, err := d.Lookup(t.Context(), c.keys...)
				if c.err == nil && err != nil || c.err != nil && !c.err(err) {
					t.Errorf("%v", err)
				}
				if c.key != (apo.PaymentKey{}) && (f.Key != c.key || f.Payment.PaymentID != payID) || (f.Problem != "") != c.problem || (f.Answer != nil) != c.answer {
					t.Errorf("%+v", f)
				}
				if d.gateway.asked() != c.asks {
					t.Errorf("%d inquiries, want %d", d.gateway.asked(), c.asks)
				}
				for id := range c.asks { // each has a record that leaves nothing open
					if r := d.record(int64(id + 1)); r.Endpoint != "inquiryPayment" || !r.Reads || r.State != journal.Answered || r.InFlight {
						t.Errorf("recorded: %+v", r)
					}
				}
			})
		})
	}
}

func is(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }

func isInquiry(outcome apo.Outcome) func(error) bool {
	return func(err error) bool {
		var failed *operate.InquiryError
		return errors.As(err, &failed) && failed.Outcome() == outcome && failed.Error() != ""
	}
}

func isFailed(kind apo.Kind) func(error) bool {
	return func(err error) bool {
		var failed *apo.Error
		return errors.As(err, &failed) && failed.Kind == kind
	}
}

// A lookup that cannot be written down is not made.
func TestALookupIsWrittenDown(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		d.store.Close()
		var no *operate.Refusal
		if _, err := d.Lookup(t.Context(), paymentKey()); !errors.As(err, &no) || no.Reason != operate.Unwritten || d.gateway.asked() != 0 {
			t.Errorf("%v", err)
		}
		d.Journal = nil // where none is kept it is
		d.gateway.set("inquiryPayment", signed(payment("SUCCESS", "SUCCESS")))
		if _, err := d.Lookup(t.Context(), paymentKey()); err != nil {
			t.Error(err)
		}
		d.open()
	})
}

// What inquiryRefund tells resolves the refund.
func TestLookupRefund(t *testing.T) {
	key := apo.RefundKey{RefundRequestID: "r-1"}
	withID := func(t *testing.T, status string) string {
		return with(t, refunded(status, time.Now()), `"refundId":"ref-1"`)
	}
	for name, c := range map[string]struct {
		key     apo.RefundKey
		answer  func(t *testing.T) reply
		err     func(error) bool
		state   journal.State
		outcome apo.Outcome
	}{
		"refunded":              {key, func(t *testing.T) reply { return signed(refunded("SUCCESS", time.Now())) }, nil, journal.Resolved, apo.Succeeded},
		"refunded, by its ID":   {apo.RefundKey{RefundID: "ref-1"}, func(t *testing.T) reply { return signed(withID(t, "SUCCESS")) }, nil, journal.Resolved, apo.Succeeded},
		"failed":                {key, func(t *testing.T) reply { return signed(refunded("FAIL", time.Now())) }, nil, journal.Resolved, apo.Declined},
		"under way":             {key, func(t *testing.T) reply { return signed(refunded("PROCESSING", time.Now())) }, nil, journal.Pending, apo.Pending},
		"of another amount":     {key, func(t *testing.T) reply { return signed(replaced(t, refunded("SUCCESS", time.Now()), "4200", "42")) }, nil, journal.InDoubt, apo.Different},
		"of before the sending": {key, func(t *testing.T) reply { return signed(refunded("SUCCESS", time.Now().Add(-time.Hour))) }, nil, journal.InDoubt, apo.InDoubt},
		"contradicts itself": {key, func(t *testing.T) reply {
			return signed(with(t, refunded("SUCCESS", time.Now()), `"transactions":[{"transactionType":"REFUND","transactionStatus":"FAIL","transactionRequestId":"r-1"}]`))
		}, nil, journal.InDoubt, apo.InDoubt},
		"not found":             {key, func(t *testing.T) reply { return signed(notFound) }, is(operate.ErrNotFound), journal.InDoubt, apo.InDoubt},
		"another's":             {key, func(t *testing.T) reply { return signed(replaced(t, refunded("FAIL", time.Now()), "r-1", "r-9")) }, isFailed(apo.NoAnswer), journal.InDoubt, apo.InDoubt},
		"another's, by its ID":  {apo.RefundKey{RefundID: "ref-9"}, func(t *testing.T) reply { return signed(withID(t, "FAIL")) }, isFailed(apo.NoAnswer), journal.InDoubt, apo.InDoubt},
		"of no name":            {key, func(t *testing.T) reply { return signed(said("S", "SUCCESS", `"refundStatus":"FAIL"`)) }, is(operate.ErrUnnamed), journal.InDoubt, apo.InDoubt},
		"of no name, by its ID": {apo.RefundKey{RefundID: "ref-1"}, func(t *testing.T) reply { return signed(refunded("FAIL", time.Now())) }, is(operate.ErrUnnamed), journal.InDoubt, apo.InDoubt},
		"itself F":              {key, func(t *testing.T) reply { return signed(said("F", "PROCESS_FAIL")) }, isInquiry(apo.Failed), journal.InDoubt, apo.InDoubt},
		"unsigned":              {key, func(t *testing.T) reply { return unsigned(refunded("FAIL", time.Now())) }, isFailed(apo.Untrusted), journal.InDoubt, apo.InDoubt},
		"nobody answers":        {key, func(t *testing.T) reply { return reply{} }, isFailed(apo.NoAnswer), journal.InDoubt, apo.InDoubt},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				first := d.hastily("refund", refundBody)
				again := d.hastily("refund", refundBody)
				d.gateway.set("inquiryRefund", c.answer(t))
				found, err := d.LookupRefund(t.Context(), c.key)
				if contradicts := strings.HasPrefix(name, "contradicts"); contradicts != (found.Problem != "") {
					t.Errorf("the problem is %q", found.Problem)
				}
				if c.err == nil && err != nil || c.err != nil && !c.err(err) {
					t.Errorf("%v", err)
				}
				d.wantRecord(first.Record, c.state, c.outcome)
				d.wantRecord(again.Record, c.state, c.outcome)
			})
		})
	}
}

// Await looks until there is an end.
func TestAwait(t *testing.T) {
	going, done := signed(payment("PROCESSING", "PAYMENT_IN_PROCESS")), signed(payment("SUCCESS", "SUCCESS"))
	for name, c := range map[string]struct {
		answers []reply
		within  time.Duration
		stop    time.Duration
		status  string
		took    time.Duration
	}{
		"final at once":                   {[]reply{done}, time.Minute, 0, "SUCCESS", 0},
		"final after a while":             {[]reply{going, signed(payment("PENDING", "")), going, done}, 10 * time.Minute, 0, "SUCCESS", 75 * time.Second},
		"what tells nothing in between":   {[]reply{going, {}, forged(payment("FAIL", "")), signed(notFound), unsigned(notFound), done}, 10 * time.Minute, 0, "SUCCESS", 125 * time.Second},
		"the time is up":                  {[]reply{going}, time.Minute, 0, "PROCESSING", 50 * time.Second},
		"the caller gives up":             {[]reply{going}, 0, time.Hour, "PROCESSING", time.Hour},
		"within 0 has no end but the end": {append(make([]reply, 0), going, going, going, going, going, done), 0, 0, "SUCCESS", 125 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				d.gateway.set("inquiryPayment", c.answers...)
				f, err := d.Lookup(t.Context(), paymentKey())
				if err != nil {
					t.Fatal(err)
				}
				ctx := t.Context()
				if c.stop > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, c.stop)
					defer cancel()
				}
				begin := time.Now()
				if f = d.Await(ctx, f, c.within); f.Payment.Status != c.status || time.Since(begin) != c.took {
					t.Errorf("%s after %s; want %s after %s", f.Payment.Status, time.Since(begin), c.status, c.took)
				}
			})
		})
	}
}

// Ask says what became of an API that reads.
func TestAsk(t *testing.T) {
	for name, c := range map[string]struct {
		answer reply
		err    func(error) bool
	}{
		"S":           {signed(said("S", "SUCCESS")), nil},
		"not found":   {signed(notFound), is(operate.ErrNotFound)},
		"F":           {signed(said("F", "PROCESS_FAIL")), isInquiry(apo.Failed)},
		"U":           {signed(said("U", "UNKNOWN_EXCEPTION")), isInquiry(apo.Pending)},
		"unsigned":    {unsigned(notFound), isInquiry(apo.Failed)},
		"none":        {reply{}, isFailed(apo.NoAnswer)},
		"unreachable": {reply{unreachable: true}, isFailed(apo.Unreachable)},
	} {
		bubbleIn(t, name, func(t *testing.T, d *desk) {
			d.gateway.set("consult", c.answer)
			_, err := d.Ask(t.Context(), d.request("consult", "").Endpoint, []byte(`{"paymentAmount":`+amount("SGD", "1")+`}`))
			if c.err == nil && err != nil || c.err != nil && !c.err(err) {
				t.Errorf("%v", err)
			}
			if r := d.record(1); r.Endpoint != "consult" || !r.Reads || r.State.Open() || r.InFlight {
				t.Errorf("recorded: %+v", r)
			}
		})
	}
}
