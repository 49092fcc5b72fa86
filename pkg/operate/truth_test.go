package operate_test

import (
	"context"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/operate"
)

func apis() []string { return []string{"pay", "capture", "refund", "cancel"} }

// found is the inquiry's answer in which the request of an API has a status.
func found(api, status string) string {
	code, resultStatus := "SUCCESS", "S"
	switch status {
	case apo.StatusFail, apo.StatusCancelled:
		code, resultStatus = "PROCESS_FAIL", "F"
	case apo.StatusProcessing, apo.StatusPending:
		code, resultStatus = "PAYMENT_IN_PROCESS", "U"
	}
	switch api {
	case "capture":
		return payment("SUCCESS", "SUCCESS", entry("CAPTURE", "c-1", status, resultStatus, code, "4200"))
	case "refund":
		return payment("SUCCESS", "SUCCESS", entry("CAPTURE", "c-0", "SUCCESS", "S", "SUCCESS", "4200"), entry("REFUND", "r-1", status, resultStatus, code, "4200"))
	case "cancel":
		if status == apo.StatusSuccess {
			return payment("CANCELLED", "SUCCESS")
		}
		return payment(status, code)
	}
	return payment(status, code)
}

// without is the inquiry's answer that knows the payment, and not the request.
func without(api string) string {
	if api == "pay" {
		return notFound
	}
	return payment("SUCCESS", "SUCCESS")
}

// ok is a gateway's own S to a request.
func ok(api string) string { return said("S", "SUCCESS", idsOf(api)) }

// scene is a request and what the gateway does with it.
type scene struct {
	before  func(d *desk) // what happened earlier
	ctx     func(context.Context) (context.Context, context.CancelFunc)
	retries int
	wait    time.Duration // for the end of what is pending

	own             []reply
	payment, refund []reply // of the inquiries

	want want
	asks int // how many inquiries arrive; -1: it does not matter
}

func (s scene) run(t *testing.T, api string) { s.runWith(t, api, bodyOf(api)) }

func (s scene) runWith(t *testing.T, api, body string) {
	bubble(t, func(t *testing.T, d *desk) {
		if s.before != nil {
			s.before(d)
		}
		before := d.gateway.asked()
		d.gateway.set(api, s.own...)
		d.gateway.set("inquiryPayment", s.payment...)
		d.gateway.set("inquiryRefund", s.refund...)
		d.Client.Retries, d.Patience.Pending = s.retries, s.wait
		ctx := t.Context()
		if s.ctx != nil {
			var cancel context.CancelFunc
			ctx, cancel = s.ctx(ctx)
			defer cancel()
		}
		r := d.Send(ctx, d.request(api, body))
		s.want.check(t, d, r)
		if asks := d.gateway.asked() - before; s.asks >= 0 && asks != s.asks {
			t.Errorf("%d inquiries, want %d", asks, s.asks)
		}
		if open := s.want.state.Open(); open != d.record(r.Record).State.Open() {
			t.Errorf("the record is open: %v", !open)
		}
	})
}

func stopped(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	return ctx, func() {}
}

// "not one byte of the request was written: not sent".
func TestNotSent(t *testing.T) {
	for _, api := range apis() {
		t.Run(api+"/unreachable", func(t *testing.T) {
			scene{own: []reply{{unreachable: true}}, payment: []reply{signed(found(api, "SUCCESS"))}, want: want{apo.NotSent, 7, false, journal.Answered, ""}}.run(t, api)
		})
		t.Run(api+"/unreachable at every try", func(t *testing.T) {
			scene{retries: 2, own: []reply{{unreachable: true}}, want: want{apo.NotSent, 7, false, journal.Answered, ""}}.run(t, api)
		})
		t.Run(api+"/unreachable after a try that may have arrived", func(t *testing.T) {
			scene{retries: 2, own: []reply{{}, {unreachable: true}}, want: want{apo.InDoubt, 6, true, journal.InDoubt, ""}, asks: -1}.run(t, api)
		})
	}
	t.Run("interrupted before anything was sent", func(t *testing.T) {
		bubble(t, func(t *testing.T, d *desk) {
			ctx, cancel := context.WithCancel(t.Context())
			d.Watch = func(e operate.Event) {
				if e.Stage == operate.Announced {
					cancel()
				}
			}
			d.gateway.set("pay", reply{unreachable: true})
			want{apo.NotSent, 130, false, journal.Answered, ""}.check(t, d, d.Send(ctx, d.request("pay", payBody)))
		})
	})
	t.Run("interrupted before it was written down", func(t *testing.T) {
		bubble(t, func(t *testing.T, d *desk) {
			ctx, cancel := stopped(t.Context())
			defer cancel()
			r := d.Send(ctx, d.request("pay", payBody))
			if r.Outcome != apo.Refused || r.MoneyMayHaveMoved() || len(d.gateway.seen) > 0 {
				t.Errorf("%s, %v", r.Outcome, r.Cause)
			}
		})
	})
}

// Of a request of which an earlier try may have arrived nobody says that it was not
// sent.
func TestNotSentAgain(t *testing.T) {
	for _, api := range apis() {
		for when, before := range earlierTries(api) {
			bubbleIn(t, api+"/unreachable, and an earlier try "+when, func(t *testing.T, d *desk) {
				before(d)
				d.gateway.set(api, reply{unreachable: true})
				r := d.send(api, bodyOf(api))
				if r.Outcome != apo.InDoubt || exitOf(r) != 6 || !r.MoneyMayHaveMoved() {
					t.Errorf("%s, exit %d, may have moved %v", r.Outcome, exitOf(r), r.MoneyMayHaveMoved())
				}
				d.wantRecord(r.Record, journal.Answered, apo.NotSent) // as is true of this try
			})
		}
		bubbleIn(t, api+"/unreachable, and the earlier try is found", func(t *testing.T, d *desk) {
			first := d.hastily(api, bodyOf(api))
			d.gateway.set(api, reply{unreachable: true})
			d.gateway.set("inquiryPayment", reply{}, signed(found(api, "SUCCESS")))
			r := d.send(api, bodyOf(api))
			if r.Outcome != apo.Succeeded || exitOf(r) != 0 {
				t.Errorf("%s, exit %d", r.Outcome, exitOf(r))
			}
			d.wantRecord(first.Record, journal.Resolved, apo.Succeeded)
			d.wantRecord(r.Record, journal.Answered, apo.NotSent)
		})
		bubbleIn(t, api+"/unreachable, and the earlier try was declined", func(t *testing.T, d *desk) {
			d.hastily(api, bodyOf(api), signed(said("F", "PROCESS_FAIL", idsOf(api))))
			d.gateway.set(api, reply{unreachable: true})
			want{apo.NotSent, 7, false, journal.Answered, ""}.check(t, d, d.send(api, bodyOf(api)))
		})
	}
}

func TestNotSentForReasonsOfOurOwn(t *testing.T) {
	for name, w := range map[string]struct {
		outcome apo.Outcome
		moved   bool
		before  func(d *desk)
	}{
		"it cannot even be made": {apo.NotSent, false, func(*desk) {}},
		"it cannot even be made, and an earlier try may have arrived": {apo.InDoubt, true, func(d *desk) { d.hastily("pay", payBody) }},
	} {
		bubbleIn(t, name, func(t *testing.T, d *desk) {
			w.before(d)
			d.Client.KeyVersion = "not a version"
			r := d.send("pay", payBody)
			if r.Outcome != w.outcome || r.MoneyMayHaveMoved() != w.moved || r.Cause == nil || len(d.gateway.sent("pay")) > 1 {
				t.Errorf("%s, may have moved %v, %v", r.Outcome, r.MoneyMayHaveMoved(), r.Cause)
			}
			d.wantRecord(r.Record, journal.Answered, apo.NotSent)
		})
	}
	bubbleIn(t, "interrupted, and an earlier try may have arrived", func(t *testing.T, d *desk) {
		d.hastily("pay", payBody)
		ctx, cancel := context.WithCancel(t.Context())
		d.Watch = func(e operate.Event) {
			if e.Stage == operate.Announced {
				cancel()
			}
		}
		d.gateway.set("pay", reply{unreachable: true})
		if r := d.Send(ctx, d.request("pay", payBody)); r.Outcome != apo.InDoubt || exitOf(r) != 6 {
			t.Errorf("%s, exit %d", r.Outcome, exitOf(r))
		}
	})
}

// noAnswers are what comes of a request and is no answer: "none; a signature that
// does not verify; not strict JSON; another client, ID, amount or currency; older
// than the sending". The exit code is that of what stays open.
func noAnswers(t *testing.T, api string) map[string]struct {
	own  reply
	exit int
} {
	t.Helper()
	type kind = struct {
		own  reply
		exit int
	}
	member := map[string]string{"pay": "paymentAmount", "capture": "captureAmount", "refund": "refundAmount"}[api]
	list := map[string]kind{
		"none":                              {reply{}, 6},
		"none in time":                      {reply{body: ok(api), takes: time.Hour}, 6},
		"HTTP 500":                          {reply{body: ok(api), status: 500}, 6},
		"HTTP 302":                          {reply{body: ok(api), status: 302}, 6},
		"a page of HTML":                    {reply{body: "<html>", by: nobody}, 6},
		"nothing at all":                    {reply{status: 200}, 6},
		"a signature that does not verify":  {forged(ok(api)), 5},
		"a signed F that does not verify":   {forged(said("F", "DO_NOT_HONOR", idsOf(api))), 5},
		"an S that nobody signed":           {unsigned(ok(api)), 5},
		"a Response-Time, and no signature": {reply{body: said("F", "DO_NOT_HONOR", idsOf(api)), half: true}, 5},
		"not strict JSON":                   {signed(replaced(t, ok(api), `{"result"`, `{"result":{},"result"`)), 6},
		"no result":                         {signed(`{` + idsOf(api) + `}`), 6},
		"a result that nobody knows":        {signed(said("X", "SUCCESS", idsOf(api))), 6},
		"another client":                    {reply{body: ok(api), client: "SANDBOX_5Y0000000000002"}, 6},
		"another ID":                        {signed(replaced(t, ok(api), idsOf(api), idsOf(api)[:len(idsOf(api))-1]+`9"`)), 6},
		"older than the sending":            {reply{body: ok(api), shown: 5*time.Minute + 2*time.Second}, 6},
		"an F that is older":                {reply{body: said("F", "DO_NOT_HONOR", idsOf(api)), shown: time.Hour}, 6},
	}
	if member != "" {
		list["another amount"] = kind{signed(said("S", "SUCCESS", idsOf(api), `"`+member+`":`+amount("SGD", "42"))), 6}
		list["another currency"] = kind{signed(said("F", "DO_NOT_HONOR", idsOf(api), `"`+member+`":`+amount("JPY", "4200"))), 6}
	}
	return list
}

func TestNoAnswerLeavesItOpen(t *testing.T) {
	for _, api := range apis() {
		for name, c := range noAnswers(t, api) {
			t.Run(api+"/"+name+"/nobody tells", func(t *testing.T) {
				scene{own: []reply{c.own}, want: want{apo.InDoubt, c.exit, true, journal.InDoubt, ""}, asks: -1}.run(t, api)
			})
			t.Run(api+"/"+name+"/it is found", func(t *testing.T) {
				scene{own: []reply{c.own}, payment: []reply{signed(found(api, "SUCCESS"))}, want: want{apo.Succeeded, 0, true, journal.Resolved, "SUCCESS"}, asks: 1}.run(t, api)
			})
		}
	}
}

// "contradicts itself: S with a code that is not S's, or with paymentStatus FAIL;
// F with paymentStatus SUCCESS".
func TestAnAnswerThatContradictsItself(t *testing.T) {
	for _, api := range apis() {
		not := map[bool]string{true: "SUCCESS", false: "CANCELLED"}[api == "cancel"]
		undone := map[bool]string{true: "CANCELLED", false: "SUCCESS"}[api == "cancel"]
		listed := entry("CAPTURE", "c-1", "SUCCESS", "S", "SUCCESS", "4200")
		for name, own := range map[string]string{
			"S, and it is underway":         said("S", "SUCCESS", idsOf(api), `"refundStatus":"PROCESSING"`),
			"S, and it is another's end":    said("S", "SUCCESS", idsOf(api), `"paymentStatus":"`+not+`"`),
			"S, and no word that is known":  said("S", "SUCCESS", idsOf(api), `"paymentStatus":"fail"`),
			"S, and why it failed":          said("S", "SUCCESS", idsOf(api), `"paymentResultCode":"DO_NOT_HONOR"`),
			"S of a transaction that is F":  said("S", "SUCCESS", idsOf(api), `"transactionStatus":"FAIL"`),
			"F, and it is done":             said("F", "PROCESS_FAIL", idsOf(api), `"paymentStatus":"`+undone+`"`),
			"F, and no word that is known":  said("F", "PROCESS_FAIL", idsOf(api), `"paymentStatus":"success"`),
			"F, and no text for a status":   said("F", "PROCESS_FAIL", idsOf(api), `"paymentStatus":["SUCCESS"]`),
			"F, and its code is SUCCESS":    said("F", "PROCESS_FAIL", idsOf(api), `"paymentResultCode":"SUCCESS"`),
			"F, and it lists what worked":   said("F", "PROCESS_FAIL", idsOf(api), `"transactions":[`+listed+`]`),
			"F, and a list within the list": said("F", "PROCESS_FAIL", idsOf(api), `"transactions":[[`+listed+`]]`),
			"S with a code of F":            said("S", "DO_NOT_HONOR", idsOf(api)),
			"S with a code of U":            said("S", "PAYMENT_IN_PROCESS", idsOf(api)),
			"S with a code that is new":     said("S", "MOON_IS_FULL", idsOf(api)),
			"S with a caller's code":        said("S", "ACCESS_DENIED", idsOf(api)),
			"S with paymentStatus FAIL":     said("S", "SUCCESS", idsOf(api), `"paymentStatus":"FAIL"`),
			"S with refundStatus FAIL":      said("S", "SUCCESS", idsOf(api), `"refundStatus":"FAIL"`),
			"F with paymentStatus SUCCESS":  said("F", "DO_NOT_HONOR", idsOf(api), `"paymentStatus":"SUCCESS"`),
			"F with refundStatus SUCCESS":   said("F", "PROCESS_FAIL", idsOf(api), `"refundStatus":"SUCCESS"`),
			"a caller's F, and a SUCCESS":   said("F", "ACCESS_DENIED", idsOf(api), `"paymentStatus":"SUCCESS"`),
			"a final F, and it is underway": said("F", "DO_NOT_HONOR", idsOf(api), `"paymentStatus":"PROCESSING"`),
		} {
			t.Run(api+"/"+name+"/nobody tells", func(t *testing.T) {
				scene{own: []reply{signed(own)}, want: want{apo.InDoubt, 6, true, journal.InDoubt, "-"}, asks: -1}.run(t, api)
			})
			t.Run(api+"/"+name+"/it is found", func(t *testing.T) {
				scene{own: []reply{signed(own)}, payment: []reply{signed(found(api, "SUCCESS"))}, want: want{apo.Succeeded, 0, true, journal.Resolved, "SUCCESS"}, asks: 1}.run(t, api)
			})
		}
	}
}

// earlierTries are what may stand behind a repetition, in the journal.
func earlierTries(api string) map[string]func(d *desk) {
	resolve := func(d *desk, r operate.Result, outcome apo.Outcome) {
		if err := d.store.Resolve(d.t.Context(), r.Record, journal.Resolution{Outcome: outcome}); err != nil {
			d.t.Fatal(err)
		}
	}
	return map[string]func(d *desk){
		"in doubt":      func(d *desk) { d.hastily(api, bodyOf(api)) },
		"pending":       func(d *desk) { d.hastily(api, bodyOf(api), signed(said("U", "PAYMENT_IN_PROCESS", idsOf(api)))) },
		"succeeded":     func(d *desk) { d.hastily(api, bodyOf(api), signed(ok(api))) },
		"never arrived": func(d *desk) { resolve(d, d.hastily(api, bodyOf(api)), apo.NeverArrived) },
		"different":     func(d *desk) { resolve(d, d.hastily(api, bodyOf(api)), apo.Different) },
		"unrecognised, and nothing proves it": func(d *desk) {
			d.hastily(api, bodyOf(api), unsigned(said("F", "CLIENT_INVALID")))
		},
		"being sent when its process ended": func(d *desk) {
			e, err := apo.FindEndpoint(api)
			if err != nil {
				d.t.Fatal(err)
			}
			_, err = d.store.Begin(d.t.Context(), journal.Record{
				Account: d.Account, Gateway: d.Gateway, Endpoint: e.Name, Amount: amountOf(api), Card: cardOf(api), Request: []byte(bodyOf(api)),
			}, nil)
			if err != nil {
				d.t.Fatal(err)
			}
			d.restart()
		},
	}
}

func amountOf(api string) apo.Amount {
	if api == "cancel" {
		return apo.Amount{}
	}
	return apo.Amount{Currency: "SGD", Value: "4200"}
}

func cardOf(api string) string {
	if api == "pay" {
		return "VISA 0768"
	}
	return ""
}

// "any F while an earlier try of this request may have arrived (in this run or in
// the journal; signed or not; any code): open: ask".
func TestAnFOfARepetition(t *testing.T) {
	refusals := map[string]func(api string) reply{
		"a final F with our IDs":    func(api string) reply { return signed(said("F", "DO_NOT_HONOR", idsOf(api))) },
		"a final F without our IDs": func(string) reply { return signed(said("F", "PROCESS_FAIL")) },
		"PARAM_ILLEGAL":             func(api string) reply { return signed(said("F", "PARAM_ILLEGAL", idsOf(api))) },
		"ORDER_STATUS_INVALID":      func(api string) reply { return signed(said("F", "ORDER_STATUS_INVALID", idsOf(api))) },
		"RISK_REJECT":               func(api string) reply { return signed(said("F", "RISK_REJECT", idsOf(api))) },
		"a code that nobody knows":  func(api string) reply { return signed(said("F", "MOON_IS_FULL", idsOf(api))) },
		"a caller's F":              func(string) reply { return signed(said("F", "ACCESS_DENIED")) },
		"an unsigned caller's F":    func(string) reply { return unsigned(said("F", "CLIENT_INVALID")) },
		"an unsigned caller's U":    func(string) reply { return unsigned(said("U", "CLIENT_INVALID")) },
		"an unsigned final F":       func(api string) reply { return unsigned(said("F", "DO_NOT_HONOR", idsOf(api))) },
		"the rate limit, unsigned":  func(string) reply { return unsigned(said("U", "REQUEST_TRAFFIC_EXCEED_LIMIT")) },
	}
	for _, api := range apis() {
		for name, refusal := range refusals {
			for when, before := range earlierTries(api) {
				if when != "in doubt" && name != "a final F with our IDs" && name != "a caller's F" {
					continue // the rest of these pairs is in the matrix
				}
				t.Run(api+"/"+name+"/in the journal, "+when, func(t *testing.T) {
					scene{before: before, own: []reply{refusal(api)}, want: want{apo.InDoubt, 6, true, journal.InDoubt, "-"}, asks: -1}.run(t, api)
				})
			}
			t.Run(api+"/"+name+"/in this run", func(t *testing.T) {
				scene{retries: 1, own: []reply{{}, refusal(api)}, want: want{apo.InDoubt, 6, true, journal.InDoubt, "-"}, asks: -1}.run(t, api)
			})
			t.Run(api+"/"+name+"/in this run, and it is found", func(t *testing.T) {
				scene{
					retries: 1, own: []reply{{}, refusal(api)}, payment: []reply{signed(found(api, "SUCCESS"))},
					want: want{apo.Succeeded, 0, true, journal.Resolved, "SUCCESS"}, asks: 1,
				}.run(t, api)
			})
			t.Run(api+"/"+name+"/in this run, and it is not there", func(t *testing.T) {
				scene{
					retries: 1, own: []reply{{}, refusal(api)}, payment: []reply{signed(without(api))}, refund: []reply{signed(notFound)},
					want: want{apo.NeverArrived, 6, true, journal.Resolved, ""}, asks: -1,
				}.run(t, api)
			})
		}
		// One that is known to have come to nothing stands behind nothing.
		t.Run(api+"/an earlier try that was declined", func(t *testing.T) {
			scene{
				before: func(d *desk) { d.hastily(api, bodyOf(api), signed(said("F", "PROCESS_FAIL", idsOf(api)))) },
				own:    []reply{signed(said("F", "PROCESS_FAIL", idsOf(api)))}, want: want{apo.Declined, 3, false, journal.Answered, "PROCESS_FAIL"},
			}.run(t, api)
		})
		t.Run(api+"/an earlier try that was not sent", func(t *testing.T) {
			scene{
				before: func(d *desk) { d.hastily(api, bodyOf(api), reply{unreachable: true}) },
				own:    []reply{signed(said("F", "PROCESS_FAIL", idsOf(api)))}, want: want{apo.Declined, 3, false, journal.Answered, "PROCESS_FAIL"},
			}.run(t, api)
		})
	}
}

// An S is believed whatever stands behind it, and closes every open record of its
// request ID.
func TestAnSOfARepetition(t *testing.T) {
	for _, api := range apis() {
		for when, before := range earlierTries(api) {
			t.Run(api+"/"+when, func(t *testing.T) {
				bubble(t, func(t *testing.T, d *desk) {
					before(d)
					d.gateway.set(api, signed(ok(api)))
					r := d.send(api, bodyOf(api))
					want{apo.Succeeded, 0, true, journal.Answered, "SUCCESS"}.check(t, d, r)
					if first := d.record(1); first.State.Open() || first.Outcome != apo.Succeeded && first.Outcome != apo.NeverArrived {
						t.Errorf("the first try is left %s, %s", first.State, first.Outcome)
					}
				})
			})
		}
	}
}

// callersCodes are those by which a gateway says that it does not know who calls.
func callersCodes() (list []string) {
	for _, c := range apo.Codes() {
		if c.Caller {
			list = append(list, c.Name)
		}
	}
	return list
}

// "unsigned F or U: a caller's code, first sending: unrecognised; nothing is
// proved: the record stays open".
func TestUnsignedCallersCode(t *testing.T) {
	for _, code := range callersCodes() {
		for _, status := range []string{"F", "U"} {
			t.Run(status+" "+code, func(t *testing.T) {
				scene{
					own: []reply{unsigned(said(status, code))}, payment: []reply{signed(found("pay", "SUCCESS"))},
					want: want{apo.Unrecognised, 4, true, journal.InDoubt, "-"},
				}.run(t, "pay")
			})
		}
	}
	for _, api := range apis() {
		t.Run(api, func(t *testing.T) {
			scene{
				own: []reply{unsigned(said("F", "INVALID_SIGNATURE"))}, payment: []reply{signed(found(api, "SUCCESS"))},
				want: want{apo.Unrecognised, 4, true, journal.InDoubt, "-"},
			}.run(t, api)
		})
	}
}

// "unsigned, any other code (the rate limit too): open: ask".
func TestUnsignedOtherCode(t *testing.T) {
	for _, api := range apis() {
		for _, r := range []struct{ status, code string }{
			{"F", "DO_NOT_HONOR"},
			{"F", "PARAM_ILLEGAL"},
			{"F", "ORDER_STATUS_INVALID"},
			{"F", "REPEAT_REQ_INCONSISTENT"},
			{"F", "MOON_IS_FULL"},
			{"F", "REQUEST_TRAFFIC_EXCEED_LIMIT"},
			{"U", "REQUEST_TRAFFIC_EXCEED_LIMIT"},
			{"U", "PAYMENT_IN_PROCESS"},
			{"U", "MOON_IS_FULL"},
		} {
			t.Run(api+"/"+r.status+" "+r.code+"/nobody tells", func(t *testing.T) {
				scene{own: []reply{unsigned(said(r.status, r.code, idsOf(api)))}, want: want{apo.InDoubt, 6, true, journal.InDoubt, ""}, asks: -1}.run(t, api)
			})
			t.Run(api+"/"+r.status+" "+r.code+"/it is not there", func(t *testing.T) {
				scene{
					own: []reply{unsigned(said(r.status, r.code, idsOf(api)))}, payment: []reply{signed(without(api))}, refund: []reply{signed(notFound)},
					want: want{apo.NeverArrived, 6, true, journal.Resolved, ""}, asks: -1,
				}.run(t, api)
			})
			t.Run(api+"/"+r.status+" "+r.code+"/it has failed", func(t *testing.T) {
				inquiry, w := found(api, "FAIL"), want{apo.Declined, 3, false, journal.Resolved, "PROCESS_FAIL"}
				if api == "cancel" { // of a payment that has failed nothing is cancelled yet
					w = want{apo.NeverArrived, 6, true, journal.Resolved, ""}
				}
				scene{own: []reply{unsigned(said(r.status, r.code, idsOf(api)))}, payment: []reply{signed(inquiry)}, want: w, asks: -1}.run(t, api)
			})
		}
	}
}

// "S, verified: succeeded" and "U, verified: pending".
func TestVerifiedSAndU(t *testing.T) {
	for _, api := range apis() {
		t.Run(api+"/S, verified", func(t *testing.T) {
			scene{own: []reply{signed(ok(api))}, want: want{apo.Succeeded, 0, true, journal.Answered, "SUCCESS"}}.run(t, api)
		})
		t.Run(api+"/S, verified, without our IDs", func(t *testing.T) {
			scene{own: []reply{signed(said("S", "SUCCESS"))}, want: want{apo.Succeeded, 0, true, journal.Answered, "SUCCESS"}}.run(t, api)
		})
		t.Run(api+"/S of a clock that is behind", func(t *testing.T) {
			scene{own: []reply{{body: ok(api), late: 4 * time.Minute}}, want: want{apo.Succeeded, 0, true, journal.Answered, "SUCCESS"}}.run(t, api)
		})
		for _, code := range []string{"PAYMENT_IN_PROCESS", "UNKNOWN_EXCEPTION", "REQUEST_TRAFFIC_EXCEED_LIMIT", "MOON_IS_FULL", "ACCESS_DENIED", "DO_NOT_HONOR"} {
			t.Run(api+"/U "+code+", verified", func(t *testing.T) {
				scene{own: []reply{signed(said("U", code, idsOf(api)))}, want: want{apo.Pending, 8, true, journal.Pending, code}}.run(t, api)
			})
		}
		u := signed(said("U", "PAYMENT_IN_PROCESS", idsOf(api)))
		t.Run(api+"/U, and its end is waited for", func(t *testing.T) {
			scene{
				wait: time.Minute, own: []reply{u}, payment: []reply{signed(found(api, "PROCESSING")), signed(found(api, "PROCESSING")), signed(found(api, "SUCCESS"))},
				refund: []reply{signed(notFound)}, want: want{apo.Succeeded, 0, true, journal.Resolved, "SUCCESS"}, asks: 3,
			}.run(t, api)
		})
		t.Run(api+"/U, and nothing is found of it", func(t *testing.T) {
			scene{
				wait: 2 * time.Minute, own: []reply{u}, payment: []reply{signed(without(api))}, refund: []reply{signed(notFound)},
				want: want{apo.Pending, 8, true, journal.Pending, "PAYMENT_IN_PROCESS"}, asks: -1,
			}.run(t, api)
		})
		t.Run(api+"/U, and nobody tells", func(t *testing.T) {
			scene{wait: time.Minute, own: []reply{u}, want: want{apo.Pending, 8, true, journal.Pending, "PAYMENT_IN_PROCESS"}, asks: -1}.run(t, api)
		})
	}
}

// "F, verified, a caller's code: unrecognised", and no money moved.
func TestVerifiedCallersCode(t *testing.T) {
	for _, code := range callersCodes() {
		t.Run(code, func(t *testing.T) {
			scene{
				own: []reply{signed(said("F", code))}, payment: []reply{signed(found("pay", "SUCCESS"))},
				want: want{apo.Unrecognised, 4, false, journal.Answered, code},
			}.run(t, "pay")
		})
	}
	for _, api := range apis() {
		t.Run(api, func(t *testing.T) {
			scene{own: []reply{signed(said("F", "ACCESS_DENIED", idsOf(api)))}, want: want{apo.Unrecognised, 4, false, journal.Answered, "ACCESS_DENIED"}}.run(t, api)
		})
	}
}

// "F, verified, a code that leaves it open (the catalogue names them), an unknown
// code, RISK_REJECT, FRAUD_REJECT, SYSTEM_ERROR: open: ask".
func TestVerifiedFThatLeavesItOpen(t *testing.T) {
	codes := []string{"RISK_REJECT", "FRAUD_REJECT", "SYSTEM_ERROR", "MOON_IS_FULL", "SUCCESS", "PAYMENT_IN_PROCESS", "UNKNOWN_EXCEPTION", "REQUEST_TRAFFIC_EXCEED_LIMIT"}
	for _, api := range apis() {
		for _, code := range codes {
			own := []reply{signed(said("F", code, idsOf(api)))}
			t.Run(api+"/"+code+"/nobody tells", func(t *testing.T) {
				scene{own: own, want: want{apo.InDoubt, 6, true, journal.InDoubt, code}, asks: -1}.run(t, api)
			})
			t.Run(api+"/"+code+"/it is found", func(t *testing.T) {
				scene{own: own, payment: []reply{signed(found(api, "SUCCESS"))}, want: want{apo.Succeeded, 0, true, journal.Resolved, "SUCCESS"}, asks: 1}.run(t, api)
			})
			t.Run(api+"/"+code+"/it is not there", func(t *testing.T) {
				scene{
					own: own, payment: []reply{signed(without(api))}, refund: []reply{signed(notFound)},
					want: want{apo.NeverArrived, 6, true, journal.Resolved, ""}, asks: -1,
				}.run(t, api)
			})
		}
	}
}

// finalCodes are all of which the catalogue says that no money moved.
func finalCodes() (list []string) {
	for _, c := range apo.Codes() {
		if c.Status == "F" && c.Money == apo.MoneyNone && !c.Caller {
			list = append(list, c.Name)
		}
	}
	return list
}

// "F, verified, a final code, naming one of our IDs: declined".
func TestVerifiedFinalF(t *testing.T) {
	for _, code := range finalCodes() {
		t.Run(code, func(t *testing.T) {
			scene{own: []reply{signed(said("F", code, idsOf("pay")))}, want: want{apo.Declined, 3, false, journal.Answered, code}}.run(t, "pay")
		})
	}
	for _, api := range apis() {
		t.Run(api, func(t *testing.T) {
			scene{own: []reply{signed(said("F", "PROCESS_FAIL", idsOf(api)))}, want: want{apo.Declined, 3, false, journal.Answered, "PROCESS_FAIL"}}.run(t, api)
		})
		if api == "capture" || api == "refund" {
			t.Run(api+"/naming the payment alone", func(t *testing.T) { // so does the F of any other part of it
				own := []reply{signed(said("F", "PROCESS_FAIL", idsOf("cancel")))}
				scene{own: own, want: want{apo.InDoubt, 6, true, journal.InDoubt, "PROCESS_FAIL"}, asks: -1}.run(t, api)
			})
			t.Run(api+"/naming the payment alone, which lacks it", func(t *testing.T) {
				own := []reply{signed(said("F", "PROCESS_FAIL", idsOf("cancel")))}
				scene{
					own: own, payment: []reply{signed(without(api))}, refund: []reply{signed(notFound)},
					want: want{apo.Declined, 3, false, journal.Resolved, "PROCESS_FAIL"}, asks: -1,
				}.run(t, api)
			})
		}
	}
}

// "F, verified, a final code, without our IDs, or ORDER_STATUS_INVALID: one
// inquiry".
func TestAFinalFIsConfirmed(t *testing.T) {
	for _, api := range apis() {
		for name, own := range map[string]string{
			"without our IDs":                 said("F", "PROCESS_FAIL"),
			"ORDER_STATUS_INVALID":            said("F", "ORDER_STATUS_INVALID", idsOf(api)),
			"ORDER_STATUS_INVALID and no IDs": said("F", "ORDER_STATUS_INVALID"),
		} {
			code := "PROCESS_FAIL"
			if name != "without our IDs" {
				code = "ORDER_STATUS_INVALID"
			}
			declined := want{apo.Declined, 3, false, journal.Resolved, code}
			for when, c := range map[string]struct {
				own             reply
				payment, refund reply
				want            want
				asks            int
			}{
				"not found":                {signed(own), signed(notFound), signed(notFound), declined, -1},
				"the payment lacks it":     {signed(own), signed(without(api)), signed(notFound), declined, -1},
				"it is found":              {signed(own), signed(found(api, "SUCCESS")), reply{}, want{apo.Succeeded, 0, true, journal.Resolved, "SUCCESS"}, 1},
				"no verified inquiry":      {signed(own), forged(found(api, "SUCCESS")), forged(notFound), want{apo.InDoubt, 6, true, journal.InDoubt, code}, -1},
				"unsigned, not found":      {signed(own), unsigned(notFound), unsigned(notFound), want{apo.InDoubt, 6, true, journal.InDoubt, code}, -1},
				"no inquiry at all":        {signed(own), reply{}, reply{}, want{apo.InDoubt, 6, true, journal.InDoubt, code}, -1},
				"older than the sending":   {reply{body: own, shown: time.Minute}, signed(without(api)), signed(notFound), want{apo.NeverArrived, 6, true, journal.Resolved, ""}, -1},
				"older, and it is found":   {reply{body: own, shown: time.Minute}, signed(found(api, "SUCCESS")), reply{}, want{apo.Succeeded, 0, true, journal.Resolved, "SUCCESS"}, 1},
				"by a clock that is late":  {reply{body: own, late: time.Minute}, reply{body: without(api), late: time.Minute}, reply{body: notFound, late: time.Minute}, declined, -1},
				"by a clock that is early": {reply{body: own, late: -time.Minute}, reply{body: without(api), late: -time.Minute}, reply{body: notFound, late: -time.Minute}, declined, -1},
				"older, by a clock that is early": {
					reply{body: own, shown: 30 * time.Second, late: -time.Minute},
					reply{body: without(api), late: -time.Minute},
					reply{body: notFound, late: -time.Minute},
					want{apo.NeverArrived, 6, true, journal.Resolved, ""},
					-1,
				},
				"the payment is in a state that is new": {
					signed(own), signed(payment("FROZEN", "")), signed(notFound), want{apo.InDoubt, 6, true, journal.InDoubt, code}, -1,
				},
				"it has failed": {signed(own), signed(found(api, "FAIL")), signed(notFound), declined, -1},
			} {
				t.Run(api+"/"+name+"/"+when, func(t *testing.T) {
					scene{own: []reply{c.own}, payment: []reply{c.payment}, refund: []reply{c.refund}, want: c.want, asks: c.asks}.run(t, api)
				})
			}
			t.Run(api+"/"+name+"/it is under way", func(t *testing.T) {
				w := want{apo.Pending, 8, true, journal.Pending, "-"}
				if api == "cancel" { // the payment is, and nobody has cancelled it
					w = declined
				}
				scene{own: []reply{signed(own)}, payment: []reply{signed(found(api, "PROCESSING"))}, want: w, asks: -1}.run(t, api)
			})
			if api != "cancel" {
				t.Run(api+"/"+name+"/it is under way, and then it is not there", func(t *testing.T) {
					scene{
						own: []reply{signed(own)}, payment: []reply{signed(found(api, "PROCESSING")), signed(without(api))}, refund: []reply{signed(notFound)},
						want: want{apo.Pending, 8, true, journal.Pending, "-"}, asks: -1,
					}.run(t, api)
				})
			}
			t.Run(api+"/"+name+"/nobody is to be asked", func(t *testing.T) {
				bubble(t, func(t *testing.T, d *desk) {
					want{apo.InDoubt, 6, true, journal.InDoubt, code}.check(t, d, d.hastily(api, bodyOf(api), signed(own)))
				})
			})
		}
	}
}

// inquiryRow is a row of the second table: what the inquiries tell after an answer
// that got lost.
type inquiryRow struct {
	payment, refund []reply
	want            want
	asks            int
}

func (row inquiryRow) run(t *testing.T, api string) {
	t.Helper()
	scene{own: []reply{{}}, payment: row.payment, refund: row.refund, want: row.want, asks: row.asks}.run(t, api)
}

func stillOpen() want { return want{apo.InDoubt, 6, true, journal.InDoubt, ""} }

func succeededBy(code string) want { return want{apo.Succeeded, 0, true, journal.Resolved, code} }

// "contradicts itself: FAIL with a successful capture; one request ID twice with
// different ends: open".
func TestAnInquiryThatContradictsItself(t *testing.T) {
	done := entry("CAPTURE", "c-1", "SUCCESS", "S", "SUCCESS", "4200")
	not := entry("CAPTURE", "c-1", "FAIL", "F", "PROCESS_FAIL", "4200")
	less := entry("CAPTURE", "c-1", "SUCCESS", "S", "SUCCESS", "42")
	otherDone := entry("CAPTURE", "c-9", "SUCCESS", "S", "SUCCESS", "4200")
	given := entry("REFUND", "r-1", "SUCCESS", "S", "SUCCESS", "4200")
	notGiven := entry("REFUND", "r-1", "FAIL", "F", "PROCESS_FAIL", "4200")
	for _, api := range apis() {
		for name, inquiry := range map[string]string{
			"FAIL with a successful capture":              payment("FAIL", "DO_NOT_HONOR", otherDone),
			"FAIL with our successful capture":            payment("FAIL", "DO_NOT_HONOR", done),
			"FAIL with a capture that is under way":       payment("FAIL", "DO_NOT_HONOR", entry("CAPTURE", "c-9", "PROCESSING", "U", "PAYMENT_IN_PROCESS", "4200")),
			"FAIL with a refund that worked":              payment("FAIL", "DO_NOT_HONOR", entry("REFUND", "r-9", "SUCCESS", "S", "SUCCESS", "4200")),
			"FAIL with something of no type":              payment("FAIL", "DO_NOT_HONOR", entry("", "c-9", "SUCCESS", "S", "SUCCESS", "4200")),
			"FAIL with a list in the list":                payment("FAIL", "DO_NOT_HONOR", "["+otherDone+"]"),
			"FAIL with the code success":                  payment("FAIL", "success"),
			"FAIL with our refund and a capture":          payment("FAIL", "DO_NOT_HONOR", otherDone, given),
			"one capture twice, with different ends":      payment("SUCCESS", "SUCCESS", done, not),
			"one capture twice, in the other order":       payment("SUCCESS", "SUCCESS", not, done),
			"one capture twice, of different amounts":     payment("SUCCESS", "SUCCESS", done, less),
			"one refund twice, with different ends":       payment("SUCCESS", "SUCCESS", otherDone, given, notGiven),
			"cancelled, and one capture twice":            payment("CANCELLED", "SUCCESS", done, not),
			"SUCCESS with a code of F":                    payment("SUCCESS", "DO_NOT_HONOR", done, given),
			"not found, and a status that says otherwise": said("F", "ORDER_NOT_EXIST", `"paymentId":"`+payID+`","paymentRequestId":"p-1","paymentStatus":"SUCCESS"`),
		} {
			t.Run(api+"/"+name, func(t *testing.T) {
				inquiryRow{payment: []reply{signed(inquiry)}, refund: []reply{signed(notFound)}, want: stillOpen(), asks: -1}.run(t, api)
			})
		}
		t.Run(api+"/contradicting at first, and clear in the end", func(t *testing.T) {
			inquiryRow{
				payment: []reply{signed(payment("FAIL", "DO_NOT_HONOR", otherDone)), signed(found(api, "SUCCESS"))}, want: succeededBy("SUCCESS"), asks: 2,
			}.run(t, api)
		})
	}
	for name, told := range map[string]string{
		"in small letters":    entry("capture", "c-1", "success", "S", "SUCCESS", "4200"),
		"of no type":          entry("", "c-1", "SUCCESS", "S", "SUCCESS", "4200"),
		"of no request ID":    entry("CAPTURE", "", "SUCCESS", "S", "SUCCESS", "4200"),
		"its ID is in a list": replaced(t, done, `"c-1","transactionId"`, `["c-1"],"transactionId"`),
		"a list in the list":  "[" + done + "]",
	} {
		t.Run("capture/refused, and listed "+name, func(t *testing.T) {
			scene{
				own: []reply{signed(said("F", "PROCESS_FAIL"))}, payment: []reply{signed(payment("SUCCESS", "SUCCESS", told))},
				want: want{apo.InDoubt, 6, true, journal.InDoubt, "PROCESS_FAIL"}, asks: -1,
			}.run(t, "capture")
		})
	}
	t.Run("refund/refundStatus FAIL, listing that it worked", func(t *testing.T) {
		inquiry := with(t, refunded("FAIL", time.Now()), `"transactions":[`+given+`]`)
		inquiryRow{payment: []reply{signed(without("refund"))}, refund: []reply{signed(inquiry)}, want: stillOpen(), asks: -1}.run(t, "refund")
	})
	t.Run("refund/its entry is SUCCESS with a code of F", func(t *testing.T) {
		inquiryRow{payment: []reply{signed(payment("SUCCESS", "SUCCESS", entry("REFUND", "r-1", "SUCCESS", "F", "PROCESS_FAIL", "4200")))}, want: stillOpen(), asks: -1}.run(t, "refund")
	})
	t.Run("refund/inquiryRefund says FAIL, and its payment SUCCESS", func(t *testing.T) {
		inquiryRow{payment: []reply{signed(found("refund", "SUCCESS"))}, refund: []reply{signed(refunded("FAIL", time.Now()))}, want: succeededBy("SUCCESS"), asks: 1}.run(t, "refund")
	})
}

// "pay: SUCCESS. capture, refund: its own entry SUCCESS, refundStatus SUCCESS.
// cancel: CANCELLED: succeeded".
func TestAnInquirySaysThatItSucceeded(t *testing.T) {
	for _, api := range apis() {
		t.Run(api, func(t *testing.T) {
			inquiryRow{payment: []reply{signed(found(api, "SUCCESS"))}, want: succeededBy("SUCCESS"), asks: 1}.run(t, api)
		})
		t.Run(api+"/after a while", func(t *testing.T) {
			inquiryRow{
				payment: []reply{signed(without(api)), {}, signed(found(api, "SUCCESS"))}, refund: []reply{signed(notFound)},
				want: succeededBy("SUCCESS"), asks: -1,
			}.run(t, api)
		})
	}
	t.Run("cancel/with captures", func(t *testing.T) {
		inquiryRow{payment: []reply{signed(payment("CANCELLED", "SUCCESS", entry("CAPTURE", "c-9", "SUCCESS", "S", "SUCCESS", "42")))}, want: succeededBy("SUCCESS"), asks: 1}.run(t, "cancel")
	})
	t.Run("capture/beside others", func(t *testing.T) {
		inquiryRow{payment: []reply{signed(payment("SUCCESS", "SUCCESS",
			entry("CAPTURE", "c-9", "FAIL", "F", "PROCESS_FAIL", "4200"), entry("REFUND", "c-1", "FAIL", "F", "PROCESS_FAIL", "4200"), entry("CAPTURE", "c-1", "SUCCESS", "S", "SUCCESS", "4200")))}, want: succeededBy("SUCCESS"), asks: 1}.run(t, "capture")
	})
	refundRow := func(name string, payment reply, refund func() reply, w want) {
		t.Run("refund/"+name, func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) { // which has a clock of its own
				inquiryOfRefund := refund()
				d.gateway.set("refund", reply{})
				d.gateway.set("inquiryPayment", payment)
				d.gateway.set("inquiryRefund", inquiryOfRefund)
				w.check(t, d, d.send("refund", refundBody))
			})
		})
	}
	now := func(status string, shift time.Duration) func() reply {
		return func() reply { return signed(refunded(status, time.Now().Add(shift))) }
	}
	plain := signed(payment("SUCCESS", "SUCCESS"))
	others := signed(payment("SUCCESS", "SUCCESS", entry("REFUND", "r-9", "SUCCESS", "S", "SUCCESS", "42")))
	refundRow("refundStatus SUCCESS, and the payment does not list it", plain, now("SUCCESS", 0), succeededBy("refundStatus SUCCESS"))
	refundRow("refundStatus SUCCESS, and the payment does not answer", reply{}, now("SUCCESS", 0), succeededBy("refundStatus SUCCESS"))
	refundRow("refundStatus SUCCESS, of before the sending", plain, now("SUCCESS", -time.Minute), stillOpen())
	refundRow("refundStatus SUCCESS, and the payment lists others", others, now("SUCCESS", 0), stillOpen())
	refundRow("refundStatus FAIL", plain, now("FAIL", 0), want{apo.Declined, 3, false, journal.Resolved, "refundStatus FAIL"})
	refundRow("refundStatus PROCESSING", plain, now("PROCESSING", 0), want{apo.Pending, 8, true, journal.Pending, "refundStatus PROCESSING"})
	refundRow("refundStatus that nobody knows", plain, now("FROZEN", 0), want{apo.InDoubt, 6, true, journal.InDoubt, ""})
	refundRow("no refundStatus", plain, func() reply {
		return signed(said("S", "SUCCESS", `"refundRequestId":"r-1"`, `"refundAmount":`+amount("SGD", "4200")))
	}, stillOpen())
	refundRow("inquiryRefund names no refund", plain, func() reply {
		return signed(said("S", "SUCCESS", `"refundStatus":"FAIL"`, `"refundAmount":`+amount("SGD", "4200")))
	}, stillOpen())
	refundRow("inquiryRefund names another refund", plain, func() reply {
		return signed(replaced(t, refunded("FAIL", time.Now()), "r-1", "r-9"))
	}, stillOpen())
	refundRow("inquiryRefund names no amount", plain, func() reply {
		return signed(said("S", "SUCCESS", `"refundRequestId":"r-1"`, `"refundStatus":"FAIL"`))
	}, stillOpen())
	refundRow("inquiryRefund names another amount", plain, func() reply {
		return signed(replaced(t, refunded("SUCCESS", time.Now()), "4200", "42"))
	}, want{apo.Different, 6, true, journal.InDoubt, "-"})
	refundRow("inquiryRefund names another payment", plain, func() reply {
		return signed(with(t, refunded("SUCCESS", time.Now()), `"paymentId":"`+otherID+`"`))
	}, want{apo.Different, 6, true, journal.InDoubt, "-"})
	refundRow("refundStatus SUCCESS beside a code of F", plain, func() reply {
		return signed(replaced(t, refunded("SUCCESS", time.Now()), "SUCCESS", "PROCESS_FAIL"))
	}, stillOpen())
}

// "PROCESSING, PENDING: pending".
func TestAnInquirySaysThatItIsUnderWay(t *testing.T) {
	for _, api := range []string{"pay", "capture", "refund"} {
		for _, status := range []string{"PROCESSING", "PENDING"} {
			t.Run(api+"/"+status, func(t *testing.T) {
				inquiryRow{payment: []reply{signed(found(api, status))}, want: want{apo.Pending, 8, true, journal.Pending, "PAYMENT_IN_PROCESS"}, asks: 3}.run(t, api)
			})
			t.Run(api+"/"+status+", and then it is not there", func(t *testing.T) {
				inquiryRow{
					payment: []reply{signed(found(api, status)), signed(without(api))}, refund: []reply{signed(notFound)},
					want: want{apo.Pending, 8, true, journal.Pending, "PAYMENT_IN_PROCESS"}, asks: -1,
				}.run(t, api)
			})
			t.Run(api+"/"+status+", and then it fails", func(t *testing.T) {
				inquiryRow{
					payment: []reply{signed(found(api, status)), signed(found(api, "FAIL"))}, want: want{apo.Declined, 3, false, journal.Resolved, "PROCESS_FAIL"}, asks: 2,
				}.run(t, api)
			})
		}
	}
	for _, status := range []string{"SUCCESS", "FAIL", "PROCESSING", "PENDING"} {
		t.Run("cancel/the payment is "+status+", so nothing is cancelled yet", func(t *testing.T) {
			inquiryRow{payment: []reply{signed(found("cancel", "PROCESSING")), signed(found("cancel", "PROCESSING")), {}}, want: stillOpen(), asks: -1}.run(t, "cancel")
		})
	}
}

// "pay: FAIL (after RISK_REJECT or FRAUD_REJECT: what was taken is returned). Its
// own entry FAIL, refundStatus FAIL: declined".
func TestAnInquirySaysThatItFailed(t *testing.T) {
	for _, api := range []string{"pay", "capture", "refund"} {
		t.Run(api, func(t *testing.T) {
			inquiryRow{payment: []reply{signed(found(api, "FAIL"))}, want: want{apo.Declined, 3, false, journal.Resolved, "PROCESS_FAIL"}, asks: 1}.run(t, api)
		})
	}
	for _, code := range []string{"RISK_REJECT", "FRAUD_REJECT", "SYSTEM_ERROR", "DO_NOT_HONOR", "MOON_IS_FULL", ""} {
		t.Run("pay/"+code, func(t *testing.T) {
			inquiryRow{payment: []reply{signed(payment("FAIL", code))}, want: want{apo.Declined, 3, false, journal.Resolved, code}, asks: 1}.run(t, "pay")
		})
	}
	t.Run("pay/FAIL with a capture that failed, too", func(t *testing.T) {
		inquiryRow{
			payment: []reply{signed(payment("FAIL", "DO_NOT_HONOR", entry("CAPTURE", "p-1", "FAIL", "F", "PROCESS_FAIL", "4200")))},
			want:    want{apo.Declined, 3, false, journal.Resolved, "DO_NOT_HONOR"}, asks: 1,
		}.run(t, "pay")
	})
	t.Run("pay/after RISK_REJECT", func(t *testing.T) {
		scene{
			own: []reply{signed(said("F", "RISK_REJECT", idsOf("pay")))}, payment: []reply{signed(payment("FAIL", "RISK_REJECT"))},
			want: want{apo.Declined, 3, false, journal.Resolved, "RISK_REJECT"}, asks: 1,
		}.run(t, "pay")
	})
}

// "pay: CANCELLED, with any captures and any code: cancelled".
func TestAnInquirySaysThatItWasCancelled(t *testing.T) {
	cancelled := func(code string) want { return want{apo.Cancelled, 3, false, journal.Resolved, code} }
	for _, code := range []string{"SUCCESS", "ORDER_IS_CANCELED", "PAYMENT_IN_PROCESS", "RISK_REJECT", ""} {
		t.Run("pay/"+code, func(t *testing.T) {
			inquiryRow{payment: []reply{signed(payment("CANCELLED", code))}, want: cancelled(code), asks: 1}.run(t, "pay")
		})
	}
	for _, status := range []string{"SUCCESS", "FAIL", "PROCESSING"} {
		t.Run("pay/with a capture that is "+status, func(t *testing.T) {
			inquiryRow{payment: []reply{signed(payment("CANCELLED", "SUCCESS", entry("CAPTURE", "c-9", status, "", "", "42")))}, want: cancelled("SUCCESS"), asks: 1}.run(t, "pay")
		})
	}
	t.Run("pay/after a U", func(t *testing.T) {
		scene{
			wait: time.Minute, own: []reply{signed(said("U", "PAYMENT_IN_PROCESS", idsOf("pay")))}, payment: []reply{signed(payment("CANCELLED", "SUCCESS"))},
			want: cancelled("SUCCESS"), asks: 1,
		}.run(t, "pay")
	})
	t.Run("capture/of a payment that was cancelled", func(t *testing.T) {
		inquiryRow{payment: []reply{signed(payment("CANCELLED", "SUCCESS", entry("CAPTURE", "c-1", "FAIL", "F", "AUTH_CANCELLED", "4200")))}, want: want{apo.Declined, 3, false, journal.Resolved, "AUTH_CANCELLED"}, asks: 1}.run(t, "capture")
	})
}

// "FAIL with a code of S or U; an inquiry that is itself F, U or unverified
// (ORDER_NOT_EXIST aside): no evidence".
func TestAnInquiryThatIsNoEvidence(t *testing.T) {
	for _, api := range apis() {
		for name, r := range map[string]struct{ payment, refund reply }{
			"FAIL with a code of S":          {payment: signed(payment("FAIL", "SUCCESS"))},
			"FAIL with a code of U":          {payment: signed(payment("FAIL", "PAYMENT_IN_PROCESS"))},
			"itself F":                       {signed(said("F", "PROCESS_FAIL")), signed(said("F", "PROCESS_FAIL"))},
			"itself F, not recognised":       {signed(said("F", "ACCESS_DENIED")), signed(said("F", "ACCESS_DENIED"))},
			"itself F, with a payment":       {payment: signed(replaced(t, found(api, "SUCCESS"), `"resultStatus":"S","resultCode":"SUCCESS"`, `"resultStatus":"F","resultCode":"SYSTEM_ERROR"`))},
			"itself U":                       {signed(said("U", "PAYMENT_IN_PROCESS")), signed(said("U", "UNKNOWN_EXCEPTION"))},
			"itself S, with a code of none":  {payment: signed(replaced(t, found(api, "SUCCESS"), `"resultStatus":"S","resultCode":"SUCCESS"`, `"resultStatus":"S","resultCode":"MOON_IS_FULL"`))},
			"itself U, with a payment":       {payment: signed(replaced(t, found(api, "SUCCESS"), `"resultStatus":"S","resultCode":"SUCCESS"`, `"resultStatus":"U","resultCode":"UNKNOWN_EXCEPTION"`))},
			"S with a code of F":             {payment: signed(replaced(t, found(api, "SUCCESS"), `"resultCode":"SUCCESS"`, `"resultCode":"ORDER_NOT_EXIST"`))},
			"unsigned":                       {unsigned(said("F", "PROCESS_FAIL")), unsigned(said("F", "PROCESS_FAIL"))},
			"unsigned, found":                {unsigned(found(api, "SUCCESS")), unsigned(found(api, "SUCCESS"))},
			"unsigned, not found":            {unsigned(notFound), unsigned(notFound)},
			"signed by another, found":       {forged(found(api, "SUCCESS")), forged(notFound)},
			"signed by another, not found":   {forged(notFound), forged(notFound)},
			"not found, in another answer":   {reply{body: notFound, client: "SANDBOX_5Y0000000000002"}, reply{body: notFound, client: "SANDBOX_5Y0000000000002"}},
			"not found, in an old answer":    {reply{body: notFound, shown: time.Hour}, reply{body: notFound, shown: time.Hour}},
			"none":                           {},
			"none in time":                   {reply{body: found(api, "SUCCESS"), takes: time.Hour}, reply{}},
			"HTTP 404":                       {reply{body: notFound, status: 404}, reply{body: notFound, status: 404}},
			"of a state that nobody knows":   {payment: signed(payment("FROZEN", ""))},
			"of no state":                    {payment: signed(payment("", ""))},
			"of another payment":             {payment: signed(replaced(t, replaced(t, found(api, "SUCCESS"), payID, otherID), `"p-1"`, `"p-9"`))},
			"of a payment that has no names": {payment: signed(said("S", "SUCCESS", `"paymentStatus":"SUCCESS","paymentResultCode":"SUCCESS"`, `"paymentAmount":`+amount("SGD", "4200")))},
		} {
			t.Run(api+"/"+name, func(t *testing.T) {
				inquiryRow{payment: []reply{r.payment}, refund: []reply{r.refund}, want: stillOpen(), asks: -1}.run(t, api)
			})
		}
	}
	for _, api := range []string{"capture", "refund"} {
		for _, r := range []struct{ status, code string }{{"S", "SUCCESS"}, {"F", "SUCCESS"}, {"F", "PAYMENT_IN_PROCESS"}, {"U", "PROCESS_FAIL"}} {
			t.Run(api+"/its entry is FAIL with "+r.status+" "+r.code, func(t *testing.T) {
				kind, id := "CAPTURE", "c-1"
				if api == "refund" {
					kind, id = "REFUND", "r-1"
				}
				inquiryRow{payment: []reply{signed(payment("SUCCESS", "SUCCESS", entry(kind, id, "FAIL", r.status, r.code, "4200")))}, want: stillOpen(), asks: -1}.run(t, api)
			})
		}
	}
	t.Run("capture/its entry names no amount", func(t *testing.T) {
		inquiryRow{payment: []reply{signed(payment("SUCCESS", "SUCCESS", `{"transactionType":"CAPTURE","transactionStatus":"SUCCESS","transactionRequestId":"c-1"}`))}, want: stillOpen(), asks: -1}.run(t, "capture")
	})
	t.Run("pay/it names no amount", func(t *testing.T) {
		inquiryRow{payment: []reply{signed(said("S", "SUCCESS", `"paymentRequestId":"p-1","paymentStatus":"SUCCESS","paymentResultCode":"SUCCESS"`))}, want: stillOpen(), asks: -1}.run(t, "pay")
	})
	t.Run("pay/it names the payment in another case", func(t *testing.T) {
		inquiryRow{payment: []reply{signed(replaced(t, found("pay", "SUCCESS"), `"p-1"`, `"P-1"`))}, want: stillOpen(), asks: -1}.run(t, "pay")
	})
}

// "found nothing three times, the last at least 45 s after the sending, at the
// gateway it was sent to, and nothing ever knew of it: never arrived".
func TestNeverArrived(t *testing.T) {
	never := want{apo.NeverArrived, 6, true, journal.Resolved, ""}
	for _, api := range apis() {
		nothing := func(own reply, payment []reply, w want) func(*testing.T) {
			return func(t *testing.T) {
				scene{own: []reply{own}, payment: payment, refund: []reply{signed(notFound)}, want: w, asks: -1}.run(t, api)
			}
		}
		t.Run(api, nothing(reply{}, []reply{signed(without(api))}, never))
		t.Run(api+"/the payment is not found either", nothing(reply{}, []reply{signed(notFound)}, never))
		t.Run(api+"/after an answer that nobody signed", nothing(unsigned(said("U", "PAYMENT_IN_PROCESS", idsOf(api))), []reply{signed(without(api))}, never))
		t.Run(api+"/after an answer that does not verify", nothing(forged(ok(api)), []reply{signed(without(api))}, never))
		t.Run(api+"/only twice", nothing(reply{}, []reply{{}, signed(without(api))}, stillOpen()))
		t.Run(api+"/twice and twice", func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				d.Patience.Lost = 100 * time.Second
				d.gateway.set("inquiryPayment", signed(without(api)), signed(without(api)), reply{}, signed(without(api)))
				d.gateway.set("inquiryRefund", signed(notFound))
				stillOpen().check(t, d, d.send(api, bodyOf(api)))
			})
		})
		t.Run(api+"/for too short a time", func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				d.Patience.Lost, d.Patience.Every = 40*time.Second, 10*time.Second
				d.gateway.set("inquiryPayment", signed(without(api)))
				d.gateway.set("inquiryRefund", signed(notFound))
				stillOpen().check(t, d, d.send(api, bodyOf(api)))
			})
		})
		t.Run(api+"/by a gateway in this process, at once", func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				d.Patience.Absent = operate.Absent{Times: 1}
				d.gateway.set("inquiryPayment", signed(without(api)))
				d.gateway.set("inquiryRefund", signed(notFound))
				begin := time.Now()
				r := d.send(api, bodyOf(api))
				never.check(t, d, r)
				if time.Since(begin) != 0 || r.Evidence.Times != 1 {
					t.Errorf("after %s and %d inquiries", time.Since(begin), r.Evidence.Times)
				}
			})
		})
		t.Run(api+"/what counts is when it was sent", func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				d.gateway.set("inquiryPayment", signed(without(api)))
				d.gateway.set("inquiryRefund", signed(notFound))
				r := d.send(api, bodyOf(api))
				never.check(t, d, r)
				if r.Evidence.Times != 3 || r.Evidence.Over != 50*time.Second || r.Evidence.Answer == nil || r.Evidence.Record == 0 {
					t.Errorf("evidence: %d inquiries over %s", r.Evidence.Times, r.Evidence.Over)
				}
			})
		})
	}
}

// "the ID belongs to a request with other values: different".
func TestDifferent(t *testing.T) {
	different := want{apo.Different, 6, true, journal.InDoubt, "-"}
	for _, api := range apis() {
		for name, own := range map[string]string{
			"REPEAT_REQ_INCONSISTENT":                         said("F", "REPEAT_REQ_INCONSISTENT", idsOf(api)),
			"REPEAT_REQ_INCONSISTENT without our IDs":         said("F", "REPEAT_REQ_INCONSISTENT"),
			"REPEAT_REQ_INCONSISTENT that contradicts itself": said("F", "REPEAT_REQ_INCONSISTENT", `"paymentStatus":"SUCCESS"`),
		} {
			for _, inquiry := range []string{"SUCCESS", "FAIL"} {
				t.Run(api+"/"+name+", whatever is found: "+inquiry, func(t *testing.T) {
					scene{own: []reply{signed(own)}, payment: []reply{signed(found(api, inquiry))}, want: different}.run(t, api)
				})
			}
			t.Run(api+"/"+name+" in a repetition", func(t *testing.T) {
				scene{retries: 1, own: []reply{{}, signed(own)}, payment: []reply{signed(found(api, "SUCCESS"))}, want: different}.run(t, api)
			})
		}
		t.Run(api+"/REPEAT_REQ_INCONSISTENT that does not verify", func(t *testing.T) {
			scene{own: []reply{forged(said("F", "REPEAT_REQ_INCONSISTENT"))}, payment: []reply{signed(found(api, "SUCCESS"))}, want: succeededBy("SUCCESS"), asks: 1}.run(t, api)
		})
	}
	for _, status := range []string{"SUCCESS", "FAIL", "PROCESSING"} {
		for _, api := range []string{"capture", "refund"} {
			t.Run(api+"/of another amount, "+status, func(t *testing.T) {
				kind, id := "CAPTURE", "c-1"
				if api == "refund" {
					kind, id = "REFUND", "r-1"
				}
				inquiryRow{payment: []reply{signed(payment("SUCCESS", "SUCCESS", entry(kind, id, status, "", "", "42")))}, want: different, asks: 1}.run(t, api)
			})
		}
		t.Run("pay/of another amount, "+status, func(t *testing.T) {
			inquiryRow{payment: []reply{signed(paymentOf("42", payID, "p-1", status, ""))}, want: different, asks: 1}.run(t, "pay")
		})
		t.Run("pay/of another currency, "+status, func(t *testing.T) {
			inquiryRow{payment: []reply{signed(replaced(t, payment(status, ""), "SGD", "JPY"))}, want: different, asks: 1}.run(t, "pay")
		})
	}
	t.Run("pay/of another amount, after a bad signature", func(t *testing.T) {
		scene{own: []reply{forged(ok("pay"))}, payment: []reply{signed(paymentOf("42", payID, "p-1", "SUCCESS", ""))}, want: different, asks: 1}.run(t, "pay")
	})
	t.Run("pay/of another amount, after a U", func(t *testing.T) {
		scene{
			wait: time.Minute, own: []reply{signed(said("U", "PAYMENT_IN_PROCESS", idsOf("pay")))}, payment: []reply{signed(paymentOf("42", payID, "p-1", "SUCCESS", ""))},
			want: different, asks: 1,
		}.run(t, "pay")
	})
}

// "nothing more can be learnt in time: in doubt": the asking ends when its time is
// up, and when the caller gives up.
func TestNothingMoreIsLearnt(t *testing.T) {
	t.Run("the time is up", func(t *testing.T) {
		bubble(t, func(t *testing.T, d *desk) {
			begin := time.Now()
			stillOpen().check(t, d, d.send("pay", payBody))
			if took := time.Since(begin); took != 50*time.Second {
				t.Errorf("it asked for %s", took)
			}
		})
	})
	t.Run("nobody is asked", func(t *testing.T) {
		bubble(t, func(t *testing.T, d *desk) {
			stillOpen().check(t, d, d.hastily("pay", payBody))
			if d.gateway.asked() != 0 {
				t.Error("it asked all the same")
			}
		})
	})
	for name, wait := range map[string]time.Duration{"the caller gives up between two inquiries": 15 * time.Second, "the caller gives up while an inquiry is under way": 30 * time.Second} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				d.gateway.set("inquiryPayment", reply{}, reply{takes: 20 * time.Second})
				ctx, cancel := context.WithTimeout(t.Context(), wait)
				defer cancel()
				begin := time.Now()
				stillOpen().check(t, d, d.Send(ctx, d.request("pay", payBody)))
				if took := time.Since(begin); took != wait {
					t.Errorf("it went on for %s", took)
				}
			})
		})
	}
	t.Run("the caller gives up while it is sent", func(t *testing.T) {
		bubble(t, func(t *testing.T, d *desk) {
			d.gateway.set("pay", reply{body: ok("pay"), takes: 20 * time.Second})
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			stillOpen().check(t, d, d.Send(ctx, d.request("pay", payBody)))
			if d.gateway.asked() != 0 {
				t.Error("it asked all the same")
			}
		})
	})
	t.Run("the caller gives up on what is pending", func(t *testing.T) {
		bubble(t, func(t *testing.T, d *desk) {
			d.Patience.Pending = time.Hour
			d.gateway.set("pay", signed(said("U", "PAYMENT_IN_PROCESS", idsOf("pay"))))
			d.gateway.set("inquiryPayment", signed(found("pay", "PROCESSING")))
			ctx, cancel := context.WithTimeout(t.Context(), 45*time.Second)
			defer cancel()
			want{apo.Pending, 8, true, journal.Pending, "PAYMENT_IN_PROCESS"}.check(t, d, d.Send(ctx, d.request("pay", payBody)))
		})
	})
	t.Run("a bad signature began it", func(t *testing.T) {
		scene{own: []reply{forged(ok("pay"))}, payment: []reply{signed(said("U", "UNKNOWN_EXCEPTION"))}, want: want{apo.InDoubt, 5, true, journal.InDoubt, ""}, asks: -1}.run(t, "pay")
	})
	t.Run("a bad signature, and then nothing", func(t *testing.T) {
		scene{retries: 1, own: []reply{forged(ok("pay")), {}}, want: want{apo.InDoubt, 5, true, journal.InDoubt, ""}, asks: -1}.run(t, "pay")
	})
	t.Run("nothing, and then a bad signature", func(t *testing.T) {
		scene{retries: 1, own: []reply{{}, forged(ok("pay"))}, want: stillOpen(), asks: -1}.run(t, "pay")
	})
}
