package control_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
	"github.com/apo-cli/apo/pkg/sandbox/control"
)

// started is a sandbox that is served, a client that controls it and one that pays.
func started(t *testing.T) (*control.Client, *apo.Client) {
	t.Helper()
	keys, err := sandbox.PublishedKeys()
	if err != nil {
		t.Fatal(err)
	}
	box, err := sandbox.Open(sandbox.Config{Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box)
	t.Cleanup(func() { box.EndStreams(); server.Close(); box.Close() })
	c, err := control.New(sandbox.Server{URL: server.URL, Token: box.ControlToken()})
	if err != nil {
		t.Fatal(err)
	}
	gateway, err := apo.ParseGateway(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	who := box.Credentials()
	return c, &apo.Client{Gateway: gateway, ClientID: who.ClientID, Key: who.Key, AntomKey: who.AntomKey}
}

func purchase(id, amount string) apo.PayRequest {
	pay := &apo.Amount{Currency: "SGD", Value: amount}
	return apo.PayRequest{
		ProductCode: "CASHIER_PAYMENT", PaymentRequestID: id, PaymentAmount: pay,
		Order: &apo.Order{ReferenceOrderID: "o-1", OrderDescription: "demo", OrderAmount: pay, Buyer: &apo.Buyer{ReferenceBuyerID: "b"}},
		PaymentMethod: &apo.Method{PaymentMethodType: "CARD", PaymentMethodMetaData: &apo.CardData{
			CardNo: "4111111111111111", ExpiryYear: "35", ExpiryMonth: "12", CVV: "123", CardholderName: &apo.PersonName{FirstName: "Ada", LastName: "Example"},
		}},
		PaymentFactor: &apo.Factor{IsAuthorization: true, CaptureMode: "AUTOMATIC"}, PaymentRedirectURL: "https://shop.example/",
		Env: &apo.Env{TerminalType: "WEB", ClientIP: "203.0.113.7"},
	}
}

func TestClientControls(t *testing.T) {
	t.Parallel()
	c, shop := started(t)
	ctx := t.Context()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	events, told := make(chan error, 1), ""
	within, stop := context.WithTimeout(ctx, 30*time.Second)
	defer stop()
	ready := make(chan struct{})
	go func() {
		events <- c.Events(within, 0, func(e sandbox.StateChange) bool {
			if told = e.Kind; e.Kind == "clock" {
				close(ready)
			}
			return e.Kind != "payment"
		})
	}()
	for waiting := true; waiting; { // until it listens
		_, err := c.SetClock(ctx, sandbox.ClockSetting{Time: "now"})
		ok(err)
		select {
		case <-ready:
			waiting = false
		case <-time.After(20 * time.Millisecond):
		}
	}

	rule, err := c.AddRule(ctx, sandbox.Rule{API: "pay", Amount: "13", Outcome: sandbox.Outcome{Result: "PAYMENT_IN_PROCESS", Then: "SUCCESS", After: 5 * time.Minute}})
	ok(err)
	answer, err := shop.Pay(ctx, purchase("demo/1?a=b%2F", "13"))
	ok(err)
	if answer.Result.Code != "PAYMENT_IN_PROCESS" {
		t.Fatalf("%+v", answer.Result)
	}
	ok(<-events)
	if told != "payment" {
		t.Errorf("told was %s", told)
	}
	kept, err := c.Snapshot(ctx)
	ok(err)
	ok(c.Advance(ctx, 2*time.Hour))
	p, err := c.Payment(ctx, "demo/1?a=b%2F")
	ok(err)
	if list, err := c.Payments(ctx, control.Page{Number: p.PaymentID, Limit: 3}); err != nil || len(list) != 1 || p.Status != "SUCCESS" || gjson.GetBytes(p.Inquiry, "paymentStatus").Str != "SUCCESS" {
		t.Errorf("%+v %v, %+v", list, err, p)
	}
	rules, err := c.Rules(ctx)
	ok(err)
	if len(rules) != 1 || rules[0].ID != rule.ID || rules[0].After != 5*time.Minute || rules[0].Hits != 1 {
		t.Errorf("%+v", rules)
	}
	dispute, err := c.OpenDispute(ctx, sandbox.NewDispute{Of: "o-1", Amount: apo.Amount{Currency: "SGD", Value: "3"}})
	ok(err)
	_, err = c.OpenDispute(ctx, sandbox.NewDispute{Of: "o-1"})
	if !errors.Is(err, sandbox.ErrNotDisputable) {
		t.Errorf("a second dispute: %v", err)
	}
	_, err = c.JudgeDispute(ctx, dispute.ID, sandbox.JudgedForCustomer)
	ok(err)
	if list, err := c.Disputes(ctx, 5); err != nil || len(list) != 1 || list[0].Status != "JUDGED" {
		t.Errorf("%+v %v", list, err)
	}
	ok(c.SetOptions(ctx, sandbox.Options{"capture-mode": "automatic"}))
	ok(c.AwaitDeliveries(ctx))
	ok(c.Restore(ctx, kept))
	if p, err := c.Payment(ctx, "demo/1?a=b%2F"); err != nil || p.Status != "PROCESSING" {
		t.Errorf("%+v %v", p, err)
	}
}

// What is not there is one of the sandbox's own errors.
func TestClientErrors(t *testing.T) {
	t.Parallel()
	c, _ := started(t)
	ctx := t.Context()
	fails := func(err error, want error, status int) {
		t.Helper()
		var e *control.Error
		if !errors.As(err, &e) || e.Status != status || want != nil && !errors.Is(err, want) {
			t.Errorf("%v is not %d %v", err, status, want)
		}
	}
	if _, err := c.AddFault(ctx, "capture=cut-after-commit@0.2"); err != nil {
		t.Fatal(err)
	}
	if n, err := c.RemoveRules(ctx); n != 1 || err != nil {
		t.Errorf("%d %v", n, err)
	}
	if found, err := c.RemoveRule(ctx, 9); found || err != nil {
		t.Errorf("%v %v", found, err)
	}
	if err := c.Reset(ctx); err != nil {
		t.Fatal(err)
	}
	_, err := c.Payment(ctx, "demo/1?a=b%2F")
	fails(err, sandbox.ErrNoPayment, 404)
	_, err = c.Notification(ctx, 9)
	fails(err, sandbox.ErrNoNotification, 404)
	_, err = c.Resend(ctx, 9, "")
	fails(err, sandbox.ErrNoNotification, 404)
	_, err = c.Message(ctx, 9)
	fails(err, sandbox.ErrNoNotification, 404)
	_, err = c.CancelDispute(ctx, "x")
	fails(err, sandbox.ErrNoDispute, 404)
	_, err = c.AddRule(ctx, sandbox.Rule{Outcome: sandbox.Outcome{Fault: "nope"}})
	fails(err, sandbox.ErrNoFault, 400)
	fails(c.Restore(ctx, "x"), sandbox.ErrNoSnapshot, 404)
	c.Token = "another"
	_, err = c.Clock(ctx)
	fails(err, nil, 401)
}
