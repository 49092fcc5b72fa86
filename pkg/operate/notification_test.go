package operate_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/operate"
)

// receive writes a notification of the gateway down, as one that verified, and
// applies it.
func (d *desk) receive(client, body string) {
	d.t.Helper()
	d.Apply(d.t.Context(), d.hold(client, body))
}

// hold writes it down alone.
func (d *desk) hold(client, body string) operate.News {
	d.t.Helper()
	n, err := notify.Read([]byte(body))
	if err != nil {
		d.t.Fatal(err)
	}
	n.ClientID, n.OtherClient, n.Time = client, client != clientID, time.Now().Format(time.RFC3339)
	record, _, err := d.store.Receive(d.t.Context(), journal.Record{
		Account: journal.Account{Profile: "test", Mode: "SANDBOX", ClientID: client}, Endpoint: n.Kind.API(), Notice: journal.Notice{Type: n.Type, Time: n.Time}, Amount: n.Amount,
		Ending: journal.Ending{Result: n.Result, Verification: "verified", Answer: n.Body},
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return operate.News{Evidence: n.Evidence(), Record: record.ID, Received: record.Time}
}

// news is a notification about the request of an API.
func news(api, status, code string, members ...string) string {
	kind := map[string]string{"pay": "PAYMENT_RESULT", "capture": "CAPTURE_RESULT", "refund": "REFUND_RESULT"}[api]
	member := map[string]string{"pay": "paymentAmount", "capture": "captureAmount", "refund": "refundAmount"}[api]
	all := append([]string{`"notifyType":"` + kind + `"`, idsOf(api), `"` + member + `":` + amount("SGD", "4200")}, members...)
	if api != "refund" {
		all = append(all, `"paymentId":"`+payID+`"`)
	}
	if status == "" {
		return "{" + strings.Join(all, ",") + "}"
	}
	return said(status, code, all...)
}

// A verified notification is evidence like an inquiry: the second table, of what
// is in doubt.
func TestANotificationTells(t *testing.T) {
	type end struct {
		state   journal.State
		outcome apo.Outcome
	}
	open, different := end{journal.InDoubt, apo.InDoubt}, end{journal.InDoubt, apo.Different}
	for _, api := range []string{"pay", "capture", "refund"} {
		success, failure, pending := []string{}, []string{}, []string{}
		if api == "refund" {
			success, failure, pending = []string{`"refundStatus":"SUCCESS"`}, []string{`"refundStatus":"FAIL"`}, []string{`"refundStatus":"PROCESSING"`}
		}
		amountField := map[string]string{"pay": "paymentAmount", "capture": "captureAmount", "refund": "refundAmount"}[api]
		for name, c := range map[string]struct {
			body   string
			client string
			end    end
		}{
			"S":                         {news(api, "S", "SUCCESS", success...), clientID, end{journal.Resolved, apo.Succeeded}},
			"F":                         {news(api, "F", "PROCESS_FAIL", failure...), clientID, end{journal.Resolved, apo.Declined}},
			"F, a code that is new":     {news(api, "F", "MOON_IS_FULL"), clientID, open},
			"U":                         {news(api, "U", "PAYMENT_IN_PROCESS", pending...), clientID, end{journal.Pending, apo.Pending}},
			"no result":                 {news(api, "", ""), clientID, open},
			"a status that is new":      {news(api, "X", "SUCCESS", success...), clientID, open},
			"S with a code that is new": {news(api, "S", "MOON_IS_FULL", success...), clientID, open},
			"S with a code of F":        {news(api, "S", "PROCESS_FAIL", success...), clientID, open},
			"F with a code of S":        {news(api, "F", "SUCCESS", failure...), clientID, open},
			"the ID of another":         {news(api, "F", "REPEAT_REQ_INCONSISTENT", failure...), clientID, open},
			"for another client ID":     {news(api, "S", "SUCCESS", success...), "SANDBOX_5Y0000000000002", open},
			"about another request":     {strings.Replace(news(api, "S", "SUCCESS", success...), idsOf(api), strings.Replace(idsOf(api), "-1", "-9", 1), 1), clientID, open},
			"of another amount":         {strings.Replace(news(api, "S", "SUCCESS", success...), `"4200"`, `"42"`, 1), clientID, different},
			"of another currency":       {strings.Replace(news(api, "F", "PROCESS_FAIL", failure...), `SGD`, `JPY`, 1), clientID, different},
			"of no amount":              {strings.Replace(news(api, "S", "SUCCESS", success...), `"`+amountField+`"`, `"otherAmount"`, 1), clientID, open},
			"of a kind that is new":     {strings.Replace(news(api, "S", "SUCCESS", success...), `_RESULT"`, `_NEWS"`, 1), clientID, open},
			"with a status beside it":   {news(api, "S", "SUCCESS", `"paymentStatus":"SUCCESS"`, `"refundStatus":"SUCCESS"`), clientID, end{journal.Resolved, apo.Succeeded}},
			"with a status it belies":   {news(api, "F", "PROCESS_FAIL", `"paymentStatus":"SUCCESS"`, `"refundStatus":"SUCCESS"`), clientID, open},
			"with a status that is new": {news(api, "S", "SUCCESS", `"paymentStatus":"FROZEN"`, `"refundStatus":"FROZEN"`), clientID, open},
		} {
			if api == "capture" && strings.HasPrefix(name, "with a status") {
				continue // there is none of a capture
			}
			t.Run(api+"/"+name, func(t *testing.T) {
				bubble(t, func(t *testing.T, d *desk) {
					first := d.hastily(api, bodyOf(api))
					again := d.hastily(api, bodyOf(api))
					d.receive(c.client, c.body)
					d.wantRecord(first.Record, c.end.state, c.end.outcome)
					d.wantRecord(again.Record, c.end.state, c.end.outcome)
					if r := d.record(first.Record); c.end.state == journal.Resolved && r.Resolved.By == 0 {
						t.Errorf("by nobody: %+v", r.Resolved)
					}
				})
			})
		}
	}
	for name, c := range map[string]struct {
		api, body string
		end       end
	}{
		"refund/S with refundStatus FAIL":       {"refund", news("refund", "S", "SUCCESS", `"refundStatus":"FAIL"`), end{journal.Resolved, apo.Declined}},
		"refund/S with refundStatus PROCESSING": {"refund", news("refund", "S", "SUCCESS", `"refundStatus":"PROCESSING"`), end{journal.Pending, apo.Pending}},
		"refund/F without refundStatus":         {"refund", news("refund", "F", "PROCESS_FAIL"), open},
		"refund/S without refundStatus":         {"refund", news("refund", "S", "SUCCESS"), open},
		"refund/of another payment":             {"refund", news("refund", "S", "SUCCESS", `"refundStatus":"SUCCESS"`, `"paymentId":"`+otherID+`"`), different},
		"capture/of another payment":            {"capture", strings.Replace(news("capture", "S", "SUCCESS"), payID, otherID, 1), different},
		"pay/the buyer has paid":                {"pay", strings.Replace(news("pay", "S", "SUCCESS"), "PAYMENT_RESULT", "PAYMENT_PENDING", 1), end{journal.Pending, apo.Pending}},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				first := d.hastily(c.api, bodyOf(c.api))
				d.receive(clientID, c.body)
				d.wantRecord(first.Record, c.end.state, c.end.outcome)
			})
		})
	}
}

// What came to another end than a message says is in doubt; what had no end of a
// message's was done.
func TestANotificationComesLate(t *testing.T) {
	for name, c := range map[string]struct {
		own     reply
		news    string
		outcome apo.Outcome
		told    bool
	}{
		"declined, and it was done":          {signed(said("F", "PROCESS_FAIL", idsOf("capture"))), news("capture", "S", "SUCCESS"), apo.InDoubt, false},
		"declined, and it has failed":        {signed(said("F", "PROCESS_FAIL", idsOf("capture"))), news("capture", "F", "PROCESS_FAIL"), apo.Declined, false},
		"declined, and it is under way":      {signed(said("F", "PROCESS_FAIL", idsOf("capture"))), news("capture", "U", "CAPTURE_IN_PROCESS"), apo.Declined, false},
		"done, and it has failed":            {signed(ok("capture")), news("capture", "F", "PROCESS_FAIL"), apo.InDoubt, false},
		"not recognised, and it was done":    {unsigned(said("F", "CLIENT_INVALID")), news("capture", "S", "SUCCESS"), apo.Succeeded, false},
		"the ID of another, and it was done": {signed(said("F", "REPEAT_REQ_INCONSISTENT")), news("capture", "S", "SUCCESS"), apo.Different, false},
		"done, and of another amount":        {signed(ok("capture")), strings.Replace(news("capture", "S", "SUCCESS"), `"4200"`, `"42"`, 1), apo.InDoubt, false},
		"not sent, and it was done":          {reply{unreachable: true}, news("capture", "S", "SUCCESS"), apo.NotSent, false},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				first := d.hastily("capture", captureBody, c.own)
				d.receive(clientID, c.news)
				if r := d.record(first.Record); r.Outcome != c.outcome {
					t.Errorf("%s, %s; want %s", r.State, r.Outcome, c.outcome)
				}
				if told := slices.Contains(d.stages(), operate.Reconciled); told != c.told {
					t.Errorf("told: %v", told)
				}
			})
		})
	}
	bubbleIn(t, "while it is asked about", func(t *testing.T, d *desk) {
		first := d.hastily("capture", captureBody)
		if free, err := d.store.Claim(t.Context(), first.Record); err != nil || !free {
			t.Fatalf("free %v, %v", free, err)
		}
		d.receive(clientID, news("capture", "S", "SUCCESS"))
		d.wantRecord(first.Record, journal.InDoubt, apo.InDoubt)
	})
	bubbleIn(t, "without a journal", func(t *testing.T, d *desk) {
		d.Journal = nil
		d.Apply(t.Context(), operate.News{Evidence: notify.Evidence{Endpoint: "pay", RequestID: "p-1", Outcome: apo.Succeeded, ClientID: clientID}, Record: 1})
	})
}
