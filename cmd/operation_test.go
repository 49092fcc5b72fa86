package cmd

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
	"github.com/apo-cli/apo/pkg/sign"
)

// scripted answers each API with a body, signed; without one nobody answers.
type scripted struct {
	key     *sign.PrivateKey
	answers map[string]string // by API: "inquiryPayment"
	late    time.Duration     // how much the gateway's clock is behind
}

func (g *scripted) RoundTrip(r *http.Request) (*http.Response, error) {
	api := path.Base(r.URL.Path)
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
	h := http.Header{"Signature": {signature}, "Response-Time": {m.Time}, "Client-Id": {m.ClientID}, "Content-Type": {"application/json"}}
	return &http.Response{StatusCode: http.StatusOK, Header: h, Body: io.NopCloser(bytes.NewReader(m.Body)), Request: r}, nil
}

// scriptedSession talks to such a gateway, and keeps no journal.
func scriptedSession(t *testing.T) (*session, *scripted) {
	t.Helper()
	keys, err := sandbox.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	gateway, err := apo.ParseGateway("http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	g := &scripted{key: keys.Antom}
	return &session{
		deps: &deps{io: term.New(strings.NewReader(""), io.Discard, io.Discard), now: time.Now}, profile: &profile.Profile{},
		client: &apo.Client{
			Gateway: gateway, ClientID: "SANDBOX_5Y00000000000000", Key: keys.Merchant, AntomKey: keys.Antom.Public(),
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
		"cancelled":                          {api: "cancel", body: `{"paymentId":"` + payID + `"}`, payment: payment(`"paymentStatus":"CANCELLED"`), want: apo.Done},
		"not cancelled, as far as apo reads": {api: "cancel", body: `{"paymentId":"` + payID + `"}`, payment: payment(`"paymentStatus":"FROZEN"`)},
		"no payment is named, of a cancel":   {api: "cancel", body: `{"paymentRequestId":"p-1"}`, payment: payment(`"paymentStatus":"CANCELLED"`), problem: true},

		"nobody knows a refund":                  {api: "refund", body: refund, payment: payment(`"paymentStatus":"SUCCESS"`), refund: notThere, absent: true},
		"nobody knows it, nor is its state read": {api: "refund", body: refund, payment: payment(`"paymentStatus":"FROZEN"`), refund: notThere},
		"the payment does not answer":            {api: "refund", body: refund, refund: notThere, problem: true},
		"refunded, by inquiryRefund alone":       {api: "refund", body: refund, payment: payment(`"paymentStatus":"SUCCESS"`), refund: refunded(time.Now()), want: apo.Done},
		"another was refunded before":            {api: "refund", body: refund, payment: payment(`"paymentStatus":"SUCCESS"`), refund: refunded(time.Now().Add(-time.Minute))},
		"refunded, by a clock that is behind":    {api: "refund", body: refund, payment: payment(`"paymentStatus":"SUCCESS"`), refund: refunded(time.Now().Add(-time.Minute)), late: time.Minute, want: apo.Done},
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
