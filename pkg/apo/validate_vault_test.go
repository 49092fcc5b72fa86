package apo_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/sjson"

	"github.com/apo-cli/apo/pkg/apo"
)

const (
	vaultRequest = `{"vaultingRequestId":"v-1","vaultingNotificationUrl":"https://shop.example/h","redirectUrl":"myapp://return","env":{"terminalType":"WEB"},
		"paymentMethodDetail":{"paymentMethodType":"CARD","card":{"cardNo":"4054695723100768","expiryYear":"35","expiryMonth":"12"}}}`
	vaultSession = `{"vaultingRequestId":"v-1","paymentMethodType":"CARD","vaultingNotificationUrl":"https://shop.example/h"}`
)

func TestValidateVaulting(t *testing.T) {
	const card = "paymentMethodDetail.card."
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		api, body, path, value string
		want                   string // path and rule of the one violation; "" none
	}{
		{"vaultPaymentMethod", vaultRequest, "", "", ""},
		{"vaultPaymentMethod", vaultRequest, card + "cvv", `"1234"`, ""},
		{"vaultPaymentMethod", vaultRequest, card + "cvv", `"12"`, card + "cvv cvv"},
		{"vaultPaymentMethod", vaultRequest, card + "cardNo", `"4054695723100769"`, card + "cardNo luhn"},
		{"vaultPaymentMethod", vaultRequest, card + "cardNo", `"4054 6957"`, card + "cardNo card-number"},
		{"vaultPaymentMethod", vaultRequest, card + "cardNo", `null`, card + "cardNo required"},
		{"vaultPaymentMethod", vaultRequest, card + "expiryMonth", `"13"`, card + "expiryMonth expiry"},
		{"vaultPaymentMethod", vaultRequest, card + "expiryYear", `"25"`, card + "expiryYear expired"},
		{"vaultPaymentMethod", vaultRequest, card + "is3DSAuthentication", `"yes"`, card + "is3DSAuthentication value"},
		{"vaultPaymentMethod", vaultRequest, card + "cardholderName", `"Ada Example"`, card + "cardholderName type"},
		{"vaultPaymentMethod", vaultRequest, "paymentMethodDetail.paymentMethodType", `"WALLET"`, "paymentMethodDetail.paymentMethodType value"},
		{"vaultPaymentMethod", vaultRequest, "vaultingNotificationUrl", `"myapp://news"`, "vaultingNotificationUrl url"},
		{"vaultPaymentMethod", vaultRequest, "redirectUrl", `null`, "redirectUrl required"},
		{"vaultPaymentMethod", vaultRequest, "env", `{}`, "env.terminalType required"},
		{"vaultPaymentMethod", vaultRequest, "env.clientIp", `"here"`, "env.clientIp ip"},
		{"createVaultingSession", vaultSession, "", "", ""},
		{"createVaultingSession", vaultSession, "vaultingRequestId", `"` + strings.Repeat("v", 65) + `"`, "vaultingRequestId length"},
		{"createVaultingSession", vaultSession, "paymentMethodType", `null`, "paymentMethodType required"},
		{"createVaultingSession", vaultSession, "redirectUrl", `"/return"`, "redirectUrl url"},
		{"inquireVaulting", `{"vaultingRequestId":"v-1"}`, "", "", ""},
		{"inquireVaulting", `{}`, "", "", "vaultingRequestId required"},
	} {
		body := []byte(c.body)
		if c.path != "" {
			var err error
			if body, err = sjson.SetRawBytes(body, c.path, []byte(c.value)); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		for _, v := range apo.Validate(c.api, body, now) {
			got = append(got, v.Path+" "+v.Rule)
		}
		if want := strings.Fields(c.want); len(want) > 0 && !slices.Equal(got, []string{c.want}) || len(want) == 0 && len(got) > 0 {
			t.Errorf("%s with %s=%s: %q, want %q", c.api, c.path, c.value, got, c.want)
		}
	}
}
