package routing

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apo-cli/apo/pkg/apo"
)

// mostConditions is how many conditions one rule can have.
const mostConditions = 20

// conditions are one, or a list of which all must hold.
func (r *reader) conditions(n *yaml.Node, on string) (list []condition, err error) {
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	if len(items) == 0 || len(items) > mostConditions {
		return nil, at(n, "when has %d conditions; it is one, or a list of 1 to %d", len(items), mostConditions)
	}
	for _, item := range items {
		c, err := r.condition(item, on)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

func (r *reader) condition(n *yaml.Node, on string) (c condition, err error) {
	m, err := members(n, "a condition", "field", "op", "value")
	if err != nil {
		return c, err
	}
	c.line = n.Line
	if m["field"] == nil || m["op"] == nil {
		return c, at(n, "a condition has a field and an op")
	}
	if c.field, err = scalar(m["field"], "a field"); err != nil {
		return c, err
	}
	i := slices.IndexFunc(Ops(), func(o Op) bool { return o.Name == m["op"].Value })
	if i < 0 {
		return c, at(m["op"], "%q is not one of the ops %s", m["op"].Value, opNames())
	}
	c.op = op(i)
	if err := checkField(c.field, on, Ops()[i].Name); err != nil {
		return c, at(m["field"], "%w", err)
	}
	if c.slot, err = r.rules.slotOf(c.field); err != nil {
		return c, at(m["field"], "%w", err)
	}
	return c, r.value(&c, n, m["value"])
}

func opNames() string {
	var names []string
	for _, o := range Ops() {
		names = append(names, o.Name)
	}
	return strings.Join(names, ", ")
}

// value reads what a condition, which is n, compares with.
func (r *reader) value(c *condition, n, value *yaml.Node) (err error) {
	takes := Ops()[c.op]
	if c.op == opExists {
		c.there = value == nil || value.Value == "true"
		if value != nil && (value.Kind != yaml.ScalarNode || value.Value != "true" && value.Value != "false") {
			return at(value, "exists takes true, false or no value")
		}
		return nil
	}
	if value == nil {
		return at(n, "%s takes a value: %s", takes.Name, takes.Value)
	}
	if value, err = r.amount(c, value); err != nil {
		return err
	}
	items := []*yaml.Node{value}
	switch list := c.op == opIn || c.op == opNotIn; {
	case list && (value.Kind != yaml.SequenceNode || len(value.Content) == 0):
		return at(value, "%s takes a list that is not empty, such as [A, B]; eq and ne take one value", takes.Name)
	case list:
		items = value.Content
	case value.Kind == yaml.SequenceNode:
		return at(value, "%s takes one value; in and not-in take a list", takes.Name)
	}
	for _, item := range items {
		text, err := scalar(item, "a value")
		if err != nil {
			return err
		}
		if err := r.checkValue(c, text); err != nil {
			return at(item, "%w", err)
		}
		c.texts = append(c.texts, text)
	}
	if len(c.texts) > 8 {
		c.many = map[string]bool{}
		for _, text := range c.texts {
			c.many[text] = true
		}
	}
	return nil
}

// amount takes {currency, value} apart, which an amount can be compared with.
func (r *reader) amount(c *condition, n *yaml.Node) (*yaml.Node, error) {
	if n.Kind != yaml.MappingNode {
		return n, nil
	}
	if c.field != "amount" || !c.op.compares() && c.op != opEq {
		return nil, at(n, "a value with a currency is for amount, and eq, lt, le, gt and ge")
	}
	m, err := members(n, "an amount", "currency", "value")
	if err != nil {
		return nil, err
	}
	if m["currency"] == nil || m["value"] == nil {
		return nil, at(n, "an amount has a currency and a value")
	}
	c.currency = m["currency"].Value
	if err := r.checkValue(&condition{field: "currency"}, c.currency); err != nil {
		return nil, at(m["currency"], "%w", err)
	}
	r.rules.currency, err = r.rules.slotOf("currency")
	if err != nil {
		return nil, at(n, "%w", err)
	}
	return m["value"], nil
}

// checkValue refuses a value that the field cannot have, and keeps a number.
func (r *reader) checkValue(c *condition, text string) error {
	number, isWhole := whole(text)
	switch {
	case c.op.compares() || pathOf(c.field) == "paymentAmount.value" && c.op != opPrefix:
		if !isWhole || number == 0 && text != "0" || number > 0 && text[0] == '0' {
			return fmt.Errorf("%s is compared with a whole number, such as 4200, not %q", c.field, text)
		}
		c.number = number
	case c.op == opPrefix && c.field != "cardBin": // a part says nothing of the whole
	default:
		return r.checkWord(c, text)
	}
	return nil
}

// checkWord is about fields that have some words and no others.
func (r *reader) checkWord(c *condition, text string) error {
	switch c.field {
	case "cardBrand":
		if !slices.Contains(brands(), text) {
			return fmt.Errorf("%q is not one of the brands %s", text, strings.Join(brands(), ", "))
		}
	case "cardBin":
		if n, isWhole := whole(text); !isWhole || n < 0 || len(text) > 6 || len(text) < 6 && c.op != opPrefix {
			return fmt.Errorf("cardBin is six digits, and a prefix six at most, not %q", text)
		}
	case "issuingCountry":
		if !capitals(text, 2) {
			return fmt.Errorf("a country is two capital letters, such as SG, not %q", text)
		}
	case "currency", "paymentAmount.currency":
		if !capitals(text, 3) {
			return fmt.Errorf("a currency is three capital letters, such as SGD, not %q", text)
		}
	case "acquirer":
		if !slices.Contains(r.acquirers, text) {
			return fmt.Errorf("%q is not one of the acquirers %s", text, strings.Join(r.acquirers, ", "))
		}
	case "resultCode":
		if code, known := apo.Lookup(text); !known || code.Status != "F" {
			return fmt.Errorf("%q is not the result code of a decline; apo explain lists codes", text)
		}
	}
	return nil
}

func capitals(text string, count int) bool {
	return len(text) == count && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}
