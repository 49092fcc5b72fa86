package apo

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Each code of the catalogue has all parts of a decision, and has them once.
func TestEachCodeIsDecided(t *testing.T) {
	counted := 0
	for _, c := range Codes() {
		d, known := Decide(c.Name)
		if !known {
			t.Errorf("%s: nobody says what to do", c.Name)
			continue
		}
		counted++
		whole(t, c.Name, d)
	}
	if counted != 95 {
		t.Errorf("%d codes are decided, want 95", counted)
	}
	seen := map[string]bool{}
	for _, a := range adviceTable() {
		for _, code := range strings.Fields(a.codes) {
			if _, known := Lookup(code); !known || seen[code] {
				t.Errorf("%s: in the catalogue: %v, advised twice: %v", code, known, seen[code])
			}
			seen[code] = true
		}
	}
	if d, known := Decide("NO_SUCH_CODE"); known || d != (Decision{}) {
		t.Errorf("a code that nobody knows is decided: %+v", d)
	}
}

// whole complains of a part that is missing or is no word of its kind.
func whole(t *testing.T, name string, d Decision) {
	t.Helper()
	waits := []Wait{WaitNone, WaitLater, WaitMended, WaitKnown, WaitNever}
	switch {
	case !slices.Contains([]Moved{MovedNo, MovedMaybe, MovedYes, MovedNotSaid}, d.Money):
		t.Errorf("%s: money %q", name, d.Money)
	case !slices.Contains([]Finality{Final, StillOpen, FinalNotSaid}, d.Final):
		t.Errorf("%s: final %q", name, d.Final)
	case !slices.Contains([]Reuse{SameID, NewID, NeitherID}, d.RequestID):
		t.Errorf("%s: request ID %q", name, d.RequestID)
	case !slices.Contains(waits, d.Wait) && !regexp.MustCompile(`^[1-9][0-9]*[smhd]$`).MatchString(string(d.Wait)):
		t.Errorf("%s: wait %q", name, d.Wait)
	case d.Buyer == "" || d.Next == "":
		t.Errorf("%s: buyer %q, next %q", name, d.Buyer, d.Next)
	}
}

// What is advised and what the engine reads off the catalogue cannot disagree: a code
// that leaves open whether money moved leads to no second request, and one that is about
// the caller says nothing of the request.
func TestDecisionsFitTheFlagsOfTheEngine(t *testing.T) {
	for _, c := range Codes() {
		d, _ := Decide(c.Name)
		open := c.Status == "U" || c.Money == MoneyMaybe
		declines := c.Status == "F" && c.Money == MoneyNone && !c.Caller
		switch {
		case open && (d.Money != MovedMaybe || d.Final != StillOpen || d.RequestID == NewID || d.Wait == WaitNone):
			t.Errorf("%s is open, and %+v", c.Name, d)
		case open && slices.Contains([]ForBuyer{BuyerBank, BuyerOtherCard, BuyerPaysAgain, BuyerDone, BuyerOtherWay}, d.Buyer):
			t.Errorf("%s is open, and the buyer is told %s", c.Name, d.Buyer)
		case c.Status == "U" && d.RequestID != SameID:
			t.Errorf("%s is a U, and its ID is %s", c.Name, d.RequestID)
		case c.Caller && (d.Final != StillOpen || d.RequestID != SameID || d.Wait != WaitMended || d.Next != StepProfile):
			t.Errorf("%s is about the caller, and %+v", c.Name, d)
		case declines && (d.Money != MovedNo || d.Final == StillOpen != slices.Contains([]string{"ORDER_NOT_EXIST", "VAULTING_NOT_EXIST"}, c.Name)):
			t.Errorf("%s declines, and %+v", c.Name, d)
		case c.Status == "S" && (d.Money != MovedYes || d.Final != Final || d.RequestID != NeitherID):
			t.Errorf("%s is an S, and %+v", c.Name, d)
		case d.RequestID == SameID && d.Final == Final:
			t.Errorf("%s is final, and the same request is sent again", c.Name)
		}
	}
}
