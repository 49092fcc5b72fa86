package sandbox_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/sandbox"
)

const completes = "verifyAndCompletePayment"

func mpi(id, eci string) string {
	return `{"paymentRequestId":"` + id + `","paymentMethod":{"paymentMethodMetaData":{"mpiData":{"threeDSVersion":"2.2.0","eci":"` + eci + `","cavv":"AAAB"}}}}`
}

func named(id string) string { return `{"paymentRequestId":"` + id + `"}` }

// A check that was passed elsewhere takes the place of the page.
func TestVerifyAndComplete(t *testing.T) {
	t.Parallel()
	m, _ := newPassiveShop(t, sandbox.Config{})
	page := m.pay("PAYMENT_IN_PROCESS", "a", "1000", "visa-3ds").Get("normalUrl")
	first := m.asks("SUCCESS", completes, named("a"))
	m.has(first.Raw, []string{"paymentId", "acquirerInfo.acquirerName", "paymentTime"}, []string{"normalUrl"})
	if again := m.asks("SUCCESS", completes, named("a")); !bytes.Equal(again.Raw, first.Raw) {
		t.Errorf("repeated: %s", again.Raw)
	}
	if pay := m.pay("SUCCESS", "a", "1000", "visa-3ds"); !bytes.Equal(pay.Raw, first.Raw) {
		t.Errorf("pay answers %s", pay.Raw)
	}
	m.answerPage(page, "fail") // too late
	m.is("a", "SUCCESS", "SUCCESS")
	m.heard("PAYMENT_RESULT SUCCESS")
	id := m.pay("PAYMENT_IN_PROCESS", "by-id", "1000", "visa-3ds").Get("paymentId")
	m.asks("SUCCESS", completes, `{"paymentId":"`+id+`","paymentVerificationData":{"authenticationCode":"123456"}}`)
	m.is("by-id", "SUCCESS", "SUCCESS")
}

func TestVerifyAndCompleteByWhatWasFound(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	for eci, code := range map[string]string{
		"05": "SUCCESS", "06": "SUCCESS",
		"02": "USER_PAYMENT_VERIFICATION_FAILED", // another brand's
		"07": "USER_PAYMENT_VERIFICATION_FAILED", "00": "USER_PAYMENT_VERIFICATION_FAILED", "99": "PARAM_ILLEGAL",
	} {
		id := "eci-" + eci
		m.pay("PAYMENT_IN_PROCESS", id, "1000", "visa-3ds")
		answer := m.asks(code, completes, mpi(id, eci))
		if got := answer.Get("paymentResultInfo.threeDSResult.cavv"); (got == "AAAB") != (code == "SUCCESS") {
			t.Errorf("eci %s: the cavv is %q", eci, got)
		}
	}
	m.pay("PAYMENT_IN_PROCESS", "unproven", "1000", "visa-3ds")
	m.asks("USER_PAYMENT_VERIFICATION_FAILED", completes, strings.Replace(mpi("unproven", "05"), `"cavv":"AAAB"`, `"cavv":""`, 1))
	m.pay("PAYMENT_IN_PROCESS", "declined", "1000", "visa-3ds-declined")
	m.asks("DO_NOT_HONOR", completes, named("declined"))
	m.is("declined", "FAIL", "DO_NOT_HONOR")
}

// What does not wait for a buyer is answered as pay would be, and left alone.
func TestVerifyAndCompleteElsewhere(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	m.asks("ORDER_NOT_EXIST", completes, named("none"))
	m.asks("PARAM_ILLEGAL", completes, `{}`)
	m.asks("PARAM_ILLEGAL", completes, `{"paymentRequestId":"a","paymentVerificationData":"x"}`)
	m.pay("PAYMENT_IN_PROCESS", "slow", "1000", "visa-processing")
	m.asks("PAYMENT_IN_PROCESS", completes, named("slow"))
	m.pay("LOST_CARD", "lost", "1000", "visa-lost")
	m.asks("LOST_CARD", completes, named("lost"))
	m.pay("PAYMENT_IN_PROCESS", "cancelled", "1000", "visa-3ds")
	m.cancel("SUCCESS", "cancelled")
	m.asks("ORDER_IS_CANCELED", completes, named("cancelled"))
	m.pay("PAYMENT_IN_PROCESS", "closed", "1000", "visa-3ds")
	m.passes(open)
	m.asks("ORDER_IS_CLOSED", completes, named("closed"))
	m.is("slow", "SUCCESS", "SUCCESS")

	m.pay("PAYMENT_IN_PROCESS", "ruled", "1000", "visa-3ds")
	rule := m.will(completes, sandbox.Outcome{Result: "VERIFY_UNMATCHED"})
	m.asks("VERIFY_UNMATCHED", completes, named("ruled")) // the code was wrong: another may be right
	m.unrule(rule)
	m.asks("SUCCESS", completes, named("ruled"))

	m.will("pay", sandbox.Outcome{ThreeDS: "page", Then: "SUCCESS", After: time.Minute})
	m.pay("PAYMENT_IN_PROCESS", "later", "1000", "visa")
	m.asks("PAYMENT_IN_PROCESS", completes, named("later"))
	m.passes(time.Minute)
	m.asks("SUCCESS", completes, named("later"))
}
