package say

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/notify"
)

// Of all notifications, with every code of the catalogue, the words say failed,
// captured or refunded where the facts do, and nowhere else.
func TestWordsOfNotifications(t *testing.T) {
	codes := []string{"", "NEW_CODE"}
	for _, c := range apo.Codes() {
		codes = append(codes, c.Name)
	}
	for _, kind := range []string{
		`"notifyType":"PAYMENT_RESULT"`, `"notifyType":"PAYMENT_PENDING"`, `"notifyType":"CAPTURE_RESULT"`, `"notifyType":"REFUND_RESULT"`,
		`"vaultingRequestId":"v"`, `"disputeNotificationType":"DISPUTE_JUDGED","disputeJudgedResult":"ACCEPT_BY_MERCHANT"`,
		`"disputeNotificationType":"DISPUTE_CREATED"`, `"disputeNotificationType":"NEWS"`, `"disputeId":"D"`, `"notifyType":"OTHER"`, `"a":1`,
	} {
		for _, status := range []string{"S", "F", "U", "s", ""} {
			for _, code := range codes {
				for _, state := range []string{"SUCCESS", "FAIL", "PROCESSING", "NEW", ""} {
					body := fmt.Sprintf(`{%s,"result":{"resultStatus":%q,"resultCode":%q},"refundStatus":%q,"vaultingStatus":%q,"paymentStatus":%q,"paymentId":"P"}`, kind, status, code, state, state, state)
					n, err := notify.Read([]byte(body))
					if err != nil {
						t.Fatal(err)
					}
					w := Words{}
					for _, known := range []Captures{{}, {Mode: manual}, {Mode: automatic}, {Mode: manual, Some: true}, {Mode: manual, Cancelled: true}} {
						says := strings.Join(w.Verified(Verified{Side: diagnose.Notification, News: n, Captures: known}).Facts, "  ")
						has := func(word string) bool { return strings.Contains(says, word) }
						if has("failed") != (n.Status == notify.Failed && n.Kind != notify.KindDispute) {
							t.Fatalf("%s: %s, and the words are: %s", body, n.Status, says)
						}
						if has("  refunded") != (n.Meaning() == notify.Refunded) || has("  captured") != (n.Meaning() == notify.Captured) || has("  authorized") != (n.Meaning() == notify.Authorized) {
							t.Fatalf("%s: %s, and the words are: %s", body, n.Meaning(), says)
						}
						if has("  \n") || has("no  ") || strings.HasSuffix(strings.TrimSpace(says), ":") || has(": is missing") || has("not known:  ") {
							t.Fatalf("%s: a word is missing: %s", body, says)
						}
						capture := w.Command("capture", "P")
						if (w.nextOf(n, known) == capture) != (n.Meaning() == notify.Authorized && known == Captures{Mode: manual}) {
							t.Fatalf("%s, known %+v: next is %s", body, known, w.nextOf(n, known))
						}
						if has("capture next") != (w.nextOf(n, known) == capture) {
							t.Fatalf("%s, known %+v: %s", body, known, says)
						}
					}
				}
			}
		}
	}
}

func TestWordsOfDoubt(t *testing.T) {
	tests := []struct{ body, says string }{
		{`{"notifyType":"PAYMENT_RESULT","result":{"resultStatus":"U","resultCode":"PAYMENT_IN_PROCESS"}}`, "the payment has no result yet: PAYMENT_IN_PROCESS, the buyer may still have to pass 3DS"},
		{`{"notifyType":"CAPTURE_RESULT","result":{"resultStatus":"U","resultCode":"CAPTURE_IN_PROCESS"}}`, "the capture has no result yet: CAPTURE_IN_PROCESS, the capture was accepted and has not finished"},
		{`{"notifyType":"REFUND_RESULT","result":{"resultStatus":"S","resultCode":"SUCCESS"},"refundStatus":"PROCESSING"}`, "the refund has no result yet: refundStatus PROCESSING"},
		{`{"notifyType":"REFUND_RESULT","result":{"resultStatus":"S","resultCode":"SUCCESS"},"refundStatus":"FAIL"}`, "the refund failed: refundStatus FAIL"},
		{`{"notifyType":"REFUND_RESULT","result":{"resultStatus":"S","resultCode":"SUCCESS"}}`, "what became of the refund is not known: refundStatus is missing"},
		{`{"notifyType":"REFUND_RESULT","result":{"resultStatus":"F","resultCode":"PROCESS_FAIL"},"refundStatus":"SUCCESS"}`, "it contradicts itself about the refund: REFUND_RESULT, F PROCESS_FAIL, refundStatus SUCCESS"},
		{`{"notifyType":"PAYMENT_RESULT","result":{"resultStatus":"S","resultCode":"DO_NOT_HONOR"}}`, "it contradicts itself about the payment: PAYMENT_RESULT, S DO_NOT_HONOR"},
		{`{"notifyType":"PAYMENT_RESULT","result":{"resultStatus":"ok","resultCode":"SUCCESS"}}`, "what became of the payment is not known: APO documents no resultStatus ok"},
		{`{"notifyType":"PAYMENT_RESULT","result":{"resultStatus":"S"}}`, "what became of the payment is not known: resultCode is missing"},
		{`{"notifyType":"CAPTURE_RESULT","result":{"resultStatus":"F","resultCode":"REPEAT_REQ_INCONSISTENT"}}`, "the request ID belongs to an earlier capture with other values (REPEAT_REQ_INCONSISTENT); what became of that one is not said"},
		{`{"vaultingRequestId":"v","result":{"resultStatus":"S","resultCode":"SUCCESS"},"vaultingStatus":"LATER"}`, "what became of the payment method to be saved is not known: APO documents no vaultingStatus LATER"},
		{`{"disputeId":"D","disputeNotificationType":"DISPUTE_JUDGED"}`, "what became of the dispute is not known: disputeJudgedResult is missing"},
		{`{"disputeId":"D","disputeNotificationType":"DEFENSE_SUPPLIED"}`, "news of a dispute DEFENSE_SUPPLIED; see the dashboard"},
		{`{"disputeId":"D","disputeNotificationType":"DISPUTE_JUDGED","disputeJudgedResult":"ACCEPT_BY_MERCHANT"}`, "the dispute ended for the buyer, and the merchant pays: ACCEPT_BY_MERCHANT"},
	}
	for _, test := range tests {
		n, err := notify.Read([]byte(test.body))
		if err != nil {
			t.Fatal(err)
		}
		if got := (Words{}).notice(n, Captures{}).Meaning; got != test.says {
			t.Errorf("%s\n\tis told as %q\n\twant       %q", test.body, got, test.says)
		}
	}
}

// Another client's news is said to be so, and leads to no command.
func TestWordsOfAnotherClient(t *testing.T) {
	n, err := notify.Read([]byte(`{"notifyType":"PAYMENT_RESULT","paymentId":"P","result":{"resultStatus":"S","resultCode":"SUCCESS"}}`))
	if err != nil {
		t.Fatal(err)
	}
	n.ClientID, n.OtherClient, n.QueryUncovered = "SANDBOX_5Y2", true, true
	verdict := Words{}.Verified(Verified{Side: diagnose.Notification, News: n, Own: "SANDBOX_5Y1", Captures: Captures{Mode: manual}})
	says := verdict.What + "  " + strings.Join(verdict.Facts, "  ")
	for _, want := range []string{"verified, for another client ID", `"SANDBOX_5Y2" and not SANDBOX_5Y1`, "do not act upon it", "the query of the address is not signed"} {
		if !strings.Contains(says, want) {
			t.Errorf("%q is not in: %s", want, says)
		}
	}
	if verdict.Next != "" {
		t.Errorf("next is %s", verdict.Next)
	}
}

// Only a dispute that was just opened is answered by a time.
func TestDeadlineOfDisputes(t *testing.T) {
	for kind, has := range map[string]bool{
		"DISPUTE_CREATED": true, "DISPUTE_JUDGED": false, "DISPUTE_CANCELLED": false, "DISPUTE_ACCEPTED": false, "RDR_RESOLVED": false, "NEWS": false, "": false,
	} {
		n, err := notify.Read([]byte(`{"disputeId":"D","disputeNotificationType":"` + kind + `","disputeJudgedResult":"ACCEPT_BY_MERCHANT","defenseDueTime":"2026-12-01T00:00:00Z"}`))
		if err != nil {
			t.Fatal(err)
		}
		says := strings.Join(Words{}.Verified(Verified{Side: diagnose.Notification, News: n}).Facts, "  ")
		if strings.Contains(says, "answer before") != has {
			t.Errorf("%s: %s", kind, says)
		}
	}
}
