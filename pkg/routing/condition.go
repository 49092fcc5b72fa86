package routing

import (
	"slices"
	"strings"
)

// Op is how a condition compares a field.
type Op struct {
	Name    string // "in"
	Value   string // what it takes: "a text", "a list", "a whole number", "true or false"
	Meaning string
}

// Ops lists them. Texts are compared as they are written, capitals and all; true and
// 24 are the texts "true" and "24".
func Ops() []Op {
	return []Op{
		{"eq", "a text", "it is this"},
		{"ne", "a text", "it is not this, or there is none"},
		{"in", "a list", "it is one of these"},
		{"not-in", "a list", "it is none of these, or there is none"},
		{"lt", "a whole number", "it is a number below this"},
		{"le", "a whole number", "it is this number or below"},
		{"gt", "a whole number", "it is a number above this"},
		{"ge", "a whole number", "it is this number or above"},
		{"prefix", "a text", "it begins with this"},
		{"exists", "true or false", "there is one that is not empty; false: there is none"},
	}
}

// op is an Op's place in the list.
type op int

const (
	opEq op = iota
	opNe
	opIn
	opNotIn
	opLt
	opLe
	opGt
	opGe
	opPrefix
	opExists
)

// condition is one of a rule.
type condition struct {
	field    string // as it was written
	slot     int
	op       op
	texts    []string        // of eq, ne, in, not-in and prefix
	many     map[string]bool // the same, where there are too many to look through
	number   int64           // of lt, le, gt and ge
	there    bool            // of exists
	currency string          // of an amount: it must be the payment's
	line     int
}

// compares reports whether the condition is about a number.
func (o op) compares() bool { return o >= opLt && o <= opGe }

func (c *condition) holds(v *values, currency int) bool {
	if c.currency != "" && v[currency] != c.currency {
		return false
	}
	return c.holdsOf(v[c.slot])
}

// holdsOf reports whether it holds of a value; "" is none.
func (c *condition) holdsOf(value string) bool {
	switch c.op {
	case opExists:
		return (value != "") == c.there
	case opNe, opNotIn:
		return !c.has(value)
	case opEq, opIn:
		return c.has(value)
	case opPrefix:
		return strings.HasPrefix(value, c.texts[0])
	}
	n, ok := whole(value)
	switch {
	case !ok:
		return false
	case c.op == opLt:
		return n < c.number
	case c.op == opLe:
		return n <= c.number
	case c.op == opGt:
		return n > c.number
	}
	return n >= c.number
}

func (c *condition) has(value string) bool {
	if c.many != nil {
		return c.many[value]
	}
	return slices.Contains(c.texts, value)
}

// whole reads a whole number, without the room that strconv takes for its errors.
func whole(text string) (n int64, ok bool) {
	digits, negative := strings.CutPrefix(text, "-")
	if digits == "" || len(digits) > 18 {
		return 0, false
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return 0, false
		}
		n = n*10 + int64(digits[i]-'0')
	}
	if negative {
		n = -n
	}
	return n, true
}
