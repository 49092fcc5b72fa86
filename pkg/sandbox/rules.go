package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Rule says what happens to some calls instead of success. Test cards,
// scenarios and faults are rules too: see [TestCards], [Scenarios], [Faults].
type Rule struct {
	ID int64 `json:"id,omitempty"` // AddRule's to set

	// Which calls: those for which all that is set fits.
	API       string `json:"api,omitempty"`       // "pay", "capture", …, or "notify" for notifications
	Card      string `json:"card,omitempty"`      // name of a test card
	Acquirer  string `json:"acquirer,omitempty"`  // "ADYEN"
	RequestID string `json:"requestId,omitempty"` // of the call: paymentRequestId, captureRequestId or refundRequestId

	IDPrefix string `json:"idPrefix,omitempty"` // what RequestID would begin with
	Amount   string `json:"amount,omitempty"`   // of the call, in smallest units: "4200"; of its payment, where it has none
	Currency string `json:"currency,omitempty"`
	Order    string `json:"order,omitempty"` // referenceOrderId
	Buyer    string `json:"buyer,omitempty"` // referenceBuyerId
	Bin      string `json:"bin,omitempty"`   // the first digits of the card, at most six

	Nth   int     `json:"nth,omitempty"`   // it is for the Nth call that fits alone; 0: for all
	Times int     `json:"times,omitempty"` // how many calls it is for; 0: all
	Rate  float64 `json:"rate,omitempty"`  // the share of calls it is for, drawn from the seed and the request ID; 0: all

	Outcome

	Seen int    `json:"seen,omitempty"` // how many calls fitted so far
	Hits int    `json:"hits,omitempty"` // how many of them it was applied to
	From string `json:"from,omitempty"` // the scenario that it is of
}

// String is the rule in the words of apo sandbox rule add.
func (r Rule) String() string {
	var parts []string
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, name+" "+hiddenID(value))
		}
	}
	duration := func(d time.Duration) string {
		if d == 0 {
			return ""
		}
		return d.String()
	}
	add("api", r.API)
	add("card", r.Card)
	add("acquirer", r.Acquirer)
	add("request-id", r.RequestID)
	add("id-prefix", r.IDPrefix)
	add("amount", r.Amount)
	add("currency", r.Currency)
	add("order", r.Order)
	add("buyer", r.Buyer)
	add("bin", r.Bin)
	add("result", r.Result)
	add("then", r.Then)
	add("after", duration(r.After))
	add("3ds", r.ThreeDS)
	add("fault", r.Fault)
	add("delay", duration(r.Delay))
	if r.Nth > 0 {
		add("nth", strconv.Itoa(r.Nth))
	}
	if r.Times > 0 {
		add("times", strconv.Itoa(r.Times))
	}
	if r.Rate > 0 {
		add("rate", strconv.FormatFloat(r.Rate, 'g', -1, 64))
	}
	return strings.Join(parts, ", ")
}

// ruled are the APIs that a rule can be for, and notify.
func ruled() (names []string) {
	for _, a := range apis() {
		names = append(names, a.name)
	}
	return append(names, "notify")
}

// call is what a rule is held against.
type call struct {
	api, card, acquirer, requestID string
	facts
}

func (r Rule) fits(c call) bool {
	return (r.API == "" || r.API == c.api) && (r.Card == "" || r.Card == c.card) &&
		(r.Acquirer == "" || r.Acquirer == c.acquirer) && (r.RequestID == "" || r.RequestID == c.requestID) &&
		strings.HasPrefix(c.requestID, r.IDPrefix) && r.fitsFacts(c.facts)
}

func (r Rule) usedUp() bool {
	return r.Times > 0 && r.Hits >= r.Times || r.Nth > 0 && r.Seen >= r.Nth
}

// draw finds the first rule of a kind that fits a call and is not used up, and
// counts that it was met. A rule whose rate spares the call lets the next one
// speak.
func (t *tx) draw(c call, kind func(Rule) bool) (Outcome, bool, error) {
	rules, err := t.rules()
	if err != nil {
		return Outcome{}, false, err
	}
	for _, r := range rules {
		if !kind(r) || !r.fits(c) || r.usedUp() {
			continue
		}
		hit, err := t.hits(r, c)
		if err != nil {
			return Outcome{}, false, err
		}
		if r.Seen++; hit {
			r.Hits++
		}
		if err := t.saveRule(r); err != nil {
			return Outcome{}, false, err
		}
		if hit {
			return r.Outcome, true, nil
		}
	}
	return Outcome{}, false, nil
}

// hits decides whether a rule is for a call that fits it. A draw depends on the seed,
// on the call's ID and on how often that came before, and not on other calls: which
// requests are hit is the same however many come at a time, and who repeats one has
// another chance.
func (t *tx) hits(r Rule, c call) (bool, error) {
	if r.Nth > 0 {
		return r.Seen+1 == r.Nth, nil
	}
	if r.Rate == 0 {
		return true, nil
	}
	name := sha256.Sum256([]byte(c.api + " " + c.requestID)) // an ID may be anything, even a card number
	key := hex.EncodeToString(name[:16])
	before := 0
	err := t.sql.row(`SELECT ifnull((SELECT n FROM draws WHERE rule = ? AND key = ?), 0)`, []any{r.ID, key}, &before)
	if err == nil {
		_, err = t.sql.Exec(`INSERT INTO draws (rule, key, n) VALUES (?, ?, 1) ON CONFLICT (rule, key) DO UPDATE SET n = n + 1`, r.ID, key)
	}
	return t.ids.of("rule", fmt.Sprintf("%d %s %s %d", r.ID, c.api, c.requestID, before)).share() < r.Rate, err
}

// AddRule adds a rule behind those that there are; the first that fits counts.
func (s *Sandbox) AddRule(r Rule) (Rule, error) {
	if err := r.check(); err != nil {
		return r, err
	}
	r.Seen, r.Hits = 0, 0
	err := s.store.do(func(t *tx) (err error) {
		r.ID, err = t.addRule(r)
		return err
	})
	return r, err
}

// RemoveRule removes a rule; found is false where there is none of that ID.
func (s *Sandbox) RemoveRule(id int64) (found bool, err error) {
	err = s.store.do(func(t *tx) error {
		rules, err := t.rules()
		if err != nil {
			return err
		}
		if found = slices.ContainsFunc(rules, func(r Rule) bool { return r.ID == id }); !found {
			return nil
		}
		return t.removeRule(id)
	})
	return found, err
}

// Rules lists them in the order in which they are asked.
func (s *Sandbox) Rules() (list []Rule, err error) {
	err = s.store.look(func(t *tx) (err error) {
		list, err = t.rules()
		list = slices.Clone(list)
		return err
	})
	return list, err
}
