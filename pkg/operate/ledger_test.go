package operate_test

import (
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/tidwall/gjson"
)

// ledger is an honest gateway: whatever arrives takes effect once, under its
// request ID, and is told as it is.
type ledger struct {
	mu   sync.Mutex
	plan func(api string) plan // what becomes of a request that is new

	deals []*deal
	parts []*movement
}

// plan is what the acquirer does with a request.
type plan string

const (
	accepts  plan = "accepts it"
	declines plan = "declines it"
	slowly   plan = "accepts it after a while"
	slowlyNo plan = "declines it after a while"
	breaks   plan = "accepts it, and the gateway says SYSTEM_ERROR"
	suspects plan = "takes it for fraud, and declines it after a while"
	shrugs   plan = "declines it, and the gateway says SYSTEM_ERROR"
)

func plans() []plan { return []plan{accepts, declines, slowly, slowlyNo, breaks, suspects, shrugs} }

// deal is a payment.
type deal struct {
	request, id, order, currency, value string
	course
}

// movement is a capture or a refund.
type movement struct {
	kind, request string // "CAPTURE"
	deal          *deal
	currency      string
	value         int64
	course
}

// course is how far something got: its status, and what becomes of it by itself.
type course struct {
	status, code string
	then         string
	due          time.Time
}

func newCourse(p plan) course {
	switch p {
	case declines:
		return course{status: "FAIL", code: "PROCESS_FAIL"}
	case slowly:
		return course{status: "PROCESSING", code: "PAYMENT_IN_PROCESS", then: "SUCCESS", due: time.Now().Add(40 * time.Second)}
	case slowlyNo:
		return course{status: "PROCESSING", code: "PAYMENT_IN_PROCESS", then: "FAIL", due: time.Now().Add(40 * time.Second)}
	case suspects:
		return course{status: "PROCESSING", code: "RISK_REJECT", then: "FAIL", due: time.Now().Add(40 * time.Second)}
	case shrugs:
		return course{status: "FAIL", code: "SYSTEM_ERROR"}
	}
	return course{status: "SUCCESS", code: "SUCCESS"}
}

// goOn lets happen what is due.
func (c *course) goOn() {
	if c.status != "PROCESSING" || c.then == "" || time.Now().Before(c.due) {
		return
	}
	c.status = c.then
	switch {
	case c.status == "SUCCESS":
		c.code = "SUCCESS"
	case c.code != "RISK_REJECT":
		c.code = "PROCESS_FAIL"
	}
}

// result is what the gateway says of a request that it knows.
func (c course) result(p plan) (status, code string) {
	switch {
	case p == breaks, p == shrugs:
		return "F", "SYSTEM_ERROR"
	case p == suspects:
		return "F", "RISK_REJECT"
	case c.status == "SUCCESS":
		return "S", "SUCCESS"
	case c.status == "PROCESSING":
		return "U", "PAYMENT_IN_PROCESS"
	}
	return "F", c.code
}

// handle is what becomes of a call, and the answer.
func (l *ledger) handle(api string, body []byte) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.goOn()
	doc := gjson.ParseBytes(body)
	switch api {
	case "pay":
		return l.pay(doc)
	case "capture":
		return l.part("CAPTURE", doc)
	case "refund":
		return l.part("REFUND", doc)
	case "cancel":
		return l.cancel(doc)
	case "inquiryPayment":
		return l.inquire(doc)
	case "inquiryRefund":
		return l.inquireRefund(doc)
	}
	return said("F", "NO_INTERFACE_DEF")
}

func (l *ledger) goOn() {
	for _, d := range l.deals {
		d.goOn()
	}
	for _, m := range l.parts {
		m.goOn()
	}
}

// find is the payment of a paymentId, or of a paymentRequestId.
func (l *ledger) find(doc gjson.Result) *deal {
	id, request := doc.Get("paymentId").String(), doc.Get("paymentRequestId").String()
	for _, d := range l.deals {
		if id != "" && d.id == id || id == "" && request != "" && d.request == request {
			return d
		}
	}
	return nil
}

// known is the capture or refund of a request ID.
func (l *ledger) known(kind, request string) *movement {
	for _, m := range l.parts {
		if m.kind == kind && m.request == request {
			return m
		}
	}
	return nil
}

func (l *ledger) pay(doc gjson.Result) string {
	request := doc.Get("paymentRequestId").String()
	value, currency := doc.Get("paymentAmount.value").String(), doc.Get("paymentAmount.currency").String()
	ids := func(d *deal) string { return `"paymentRequestId":"` + d.request + `","paymentId":"` + d.id + `"` }
	p := plan("")
	at := slices.IndexFunc(l.deals, func(d *deal) bool { return d.request == request })
	if at < 0 {
		p = l.plan("pay")
		at = len(l.deals)
		l.deals = append(l.deals, &deal{
			request: request, id: dealID(request), order: doc.Get("order.referenceOrderId").String(), currency: currency, value: value, course: newCourse(p),
		})
	}
	d := l.deals[at]
	switch {
	case d.value != value || d.currency != currency:
		return said("F", "REPEAT_REQ_INCONSISTENT", ids(d))
	case d.status == "CANCELLED":
		return said("F", "ORDER_IS_CANCELED", ids(d))
	}
	status, code := d.result(p)
	return said(status, code, ids(d))
}

// dealID is the paymentId that the gateway gives to a payment.
func dealID(request string) string { return "2025-" + request }

// part is a capture or a refund. APO's refusals of them carry no IDs.
func (l *ledger) part(kind string, doc gjson.Result) string {
	name := map[string]string{"CAPTURE": "capture", "REFUND": "refund"}[kind]
	request := doc.Get(name + "RequestId").String()
	value, err := strconv.ParseInt(doc.Get(name+"Amount.value").String(), 10, 64)
	currency := doc.Get(name + "Amount.currency").String()
	if err != nil {
		return said("F", "PARAM_ILLEGAL")
	}
	d, m, p := l.find(doc), l.known(kind, request), plan("")
	if m == nil {
		switch {
		case d == nil:
			return said("F", "ORDER_NOT_EXIST")
		case d.status != "SUCCESS":
			return said("F", "ORDER_STATUS_INVALID")
		case currency != d.currency:
			return said("F", "CURRENCY_NOT_SUPPORT")
		case kind == "CAPTURE" && value > l.left("CAPTURE", d):
			return said("F", "CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT")
		case kind == "REFUND" && value > l.left("REFUND", d):
			return said("F", "REFUND_AMOUNT_EXCEED")
		}
		p = l.plan(name)
		m = &movement{kind: kind, request: request, deal: d, currency: currency, value: value, course: newCourse(p)}
		l.parts = append(l.parts, m)
	}
	if m.deal != d || m.value != value || m.currency != currency {
		return said("F", "REPEAT_REQ_INCONSISTENT")
	}
	status, code := m.result(p)
	if status == "F" {
		return said(status, code)
	}
	return said(status, code, `"`+name+`RequestId":"`+request+`"`)
}

// left is what may still be captured, or refunded, of a payment.
func (l *ledger) left(kind string, d *deal) int64 {
	var captured, refunded int64
	for _, m := range l.parts {
		switch {
		case m.deal != d || m.status == "FAIL":
		case m.kind == "CAPTURE" && (kind == "CAPTURE" || m.status == "SUCCESS"):
			captured += m.value
		case m.kind == "REFUND":
			refunded += m.value
		}
	}
	if kind == "CAPTURE" {
		paid, _ := strconv.ParseInt(d.value, 10, 64)
		return paid - captured
	}
	return captured - refunded
}

// cancel gives a payment back, captured or not.
func (l *ledger) cancel(doc gjson.Result) string {
	d := l.find(doc)
	switch {
	case d == nil:
		return said("F", "ORDER_NOT_EXIST")
	case d.status == "FAIL":
		return said("F", "ORDER_STATUS_INVALID")
	}
	d.status, d.code, d.then = "CANCELLED", "ORDER_IS_CANCELED", ""
	return said("S", "SUCCESS", `"paymentId":"`+d.id+`","paymentRequestId":"`+d.request+`"`)
}

func (l *ledger) inquire(doc gjson.Result) string {
	d := l.find(doc)
	if d == nil {
		return notFound
	}
	var entries []string
	for _, m := range l.parts {
		if m.deal == d {
			status := map[string]string{"SUCCESS": "S", "FAIL": "F", "PROCESSING": "U"}[m.status]
			entries = append(entries, entry(m.kind, m.request, m.status, status, m.code, fmt.Sprint(m.value)))
		}
	}
	return paymentOf(d.value, d.id, d.request, d.status, d.code, entries...)
}

func (l *ledger) inquireRefund(doc gjson.Result) string {
	m := l.known("REFUND", doc.Get("refundRequestId").String())
	if m == nil {
		return notFound
	}
	return said("S", "SUCCESS", `"refundRequestId":"`+m.request+`","refundStatus":"`+m.status+`"`, `"refundAmount":`+amount(m.currency, fmt.Sprint(m.value)))
}

// effect is what became of a request in the books.
type effect string

const (
	noEffect        effect = "" // nothing is known of it
	underWayEffect  effect = "under way"
	doneEffect      effect = "done"
	failedEffect    effect = "failed"
	givenBackEffect effect = "given back" // of a pay
)

func (l *ledger) effect(api, id string) effect {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.goOn()
	status := ""
	switch api {
	case "capture", "refund":
		kind := map[string]string{"capture": "CAPTURE", "refund": "REFUND"}[api]
		if m := l.known(kind, id); m != nil {
			status = m.status
		}
	default:
		for _, d := range l.deals {
			if api == "pay" && d.request == id || api == "cancel" && d.id == id {
				status = d.status
			}
		}
	}
	if api == "cancel" {
		if status == "CANCELLED" {
			return doneEffect
		}
		return noEffect
	}
	return map[string]effect{"": noEffect, "PROCESSING": underWayEffect, "SUCCESS": doneEffect, "FAIL": failedEffect, "CANCELLED": givenBackEffect}[status]
}
