package operate_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/operate"
	"github.com/apo-cli/apo/pkg/sign"
)

// The matrix is a gateway that answers everything that it could answer. What has
// to come of it is reckoned here from the tables, by nothing of the engine's.

// combination is one case of the matrix.
type combination struct {
	api    string
	status string // "S", "F", "U"; "": no answer
	by     signer
	code   string
	ids    bool // the answer carries our IDs
	try    string
	told   string // what the inquiries tell
}

func (c combination) String() string {
	ids := "without IDs"
	if c.ids {
		ids = "with IDs"
	}
	by := []string{"signed", "signed by another", "unsigned"}[c.by]
	return fmt.Sprintf("%s/%s %s, %s, %s/%s/%s", c.api, c.status, c.code, by, ids, c.try, c.told)
}

// The tries of a request.
const (
	firstTry = "first"
	inRun    = "repeated in this run"
	inFile   = "repeated in the journal"
)

// The codes, one of each kind.
const (
	success    = "SUCCESS"
	finalCode  = "DO_NOT_HONOR"
	callers    = "ACCESS_DENIED"
	param      = "PARAM_ILLEGAL"
	stateCode  = "ORDER_STATUS_INVALID"
	risk       = "RISK_REJECT"
	otherValue = "REPEAT_REQ_INCONSISTENT"
	rateLimit  = "REQUEST_TRAFFIC_EXCEED_LIMIT"
	inProcess  = "PAYMENT_IN_PROCESS"
	newCode    = "MOON_IS_FULL"
)

// combinations calls do with every one of an API.
func combinations(api string, do func(combination)) {
	for _, try := range []string{firstTry, inRun, inFile} {
		for _, told := range tellings() {
			do(combination{api: api, try: try, told: told})
			for _, status := range []string{"S", "F", "U"} {
				for _, by := range []signer{antom, stranger, nobody} {
					for _, code := range []string{success, finalCode, callers, param, stateCode, risk, otherValue, rateLimit, inProcess, newCode} {
						for _, ids := range []bool{true, false} {
							do(combination{api, status, by, code, ids, try, told})
						}
					}
				}
			}
		}
	}
}

// What the inquiries may tell.
const (
	nowhere     = "not found"
	lacking     = "the payment lacks it"
	successful  = "SUCCESS"
	failed      = "FAIL"
	failedWithS = "FAIL with a code of S"
	failedTaken = "FAIL, listing a capture that worked"
	givenBack   = "CANCELLED"
	underWay    = "PROCESSING"
	otherAmount = "another amount"
	otherName   = "it names another payment"
	itselfF     = "itself F"
	itselfU     = "itself U"
	unvouched   = "unsigned"
	silence     = "none"
)

func tellings() []string {
	return []string{
		nowhere, lacking, successful, failed, failedWithS, failedTaken, givenBack, underWay, otherAmount, otherName, itselfF, itselfU, unvouched, silence,
	}
}

// inquiries are the answers of inquiryPayment and inquiryRefund.
func (c combination) inquiries(t *testing.T) (payment_, refund reply) {
	kind, id := "CAPTURE", "c-1"
	if c.api == "refund" {
		kind, id = "REFUND", "r-1"
	}
	own := func(status, resultStatus, code, value string) reply {
		if c.api == "pay" || c.api == "cancel" {
			return signed(paymentOf(value, payID, "p-1", status, code))
		}
		return signed(payment("SUCCESS", "SUCCESS", entry(kind, id, status, resultStatus, code, value)))
	}
	switch c.told {
	case nowhere:
		return signed(notFound), signed(notFound)
	case lacking:
		return signed(without(c.api)), signed(notFound)
	case successful:
		return own("SUCCESS", "S", success, "4200"), reply{}
	case failed:
		return own("FAIL", "F", "PROCESS_FAIL", "4200"), signed(notFound)
	case failedWithS:
		return own("FAIL", "S", success, "4200"), signed(notFound)
	case failedTaken:
		return signed(payment("FAIL", finalCode, entry("CAPTURE", "c-1", "SUCCESS", "S", success, "4200"))), signed(notFound)
	case givenBack:
		return signed(payment("CANCELLED", success)), signed(notFound)
	case underWay:
		return own("PROCESSING", "U", inProcess, "4200"), signed(notFound)
	case otherAmount:
		return own("SUCCESS", "S", success, "42"), signed(notFound)
	case otherName:
		return signed(paymentOf("4200", otherID, "p-9", "SUCCESS", success, entry(kind, id, "SUCCESS", "S", success, "4200"))),
			signed(replaced(t, refunded("SUCCESS", time.Now()), "r-1", "r-9"))
	case itselfF:
		return signed(said("F", "PROCESS_FAIL", idsOf("cancel"))), signed(said("F", "PROCESS_FAIL", idsOf("refund")))
	case itselfU:
		return signed(said("U", "UNKNOWN_EXCEPTION")), signed(said("U", "UNKNOWN_EXCEPTION"))
	case unvouched:
		return unsigned(notFound), unsigned(notFound)
	}
	return reply{}, reply{}
}

// evidence is what one round of inquiries proves of a request.
type evidence string

const (
	proveNothing evidence = ""
	absence      evidence = "it is nowhere"
	done         evidence = "it is done"
	undone       evidence = "it has failed"
	returned     evidence = "it was cancelled"
	going        evidence = "it is under way"
	another      evidence = "its ID is another's"
)

// evidence reads the second table.
func (c combination) evidence() evidence {
	switch c.told {
	case nowhere, lacking:
		return absence
	case failedWithS, failedTaken, otherName, itselfF, itselfU, unvouched, silence:
		return proveNothing
	}
	if c.api == "cancel" { // there is no more to see of it than a payment that is cancelled
		if c.told == givenBack {
			return done
		}
		return absence
	}
	switch c.told {
	case successful:
		return done
	case failed:
		return undone
	case underWay:
		return going
	case otherAmount:
		return another
	case givenBack:
		if c.api == "pay" {
			return returned
		}
		return absence // the payment does not list it
	}
	panic("nothing tells " + c.told)
}

// verdict is what has to come of a combination.
type verdict struct {
	outcome apo.Outcome
	exit    int
	moved   bool
	state   journal.State
	asks    bool // an inquiry is made after the answer
}

// oracle reads both tables.
func (c combination) oracle() verdict {
	e := c.evidence()
	earlier := c.try == inRun || c.try == inFile && e != undone && e != returned
	unsignedAnswer := c.status != "" && c.by == nobody
	badSignature := c.status != "" && (c.by == stranger || c.by == nobody && c.status == "S")
	inconsistent := c.status == "S" && c.code != success
	final := c.code == finalCode || c.code == param
	leftOpen := 6
	if badSignature && c.try != inRun { // there the answer that got lost began it
		leftOpen = 5
	}
	switch {
	case c.status == "" || badSignature:
		return ask(e, leftOpen)
	case c.status == "F" && !unsignedAnswer && c.code == otherValue:
		return verdict{apo.Different, 6, true, journal.InDoubt, false}
	case inconsistent && c.code == newCode && e == absence: // it may well have worked
		return verdict{apo.InDoubt, 6, true, journal.InDoubt, true}
	case inconsistent:
		return ask(e, 6)
	case earlier && (c.status == "F" || unsignedAnswer):
		return ask(e, 6)
	case unsignedAnswer && c.code == callers:
		return verdict{apo.Unrecognised, 4, true, journal.InDoubt, false}
	case unsignedAnswer:
		return ask(e, 6)
	case c.status == "S":
		return verdict{apo.Succeeded, 0, true, journal.Answered, false}
	case c.status == "U":
		v := ask(e, 6)
		if e == absence || e == proveNothing { // it was known once
			v = verdict{apo.Pending, 8, true, journal.Pending, true}
		}
		return v
	case c.code == callers:
		return verdict{apo.Unrecognised, 4, false, journal.Answered, false}
	case final && c.ids:
		return verdict{apo.Declined, 3, false, journal.Answered, false}
	case final || c.code == stateCode:
		if e == absence {
			return verdict{apo.Declined, 3, false, journal.Resolved, true}
		}
	}
	return ask(e, 6)
}

func ask(e evidence, leftOpen int) verdict {
	switch e {
	case absence:
		return verdict{apo.NeverArrived, 6, true, journal.Resolved, true}
	case done:
		return verdict{apo.Succeeded, 0, true, journal.Resolved, true}
	case undone:
		return verdict{apo.Declined, 3, false, journal.Resolved, true}
	case returned:
		return verdict{apo.Cancelled, 3, false, journal.Resolved, true}
	case going:
		return verdict{apo.Pending, 8, true, journal.Pending, true}
	case another:
		return verdict{apo.Different, 6, true, journal.InDoubt, true}
	}
	return verdict{apo.InDoubt, leftOpen, true, journal.InDoubt, true}
}

// own is the answer to the request itself.
func (c combination) own() reply {
	if c.status == "" {
		return reply{}
	}
	r := reply{by: c.by, body: said(c.status, c.code)}
	if c.ids {
		r.body = said(c.status, c.code, idsOf(c.api))
	}
	return r
}

// play plays a combination, in a bubble, and returns what came of it. One inquiry
// is made, and one that finds nothing is enough.
func (c combination) play(t *testing.T, keys keyring, store journal.Store) (r operate.Result, inquiries int) {
	g := &scripted{keys: [2]*sign.PrivateKey{keys.antom, keys.stranger}, answers: map[string][]reply{}}
	o := newOperator(keys, g)
	o.Journal = store
	e, err := apo.FindEndpoint(c.api)
	if err != nil {
		t.Fatal(err)
	}
	request := operate.Request{Endpoint: e, Body: []byte(bodyOf(c.api))}
	if c.try == inFile {
		o.Patience = operate.Patience{}
		o.Send(t.Context(), request)
	}
	o.Patience = operate.Patience{Lost: time.Second, Pending: time.Second, Every: 2 * time.Second, Absent: operate.Absent{Times: 1}}
	g.set(c.api, c.own())
	if c.try == inRun {
		o.Client.Retries = 1
		g.set(c.api, reply{}, c.own())
	}
	p, refund := c.inquiries(t)
	g.set("inquiryPayment", p)
	g.set("inquiryRefund", refund)
	before := 0
	o.Watch = func(e operate.Event) {
		if e.Stage == operate.Announced {
			before = len(g.sent("inquiryPayment"))
		}
	}
	r = o.Send(t.Context(), request)
	return r, len(g.sent("inquiryPayment")) - before
}

// judge compares what came of a combination, and its record, with the oracle.
func (c combination) judge(r operate.Result, inquiries int, rec journal.Record) (problem string) {
	v := c.oracle()
	got := verdict{r.Outcome, exitOf(r), r.MoneyMayHaveMoved(), rec.State, inquiries > 0}
	switch {
	case got != v:
		return fmt.Sprintf("%+v, want %+v", got, v)
	case rec.Outcome != v.outcome:
		return fmt.Sprintf("recorded as %s, want %s", rec.Outcome, v.outcome)
	case rec.InFlight:
		return "it is still in flight"
	}
	return ""
}

// Every combination comes to what the tables say. Under the race detector it is one
// in 35 of them: make test plays all without it.
func TestMatrix(t *testing.T) {
	keys := keysOf(t)
	for _, api := range apis() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			count := 0
			combinations(api, func(c combination) {
				if count++; underRace && count%35 != 0 {
					return
				}
				synctest.Test(t, func(t *testing.T) {
					store := &memory{}
					r, inquiries := c.play(t, keys, store)
					if problem := c.judge(r, inquiries, store.last()); problem != "" {
						t.Errorf("%s: %s", c, problem)
					}
					if first := store.moving()[0]; c.try == inFile && !store.last().State.Open() && first.State.Open() {
						t.Errorf("%s: the first try is left %s, %s", c, first.State, first.Outcome)
					}
				})
			})
			if want := 3 * len(tellings()) * (1 + 3*3*10*2); count != want {
				t.Errorf("%d combinations, want %d", count, want)
			}
		})
	}
}

// What is kept in a file comes to the same, for one in 97 of them, or in 970.
func TestMatrixInAFile(t *testing.T) {
	keys := keysOf(t)
	n, one := 0, 97
	if underRace {
		one = 970
	}
	for _, api := range apis() {
		combinations(api, func(c combination) {
			if n++; n%one != 0 {
				return
			}
			file := newJournal(t)
			synctest.Test(t, func(t *testing.T) {
				store, err := journal.Open(file, time.Now)
				if err != nil {
					t.Fatal(err)
				}
				defer store.Close()
				r, inquiries := c.play(t, keys, store)
				rec, err := store.Get(t.Context(), r.Record)
				if err != nil {
					t.Fatal(err)
				}
				if problem := c.judge(r, inquiries, rec); problem != "" {
					t.Errorf("%s: %s", c, problem)
				}
			})
		})
	}
}
