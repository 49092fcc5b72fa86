package routing

import (
	"fmt"
	"slices"
	"strings"
)

// warn finds what was understood and is hardly meant.
func (r *Rules) warn() {
	add := func(line int, format string, args ...any) {
		r.warnings = append(r.warnings, fmt.Sprintf("line %d: ", line)+fmt.Sprintf(format, args...))
	}
	routes := slices.ContainsFunc(r.list, func(x rule) bool { return x.on == Received })
	for i, x := range r.list {
		if contradicts(x.when) {
			add(x.line, "rule %q can never be reached: its conditions contradict each other", x.name)
			continue
		}
		for _, above := range r.list[:i] {
			if above.on == x.on && covers(above.when, x.when) {
				add(x.line, "rule %q can never be reached: rule %q in line %d holds wherever it would", x.name, above.name, above.line)
				break
			}
		}
		if x.on == Failed && x.route == nil && x.split == nil && !routes {
			add(x.line, "rule %q goes on along the payment's route, and no rule on %s gives one", x.name, Received)
		}
		for _, c := range x.when {
			if pathOf(c.field) == "paymentAmount.value" && c.op != opExists && c.currency == "" && !slices.ContainsFunc(x.when, namesCurrency) {
				add(c.line, "%s is compared whatever its currency: 4200 is SGD 42.00 and JPY 4200; add a condition on currency", c.field)
			}
		}
	}
}

func namesCurrency(c condition) bool {
	return pathOf(c.field) == "paymentAmount.currency" && (c.op == opEq || c.op == opIn)
}

// few are the values that a condition allows, where they are few.
func (c *condition) few() []string {
	if c.op == opEq || c.op == opIn {
		return c.texts
	}
	return nil
}

// contradicts reports whether no value can fulfil all conditions on one field; it finds
// that out of those that allow a few values alone.
func contradicts(when []condition) bool {
	for i := range when {
		values := when[i].few()
		if len(values) == 0 {
			continue
		}
		possible := slices.ContainsFunc(values, func(value string) bool {
			return !slices.ContainsFunc(when, func(c condition) bool { return c.slot == when[i].slot && !c.holdsOf(value) })
		})
		if !possible {
			return true
		}
	}
	return false
}

// covers reports whether the conditions above hold wherever those below do. It may miss
// that they do, and is never wrong that they do.
func covers(above, below []condition) bool {
	for i := range above {
		if !slices.ContainsFunc(below, func(c condition) bool { return c.implies(&above[i]) }) {
			return false
		}
	}
	return true
}

// implies reports whether the other condition holds wherever this one does.
func (c *condition) implies(other *condition) bool {
	if c.slot != other.slot || other.currency != "" && other.currency != c.currency {
		return false
	}
	if values := c.few(); values != nil {
		return !slices.ContainsFunc(values, func(value string) bool { return !other.holdsOf(value) })
	}
	switch {
	case c.op.compares() && other.op.compares():
		return c.within(other)
	case c.op == opPrefix && other.op == opPrefix:
		return strings.HasPrefix(c.texts[0], other.texts[0])
	case other.op == opExists && other.there:
		return c.op.compares() || c.op == opPrefix || c.op == opExists && c.there
	case (c.op == opNe || c.op == opNotIn) && (other.op == opNe || other.op == opNotIn):
		return !slices.ContainsFunc(other.texts, func(text string) bool { return !slices.Contains(c.texts, text) })
	case c.op == opExists && !c.there:
		return other.holdsOf("")
	}
	return false
}

// within reports whether the numbers that fulfil this condition fulfil the other.
func (c *condition) within(other *condition) bool {
	top := func(c *condition) (int64, bool) {
		return c.number - int64(b(c.op == opLt)), c.op == opLt || c.op == opLe
	}
	bottom := func(c *condition) (int64, bool) {
		return c.number + int64(b(c.op == opGt)), c.op == opGt || c.op == opGe
	}
	if most, has := top(c); has {
		allowed, same := top(other)
		return same && most <= allowed
	}
	least, _ := bottom(c)
	allowed, same := bottom(other)
	return same && least >= allowed
}

func b(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
