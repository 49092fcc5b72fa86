package cmd

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/sign"
)

// scripted answers each API with a body, signed; without one nobody answers.
type scripted struct {
	key     *sign.PrivateKey
	answers map[string]string // by API: "inquiryPayment"
	late    time.Duration     // how much the gateway's clock is behind
	forged  string            // the API whose answers are signed for other bytes
}

func (g *scripted) RoundTrip(r *http.Request) (*http.Response, error) {
	api := path.Base(r.URL.Path)
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{}) // whatever happens, the request has left
	}
	body, found := g.answers[api]
	if !found {
		return nil, errors.New("nobody there")
	}
	m := sign.Message{
		Method: r.Method, Path: r.URL.RequestURI(), ClientID: r.Header.Get("Client-Id"),
		Time: time.Now().Add(-g.late).Format(time.RFC3339), Body: []byte(body),
	}
	signature, err := sign.Sign(g.key, "1", m)
	if err != nil {
		return nil, err
	}
	if api == g.forged {
		m.Body = append(m.Body, ' ')
	}
	h := http.Header{"Signature": {signature}, "Response-Time": {m.Time}, "Client-Id": {m.ClientID}, "Content-Type": {"application/json"}}
	return &http.Response{StatusCode: http.StatusOK, Header: h, Body: io.NopCloser(bytes.NewReader(m.Body)), Request: r}, nil
}

// scriptedSession talks to such a gateway, and keeps no journal.
func scriptedSession(t *testing.T) (*session, *scripted) {
	t.Helper()
	key := func(owner string) *sign.PrivateKey {
		text, err := os.ReadFile(filepath.Join("..", "pkg", "apo", "testdata", "keys", owner+".pem"))
		if err != nil {
			t.Fatal(err)
		}
		key, err := sign.ParsePrivateKey(text)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	antom := key("antom")
	gateway, err := apo.ParseGateway("http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	g := &scripted{key: antom}
	return &session{
		deps: &deps{
			io: term.New(strings.NewReader(""), io.Discard, io.Discard), now: time.Now,
			getenv: func(string) string { return "" }, lookup: func(string) (string, bool) { return "", false },
		},
		profile: &profile.Profile{},
		client: &apo.Client{
			Gateway: gateway, ClientID: "SANDBOX_5Y00000000000000", Key: key("merchant"), AntomKey: antom.Public(),
			HTTP: &http.Client{Transport: g},
		},
	}, g
}

const (
	success  = `{"result":{"resultStatus":"S","resultCode":"SUCCESS","resultMessage":"success."},`
	notThere = `{"result":{"resultStatus":"F","resultCode":"ORDER_NOT_EXIST","resultMessage":"no."}}`
	payID    = "20250101194010890100111600255676857"
)

// What inquiries say of a request, and what they do not.
func TestWhatAnInquiryTells(t *testing.T) {
	capture := `{"captureRequestId":"c-1","paymentId":"` + payID + `","captureAmount":{"currency":"JPY","value":"4200"}}`
	refund := `{"refundRequestId":"r-1","paymentId":"` + payID + `","refundAmount":{"currency":"JPY","value":"4200"}}`
	payment := func(rest string) string { return success + `"paymentId":"` + payID + `",` + rest + `}` }
	refunded := func(at time.Time) string {
		return success + `"refundRequestId":"r-1","refundAmount":{"currency":"JPY","value":"4200"},"refundStatus":"SUCCESS","refundTime":"` + at.Format(time.RFC3339) + `"}`
	}
	s, gateway := scriptedSession(t)
	for name, c := range map[string]struct {
		api, body       string
		payment, refund string // the answers of the inquiries
		late            time.Duration
		want            apo.Outcome
		absent          bool
		problem         bool // that leaves it as unknown as it was
	}{
		"the books do not hold a capture":      {api: "capture", body: capture, payment: payment(`"paymentStatus":"SUCCESS"`), absent: true},
		"the books are in a state that is new": {api: "capture", body: capture, payment: payment(`"paymentStatus":"FROZEN"`)},
		"no payment is named, of a capture":    {api: "capture", body: capture, payment: success + `"paymentStatus":"SUCCESS"}`, problem: true},

		"not cancelled":                      {api: "cancel", body: `{"paymentId":"` + payID + `"}`, payment: payment(`"paymentStatus":"SUCCESS"`), absent: true},
		"cancelled":                          {api: "cancel", body: `{"paymentId":"` + payID + `"}`, payment: payment(`"paymentStatus":"CANCELLED"`), want: apo.Succeeded},
		"not cancelled, as far as apo reads": {api: "cancel", body: `{"paymentId":"` + payID + `"}`, payment: payment(`"paymentStatus":"FROZEN"`)},
		"no payment is named, of a cancel":   {api: "cancel", body: `{"paymentRequestId":"p-1"}`, payment: payment(`"paymentStatus":"CANCELLED"`), problem: true},

		"nobody knows a refund":                  {api: "refund", body: refund, payment: payment(`"paymentStatus":"SUCCESS"`), refund: notThere, absent: true},
		"nobody knows it, nor is its state read": {api: "refund", body: refund, payment: payment(`"paymentStatus":"FROZEN"`), refund: notThere},
		"the payment does not answer":            {api: "refund", body: refund, refund: notThere, problem: true},
		"refunded, by inquiryRefund alone":       {api: "refund", body: refund, payment: payment(`"paymentStatus":"SUCCESS"`), refund: refunded(time.Now()), want: apo.Succeeded},
		"another was refunded before":            {api: "refund", body: refund, payment: payment(`"paymentStatus":"SUCCESS"`), refund: refunded(time.Now().Add(-time.Minute))},
		"refunded, by a clock that is behind":    {api: "refund", body: refund, payment: payment(`"paymentStatus":"SUCCESS"`), refund: refunded(time.Now().Add(-time.Minute)), late: time.Minute, want: apo.Succeeded},
	} {
		gateway.answers, gateway.late = map[string]string{}, c.late
		for api, answer := range map[string]string{"inquiryPayment": c.payment, "inquiryRefund": c.refund} {
			if answer != "" {
				gateway.answers[api] = answer
			}
		}
		e, err := apo.FindEndpoint(c.api)
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.operationOf(e, []byte(c.body), time.Now()).ask(t.Context())
		if (err != nil) != c.problem || got.outcome != c.want || got.absent != c.absent {
			t.Errorf("%s: outcome %v, absent %v, %v; want %v, %v", name, got.outcome, got.absent, err, c.want, c.absent)
		}
	}
}

// A run ends with what is known, and its record says the same.
func TestARunEndsWithWhatIsKnown(t *testing.T) {
	const pay = `{"paymentRequestId":"p-1","paymentAmount":{"currency":"BHD","value":"4200"}}`
	const capture = `{"captureRequestId":"c-1","paymentId":"` + payID + `","captureAmount":{"currency":"BHD","value":"4200"}}`
	answer := func(status, code string) string {
		return `{"result":{"resultStatus":"` + status + `","resultCode":"` + code + `","resultMessage":"as told"}}`
	}
	payment := func(status, value, rest string) string {
		return success + `"paymentId":"` + payID + `","paymentRequestId":"p-1","paymentStatus":"` + status + `","paymentResultCode":"DO_NOT_HONOR",` +
			`"paymentAmount":{"currency":"BHD","value":"` + value + `"}` + rest + `}`
	}
	captured := func(status string) string {
		return payment("SUCCESS", "4200", `,"transactions":[{"transactionType":"CAPTURE","transactionStatus":"`+status+`","transactionRequestId":"c-1",`+
			`"transactionAmount":{"currency":"BHD","value":"4200"},"transactionResult":{"resultStatus":"F","resultCode":"PROCESS_FAIL","resultMessage":"no"}}]`)
	}
	for name, c := range map[string]struct {
		api, body    string
		own, inquiry string // the answers; empty: none comes
		wait         time.Duration
		forged       bool // nobody vouches for its own answer
		exit         int
		says         string // in the verdict or its hints
		state        journal.State
	}{
		"authorized after all":                   {api: "pay", body: pay, inquiry: payment("SUCCESS", "4200", ""), state: journal.Resolved},
		"declined, as an inquiry tells":          {api: "pay", body: pay, inquiry: payment("FAIL", "4200", ""), exit: 3, says: "declined", state: journal.Resolved},
		"in process, as an inquiry tells":        {api: "pay", body: pay, inquiry: payment("PROCESSING", "4200", ""), exit: 8, says: "pending", state: journal.Pending},
		"of another amount":                      {api: "pay", body: pay, inquiry: payment("SUCCESS", "42", ""), exit: 6, says: "belongs to a request with other values", state: journal.InDoubt},
		"of another amount, after a forgery":     {api: "pay", body: pay, own: answer("S", "SUCCESS"), forged: true, inquiry: payment("SUCCESS", "42", ""), exit: 6, says: "belongs to", state: journal.InDoubt},
		"unknown after a forgery":                {api: "pay", body: pay, own: answer("S", "SUCCESS"), forged: true, exit: 5, says: "not trusted", state: journal.InDoubt},
		"an F that nothing is booked of":         {api: "pay", body: pay, own: answer("F", "SYSTEM_ERROR"), inquiry: notThere, exit: 6, says: neverArrived, state: journal.Resolved},
		"a U that nothing is found of":           {api: "pay", body: pay, own: answer("U", "PAYMENT_IN_PROCESS"), inquiry: notThere, wait: 2 * time.Minute, exit: 8, says: "pending", state: journal.Pending},
		"the ID of another, whatever it came to": {api: "pay", body: pay, own: answer("F", "REPEAT_REQ_INCONSISTENT"), inquiry: payment("SUCCESS", "4200", ""), exit: 6, says: "belongs to", state: journal.InDoubt},
		"the ID of another that failed":          {api: "pay", body: pay, own: answer("F", "REPEAT_REQ_INCONSISTENT"), inquiry: payment("FAIL", "4200", ""), exit: 6, says: "belongs to", state: journal.InDoubt},
		"the ID of another, and nobody tells":    {api: "pay", body: pay, own: answer("F", "REPEAT_REQ_INCONSISTENT"), exit: 6, says: "belongs to", state: journal.InDoubt},

		"captured after all":                        {api: "capture", body: capture, inquiry: captured("SUCCESS"), state: journal.Resolved},
		"not captured, as an inquiry tells":         {api: "capture", body: capture, inquiry: captured("FAIL"), exit: 3, says: "capture declined", state: journal.Resolved},
		"captured, although the answer said no":     {api: "capture", body: capture, own: answer("F", "ORDER_STATUS_INVALID"), inquiry: captured("SUCCESS"), state: journal.Resolved},
		"refused for good":                          {api: "capture", body: capture, own: answer("F", "ORDER_STATUS_INVALID"), inquiry: payment("SUCCESS", "4200", ""), exit: 3, says: "capture declined", state: journal.Resolved},
		"refused, and there is something":           {api: "capture", body: capture, own: answer("F", "ORDER_STATUS_INVALID"), inquiry: payment("FROZEN", "4200", ""), exit: 6, says: "in doubt", state: journal.InDoubt},
		"not refused for good, and it is not there": {api: "capture", body: capture, own: answer("F", "SYSTEM_ERROR"), inquiry: payment("SUCCESS", "4200", ""), exit: 6, says: neverArrived, state: journal.Resolved},
	} {
		t.Run(name, func(t *testing.T) {
			s, gateway := scriptedSession(t)
			gateway.answers = map[string]string{}
			for api, answer := range map[string]string{c.api: c.own, "inquiryPayment": c.inquiry} {
				if answer != "" {
					gateway.answers[api] = answer
				}
			}
			if gateway.forged = ""; c.forged {
				gateway.forged = c.api
			}
			e, err := apo.FindEndpoint(c.api)
			if err != nil {
				t.Fatal(err)
			}
			folder := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				if s.journal, err = journal.Open(filepath.Join(folder, "journal.db"), time.Now); err != nil {
					t.Fatal(err)
				}
				defer s.journal.Close()
				s.client.Record = s.record
				begin := time.Now()
				err := s.run(t.Context(), s.operationOf(e, []byte(c.body), time.Now()), moneyFlags{resolve: time.Minute, wait: c.wait})
				exit, said := 0, ""
				if f := (*say.Failure)(nil); errors.As(err, &f) {
					exit, said = exitOf(f.Kind), f.Verdict.What+" "+strings.Join(f.Next, " ")
				}
				if took := time.Since(begin); took < c.wait {
					t.Errorf("it gave up after %s of %s", took, c.wait)
				}
				r, err := s.journal.Get(context.Background(), 1)
				if err != nil || exit != c.exit || !strings.Contains(said, c.says) || r.State != c.state || r.State == journal.Resolved && endedExit(r.Ending) != exit {
					t.Errorf("exit code %d, %q, recorded %s with %d, %v; want %d, %q, %s", exit, said, r.State, endedExit(r.Ending), err, c.exit, c.says, c.state)
				}
			})
		})
	}
}
