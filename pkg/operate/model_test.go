package operate_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"
	"pgregory.net/rapid"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/operate"
	"github.com/apo-cli/apo/pkg/sign"
)

// The model knows what was sent, what arrived, and what verified messages have
// told. It says what may be said of a request, and what may be sent, and calls
// nothing of the engine's.

// key is a request: its API and its request ID, of a cancel the payment's.
type key struct{ api, id string }

// fate is what the model knows of a request.
type fate struct {
	key
	about   string // the order of a pay, the payment of the others
	value   string
	packets int       // that have left
	last    time.Time // when the last try began
	told    bool      // a verified message has told its end
	lied    bool      // one has lied about it
	refused bool      // its only packet was refused, by an answer without IDs
	pending bool      // a verified message says that it is under way
	vague   bool      // one said U, whatever it is: then nobody says that it never arrived
}

// world is a sequence: an Operator, its journal, its gateway, and the model.
type world struct {
	t     *rapid.T
	keys  keyring
	file  string
	store *journal.SQLite
	op    *operate.Operator
	books *ledger
	wire  *wire

	sent    map[key]*fate
	sending operate.Request // what Send is at; its zero value is nothing
	written map[int64]string
}

// begin is a new process.
func (w *world) begin() {
	if w.wire == nil {
		w.books = &ledger{plan: func(api string) plan {
			return rapid.SampledFrom(append(plans(), accepts, accepts, accepts)).Draw(w.t, "plan")
		}}
		w.wire = &wire{world: w, books: w.books, skew: rapid.SampledFrom([]time.Duration{0, 0, 90 * time.Second, -90 * time.Second}).Draw(w.t, "skew")}
	}
	store, err := journal.Open(w.file, time.Now)
	if err != nil {
		w.t.Fatal(err)
	}
	w.store = store
	gateway := &scripted{keys: [2]*sign.PrivateKey{w.keys.antom, w.keys.stranger}, answer: w.wire.answer}
	w.op = newOperator(w.keys, gateway)
	w.op.Journal = store
}

// leaves is told that a packet of a request leaves: nothing that is open may stand
// in its way.
func (w *world) leaves(k key, c call) {
	w.audit() // what was said of earlier tries, it was said without this one
	f := w.sent[k]
	if f == nil {
		f = &fate{key: k, about: aboutOf(k.api, c.body), value: valueOf(c.body)}
		w.sent[k] = f
	}
	for _, other := range w.sent {
		if !w.sending.Again && other.api == k.api && other.id != k.id && other.about == f.about && k.api != "cancel" {
			w.inTheWay(f, other)
		}
	}
	if f.told && !f.lied && !w.mayMove(k) {
		f.packets = 0 // whatever left before is known to have come to nothing
	}
	f.packets++
	f.last = time.Now()
	f.refused, f.told = false, f.lied
}

// inTheWay fails where a request must not have been sent beside another of its
// order, or of its payment.
func (w *world) inTheWay(f, other *fate) {
	recent := time.Since(other.last) < 10*time.Minute
	e := w.books.effect(other.api, other.id)
	switch {
	case other.packets == 0 || other.lied:
	case !other.told && other.pending && other.api == "pay" && !recent: // 3DS may take its time
	case !other.told:
		w.t.Fatalf("%s was sent, although nobody knows what became of %s", f.key, other.key)
	case e == doneEffect && recent && other.value == f.value:
		w.t.Fatalf("%s was sent, although %s did the same a short time ago", f.key, other.key)
	}
}

func (w *world) lies(k key) {
	if f := w.sent[k]; f != nil {
		f.lied, f.told = true, true
	}
}

func (w *world) isDenied(k key) {
	if f := w.sent[k]; f.packets == 1 {
		f.told = true
	}
}

// hears is told of an honest answer that reaches the Operator.
func (w *world) hears(k key, body string) {
	f := w.sent[k]
	switch result := gjson.Get(body, "result"); {
	case result.Get("resultStatus").String() == "S":
		f.told = true
	case result.Get("resultStatus").String() == "U":
		f.pending = true
	case result.Get("resultCode").String() == "SYSTEM_ERROR", result.Get("resultCode").String() == "RISK_REJECT", f.packets > 1:
	case strings.Contains(body, f.id):
		f.told = true
	default:
		f.refused = true
	}
}

// hearsInquiry is told of an honest answer to an inquiry that reaches the
// Operator.
func (w *world) hearsInquiry(c call, body string) {
	doc := gjson.ParseBytes(c.body)
	for _, f := range w.sent {
		deal := cmp.Or(doc.Get("paymentId").String(), dealID(doc.Get("paymentRequestId").String()))
		if deal != dealOf(f) && doc.Get("refundRequestId").String() != f.id {
			continue
		}
		switch e := w.books.effect(f.api, f.id); {
		case e == doneEffect, e == failedEffect, e == givenBackEffect, e == noEffect && f.refused:
			f.told = true
		case e == underWayEffect:
			f.pending = true
		}
	}
}

// about are the requests of which the books of a payment tell.
func (w *world) about(d *deal) (list []key) {
	for k, f := range w.sent {
		if dealOf(f) == d.id {
			list = append(list, k)
		}
	}
	return list
}

func dealOf(f *fate) string {
	if f.api == "pay" {
		return dealID(f.id)
	}
	return f.about
}

func aboutOf(api string, body []byte) string {
	if api == "pay" {
		return gjson.GetBytes(body, "order.referenceOrderId").String()
	}
	return gjson.GetBytes(body, "paymentId").String()
}

func valueOf(body []byte) string {
	doc := gjson.ParseBytes(body)
	return cmp.Or(doc.Get("paymentAmount.value").String(), doc.Get("captureAmount.value").String(), doc.Get("refundAmount.value").String())
}

// mayMove reports whether a request has moved money, or may yet.
func (w *world) mayMove(k key) bool {
	w.wire.deliver()
	e := w.books.effect(k.api, k.id)
	if e == doneEffect || e == underWayEffect {
		return true
	}
	for _, p := range w.wire.flying {
		if p.key == k && e == noEffect {
			return true
		}
	}
	return false
}

// judge holds what is said of a request against the model.
func (w *world) judge(where string, k key, outcome apo.Outcome, moved bool) {
	f := w.sent[k]
	if f == nil || f.lied {
		return
	}
	e := w.books.effect(k.api, k.id)
	switch {
	case outcome == apo.Succeeded && e != doneEffect && e != givenBackEffect:
		w.t.Fatalf("%s: %s is said to have succeeded, and in the books it is %q", where, k, e)
	case (outcome == apo.Declined || outcome == apo.Cancelled || outcome == apo.NotSent || !moved) && w.mayMove(k):
		w.t.Fatalf("%s: %s is said to be %s, may have moved %v, and in the books it is %q", where, k, outcome, moved, e)
	}
}

// audit holds what the journal has newly written against the model.
func (w *world) audit() {
	for r, err := range w.store.Records(w.t.Context(), journal.Filter{Moving: true}) {
		if err != nil {
			w.t.Fatal(err)
		}
		now := string(r.State) + " " + string(r.Outcome)
		if w.written[r.ID] == now {
			continue
		}
		w.written[r.ID] = now
		if r.Outcome != apo.NotSent && r.Outcome != apo.Unrecognised { // which say something of one try alone
			w.judge(fmt.Sprint("record ", r.ID), keyOf(r.Endpoint, r.Request), r.Outcome, true)
		}
	}
}

// nobodyIsAtIt fails where an action has left a call claimed.
func (w *world) nobodyIsAtIt() {
	list, err := journal.List(w.t.Context(), w.store, journal.Filter{Open: true})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range list {
		if r.InFlight {
			w.t.Fatalf("record %d is still in flight", r.ID)
		}
	}
}

// The actions.

// send sends a request about one of two orders, each of which has two payments.
func (w *world) send() {
	n := rapid.SampledFrom([]int{0, 0, 0, 1, 2, 3}).Draw(w.t, "payment")
	pay, capture, refund, cancel := dealBodies(n)
	pay = strings.Replace(pay, fmt.Sprintf(`"o-%d"`, n), fmt.Sprintf(`"o-%d"`, n/2), 1)
	api := rapid.SampledFrom([]string{"pay", "pay", "pay", "capture", "capture", "refund", "refund", "cancel"}).Draw(w.t, "api")
	body := map[string]string{"pay": pay, "capture": capture, "refund": refund, "cancel": cancel}[api]
	if rapid.Bool().Draw(w.t, "another part") && (api == "capture" || api == "refund") {
		body = strings.Replace(body, fmt.Sprintf(`RequestId":"%s-%d`, api[:1], n), fmt.Sprintf(`RequestId":"%s-%d-2`, api[:1], n), 1)
	}
	e, err := apo.FindEndpoint(api)
	if err != nil {
		w.t.Fatal(err)
	}
	w.op.Client.Retries = rapid.IntRange(0, 1).Draw(w.t, "retries")
	w.op.Patience.Lost = rapid.SampledFrom([]time.Duration{0, 50 * time.Second}).Draw(w.t, "patience")
	w.op.Patience.Pending = rapid.SampledFrom([]time.Duration{0, 50 * time.Second}).Draw(w.t, "patience for what is pending")
	w.sending = operate.Request{Endpoint: e, Body: []byte(body), Again: rapid.IntRange(0, 9).Draw(w.t, "again") == 0}
	k := keyOf(api, []byte(body))
	packets := 0
	if f := w.sent[k]; f != nil {
		packets = f.packets
	}
	defer func() { // a fault while it asks first: then nothing was sent
		fault := recover()
		w.caught(fault)
		if f := w.sent[k]; fault != nil && f != nil && f.packets != packets {
			w.t.Fatalf("%s was sent, and a fault is all that comes back", k)
		}
	}()
	r := w.op.Send(w.t.Context(), w.sending)
	w.t.Logf("%s: %s %s", k, r.Outcome, r.Code)
	if r.Outcome == apo.Refused {
		if f := w.sent[k]; f != nil && f.packets != packets {
			w.t.Fatalf("%s was refused, and sent all the same", k)
		}
		return
	}
	w.judge("the result", k, r.Outcome, r.MoneyMayHaveMoved())
}

func (w *world) resume() {
	within := rapid.SampledFrom([]time.Duration{0, time.Minute}).Draw(w.t, "within")
	w.resumeAll(within)
}

func (w *world) resumeAll(within time.Duration) {
	list, err := journal.List(w.t.Context(), w.store, journal.Filter{Open: true, Moving: true})
	if err != nil {
		w.t.Fatal(err)
	}
	var calls []operate.Open
	for _, r := range list {
		calls = append(calls, operate.Open{Operator: w.op, Record: r})
	}
	defer func() { w.caught(recover()) }() // Resume has no net of its own
	for i, r := range operate.Resume(w.t.Context(), calls, within, nil) {
		k := keyOf(list[i].Endpoint, list[i].Request)
		w.t.Logf("resumed %s: %s", k, r.Outcome)
		w.judge("resumed", k, r.Outcome, r.MoneyMayHaveMoved())
	}
}

// caught passes on any panic but that of the wire.
func (w *world) caught(fault any) {
	if fault != nil && fault != "a fault of the program's own" {
		panic(fault)
	}
}

func (w *world) lookup() {
	defer func() { w.caught(recover()) }()
	request := fmt.Sprintf("p-%d", rapid.IntRange(0, 3).Draw(w.t, "payment"))
	w.op.Lookup(w.t.Context(), apo.PaymentKey{PaymentID: dealID(request)}, apo.PaymentKey{PaymentRequestID: request})
}

// notify brings a verified notification, as the books are.
func (w *world) notify() {
	if len(w.sent) == 0 {
		return
	}
	var keys []key
	for n := range 4 {
		for _, k := range []key{{"pay", fmt.Sprintf("p-%d", n)}, {"capture", fmt.Sprintf("c-%d", n)}, {"refund", fmt.Sprintf("r-%d", n)}} {
			if w.sent[k] != nil {
				keys = append(keys, k)
			}
		}
	}
	if len(keys) == 0 {
		return
	}
	k := rapid.SampledFrom(keys).Draw(w.t, "notified")
	f := w.sent[k]
	status, code, state := "S", "SUCCESS", "SUCCESS"
	switch w.books.effect(k.api, k.id) {
	case noEffect, givenBackEffect:
		return
	case failedEffect:
		status, code, state = "F", "PROCESS_FAIL", "FAIL"
	case underWayEffect:
		status, code, state = "U", "PAYMENT_IN_PROCESS", "PROCESSING"
		f.pending = true
	}
	if status != "U" {
		f.told = true
	}
	kind := map[string]string{"pay": "PAYMENT_RESULT", "capture": "CAPTURE_RESULT", "refund": "REFUND_RESULT"}[k.api]
	members := []string{`"notifyType":"` + kind + `"`, idsIn(k), `"` + strings.TrimSuffix(strings.Replace(k.api, "pay", "payment", 1), "") + `Amount":` + amount("SGD", f.value)}
	if k.api == "refund" {
		members = append(members, `"refundStatus":"`+state+`"`)
	} else {
		members = append(members, `"paymentId":"`+dealOf(f)+`"`)
	}
	n, err := notify.Read([]byte(said(status, code, members...)))
	if err != nil {
		w.t.Fatal(err)
	}
	n.ClientID, n.Time = clientID, time.Now().Format(time.RFC3339)
	record, _, err := w.store.Receive(w.t.Context(), journal.Record{
		Account: w.op.Account, Endpoint: n.Kind.API(), Notice: journal.Notice{Type: n.Type, Time: n.Time}, Amount: n.Amount, Ending: journal.Ending{Result: n.Result, Verification: "verified", Answer: n.Body},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.op.Apply(w.t.Context(), operate.News{Evidence: n.Evidence(), Record: record.ID, Received: record.Time})
}

func (w *world) restart() {
	if err := w.store.Close(); err != nil {
		w.t.Fatal(err)
	}
	w.begin()
}

func (w *world) sleep() {
	time.Sleep(time.Duration(rapid.SampledFrom([]int{1, 5, 40, 120, 700}).Draw(w.t, "sleep")) * time.Second)
}

// heal ends all faults and brings what was delayed: then what is known is what is in
// the books.
func (w *world) heal() {
	w.wire.healed = true
	time.Sleep(11 * time.Minute)
	w.wire.deliver()
	time.Sleep(time.Minute) // until the acquirers are done, too
	w.resumeAll(2 * time.Minute)
	for n := range 4 {
		w.op.Lookup(w.t.Context(), apo.PaymentKey{PaymentRequestID: fmt.Sprintf("p-%d", n)})
	}
	w.audit()
	best := map[key]apo.Outcome{}
	for r, err := range w.store.Records(w.t.Context(), journal.Filter{Moving: true}) {
		if err != nil {
			w.t.Fatal(err)
		}
		k := keyOf(r.Endpoint, r.Request)
		f, e := w.sent[k], w.books.effect(k.api, k.id)
		if f != nil && !f.lied && r.State.Open() && (!f.vague || e != noEffect) {
			w.t.Errorf("in the end %s is %s, %s, and in the books it is %q", k, r.State, r.Outcome, e)
		}
		if r.Outcome == apo.Succeeded {
			best[k] = r.Outcome
		}
	}
	for k, f := range w.sent {
		if e := w.books.effect(k.api, k.id); e == doneEffect && best[k] != apo.Succeeded && !f.lied {
			w.t.Errorf("in the end nobody knows that %s is done", k)
		}
	}
}

// Whatever happens to whatever is sent, nothing is called declined, cancelled or
// not sent that may have moved money, nothing is called succeeded that did not
// happen, what is open blocks, and in the end everything is known.
//
// APO_MODEL_RUNS is how many sequences are played, APO_MODEL_SEED begins them.
func TestModel(t *testing.T) {
	runs, seed := "200", cmp.Or(os.Getenv("APO_MODEL_SEED"), "1")
	if underRace {
		runs = "10"
	}
	if more := os.Getenv("APO_MODEL_RUNS"); more != "" {
		runs, seed = more, cmp.Or(os.Getenv("APO_MODEL_SEED"), "0")
	}
	for name, value := range map[string]string{"rapid.checks": runs, "rapid.seed": seed, "rapid.nofailfile": "true"} {
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	keys := keysOf(t)
	dir := folder(t)
	empty, err := anEmptyJournal()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	rapid.Check(t, func(outer *rapid.T) {
		n++
		file := fmt.Sprintf("%s/%d.db", dir, n)
		if err := os.WriteFile(file, empty, 0o600); err != nil {
			outer.Fatal(err)
		}
		defer func() {
			for _, suffix := range []string{"", "-wal", "-shm"} {
				os.Remove(file + suffix)
			}
			os.RemoveAll(file + "-senders")
		}()
		rapid.SyncTest(outer, func(t *rapid.T) {
			w := &world{t: t, keys: keys, file: file, sent: map[key]*fate{}, written: map[int64]string{}}
			w.begin()
			defer func() { w.store.Close() }()
			for range rapid.IntRange(2, 14).Draw(t, "actions") {
				switch rapid.IntRange(0, 11).Draw(t, "action") {
				case 0:
					w.resume()
				case 1:
					w.lookup()
				case 2:
					w.notify()
				case 3:
					w.restart()
				case 4, 5:
					w.sleep()
				default:
					w.send()
				}
				w.audit()
				w.nobodyIsAtIt()
			}
			w.heal()
		})
	})
}
