package journal_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/notify"
)

const (
	signature = "algorithm=RSA256,keyVersion=1,signature=sB2zAFCHJt3zEbGDnyPGE4kzJ7ISCnRE%2BFHbzLu"
	newsBody  = `{"notifyType":"PAYMENT_RESULT","result":{"resultStatus":"S","resultCode":"SUCCESS"},"paymentRequestId":"order-17",` +
		`"paymentId":"20250101194010890100111600255676857","paymentAmount":{"currency":"SGD","value":"4200"},` +
		`"acquirerInfo":{"acquirerName":"ADYEN","acquirerTransactionId":"T-1"},"paymentResultInfo":{"cardNo":"************0768","cardBrand":"VISA"}}`
)

// news is a notification that verified.
func news(requestTime, body string) journal.Reception {
	return journal.Reception{
		Time: time.UnixMilli(1764145800123), Account: journal.Account{Profile: "sg", Mode: "SANDBOX", ClientID: "SANDBOX_5Y"},
		Method: "POST", Target: "/hooks/apo?shop=1", Body: []byte(body),
		Headers: []journal.Header{
			{"host", "shop.example"},
			{"Client-Id", "SANDBOX_5Y"},
			{"Request-Time", requestTime},
			{"Signature", signature},
			{"X-Twice", "a"},
			{"X-Twice", "b: c"},
			{"X-Latin", "\xe9"},
			{"X-Empty", ""},
		},
		Verified: true, Kind: notify.KindPaymentResult, Notice: journal.Notice{Type: "PAYMENT_RESULT", Time: requestTime},
		Result: apo.Result{Status: "S", Code: "SUCCESS"}, Amount: apo.Amount{Currency: "SGD", Value: "4200"},
	}
}

// forged is a message that did not verify.
func forged(body string) journal.Reception {
	r := news("2025-11-26T00:31:00-08:00", body)
	r.Verified, r.Cause = false, "body-changed"
	return r
}

func take(t *testing.T, j *journal.SQLite, came ...journal.Reception) []journal.Reception {
	t.Helper()
	took, err := j.Take(t.Context(), came)
	must(t, err)
	return took
}

func receptions(t *testing.T, j *journal.SQLite, records ...int64) []journal.Reception {
	t.Helper()
	list, err := j.Receptions(t.Context(), records...)
	must(t, err)
	return list
}

// Each reception has a number in the log: a notification that of its own record,
// however often it comes, and whatever else came one of its own. What is sent again at
// another time has another record, and is counted with the first.
func TestTake(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal.db"))
	other := news("1", newsBody)
	other.OtherClient, other.Cause = true, "other-client"
	again := news("1", newsBody)
	again.Stale, again.Target = true, "/again"
	type got struct {
		record  int64
		attempt int
		fresh   bool
		masked  journal.Masked
	}
	var all []got
	for _, batch := range [][]journal.Reception{
		{news("1", newsBody), again, forged(newsBody)},
		{news("1", newsBody), news("2", newsBody), other},
		{news("1", `{"disputeId":"D-1"}`), news("1", ``), news("1", ``), forged(``)},
	} {
		for i, r := range take(t, j, batch...) {
			if batch[i].ID != 0 || !bytes.Equal(r.Body, batch[i].Body) || r.ID != int64(len(all)+1) {
				t.Errorf("what was handed in is changed, or ID %d", r.ID)
			}
			all = append(all, got{r.Record, r.Attempt, r.Fresh, r.Masked})
		}
	}
	want := []got{
		{1, 1, true, ""},
		{1, 2, false, ""},
		{2, 1, false, "unverified"},
		{1, 3, false, ""},
		{3, 4, true, ""},
		{4, 1, false, ""},
		{5, 1, true, ""},
		{6, 1, true, ""},
		{6, 2, false, ""},
		{7, 1, false, "unverified"},
	}
	if !slices.Equal(all, want) {
		t.Errorf("took\n%+v, want\n%+v", all, want)
	}

	record, fresh, err := j.Receive(t.Context(), journal.Record{
		Account: journal.Account{ClientID: "SANDBOX_5Y"}, Endpoint: "notifyPayment", Notice: journal.Notice{Type: "PAYMENT_RESULT", Time: "1"},
		Ending: journal.Ending{Verification: "verified", Answer: []byte(newsBody)},
	})
	if err != nil || fresh || record.ID != 1 || record.Card != "VISA 0768" || record.Numbers.AcquirerTransactionID != "T-1" || !record.IsNews() {
		t.Errorf("what was taken is received again: %+v, fresh %v, %v", record, fresh, err)
	}
	_, fresh, err = j.Receive(t.Context(), journal.Record{
		Account: journal.Account{ClientID: "SANDBOX_5Y"}, Endpoint: "notifyPayment", Notice: journal.Notice{Type: "PAYMENT_RESULT", Time: "3"},
		Ending: journal.Ending{Verification: "verified", Answer: []byte(newsBody)},
	})
	must(t, err)
	if r := take(t, j, news("3", newsBody))[0]; !fresh || r.Fresh || r.Record != 8 || r.Attempt != 5 {
		t.Errorf("what was received before is taken: %+v", r)
	}
	if list, err := j.Find(t.Context(), "D-1"); err != nil || len(list) != 1 || list[0].ID != 5 {
		t.Errorf("by a dispute's number: %+v, %v", list, err)
	}
	if took, err := j.Take(t.Context(), nil); err != nil || took != nil {
		t.Errorf("nothing came: %v, %v", took, err)
	}
}

// What came is there as it came, with what became of its deliveries.
func TestReceptions(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal.db"))
	first := news("1", newsBody)
	second := news("1", newsBody)
	second.Stale = true
	took := take(t, j, first, second, news("2", newsBody), forged(`{"a":1}`))
	deliveries := []journal.Delivery{
		{took[1].ID, time.UnixMilli(1764145801000), "http://127.0.0.1:3000/hook", 500, []byte("no"), false, "HTTP 500", 12 * time.Millisecond, false},
		{took[0].ID, time.UnixMilli(1764145802000), "http://127.0.0.1:3000/hook", 0, nil, false, "no answer", 0, true},
		{took[1].ID, time.UnixMilli(1764145803000), "http://127.0.0.1:3000/hook", 200, []byte(`{}`), true, "", time.Second, false},
		{4711, time.UnixMilli(1764145803000), "", 200, nil, true, "", 0, false}, // pruned meanwhile
	}
	must(t, j.Delivered(t.Context(), deliveries))
	must(t, j.Delivered(t.Context(), nil))

	for i := range took {
		took[i].Fresh, took[i].Others = false, 0
	}
	took[0].Deliveries, took[1].Deliveries = deliveries[1:2], []journal.Delivery{deliveries[0], deliveries[2]}
	took[3].Notice, took[3].Result, took[3].Amount = journal.Notice{}, apo.Result{}, apo.Amount{}
	if got := receptions(t, j, took[0].Record); !reflect.DeepEqual(got, took[:2]) {
		t.Errorf("of one:\n%+v, want\n%+v", got, took[:2])
	}
	if got := receptions(t, j, 3, 1, 2); !reflect.DeepEqual(got, took) {
		t.Errorf("of all:\n%+v, want\n%+v", got, took)
	}
	if got := receptions(t, j); got != nil {
		t.Errorf("of none: %+v", got)
	}
}

// Of a notification that somebody sent without end the newest receptions are there.
func TestReceptionsWithoutEnd(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal.db"))
	took := take(t, j, slices.Repeat([]journal.Reception{news("1", newsBody)}, journal.MostReceptions+5)...)
	must(t, j.Delivered(t.Context(), []journal.Delivery{{Reception: took[0].ID}, {Reception: took[len(took)-1].ID}}))
	list := receptions(t, j, took[0].Record)
	if last := list[len(list)-1]; len(list) != journal.MostReceptions || list[0].Attempt != 6 || last.Attempt != len(took) || len(last.Deliveries) != 1 {
		t.Errorf("%d receptions, from attempt %d to %d", len(list), list[0].Attempt, last.Attempt)
	}
}

// What did not verify, and what is another client's, is nobody's news: no number
// leads to it, and it counts nowhere.
func TestWhatIsNoNewsIsNotTakenForNews(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal.db"))
	r := begin(t, j, "pay", payBody)
	must(t, j.End(t.Context(), r.ID, journal.Ending{State: journal.Answered, Outcome: apo.Succeeded, Verification: "verified", Answer: []byte(payAnswer)}))
	other := news("1", newsBody)
	other.OtherClient = true
	failed := strings.ReplaceAll(newsBody, `"S"`, `"F"`)
	took := take(t, j, forged(failed), forged(newsBody), other)

	list, err := journal.List(t.Context(), j, journal.Filter{})
	if err != nil || len(list) != 4 {
		t.Fatalf("%d records, %v", len(list), err)
	}
	for i, want := range []string{"verified", "untrusted", "untrusted"} {
		r := list[i]
		if r.Endpoint != "notify" || !r.Reads || r.State != journal.Answered || r.Verification != want ||
			r.Numbers != (apo.Numbers{}) ||
			len(r.Answer) > 0 || r.Result != (apo.Result{}) || r.Notice != (journal.Notice{}) || !r.Amount.IsZero() || r.Outcome != "" || r.IsNews() {
			t.Errorf("record %d: %+v", r.ID, r)
		}
	}
	for _, number := range []string{"order-17", "20250101194010890100111600255676857", "T-1"} {
		if found, err := j.Find(t.Context(), number); err != nil || len(found) != 1 || found[0].ID != 1 {
			t.Errorf("%s finds %+v, %v", number, found, err)
		}
	}
	must(t, j.Release(t.Context(), r.ID))
	_, err = j.Begin(t.Context(), journal.Record{Account: r.Account, Endpoint: "pay", Request: []byte(payBody)}, func(earlier []journal.Record) error {
		if len(earlier) != 1 {
			t.Errorf("a guard is given %+v", earlier)
		}
		return errInUse
	})
	if err != errInUse {
		t.Fatal(err)
	}
	payment, err := j.Payment(t.Context(), "SANDBOX_5Y", apo.Numbers{PaymentRequestID: "order-17", PaymentID: "20250101194010890100111600255676857"})
	if err != nil || len(payment) != 1 {
		t.Errorf("of the payment there are %+v, %v", payment, err)
	}
	sum, err := journal.AddUp(j.Outcomes(t.Context(), journal.Filter{}))
	if err != nil || len(sum.Groups) != 1 || sum.Groups[0].Calls != 1 {
		t.Errorf("statistics: %+v, %v", sum, err)
	}
	if alerts, err := journal.Alerts(t.Context(), j, "", time.Now(), time.Hour); err != nil || len(alerts) != 0 {
		t.Errorf("alerts: %+v, %v", alerts, err)
	}
	if calls, err := journal.List(t.Context(), j, journal.Filter{Called: true}); err != nil || len(calls) != 1 || calls[0].ID != 1 {
		t.Errorf("calls: %+v, %v", calls, err)
	}
	for _, f := range []journal.Filter{{Called: true}, {Moving: true}} {
		if f.Wants(list[0]) || !f.Wants(list[3]) {
			t.Errorf("%+v wants what came, or not what was sent", f)
		}
	}
	f := journal.Filter{Failed: true}
	unproven, err := journal.List(t.Context(), j, f)
	if err != nil || len(unproven) == 0 {
		t.Errorf("failed: %+v, %v", unproven, err)
	}
	for _, r := range append(unproven, list...) {
		unverified := r.IsNotification() && r.Verification != "verified"
		if listed := slices.ContainsFunc(unproven, func(other journal.Record) bool { return other.ID == r.ID }); listed != unverified || f.Wants(r) != unverified {
			t.Errorf("listed %t, wanted %t: %+v", listed, f.Wants(r), r)
		}
	}
	if called, err := journal.List(t.Context(), j, journal.Filter{Failed: true, Moving: true}); err != nil || len(called) != 0 {
		t.Errorf("failed calls: %+v, %v", called, err)
	}
	must(t, j.Delivered(t.Context(), []journal.Delivery{{Reception: took[0].ID, Status: 401}, {Reception: took[2].ID, Status: 401}}))
	for r, err := range j.NotReceived(t.Context(), time.Time{}) {
		t.Errorf("it is to be sent again: %+v, %v", r, err)
	}
}

// Of a notification that no target ever received the newest reception is there,
// once, however often it was delivered.
func TestNotReceived(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal.db"))
	at := time.UnixMilli(1764145800000)
	of := func(id, requestTime string) journal.Reception {
		return news(requestTime, strings.Replace(newsBody, "order-17", id, 1))
	}
	took := take(t, j,
		of("received", "1"), of("again", "1"), of("never", "1"), of("not delivered", "1"), of("again", "2"), of("long ago", "1"), of("received later", "1"),
		of("received later", "2"))
	for _, d := range []journal.Delivery{
		{Reception: took[0].ID, Time: at, Status: 200, Received: true},
		{Reception: took[1].ID, Time: at, Status: 500},
		{Reception: took[1].ID, Time: at.Add(time.Second), Status: 500},
		{Reception: took[2].ID, Time: at, Why: "no answer"},
		{Reception: took[5].ID, Time: at.Add(-time.Hour), Status: 500},
		{Reception: took[6].ID, Time: at, Status: 500},
		{Reception: took[7].ID, Time: at.Add(time.Second), Status: 200, Received: true},
	} {
		must(t, j.Delivered(t.Context(), []journal.Delivery{d}))
	}
	for _, c := range []struct {
		since time.Time
		want  []int64
	}{
		{at, []int64{took[2].ID, took[4].ID}},
		{at.Add(time.Millisecond), []int64{took[4].ID}},
		{time.Time{}, []int64{took[2].ID, took[4].ID, took[5].ID}},
		{at.Add(time.Hour), nil},
	} {
		var got []int64
		for r, err := range j.NotReceived(t.Context(), c.since) {
			must(t, err)
			if got = append(got, r.ID); string(r.Body) != string(took[r.ID-1].Body) || len(r.Headers) != 8 || r.ClientID != "SANDBOX_5Y" {
				t.Errorf("%+v", r)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("since %v: %v, want %v", c.since, got, c.want)
		}
	}
}

// Neither card data nor a key to anything is in the file, in whatever part of a
// message it came; nor what could be computed of a body that holds one. Why a body
// is not as it came is said.
func TestInboxKeepsNoSecret(t *testing.T) {
	folder := t.TempDir()
	j := open(t, filepath.Join(folder, "journal.db"))
	withCard := strings.Replace(newsBody, "************0768", card, 1)
	packed := `{"isBase64Encoded":true,"body":"eyJjYXJkTm8iOiI0MDU0Njk1NzIzMTAwNzY4IiwiY3Z2IjoiOTE3In0="}`
	token := `{"vaultingRequestId":"V-1","vaultingStatus":"SUCCESS","paymentMethodDetail":{"card":{"cardToken":"ALIPAYtokentoken"}}}`
	for _, c := range []struct {
		name   string
		came   journal.Reception
		masked journal.Masked
		whole  bool // the body is as it came
		signed bool // its signature and digest are kept
	}{
		{"verified", news("1", newsBody), "", true, true},
		{"verified, with a card", news("1", withCard), journal.MaskedCard, false, false},
		{"verified, with a token", news("1", token), journal.MaskedSecret, false, false},
		{"unverified", forged(newsBody), journal.MaskedUnverified, true, true},
		{"unverified, with a card", forged(withCard), journal.MaskedUnverified, false, false},
		{"unverified, no JSON", forged("cardNo=4054%36957%32310%30768&cvv=917"), journal.MaskedUnverified, false, false},
		{"unverified, packed", forged(packed), journal.MaskedUnverified, false, false},
		{"unverified, long", forged(newsBody + strings.Repeat(" ", 100<<10) + card), journal.MaskedUnverified, false, false},
	} {
		for _, name := range []string{"authorization", "Proxy-Authorization", "COOKIE", "Set-Cookie", "x-api-key", "X-Amz-Security-Token", "Agent-Token", "X-Shop-Secret"} {
			c.came.Headers = append(c.came.Headers, journal.Header{Name: name, Value: "let-me-in"})
		}
		c.came.Headers = append(c.came.Headers, journal.Header{Name: "Content-Digest", Value: "sha-256=:digestOfTheBody:"},
			journal.Header{Name: "X-Note", Value: card}, journal.Header{Name: "X-" + card, Value: "1"}, journal.Header{Name: "X-Split", Value: "a\r\nAuthorization: b"})
		c.came.Target = "/hook?cardNo=" + card + "&cvv=917"
		took := take(t, j, c.came)[0]
		must(t, j.Delivered(t.Context(), []journal.Delivery{{
			Reception: took.ID, URL: "https://let-me-in:let-me-in@shop.example/hook?cardNo=" + card, Why: "body " + card,
			Answer: []byte(strings.Repeat("x", 4<<10-8) + card + strings.Repeat("y", 1<<20)),
		}}))
		list := receptions(t, j, took.Record)
		got := list[len(list)-1]
		if took.Masked != c.masked || got.Masked != c.masked {
			t.Errorf("%s: masked %q and %q, want %q", c.name, took.Masked, got.Masked, c.masked)
		}
		if bytes.Equal(got.Body, c.came.Body) != c.whole {
			t.Errorf("%s: the body is %.300s", c.name, got.Body)
		}
		if len(got.Headers) != len(c.came.Headers) || (got.Headers[3].Value == signature) != c.signed || (got.Headers[16].Value == "sha-256=:digestOfTheBody:") != c.signed {
			t.Errorf("%s: headers %q", c.name, got.Headers)
		}
		for i, h := range got.Headers[:16] {
			if want := c.came.Headers[i]; i < 8 && i != 3 && h != want || i >= 8 && (h.Name != want.Name || h.Value != "***") {
				t.Errorf("%s: %q, want %q", c.name, h, want)
			}
		}
		if d := got.Deliveries[0]; len(d.Answer) != 4<<10 || d.URL == "" {
			t.Errorf("%s: delivery to %q, %d bytes", c.name, d.URL, len(d.Answer))
		}
	}
	must(t, j.Close())
	for _, secret := range []string{card, "let-me-in", "917", "ALIPAYtoken", "%36957", "eyJjYXJk", "40546957"} {
		files, err := filepath.Glob(filepath.Join(folder, "journal.db*"))
		must(t, err)
		for _, name := range files {
			if data, err := os.ReadFile(name); err == nil && bytes.Contains(data, []byte(secret)) {
				t.Errorf("%s holds %s", filepath.Base(name), secret)
			}
		}
	}
}

// Whatever a message says of itself may be a card's number: what was signed, too.
func TestInboxKeepsNoNumberThatWasSigned(t *testing.T) {
	folder := t.TempDir()
	j := open(t, filepath.Join(folder, "journal.db"))
	long := strings.Repeat("MIIaB9%2B", 40)
	came := news(card, strings.Replace(newsBody, "************0768", `40\u0035`+card[3:], 1))
	came.Notice.Type, came.Amount.Value = card, card
	came.Headers = []journal.Header{
		{"Client-Id", card},
		{"Request-Time", card},
		{"Signature", "algorithm=RSA256,keyVersion=" + card + ",signature=" + card},
		{"X-Request-Id", card},
	}
	other := came
	other.OtherClient = true
	plain := news("2025-11-26T00:31:00-08:00", newsBody)
	plain.Headers = []journal.Header{{"Client-Id", "SANDBOX_5YAPO00000000001"}, {"Request-Time", "1764145800123"}, {"Signature", "algorithm=RSA256,keyVersion=1,signature=" + long}}
	forged := forged(newsBody)
	forged.Headers = came.Headers
	for i, c := range []journal.Reception{came, other, forged, plain, came} {
		took := take(t, j, c)[0]
		list := receptions(t, j, took.Record)
		if got := list[len(list)-1]; i == 3 && !reflect.DeepEqual(got.Headers, plain.Headers) {
			t.Errorf("headers without a number: %q", got.Headers)
		}
		if i == 4 && (took.Fresh || took.Attempt != 2) {
			t.Error("it is not known again")
		}
	}
	must(t, j.Close())
	data, err := os.ReadFile(filepath.Join(folder, "journal.db"))
	must(t, err)
	if at := bytes.Index(data, []byte(card)); at >= 0 || bytes.Contains(data, []byte(`\u0035`)) {
		t.Errorf("it holds the number, or its escape: %q", data[max(at-80, 0):max(at, 0)])
	}
}

// Many take the same notifications at once: each is fresh once, and counted through.
func TestTakeAtOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal.db")
	const takers, kinds, times = 4, 5, 6
	var mu sync.Mutex
	fresh, attempts := map[int64]int{}, map[string]int{}
	var all sync.WaitGroup
	for range takers {
		j := open(t, file)
		all.Go(func() {
			for range times {
				var batch []journal.Reception
				for i := range kinds {
					batch = append(batch, news(fmt.Sprint(i), newsBody))
				}
				took, err := j.Take(t.Context(), batch)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				for _, r := range took {
					attempts[fmt.Sprint(r.Record, r.Attempt)]++
					if r.Fresh {
						fresh[r.Record]++
					}
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if len(fresh) != kinds || len(attempts) != takers*kinds*times {
		t.Errorf("fresh %v; %d attempts, want %d", fresh, len(attempts), takers*kinds*times)
	}
	for key, n := range attempts {
		if n != 1 {
			t.Errorf("attempt %s was counted %d times", key, n)
		}
	}
}

// Receptions go with their record, however many there are.
func TestPruneReceptions(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal.db"))
	young := news("young", `{"paymentId":"2025"}`)
	young.Time = time.Now()
	took := take(t, j, news("old", newsBody), news("old", newsBody), forged(newsBody), young, young, news("old", `{"disputeId":"D-1"}`))
	for _, r := range took {
		must(t, j.Delivered(t.Context(), []journal.Delivery{{Reception: r.ID}, {Reception: r.ID}}))
	}
	removed, err := j.Prune(t.Context(), time.UnixMilli(1764145800124))
	if err != nil || removed != 3 {
		t.Fatalf("%d removed, %v", removed, err)
	}
	if list := receptions(t, j, 1, 2, 3, 4); len(list) != 2 || list[0].Record != took[3].Record || len(list[0].Deliveries) != 2 {
		t.Errorf("%+v", list)
	}
	if again := take(t, j, news("old", newsBody))[0]; !again.Fresh || again.Attempt != 1 {
		t.Errorf("%+v", again)
	}
}
