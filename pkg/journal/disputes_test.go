package journal_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// told writes news of a dispute down.
func told(t *testing.T, j *journal.SQLite, client, id, kind, at, more string) {
	t.Helper()
	_, _, err := j.Receive(t.Context(), journal.Record{
		Account: journal.Account{Profile: "sg", ClientID: client}, Endpoint: "notifyDispute", Notice: journal.Notice{Type: kind, Time: at},
		Ending: journal.Ending{Verification: "verified", Answer: []byte(`{"paymentRequestId":"o-` + id + `","disputeId":"` + id + `","paymentId":"P-` + id + `","disputeNotificationType":"` + kind + `"` + more +
			`,"acquirerInfo":{"acquirerName":"PAYPAL","acquirerMerchantId":"M","acquirerTransactionId":"PP-R-VAD-` + id + `"}}`)},
	})
	must(t, err)
}

// The state of a dispute is that of all its news, in whichever order they came.
func TestStatesOfDisputes(t *testing.T) {
	type news struct{ kind, more string }
	created := news{"DISPUTE_CREATED", `,"defenseDueTime":"2026-12-07T08:00:00-08:00","disputeAmount":{"currency":"USD","value":"999"}`}
	lost := news{"DISPUTE_JUDGED", `,"disputeJudgedResult":"ACCEPT_BY_MERCHANT"`}
	won := news{"DISPUTE_JUDGED", `,"disputeJudgedResult":"ACCEPT_BY_CUSTOMER"`}
	alert, supplied := news{"DEFENSE_DUE_ALERT", ""}, news{"DEFENSE_SUPPLIED", ""}
	strange := news{"DISPUTE_JUDGED", `,"disputeJudgedResult":"VALIDATE_FAIL"`}
	j := open(t, filepath.Join(t.TempDir(), "journal.db"))
	for i, c := range []struct {
		news []news
		want journal.DisputeState
	}{
		{[]news{created}, journal.DisputeOpen},
		{[]news{alert}, journal.DisputeOpen},
		{[]news{created, alert, created}, journal.DisputeOpen},
		{[]news{created, supplied}, journal.DisputeDefended},
		{[]news{created, supplied, won}, journal.DisputeWon},
		{[]news{created, lost}, journal.DisputeLost},
		{[]news{lost}, journal.DisputeLost},
		{[]news{{"DISPUTE_ACCEPTED", ""}, created}, journal.DisputeLost},
		{[]news{{"DISPUTE_CANCELLED", ""}}, journal.DisputeWon},
		{[]news{created, won, lost}, journal.DisputeUnclear},
		{[]news{created, lost, won, lost}, journal.DisputeUnclear},
		{[]news{created, strange}, journal.DisputeUnclear},
		{[]news{created, {"DISPUTE_JUDGED", ""}}, journal.DisputeUnclear},
		{[]news{{"NEWS", ""}}, journal.DisputeUnclear},
		{[]news{created, strange, won}, journal.DisputeWon},
		{[]news{created, {"DISPUTE_JUDGED", won.more + `,"result":{"resultStatus":"F","resultCode":"PROCESS_FAIL"}`}}, journal.DisputeUnclear},
	} {
		for round, list := range [][]news{c.news, backwards(c.news)} {
			id := fmt.Sprintf("%d-%d", i, round)
			for n, one := range list {
				told(t, j, "mine", id, one.kind, fmt.Sprintf("2026-11-30T08:%02d:00Z", n), one.more)
			}
			all, err := journal.Disputes(t.Context(), j, journal.Filter{})
			must(t, err)
			at := slices.IndexFunc(all, func(d journal.Dispute) bool { return d.ID == id })
			if at < 0 || all[at].State != c.want || len(all[at].News) != len(list) {
				t.Errorf("%v: %+v, want %s", list, all[at], c.want)
				continue
			}
			of, err := journal.DisputesOf(t.Context(), j, "mine", apo.Numbers{PaymentID: "P-" + id})
			if err != nil || len(of) != 1 || of[0].State != c.want {
				t.Errorf("%v of its payment: %+v, %v", list, of, err)
			}
			if of, err := journal.DisputesOf(t.Context(), j, "other", apo.Numbers{PaymentID: "P-" + id}); err != nil || len(of) > 0 {
				t.Errorf("another client's: %+v, %v", of, err)
			}
		}
	}
}

// What is to be answered comes first, the next deadline at its head. What did not verify
// tells nothing, and one number of two clients is two disputes.
func TestDisputesAreListedByDeadline(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal.db"))
	due := func(day string) string { return `,"defenseDueTime":"2026-12-` + day + `T08:00:00Z"` }
	told(t, j, "mine", "late", "DISPUTE_CREATED", "1", due("09"))
	told(t, j, "mine", "won", "DISPUTE_CREATED", "1", due("01"))
	told(t, j, "mine", "never", "DEFENSE_SUPPLIED", "1", "")
	told(t, j, "mine", "soon", "DISPUTE_CREATED", "1", due("02"))
	told(t, j, "other", "soon", "DISPUTE_CREATED", "1", due("03"))
	told(t, j, "mine", "won", "DISPUTE_JUDGED", "2", `,"disputeJudgedResult":"ACCEPT_BY_CUSTOMER","disputeJudgedTime":"2026-11-30T08:00:00Z","disputeJudgedAmount":{"currency":"JPY","value":"14204"}`)
	_, err := j.Take(t.Context(), []journal.Reception{{Kind: "DISPUTE", Body: []byte(`{"disputeId":"forged","disputeNotificationType":"DISPUTE_CREATED"}`), Cause: "key"}})
	must(t, err)
	list, err := journal.Disputes(t.Context(), j, journal.Filter{Profile: "sg"})
	must(t, err)
	var ids []string
	for _, d := range list {
		ids = append(ids, d.ClientID+"/"+d.ID)
	}
	if got := strings.Join(ids, " "); got != "mine/soon other/soon mine/late mine/never mine/won" {
		t.Errorf("%s", got)
	}
	if d := list[4]; d.JudgedAmount.String() != "JPY 14204" || d.Judged.IsZero() || d.Numbers.AcquirerTransactionID != "PP-R-VAD-won" || d.Numbers.Acquirer != "PAYPAL" || d.AcquirerMerchantID != "M" || d.Numbers.PaymentRequestID != "o-won" {
		t.Errorf("%+v", d)
	}
	if list, err := journal.Disputes(t.Context(), j, journal.Filter{Profile: "elsewhere"}); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
}

func backwards[T any](list []T) []T {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}
