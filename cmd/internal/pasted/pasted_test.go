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
		got.Others, got.Guessed = nil, false
		if err != nil || !reflect.DeepEqual(got, Number{Text: want}) {
			t.Errorf("%q: %+v, %v; want %s", text, got, err, want)
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
		"paymentId: 2026…":    {Text: "2026", Cut: true},
		"**** 0768":           {LastFour: "0768"},
		"************0768":    {LastFour: "0768"},
		"VISA ****0768":       {LastFour: "0768"},
		"•••• 0768":           {LastFour: "0768"},
		"xxxx-xxxx-xxxx-0768": {LastFour: "0768"},
		"VISA xx0768":         {LastFour: "0768"},
		"XXXXXXXXXXXX0768":    {LastFour: "0768"},
		"tix-0768.":           {Text: "tix-0768"}, // a word may end so
		"Order ABX0768":       {Text: "ABX0768"},
		"(XX-0768)":           {Text: "XX-0768"},
		"A-1017*":             {Text: "A-1017", Cut: true},
		"A-1017..":            {Text: "A-1017", Cut: true},
		"A-1017 …":            {Text: "A-1017", Cut: true},
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
	for _, text := range []string{"A-1 A-2", "A-1,A-2", "A-1|A-2", "A-1\nA-2", "A-1; A-2", "A-1 SGD 42.00", `{"paymentId":"1"},{"paymentId":"2"}`} {
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
		`{"paymentId":"` + id + `","order":"A-1018"}`:           {Text: id, Others: []string{"A-1018"}},
	} {
		got, err := Read(text)
		if err != nil || got.Text != want.Text || got.Guessed != want.Guessed || !slices.Equal(got.Others, want.Others) {
			t.Errorf("%q: %+v, %v; want %+v", text, got, err, want)
		}
	}
}
