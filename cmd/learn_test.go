package cmd

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// What the inquiries of one story answer, one after another; the last goes on.
type told func() (learnt, error)

func answered(status, code string) *apo.Answer {
	e, _ := apo.FindEndpoint("inquiryPayment")
	return &apo.Answer{Endpoint: e, Result: apo.Result{Status: status, Code: code}}
}

func absent() (learnt, error) {
	return learnt{answer: answered("F", "ORDER_NOT_EXIST")}, nil
}

// slowlyAbsent takes its time, as long as --timeout lets it.
func slowlyAbsent() (learnt, error) {
	time.Sleep(50 * time.Second)
	return absent()
}
func silent() (learnt, error) { return learnt{}, errors.New("no answer within 30s") }
func done() (learnt, error) {
	return learnt{outcome: apo.Succeeded, answer: answered("S", "SUCCESS")}, nil
}

func processing() (learnt, error) {
	return learnt{outcome: apo.Pending, answer: answered("S", "SUCCESS")}, nil
}

func TestLearn(t *testing.T) {
	times := func(n int, what told) (list []told) {
		for range n {
			list = append(list, what)
		}
		return list
	}
	for name, c := range map[string]struct {
		told   []told
		within time.Duration
		box    bool
		never  bool
		want   apo.Outcome
		asks   int
		took   time.Duration

		arrived bool
	}{
		"what was answered has arrived":           {[]told{absent}, time.Minute, true, false, "", 31, time.Minute, true},
		"what was found has arrived":              {[]told{processing, absent}, time.Minute, false, false, "", 31, time.Minute, false},
		"known at once":                           {[]told{done}, time.Minute, false, false, apo.Succeeded, 1, 0, false},
		"known after a while":                     {append(times(5, processing), done), time.Minute, false, false, apo.Succeeded, 6, 10 * time.Second, false},
		"absent for 45 s has never arrived":       {[]told{absent}, time.Minute, false, true, "", 24, 46 * time.Second, false},
		"absent for less is not known":            {[]told{absent}, 40 * time.Second, false, false, "", 21, 40 * time.Second, false},
		"two inquiries are too few, however slow": {[]told{slowlyAbsent}, 5 * time.Minute, false, true, "", 3, 154 * time.Second, false},
		"it arrives late":                         {append(times(20, absent), done), time.Minute, false, false, apo.Succeeded, 21, 40 * time.Second, false},
		"silence in between counts for none":      {append(append(times(20, absent), silent), absent), 2 * time.Minute, false, true, "", 45, 88 * time.Second, false},
		"silence alone proves nothing":            {[]told{silent}, time.Minute, false, false, "", 31, time.Minute, false},
		"the embedded sandbox is believed":        {[]told{absent}, time.Minute, true, true, "", 1, 0, false},
		"0 asks once":                             {[]told{absent}, 0, false, false, "", 1, 0, false},
		"processing to the end is processing":     {[]told{processing}, 10 * time.Second, false, false, apo.Pending, 6, 10 * time.Second, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &session{deps: &deps{io: term.New(strings.NewReader(""), io.Discard, io.Discard), now: time.Now}}
				if c.box {
					s.box = &sandbox.Sandbox{}
				}
				asks := 0
				op := operation{arrived: c.arrived, ask: func(context.Context) (learnt, error) {
					asks++
					return c.told[min(asks, len(c.told))-1]()
				}}
				start := time.Now()
				h := s.learn(t.Context(), op, c.within, func(l learnt) bool { return isFinal(l.outcome) })
				if h.never != c.never || h.outcome != c.want || asks != c.asks || time.Since(start) != c.took {
					t.Errorf("never %v, outcome %v after %d inquiries and %s; want %v, %v, %d, %s", h.never, h.outcome, asks, time.Since(start), c.never, c.want, c.asks, c.took)
				}
			})
		})
	}
}

// What is told to repeat a request is the command of this run, with the request's
// own ID, and nothing that must not be shown.
func TestNeverArrivedTellsTheCommand(t *testing.T) {
	s := &session{deps: &deps{io: term.New(strings.NewReader(""), io.Discard, io.Discard), now: time.Now}, profile: &profile.Profile{}}
	for _, c := range []struct {
		named bool // there is a flag for the ID
		args  []string
		want  string
	}{
		{true, []string{"pay", "--order-description", "it's `new`"}, `apo pay --order-description 'it'\''s ` + "`new`" + `' --request-id 2025`},
		{true, []string{"pay", "--request-id", "2025", "--amount", "1"}, "apo pay --request-id 2025 --amount 1"},
		{true, []string{"refund", "--amount", "1", "--", "-p"}, "apo refund --amount 1 --request-id 2025 -- -p"},
		{false, []string{"cancel", "2025"}, "apo cancel 2025"},
		{false, []string{"cancel", "@last"}, "apo cancel 2025"},
		{true, []string{"pay", "--set", "paymentMethod.paymentMethodMetaData.cardNo=4054695723100768"}, ""},
	} {
		s.args = c.args
		op := operation{endpoint: apo.Endpoint{Name: c.args[0]}, idName: "paymentId", id: "2025", named: c.named, body: []byte(`{"paymentId":"2025"}`)}
		f := s.never(op)
		if f.Verdict.Next != c.want || len(f.Next) != 1 || !strings.Contains(f.Next[0], "with the same paymentId: so it cannot happen twice") {
			t.Errorf("%q: %q, %q", c.args, f.Verdict.Next, f.Next)
		}
	}
}

// What a record tells of its repetition has its own IDs: without them it would be
// another payment.
func TestRepeatOf(t *testing.T) {
	amount := apo.Amount{Currency: "JPY", Value: "4200"}
	for want, r := range map[string]journal.Record{
		"apo pay --amount 4200 --currency JPY --request-id p-1 --order-id 'A 17' --profile sg": {
			Endpoint: "pay", Account: journal.Account{Profile: "sg"}, Amount: amount, Numbers: apo.Numbers{PaymentRequestID: "p-1", ReferenceOrderID: "A 17", PaymentID: "2025"},
		},
		"apo capture 2025 --amount 4200 --currency JPY --request-id c-1 --profile sg": {
			Endpoint: "capture", Account: journal.Account{Profile: "sg"}, Amount: amount, Numbers: apo.Numbers{CaptureRequestID: "c-1", PaymentID: "2025", ReferenceOrderID: "A 17"},
		},
		"apo refund 2025 --amount 4200 --currency JPY --request-id r-1": {
			Endpoint: "refund", Account: journal.Account{Profile: profile.Environment}, Amount: amount, Numbers: apo.Numbers{RefundRequestID: "r-1", PaymentID: "2025"},
		},
		"apo cancel p-1 --profile sg": {Endpoint: "cancel", Account: journal.Account{Profile: "sg"}, Numbers: apo.Numbers{PaymentRequestID: "p-1"}},
		"":                            {Endpoint: "vaulting", Account: journal.Account{Profile: "sg"}, Numbers: apo.Numbers{PaymentRequestID: "p-1"}},
	} {
		if got := repeatOf(r); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
