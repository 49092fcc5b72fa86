package sandbox_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// shape is one line of testdata/shapes.txt.
type shape struct {
	path string
	form *regexp.Regexp
	when []string
}

// shapes reads the table by the names of its sections.
func shapes(t *testing.T) map[string][]shape {
	t.Helper()
	text, err := os.ReadFile("testdata/shapes.txt")
	if err != nil {
		t.Fatal(err)
	}
	named := strings.NewReplacer(
		"TIME", `20\d\d-[01]\d-[0-3]\dT[012]\d:[0-5]\d:[0-5]\d-0[78]:00`, "UUID", `[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`,
	)
	table, section := map[string][]shape{}, ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			section = strings.Trim(line, "[]")
		default:
			path, rest, _ := strings.Cut(line, " ")
			form, when := rest, []string(nil)
			for {
				before, last, found := cutLast(form)
				if !found || !slices.Contains([]string{"paid", "failed", "declined", "3ds", "beside", "ALIPAY", "AUTOMATIC"}, last) {
					break
				}
				form, when = before, append(when, last)
			}
			table[section] = append(table[section], shape{path, regexp.MustCompile("^(?:" + named.Replace(form) + ")$"), when})
		}
	}
	return table
}

func cutLast(text string) (before, last string, found bool) {
	i := strings.LastIndexByte(text, ' ')
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+1:], true
}

// leaves are the scalars of a JSON document in its order: path and value.
func leaves(v gjson.Result, path string) (list [][2]string) {
	if v.IsArray() {
		for i, item := range v.Array() {
			list = append(list, leaves(item, fmt.Sprintf("%s.%d", path, i))...)
		}
		return list
	}
	if !v.IsObject() {
		return [][2]string{{path, v.String()}}
	}
	v.ForEach(func(key, value gjson.Result) bool {
		list = append(list, leaves(value, strings.TrimPrefix(path+"."+key.String(), "."))...)
		return true
	})
	return list
}

// fits holds a document against a section, as far as its lines are for facts.
func fits(section []shape, facts []string, body []byte) error {
	got := leaves(gjson.ParseBytes(body), "")
	for _, s := range section {
		if slices.ContainsFunc(s.when, func(w string) bool { return !slices.Contains(facts, w) }) {
			continue
		}
		if len(got) == 0 || got[0][0] != s.path {
			return fmt.Errorf("%s is not where it should be: %s", s.path, body)
		}
		if !s.form.MatchString(got[0][1]) {
			return fmt.Errorf("%s is %q, want %s", s.path, got[0][1], s.form)
		}
		got = got[1:]
	}
	if len(got) > 0 {
		return fmt.Errorf("%s is too much: %s", got[0][0], body)
	}
	return nil
}

// Each answer and notification has the fields of its sample, in their order, for
// three acquirers, four ways of 3DS, a decline and both capture modes.
func TestShapes(t *testing.T) {
	t.Parallel()
	table := shapes(t)
	for _, acquirer := range []string{"ALIPAY", "ADYEN", "CHECKOUT"} {
		for _, way := range []string{"none", "frictionless", "approve", "fail", "declined"} {
			for _, mode := range []string{"MANUAL", "AUTOMATIC"} {
				t.Run(acquirer+" "+way+" "+mode, func(t *testing.T) {
					t.Parallel()
					m, r := newPassiveShop(t, sandbox.Config{Acquirers: []sandbox.Acquirer{{Name: acquirer, Weight: 1}}})
					m.shaped(table, r, way, facts(acquirer, way, mode))
				})
			}
		}
	}
}

func facts(acquirer, way, mode string) []string {
	list := []string{acquirer, mode, "paid"}
	switch way {
	case "fail":
		list[2] = "failed"
	case "declined":
		return []string{acquirer, mode, "failed", way}
	}
	if way != "none" {
		list = append(list, "3ds", "beside")
	}
	return list
}

// shaped pays, and holds whatever is told of it against the table.
func (m *merchant) shaped(table map[string][]shape, r *receiver, way string, facts []string) {
	m.Helper()
	is := func(name string, body []byte) {
		m.Helper()
		if err := fits(table[name], facts, body); err != nil {
			m.Errorf("%s: %v", name, err)
		}
	}
	card := map[string]string{"none": "visa", "frictionless": "visa-frictionless", "declined": "visa-declined"}[way]
	if card == "" {
		card = "visa-3ds"
	}
	request := m.request("shape-1", "1000", card)
	request.PaymentFactor.CaptureMode = facts[1]
	answer, err := m.client.Pay(m.Context(), request)
	if err != nil {
		m.Fatal(err)
	}
	if card == "visa-3ds" {
		is("page", answer.Raw)
		m.answerPage(answer.Get("normalUrl"), way)
		m.passes(open)
		if answer, err = m.client.Pay(m.Context(), request); err != nil {
			m.Fatal(err)
		}
	}
	is("pay", answer.Raw)
	inquiry, err := m.client.InquiryPayment(m.Context(), apo.PaymentKey{PaymentRequestID: "shape-1"})
	m.wants("SUCCESS", inquiry, err)
	is("inquiryPayment", inquiry.Raw)
	payment := answer.Get("paymentId")
	if way == "none" && facts[1] == "MANUAL" {
		is("capture", m.capture("SUCCESS", "shape-2", payment, "1000").Raw)
		is("refund", m.refund("SUCCESS", "shape-3", payment, "300").Raw)
		refund, err := m.client.InquiryRefund(m.Context(), apo.RefundKey{RefundRequestID: "shape-3"})
		is("inquiryRefund", m.wants("SUCCESS", refund, err).Raw)
		m.pay("SUCCESS", "shape-4", "1000", "visa")
		gone, err := m.client.Cancel(m.Context(), apo.PaymentKey{PaymentRequestID: "shape-4"})
		is("cancel", m.wants("SUCCESS", gone, err).Raw)
	}
	if _, err := m.box.DeliverDue(m.Context()); err != nil {
		m.Fatal(err)
	}
	told := map[string]string{"PAYMENT_RESULT": "notifyPayment", "CAPTURE_RESULT": "notifyCapture", "REFUND_RESULT": "notifyRefund"}
	for _, kind := range []string{"payment.succeeded", "capture.succeeded", "refund.succeeded"} { // as apo trigger makes them
		news, err := m.box.Compose(sandbox.News{Kind: kind})
		must(m.T, err)
		if err := fits(table[told[news.Type]], []string{facts[0], "paid"}, news.Body); err != nil {
			m.Errorf("%s: %v", kind, err)
		}
	}
	list := r.all()
	if len(list) == 0 {
		m.Error("nothing was notified")
	}
	for _, d := range list {
		is(told[gjson.GetBytes(d.body, "notifyType").Str], d.body)
	}
}

// The table is held against the guide itself where APO_SEED names its text.
func TestShapesOfTheGuide(t *testing.T) {
	t.Parallel()
	file := os.Getenv("APO_SEED")
	if file == "" {
		t.Skip("APO_SEED names no text of APO's guide: its samples are not in this repository")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	table, seen := shapes(t), map[string]int{}
	for _, sample := range samples(string(text)) {
		doc := gjson.Parse(sample)
		name, facts := "", []string{"paid"}
		switch {
		case doc.Get("notifyType").Exists():
			name = "notifyPayment"
		case doc.Get("paymentStatus").Exists():
			name, facts = "inquiryPayment", append(facts, "3ds")
			if doc.Get("transactions").Exists() {
				facts = append(facts, "AUTOMATIC")
			}
		case doc.Get("paymentResultInfo").Exists():
			name, facts = "pay", append(facts, "ALIPAY")
		default:
			continue
		}
		seen[name]++
		if err := fits(table[name], facts, []byte(sample)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if seen["pay"] != 1 || seen["notifyPayment"] != 1 || seen["inquiryPayment"] != 2 {
		t.Errorf("found %v", seen)
	}
}

// samples are the JSON objects in a text. One has a bracket too many.
func samples(text string) (list []string) {
	text = strings.ReplaceAll(text, "\n},\n\"notifyType\"", "\n\"notifyType\"")
	for {
		at := strings.Index(text, "\n{\n")
		if at < 0 {
			return list
		}
		text = text[at+1:]
		depth, end := 0, 0
		for i, c := range text {
			if c == '{' {
				depth++
			}
			if c == '}' {
				depth--
			}
			if depth == 0 {
				end = i + 1
				break
			}
		}
		if sample := text[:end]; gjson.Valid(sample) {
			list = append(list, sample)
		}
		text = text[max(end, 1):]
	}
}
