package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// check tells what is wrong with a rule, and puts a fault that is an outcome
// into the words of one.
func (r *Rule) check() error {
	if err := r.checkCalls(); err != nil {
		return err
	}
	if r.Fault != "" {
		return r.checkFault()
	}
	return r.checkOutcome()
}

// checkCalls is about which calls a rule is for, and how many of them.
func (r *Rule) checkCalls() error {
	if r.API != "" && !slices.Contains(ruled(), r.API) {
		return fmt.Errorf("%q is not one of the APIs %s", r.API, strings.Join(ruled(), ", "))
	}
	if _, found := FindTestCard(r.Card); r.Card != "" && !found {
		return fmt.Errorf("%q is not the name of a test card", r.Card)
	}
	if r.Acquirer != "" && !slices.Contains(Acquirers(), r.Acquirer) {
		return fmt.Errorf("%q is not one of the acquirers %s", r.Acquirer, strings.Join(Acquirers(), ", "))
	}
	if err := r.checkFacts(); err != nil {
		return err
	}
	if r.Times < 0 || !(r.Rate >= 0 && r.Rate <= 1) || r.After < 0 || r.Delay < 0 {
		return errors.New("times, after and delay are not negative, and a rate is from 0 to 1")
	}
	return nil
}

// checkFacts is about which calls a rule is for by what they are about.
func (r *Rule) checkFacts() error {
	digits := func(text string) bool { return strings.Trim(text, "0123456789") == "" }
	switch {
	case !digits(r.Amount) || len(r.Amount) > 16:
		return fmt.Errorf("the amount %q is not one in the smallest unit of its currency, such as 4200", excerpt(r.Amount, 40))
	case r.Currency != "" && (len(r.Currency) != 3 || strings.Trim(r.Currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != ""):
		return fmt.Errorf("%q is not a currency such as SGD", excerpt(r.Currency, 40))
	case !digits(r.Bin) || len(r.Bin) > 6:
		return fmt.Errorf("a bin is at most the first six digits of a card, which is what the state keeps; not %q", excerpt(r.Bin, 40))
	case max(len(r.RequestID), len(r.IDPrefix), len(r.Order), len(r.Buyer)) > 256:
		return errors.New("request-id, id-prefix, order and buyer have at most 256 characters")
	case r.Nth < 0 || r.Nth > 0 && (r.Times > 0 || r.Rate > 0):
		return errors.New("nth is a positive number, and stands in place of times and rate")
	}
	return nil
}

// checkFault is about a rule whose fault says what happens.
func (r *Rule) checkFault() error {
	f, found := FindFault(r.Fault)
	if !found {
		return fmt.Errorf("%q %w", r.Fault, ErrNoFault)
	}
	r.Fault = f.Name
	if r.Delay > 0 && f.Name != "delay" && f.Name != "slow-headers" {
		return fmt.Errorf("%s does not wait: delay and slow-headers alone take a time", f.Name)
	}
	if f.Stage == StageOutcome {
		return r.becomesOutcome(f)
	}
	if r.Result != "" || r.Then != "" || r.After > 0 || r.ThreeDS != "" {
		return errors.New("a fault leaves the books as they are: a result needs a rule of its own")
	}
	if f.Stage == StageNotification {
		return r.checkNotificationFault(f)
	}
	if r.API == "notify" {
		return fmt.Errorf("%s is a fault of calls, not of notifications", f.Name)
	}
	return r.checkBlind(f)
}

// becomesOutcome puts a fault that is an outcome into the words of one.
func (r *Rule) becomesOutcome(f Fault) error {
	if !slices.Contains([]string{"pay", "capture", "refund", "vaultPaymentMethod"}, r.API) {
		return fmt.Errorf("%s is for one of pay, capture and refund, or for vaultPaymentMethod", f.Name)
	}
	if r.Result != "" || r.Then != "" {
		return fmt.Errorf("%s says itself what is answered and what it becomes", f.Name)
	}
	r.Fault, r.Result = "", notYet(r.API)
	if r.After == 0 {
		r.After = 5 * time.Second
	}
	if r.Then = "SUCCESS"; f.Name == "u-then-f" {
		r.Then = "PROCESS_FAIL"
	}
	return r.checkOutcome()
}

func (r *Rule) checkNotificationFault(f Fault) error {
	if r.API == "" || r.API == f.APIs { // capture-twice is a matter of captures
		r.API = "notify"
	}
	if r.API != "notify" {
		return fmt.Errorf("%s is a fault of notifications: its API is notify", f.Name)
	}
	if f.Name == "capture-twice" { // the ledger plays it, and knows the payment
		return nil
	}
	return r.checkBlind(f)
}

// checkBlind is about faults that are played where nobody knows of payments.
func (r *Rule) checkBlind(f Fault) error {
	if r.Card != "" || r.Acquirer != "" {
		return fmt.Errorf("%s knows neither card nor acquirer; give it a request ID", f.Name)
	}
	return nil
}

// checkOutcome is about what a rule without a fault makes of a call.
func (r *Rule) checkOutcome() error {
	if err := r.checkCodes(); err != nil {
		return err
	}
	becomes := []string{"pay", "capture", "refund", "cancel", "vaultPaymentMethod"}
	switch {
	case !slices.Contains([]string{"", "page", "frictionless"}, r.ThreeDS):
		return fmt.Errorf("3DS is page or frictionless, not %q", r.ThreeDS)
	case r.ThreeDS != "" && r.API != "pay" && r.API != "vaultPaymentMethod":
		return errors.New("3DS is a matter of pay and vaultPaymentMethod")
	case r.After > 0 && r.Then == "" && r.Result == "":
		return errors.New("a rule with a time after which something happens says what: a result, or what it becomes then")
	case r.Then != "" && !slices.Contains(becomes, r.API):
		return errors.New("only a pay, capture, refund or cancel becomes something, or a vaultPaymentMethod")
	case r.API == "cancel" && r.After > 0:
		return errors.New("a cancel happens at once, or not at all")
	case r.Result == "" && r.Then == "" && r.ThreeDS == "":
		return errors.New("the rule says nothing: give it a result, 3DS or a fault")
	case r.API == "notify":
		return errors.New("a notification has a fault, and no result of its own")
	case r.Delay > 0:
		return errors.New("a delay is of a fault; a result that comes late has a time after which it comes")
	}
	return nil
}

// ErrNoCode says that a rule names a result code that APO does not have.
var ErrNoCode = errors.New("is not a result code of the catalogue")

// checkCodes is about the result codes of a rule.
func (r *Rule) checkCodes() error {
	for _, code := range []string{r.Result, r.Then} {
		if code == "" {
			continue
		}
		c, known := apo.Lookup(code)
		switch {
		case !known:
			return fmt.Errorf("%q %w; SUCCESS and PROCESS_FAIL are such", code, ErrNoCode)
		case code == r.Then && c.Status == "U":
			return fmt.Errorf("%s is not final, so nothing can become it", code)
		case r.After > 0 && r.Then == "" && c.Status == "U":
			return fmt.Errorf("%s is not final: say what it becomes then", code)
		}
	}
	return nil
}
