package journal_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

const (
	card    = "4054695723100768" // a well-known test number
	payBody = `{"paymentRequestId":"order-17","paymentAmount":{"currency":"SGD","value":"4200"},"order":{"referenceOrderId":"A-17"},` +
		`"paymentMethod":{"paymentMethodType":"CARD","paymentMethodMetaData":{"cardNo":"` + card + `","cvv":"917","expiryYear":"35"}},"note":"` + card + `"}`
	payAnswer = `{"result":{"resultStatus":"S","resultCode":"SUCCESS","resultMessage":"for ` + card + `"},"paymentId":"20250101194010890100111600255676857",` +
		`"acquirerInfo":{"acquirerName":"ADYEN","acquirerTransactionId":"T-1","referenceRequestId":"R-1"},"paymentResultInfo":{"cardToken":"ALIPAYtokentoken"}}`
)

func open(t *testing.T, file string) *journal.SQLite {
	t.Helper()
	j, err := journal.Open(file, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

func begin(t *testing.T, j *journal.SQLite, endpoint, body string) journal.Record {
	t.Helper()
	r, err := j.Begin(t.Context(), journal.Record{
		Account: journal.Account{Profile: "sg", Mode: "SANDBOX", ClientID: "SANDBOX_5Y"}, Endpoint: endpoint, Reads: strings.HasPrefix(endpoint, "inquiry"),
		Amount: apo.Amount{Currency: "SGD", Value: "4200"}, Card: "VISA 0768", Request: []byte(body),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestACallIsFoundByAnyOfItsNumbers(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal.db"))
	r := begin(t, j, "pay", payBody)
	must(t, j.End(t.Context(), r.ID, journal.Ending{
		State: journal.Answered, Result: apo.Result{Status: "S", Code: "SUCCESS"}, Verification: "verified", Answer: []byte(payAnswer),
		Timing: apo.Timing{Total: 12 * time.Millisecond}, Outcome: apo.Succeeded,
	}))
	for _, number := range []string{"order-17", "order-", "20250101194010890100111600255676857", "2025", "A-17", "T-1", "R-1"} {
		list, err := j.Find(t.Context(), number)
		if err != nil || len(list) != 1 || list[0].ID != r.ID {
			t.Errorf("%s: %d records, %v", number, len(list), err)
		}
	}
	for _, number := range []string{"", "order-170", "rder-17", "ADYEN", "%", "_"} {
		if list, err := j.Find(t.Context(), number); err != nil || len(list) != 0 {
			t.Errorf("%q: %d records, %v", number, len(list), err)
		}
	}
	got, err := j.Get(t.Context(), r.ID)
	if err != nil || got.State != journal.Answered || got.Numbers.Acquirer != "ADYEN" || got.Timing.Total != 12*time.Millisecond || got.Amount.Value != "4200" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := j.Get(t.Context(), 99); !errors.Is(err, journal.ErrNotFound) {
		t.Errorf("an ID that is none: %v", err)
	}
}

// Whoever has the file has no card: not in the database, nor in its log.
func TestNoCardIsInTheFiles(t *testing.T) {
	folder := t.TempDir()
	j := open(t, filepath.Join(folder, "journal.db"))
	r := begin(t, j, "pay", payBody)
	must(t, j.End(t.Context(), r.ID, journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt, Answer: []byte(payAnswer), Note: "it said " + card, Result: apo.Result{Message: card}}))
	must(t, j.Resolve(t.Context(), r.ID, journal.Resolution{Outcome: apo.Succeeded, Note: "authorized with " + card, Code: card}))
	r = begin(t, j, "inquiryPayment", `{"paymentRequestId":"`+card+`"}`) // somebody asks by the card's number
	must(t, j.End(t.Context(), r.ID, journal.Ending{State: journal.Answered, Outcome: apo.Succeeded, Answer: []byte(`{"paymentRequestId":"` + card + `"}`)}))
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, name := range files {
		info, err := os.Stat(name)
		must(t, err)
		if info.IsDir() {
			continue
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o", name, info.Mode().Perm())
		}
		data, err := os.ReadFile(name)
		must(t, err)
		for _, secret := range []string{card, `"917"`, "ALIPAYtoken", `"35"`} {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("%s holds %s", name, secret)
			}
		}
	}
}

func TestWhoResolvesFirstKnew(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal.db"))
	r := begin(t, j, "pay", payBody)
	must(t, j.End(t.Context(), r.ID, journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt, Note: "no answer within 30s"}))
	asked := begin(t, j, "inquiryPayment", `{"paymentRequestId":"order-17"}`)
	must(t, j.End(t.Context(), asked.ID, journal.Ending{State: journal.Answered, Outcome: apo.Succeeded, Answer: []byte(payAnswer)}))
	authorized := journal.Resolution{Outcome: apo.Succeeded, By: asked.ID}
	for _, told := range []journal.Resolution{authorized, {Outcome: apo.Declined, Code: "DO_NOT_HONOR"}, {Outcome: apo.Pending, Note: "late"}, {Outcome: apo.Succeeded, Note: "late"}} {
		must(t, j.Resolve(t.Context(), r.ID, told))
	}
	got, err := j.Get(t.Context(), r.ID)
	if err != nil || got.State != journal.Resolved || got.Resolved != authorized || got.Outcome != apo.Succeeded {
		t.Errorf("%+v, %v", got, err)
	}
	if got.Numbers.PaymentID != "20250101194010890100111600255676857" {
		t.Errorf("what the inquiry told is not taken over: %+v", got.Numbers)
	}
}

// One of two who ask at once gives up a moment before the request arrives. What
// the other finds is not lost with that.
func TestWhatArrivesLateIsDone(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal.db"))
	r := begin(t, j, "pay", payBody)
	must(t, j.End(t.Context(), r.ID, journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt}))
	resolve := func(outcome apo.Outcome) { must(t, j.Resolve(t.Context(), r.ID, journal.Resolution{Outcome: outcome})) }
	resolve(apo.NeverArrived)
	resolve(apo.Declined)
	if got, err := j.Get(t.Context(), r.ID); err != nil || got.Outcome != apo.NeverArrived || got.Resolved.Outcome != apo.NeverArrived {
		t.Errorf("%+v, %v", got, err)
	}
	resolve(apo.Succeeded)
	if got, err := j.Get(t.Context(), r.ID); err != nil || got.Outcome != apo.Succeeded || got.Resolved.Outcome != apo.Succeeded {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestFilters(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	j, err := journal.Open(filepath.Join(t.TempDir(), "journal.db"), func() time.Time { now = now.Add(time.Hour); return now })
	must(t, err)
	defer j.Close()
	answered, doubt, asked := begin(t, j, "pay", payBody), begin(t, j, "capture", `{"captureRequestId":"c-1","paymentId":"p-1"}`), begin(t, j, "inquiryPayment", `{}`)
	must(t, j.End(t.Context(), answered.ID, journal.Ending{State: journal.Answered, Outcome: apo.Succeeded}))
	must(t, j.End(t.Context(), doubt.ID, journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt}))
	must(t, j.End(t.Context(), asked.ID, journal.Ending{State: journal.Answered, Outcome: apo.NotFound}))
	for name, c := range map[string]struct {
		filter journal.Filter
		want   []int64
	}{
		"all, the newest first": {journal.Filter{}, []int64{asked.ID, doubt.ID, answered.ID}},
		"the newest":            {journal.Filter{Limit: 1}, []int64{asked.ID}},
		"no inquiries":          {journal.Filter{Moving: true}, []int64{doubt.ID, answered.ID}},
		"open":                  {journal.Filter{Open: true}, []int64{doubt.ID}},
		"in doubt":              {journal.Filter{State: journal.InDoubt}, []int64{doubt.ID}},
		"failed":                {journal.Filter{Failed: true}, []int64{asked.ID, doubt.ID}},
		"since":                 {journal.Filter{Since: doubt.Time}, []int64{asked.ID, doubt.ID}},
		"before":                {journal.Filter{Before: doubt.Time}, []int64{answered.ID}},
		"of another profile":    {journal.Filter{Profile: "live"}, nil},
		"of an API":             {journal.Filter{Endpoint: "capture"}, []int64{doubt.ID}},
	} {
		list, err := journal.List(t.Context(), j, c.filter)
		var got []int64
		for _, r := range list {
			got = append(got, r.ID)
		}
		if err != nil || fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, %v; want %v", name, got, err, c.want)
		}
	}
	removed, err := j.Prune(t.Context(), now.Add(time.Hour))
	if err != nil || removed != 2 {
		t.Errorf("pruned %d, %v", removed, err)
	}
	if list, err := journal.List(t.Context(), j, journal.Filter{}); err != nil || len(list) != 1 || list[0].ID != doubt.ID {
		t.Errorf("what is in doubt was pruned: %v, %v", list, err)
	}
	if list, err := j.Find(t.Context(), "order-17"); err != nil || len(list) != 0 {
		t.Errorf("pruned, and still found: %v, %v", list, err)
	}
}

// Of a payment are the records that carry its own IDs, and those that know of it
// by a refund alone.
func TestOf(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal.db"))
	add := func(clientID, endpoint, request, answer string) int64 {
		r, err := j.Begin(t.Context(), journal.Record{Account: journal.Account{ClientID: clientID}, Endpoint: endpoint, Request: []byte(request)}, nil)
		must(t, err)
		must(t, j.End(t.Context(), r.ID, journal.Ending{State: journal.Answered, Outcome: apo.Succeeded, Answer: []byte(answer)}))
		return r.ID
	}
	var own, others []int64
	own = append(own, add("mine", "pay", `{"paymentRequestId":"A-1","order":{"referenceOrderId":"A-1"}}`, `{"paymentId":"2025"}`))
	others = append(others,
		add("mine", "pay", `{"paymentRequestId":"A-2","order":{"referenceOrderId":"A-1"}}`, `{"paymentId":"2026"}`),
		add("mine", "capture", `{"captureRequestId":"A-1","paymentId":"2026"}`, `{}`),
		add("other", "pay", `{"paymentRequestId":"A-1"}`, `{"paymentId":"2027"}`),
		add("other", "inquiryRefund", `{"refundRequestId":"r-1"}`, `{}`),
		add("mine", "refund", `{"refundRequestId":"r-1","paymentId":"2026"}`, `{}`),
		add("mine", "inquiryRefund", `{"refundRequestId":"r-2"}`, `{}`))
	own = append(own,
		add("mine", "capture", `{"captureRequestId":"c-1","paymentId":"2025"}`, `{}`),
		add("mine", "refund", `{"refundRequestId":"r-1","paymentId":"2025"}`, `{"refundId":"R"}`),
		add("mine", "inquiryRefund", `{"refundRequestId":"r-1"}`, `{"refundStatus":"SUCCESS"}`),
		add("mine", "inquiryPayment", `{"paymentRequestId":"A-1"}`, `{"result":{}}`),
		add("mine", "notifyRefund", `{}`, `{"refundRequestId":"r-1"}`))
	for name, n := range map[string]apo.Numbers{
		"by both": {PaymentID: "2025", PaymentRequestID: "A-1"}, "by none": {},
	} {
		list, err := j.Payment(t.Context(), "mine", n)
		var got []int64
		for _, r := range list {
			got = append(got, r.ID)
		}
		want := own
		if n == (apo.Numbers{}) {
			want = nil
		}
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, %v; want %v and not %v", name, got, err, want, others)
		}
	}
}

// IDs go up where times do not.
func TestSinceWhereTheClockWentBack(t *testing.T) {
	times := []time.Time{time.Unix(1000, 0), time.Unix(800, 0), time.Unix(1200, 0)}
	j, err := journal.Open(filepath.Join(t.TempDir(), "journal.db"), func() time.Time {
		defer func() { times = times[1:] }()
		return times[0]
	})
	must(t, err)
	defer j.Close()
	for range 3 {
		begin(t, j, "pay", `{}`)
	}
	list, err := journal.List(t.Context(), j, journal.Filter{Since: time.Unix(900, 0)})
	if err != nil || len(list) != 2 || list[0].ID != 3 || list[1].ID != 1 {
		t.Errorf("%+v, %v; want 3 and 1", list, err)
	}
}

// An authorization has an end until somebody captures it.
func TestAuthEnd(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal.db"))
	end := time.Date(2026, 12, 3, 1, 16, 46, 0, time.UTC)
	pay := begin(t, j, "pay", payBody)
	must(t, j.End(t.Context(), pay.ID, journal.Ending{State: journal.Answered, Outcome: apo.Succeeded, Answer: []byte(`{"paymentId":"p-1","authExpiryTime":"2026-12-02T17:16:46-08:00"}`)}))
	capture := begin(t, j, "capture", `{"captureRequestId":"c-1","paymentId":"p-1"}`)
	must(t, j.End(t.Context(), capture.ID, journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt}))
	if r, err := j.Get(t.Context(), pay.ID); err != nil || !r.AuthEnd.Equal(end) {
		t.Errorf("a capture in doubt: %v, %v; want %v", r.AuthEnd, err, end)
	}
	must(t, j.Resolve(t.Context(), capture.ID, journal.Resolution{Outcome: apo.Succeeded}))
	if r, err := j.Get(t.Context(), pay.ID); err != nil || !r.AuthEnd.IsZero() {
		t.Errorf("a capture that worked: %v, %v", r.AuthEnd, err)
	}
}

// Only a capture of this payment that worked ends the wait for one, and for good.
func TestAuthEndIsOfOnePayment(t *testing.T) {
	const ends = `"authExpiryTime":"2026-12-02T17:16:46-08:00"`
	answered := func(outcome apo.Outcome, answer string) journal.Ending {
		return journal.Ending{State: journal.Answered, Outcome: outcome, Answer: []byte(answer)}
	}
	for name, c := range map[string]struct {
		client, endpoint, request string
		end                       journal.Ending
		over                      bool
	}{
		"captured":                             {"SANDBOX_5Y", "capture", `{"captureRequestId":"c-1","paymentId":"p-1"}`, answered(apo.Succeeded, `{}`), true},
		"a capture that was declined":          {"SANDBOX_5Y", "capture", `{"captureRequestId":"c-1","paymentId":"p-1"}`, answered(apo.Declined, `{}`), false},
		"another's payment of the same ID":     {"SANDBOX_5Z", "cancel", `{"paymentRequestId":"order-17"}`, answered(apo.Succeeded, `{}`), false},
		"a payment that is named as its order": {"SANDBOX_5Y", "cancel", `{"paymentRequestId":"A-17"}`, answered(apo.Succeeded, `{"paymentId":"p-2"}`), false},
	} {
		j := open(t, filepath.Join(t.TempDir(), "journal.db"))
		pay := begin(t, j, "pay", payBody)
		must(t, j.End(t.Context(), pay.ID, answered(apo.Succeeded, `{"paymentId":"p-1",`+ends+`}`)))
		r, err := j.Begin(t.Context(), journal.Record{Account: journal.Account{ClientID: c.client}, Endpoint: c.endpoint, Request: []byte(c.request)}, nil)
		must(t, err)
		must(t, j.End(t.Context(), r.ID, c.end))
		asked := begin(t, j, "inquiryPayment", `{"paymentId":"p-1"}`) // whose books are behind
		must(t, j.End(t.Context(), asked.ID, answered(apo.Succeeded, `{"paymentId":"p-1","paymentStatus":"SUCCESS",`+ends+`}`)))
		if r, err := j.Get(t.Context(), pay.ID); err != nil || r.AuthEnd.IsZero() != c.over {
			t.Errorf("%s: ends %v, %v", name, r.AuthEnd, err)
		}
		list, err := journal.List(t.Context(), j, journal.Filter{AuthEnd: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil || (len(list) == 0) != c.over {
			t.Errorf("%s: %d wait, %v", name, len(list), err)
		}
	}
}

// What was declined, or is not known to be authorized, waits for no capture.
func TestNothingToCapture(t *testing.T) {
	const answer = `{"paymentId":"p-1","paymentStatus":"%s","authExpiryTime":"2026-12-02T17:16:46-08:00"}`
	j := open(t, filepath.Join(t.TempDir(), "journal.db"))
	declined := begin(t, j, "pay", payBody)
	must(t, j.End(t.Context(), declined.ID, journal.Ending{State: journal.Answered, Outcome: apo.Declined, Answer: fmt.Appendf(nil, answer, "FAIL")}))
	begin(t, j, "pay", payBody) // and its answer is yet to come
	asked := begin(t, j, "inquiryPayment", `{"paymentRequestId":"order-17"}`)
	must(t, j.End(t.Context(), asked.ID, journal.Ending{State: journal.Answered, Outcome: apo.Succeeded, Answer: fmt.Appendf(nil, answer, "PROCESSING")}))
	if list, err := journal.List(t.Context(), j, journal.Filter{AuthEnd: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}); err != nil || len(list) > 0 {
		t.Errorf("%+v, %v", list, err)
	}
}

// What still waits for a capture is not pruned, for log watch tells of it.
func TestPruneKeepsWhatWaitsForACapture(t *testing.T) {
	now := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	j, err := journal.Open(filepath.Join(t.TempDir(), "journal.db"), func() time.Time { return now })
	must(t, err)
	defer j.Close()
	pay := begin(t, j, "pay", payBody)
	must(t, j.End(t.Context(), pay.ID, journal.Ending{State: journal.Answered, Outcome: apo.Succeeded, Answer: []byte(`{"paymentId":"p-1","authExpiryTime":"2026-12-02T17:16:46-08:00"}`)}))
	for _, c := range []struct {
		when    time.Time
		removed int64
	}{{now.Add(48 * time.Hour), 0}, {now.Add(72 * time.Hour), 1}} {
		now = c.when
		if removed, err := j.Prune(t.Context(), now); err != nil || removed != c.removed {
			t.Errorf("on %s: removed %d, %v; want %d", now, removed, err, c.removed)
		}
	}
}

// Somebody else may have captured it, or given it back: nobody need hurry then.
func TestAuthEndIsToldByOthers(t *testing.T) {
	captured := `{"paymentId":"p-1","notifyType":"CAPTURE_RESULT","result":{"resultStatus":"S",`
	books := `{"paymentId":"p-1","paymentStatus":"%s","authExpiryTime":"2026-12-02T17:16:46-08:00","paymentAmount":{"currency":"SGD","value":"4200"},"transactions":[{"transactionType":"CAPTURE","transactionStatus":"%s","transactionAmount":{"currency":"SGD","value":"4200"}}]}`
	for name, c := range map[string]struct {
		endpoint, status, answer string
		over                     bool
	}{
		"an inquiry of a captured one":  {"inquiryPayment", "S", fmt.Sprintf(books, "SUCCESS", "SUCCESS"), true},
		"an inquiry of a cancelled one": {"inquiryPayment", "S", fmt.Sprintf(books, "CANCELLED", "FAIL"), true},
		"a capture that failed":         {"inquiryPayment", "S", fmt.Sprintf(books, "SUCCESS", "FAIL"), false},
		"a notification":                {"notifyCapture", "S", captured + `"resultCode":"SUCCESS"}}`, true},
		"a notification of two things":  {"notifyCapture", "S", captured + `"resultCode":"AUTH_EXPIRED"}}`, false},
		"a notification of a failure":   {"notifyCapture", "F", `{"paymentId":"p-1","notifyType":"CAPTURE_RESULT","result":{"resultStatus":"F","resultCode":"PROCESS_FAIL"}}`, false},
	} {
		j := open(t, filepath.Join(t.TempDir(), "journal.db"))
		pay := begin(t, j, "pay", payBody)
		must(t, j.End(t.Context(), pay.ID, journal.Ending{State: journal.Answered, Outcome: apo.Succeeded, Answer: []byte(`{"paymentId":"p-1","authExpiryTime":"2026-12-02T17:16:46-08:00"}`)}))
		told := begin(t, j, c.endpoint, `{"paymentId":"p-1"}`)
		must(t, j.End(t.Context(), told.ID, journal.Ending{State: journal.Answered, Outcome: apo.Succeeded, Result: apo.Result{Status: c.status}, Answer: []byte(c.answer)}))
		if r, err := j.Get(t.Context(), pay.ID); err != nil || r.AuthEnd.IsZero() != c.over {
			t.Errorf("%s: ends %v, %v", name, r.AuthEnd, err)
		}
	}
}

func TestEachAndOutcomes(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal.db"))
	for range 3 {
		r := begin(t, j, "pay", payBody)
		must(t, j.End(t.Context(), r.ID, journal.Ending{
			State: journal.Answered, Outcome: apo.Declined, Answer: []byte(payAnswer), Result: apo.Result{Code: "RISK_REJECT"}, Timing: apo.Timing{Total: time.Second},
		}))
	}
	for r, err := range j.Records(t.Context(), journal.Filter{}) {
		if err != nil || r.ID != 3 || len(r.Answer) == 0 {
			t.Errorf("the newest: %+v, %v", r, err)
		}
		break
	}
	// Whoever breaks off leaves the journal to others.
	outcomes := 0
	for r, err := range j.Outcomes(t.Context(), journal.Filter{Endpoint: "pay", Limit: 2}) {
		outcomes++
		if err != nil || r.Endpoint != "pay" || r.Numbers.Acquirer != "ADYEN" || r.State != journal.Answered || r.Result.Code != "RISK_REJECT" || r.Outcome != apo.Declined || r.Timing.Total != time.Second {
			t.Errorf("%+v, %v", r, err)
		}
	}
	if outcomes != 2 {
		t.Errorf("%d outcomes, want 2", outcomes)
	}
	must(t, j.Close())
	errs := 0
	for _, err := range j.Records(t.Context(), journal.Filter{}) {
		if err == nil {
			t.Error("a journal that is closed tells something")
		}
		errs++
	}
	if errs != 1 {
		t.Errorf("%d errors of a journal that is closed, want 1", errs)
	}
}

func TestManyAtOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal.db")
	var all sync.WaitGroup
	const writers, calls = 6, 20
	for range writers {
		all.Go(func() {
			j, err := journal.Open(file, time.Now)
			if err != nil {
				t.Error(err)
				return
			}
			defer j.Close()
			for range calls {
				r, err := j.Begin(t.Context(), journal.Record{Endpoint: "pay", Request: []byte(payBody)}, nil)
				if err == nil {
					err = j.End(t.Context(), r.ID, journal.Ending{State: journal.Answered, Outcome: apo.Succeeded})
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	list, err := journal.List(t.Context(), open(t, file), journal.Filter{State: journal.Answered})
	if err != nil || len(list) != writers*calls {
		t.Errorf("%d records, %v; want %d", len(list), err, writers*calls)
	}
}

// Many begin one journal at the same moment. SQLite does not wait for the one
// that makes it a journal with a log.
func TestManyBeginAJournal(t *testing.T) {
	folder := t.TempDir()
	for round := range 10 {
		file := filepath.Join(folder, fmt.Sprint(round), "journal.db")
		var all sync.WaitGroup
		begin := make(chan bool)
		for range 8 {
			all.Go(func() {
				<-begin
				j, err := journal.Open(file, time.Now)
				if err != nil {
					t.Error(err)
					return
				}
				j.Close()
			})
		}
		close(begin)
		if all.Wait(); t.Failed() {
			return
		}
	}
}

func TestJournalsThatCannotBeUsed(t *testing.T) {
	folder := t.TempDir()
	damaged := filepath.Join(folder, "damaged.db")
	must(t, os.WriteFile(damaged, bytes.Repeat([]byte("no database "), 500), 0o600))
	inside := filepath.Join(folder, "inside.db")
	j, err := journal.Open(inside, time.Now)
	must(t, err)
	must(t, j.Close())
	data, err := os.ReadFile(inside)
	must(t, err)
	for i := 4096; i < len(data); i++ {
		data[i] = 0xff
	}
	must(t, os.WriteFile(inside, data, 0o600))
	format := filepath.Join(folder, "format.db")
	data[18], data[19], data[47] = 9, 9, 9 // versions of the file's format
	must(t, os.WriteFile(format, data, 0o600))
	kept := filepath.Join(folder, "kept.db")
	must(t, os.WriteFile(kept, nil, 0o400))
	closed := filepath.Join(folder, "closed")
	must(t, os.Mkdir(closed, 0o500))
	for name, c := range map[string]struct{ file, want string }{
		"no database":           {damaged, "it is damaged; move it away"},
		"a folder":              {folder, "is a directory"},
		"under a file":          {filepath.Join(damaged, "journal.db"), "not a directory"},
		"damaged further":       {inside, "it is damaged"},
		"another format":        {format, "it is damaged"},
		"read-only":             {kept, "it cannot be written"},
		"in a read-only folder": {filepath.Join(closed, "journal.db"), "it cannot be written"},
	} {
		j, err := journal.Open(c.file, time.Now)
		if err == nil {
			_, err = j.Begin(t.Context(), journal.Record{Endpoint: "pay"}, nil)
			j.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.file) {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
	}
}

// Somebody may have copied a journal, or unpacked it, for all to read. Reached by
// a link it is the same one, and whoever sends is seen to live.
func TestTheJournalIsForItsOwnersEyesAndOne(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal.db")
	r := begin(t, open(t, file), "pay", payBody)
	all := []string{file, file + "-wal", file + "-shm"}
	for _, name := range all {
		must(t, os.Chmod(name, 0o644))
	}
	link := filepath.Join(t.TempDir(), "link.db")
	must(t, os.Symlink(file, link))
	j := open(t, link)
	for _, name := range all {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	if got, err := j.Get(t.Context(), r.ID); err != nil || !got.InFlight {
		t.Errorf("through a link: %v; the sender of record %d seems dead", err, r.ID)
	}
}

// The newest records are in the log alone. SQLite removes a log whose file is
// gone, and with it payments in doubt.
func TestALogIsNotLostWithItsFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal.db")
	j := open(t, file)
	r := begin(t, j, "pay", payBody)
	for _, gone := range []func() error{
		func() error { return os.Rename(file, file+".kept") },
		func() error { return os.WriteFile(file, nil, 0o600) },
	} {
		must(t, gone())
		if _, err := journal.Open(file, time.Now); err == nil || !strings.Contains(err.Error(), "its newest records are in the file beside it") {
			t.Errorf("a log without its file: %v", err)
		}
	}
	must(t, os.Rename(file+".kept", file))
	again := open(t, file)
	if got, err := again.Get(t.Context(), r.ID); err != nil || got.Numbers.PaymentRequestID != "order-17" {
		t.Errorf("put back: %+v, %v", got, err)
	}
}

// A request about a dispute or a saved card is found by its own ID.
func TestOtherRequestsShareTheirIDs(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal.db"))
	for i, body := range []string{`{"disputeId":"d-1"}`, `{"vaultingRequestId":"v-1"}`, `{"updateRequestId":"u-1"}`, `{"disputeId":"d-1"}`, `{"vaultingRequestId":"v-1"}`, `{"updateRequestId":"u-1"}`} {
		_, err := j.Begin(t.Context(), journal.Record{Endpoint: "acceptDispute", Request: []byte(body)}, func(earlier []journal.Record) error {
			if want := i / 3; len(earlier) != want {
				t.Errorf("%s: %d earlier, want %d", body, len(earlier), want)
			}
			return nil
		})
		must(t, err)
	}
}

// A journal that cannot be read any more is an error of every question.
func TestAskedAfterItsEnd(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal.db"))
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	n := apo.Numbers{PaymentRequestID: "order-1"}
	if list, err := j.Sharing(t.Context(), "SANDBOX_5Y", n); err == nil {
		t.Errorf("shares %d records", len(list))
	}
	if list, err := j.Payment(t.Context(), "SANDBOX_5Y", n); err == nil {
		t.Errorf("has %d records of the payment", len(list))
	}
}
