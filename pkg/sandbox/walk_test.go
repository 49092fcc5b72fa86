package sandbox_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// Whatever a merchant, a buyer and time do in whatever order, the books keep their
// promises: see [walk.holds] and [walk.ends].
func TestRandomWalks(t *testing.T) {
	if underRace {
		t.Skip("the race detector makes it many times as long")
	}
	t.Parallel()
	for seed := range uint64(walks) {
		w := newWalk(t, seed)
		for range 50 {
			w.step()
			w.holds()
		}
		w.ends()
		if t.Failed() {
			t.Fatalf("the walk of seed %d:\n%s", seed, w.log)
		}
	}
}

const walks = 16

// walk is a merchant who does anything, and what is known of the books.
type walk struct {
	*merchant
	dice  *rand.Rand
	log   []string
	asked []asked
	pages map[string]string // by paymentRequestId

	known    map[string]apo.Payment // by paymentRequestId, as it was last seen
	last     map[string]bool        // captureRequestIds with isLastCapture
	captured map[string]string      // captureIds of refunds, by refundRequestId

	cancelled map[string]bool // paymentRequestIds that a cancel was answered S
	goesOn    bool            // pay-after-cancel: a buyer may pay nevertheless

	disputed map[string]sandbox.Dispute // that are open, by paymentRequestId
	lost     map[string]int64           // by disputes, in smallest units
}

// asked is a request, and its answer.
type asked struct {
	api, body string
	answer    *apo.Answer
}

func newWalk(t *testing.T, seed uint64) *walk {
	t.Helper()
	dice := rand.New(rand.NewPCG(seed, 13))
	options := sandbox.Options{}
	for _, name := range []string{"capture-parts", "refund-capture", "capture-mode", "notify-lapse", "notify-declines", "amount-11", "pay-after-cancel", "no-url"} {
		i := slices.IndexFunc(sandbox.AllOptions(), func(o sandbox.Option) bool { return o.Name == name })
		values := sandbox.AllOptions()[i].Values
		options[name] = values[dice.IntN(len(values))]
	}
	m, _ := newPassiveShop(t, sandbox.Config{Options: options, Seed: fmt.Sprint(seed)})
	w := &walk{
		merchant: m, dice: dice, pages: map[string]string{},
		known: map[string]apo.Payment{}, last: map[string]bool{}, captured: map[string]string{}, cancelled: map[string]bool{}, goesOn: options["pay-after-cancel"] == "yes",
		disputed: map[string]sandbox.Dispute{}, lost: map[string]int64{},
	}
	w.log = append(w.log, fmt.Sprint(options, "\n"))
	return w
}

func pick[T any](w *walk, from ...T) T { return from[w.dice.IntN(len(from))] }

func (w *walk) step() {
	switch n := w.dice.IntN(20); {
	case n < 2 || len(w.known) == 0:
		w.pays()
	case n < 8:
		w.captures()
	case n < 11:
		w.refunds()
	case n < 12:
		w.cancels()
	case n < 13:
		w.ask(completes, pick(w, named(w.one()), mpi(w.one(), "07")))
	case n < 14:
		w.buys(w.one())
	case n < 15:
		w.disputes(w.one())
	case n < 17 && len(w.asked) > 0:
		w.again(w.asked[w.dice.IntN(len(w.asked))])
	default:
		by := pick(w, tick, tick, tick, 4*tick, 4*tick, time.Minute, open, day, 6*day, 7*day, 40*day, 90*day, 300*day)
		w.log = append(w.log, fmt.Sprintf("%s pass\n", by))
		w.passes(by)
	}
}

// one is the paymentRequestId of a payment, of the newest more often than not.
func (w *walk) one() string {
	n := len(w.known) - 1
	if w.dice.IntN(3) == 0 {
		n = w.dice.IntN(len(w.known))
	}
	return fmt.Sprint("p-", n)
}

// buys does on a page what a buyer may do: gives a card, or answers the 3DS check.
func (w *walk) buys(id string) {
	page, form := w.pages[id], url.Values{"test-card": {pick(w, cards()...)}}
	p, _, err := w.box.Payment(id)
	if err != nil {
		w.Fatal(err)
	}
	if strings.Contains(p.Page, "/3ds/") {
		page, form = p.Page, url.Values{"answer": {pick(w, "approve", "approve", "fail")}}
	}
	if page != "" {
		w.log = append(w.log, fmt.Sprintf("the buyer of %s: %v\n", id, form))
		w.page(page, form)
	}
}

// disputes has a cardholder open a dispute, or the acquirer judge the one that is open.
func (w *walk) disputes(id string) {
	d, open := w.disputed[id]
	if !open {
		amount := pick(w, apo.Amount{}, apo.Amount{Currency: "SGD", Value: "1"})
		if d, err := w.box.OpenDispute(sandbox.NewDispute{Of: id, Amount: amount}); err == nil {
			w.log = append(w.log, fmt.Sprintf("%s is disputed: %s\n", id, d.Amount))
			w.disputed[id] = d
		} else if !errors.Is(err, sandbox.ErrNotDisputable) {
			w.Error(err)
		}
		return
	}
	result := pick(w, "ACCEPT_BY_MERCHANT", "ACCEPT_BY_CUSTOMER")
	if _, err := w.box.JudgeDispute(d.ID, result); err != nil {
		w.Error(err)
	}
	w.log = append(w.log, fmt.Sprintf("%s is judged: %s\n", id, result))
	if delete(w.disputed, id); result == "ACCEPT_BY_MERCHANT" {
		units, _ := d.Amount.Units()
		w.lost[id] += units
	}
}

// cards are what buyers pay with.
func cards() []string {
	return []string{
		"visa", "visa", "visa", "visa-3ds", "visa-3ds", "visa-3ds-declined", "visa-processing", "visa-processing-declined", "visa-lost",
		"visa-capture-processing", "visa-capture-processing", "visa-capture-processing", "visa-capture-fails", "visa-refund-processing", "visa-refund-fails",
	}
}

func (w *walk) pays() {
	id := fmt.Sprint("p-", len(w.known))
	amount := pick(w, "11", "1000", "1000", "4200")
	mode := pick[any](w, nil, "MANUAL", "MANUAL", "AUTOMATIC")
	changes := map[string]any{"paymentAmount.value": amount, "paymentFactor.captureMode": mode}
	if w.dice.IntN(6) == 0 { // a page collects the card
		changes["paymentMethod.paymentMethodMetaData"] = map[string]any{"tokenizeMode": "ASKFORCONSENT"}
	}
	answer := w.ask("pay", w.changed(id, pick(w, cards()...), changes))
	w.pages[id] = answer.Get("normalUrl")
	w.known[id] = w.seen(id)
}

func (w *walk) cancels() {
	id := w.one()
	if w.ask("cancel", named(id)).Result.Code == "SUCCESS" {
		w.cancelled[id] = true
	}
}

func (w *walk) captures() {
	p, last := w.known[w.one()], ""
	id := fmt.Sprint("c-", len(w.asked))
	if w.dice.IntN(5) == 0 {
		id = p.PaymentRequestID // which an automatic capture would take
	}
	if _, used := w.last[id]; !used && w.dice.IntN(4) == 0 {
		last = `,"isLastCapture":true`
	}
	answer := w.ask("capture", captureBody(id, p.PaymentID, pick(w, "1", "11", "400", "600", p.Amount.Value), last))
	if _, used := w.last[id]; !used && answer.Get("captureId") != "" {
		w.last[id] = last != ""
	}
}

func (w *walk) refunds() {
	p, of := w.known[w.one()], ""
	from := pick(w, p, p, w.known[w.one()])
	if all := from.Transactions; len(all) > 0 && w.dice.IntN(3) > 0 {
		of = pick(w, all...).ID // of this payment or of another, a capture or a refund
	}
	id := fmt.Sprint("r-", len(w.asked))
	answer := w.ask("refund", refundBody(id, p.PaymentID, pick(w, "1", "400", p.Amount.Value, fmt.Sprint(max(1, p.Balance().Refundable()))), of))
	if answer.Get("refundId") != "" {
		w.captured[id] = of
	}
}

// ask sends a request and holds its answer against the inquiry.
func (w *walk) ask(api, body string) *apo.Answer {
	w.Helper()
	answer := w.call(api, body)
	w.log = append(w.log, fmt.Sprintf("%s %s: %s\n", api, body, answer.Result.Code))
	w.asked = append(w.asked, asked{api, body, answer})
	r := gjson.Parse(body)
	switch api {
	case "pay":
		p := w.seen(r.Get("paymentRequestId").Str)
		want := map[string]string{"S": "SUCCESS", "F": "FAIL", "U": "PROCESSING"}[answer.Result.Status]
		if p.Status != want && !(want == "PROCESSING" && answer.Get("normalUrl") == "" && p.Status == "FAIL") || want != "PROCESSING" && p.ResultCode != answer.Result.Code {
			w.Errorf("pay answers %s, the inquiry says %s %s", answer.Result.Code, p.Status, p.ResultCode)
		}
	case "capture", "refund":
		w.agrees(api, r, answer)
	}
	return answer
}

// agrees holds the answer to a capture or refund against the inquiry.
func (w *walk) agrees(api string, r gjson.Result, answer *apo.Answer) {
	w.Helper()
	kind := map[string]string{"capture": "CAPTURE", "refund": "REFUND"}[api]
	p, _, err := w.box.Payment(r.Get("paymentId").Str)
	if err != nil {
		w.Fatal(err)
	}
	paid, err := apo.ParseTime(w.known[p.PaymentRequestID].Time)
	booked, found := readInquiry(p).Find(kind, r.Get(api+"RequestId").Str)
	id := answer.Get(api + "Id")
	switch {
	case id == "" && answer.Result.Status == "F": // refused, and not booked by this
	case api == "capture" && err == nil && !w.clock.Before(paid.Add(7*day)) && !w.booked(p.PaymentRequestID, booked):
		w.Errorf("captured at %s, after the authorization ended: %s", w.clock, answer.Raw)
	case api == "refund" && !w.booked(p.PaymentRequestID, booked) && w.disputed[p.PaymentRequestID].ID != "":
		w.Errorf("refunded while a dispute is open: %s", answer.Raw)
	case !found || booked.ID != id || booked.Amount.Value != r.Get(api+"Amount.value").Str || booked.Result.Code != answer.Result.Code:
		w.Errorf("%s answers %s, the inquiry says %+v", api, answer.Raw, booked)
	}
}

// again repeats a request: what was booked is answered as before.
func (w *walk) again(a asked) {
	answer := w.call(a.api, a.body)
	w.log = append(w.log, fmt.Sprintf("again %s %s: %s\n", a.api, a.body, answer.Result.Code))
	code, before := answer.Result.Code, a.answer
	gone := code == "ORDER_IS_CANCELED" || code == "ORDER_IS_CLOSED"
	switch {
	case a.api == "pay" && !gone && before.Result.Status != "U" && code != before.Result.Code,
		(a.api == "capture" || a.api == "refund") && before.Result.Status == "S" && string(answer.Raw) != string(before.Raw),
		a.api == "cancel" && before.Result.Status == "S" && code != "SUCCESS" && !w.goesOn:
		w.Errorf("%s %s was answered %s, and again %s", a.api, a.body, before.Raw, answer.Raw)
	case a.api == "capture" || a.api == "refund":
		w.agrees(a.api, gjson.Parse(a.body), answer)
		w.learns(a, answer)
	}
}

// learns notes what a repeated request booked that was refused the first time.
func (w *walk) learns(a asked, answer *apo.Answer) {
	r := gjson.Parse(a.body)
	if id := r.Get("captureRequestId").Str; answer.Get("captureId") != "" {
		if _, used := w.last[id]; !used {
			w.last[id] = r.Get("isLastCapture").Bool()
		}
	}
	if answer.Get("refundId") != "" {
		w.captured[r.Get("refundRequestId").Str] = r.Get("captureId").Str
	}
}

// booked reports whether a capture was in the books before.
func (w *walk) booked(p string, t apo.Transaction) bool {
	_, found := w.known[p].Find(t.Type, t.RequestID)
	return found
}

func readInquiry(p sandbox.Payment) apo.Payment {
	return apo.ReadPayment(&apo.Answer{Raw: p.Inquiry})
}

func (w *walk) seen(id string) apo.Payment {
	w.Helper()
	p, found, err := w.box.Payment(id)
	if err != nil || !found {
		w.Fatalf("%s: %v %v", id, found, err)
	}
	read := readInquiry(p)
	if b := read.Balance(); b.Captured != p.Captured || b.Refunded != p.Refunded {
		w.Errorf("%s: the owner sees %d captured and %d refunded, the merchant %+v", id, p.Captured, p.Refunded, b)
	}
	return read
}

// holds holds each payment against what it was before.
func (w *walk) holds() {
	w.Helper()
	for id, before := range w.known {
		now := w.seen(id)
		w.moved(id, before, now)
		w.adds(id, now)
		w.known[id] = now
	}
}

// moved: a state that is final stays, and so does what was booked.
func (w *walk) moved(id string, before, now apo.Payment) {
	w.Helper()
	stays := before.Status != "PROCESSING" && (before.Status != "SUCCESS" || now.Status != "CANCELLED")
	if stays && (now.Status != before.Status || now.ResultCode != before.ResultCode) {
		w.Errorf("%s was %s %s and became %s %s", id, before.Status, before.ResultCode, now.Status, now.ResultCode)
	}
	if (now.Status == "SUCCESS") != (now.ResultCode == "SUCCESS") {
		w.Errorf("%s is %s with the code %s", id, now.Status, now.ResultCode)
	}
	for _, t := range before.Transactions {
		after, found := now.Find(t.Type, t.RequestID)
		if !found || after.ID != t.ID || after.Amount != t.Amount || t.Status != "PROCESSING" && (after.Status != t.Status || after.Time != t.Time) {
			w.Errorf("%s: %+v became %+v", id, t, after)
		}
		if before.Status == "CANCELLED" && after.Status == "SUCCESS" && t.Status != "SUCCESS" && t.Type == "CAPTURE" {
			w.Errorf("%s was cancelled, and %+v succeeded", id, after)
		}
	}
	if n := len(now.Transactions); n > len(before.Transactions) && before.Status != "PROCESSING" && before.Status != "SUCCESS" || n > 0 && now.Status == "FAIL" {
		w.Errorf("%s is %s and has %+v", id, now.Status, now.Transactions)
	}
}

// adds: no more is captured than was authorized, nor refunded than captured, as a
// whole and of each capture; after the last capture there is none.
func (w *walk) adds(id string, p apo.Payment) {
	w.Helper()
	authorized, _ := p.Amount.Units()
	var captured, taken, refunded int64
	left, closed := map[string]int64{}, false
	for _, t := range p.Transactions {
		units, _ := t.Amount.Units()
		switch {
		case t.Status == "FAIL":
		case t.Type == "CAPTURE":
			if closed {
				w.Errorf("%s: %+v came after the last capture", id, t)
			}
			captured += units
			closed = closed || w.last[t.RequestID]
			if t.Status == "SUCCESS" {
				taken += units
				left[t.ID] = units
			}
		default:
			refunded += units
			if of := w.captured[t.RequestID]; of != "" {
				if left[of] -= units; left[of] < 0 {
					w.Errorf("%s: the refunds of the capture %s are above it: %+v", id, of, p.Transactions)
				}
			}
		}
	}
	if _, open := w.disputed[id]; p.Status == "CANCELLED" && (open || refunded+w.lost[id] > 0) {
		w.Errorf("%s is cancelled as a whole, %d were refunded and %d lost, disputed %v", id, refunded, w.lost[id], open)
	}
	if captured > authorized || refunded+w.lost[id] > taken {
		w.Errorf("%s: of %d, %d are captured, %d of them for good, %d refunded and %d lost", id, authorized, captured, taken, refunded, w.lost[id])
	}
}

// ends lets years pass. Then nothing is open, and what was told is how it ended.
func (w *walk) ends() {
	w.Helper()
	w.passes(3 * 365 * day)
	w.holds()
	for id, p := range w.known {
		open := slices.ContainsFunc(p.Transactions, func(t apo.Transaction) bool { return t.Status == "PROCESSING" })
		if p.Status == "PROCESSING" || open || p.Status == "SUCCESS" && p.Balance().Captured == 0 {
			w.Errorf("%s is still %s, with %+v", id, p.Status, p.Transactions)
		}
		if w.cancelled[id] && p.ResultCode == "ORDER_IS_CLOSED" {
			w.Errorf("%s was cancelled, and is %s", id, p.ResultCode)
		}
	}
	w.tells()
}

// tells: each end is told once at most, and as it is.
func (w *walk) tells() {
	w.Helper()
	all, err := w.box.Notifications(10000)
	if err != nil {
		w.Fatal(err)
	}
	seen := map[string]bool{}
	for _, n := range all {
		if seen[n.Type+n.RequestID] {
			w.Errorf("%s of %s was told twice", n.Type, n.RequestID)
		}
		seen[n.Type+n.RequestID] = true
		body := gjson.ParseBytes(n.Body)
		p := w.byID(n.PaymentID)
		code := body.Get("result.resultCode").Str
		switch n.Type {
		case "PAYMENT_RESULT":
			if code == "SUCCESS" && p.Status != "SUCCESS" && p.Status != "CANCELLED" || code != "SUCCESS" && (p.Status != "FAIL" || p.ResultCode != code) {
				w.Errorf("%s was told as %s, and is %s %s", p.PaymentRequestID, code, p.Status, p.ResultCode)
			}
		case "CAPTURE_RESULT":
			t, found := p.Find("CAPTURE", body.Get("captureRequestId").Str)
			lapsed := code == "AUTH_EXPIRED" && p.ResultCode == "AUTH_EXPIRED" && !found
			if !lapsed && (t.ID != body.Get("captureId").Str || t.Result.Code != code) {
				w.Errorf("a capture was told as %s, and is %+v", n.Body, t)
			}
		case "REFUND_RESULT":
			if t, _ := p.Find("REFUND", body.Get("refundRequestId").Str); t.ID != body.Get("refundId").Str || t.Result.Code != code {
				w.Errorf("a refund was told as %s, and is %+v", n.Body, t)
			}
		}
	}
}

func (w *walk) byID(id string) apo.Payment {
	for _, p := range w.known {
		if p.PaymentID == id {
			return p
		}
	}
	w.Fatalf("nobody knows the payment %s", id)
	return apo.Payment{}
}
