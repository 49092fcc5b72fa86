package operate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/operate"
)

// Notifications are weighed together: where two cannot both be true the pay is in doubt,
// whatever came last, its order is blocked, and an inquiry alone tells.
func TestNotificationsAreWeighedTogether(t *testing.T) {
	s, f := news("pay", "S", "SUCCESS"), news("pay", "F", "DO_NOT_HONOR")
	closed := news("pay", "F", "ORDER_IS_CLOSED")
	other := strings.Replace(s, `"4200"`, `"1"`, 1)
	captured, refund := news("capture", "S", "SUCCESS"), news("refund", "S", "SUCCESS", `"refundStatus":"SUCCESS"`, `"paymentId":"`+payID+`"`)
	captureFailed := news("capture", "F", "PROCESS_FAIL")
	dispute := `{"disputeNotificationType":"DISPUTE_CREATED","disputeId":"d-1","paymentId":"` + payID + `","disputeAmount":` + amount("SGD", "4200") + `}`
	for name, c := range map[string]struct {
		news    []string
		outcome apo.Outcome // in doubt: they contradict each other
	}{
		"S twice":                      {[]string{s, s}, apo.Succeeded},
		"F twice":                      {[]string{f, closed}, apo.Declined},
		"S, then captured":             {[]string{s, captured, dispute}, apo.Succeeded},
		"F, and a capture that failed": {[]string{captureFailed, f}, apo.Declined},
		"S, then F":                    {[]string{s, f}, apo.InDoubt},
		"F, then S":                    {[]string{f, s}, apo.InDoubt},
		"S, F, S":                      {[]string{s, f, s}, apo.InDoubt},
		"F, S, F, F":                   {[]string{f, s, f, closed}, apo.InDoubt},
		"another amount, then F":       {[]string{other, f}, apo.InDoubt},
		"another amount, then S":       {[]string{other, s}, apo.InDoubt},
		"S, then another amount":       {[]string{s, other}, apo.InDoubt},
		"F, then another amount":       {[]string{f, other, s}, apo.InDoubt},
		"captured, then F":             {[]string{captured, f}, apo.InDoubt},
		"captured, then closed":        {[]string{captured, closed}, apo.InDoubt},
		"F, then captured":             {[]string{f, captured, f}, apo.InDoubt},
		"refunded, then F":             {[]string{refund, f}, apo.InDoubt},
		"F, then refunded":             {[]string{f, refund}, apo.InDoubt},
		"disputed, then F":             {[]string{dispute, f}, apo.InDoubt},
		"F, then disputed":             {[]string{f, dispute}, apo.InDoubt},
	} {
		bubbleIn(t, name, func(t *testing.T, d *desk) {
			first := d.hastily("pay", payBody, reply{})
			for _, body := range c.news {
				time.Sleep(time.Second)
				d.receive(clientID, body)
			}
			if r := d.record(first.Record); r.Outcome != c.outcome || r.State.Open() != (c.outcome == apo.InDoubt) {
				t.Errorf("%s, %s; want %s", r.State, r.Outcome, c.outcome)
			}
			if c.outcome != apo.InDoubt {
				return
			}
			time.Sleep(time.Hour)
			if r := refusalOf(d.send("pay", replaced(t, payBody, "p-1", "p-2"))); r.Reason != operate.StillOpen {
				t.Errorf("the order is not blocked: %+v", r)
			}
			for _, answer := range []reply{{}, signed(found("pay", "PROCESSING"))} {
				d.gateway.set("inquiryPayment", answer)
				d.Resolve(t.Context(), d.record(first.Record), 0)
				d.receive(clientID, c.news[len(c.news)-1])
				if r := d.record(first.Record); !r.State.Open() {
					t.Errorf("a message has resolved it: %s", r.Outcome)
				}
			}
			d.gateway.set("inquiryPayment", signed(found("pay", "SUCCESS")))
			d.Resolve(t.Context(), d.record(first.Record), 0)
			d.wantRecord(first.Record, journal.Resolved, apo.Succeeded)
			for _, again := range c.news {
				time.Sleep(time.Second)
				d.receive(clientID, again)
			}
			d.wantRecord(first.Record, journal.Resolved, apo.Succeeded)
		})
	}
}

// A pay that was cancelled here has not failed before; without a cancel on record it has
// two ends.
func TestACancelledPayIsNotContradicted(t *testing.T) {
	for _, cancelled := range []bool{true, false} {
		for _, code := range []string{"ORDER_IS_CLOSED", "DO_NOT_HONOR"} {
			bubbleIn(t, code+" "+map[bool]string{true: "cancelled", false: "not cancelled"}[cancelled], func(t *testing.T, d *desk) {
				first := d.hastily("pay", payBody, signed(said("S", "SUCCESS", idsOf("pay"), `"paymentId":"`+payID+`"`)))
				if cancelled {
					d.hastily("cancel", bodyOf("cancel"), signed(ok("cancel")))
				}
				time.Sleep(time.Second)
				d.receive(clientID, news("pay", "S", "SUCCESS"))
				d.receive(clientID, news("pay", "F", code))
				if r := d.record(first.Record); r.State.Open() == (cancelled && code == "ORDER_IS_CLOSED") {
					t.Errorf("%s, %s", r.State, r.Outcome)
				}
			})
		}
	}
}

// At a gateway on this machine anybody who has its keys can make a notification: it
// ends nothing there.
func TestNewsOfThisMachineProveNothing(t *testing.T) {
	for _, gateway := range []string{"http://127.0.0.1:4242", "http://localhost:4242", "https://[::1]:4242", operate.SandboxBooks + "1"} {
		for _, status := range []string{"S", "F"} {
			bubbleIn(t, gateway+" "+status, func(t *testing.T, d *desk) {
				d.Gateway = gateway
				first := d.hastily("pay", payBody, reply{})
				d.receive(clientID, news("pay", status, map[string]string{"S": "SUCCESS", "F": "DO_NOT_HONOR"}[status]))
				d.wantRecord(first.Record, journal.InDoubt, apo.InDoubt)
				d.gateway.set("inquiryPayment", reply{})
				d.Resolve(t.Context(), d.record(first.Record), 0)
				d.wantRecord(first.Record, journal.InDoubt, apo.InDoubt)
			})
		}
	}
}

// What a listener has written down counts for whoever asks, where no inquiry tells.
func TestTheJournalHasHeardOfIt(t *testing.T) {
	s := news("pay", "S", "SUCCESS")
	ask := map[string]func(d *desk, record int64){
		"resolve": func(d *desk, record int64) { d.Resolve(d.t.Context(), d.record(record), 0) },
		"resume": func(d *desk, record int64) {
			operate.Resume(d.t.Context(), []operate.Open{{Operator: d.Operator, Record: d.record(record)}}, 0, nil)
		},
		"repetition": func(d *desk, _ int64) { d.send("pay", replaced(d.t, payBody, "p-1", "p-9")) },
	}
	for name, c := range map[string]struct {
		hold    func(d *desk)
		answer  reply
		outcome apo.Outcome
	}{
		"S, and nobody answers":      {func(d *desk) { d.hold(clientID, s) }, reply{}, apo.Succeeded},
		"F, and nobody answers":      {func(d *desk) { d.hold(clientID, news("pay", "F", "DO_NOT_HONOR")) }, reply{}, apo.Declined},
		"S, and nothing is found":    {func(d *desk) { d.hold(clientID, s) }, signed(notFound), apo.Succeeded},
		"S, and the books say FAIL":  {func(d *desk) { d.hold(clientID, s) }, signed(found("pay", "FAIL")), apo.Declined},
		"S and F":                    {func(d *desk) { d.hold(clientID, s); d.hold(clientID, news("pay", "F", "DO_NOT_HONOR")) }, reply{}, apo.InDoubt},
		"of another client ID":       {func(d *desk) { d.hold("SANDBOX_5Y0000000000002", s) }, reply{}, apo.InDoubt},
		"of another request":         {func(d *desk) { d.hold(clientID, strings.Replace(s, "p-1", "p-7", 1)) }, reply{}, apo.InDoubt},
		"of another profile":         {func(d *desk) { d.hold(clientID, s); d.Account.Profile = "other" }, reply{}, apo.InDoubt},
		"at a gateway that is local": {func(d *desk) { d.hold(clientID, s); d.Gateway = "http://127.0.0.1:1" }, reply{}, apo.InDoubt},
	} {
		for how, ask := range ask {
			bubbleIn(t, name+", "+how, func(t *testing.T, d *desk) {
				first := d.hastily("pay", payBody, reply{})
				time.Sleep(time.Second)
				c.hold(d)
				d.gateway.set("inquiryPayment", c.answer)
				ask(d, first.Record)
				if r := d.record(first.Record); r.Outcome != c.outcome {
					t.Errorf("%s, %s; want %s", r.State, r.Outcome, c.outcome)
				}
			})
		}
	}
	bubbleIn(t, "it came before the request was sent", func(t *testing.T, d *desk) {
		d.hold(clientID, s)
		time.Sleep(time.Second)
		first := d.hastily("pay", payBody, reply{})
		d.Resolve(t.Context(), d.record(first.Record), 0)
		d.wantRecord(first.Record, journal.InDoubt, apo.InDoubt)
	})
	bubbleIn(t, "while it is resolved", func(t *testing.T, d *desk) {
		d.Watch = func(e operate.Event) {
			if e.Stage == operate.Asking && e.Waited == 0 {
				time.Sleep(time.Second)
				d.hold(clientID, s)
			}
		}
		if r := d.send("pay", payBody); r.Outcome != apo.Succeeded {
			t.Errorf("%s", r.Outcome)
		}
	})
	bubbleIn(t, "nothing that a message names has never arrived", func(t *testing.T, d *desk) {
		first := d.hastily("pay", payBody, reply{})
		time.Sleep(time.Second)
		d.hold(clientID, news("pay", "U", "PAYMENT_IN_PROCESS"))
		d.gateway.set("inquiryPayment", signed(notFound))
		if r := d.Resolve(t.Context(), d.record(first.Record), 5*time.Minute); r.Outcome != apo.Pending {
			t.Errorf("%s", r.Outcome)
		}
	})
}
