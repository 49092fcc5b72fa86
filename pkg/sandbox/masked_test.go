package sandbox_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/apo-cli/apo/pkg/sandbox"
)

// The number of a card is in no file, wherever in a request somebody has put it,
// and an address without it leads where it did.
func TestStateHoldsNoCardNumber(t *testing.T) {
	folder := t.TempDir()
	m := newMerchant(t, sandbox.Config{State: filepath.Join(folder, "state.db")})
	r := m.request("demo-1", "4200", "visa")
	number := r.PaymentMethod.PaymentMethodMetaData.CardNo
	packed := base64.StdEncoding.EncodeToString([]byte("no. " + number))
	r.Order.OrderDescription = "for " + number[:4] + "\u00a0" + number[4:] + " or " + packed
	r.PaymentRedirectURL = "https://shop.example/return?card=" + number
	r.PaymentNotifyURL = "https://shop.example/hooks?d=2026&card=" + packed
	if _, err := m.client.Pay(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	kept := false
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		kept = kept || bytes.Contains(text, []byte("https://shop.example/hooks?d=2026"))
		for _, never := range []string{number, number[4:], packed} {
			if bytes.Contains(text, []byte(never)) {
				t.Errorf("%s has %s", name, never)
			}
		}
	}
	if !kept {
		t.Error("the address of notifications is in no file")
	}
}

// A card number that somebody gives as an ID is in no list and in no line of the log, and
// found and echoed all the same.
func TestACardNumberAsAnIDIsInNoList(t *testing.T) {
	const number, order, part = "4242424242424242", "4012 8888-88881881", "x-6011111111111117"
	var mu sync.Mutex
	var logged []sandbox.Event
	m := newMerchant(t, sandbox.Config{NotifyURL: "http://127.0.0.1:9/x", Passive: true, Log: func(e sandbox.Event) {
		mu.Lock()
		defer mu.Unlock()
		logged = append(logged, e)
	}})
	r := m.request(number, "4200", "visa")
	r.Order.ReferenceOrderID = order
	answer, err := m.client.Pay(context.Background(), r)
	payment := m.wants("SUCCESS", answer, err).Get("paymentId")
	m.capture("SUCCESS", part, payment, "4200")
	m.refund("SUCCESS", part, payment, "100")
	m.delivers(3)
	rule := m.rule(sandbox.Rule{API: "pay", RequestID: number, Outcome: sandbox.Outcome{Result: "DO_NOT_HONOR"}})
	dispute, err := m.box.OpenDispute(sandbox.NewDispute{Of: number})
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]any{"rule": rule.String(), "log": logged, "dispute": dispute}
	listed["payments"], err = m.box.Payments(9)
	must(t, err)
	shown, found, err := m.box.Payment(number)
	must(t, err)
	listed["payment"] = shown
	listed["notifications"], err = m.box.Notifications(9)
	must(t, err)
	if !found || shown.PaymentID != payment || shown.PaymentRequestID == "" || !strings.HasSuffix(shown.PaymentRequestID, number[12:]) {
		t.Errorf("found: %v, %+v", found, shown)
	}
	for name, list := range listed {
		text, err := json.Marshal(list)
		must(t, err)
		for _, never := range []string{number, "88881881", part[2:]} {
			if bytes.Contains(text, []byte(never)) {
				t.Errorf("%s has %s: %s", name, never, text)
			}
		}
	}
	if p := m.inquire("SUCCESS", number); p.PaymentRequestID != number {
		t.Errorf("echoed is %s", p.PaymentRequestID)
	}
}
