package routing

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/apo-cli/apo/pkg/apo"
)

const (
	mostText  = 1 << 20 // bytes of a file of rules
	mostRules = 500
	mostName  = 64 // characters
)

// Parse reads rules in YAML, for the acquirers that there are. An error says what is not
// understood, and in which line.
func Parse(text []byte, acquirers []string) (*Rules, error) {
	if len(text) > mostText {
		return nil, fmt.Errorf("the rules are larger than %d MiB", mostText>>20)
	}
	top, err := document(text)
	if err != nil {
		return nil, err
	}
	r := &reader{rules: &Rules{text: string(text)}, acquirers: acquirers}
	if err := r.top(top); err != nil {
		return nil, err
	}
	r.rules.warn()
	return r.rules, nil
}

// document is the one document of a text of YAML.
func document(text []byte) (*yaml.Node, error) {
	var document yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(&document); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("the rules are not YAML: %s", strings.TrimPrefix(apo.Masker{}.Text(err.Error()), "yaml: "))
	}
	if len(document.Content) == 0 {
		return nil, errors.New("there are no rules: the file is empty")
	}
	if err := d.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return nil, errors.New("the file holds more than one document; rules are one")
	}
	if err := plain(document.Content[0]); err != nil {
		return nil, err
	}
	return document.Content[0], checkComments(string(text))
}

// checkComments refuses card numbers where no value is: the text is kept whole.
func checkComments(text string) error {
	n := 0
	for line := range strings.Lines(text) {
		n++
		for i := range line {
			begins := line[i] == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') || line[i] == '%' && i == 0
			if rest := line[i:]; begins && (apo.Masker{}).Text(rest) != rest {
				return fmt.Errorf("line %d: %w", n, errCard)
			}
		}
	}
	return nil
}

var errCard = errors.New("a card number, or what looks like one, does not belong into rules; cardBin is its first six digits")

// plain refuses what says one thing in another place, and card numbers.
func plain(n *yaml.Node) error {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		return at(n, "anchors and aliases are not read: write out what is meant")
	}
	if n.Style&yaml.TaggedStyle != 0 {
		return at(n, "tags are not read: a text is a text")
	}
	if n.Kind == yaml.ScalarNode && (apo.Masker{}).Text(n.Value) != n.Value {
		return at(n, "%w", errCard)
	}
	for _, inner := range n.Content {
		if err := plain(inner); err != nil {
			return err
		}
	}
	return nil
}

func at(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("line %d: %w", n.Line, fmt.Errorf(format, args...))
}

// reader reads rules from the nodes of a document.
type reader struct {
	rules     *Rules
	acquirers []string
}

// members are those of a mapping, of which only some names are known.
func members(n *yaml.Node, what string, known ...string) (map[string]*yaml.Node, error) {
	if n.Kind != yaml.MappingNode {
		return nil, at(n, "%s has names and values: %s", what, strings.Join(known, ", "))
	}
	found := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name := n.Content[i]
		switch {
		case name.Kind != yaml.ScalarNode || !slices.Contains(known, name.Value):
			return nil, at(name, "%q is not known of %s, which has %s", name.Value, what, strings.Join(known, ", "))
		case found[name.Value] != nil:
			return nil, at(name, "%s stands in %s twice", name.Value, what)
		}
		found[name.Value] = n.Content[i+1]
	}
	return found, nil
}

func (r *reader) top(n *yaml.Node) error {
	m, err := members(n, "the file", "rules")
	if err != nil {
		return err
	}
	list := m["rules"]
	switch {
	case list == nil || list.Kind != yaml.SequenceNode || len(list.Content) == 0:
		return at(n, "there are no rules: rules is a list of them")
	case len(list.Content) > mostRules:
		return at(list, "there are %d rules; %d are read", len(list.Content), mostRules)
	}
	for _, item := range list.Content {
		rule, err := r.rule(item)
		if err != nil {
			return err
		}
		for _, other := range r.rules.list {
			if other.name == rule.name {
				return at(item, "a rule %q stands in line %d already", rule.name, other.line)
			}
		}
		r.rules.list = append(r.rules.list, rule)
	}
	return nil
}

func (r *reader) rule(n *yaml.Node) (x rule, err error) {
	m, err := members(n, "a rule", "name", "on", "when", "split", "route")
	if err != nil {
		return x, err
	}
	x.line = n.Line
	if x.name, err = named(n, m["name"], "a rule"); err != nil {
		return x, err
	}
	if x.on, err = event(n, m["on"], x.name); err != nil {
		return x, err
	}
	if m["when"] != nil {
		if x.when, err = r.conditions(m["when"], x.on); err != nil {
			return x, err
		}
	}
	switch route, split := m["route"], m["split"]; {
	case route != nil && split != nil:
		return x, at(split, "rule %q has a route and a split; leave one of them out", x.name)
	case route != nil:
		x.route, err = r.route(route, "rule "+strconv.Quote(x.name))
	case split != nil:
		x.split, err = r.split(split, x.name)
	case x.on == Received:
		err = at(n, "rule %q leads nowhere: it needs a route or a split", x.name)
	}
	return x, err
}

// named is the name of a rule or a branch, which is n.
func named(n, name *yaml.Node, what string) (string, error) {
	if name == nil {
		return "", at(n, "%s has no name", what)
	}
	text, err := scalar(name, "the name of "+what)
	switch {
	case err != nil:
		return "", err
	case utf8.RuneCountInString(text) > mostName:
		return "", at(name, "the name of %s has %d characters at most", what, mostName)
	case strings.ContainsFunc(text, func(c rune) bool { return !unicode.IsPrint(c) }):
		return "", at(name, "the name of %s holds something that cannot be shown", what)
	}
	return text, nil
}

func event(n, on *yaml.Node, rule string) (string, error) {
	if on == nil {
		return "", at(n, "rule %q does not say what it is for: on is %s or %s", rule, Received, Failed)
	}
	if on.Value != Received && on.Value != Failed {
		return "", at(on, "on is %s or %s, not %q", Received, Failed, on.Value)
	}
	return on.Value, nil
}

// scalar is a text as it is written: 0123, NO and true are texts.
func scalar(n *yaml.Node, what string) (string, error) {
	if n.Kind != yaml.ScalarNode || n.Value == "" || n.ShortTag() == "!!null" {
		return "", at(n, "%s is a text that is not empty", what)
	}
	return n.Value, nil
}

// route is a list of acquirers in their order.
func (r *reader) route(n *yaml.Node, of string) (list []string, err error) {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		return nil, at(n, "the route of %s is empty: it is a list of acquirers, such as [%s]", of, strings.Join(r.acquirers[:min(2, len(r.acquirers))], ", "))
	}
	for _, item := range n.Content {
		if item.Kind != yaml.ScalarNode || !slices.Contains(r.acquirers, item.Value) {
			return nil, at(item, "%q is not one of the acquirers %s", item.Value, strings.Join(r.acquirers, ", "))
		}
		if slices.Contains(list, item.Value) {
			return nil, at(item, "%s stands in the route twice; each is tried at most once", item.Value)
		}
		list = append(list, item.Value)
	}
	return list, nil
}

func (r *reader) split(n *yaml.Node, rule string) (list []branch, err error) {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		return nil, at(n, "the split of rule %q is empty: it is a list of name, percent and route", rule)
	}
	sum := 0
	for _, item := range n.Content {
		m, err := members(item, "a branch of a split", "name", "percent", "route")
		if err != nil {
			return nil, err
		}
		var b branch
		if b.name, err = named(item, m["name"], "a branch"); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(list, func(other branch) bool { return other.name == b.name }) {
			return nil, at(item, "the split of rule %q has a branch %q already", rule, b.name)
		}
		if b.share, err = share(cmp.Or(m["percent"], item)); err != nil {
			return nil, err
		}
		if b.route, err = r.route(cmp.Or(m["route"], item), fmt.Sprintf("branch %q", b.name)); err != nil {
			return nil, err
		}
		if b.share == 0 {
			r.rules.warnings = append(r.rules.warnings, fmt.Sprintf("line %d: branch %q has 0 percent: nothing goes there", item.Line, b.name))
		}
		sum += b.share
		list = append(list, b)
	}
	if sum != all {
		return nil, at(n, "the percentages of rule %q add up to %s, not to 100", rule, percent(sum))
	}
	return list, nil
}

// share reads a percentage with at most two decimals.
func share(n *yaml.Node) (int, error) {
	before, after, _ := strings.Cut(n.Value, ".")
	whole, err := strconv.ParseUint(before, 10, 8)
	part, bad := strconv.ParseUint((after + "00")[:2], 10, 8)
	if n.Kind != yaml.ScalarNode || err != nil || bad != nil || len(after) > 2 || whole > 100 {
		return 0, at(n, "percent is a number from 0 to 100 with at most two decimals, such as 12.5")
	}
	return int(whole*100 + part), nil
}

// percent writes a share.
func percent(share int) string {
	return strconv.FormatFloat(float64(share)/100, 'f', -1, 64)
}
