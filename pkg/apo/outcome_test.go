package apo_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
)

func weigh(api apo.Endpoint, status, code string, unsigned bool) apo.Outcome {
	a := apo.Answer{Endpoint: api, Result: apo.Result{Status: status, Code: code}, Unsigned: unsigned}
	return a.Outcome()
}

func TestVerdict(t *testing.T) {
	for _, tt := range []struct {
		api, status, code string
		unsigned          bool
		want              apo.Outcome
	}{
		{"pay", "S", "SUCCESS", false, apo.Succeeded},
		{"inquiryPayment", "S", "SUCCESS", false, apo.Succeeded},
		{"pay", "S", "NEW_CODE", false, apo.Succeeded},
		{"pay", "U", "PAYMENT_IN_PROCESS", false, apo.Pending},
		{"pay", "U", "NEW_CODE", false, apo.Pending},
		{"inquiryPayment", "U", "UNKNOWN_EXCEPTION", false, apo.Pending},

		{"pay", "F", "USER_BALANCE_NOT_ENOUGH", false, apo.Declined},
		{"capture", "F", "AUTH_EXPIRED", false, apo.Declined},
		{"refund", "F", "REFUND_AMOUNT_EXCEED", false, apo.Declined},
		{"cancel", "F", "CANCEL_WINDOW_EXCEED", false, apo.Declined},
		{"capture", "F", "ORDER_NOT_EXIST", false, apo.Declined},
		{"pay", "F", "PARAM_ILLEGAL", false, apo.Declined},

		{"pay", "F", "RISK_REJECT", false, apo.InDoubt},
		{"pay", "F", "SYSTEM_ERROR", false, apo.InDoubt},
		{"capture", "F", "ORDER_STATUS_INVALID", false, apo.InDoubt},
		{"refund", "F", "REPEAT_REQ_INCONSISTENT", false, apo.InDoubt},
		{"pay", "F", "FRAUD_REJECT", false, apo.InDoubt},
		{"pay", "F", "NEW_CODE", false, apo.InDoubt},
		{"pay", "F", "do_not_honor", false, apo.InDoubt},
		// The status and the code contradict each other.
		{"pay", "F", "SUCCESS", false, apo.InDoubt},
		{"pay", "F", "PAYMENT_IN_PROCESS", false, apo.InDoubt},
		{"pay", "F", "UNKNOWN_EXCEPTION", false, apo.InDoubt},

		{"pay", "F", "ACCESS_DENIED", false, apo.Unrecognised},
		{"inquiryPayment", "F", "KEY_NOT_FOUND", false, apo.Unrecognised},

		{"inquiryPayment", "F", "ORDER_NOT_EXIST", false, apo.NotFound},
		{"inquiryRefund", "F", "ORDER_NOT_EXIST", false, apo.NotFound},
		{"inquiryPayment", "F", "PROCESS_FAIL", false, apo.Failed},
		{"inquiryPayment", "F", "SYSTEM_ERROR", false, apo.Failed},
		{"inquiryPayment", "F", "DO_NOT_HONOR", false, apo.Failed},
		{"consult", "F", "NEW_CODE", false, apo.Failed},

		{"pay", "F", "DO_NOT_HONOR", true, apo.InDoubt},
		{"pay", "U", "PAYMENT_IN_PROCESS", true, apo.InDoubt},
		{"pay", "F", "NEW_CODE", true, apo.InDoubt},
		{"pay", "S", "SUCCESS", true, apo.InDoubt},
		{"pay", "F", "INVALID_SIGNATURE", true, apo.Unrecognised},
		{"pay", "F", "PARAM_ILLEGAL", true, apo.Unrecognised},
		{"pay", "U", "INVALID_SIGNATURE", true, apo.InDoubt},
		{"inquiryPayment", "F", "CLIENT_INVALID", true, apo.Unrecognised},
		{"inquiryPayment", "F", "ORDER_NOT_EXIST", true, apo.Failed},
		{"inquiryPayment", "S", "SUCCESS", true, apo.Failed},
		{"inquiryPayment", "U", "REQUEST_TRAFFIC_EXCEED_LIMIT", true, apo.Failed},
	} {
		if got := weigh(endpoint(t, tt.api), tt.status, tt.code, tt.unsigned); got != tt.want {
			t.Errorf("%s %s %s, unsigned %v: %s, want %s", tt.api, tt.status, tt.code, tt.unsigned, got, tt.want)
		}
	}
}

// The rules hold for every code of the catalogue, and for one that it lacks,
// with every status and not its own alone.
func TestVerdictOfEveryCode(t *testing.T) {
	moving, reading := endpoint(t, "pay"), endpoint(t, "inquiryPayment")
	codes := append(apo.Codes(), apo.Code{Name: "NEW_CODE"})
	for _, code := range codes {
		for _, status := range []string{"S", "F", "U"} {
			for _, api := range []apo.Endpoint{moving, reading} {
				name := fmt.Sprintf("%s to %s with %s", status, api.Name, code.Name)
				for _, unsigned := range []bool{false, true} {
					got := weigh(api, status, code.Name, unsigned)
					if want := allowed(api, status, code, unsigned); !slices.Contains(want, got) {
						t.Errorf("%s, unsigned %v: %s", name, unsigned, got)
					}
				}
			}
		}
	}
}

// allowed states design's rules one by one, not in the order of the code.
func allowed(api apo.Endpoint, status string, code apo.Code, unsigned bool) []apo.Outcome {
	if unsigned {
		settlesNothing := []apo.Outcome{apo.InDoubt}
		if api.Reads {
			settlesNothing = []apo.Outcome{apo.Failed}
		}
		if status == "F" && (code.Caller || code.Name == "PARAM_ILLEGAL") {
			return []apo.Outcome{apo.Unrecognised}
		}
		return settlesNothing
	}
	switch status {
	case "S":
		return []apo.Outcome{apo.Succeeded}
	case "U":
		return []apo.Outcome{apo.Pending}
	}
	if code.Caller {
		return []apo.Outcome{apo.Unrecognised}
	}
	if api.Reads {
		if code.Name == "ORDER_NOT_EXIST" {
			return []apo.Outcome{apo.NotFound}
		}
		return []apo.Outcome{apo.Failed}
	}
	if code.Status == "F" && code.Money == apo.MoneyNone {
		return []apo.Outcome{apo.Declined}
	}
	return []apo.Outcome{apo.InDoubt}
}

// FindEndpoint and Outcome meet here: a path that nobody knows is weighed as
// one that moves money.
func TestVerdictOfAnUnknownAPI(t *testing.T) {
	unknown := endpoint(t, "/ams/api/v1/payments/inquiryPaymentLater")
	if got := weigh(unknown, "F", "SYSTEM_ERROR", false); got != apo.InDoubt {
		t.Errorf("%s, want InDoubt", got)
	}
}
