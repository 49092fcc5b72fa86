package apo_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
)

// iso4217 is the list of ISO 4217 as of 2025, without metals, funds and test
// codes: each currency with the digits behind its point.
const iso4217 = `
AED2 AFN2 ALL2 AMD2 AOA2 ARS2 AUD2 AWG2 AZN2 BAM2 BBD2 BDT2 BGN2 BHD3 BIF0 BMD2 BND2 BOB2 BRL2 BSD2 BTN2 BWP2 BYN2 BZD2 CAD2
CDF2 CHF2 CLP0 CNY2 COP2 CRC2 CUP2 CVE2 CZK2 DJF0 DKK2 DOP2 DZD2 EGP2 ERN2 ETB2 EUR2 FJD2 FKP2 GBP2 GEL2 GHS2 GIP2 GMD2 GNF0
GTQ2 GYD2 HKD2 HNL2 HTG2 HUF2 IDR2 ILS2 INR2 IQD3 IRR2 ISK0 JMD2 JOD3 JPY0 KES2 KGS2 KHR2 KMF0 KPW2 KRW0 KWD3 KYD2 KZT2 LAK2
LBP2 LKR2 LRD2 LSL2 LYD3 MAD2 MDL2 MGA2 MKD2 MMK2 MNT2 MOP2 MRU2 MUR2 MVR2 MWK2 MXN2 MYR2 MZN2 NAD2 NGN2 NIO2 NOK2 NPR2 NZD2
OMR3 PAB2 PEN2 PGK2 PHP2 PKR2 PLN2 PYG0 QAR2 RON2 RSD2 RUB2 RWF0 SAR2 SBD2 SCR2 SDG2 SEK2 SGD2 SHP2 SLE2 SOS2 SRD2 SSP2 STN2
SVC2 SYP2 SZL2 THB2 TJS2 TMT2 TND3 TOP2 TRY2 TTD2 TWD2 TZS2 UAH2 UGX0 USD2 UYU2 UZS2 VED2 VES2 VND0 VUV0 WST2 XAF0 XCD2 XCG2
XOF0 XPF0 YER2 ZAR2 ZMW2 ZWG2`

func TestCurrencyDigits(t *testing.T) {
	listed := strings.Fields(iso4217)
	if len(listed) < 150 {
		t.Fatalf("%d currencies", len(listed))
	}
	for _, entry := range listed {
		currency, want := entry[:3], int(entry[3]-'0')
		if got, err := apo.CurrencyDigits(currency); err != nil || got != want {
			t.Errorf("%s: %d, %v; want %d", currency, got, err, want)
		}
	}
}

func TestCurrencyDigitsRefuses(t *testing.T) {
	for _, tt := range []struct{ currency, says string }{
		{"sgd", "in capitals: SGD"},
		{"Sgd", "in capitals: SGD"},
		{"xxx", "not a currency"},
		{"XXX", "not a currency"},
		{"XTS", "not a currency"},
		{"XAU", "not a currency"},
		{"DEM", "not a currency"},
		{"VEF", "not a currency"},
		{"HRK", "not a currency"},
		{"ZWL", "not a currency"},
		{"CUC", "not a currency"},
		{"SLL", "not a currency"},
		{"", "not a currency"},
		{"SG", "not a currency"},
		{"SGDX", "not a currency"},
		{" SGD", "not a currency"},
		{"SGD ", "not a currency"},
		{"S$", "not a currency"},
		{"702", "not a currency"},
		{"ＳＧＤ", "not a currency"},
	} {
		if digits, err := apo.CurrencyDigits(tt.currency); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%q: %d, %v; want %q", tt.currency, digits, err, tt.says)
		}
	}
}

func TestParseAmount(t *testing.T) {
	for _, tt := range []struct{ text, currency, want, major string }{
		{"4200", "SGD", "4200", "SGD 42.00"},
		{"1", "SGD", "1", "SGD 0.01"},
		{"10", "USD", "10", "USD 0.10"},
		{"4200", "JPY", "4200", "JPY 4200"},
		{"1", "JPY", "1", "JPY 1"},
		{"4200", "KWD", "4200", "KWD 4.200"},
		{"1", "BHD", "1", "BHD 0.001"},
		{"120000", "IDR", "120000", "IDR 1200.00"},
		{"9999999999999999", "SGD", "9999999999999999", "SGD 99999999999999.99"},

		{"SGD 42.00", "", "4200", "SGD 42.00"},
		{"SGD 42.00", "SGD", "4200", "SGD 42.00"},
		{"  SGD   42.00  ", "", "4200", "SGD 42.00"},
		{"SGD 0.05", "", "5", "SGD 0.05"},
		{"SGD 0.50", "", "50", "SGD 0.50"},
		{"JPY 4200", "", "4200", "JPY 4200"},
		{"KWD 4.200", "", "4200", "KWD 4.200"},
		{"COP 4200.00", "", "420000", "COP 4200.00"},
		{"SGD 99999999999999.99", "", "9999999999999999", "SGD 99999999999999.99"},
	} {
		amount, err := apo.ParseAmount(tt.text, tt.currency)
		if err != nil || amount.Value != tt.want || amount.String() != tt.major {
			t.Errorf("ParseAmount(%q, %q) = %+v, %v; want %s", tt.text, tt.currency, amount, err, tt.major)
		}
	}
}

func TestParseAmountRefuses(t *testing.T) {
	for _, tt := range []struct{ text, currency, says string }{
		{"", "SGD", "is missing"},
		{"0", "SGD", "is zero"},
		{"00", "SGD", "is zero"},
		{"-1", "SGD", "is negative"},
		{"-4200", "SGD", "is negative"},
		{"0042", "SGD", "begins with 0"},
		{"+4200", "SGD", "not an integer"},
		{"4e3", "SGD", "not an integer"},
		{"0x10", "SGD", "not an integer"},
		{"4_200", "SGD", "not an integer"},
		{"4 200", "SGD", "not an integer"},
		{" 4200", "SGD", "not an integer"},
		{"4200\n", "SGD", "not an integer"},
		{"４２００", "SGD", "not an integer"},
		{"٤٢٠٠", "SGD", "not an integer"},
		{"42,00", "SGD", "not an integer"},
		{"forty-two", "SGD", "not an integer"},
		{"10000000000000000", "SGD", "more than 16 digits"},
		{"99999999999999999", "JPY", "more than 16 digits"},

		// A number in major units is none in the smallest unit.
		{"42.00", "SGD", "not an integer"},
		{"0.05", "SGD", "not an integer"},
		{"4.200", "KWD", "not an integer"},
		{"4,200.00", "SGD", "not an integer"},
		{"4,200", "JPY", "not an integer"},
		{"4,200", "SGD", "not an integer"},
		{"42.5", "SGD", "not an integer"},
		{"42.000", "SGD", "not an integer"},
		{"42.00", "JPY", "not an integer"},
		{"-42.00", "SGD", "is negative"},

		{"4200", "", "no currency"},
		{"42.00", "", "no currency"},
		{"SGD", "", "no currency"},
		{"SGD42.00", "", "currency in another form"},
		{"", "", "no currency"},
		{"4200", "sgd", "in capitals: SGD"},
		{"4200", "XXX", "not a currency"},
		{"4200", "SGD ", "not a currency"},

		{"SGD 42", "", "needs a point and the 2 decimal digits"},
		{"SGD 4200", "", "needs a point and the 2 decimal digits"},
		{"SGD 42.0", "", "needs a point and the 2 decimal digits"},
		{"KWD 42.00", "", "needs a point and the 3 decimal digits"},
		{"SGD 42.000", "", "more than the 2 decimal digits"},
		{"JPY 42.00", "", "more than the 0 decimal digits"},
		{"JPY 42.", "", "not a number"},
		{"SGD 4,200.00", "", "not a number"},
		{"SGD .50", "", "not a number"},
		{"SGD 42.", "", "not a number"},
		{"SGD 42.0.0", "", "not a number"},
		{"SGD -42.00", "", "not a number"},
		{"SGD +42.00", "", "not a number"},
		{"SGD 4２.00", "", "not a number"},
		{"SGD 42.00 now", "", "not a number"},
		{"SGD 42.00\u00a0", "JPY", "two currencies"},
		{"SGD 0.00", "", "is zero"},
		{"JPY 0", "", "is zero"},
		{"SGD 042.00", "", "begins with 0"},
		{"SGD 00.05", "", "begins with 0"},
		{"SGD 999999999999999.99", "", "more than 16 digits"},
		{"sgd 42.00", "", "in capitals: SGD"},
		{"XXX 42.00", "", "not a currency"},
		{"SGD 42.00", "JPY", "two currencies"},
		{"SGD 42.00", "sgd", "two currencies"},
		{"42.00 SGD", "", "has its currency behind it"},
	} {
		amount, err := apo.ParseAmount(tt.text, tt.currency)
		if err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("ParseAmount(%q, %q) = %+v, %v; want %q", tt.text, tt.currency, amount, err, tt.says)
		}
		if !amount.IsZero() {
			t.Errorf("ParseAmount(%q, %q) returns %+v with its error", tt.text, tt.currency, amount)
		}
	}
}

func TestAmountInWords(t *testing.T) {
	for _, tt := range []struct {
		amount apo.Amount
		want   string
	}{
		{apo.Amount{Currency: "SGD", Value: "4200"}, "SGD 42.00"},
		{apo.Amount{Currency: "SGD", Value: "420"}, "SGD 4.20"},
		{apo.Amount{Currency: "SGD", Value: "42"}, "SGD 0.42"},
		{apo.Amount{Currency: "SGD", Value: "4"}, "SGD 0.04"},
		{apo.Amount{Currency: "SGD", Value: "0"}, "SGD 0.00"},
		{apo.Amount{Currency: "JPY", Value: "0"}, "JPY 0"},
		{apo.Amount{Currency: "JPY", Value: "120"}, "JPY 120"},
		{apo.Amount{Currency: "BHD", Value: "4200"}, "BHD 4.200"},
		{apo.Amount{Currency: "BHD", Value: "4"}, "BHD 0.004"},
		// What cannot be written in major units is shown as it is, never mended.
		{apo.Amount{Currency: "SGD", Value: "0042"}, "SGD 0042"},
		{apo.Amount{Currency: "SGD", Value: "-5"}, "SGD -5"},
		{apo.Amount{Currency: "SGD", Value: "42.00"}, "SGD 42.00"},
		{apo.Amount{Currency: "SGD", Value: "12345678901234567"}, "SGD 12345678901234567"},
		{apo.Amount{Currency: "sgd", Value: "4200"}, "sgd 4200"},
		{apo.Amount{Currency: "XXX", Value: "4200"}, "XXX 4200"},
		{apo.Amount{Currency: "SGD"}, "SGD"},
		{apo.Amount{Value: "4200"}, "4200"},
		{apo.Amount{}, ""},
	} {
		if got := tt.amount.String(); got != tt.want {
			t.Errorf("%#v is %q, want %q", tt.amount, got, tt.want)
		}
	}
}

func TestUnits(t *testing.T) {
	for value, want := range map[string]int64{"1": 1, "4200": 4200, "9999999999999999": 9999999999999999} {
		if got, err := (apo.Amount{Currency: "SGD", Value: value}).Units(); err != nil || got != want {
			t.Errorf("%s: %d, %v", value, got, err)
		}
	}
	for _, value := range []string{"", "0", "-1", "0042", "42.00", "4e3", "10000000000000000", "９"} {
		if got, err := (apo.Amount{Currency: "SGD", Value: value}).Units(); err == nil || got != 0 {
			t.Errorf("%q: %d, %v; want an error", value, got, err)
		}
	}
	for _, n := range []int64{1, 4200, math.MaxInt64} {
		if got := apo.Units64("SGD", n); got.Currency != "SGD" || got.Value != fmt.Sprint(n) {
			t.Errorf("%+v", got)
		}
	}
}

// Whatever ParseAmount understands, it understands again when the amount is
// written in either form.
func TestAmountsSurviveBothForms(t *testing.T) {
	for _, entry := range strings.Fields(iso4217) {
		for _, value := range []string{"1", "9", "10", "99", "100", "999", "1000", "1001", "123456", "9999999999999999"} {
			roundTripAmount(t, apo.Amount{Currency: entry[:3], Value: value})
		}
	}
}

func roundTripAmount(t *testing.T, amount apo.Amount) {
	t.Helper()
	if again, err := apo.ParseAmount(amount.Value, amount.Currency); err != nil || again != amount {
		t.Errorf("%+v, %v; want %+v", again, err, amount)
	}
	if again, err := apo.ParseAmount(amount.String(), ""); err != nil || again != amount {
		t.Errorf("%q: %+v, %v; want %+v", amount, again, err, amount)
	}
	n, err := amount.Units()
	if err != nil || apo.Units64(amount.Currency, n) != amount {
		t.Errorf("%+v: %d, %v", amount, n, err)
	}
}

func FuzzParseAmount(f *testing.F) {
	for _, seed := range [][2]string{
		{"4200", "SGD"},
		{"SGD 42.00", ""},
		{"JPY 42", ""},
		{"0", "SGD"},
		{"-1", "SGD"},
		{"0042", "SGD"},
		{"4,200", "SGD"},
		{"42.00", "SGD"},
		{"４２", "SGD"},
		{"SGD 42", ""},
		{"SGD 42.0", ""},
		{"KWD 0.001", "KWD"},
		{"99999999999999999", "VND"},
		{"sgd 1.00", ""},
		{"SGD 42.00", "JPY"},
		{" ", ""},
		{"SGD ", "SGD"},
		{"1", "sgd"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, text, currency string) {
		amount, err := apo.ParseAmount(text, currency)
		if err != nil {
			if !amount.IsZero() {
				t.Errorf("%+v comes with an error", amount)
			}
			return
		}
		roundTripAmount(t, amount)
		if currency != "" && amount.Currency != currency {
			t.Errorf("%q in %s became %+v", text, currency, amount)
		}
		if text != amount.Value && strings.Join(strings.Fields(text), " ") != amount.String() {
			t.Errorf("%q in %q became %+v: neither the integer nor the amount in words", text, currency, amount)
		}
	})
}

func TestAmountOf(t *testing.T) {
	for object, want := range map[string]apo.Amount{
		`{"currency":"SGD","value":"4200"}`:                 {Currency: "SGD", Value: "4200"},
		`{"value": 12345678901234567890, "currency":"SGD"}`: {Currency: "SGD", Value: "12345678901234567890"},
		`{"currency":"SGD","value":4.20e3}`:                 {Currency: "SGD", Value: "4.20e3"},
		`{"currency":"SGD","value":null}`:                   {Currency: "SGD"},
		`{"currency":["SGD"],"value":true}`:                 {},
		`{"currency":"\u0053GD","value":"1"}`:               {Currency: "SGD", Value: "1"},
		`"SGD 42.00"`:                                       {}, `[]`: {}, `null`: {}, ``: {},
	} {
		if got := apo.AmountOf([]byte(object)); got != want {
			t.Errorf("%s is %+v, want %+v", object, got, want)
		}
	}
}
