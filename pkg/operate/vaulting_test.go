package operate_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/operate"
)

const (
	vaultBody = `{"vaultingRequestId":"v-1","vaultingNotificationUrl":"https://shop.example/h","redirectUrl":"https://shop.example/r",` +
		`"paymentMethodDetail":{"paymentMethodType":"CARD","card":{"cardNo":"4054695723100768","expiryYear":"35","expiryMonth":"11"}}}`
	vaultSession  = `{"vaultingRequestId":"v-1","paymentMethodType":"CARD","vaultingNotificationUrl":"https://shop.example/h"}`
	savedCard     = `"paymentMethodDetail":{"card":{"cardToken":"ALIPAYx","brand":"VISA","lastFour":"0768"}}`
	vaultNotFound = `{"result":{"resultStatus":"F","resultCode":"VAULTING_NOT_EXIST","resultMessage":"no"}}`
)

// vaulting is what inquireVaulting tells of v-1.
func vaulting(status, code, lastFour string) string {
	card := `"x":0`
	if lastFour != "" {
		card = `"paymentMethodDetail":{"card":{"cardToken":"ALIPAYx","brand":"VISA","maskedCardNo":"************` + lastFour + `"}}`
	}
	return said("S", "SUCCESS", `"vaultingRequestId":"v-1"`, `"vaultingStatus":"`+status+`","vaultingResultCode":"`+code+`"`, card)
}

// What an inquiry tells of a card whose answer was lost.
func TestLostVaultings(t *testing.T) {
	none := reply{}
	for name, c := range map[string]struct {
		api, body string
		own, told reply
		outcome   apo.Outcome
		code      string
	}{
		"saved":                        {"vaultPaymentMethod", vaultBody, none, signed(vaulting("SUCCESS", "SUCCESS", "0768")), apo.Succeeded, "SUCCESS"},
		"declined":                     {"vaultPaymentMethod", vaultBody, none, signed(vaulting("FAIL", "LOST_CARD", "")), apo.Declined, "LOST_CARD"},
		"being verified":               {"vaultPaymentMethod", vaultBody, none, signed(vaulting("PROCESSING", "VERIFICATION_IN_PROCESS", "")), apo.Pending, "VERIFICATION_IN_PROCESS"},
		"another card":                 {"vaultPaymentMethod", vaultBody, none, signed(vaulting("SUCCESS", "SUCCESS", "4444")), apo.Different, "SUCCESS"},
		"of another ID":                {"vaultPaymentMethod", vaultBody, none, signed(strings.Replace(vaulting("SUCCESS", "SUCCESS", "0768"), "v-1", "v-2", 1)), apo.InDoubt, ""},
		"without a status":             {"vaultPaymentMethod", vaultBody, none, signed(said("S", "SUCCESS", `"vaultingRequestId":"v-1"`)), apo.InDoubt, ""},
		"a success that failed":        {"vaultPaymentMethod", vaultBody, signed(said("S", "SUCCESS", `"vaultingRequestId":"v-1","vaultingStatus":"FAIL"`, savedCard)), none, apo.InDoubt, ""},
		"a success in process":         {"vaultPaymentMethod", vaultBody, signed(said("S", "SUCCESS", `"vaultingRequestId":"v-1","vaultingStatus":"PROCESSING"`, savedCard)), none, apo.InDoubt, ""},
		"a success without a token":    {"vaultPaymentMethod", vaultBody, signed(said("S", "SUCCESS", `"vaultingRequestId":"v-1"`)), none, apo.InDoubt, ""},
		"no token, and saved":          {"vaultPaymentMethod", vaultBody, signed(said("S", "SUCCESS", `"vaultingRequestId":"v-1"`)), signed(vaulting("SUCCESS", "SUCCESS", "0768")), apo.Succeeded, "SUCCESS"},
		"told without a token":         {"vaultPaymentMethod", vaultBody, none, signed(vaulting("SUCCESS", "SUCCESS", "")), apo.InDoubt, ""},
		"a session that is none":       {"createVaultingSession", vaultSession, signed(said("S", "SUCCESS")), none, apo.InDoubt, ""},
		"two things":                   {"vaultPaymentMethod", vaultBody, none, signed(vaulting("FAIL", "SUCCESS", "")), apo.InDoubt, ""},
		"unverified":                   {"vaultPaymentMethod", vaultBody, none, forged(vaulting("SUCCESS", "SUCCESS", "0768")), apo.InDoubt, ""},
		"never arrived":                {"vaultPaymentMethod", vaultBody, none, signed(vaultNotFound), apo.NeverArrived, ""},
		"of a payment":                 {"vaultPaymentMethod", vaultBody, none, signed(notFound), apo.InDoubt, ""},
		"refused, confirmed":           {"vaultPaymentMethod", vaultBody, signed(said("F", "PARAM_ILLEGAL")), signed(vaultNotFound), apo.Declined, "PARAM_ILLEGAL"},
		"refused by name":              {"vaultPaymentMethod", vaultBody, signed(said("F", "LOST_CARD", `"vaultingRequestId":"v-1"`)), none, apo.Declined, "LOST_CARD"},
		"refused, and saved":           {"vaultPaymentMethod", vaultBody, signed(said("F", "SYSTEM_ERROR")), signed(vaulting("SUCCESS", "SUCCESS", "0768")), apo.Succeeded, "SUCCESS"},
		"taken":                        {"vaultPaymentMethod", vaultBody, signed(said("F", "REPEAT_REQ_INCONSISTENT")), none, apo.Different, "REPEAT_REQ_INCONSISTENT"},
		"a session":                    {"createVaultingSession", vaultSession, none, signed(vaulting("PROCESSING", "VERIFICATION_IN_PROCESS", "")), apo.Succeeded, ""},
		"a session, its card declined": {"createVaultingSession", vaultSession, none, signed(vaulting("FAIL", "LOST_CARD", "")), apo.Succeeded, ""},
	} {
		bubbleIn(t, name, func(t *testing.T, d *desk) {
			d.gateway.set(c.api, c.own)
			d.gateway.set("inquireVaulting", c.told)
			r := d.send(c.api, c.body)
			if r.Outcome != c.outcome || r.Code != c.code && c.code != "" {
				t.Errorf("%s %q (%v), want %s %q", r.Outcome, r.Code, r.Cause, c.outcome, c.code)
			}
			if got := d.record(r.Record).Outcome; got != c.outcome {
				t.Errorf("the journal has %s", got)
			}
		})
	}
}

// A repetition is the same request: it finds out, and closes the try before it.
func TestVaultingRepeated(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		first := d.hastily("vaultPaymentMethod", vaultBody)
		if first.Outcome != apo.InDoubt {
			t.Fatalf("lost: %s", first.Outcome)
		}
		time.Sleep(time.Minute)
		d.gateway.set("inquireVaulting", unsigned(vaultNotFound)) // nobody can be asked
		d.gateway.set("vaultPaymentMethod", signed(said("S", "SUCCESS", `"vaultingRequestId":"v-1"`, savedCard)))
		if r := d.send("vaultPaymentMethod", vaultBody); r.Outcome != apo.Succeeded {
			t.Fatalf("repeated: %s, %v", r.Outcome, r.Cause)
		}
		d.wantRecord(first.Record, journal.Resolved, apo.Succeeded)

		other := strings.Replace(vaultBody, "4054695723100768", "5555555555554444", 1)
		var refusal *operate.Refusal
		if r := d.send("vaultPaymentMethod", other); !errors.As(r.Cause, &refusal) || refusal.Field != "paymentMethodDetail.card.cardNo" {
			t.Errorf("another card under the same ID: %s, %v", r.Outcome, r.Cause)
		}
		other = strings.Replace(vaultBody, "shop.example/r", "shop.example/s", 1)
		if r := d.send("vaultPaymentMethod", other); !errors.As(r.Cause, &refusal) || refusal.Field != "redirectUrl" {
			t.Errorf("another address under the same ID: %s, %v", r.Outcome, r.Cause)
		}
	})
}

// Who looks a vaulting up resolves its open calls; so does resume.
func TestVaultingLookedUp(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		first := d.hastily("vaultPaymentMethod", vaultBody)
		time.Sleep(time.Minute)
		if _, err := d.LookupVaulting(t.Context(), "v-1"); err == nil {
			t.Error("found where nobody answers")
		}
		d.wantRecord(first.Record, journal.InDoubt, apo.InDoubt)
		d.gateway.set("inquireVaulting", signed(vaulting("SUCCESS", "SUCCESS", "0768")))
		v, err := d.LookupVaulting(t.Context(), "v-1")
		if err != nil || v.Status != "SUCCESS" || !v.Saved || v.Brand != "VISA" || v.LastFour != "0768" {
			t.Errorf("%+v, %v", v, err)
		}
		d.wantRecord(first.Record, journal.Resolved, apo.Succeeded)
		if _, err = d.LookupVaulting(t.Context(), "v-2"); err == nil {
			t.Error("the answer names another, and is taken")
		}
	})
	bubbleIn(t, "resume", func(t *testing.T, d *desk) {
		first := d.hastily("vaultPaymentMethod", vaultBody, signed(said("U", "VERIFICATION_IN_PROCESS", `"vaultingRequestId":"v-1"`)))
		d.wantRecord(first.Record, journal.Pending, apo.Pending)
		time.Sleep(time.Minute)
		d.gateway.set("inquireVaulting", signed(vaulting("FAIL", "LOST_CARD", "")))
		d.resume(0)
		d.wantRecord(first.Record, journal.Resolved, apo.Declined)
	})
}

// A notification that verified tells of a card as an inquiry does.
func TestVaultingNotified(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		first := d.hastily("vaultPaymentMethod", vaultBody)
		time.Sleep(time.Minute)
		news := notify.Notification{
			Kind: notify.KindVaulting, VaultingRequestID: "v-2", ClientID: clientID, Time: time.Now().Format(time.RFC3339),
			Status: notify.Succeeded, Result: apo.Result{Status: "S", Code: "SUCCESS"},
		}
		tell := func() { d.Apply(t.Context(), operate.News{Evidence: news.Evidence(), Received: time.Now()}) }
		tell()
		d.wantRecord(first.Record, journal.InDoubt, apo.InDoubt) // that was another one
		news.VaultingRequestID = "v-1"
		tell()
		d.wantRecord(first.Record, journal.Resolved, apo.Succeeded)
	})
}
