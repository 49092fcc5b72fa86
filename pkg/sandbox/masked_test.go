package sandbox_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
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
