package report_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/report"
)

// written is a report with some rows.
func written(t *testing.T, k report.Kind, g report.Generation, rows ...report.Row) string {
	t.Helper()
	var out bytes.Buffer
	var w report.Writer
	w.Begin(&out, k, g)
	for _, r := range rows {
		if err := w.Write(&r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.End(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// read reads a report into rows by name.
func read(t *testing.T, text string) (*report.Reader, []map[string]string) {
	t.Helper()
	in, err := report.NewReader(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var rows []map[string]string
	for {
		err := in.Next()
		if errors.Is(err, io.EOF) {
			return in, rows
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		row := map[string]string{}
		for _, name := range report.Columns(in.Kind, in.Generation) {
			row[name] = in.Get(name)
		}
		rows = append(rows, row)
	}
}

// Each generation has the names of its own documentation, and what a reader tells it
// by; each fee has its two columns, the three with irregular names too.
func TestColumns(t *testing.T) {
	for _, g := range report.Generations() {
		for _, k := range []report.Kind{report.Transactions, report.Details, report.Summary} {
			names := report.Columns(k, g)
			if sorted := slices.Sorted(slices.Values(names)); len(slices.Compact(sorted)) != len(names) {
				t.Errorf("%s, %s: a column stands there twice", k, g)
			}
			if slices.Contains(names, "PSP") != (g == report.Current) || slices.Contains(names, "acquirer") != (g == report.Previous) {
				t.Errorf("%s, %s: %v", k, g, names)
			}
			in, rows := read(t, written(t, k, g))
			if in.Kind != k || in.Generation != g || rows != nil {
				t.Errorf("%s, %s is read as %s, %s, %v", k, g, in.Kind, in.Generation, rows)
			}
		}
	}
	details := report.Columns(report.Details, report.Current)
	for _, name := range []string{"withholdingTaxFeeCurrency", "fxFeeAmountCurrency", "disputeHandlingFee", "disputeHandlingFeeCurrency", "revenueBoosterServiceFeeAmountValue"} {
		if !slices.Contains(details, name) {
			t.Errorf("there is no column %s", name)
		}
	}
	pairs := 0
	for _, f := range report.Fees() {
		if f.Current == "" {
			continue
		}
		pairs++
		if i := slices.Index(details, f.Current); i < 0 || details[i+1] != f.CurrentCurrency {
			t.Errorf("%s is not followed by %s", f.Current, f.CurrentCurrency)
		}
	}
	if pairs != 20 {
		t.Errorf("the current generation has %d fees, and not 20", pairs)
	}
}

// Files as a person reads them: each kind, each generation, and nothing.
func TestGolden(t *testing.T) {
	row := benchRow()
	for name, got := range map[string]string{
		"previous transactions": written(t, report.Transactions, report.Previous, row),
		"previous details":      written(t, report.Details, report.Previous, row),
	} {
		want := map[string]string{
			"previous transactions": `customerId,acquirer,acquirerReferenceNo,referenceMerchantId,referenceStoreId,transactionId,originalTransactionId,transactionRequestId,referenceTransactionId,orderDescription,paymentMethodType,pspName,transactionType,paymentTime,productCode,transactionAmountValue,transactionCurrency,originalTransactionRequestId,issuingCountry,cardBrand,funding
2188120000000001,ADYEN,ABCDEFGHIJKLMNOP,,,20261130765432109876543210987654321,20261130123456789012345678901234567,capture-0001,N2026113012345678901234567890123,antom testing order,CARD,,CAPTURE,2026-11-30T09:30:00+00:00,CASHIER_PAYMENT,42.00,SGD,demo-0001,SG,VISA,CREDIT
<END>
`,
			"previous details": strings.Join(report.Columns(report.Details, report.Previous), ",") + `
202611301234567890,2188120000000001,ADYEN,ABCDEFGHIJKLMNOP,,,CAPTURE,20261130765432109876543210987654321,20261130123456789012345678901234567,capture-0001,demo-0001,N2026113012345678901234567890123,antom testing order,CARD,,2026-11-30T09:30:00+00:00,2026-11-30T09:30:00+00:00,CASHIER_PAYMENT,42.00,SGD,41.17,SGD,,,,,,,,,,,,,,,,SG,VISA,CREDIT,-0.50,SGD,-0.13,SGD,-0.20,SGD
<END>
`,
		}[name]
		if got != want {
			t.Errorf("%s:\n%s\nand not\n%s", name, got, want)
		}
	}
	_, rows := read(t, written(t, report.Details, report.Current, row))
	for name, want := range map[string]string{
		"transactionId": row.PaymentID, "settlementInitiatedDate": "2026-11-30", "ARN": row.ARN, "PSP": "ADYEN", "interchangeFeeAmountValue": "-0.50",
		"interchangeFeeCurrency": "SGD", "taxFeeAmountValue": "", "settlementAmountValue": "41.17", "convertedCurrency": "",
	} {
		if rows[0][name] != want {
			t.Errorf("%s is %q, and not %q", name, rows[0][name], want)
		}
	}
}

// What encoding/csv writes of the same texts, byte for byte, and reads back.
func TestTextsAreThoseOfEncodingCSV(t *testing.T) {
	texts := []string{"", "plain", "a,b", `say "hi"`, `"`, "two\nlines", "a\rb", " blank in front", "\ttab", "blank behind ", `\.`, `\`, "<END>", "Ünïcode – 日本", "\u00a0x", "\x00", "=1+1", "'", ",", "\u2028"}
	for _, text := range texts {
		row := benchRow()
		row.Order = text
		got := written(t, report.Transactions, report.Previous, row)
		var want bytes.Buffer
		w := csv.NewWriter(&want)
		records, err := csv.NewReader(strings.NewReader(strings.TrimSuffix(got, report.End+"\n"))).ReadAll()
		if err != nil || len(records) != 2 || records[1][9] != text {
			t.Errorf("%q: %q %v", text, records, err)
			continue
		}
		if err := w.WriteAll(records); err != nil || want.String()+report.End+"\n" != got {
			t.Errorf("%q is written as\n%q\nand encoding/csv writes\n%q", text, got, want.String())
		}
	}
}

// Amounts have the decimals of their own currency, whatever their size and sign, and
// sums grow beyond 64 bits.
func TestAmounts(t *testing.T) {
	for _, c := range []struct {
		money report.Money
		want  string
	}{
		{report.Money{Units: 4200, Currency: "SGD"}, "42.00"},
		{report.Money{Units: -1, Currency: "SGD"}, "-0.01"},
		{report.Money{Units: 0, Currency: "SGD"}, "0.00"},
		{report.Money{Units: 4200, Currency: "JPY"}, "4200"},
		{report.Money{Units: -7, Currency: "JPY"}, "-7"},
		{report.Money{Units: 0, Currency: "JPY"}, "0"},
		{report.Money{Units: 1, Currency: "KWD"}, "0.001"},
		{report.Money{Units: -123456, Currency: "KWD"}, "-123.456"},
		{report.Money{Units: math.MinInt64, Currency: "SGD"}, "-92233720368547758.08"},
		{report.Money{Units: math.MaxInt64, Currency: "JPY"}, "9223372036854775807"},
	} {
		row := benchRow()
		row.Amount, row.Settlement = c.money, report.Money{}
		if _, rows := read(t, written(t, report.Transactions, report.Current, row)); rows[0]["transactionAmountValue"] != c.want {
			t.Errorf("%v is %s, and not %s", c.money, rows[0]["transactionAmountValue"], c.want)
		}
	}
	var sum report.Sum
	want := new(big.Int)
	for range 1000 {
		n := int64(rand.Uint64())
		sum.Add(n)
		want.Add(want, big.NewInt(n))
		sum.Add(math.MaxInt64)
		want.Add(want, big.NewInt(math.MaxInt64))
	}
	if sum.Int().Cmp(want) != 0 {
		t.Errorf("the sum is %s, and not %s", sum.Int(), want)
	}
}

// A quote converts both ways, and rounds half to even as exact arithmetic does.
func TestConvert(t *testing.T) {
	for _, c := range []struct {
		pair, price string
		units       int64
		from, to    string
		want        int64
	}{
		{"USD/SGD", "1.29", 10000, "USD", "SGD", 12900},
		{"USD/SGD", "1.29", 12900, "SGD", "USD", 10000},
		{"USD/SGD", "1.29", -12900, "SGD", "USD", -10000},
		{"USD/JPY", "150", 4200, "USD", "JPY", 6300},
		{"USD/JPY", "150", 6300, "JPY", "USD", 4200},
		{"KWD/USD", "3.26797386", 1000, "KWD", "USD", 327},
		{"USD/SGD", "0.5", 1, "USD", "SGD", 0},
		{"USD/SGD", "0.5", 3, "USD", "SGD", 2},
		{"USD/SGD", "0.5", -3, "USD", "SGD", -2},
		{"USD/SGD", "2", 5, "SGD", "USD", 2},
	} {
		got, err := report.Quote{Pair: c.pair, Price: c.price}.Convert(report.Money{Units: c.units, Currency: c.from}, c.to)
		if err != nil || got != c.want {
			t.Errorf("%d %s at %s %s is %d %s, and not %d (%v)", c.units, c.from, c.pair, c.price, got, c.to, c.want, err)
		}
	}
	for _, q := range []report.Quote{{}, {Pair: "EUR/SGD", Price: "1"}, {Pair: "USD/SGD", Price: "0"}, {Pair: "USD/SGD", Price: "-1"}, {Pair: "USD/SGD", Price: "x"}, {Pair: "USD/SGD", Price: "9000000000000000000"}} {
		if got, err := q.Convert(report.Money{Units: math.MaxInt64, Currency: "USD"}, "SGD"); err == nil {
			t.Errorf("%v converts to %d", q, got)
		}
	}
}

// A row that says something wrong is not written: a sum that is not right, a fee in
// another currency, an ID too much or too little.
func TestRowsThatAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(*report.Row){
		"a sum":                 func(r *report.Row) { r.Settlement.Units++ },
		"a fee in another":      func(r *report.Row) { r.Fees[report.TaxFee] = report.Money{Units: -1, Currency: "USD"} },
		"no request ID":         func(r *report.Row) { r.RequestID = "" },
		"no original ID":        func(r *report.Row) { r.OriginalRequestID = "" },
		"an ID of its own":      func(r *report.Row) { r.Type = report.Dispute },
		"an original ID":        func(r *report.Row) { r.Type = report.Payment },
		"a type":                func(r *report.Row) { r.Type = "TIP" },
		"no quote":              func(r *report.Row) { r.Settlement.Currency = "USD" },
		"a currency of nowhere": func(r *report.Row) { r.Amount.Currency, r.Settlement.Currency = "XXX", "" },
	} {
		row := benchRow()
		spoil(&row)
		var w report.Writer
		w.Begin(io.Discard, report.Details, report.Current)
		if err := w.Write(&row); err == nil {
			t.Errorf("%s: it is written", name)
		}
	}
	row := benchRow() // stands outside of the formula
	row.Type, row.RequestID, row.OriginalRequestID = "SETTLEMENT_FEE", "", ""
	row.Amount.Units, row.Fees = 0, [len(row.Fees)]report.Money{}
	if err := row.Check(); err != nil {
		t.Error(err)
	}
}

// What is no report, or a part of one, is said to be that.
func TestReaderRefuses(t *testing.T) {
	for text, why := range map[string]string{
		"":                         "no header",
		"a,b\n1,2\n":               "no report of APO",
		"PSP,PSP\n":                "twice",
		"PSP,x\n<END>\n":           "no report of APO",
		"PSP,transactionType\nx\n": "fields",
		"PSP,transactionType\n":    "<END>",
		"PSP,transactionType\n\"":  "quote",
		"\xef\xbb\xbfPSP,transactionType\nADYEN,CAPTURE\n": "<END>",
	} {
		in, err := report.NewReader(strings.NewReader(text))
		for err == nil {
			err = in.Next()
		}
		if !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v", text, err)
		}
	}
	in, err := report.NewReader(strings.NewReader("transactionType,PSP\nCAPTURE,ADYEN\n<END>\nmore\n"))
	if err != nil || in.Next() != nil || in.Get("PSP") != "ADYEN" || in.Get("nosuch") != "" || !errors.Is(in.Next(), io.EOF) {
		t.Error(in, err)
	}
}

// randomRow is a row of some day, type and currency; its sums are right.
func randomRow(random *rand.Rand, n int) report.Row {
	types := report.Types()
	rule := types[random.IntN(7)]
	currency := []string{"SGD", "JPY", "KWD", "USD"}[random.IntN(4)]
	at := time.Date(2026, 11, 28+random.IntN(3), random.IntN(24), random.IntN(60), random.IntN(60), 0, time.UTC)
	r := report.Row{
		Acquirer: []string{"ADYEN", "CHECKOUT"}[random.IntN(2)], Type: rule.Type, PaymentID: fmt.Sprintf("P%d", n), OperationID: fmt.Sprintf("O%d", n),
		Order: []string{"plain", `with "quotes", and more`, "two\nlines"}[random.IntN(3)], Created: at, Updated: at, Completed: at,
		Amount: report.Money{Units: random.Int64N(1e16) - 5e15, Currency: currency},
	}
	if rule.RequestID {
		r.RequestID = fmt.Sprintf("R%d", n)
	}
	if rule.OriginalID {
		r.OriginalRequestID = fmt.Sprintf("Q%d", n)
	}
	if random.IntN(5) == 0 {
		return r // nothing is settled
	}
	r.Settlement = r.Amount
	if random.IntN(4) == 0 && currency == "SGD" {
		r.Quote = report.Quote{Pair: "USD/SGD", Price: "1.29"}
		r.Settlement.Currency = "USD"
		r.Settlement.Units, _ = r.Quote.Convert(r.Amount, "USD")
		r.Converted = r.Settlement
	}
	for _, fee := range []report.Fee{report.PaymentMethodFee, report.InterchangeFee, report.SchemeFee, report.AcquirerMarkup, report.ProcessingFee, report.TaxFee, report.DisputeHandlingFee} {
		if random.IntN(3) == 0 {
			n := random.Int64N(1e6) - 9e5
			r.Fees[fee] = report.Money{Units: n, Currency: r.Settlement.Currency}
			r.Settlement.Units += n
		}
	}
	return r
}

// Random books: each file can be read, the formula holds in each row of it, what the
// details add up to stands in the summary, of each type and of all, and both
// generations say the same.
func TestRandomBooks(t *testing.T) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 13))
		texts := map[string]string{}
		set := report.Set{
			Customer: "2188120000000001", Fallback: "SGD",
			Batch:  func(day time.Time, currency string) string { return day.Format("20060102") + currency },
			Append: func(name string, text []byte) error { texts[name] += string(text); return nil },
		}
		set.Day(time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)) // on which nothing happens
		for n := range random.IntN(300) {
			row := randomRow(random, n)
			if err := set.Add(&row); err != nil {
				t.Fatal(err)
			}
		}
		files, err := set.End()
		if err != nil || len(files) != len(texts) {
			t.Fatalf("%d files are told of, and %d were written: %v", len(files), len(texts), err)
		}
		checkBooks(t, files, texts)
	}
}

// checkBooks holds the files of a [report.Set] against each other.
func checkBooks(t *testing.T, files []report.File, texts map[string]string) {
	t.Helper()
	sums := map[string]map[string]*big.Rat{} // of details, by report and type
	said := map[string][]string{}            // what a report says in either generation
	for _, f := range files {
		in, rows := read(t, texts[f.Name])
		if in.Kind != f.Kind || in.Generation != f.Generation || int64(len(rows)) != f.Rows {
			t.Errorf("%s is read as %s, %s with %d rows, and not %s, %s with %d", f.Name, in.Kind, in.Generation, len(rows), f.Kind, f.Generation, f.Rows)
		}
		of := fmt.Sprint(f.Generation, f.BatchID)
		switch f.Kind {
		case report.Details:
			sums[of] = sumsOf(t, f, rows)
		case report.Summary:
			checkSummary(t, f, rows, sums[of])
		}
		said[fmt.Sprint(f.Kind, f.Day, f.BatchID)] = append(said[fmt.Sprint(f.Kind, f.Day, f.BatchID)], common(rows))
	}
	for name, both := range said {
		if len(both) != 2 || both[0] != both[1] {
			t.Errorf("the generations of %s differ:\n%s", name, strings.Join(both, "\n"))
		}
	}
}

// common is what both generations have of rows, in the words of one.
func common(rows []map[string]string) string {
	var b strings.Builder
	for _, row := range rows {
		if row["acquirer"] == "" {
			row["acquirer"] = row["PSP"]
		}
		if row["paymentTime"] == "" {
			row["paymentTime"] = row["transactionCompletionTime"]
		}
		if row["feeAmountValue"] == "" {
			row["feeAmountValue"] = row["paymentMethodFeeAmountValue"]
		}
		for _, name := range strings.Fields(`settlementBatchId customerId acquirer transactionType summaryType count transactionRequestId originalTransactionRequestId
			paymentTime transactionAmountValue transactionCurrency feeAmountValue interchangeFeeAmountValue schemeFeeAmountValue acquirerMarkupAmountValue
			processingFeeAmountValue taxFeeAmountValue disputeHandlingFee`) {
			if value := row[name]; name != "settlementBatchId" || row["transactionType"] == "" {
				fmt.Fprintf(&b, "%s=%s ", name, value)
			}
		}
		b.WriteString("\n")
	}
	// Of transaction details the current generation alone has amounts of settlement.
	return feesOfTransactions(rows, b.String())
}

// feesOfTransactions drops the fees of transaction details, which one generation has.
func feesOfTransactions(rows []map[string]string, text string) string {
	if len(rows) == 0 || rows[0]["summaryType"] != "" || rows[0]["settlementTime"] != "" || rows[0]["settlementInitiatedDate"] != "" {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		before, _, _ := strings.Cut(line, "feeAmountValue=")
		b.WriteString(before + "\n")
	}
	return b.String()
}

// feeNames are the columns of fees in a generation.
func feeNames(g report.Generation) (list []string) {
	for _, f := range report.Fees() {
		if name := f.Current; g == report.Current && name != "" {
			list = append(list, name)
		}
		if name := f.Previous; g == report.Previous && name != "" {
			list = append(list, name)
		}
	}
	return list
}

func rat(t *testing.T, text string) *big.Rat {
	t.Helper()
	if text == "" {
		return new(big.Rat)
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("%q is no number", text)
	}
	return r
}

// sumsOf holds each row against the formula, by exact arithmetic of its own, and adds up
// what is settled by type.
func sumsOf(t *testing.T, f report.File, rows []map[string]string) map[string]*big.Rat {
	t.Helper()
	sums := map[string]*big.Rat{"TOTAL": new(big.Rat)}
	for _, row := range rows {
		gross := rat(t, row["transactionAmountValue"])
		if pair := row["quoteCurrencyPair"]; pair != "" {
			first, _, _ := strings.Cut(pair, "/")
			if price := rat(t, row["quotePrice"]); first == row["transactionCurrency"] {
				gross.Mul(gross, price)
			} else {
				gross.Quo(gross, price)
			}
			gross = halfEven(t, gross, row["settlementCurrency"])
		}
		sum := gross
		for _, name := range feeNames(f.Generation) {
			sum.Add(sum, rat(t, row[name]))
		}
		settled := rat(t, row["settlementAmountValue"])
		if sum.Cmp(settled) != 0 {
			t.Errorf("%s: %s %s is settled as %s, and adds up to %s", f.Name, row["transactionType"], row["transactionRequestId"], settled.FloatString(4), sum.FloatString(4))
		}
		if sums[row["transactionType"]] == nil {
			sums[row["transactionType"]] = new(big.Rat)
		}
		for _, of := range []string{row["transactionType"], "TOTAL"} {
			sums[of].Add(sums[of], settled)
		}
	}
	return sums
}

// halfEven rounds to the decimals of a currency.
func halfEven(t *testing.T, r *big.Rat, currency string) *big.Rat {
	t.Helper()
	digits, err := apo.CurrencyDigits(currency)
	if err != nil {
		t.Fatal(err)
	}
	power := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil))
	scaled := new(big.Rat).Mul(r, power)
	whole, rest := new(big.Int).QuoRem(scaled.Num(), scaled.Denom(), new(big.Int))
	twice := new(big.Int).Abs(new(big.Int).Mul(rest, big.NewInt(2)))
	if c := twice.Cmp(scaled.Denom()); c > 0 || c == 0 && whole.Bit(0) == 1 {
		whole.Add(whole, big.NewInt(int64(scaled.Sign())))
	}
	return new(big.Rat).Quo(new(big.Rat).SetInt(whole), power)
}

func checkSummary(t *testing.T, f report.File, rows []map[string]string, sums map[string]*big.Rat) {
	t.Helper()
	if len(rows) == 0 {
		if f.BatchID != report.NoBatch {
			t.Errorf("%s is empty", f.Name)
		}
		return
	}
	if rows[len(rows)-1]["summaryType"] != "TOTAL" || len(rows) != len(sums) {
		t.Errorf("%s has %d lines for %d types, and ends with %s", f.Name, len(rows), len(sums), rows[len(rows)-1]["summaryType"])
	}
	total := map[string]*big.Rat{}
	names := append(feeNames(f.Generation), "settlementAmountValue", "count")
	for _, row := range rows {
		if got := rat(t, row["settlementAmountValue"]); sums[row["summaryType"]] == nil || got.Cmp(sums[row["summaryType"]]) != 0 {
			t.Errorf("%s: %s is %s, and its details are %v", f.Name, row["summaryType"], got.FloatString(3), sums[row["summaryType"]])
		}
		for _, name := range names {
			n := rat(t, row[name])
			if row["summaryType"] == "TOTAL" {
				if total[name].Cmp(n) != 0 {
					t.Errorf("%s: TOTAL has %s as %s, and its lines add up to %s", f.Name, name, n.FloatString(3), total[name].FloatString(3))
				}
				continue
			}
			if total[name] == nil {
				total[name] = new(big.Rat)
			}
			total[name].Add(total[name], n)
		}
	}
}

// However many files there are, little is held back, and all of it gets into them.
func TestManyFilesHoldLittle(t *testing.T) {
	lines, calls := map[string]int{}, 0
	set := report.Set{
		Customer: "2188120000000001", Fallback: "SGD",
		Batch: func(day time.Time, currency string) string { return day.Format("20060102") + "1" },
		Append: func(name string, text []byte) error {
			lines[name] += bytes.Count(text, []byte("\n"))
			calls++
			return nil
		},
	}
	row := benchRow()
	start := row.Completed
	for n := range 24_000 {
		row.Completed = start.Add(time.Duration(n%1000) * 24 * time.Hour)
		if err := set.Add(&row); err != nil {
			t.Fatal(err)
		}
	}
	files, err := set.End()
	if err != nil || len(files) != 6000 || len(lines) != 6000 || calls <= 6000 {
		t.Fatalf("%d files, %d of them written, in %d pieces: %v", len(files), len(lines), calls, err)
	}
	for _, f := range files {
		if want := int64(24); f.Kind != report.Summary && f.Rows != want || int64(lines[f.Name]) != f.Rows+2 {
			t.Errorf("%s has %d rows in %d lines, and not %d", f.Name, f.Rows, lines[f.Name], want)
		}
	}
}
