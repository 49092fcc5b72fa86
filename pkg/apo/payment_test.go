package apo_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

func answerOf(t *testing.T, raw string) *apo.Answer {
	t.Helper()
	if err := apo.CheckJSON([]byte(raw)); err != nil {
		t.Fatal(err)
	}
	return &apo.Answer{Raw: []byte(raw)}
}

func sample(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestReadPaymentOfPay(t *testing.T) {
	got := apo.ReadPayment(answerOf(t, sample(t, "pay-authorized.json")))
	want := apo.Payment{
		PaymentRequestID: "20250601141372000148000038000",
		PaymentID:        "20250601114010800100900020000000017",
		Amount:           apo.Amount{Currency: "SGD", Value: "4200"},
		CreateTime:       "2025-06-01T04:59:59-07:00",
		Time:             "2025-06-01T05:00:01-07:00",
		AuthExpiryTime:   "2025-06-08T05:00:01-07:00",
		Acquirer: apo.Acquirer{
			Name: "ALIPAY", MerchantID: "2181990000000017",
			TransactionID: "20250601114010800100900020000000017", ReferenceRequestID: "20250601141372000148000038000",
		},
		Card: apo.PaidCard{Brand: "VISA", LastFour: "0768"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestReadPaymentOfAnInquiry(t *testing.T) {
	got := apo.ReadPayment(answerOf(t, sample(t, "inquiry-captured.json")))
	want := apo.Payment{
		PaymentRequestID: "G000202506011200000017",
		PaymentID:        "20250601194010890100900600000000017",
		Amount:           apo.Amount{Currency: "JPY", Value: "120"},
		Status:           apo.StatusSuccess,
		ResultCode:       "SUCCESS",
		CreateTime:       "2025-06-01T04:59:42-07:00",
		Time:             "2025-06-01T05:00:17-07:00",
		Acquirer: apo.Acquirer{
			Name: "CHECKOUT", MerchantID: "pc_exampleexampleexampleexam",
			TransactionID: "pay_exampleexampleexampleexa", ReferenceRequestID: "2025060119031300000600000000017",
		},
		Card: apo.PaidCard{Brand: "JCB", LastFour: "0505", Funding: "CREDIT", Issuer: "EXAMPLE BANK"},
		Transactions: []apo.Transaction{{
			Type: "CAPTURE", Status: apo.StatusSuccess, ID: "20250601194010890100900600000000018", RequestID: "G000202506011200000017",
			Amount: apo.Amount{Currency: "JPY", Value: "120"}, Time: "2025-06-01T05:00:17-07:00",
			Result: apo.Result{Status: "S", Code: "SUCCESS", Message: "success"},
		}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if balance := got.Balance(); balance != (apo.Balance{Currency: "JPY", Authorized: 120, Captured: 120}) {
		t.Errorf("%+v", balance)
	}
}

// Sources disagree how some fields are spelled, and which are there at all.
func TestReadPaymentTakesEachSpelling(t *testing.T) {
	for _, tt := range []struct {
		name, raw string
		got       func(apo.Payment) string
		want      string
	}{
		{"authExpiryTime", `{"authExpiryTime":"2025-06-08T12:00:00Z"}`, func(p apo.Payment) string { return p.AuthExpiryTime }, "2025-06-08T12:00:00Z"},
		{"authExpirytime", `{"authExpirytime":"2025-06-08T12:00:00Z"}`, func(p apo.Payment) string { return p.AuthExpiryTime }, "2025-06-08T12:00:00Z"},
		{"both", `{"authExpirytime":"b","authExpiryTime":"a"}`, func(p apo.Payment) string { return p.AuthExpiryTime }, "a"},
		{"one is null", `{"authExpiryTime":null,"authExpirytime":"b"}`, func(p apo.Payment) string { return p.AuthExpiryTime }, "b"},
		{"one is empty", `{"authExpiryTime":"","authExpirytime":"b"}`, func(p apo.Payment) string { return p.AuthExpiryTime }, "b"},
		{"acquirerReferenceNo alone", `{"acquirerReferenceNo":"PK6"}`, func(p apo.Payment) string { return p.Acquirer.TransactionID }, "PK6"},
		{"acquirerReferenceNo beside acquirerInfo", `{"acquirerReferenceNo":"PK6","acquirerInfo":{"acquirerTransactionId":"PK7"}}`, func(p apo.Payment) string { return p.Acquirer.TransactionID }, "PK7"},
		{"lastFour", `{"paymentResultInfo":{"lastFour":"0768","cardNo":"************1111"}}`, func(p apo.Payment) string { return p.Card.LastFour }, "0768"},
		{"cardNo for lastFour", `{"paymentResultInfo":{"cardNo":"************0768"}}`, func(p apo.Payment) string { return p.Card.LastFour }, "0768"},
		{"a cardNo too short", `{"paymentResultInfo":{"cardNo":"0768"}}`, func(p apo.Payment) string { return p.Card.LastFour }, ""},
		{"cardToken", `{"paymentResultInfo":{"cardToken":"ALIPAYabc"}}`, func(p apo.Payment) string { return p.Card.Token }, "ALIPAYabc"},
		{"refusal", `{"paymentResultInfo":{"refusalReasonRaw":"05 Do not honor"}}`, func(p apo.Payment) string { return p.Card.Refusal }, "05 Do not honor"},
		{"3DS", `{"normalUrl":"https://acs.example/3ds?a=b&c=d"}`, func(p apo.Payment) string { return p.NormalURL }, "https://acs.example/3ds?a=b&c=d"},
		{"the amount as a number", `{"paymentAmount":{"currency":"SGD","value":9999999999999999}}`, func(p apo.Payment) string { return p.Amount.String() }, "SGD 99999999999999.99"},
		{"the reason of a decline", `{"paymentStatus":"FAIL","paymentResultCode":"DO_NOT_HONOR"}`, func(p apo.Payment) string { return p.Status + " " + p.ResultCode }, "FAIL DO_NOT_HONOR"},
	} {
		if got := tt.got(apo.ReadPayment(answerOf(t, tt.raw))); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestReadPaymentOfAlmostNothing(t *testing.T) {
	for _, raw := range []string{
		`{}`, `{"transactions":null}`, `{"transactions":[]}`, `{"paymentResultInfo":null,"acquirerInfo":null,"paymentAmount":null}`,
		`{"paymentResultInfo":"VISA","acquirerInfo":[1],"paymentAmount":[]}`,
	} {
		if got := apo.ReadPayment(answerOf(t, raw)); !reflect.DeepEqual(got, apo.Payment{}) {
			t.Errorf("%s: %+v", raw, got)
		}
	}
}

func TestFind(t *testing.T) {
	p := apo.Payment{Transactions: []apo.Transaction{
		{Type: "CAPTURE", RequestID: "a", ID: "1"}, {Type: "REFUND", RequestID: "a", ID: "2"}, {Type: "REFUND", RequestID: "b", ID: "3"},
	}}
	for _, tt := range []struct{ kind, id, want string }{
		{"CAPTURE", "a", "1"}, {"REFUND", "a", "2"}, {"REFUND", "b", "3"}, {"CAPTURE", "b", ""}, {"VOID", "a", ""}, {"", "", ""},
	} {
		if got, found := p.Find(tt.kind, tt.id); got.ID != tt.want || found != (tt.want != "") {
			t.Errorf("Find(%q, %q) = %+v, %v", tt.kind, tt.id, got, found)
		}
	}
}

func TestBalance(t *testing.T) {
	move := func(kind, status, value string) apo.Transaction {
		return apo.Transaction{Type: kind, Status: status, Amount: sgd(value)}
	}
	for _, tt := range []struct {
		name                   string
		status                 string
		moves                  []apo.Transaction
		want                   apo.Balance
		capturable, refundable int64
	}{
		{"authorized", "SUCCESS", nil, apo.Balance{Authorized: 10000}, 10000, 0},
		{"in process", "PROCESSING", nil, apo.Balance{}, 0, 0},
		{"declined", "FAIL", nil, apo.Balance{}, 0, 0},
		{"cancelled", "CANCELLED", nil, apo.Balance{}, 0, 0},
		{"captured whole", "SUCCESS", []apo.Transaction{move("CAPTURE", "SUCCESS", "10000")}, apo.Balance{Authorized: 10000, Captured: 10000}, 0, 10000},
		{
			"captured twice", "SUCCESS",
			[]apo.Transaction{move("CAPTURE", "SUCCESS", "3000"), move("CAPTURE", "SUCCESS", "2000")},
			apo.Balance{Authorized: 10000, Captured: 5000},
			5000, 5000,
		},
		{
			"a capture failed", "SUCCESS",
			[]apo.Transaction{move("CAPTURE", "FAIL", "3000"), move("CAPTURE", "CANCELLED", "2000")},
			apo.Balance{Authorized: 10000},
			10000, 0,
		},
		{
			"captures under way count as taken", "SUCCESS",
			[]apo.Transaction{move("CAPTURE", "PROCESSING", "3000"), move("CAPTURE", "PENDING", "2000")},
			apo.Balance{Authorized: 10000, Capturing: 5000},
			5000, 0,
		},
		{
			"refunded in part", "SUCCESS",
			[]apo.Transaction{move("CAPTURE", "SUCCESS", "10000"), move("REFUND", "SUCCESS", "2500")},
			apo.Balance{Authorized: 10000, Captured: 10000, Refunded: 2500},
			0, 7500,
		},
		{
			"refunds under way count as given", "SUCCESS",
			[]apo.Transaction{move("CAPTURE", "SUCCESS", "10000"), move("REFUND", "PROCESSING", "4000"), move("REFUND", "PENDING", "1000"), move("REFUND", "FAIL", "99")},
			apo.Balance{Authorized: 10000, Captured: 10000, Refunding: 5000},
			0, 5000,
		},
		{
			"more captured than authorized", "SUCCESS",
			[]apo.Transaction{move("CAPTURE", "SUCCESS", "10001")},
			apo.Balance{Authorized: 10000, Captured: 10001},
			0, 10001,
		},
		{
			"more refunded than captured", "SUCCESS",
			[]apo.Transaction{move("REFUND", "SUCCESS", "1")},
			apo.Balance{Authorized: 10000, Refunded: 1},
			10000, 0,
		},
		{
			"what else may be listed", "SUCCESS",
			[]apo.Transaction{move("AUTHORIZATION", "SUCCESS", "10000"), move("VOID", "SUCCESS", "10000"), move("capture", "SUCCESS", "5")},
			apo.Balance{Authorized: 10000},
			10000, 0,
		},
	} {
		got := apo.Payment{Status: tt.status, Amount: sgd("10000"), Transactions: tt.moves}.Balance()
		tt.want.Currency = "SGD"
		if got != tt.want || got.Capturable() != tt.capturable || got.Refundable() != tt.refundable {
			t.Errorf("%s: %+v, capturable %d, refundable %d; want %+v, %d, %d",
				tt.name, got, got.Capturable(), got.Refundable(), tt.want, tt.capturable, tt.refundable)
		}
	}
}

// What cannot be added up is not: nothing is called left then.
func TestBooksThatCannotBeAddedUp(t *testing.T) {
	const most = "9999999999999999" // the greatest amount
	capture := func(currency, value string) apo.Transaction {
		return apo.Transaction{Type: "CAPTURE", Status: "SUCCESS", RequestID: "c-1", Amount: apo.Amount{Currency: currency, Value: value}}
	}
	// So many that their sum, taken round and round an int64, is nothing.
	var wraps []apo.Transaction
	for range 1844 {
		wraps = append(wraps, capture("SGD", most))
	}
	wraps = append(wraps, capture("SGD", "6744073709553460"))
	review := capture("SGD", "5")
	review.Status = "REVIEW"
	for name, c := range map[string]struct {
		paid  apo.Amount
		moves []apo.Transaction
		want  string // of Unclear
	}{
		"another currency":      {sgd("10000"), []apo.Transaction{capture("SGD", "5"), capture("JPY", "9000")}, "capture c-1 is of JPY 9000, and the payment of SGD 100.00"},
		"a sum that goes round": {sgd("10000"), wraps, "capture c-1 makes the sum greater than any amount"},
		"no amount":             {sgd("10000"), []apo.Transaction{capture("", "")}, `capture c-1 has the amount ""`},
		"a fraction":            {sgd("10000"), []apo.Transaction{capture("SGD", "4.05e3")}, `capture c-1 has the amount "4.05e3"`},
		"a status that is new":  {sgd("10000"), []apo.Transaction{review}, `capture c-1 has the status "REVIEW"`},
		"a payment of nothing":  {apo.Amount{Currency: "SGD"}, nil, `the payment's amount is ""`},
	} {
		b := apo.Payment{Status: "SUCCESS", Amount: c.paid, Transactions: c.moves}.Balance()
		if b.Unclear != c.want || b.Capturable() != 0 || b.Refundable() != 0 || b.Captured < 0 {
			t.Errorf("%s: %+v, want %q", name, b, c.want)
		}
	}
	b := apo.Balance{Authorized: 1, Captured: math.MaxInt64, Capturing: math.MaxInt64}
	if b.Capturable() != 0 {
		t.Errorf("%d is left of 1, less more than any number", b.Capturable())
	}
}

func TestReadRefund(t *testing.T) {
	refund := apo.ReadRefund(answerOf(t, `{"refundRequestId":"refund-1","refundId":"R1","paymentId":"P1","refundAmount":{"currency":"SGD","value":100},"refundStatus":"PROCESSING","refundTime":"2025-06-01T12:00:00Z"}`))
	if want := (apo.Refund{RefundRequestID: "refund-1", RefundID: "R1", PaymentID: "P1", Amount: sgd("100"), Status: "PROCESSING", Time: "2025-06-01T12:00:00Z"}); refund != want {
		t.Errorf("%+v", refund)
	}
	if got := apo.ReadRefund(answerOf(t, `{}`)); got != (apo.Refund{}) {
		t.Errorf("%+v", got)
	}
}

func TestParseTime(t *testing.T) {
	for given, want := range map[string]time.Time{
		"2025-06-01T12:00:00Z":      noon(),
		atNoon:                      noon(),
		"2025-06-01T20:00:00+0800":  noon(),
		"2025-06-01T05:00:00-07:00": noon(),
		"1748779200000":             noon(),
		"2025-06-01T12:00:00.5Z":    noon().Add(500 * time.Millisecond),
		"0":                         time.UnixMilli(0),
	} {
		if got, err := apo.ParseTime(given); err != nil || !got.Equal(want) {
			t.Errorf("%s: %v, %v", given, got, err)
		}
	}
	for _, given := range []string{
		"", " ", "now", "2025-06-01", "12:00:00Z", "2025-06-01 12:00:00Z", "2025-06-01T12:00:00", "2025-13-01T12:00:00Z", "2025-06-31T12:00:00Z",
		"-1748779200000", "1748779200000.5", "1748779200000000", " 1748779200000", "17487792000００",
	} {
		if got, err := apo.ParseTime(given); err == nil {
			t.Errorf("%q is taken for %v", given, got)
		}
	}
}

func TestGet(t *testing.T) {
	a := answerOf(t, `{"a":{"b":["x",1.50,true,null]},"c.d":"e"}`)
	for path, want := range map[string]string{
		"a.b.0": "x", "a.b.1": "1.5", "a.b.2": "true", "a.b.3": "", "a.b.9": "", "nothing": "", `c\.d`: "e", "a.b": `["x",1.50,true,null]`,
	} {
		if got := a.Get(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// The typed calls are one call each: their own path, and a body that holds
// what was asked and nothing else.
func TestTypedCalls(t *testing.T) {
	antom := readKey(t, "antom")
	var path, body string
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		path, body = r.RequestURI, string(raw)
		write(w, r, antom, `{`+success+`}`)
	})
	ctx := t.Context()
	for _, tt := range []struct {
		call       func() (*apo.Answer, error)
		path, body string
	}{
		{func() (*apo.Answer, error) { return client.InquiryPayment(ctx, apo.PaymentKey{PaymentID: "1"}) }, "inquiryPayment", `{"paymentId":"1"}`},
		{func() (*apo.Answer, error) {
			return client.InquiryPayment(ctx, apo.PaymentKey{PaymentRequestID: "a&b"})
		}, "inquiryPayment", `{"paymentRequestId":"a&b"}`},
		{func() (*apo.Answer, error) { return client.Cancel(ctx, apo.PaymentKey{PaymentID: "1"}) }, "cancel", `{"paymentId":"1"}`},
		{func() (*apo.Answer, error) {
			return client.Capture(ctx, apo.CaptureRequest{CaptureRequestID: "c", PaymentID: "1", CaptureAmount: sgd("4200")})
		}, "capture", `{"captureRequestId":"c","paymentId":"1","captureAmount":{"currency":"SGD","value":"4200"}}`},
		{func() (*apo.Answer, error) {
			return client.Refund(ctx, apo.RefundRequest{RefundRequestID: "r", PaymentID: "1", RefundAmount: sgd("1"), RefundReason: "<late>"})
		}, "refund", `{"refundRequestId":"r","paymentId":"1","refundAmount":{"currency":"SGD","value":"1"},"refundReason":"<late>"}`},
		{func() (*apo.Answer, error) { return client.InquiryRefund(ctx, apo.RefundKey{RefundRequestID: "r"}) }, "inquiryRefund", `{"refundRequestId":"r"}`},
	} {
		if _, err := tt.call(); err != nil {
			t.Fatal(err)
		}
		if path != "/ams/sandbox/api/v1/payments/"+tt.path || body != tt.body {
			t.Errorf("%s: %s %s", tt.path, path, body)
		}
	}
}

// What the types can say is what Validate asks for.
func TestPayRequestIsComplete(t *testing.T) {
	want := payRequest(t)
	var request apo.PayRequest
	if err := json.Unmarshal([]byte(want), &request); err != nil {
		t.Fatal(err)
	}
	body, err := apo.Encode(request)
	if err != nil {
		t.Fatal(err)
	}
	if found := apo.Validate("pay", body, noon()); len(found) != 0 {
		t.Errorf("%v", found)
	}
	if strings.ContainsAny(string(body), "\n\t") {
		t.Errorf("not on one line: %s", body)
	}
	if err := apo.CheckJSON(body); err != nil {
		t.Error(err)
	}
}

func TestEncode(t *testing.T) {
	for want, value := range map[string]any{
		`{"a":"<&>"}`: map[string]string{"a": "<&>"}, `"ü"`: "ü", `{}`: struct{}{},
	} {
		if got, err := apo.Encode(value); err != nil || string(got) != want {
			t.Errorf("%s, %v; want %s", got, err, want)
		}
	}
	if _, err := apo.Encode(func() {}); err == nil {
		t.Error("a function was encoded")
	}
	if got := fmt.Sprint(apo.Units64("JPY", 120)); got != "JPY 120" {
		t.Error(got)
	}
}

func sgd(value string) apo.Amount { return apo.Amount{Currency: "SGD", Value: value} }
