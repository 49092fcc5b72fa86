package verify

import (
	"testing"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// What was done with a payment is told by all of its records, not by what its pay
// asked for.
func TestCapturesIn(t *testing.T) {
	record := func(endpoint string, e journal.Ending) journal.Record {
		return journal.Record{Endpoint: endpoint, Ending: e}
	}
	done := journal.Ending{State: journal.Answered, Outcome: apo.Succeeded}
	pay := func(mode string) journal.Record {
		r := record("pay", done)
		r.Request = []byte(`{"paymentFactor":{"isAuthorization":true,"captureMode":"` + mode + `"}}`)
		return r
	}
	answered := func(endpoint, body string) journal.Record {
		return record(endpoint, journal.Ending{State: journal.Answered, Answer: []byte(body)})
	}
	capture := func(status, code string) journal.Record {
		return answered("notifyCapture", `{"notifyType":"CAPTURE_RESULT","result":{"resultStatus":"`+status+`","resultCode":"`+code+`"}}`)
	}
	listed := func(status string) journal.Record {
		return answered("inquiryPayment", `{"paymentStatus":"SUCCESS","paymentAmount":{"currency":"SGD","value":"5"},"transactions":[{"transactionType":"CAPTURE","transactionStatus":"`+status+`","transactionAmount":{"currency":"SGD","value":"5"}}]}`)
	}
	tests := []struct {
		name string
		list []journal.Record
		want say.Captures
	}{
		{"nothing known", nil, say.Captures{}},
		{"manual", []journal.Record{pay("MANUAL")}, say.Captures{Mode: "MANUAL"}},
		{"automatic", []journal.Record{pay("AUTOMATIC")}, say.Captures{Mode: "AUTOMATIC"}},
		{"captured", []journal.Record{pay("MANUAL"), record("capture", done)}, say.Captures{Mode: "MANUAL", Some: true}},
		{"a capture in doubt", []journal.Record{pay("MANUAL"), record("capture", journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt})}, say.Captures{Mode: "MANUAL", Some: true}},
		{"a capture declined", []journal.Record{pay("MANUAL"), record("capture", journal.Ending{State: journal.Answered, Outcome: apo.Declined})}, say.Captures{Mode: "MANUAL"}},
		{"a capture notified", []journal.Record{pay("AUTOMATIC"), capture("S", "SUCCESS")}, say.Captures{Mode: "AUTOMATIC", Some: true}},
		{"a capture that contradicts itself", []journal.Record{pay("MANUAL"), capture("S", "AUTH_EXPIRED")}, say.Captures{Mode: "MANUAL"}},
		{"a capture listed", []journal.Record{pay("MANUAL"), listed("SUCCESS")}, say.Captures{Mode: "MANUAL", Some: true}},
		{"a capture listed as failed", []journal.Record{pay("MANUAL"), listed("FAIL")}, say.Captures{Mode: "MANUAL"}},
		{"cancelled", []journal.Record{pay("MANUAL"), record("cancel", done)}, say.Captures{Mode: "MANUAL", Cancelled: true}},
		{"a cancel in doubt", []journal.Record{pay("MANUAL"), record("cancel", journal.Ending{State: journal.InDoubt})}, say.Captures{}},
		{"found cancelled", []journal.Record{pay("MANUAL"), answered("inquiryPayment", `{"paymentStatus":"CANCELLED"}`)}, say.Captures{Mode: "MANUAL", Cancelled: true}},
	}
	for _, test := range tests {
		if got := capturesIn(test.list); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}
