package sandbox_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/report"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// reports are those of a sandbox, in the order in which they are listed, with their texts.
func (m *merchant) reports(from, to time.Time) ([]report.File, map[string]string) {
	m.Helper()
	texts := map[string]string{}
	files, err := m.box.Report(from, to, func(name string, text []byte) error { texts[name] += string(text); return nil })
	if err != nil || len(files) != len(texts) {
		m.Fatalf("%d files of %d: %v", len(files), len(texts), err)
	}
	return files, texts
}

// rows are those of a report, some columns of each, in the order of time.
func (m *merchant) rows(text string, columns ...string) (list []string) {
	m.Helper()
	in, err := report.NewReader(strings.NewReader(text))
	for err == nil {
		if err = in.Next(); err != nil {
			break
		}
		var row []string
		for _, name := range columns {
			row = append(row, in.Get(name))
		}
		list = append(list, strings.Join(row, " "))
	}
	if !errors.Is(err, io.EOF) {
		m.Fatalf("%v\n%s", err, text)
	}
	return list
}

// of is the text of the one report of a kind, generation and currency; "": there is none.
func of(files []report.File, texts map[string]string, k report.Kind, g report.Generation, currency string) string {
	for _, f := range files {
		if f.Kind == k && f.Generation == g && (f.Currency == currency || k == report.Transactions) {
			return texts[f.Name]
		}
	}
	return ""
}

// What becomes which row: a manual payment an AUTHORIZATION and each capture of it a
// CAPTURE, one that is captured automatically a PAYMENT. What goes back carries a
// minus. What was declined, is in process or lapsed is no row.
func TestWhatIsReported(t *testing.T) {
	m := newMerchant(t, sandbox.Config{Seed: "7", Acquirers: []sandbox.Acquirer{{Name: "ADYEN", Weight: 1}}})
	auto := m.request("auto", "1000", "visa")
	auto.PaymentFactor.CaptureMode = "AUTOMATIC"
	answer, err := m.client.Pay(t.Context(), auto)
	m.wants("SUCCESS", answer, err)
	id := m.pay("SUCCESS", "manual", "4200", "visa").Get("paymentId")
	m.capture("SUCCESS", "c-1", id, "3000")
	m.capture("SUCCESS", "c-2", id, "1200")
	m.refund("SUCCESS", "r-1", id, "700")
	m.pay("DO_NOT_HONOR", "declined", "4200", "visa-declined")
	m.pay("PAYMENT_IN_PROCESS", "page", "4200", "visa-3ds")
	lost := m.pay("SUCCESS", "lost", "4200", "visa-capture-fails").Get("paymentId")
	m.capture("PROCESS_FAIL", "c-lost", lost, "4200")
	m.pay("SUCCESS", "released", "900", "visa")
	m.cancel("SUCCESS", "released")
	back := m.pay("SUCCESS", "returned", "800", "visa").Get("paymentId")
	m.capture("SUCCESS", "c-3", back, "600")
	m.cancel("SUCCESS", "returned")

	files, texts := m.reports(time.Time{}, time.Time{})
	if len(files) != 6 {
		t.Errorf("there are %d files of one day and currency, and not 6", len(files))
	}
	for _, g := range report.Generations() {
		got := m.rows(of(files, texts, report.Transactions, g, ""), "transactionType", "transactionRequestId", "originalTransactionRequestId", "transactionAmountValue")
		want := []string{
			"AUTHORIZATION lost  42.00", "AUTHORIZATION manual  42.00", "AUTHORIZATION released  9.00", "AUTHORIZATION returned  8.00",
			"CANCEL released released -9.00", "CANCEL returned returned -6.00", "CAPTURE c-1 manual 30.00", "CAPTURE c-2 manual 12.00", "CAPTURE c-3 returned 6.00",
			"PAYMENT auto  10.00", "REFUND r-1 manual -7.00",
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("the transactions of the %s generation are\n%s", g, strings.Join(got, "\n"))
		}
		got = m.rows(of(files, texts, report.Details, g, "SGD"), "transactionType", "transactionRequestId")
		want = []string{"CANCEL returned", "CAPTURE c-1", "CAPTURE c-2", "CAPTURE c-3", "PAYMENT auto", "REFUND r-1"}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("settled in the %s generation are\n%s", g, strings.Join(got, "\n"))
		}
		got = m.rows(of(files, texts, report.Summary, g, "SGD"), "summaryType", "count")
		if want := []string{"PAYMENT 1", "CAPTURE 3", "CANCEL 1", "REFUND 1", "TOTAL 6"}; !slices.Equal(got, want) {
			t.Errorf("the summary of the %s generation is\n%s", g, strings.Join(got, "\n"))
		}
	}
	if got := m.rows(of(files, texts, report.Details, report.Previous, "SGD"), "transactionRequestId", "transactionId", "originalTransactionId"); !slices.ContainsFunc(got, func(row string) bool {
		return strings.HasPrefix(row, "r-1 ") && strings.HasSuffix(row, " "+id) && !strings.Contains(row, id+" "+id)
	}) {
		t.Errorf("a refund has its own ID in the previous generation:\n%s", strings.Join(got, "\n"))
	}
	if got := m.rows(of(files, texts, report.Details, report.Current, "SGD"), "transactionRequestId", "transactionId"); !slices.Contains(got, "r-1 "+id) {
		t.Errorf("a refund has the payment's ID in the current generation:\n%s", strings.Join(got, "\n"))
	}
}

// A dispute takes its amount when it is opened, and a fee; what the merchant wins comes
// back on the day of the judgement.
func TestDisputesAreReported(t *testing.T) {
	m := newMerchant(t, sandbox.Config{})
	opened := map[string]string{}
	for _, name := range []string{"won", "lost", "open"} {
		id := m.pay("SUCCESS", name, "4200", "visa").Get("paymentId")
		m.capture("SUCCESS", "c-"+name, id, "4200")
		d, err := m.box.OpenDispute(sandbox.NewDispute{Of: id, Amount: apo.Amount{Currency: "SGD", Value: "1000"}})
		if err != nil {
			t.Fatal(err)
		}
		opened[name] = d.ID
	}
	m.clock = m.clock.Add(24 * time.Hour)
	for name, result := range map[string]string{"won": sandbox.JudgedForMerchant, "lost": sandbox.JudgedForCustomer} {
		if _, err := m.box.JudgeDispute(opened[name], result); err != nil {
			t.Fatal(err)
		}
	}
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	files, texts := m.reports(day, day)
	columns := []string{"transactionType", "originalTransactionRequestId", "transactionAmountValue", "disputeHandlingFee", "transactionRequestId"}
	got := m.rows(of(files, texts, report.Details, report.Current, "SGD"), columns...)
	got = slices.DeleteFunc(got, func(row string) bool { return !strings.HasPrefix(row, "DISPUTE") })
	if slices.Sort(got); !slices.Equal(got, []string{"DISPUTE lost -10.00 -19.35 ", "DISPUTE open -10.00 -19.35 ", "DISPUTE won -10.00 -19.35 "}) {
		t.Errorf("disputed is\n%s", strings.Join(got, "\n"))
	}
	if got := m.rows(of(files, texts, report.Details, report.Previous, "SGD"), "transactionType", "transactionId"); !slices.Contains(got, "DISPUTE "+opened["open"]) {
		t.Errorf("the previous generation has the dispute's own ID %s:\n%s", opened["open"], strings.Join(got, "\n"))
	}
	files, texts = m.reports(day.Add(24*time.Hour), day.Add(24*time.Hour))
	if got := m.rows(of(files, texts, report.Details, report.Current, "SGD"), columns...); !slices.Equal(got, []string{"DISPUTE_REVERSAL won 10.00  "}) {
		t.Errorf("what came back is\n%s", strings.Join(got, "\n"))
	}
}

// What was authorized on one day and captured on another is in the reports of both;
// a day on which nothing happened has reports of nothing, where it is asked for.
func TestDaysOfReports(t *testing.T) {
	m := newMerchant(t, sandbox.Config{})
	id := m.pay("SUCCESS", "late", "4200", "visa").Get("paymentId")
	m.clock = m.clock.Add(36 * time.Hour) // midnight of the third of March
	m.capture("SUCCESS", "c-late", id, "4200")
	m.clock = m.clock.Add(-time.Second)
	before := m.pay("SUCCESS", "before", "100", "visa").Get("paymentId")
	m.capture("SUCCESS", "c-before", before, "100")
	m.clock = m.clock.Add(50 * time.Hour)
	day := func(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }
	all, _ := m.reports(time.Time{}, time.Time{})
	var days []int
	for _, f := range all {
		days = append(days, f.Day.Day())
	}
	if days = slices.Compact(days); !slices.Equal(days, []int{1, 2, 3, 5}) {
		t.Errorf("reported are %v of March", days)
	}
	for n, want := range map[int]string{1: "late", 2: "before c-before", 3: "c-late", 4: ""} {
		files, texts := m.reports(day(n), day(n))
		got := m.rows(of(files, texts, report.Transactions, report.Current, ""), "transactionRequestId")
		if slices.Sort(got); strings.Join(got, " ") != want || len(files) != 6 {
			t.Errorf("on the %d. of March: %v in %d files", n, got, len(files))
		}
		batch := of(files, texts, report.Details, report.Current, "SGD")
		if paid := strings.Contains(want, "c-"); paid != (len(m.rows(batch)) == 1) {
			t.Errorf("on the %d. of March is settled\n%s", n, batch)
		}
		if n == 4 && (!slices.ContainsFunc(files, func(f report.File) bool { return f.Name == "SETTLEMENT_DETAIL_0000000000000000000_20260304.csv" }) || strings.Count(batch, "\n") != 2) {
			t.Errorf("of nothing is reported\n%s", batch)
		}
	}
	if files, _ := m.reports(day(1), day(5)); len(files) != 30 {
		t.Errorf("five days have %d files", len(files))
	}
}

// Antom alone pays out in another currency, where the payment asks for it; each
// currency has a batch of its own, and the quote goes either way.
func TestSettlementInAnotherCurrency(t *testing.T) {
	for acquirer, want := range map[string]map[string][]string{
		"ALIPAY": {
			"USD": {"in-usd 129.00 SGD 100.00 USD USD/SGD 1.29", "same 10.00 USD    "},
			"SGD": {"in-sgd 100.00 USD 129.00 SGD USD/SGD 1.29", "unknown 10.000 BHD"},
		},
		"ADYEN": {"USD": {"in-sgd 100.00 USD    ", "same 10.00 USD    "}, "SGD": {"in-usd 129.00 SGD    "}},
	} {
		m := newMerchant(t, sandbox.Config{Acquirers: []sandbox.Acquirer{{Name: acquirer, Weight: 1}}})
		for id, c := range map[string][3]string{"in-usd": {"12900", "SGD", "USD"}, "in-sgd": {"10000", "USD", "SGD"}, "same": {"1000", "USD", "USD"}, "unknown": {"10000", "BHD", "SGD"}} {
			r := m.request(id, c[0], "visa")
			r.PaymentAmount = &apo.Amount{Value: c[0], Currency: c[1]}
			r.PaymentFactor.CaptureMode = "AUTOMATIC"
			r.SettlementStrategy = &apo.Settlement{SettlementCurrency: c[2]}
			answer, err := m.client.Pay(t.Context(), r)
			m.wants("SUCCESS", answer, err)
		}
		files, texts := m.reports(time.Time{}, time.Time{})
		for currency, wanted := range want {
			got := m.rows(of(files, texts, report.Details, report.Current, currency), "transactionRequestId", "transactionAmountValue", "transactionCurrency",
				"convertedTransactionAmountValue", "convertedCurrency", "quoteCurrencyPair", "quotePrice")
			wanted = slices.DeleteFunc(slices.Clone(wanted), func(s string) bool { return strings.HasPrefix(s, "unknown") })
			if slices.Sort(got); !slices.Equal(got, wanted) {
				t.Errorf("%s settles in %s:\n%s", acquirer, currency, strings.Join(got, "\n"))
			}
		}
		if got := m.rows(of(files, texts, report.Details, report.Current, "BHD"), "transactionRequestId", "quotePrice"); len(got) != 1 || got[0] != "unknown " {
			t.Errorf("%s settles in BHD, for which there is no rate: %v", acquirer, got)
		}
	}
}

// More payments than are read at a time: nothing is missing and nothing twice, and each
// report of the same books says the same.
func TestReportsOfManyPayments(t *testing.T) {
	const payments = 1234
	file := filepath.Join(t.TempDir(), "state.db")
	m := newMerchant(t, sandbox.Config{State: file})
	multiply(t, m.box, file, payments)
	want := map[string]bool{"AUTHORIZATION PAY-REQUEST": true, "CAPTURE CAPTURE-REQUEST": true}
	for i := range payments {
		name := fmt.Sprintf("order-%08d", i+1)
		want["AUTHORIZATION "+name], want["CAPTURE c-"+name] = true, true
	}
	files, texts := m.reports(time.Time{}, time.Time{})
	for _, row := range m.rows(of(files, texts, report.Transactions, report.Previous, ""), "transactionType", "transactionRequestId") {
		if !want[row] {
			t.Errorf("%s is reported twice, or was never done", row)
		}
		delete(want, row)
	}
	if len(want) > 0 {
		t.Errorf("not reported are %v", want)
	}
	_, again := m.reports(time.Time{}, time.Time{})
	for name, text := range texts {
		if again[name] != text {
			t.Errorf("%s says something else the second time", name)
		}
	}
	failed := errors.New("the disk is full")
	if _, err := m.box.Report(time.Time{}, time.Time{}, func(string, []byte) error { return failed }); !errors.Is(err, failed) {
		t.Errorf("what could not be written is %v", err)
	}
}

// What an acquirer charges is a function of the seed: the summaries are those in
// testdata, of one with a blended rate and of one without. No card number is in any report.
func TestReportsOfASeed(t *testing.T) {
	for _, acquirer := range []string{"ALIPAY", "CHECKOUT"} {
		m := newMerchant(t, sandbox.Config{Seed: "7", Acquirers: []sandbox.Acquirer{{Name: acquirer, Weight: 1}}})
		for i, card := range []string{"visa", "visa-debit", "amex"} {
			id := m.pay("SUCCESS", fmt.Sprintf("pay-%d", i), "4200", card).Get("paymentId")
			m.capture("SUCCESS", fmt.Sprintf("capture-%d", i), id, "4200")
			m.refund("SUCCESS", fmt.Sprintf("refund-%d", i), id, fmt.Sprint(1000*i+1))
		}
		files, texts := m.reports(time.Time{}, time.Time{})
		for _, f := range files {
			test, _ := sandbox.FindTestCard("visa")
			if strings.Contains(texts[f.Name], test.Number) {
				t.Errorf("%s has a card number", f.Name)
			}
			if f.Kind != report.Summary {
				continue
			}
			golden := filepath.Join("testdata", "reports", acquirer+"-"+f.Generation.String()+".csv")
			if os.Getenv("APO_WRITE_GOLDEN") != "" {
				if err := os.WriteFile(golden, []byte(texts[f.Name]), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if want, err := os.ReadFile(golden); err != nil || string(want) != texts[f.Name] {
				t.Errorf("%s is %v\n%s\nand not\n%s", golden, err, texts[f.Name], want)
			}
		}
	}
}

// Rates are of currencies that there are, each once; a quote has a price of one or more,
// and what is too little to be converted is zero.
func TestRates(t *testing.T) {
	known := map[string]bool{}
	for _, r := range sandbox.Rates() {
		if _, err := apo.CurrencyDigits(r.Currency); err != nil || known[r.Currency] {
			t.Errorf("%s: %v", r.Currency, err)
		}
		known[r.Currency] = true
	}
	if !known["USD"] || !known["SGD"] || !known["JPY"] {
		t.Error(known)
	}
}
