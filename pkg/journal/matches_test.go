package journal

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// written writes a call down that was answered.
func written(t *testing.T, j *SQLite, r Record, answer string) {
	t.Helper()
	r.Account = Account{Profile: "sg", Mode: "SANDBOX", ClientID: "c"}
	r, err := j.Begin(t.Context(), r, nil)
	must(t, err)
	outcome := apo.Succeeded
	if r.Outcome != "" {
		outcome = r.Outcome
	}
	must(t, j.End(t.Context(), r.ID, Ending{State: Answered, Outcome: outcome, Answer: []byte(answer)}))
}

// A number leads to its payment by whichever way is the best that there is: as it is
// written, in another case, by its beginning.
func TestLookup(t *testing.T) {
	j, err := Open(filepath.Join(t.TempDir(), "journal.db"), time.Now)
	must(t, err)
	defer j.Close()
	pay := func(request, order, answer string) {
		written(t, j, Record{Endpoint: "pay", Card: "VISA 0768", Amount: apo.Amount{Currency: "SGD", Value: "4200"}, Numbers: apo.Numbers{PaymentRequestID: request, ReferenceOrderID: order}}, answer)
	}
	pay("order-1", "A-1", `{"paymentId":"2026111","acquirerInfo":{"acquirerTransactionId":"T-1"},"paymentResultInfo":{"networkTransactionId":"5704","rrn":"633512345678"}}`)
	pay("order-10", "A-2", `{"paymentId":"2026112"}`)
	pay("ORDER-2", "Shared", `{"paymentId":"2027113"}`)
	pay("order-3", "shared", `{"paymentId":"2027114"}`)
	pay("order-4", "Shared", `{"paymentId":"2028115"}`)
	written(t, j, Record{Endpoint: "capture", Numbers: apo.Numbers{PaymentID: "2026111", CaptureRequestID: "c-1"}}, `{"captureId":"2029001"}`)
	written(t, j, Record{Endpoint: "refund", Numbers: apo.Numbers{PaymentID: "2026111", RefundRequestID: "r-1"}}, `{"refundId":"2029002"}`)
	_, _, err = j.Receive(t.Context(), Record{Account: Account{ClientID: "c"}, Endpoint: "notifyRefund", Notice: Notice{"REFUND_RESULT", "1"}, Ending: Ending{Answer: []byte(`{"refundRequestId":"r-1","arn":"74027001","rrn":"633599999999"}`)}})
	must(t, err)
	written(t, j, Record{Endpoint: "inquiryPayment", Reads: true, Numbers: apo.Numbers{PaymentRequestID: "order"}, Ending: Ending{Outcome: apo.NotFound}}, `{}`)
	written(t, j, Record{Endpoint: "inquiryPayment", Reads: true, Numbers: apo.Numbers{PaymentID: "2026112"}}, `{"paymentId":"2026112","paymentResultInfo":{"cardBrand":"MASTERCARD","lastFour":"4444"}}`)

	for name, c := range map[string]struct {
		key  Key
		want string // the paymentIds
		way  Way
	}{
		"its request ID":              {Key{Number: "order-1"}, "2026111", Exactly},
		"its paymentId":               {Key{Number: "2026111"}, "2026111", Exactly},
		"its order":                   {Key{Number: "A-1"}, "2026111", Exactly},
		"a capture's request ID":      {Key{Number: "c-1"}, "2026111", Exactly},
		"a capture's ID":              {Key{Number: "2029001"}, "2026111", Exactly},
		"a refund's request ID":       {Key{Number: "r-1"}, "2026111", Exactly},
		"a refund's ID":               {Key{Number: "2029002"}, "2026111", Exactly},
		"an acquirer's":               {Key{Number: "T-1"}, "2026111", Exactly},
		"the scheme's":                {Key{Number: "5704"}, "2026111", Exactly},
		"the payment's RRN":           {Key{Number: "633512345678"}, "2026111", Exactly},
		"a refund's ARN":              {Key{Number: "74027001"}, "2026111", Exactly},
		"a refund's RRN":              {Key{Number: "633599999999"}, "2026111", Exactly},
		"another case":                {Key{Number: "a-1"}, "2026111", CaseAside},
		"a whole one in another case": {Key{Number: "ORDER-1"}, "2026111", CaseAside},
		"small letters":               {Key{Number: "order-2"}, "2027113", CaseAside},
		"as it is written":            {Key{Number: "shared"}, "2027114", Exactly},
		"of several":                  {Key{Number: "Shared"}, "2028115 2027113", Exactly},
		"of several in any case":      {Key{Number: "SHARED"}, "2028115 2027114 2027113", CaseAside},
		"a beginning":                 {Key{Number: "20261"}, "2026112 2026111", Begins},
		"a beginning in another case": {Key{Number: "OrDeR-3"}, "2027114", CaseAside},
		"begins in another case":      {Key{Number: "t-"}, "2026111", Begins},
		"its beginning and its end":   {Key{Number: "2026", End: "112"}, "2026112", Begins},
		"asked for and not found":     {Key{Number: "order"}, "2028115 2027114 2026112 2026111", Begins},
		"of nothing":                  {Key{Number: "nothing"}, "", Exactly},
	} {
		found, err := Lookup(t.Context(), j, c.key, nil)
		must(t, err)
		var ids []string
		for _, m := range found {
			ids = append(ids, m.Payment.PaymentID)
			if m.Way != c.way {
				t.Errorf("%s: %+v", name, m)
			}
		}
		if got := strings.Join(ids, " "); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if found, err := Lookup(t.Context(), j, Key{Number: "A-1"}, func(r Record) bool { return r.Profile == "th" }); err != nil || len(found) != 0 {
		t.Errorf("of another profile: %+v, %v", found, err)
	}
	for four, want := range map[string]int{"0768": 5, "4444": 1, "0000": 0} {
		list, err := List(t.Context(), j, Filter{LastFour: four})
		if must(t, err); len(OfCard(list)) != want {
			t.Errorf("%s: %+v", four, list)
		}
	}
}

// Spellings are found by leaps: none is missed, none is found that is not there, and
// the leaps are few.
func TestInOtherCase(t *testing.T) {
	j, err := Open(filepath.Join(t.TempDir(), "journal.db"), time.Now)
	must(t, err)
	defer j.Close()
	all := []string{"A-1", "A-10", "AB", "Ab", "Ab-x", "a-1", "aB", "aC", "abc", "b-1", "Z-9", "z-9", "[", "É-1", "é-1", "-", "1a", "1A"}
	for i, n := range all {
		_, err := j.db.Exec(`INSERT INTO numbers VALUES (?, ?)`, n, i+1)
		must(t, err)
	}
	for _, query := range []string{"a", "A", "ab", "aB", "a-1", "Z-9", "abcd", "1a", "z", "É-1", "é", "-", "x", "abC"} {
		for _, whole := range []bool{true, false} {
			var want []string
			for _, n := range all {
				if len(n) >= len(query) && (asciiUpper(n[:len(query)]) == asciiUpper(query)) && (!whole || len(n) == len(query)) {
					want = append(want, n)
				}
			}
			slices.Sort(want)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			got, err := j.inOtherCase(ctx, query, whole)
			cancel()
			if must(t, err); !slices.Equal(got, want) {
				t.Errorf("%q, whole %v: %q, want %q", query, whole, got, want)
			}
		}
	}
}

// An inquiry that told nothing final is a poll.
func TestPolls(t *testing.T) {
	j, err := Open(filepath.Join(t.TempDir(), "journal.db"), time.Now)
	must(t, err)
	defer j.Close()
	for i, c := range []struct {
		endpoint, answer string
		want             bool
	}{
		{"inquiryPayment", `{"paymentStatus":"PROCESSING"}`, true},
		{"inquiryPayment", `{"paymentStatus":"SUCCESS"}`, false},
		{"inquiryPayment", `{"paymentStatus":"SUCCESS","transactions":[{"transactionType":"CAPTURE","transactionStatus":"PROCESSING"}]}`, true},
		{"inquiryRefund", `{"refundStatus":"PROCESSING"}`, true},
		{"inquiryRefund", `{"refundStatus":"SUCCESS"}`, false},
		{"pay", `{"paymentStatus":"PROCESSING"}`, false},
	} {
		written(t, j, Record{Endpoint: c.endpoint, Reads: c.endpoint != "pay"}, c.answer)
		if r, err := j.Get(t.Context(), int64(i+1)); err != nil || r.Poll != c.want {
			t.Errorf("%+v: %v, %v", c, r.Poll, err)
		}
	}
}

// A filter wants of a record what the journal finds by it.
func TestFilterWants(t *testing.T) {
	at := time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)
	j, err := Open(filepath.Join(t.TempDir(), "journal.db"), func() time.Time { at = at.Add(time.Hour); return at })
	must(t, err)
	defer j.Close()
	begun := at
	sgd := apo.Amount{Currency: "SGD", Value: "4200"}
	written(t, j, Record{Endpoint: "pay", Card: "VISA 0768", Amount: sgd}, `{}`)
	written(t, j, Record{Endpoint: "pay", Card: "VISA 0002", Amount: sgd, Ending: Ending{Outcome: apo.Declined}}, `{}`)
	written(t, j, Record{Endpoint: "inquiryPayment", Reads: true}, `{}`)
	_, err = j.Begin(t.Context(), Record{Endpoint: "capture", Amount: apo.Amount{Currency: "SGD", Value: "1"}}, nil)
	must(t, err)
	all, err := List(t.Context(), j, Filter{})
	must(t, err)
	for i, f := range []Filter{
		{},
		{Profile: "sg"},
		{Endpoint: "pay"},
		{State: Answered},
		{Moving: true},
		{Open: true},
		{Failed: true},
		{Since: begun.Add(2 * time.Hour)},
		{Before: begun.Add(2 * time.Hour)},
		{Amount: sgd},
		{LastFour: "0768"},
		{LastFour: "0768", Amount: sgd, Since: begun},
		{Endpoint: "pay", Failed: true, Moving: true},
	} {
		found, err := List(t.Context(), j, f)
		must(t, err)
		var want, got []int64
		for _, r := range found {
			want = append(want, r.ID)
		}
		for _, r := range all {
			if f.Wants(r) {
				got = append(got, r.ID)
			}
		}
		if len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("%d: %v, want %v", i, got, want)
		}
	}
}

// The numbers by which banks trace a payment are not those of its refund, although an
// inquiry of the payment resolved it.
func TestLookupRefund(t *testing.T) {
	j, err := Open(filepath.Join(t.TempDir(), "journal.db"), time.Now)
	must(t, err)
	defer j.Close()
	written(t, j, Record{Endpoint: "pay", Numbers: apo.Numbers{PaymentRequestID: "p-1"}}, `{"paymentId":"2026"}`)
	lost, err := j.Begin(t.Context(), Record{Account: Account{Profile: "sg", ClientID: "c"}, Endpoint: "refund", Numbers: apo.Numbers{PaymentID: "2026", RefundRequestID: "r-1"}}, nil)
	must(t, err)
	must(t, j.End(t.Context(), lost.ID, Ending{State: InDoubt, Outcome: apo.InDoubt}))
	written(t, j, Record{Endpoint: "inquiryPayment", Reads: true, Numbers: apo.Numbers{PaymentID: "2026"}},
		`{"paymentId":"2026","paymentStatus":"SUCCESS","paymentResultInfo":{"rrn":"6335"},"transactions":[{"transactionType":"REFUND","transactionRequestId":"r-1","transactionId":"2028"}]}`)
	must(t, j.Resolve(t.Context(), lost.ID, Resolution{Outcome: apo.Succeeded, By: lost.ID + 1}))
	written(t, j, Record{Endpoint: "refund", Numbers: apo.Numbers{PaymentID: "2026", RefundRequestID: "r-2"}}, `{"refundId":"2029"}`)
	_, _, err = j.Receive(t.Context(), Record{Account: Account{ClientID: "c"}, Endpoint: "notifyRefund", Notice: Notice{"REFUND_RESULT", "1"}, Ending: Ending{Answer: []byte(`{"refundRequestId":"r-2","arn":"7402"}`)}})
	must(t, err)
	for number, want := range map[string]string{"r-1": "r-1", "2028": "r-1", "2029": "r-2", "7402": "r-2", "R-2": "r-2", "r-": "r-2 r-1", "202": "r-2 r-1", "6335": "", "2026": "", "p-1": ""} {
		found, err := LookupRefund(t.Context(), j, Key{Number: number}, nil)
		must(t, err)
		var ids []string
		for _, m := range found {
			ids = append(ids, m.ID())
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%s: %s, want %s", number, got, want)
		}
	}
}

// Where one paymentId is two requests', or one request's two, what was found of it is
// mixed; an inquiry, which has what was asked for, mixes nothing.
func TestMixedPayments(t *testing.T) {
	record := func(endpoint, request, id string) Record {
		return Record{Account: Account{ClientID: "c"}, Endpoint: endpoint, Reads: endpoint != "pay", Numbers: apo.Numbers{PaymentRequestID: request, PaymentID: id}, Ending: Ending{Outcome: apo.Succeeded}}
	}
	for name, c := range map[string]struct {
		list  []Record
		mixed bool
	}{
		"one payment":                 {[]Record{record("notifyPayment", "r-1", "2026"), record("pay", "r-1", "2026"), record("inquiryPayment", "", "2026")}, false},
		"one paymentId of two":        {[]Record{record("pay", "r-2", "2026"), record("pay", "r-1", "2026")}, true},
		"a notification of another":   {[]Record{record("notifyPayment", "r-2", "2026"), record("pay", "r-1", "2026")}, true},
		"asked for in another case":   {[]Record{record("inquiryPayment", "R-1", "2026"), record("pay", "r-1", "2026")}, false},
		"two whose order is the same": {[]Record{record("pay", "2026", "2027"), record("pay", "r-1", "2026")}, false},
	} {
		if got := matches(c.list, Key{Number: "2026"}); got[len(got)-1].Mixed != c.mixed {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
