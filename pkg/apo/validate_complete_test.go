package apo_test

import (
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// verifyAndCompletePayment names a payment, and has pay's own fields beside.
func TestValidateVerifyAndComplete(t *testing.T) {
	const mpi = `{"paymentId":"1","paymentMethod":{"paymentMethodMetaData":{"mpiData":`
	for body, want := range map[string]string{
		`{"paymentId":"1"}`:        "",
		`{"paymentRequestId":"a"}`: "",
		`{"paymentRequestId":"a","paymentVerificationData":{"any":"thing"},"more":1}`:        "",
		mpi + `{"threeDSVersion":"2.2.0","eci":"05","cavv":"AAAB","dsTransactionId":"d"}}}}`: "",
		`{}`:                         "paymentId required",
		`{"paymentRequestId":["a"]}`: "paymentRequestId type",
		`{"paymentId":"1","paymentVerificationData":"123456"}`: "paymentVerificationData type",
		`{"paymentId":"1","paymentMethod":[]}`:                 "paymentMethod type",
		mpi + `{"eci":"5"}}}}`:                                 "paymentMethod.paymentMethodMetaData.mpiData.eci value",
		mpi + `{"threeDSVersion":"3"}}}}`:                      "paymentMethod.paymentMethodMetaData.mpiData.threeDSVersion value",
	} {
		got := ""
		for _, v := range apo.Validate("verifyAndCompletePayment", []byte(body), time.Now()) {
			got += v.Path + " " + v.Rule
		}
		if got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}
