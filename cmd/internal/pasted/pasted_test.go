package pasted

import (
	"errors"
	"reflect"
	"slices"
	"testing"
)

const paymentID = "20261125123456789012345678901234567"

// What tickets, mails, spreadsheets, logs and browsers make of a number is undone.
func TestRead(t *testing.T) {
	const id = paymentID
	for text, want := range map[string]string{
		"A-1017": "A-1017", " A-1017 ": "A-1017", "A-1017.": "A-1017", "A-1017,": "A-1017", "A-1017;\n": "A-1017", "A-1017\r\n": "A-1017", `A-1017\n`: "A-1017",
		`"A-1017"`: "A-1017", "'A-1017'": "A-1017", "“A-1017”": "A-1017", "„A-1017“": "A-1017", "‘A-1017’": "A-1017", "«A-1017»": "A-1017", "‹ A-1017 ›": "A-1017",
		"「A-1017」": "A-1017", "`A-1017`": "A-1017", "```A-1017```": "A-1017", "**A-1017**": "A-1017", "~~A-1017~~": "A-1017", "_A-1017_": "A-1017",
		"(A-1017)": "A-1017", "[A-1017]": "A-1017", "<A-1017>": "A-1017", "{A-1017}": "A-1017", "【A-1017】": "A-1017", "(A-1017).": "A-1017", `("A-1017"),`: "A-1017",
		"\u00a0A-1017\u00a0": "A-1017", "\u200bA-\u200b1017": "A-1017", "\ufeffA-1017": "A-1017", "A\u00ad-1017": "A-1017", "\u202aA-1017\u202c": "A-1017", "\u3000A-1017": "A-1017",
		"２０２６": "2026", "Ａ－１０１７": "A-1017", "A‑1017": "A-1017", "A–1017": "A-1017",
		`="A-1017"`: "A-1017", `"=""A-1017"""`: "A-1017", "'A-1017": "A-1017", `=T("A-1017")`: "A-1017", "| A-1017 |": "A-1017", "A-1017\t": "A-1017", `"A-1017",`: "A-1017",
		"paymentId: " + id: id, "paymentId:" + id: id, "paymentId=" + id: id, "Payment ID " + id: id, "payment_id: `" + id + "`": id, "PaymentId：" + id: id,
		"Order ID A-1": "A-1", "Order #A-1": "A-1", "#A-1": "A-1", "order: A-1": "A-1", "Order No. A-1": "A-1", "Ref.: A-1": "A-1", "ARN 74027" + "1": "740271",
		"paymentRequestId=\"demo-0001\"": "demo-0001", "Order ID: \"A-1\".": "A-1", "*Order ID:* A-1": "A-1", "- A-1017": "A-1017", "> A-1017": "A-1017", "• A-1017": "A-1017",
		`"paymentId":"` + id + `"`: id, `"paymentId": "` + id + `",`: id, `{"paymentRequestId":"r-1","paymentId":"` + id + `"}`: id, `{\"paymentId\":\"` + id + `\"}`: id,
		`{'order': {'referenceOrderId': 'A-1'}}`: "A-1", "paymentId: '" + id + "'": id,
		"https://dashboard.example/payments/" + id: id, "https://dashboard.example/payments/" + id + "/": id, "https://dashboard.example/v2/payment?paymentId=" + id + "&tab=1": id,
		"https://shop.example/return?order=A-1017": "A-1017", "https://d.example/app/#/payments/" + id: id, "<https://d.example/p/" + id + ">": id, "[" + id + "](https://d.example/p/" + id + ")": id,
		"https://d.example/p/" + id + "?tab=refunds": id, "see https://d.example/p/" + id + ".": id, "https://d.example/orders/A%2F1": "A/1", "Order A-1017 is stuck": "A-1017",
		"<b>A-1017</b>": "A-1017", `<a href="https://d.example/1">A-1017</a>`: "A-1017", "&quot;A-1017&quot;": "A-1017", "&nbsp;A-1017": "A-1017",
		id[:20] + "\n" + id[20:]: id, id[:4] + " " + id[4:8] + " " + id[8:]: id, "A-1017 A-1017": "A-1017",
		"shop:17": "shop:17", "a=b": "a=b", "order": "order", "nobody-knows": "nobody-knows", "12e45": "12e45", "order-1": "order-1", "v1.2": "v1.2", "n-": "n-", "demo-0001": "demo-0001", "A_1": "A_1", "XXL-1": "XXL-1",
	} {
		got, err := Read(text)
		got.Others, got.Guessed, got.Name = nil, false, ""
		if err != nil || !reflect.DeepEqual(got, Number{Text: want}) {
			t.Errorf("%q: %+v, %v; want %s", text, got, err, want)
		}
	}
}

// Links without a scheme, escapes of links, groups of digits, and what programs print of
// an object, are undone too; so is what apo itself printed.
func TestReadPrinted(t *testing.T) {
	const id = paymentID
	const row = "12\t2026-11-30 11:52:40 UTC\tSANDBOX sg\tpay\tSGD 42.00\tS SUCCESS\t"
	for text, want := range map[string]string{
		"d.example/payments/" + id: id, "dashboard.acme.example/p/" + id + "?tab=1": id, "localhost:3000/p/" + id: id, "/payments/" + id + "/": id, id + "/": id, "/" + id: id, "A-1017/": "A-1017",
		"https://d.example/p/" + id + ".html": id, "https%3A%2F%2Fd.example%2Fp%2F" + id: id, "[link](https://d.example/p/" + id + ")": id, `[open](https://d.example/p/` + id + ` "it")`: id,
		`<a href="https://d.example/p/` + id + `">Open</a>`: id, "2026/11/0017": "2026/11/0017", "INV/17": "INV/17",
		"paymentId=" + id + "&paymentRequestId=d-1": id, "?paymentId=" + id + "&x=1": id, "id=" + id + "&": id, "v=1&payment_id=" + id: id,
		"%22" + id + "%22": id, id + "%0A": id, "paymentId%3D" + id: id, "%2522" + id + "%2522": id, "%7B%22paymentId%22%3A%22" + id + "%22%7D": id, `\u0022` + id + `\u0022`: id, "50%": "50%",
		"20,261,125,123,456,789,012,345,678,901,234,567": id, "20.261.125.123.456.789.012.345.678.901.234.567": id, "20 261 125 123 456 789 012 345 678 901 234 567": id, "20'261'125'123'456'789'012'345'678'901'234'567": id,
		"paymentId: 2026 1125 1234 5678 9012 3456 7890 1234 567": id, "2026-1125-1234-5678-9012-3456-7890-1234-567": id,
		"PaymentResult{paymentId=" + id + ", paymentRequestId=d-1}": id, "Payment(payment_id='" + id + "')": id, "map[amount:map[currency:SGD value:4200] paymentId:" + id + "]": id,
		"&{PaymentID:" + id + " Amount:{Currency:SGD Value:4200}}": id, `#<Payment payment_id="` + id + `">`: id, "[paymentId] => " + id: id, "Optional[" + id + "]": id, "b'" + id + "'": id,
		`level=info msg="captured it" paymentId=` + id: id, "2026-11-30 11:52:40 INFO captured paymentId=" + id + " requestId=d-1": id, "Payment " + id + " SGD 42.00 on 2026-11-30": id,
		"Order A-1017 of 2026-11-30 for SGD 42.00 is stuck": "A-1017", "Hi: order: A-1": "A-1", "Order ID: A-1, Payment ID: " + id: id, "order=A-1;paymentId=null": "A-1",
		row + "d-1": "d-1", "12  2026-11-30 11:52:40 +08:00  SANDBOX sg  pay  SGD 42.00  S SUCCESS  nobody": "nobody", "2026-11-30 11:52:40 UTC  LIVE sg  SGD 42.00  authorized  VISA 0768  A-1  d-1  " + id: id,
		"LOCAL ✔ captured  SGD 42.00  paymentId " + id + "  captureId 20261125000000000000000000000000001   next: apo inquire " + id: id,
		"\x1b[32mLOCAL ✔ order A-1 is payment " + id + ": authorized SGD 42.00\x1b[0m":                                               id, "LIVE ✖ not found  d-9  ORDER_NOT_EXIST": "d-9", "apo: hint: apo inquire A-7": "A-7",
	} {
		if got, err := Read(text); err != nil || got.Text != want || got.Cut {
			t.Errorf("%q: %+v, %v; want %s", text, got, err, want)
		}
	}
	for text, want := range map[string]error{
		"#N/A": ErrCell, "#REF!": ErrCell, "#VALUE!": ErrCell, "n/a": ErrCell, "tbd": ErrCell, "Payment ID:": ErrNone, "paymentId": ErrNone, "[paymentId]": ErrNone, "PAYMENT": ErrNone,
		"https://d.example/x?page=1017": ErrNone, "d.example/payments/new": ErrNone, "2026-11-30 11:52:40.802\t○\tinquiryPayment\t\tsuccess": ErrNone, "11:52:40.740    ●  pay  SGD 42.00  S SUCCESS": ErrNone,
	} {
		if got, err := Read(text); !errors.Is(err, want) {
			t.Errorf("%q: %+v, %v; want %v", text, got, err, want)
		}
	}
	var many *ManyError
	if got, err := Read("id  time  profile\n" + row + "d-1\n" + row + "d-2"); !errors.As(err, &many) || !slices.Equal(many.Numbers, []string{"d-1", "d-2"}) {
		t.Errorf("rows: %+v, %v", got, err)
	}
	for _, text := range []string{`{"customerId":"1017"}`, "customer=1017&x=1", "customerId=1017", "Customer{id_of_it=1017}"} {
		var names *NamesError
		if got, err := Read(text); !errors.As(err, &names) {
			t.Errorf("%q: %+v, %v; want names alone", text, got, err)
		}
	}
}

// What looks as a number and is none is not taken for one; what stands around one is left.
func TestReadBeside(t *testing.T) {
	const id = paymentID
	for text, want := range map[string]string{
		"<https://d.example/payments/" + id + "|payment>": id, `{"error":{"kind":"in-doubt","requestId":"r-b","exit":6}}`: "r-b", "/tmp/A-1017.log": "A-1017", "A-1017.pdf": "A-1017", "see /ams/v1/payments/pay for A-1017": "A-1017",
		`{"orders":["A-1017"]}`: "A-1017", "SO-10[01]": "SO-10[01]", "A-1017, mailto:1018@shop.example": "A-1017", "order(A-1017)": "A-1017", "A\u0308-17": "\u00c4-17",
	} {
		if got, err := Read(text); err != nil || got.Text != want {
			t.Errorf("%q: %+v, %v; want %s", text, got, err, want)
		}
	}
	for text, want := range map[string]error{
		"POST /ams/sandbox/api/v1/payments/pay": ErrNone, "mailto:1017@shop.example": ErrNone, "1017@shop.example": ErrNone,
	} {
		if got, err := Read(text); !errors.Is(err, want) {
			t.Errorf("%q: %+v, %v; want %v", text, got, err, want)
		}
	}
	var names *NamesError
	if got, err := Read(`"amount":"1017"`); !errors.As(err, &names) {
		t.Errorf("an amount: %+v, %v", got, err)
	}
	for text, want := range map[string][]string{`{"orders":["A-1","A-2"]}`: {"A-1", "A-2"}, "r-a and r-b": {"r-a", "r-b"}, "r-a or r-b": {"r-a", "r-b"}, "abc paymentRequestId r-b": {"abc", "r-b"}} {
		var many *ManyError
		if got, err := Read(text); !errors.As(err, &many) || !slices.Equal(many.Numbers, want) {
			t.Errorf("%q: %+v, %v; want %q", text, got, err, want)
		}
	}
}

// A label says which kind of number follows.
func TestReadNamed(t *testing.T) {
	for text, want := range map[string]string{
		`{"paymentId":"1017"}`: "paymentId", "Payment ID: 1017": "paymentId", "payment_request_id=r-1": "paymentRequestId", "payment request r-1": "paymentRequestId", "captureRequestId c-1": "captureRequestId", "refund of rf-1": "refund",
		"the Order No. A-1017": "referenceOrderId", "Order #1017": "referenceOrderId", "orderId=1017&x=1": "referenceOrderId", "https://shop.example/?order=1017": "referenceOrderId", "https://shop.example/orders/1017": "referenceOrderId",
		"request r-b of order SO-100": "referenceOrderId", "ARN 7402": "arn", "rrn: 7402": "rrn", `{"acquirerInfo":{"acquirerTransactionId":"T-1"}}`: "acquirerTransactionId", "request ID r-1": "requestId",
		"payment 1017": "", "ref 1017": "", "transaction 1017": "", "A-1017": "", "#1017": "", `{"id":"1017"}`: "", "A-1017 order": "",
	} {
		if got, err := Read(text); err != nil || got.Name != want {
			t.Errorf("%q: %+v, %v; want the name %q", text, got, err, want)
		}
	}
}

// What was cut, or is a card, is told apart from a number that is whole.
func TestReadInPart(t *testing.T) {
	for text, want := range map[string]Number{
		"2026…":               {Text: "2026", Cut: true},
		"2026...":             {Text: "2026", Cut: true},
		"“A-10…”":             {Text: "A-10", Cut: true},
		"2026…4821":           {Text: "2026", Cut: true, End: "4821"},
		"paymentId: 2026…":    {Text: "2026", Cut: true, Name: "paymentId"},
		"**** 0768":           {LastFour: "0768"},
		"************0768":    {LastFour: "0768"},
		"VISA ****0768":       {LastFour: "0768", Brand: "VISA"},
		"•••• 0768":           {LastFour: "0768"},
		"xxxx-xxxx-xxxx-0768": {LastFour: "0768"},
		"VISA xx0768":         {LastFour: "0768", Brand: "VISA"},
		"XXXXXXXXXXXX0768":    {LastFour: "0768"},
		"tix-0768.":           {Text: "tix-0768"}, // a word may end so
		"Order ABX0768":       {Text: "ABX0768", Name: "referenceOrderId"},
		"(XX-0768)":           {Text: "XX-0768"},
		"A-1017*":             {Text: "A-1017", Cut: true},
		"A-1017..":            {Text: "A-1017", Cut: true},
		"A-1017 …":            {Text: "A-1017", Cut: true},

		"405469******0768": {LastFour: "0768"}, "4054-69**-****-0768": {LastFour: "0768"}, "4054 69** **** 0768": {LastFour: "0768"}, "405469XXXXXX0768": {LastFour: "0768"}, "VISA 4054 69xx xxxx 0768": {LastFour: "0768", Brand: "VISA"},
		"last4 1017": {LastFour: "1017"}, "last four digits: 0768": {LastFour: "0768"}, `last4="0768"`: {LastFour: "0768"}, "mc **** 0768": {LastFour: "0768", Brand: "MASTERCARD"},
		"card 0768, SGD 42.00": {LastFour: "0768", Amount: "SGD 42.00"}, "visa ****0768 for SGD 42.00": {LastFour: "0768", Brand: "VISA", Amount: "SGD 42.00"},
		"VISA 0768 SGD 1.00 2026-11-30": {LastFour: "0768", Brand: "VISA", Amount: "SGD 1.00", Day: "2026-11-30"}, "American Express ending in 0768 on 2026-11-30": {LastFour: "0768", Brand: "AMEX", Day: "2026-11-30"},
		"MASTERCARD 0768": {Text: "0768", Brand: "MASTERCARD", Guessed: true}, "AMEX ending in 0768": {Text: "0768", Brand: "AMEX", Guessed: true},
	} {
		if got, err := Read(text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, %v; want %+v", text, got, err, want)
		}
	}
}

// What is no number is refused with the reason.
func TestReadRefused(t *testing.T) {
	for text, want := range map[string]error{
		"": ErrBlank, " \"\" ": ErrBlank, "…": ErrBlank, "#": ErrBlank,
		"2.02611E+34": ErrSpreadsheet, "2,02611E+34": ErrSpreadsheet, "2.02611251234568e34": ErrSpreadsheet, "2E+34": ErrSpreadsheet, `"2.02611E+34"`: ErrSpreadsheet,
		`{"paymentId": 2.02611e+34}`: ErrSpreadsheet, "paymentId: 2.02611E+34": ErrSpreadsheet, `="2.02611E+34"`: ErrSpreadsheet,
		"…0768": ErrBeginCut, "...0768": ErrBeginCut,
	} {
		if got, err := Read(text); !errors.Is(err, want) {
			t.Errorf("%q: %+v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"{{paymentId}}", "{{id_1}}", "${PAYMENT_ID}", "<payment-id>", "{paymentId}", "undefined", "null", "[object Object]"} {
		var template *PlaceholderError
		if got, err := Read(text); !errors.As(err, &template) {
			t.Errorf("%q: %+v, %v; want a placeholder", text, got, err)
		}
	}
	for _, text := range []string{"A-1 A-2", "A-1,A-2", "A-1|A-2", "A-1\nA-2", "A-1; A-2", `{"paymentId":"1"},{"paymentId":"2"}`} {
		var many *ManyError
		if got, err := Read(text); !errors.As(err, &many) || len(many.Numbers) < 2 {
			t.Errorf("%q: %+v, %v; want several", text, got, err)
		}
	}
	if !RoundedBySpreadsheet("20261125123456700000000000000000000") || RoundedBySpreadsheet(paymentID) {
		t.Error("what a spreadsheet rounded is not told from what it did not")
	}
}

// Whoever would move money by a text is told where it may mean something else: what it
// says beside the number, and the other numbers that it names.
func TestReadGuessed(t *testing.T) {
	const id, other = paymentID, "20261125123456789012345678901234568"
	for text, want := range map[string]Number{
		"Order ID A-1":     {Text: "A-1"},
		"Order #A-1":       {Text: "A-1"},
		"paymentId: " + id: {Text: id},
		"Ref.: \"A-1\".":   {Text: "A-1"},
		`{"paymentId":"` + id + `","paymentRequestId":"r-1"}`: {Text: id, Others: []string{"r-1"}},
		"https://d.example/v2/payments/" + id + "?tab=1":      {Text: id},
		"https://shop.example/return?order=A-1":               {Text: "A-1"},

		"Ticket 1017": {Text: "1017", Guessed: true}, "SGD 1017": {Text: "1017", Guessed: true}, "Invoice 1017": {Text: "1017", Guessed: true},
		"Customer ID: 1017": {Text: "1017", Guessed: true}, "card ending in 1017": {Text: "1017", Guessed: true}, "refund of 1017": {Text: "1017", Guessed: true},
		"A- 1017": {Text: "A-1017", Guessed: true}, "INV-\n1017": {Text: "INV-1017", Guessed: true}, "R- 1017-2": {Text: "R-1017-2", Guessed: true}, "A -1017": {Text: "A-1017", Guessed: true},
		"A - 1017": {Text: "A-1017", Guessed: true}, "A – 1017": {Text: "A-1017", Guessed: true}, "A: 1017": {Text: "1017", Guessed: true}, "do not cancel A-1017": {Text: "A-1017", Guessed: true},
		"https://desk.example/agent/tickets/1017":               {Text: "1017", Guessed: true},
		"https://d.example/x?ref=1017":                          {Text: "1017", Guessed: true},
		"https://d.example/payments/" + id + "/refund?ref=1018": {Text: id, Others: []string{"1018"}},
		"https://d.example/orders/A-1017/payments/" + other:     {Text: other, Others: []string{"A-1017"}},
		"https://d.example/" + id + "?order=A-1018":             {Text: id, Others: []string{"A-1018"}},
		"[A-1](https://d.example/p/" + id + ")":                 {Text: "A-1", Others: []string{id}},
		"order=A-1;ref=B-2":                                     {Text: "A-1", Others: []string{"B-2"}},
		"not this one (order: A-1)":                             {Text: "A-1", Guessed: true},
		"map[paymentId:" + id + "]":                             {Text: id},
		"Optional[" + id + "]":                                  {Text: id, Guessed: true},
		"A-1 SGD 42.00":                                         {Text: "A-1", Guessed: true},
		"d.example/payments/1017":                               {Text: "1017", Guessed: true},
		id + "/" + other:                                        {Text: id, Others: []string{other}},
		"LOCAL ✔ captured  SGD 42.00  paymentId " + id:          {Text: id, Guessed: true},
		"Payment " + id + " SGD 42.00 for A-1017":               {Text: id, Others: []string{"A-1017"}, Guessed: true},
		`{"paymentId":"` + id + `","order":"A-1018"}`:           {Text: id, Others: []string{"A-1018"}},
	} {
		got, err := Read(text)
		if err != nil || got.Text != want.Text || got.Guessed != want.Guessed || !slices.Equal(got.Others, want.Others) {
			t.Errorf("%q: %+v, %v; want %+v", text, got, err, want)
		}
	}
}
