package pasted

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/apo-cli/apo/pkg/apo"
)

// member is one of JSON, or of what looks so, with its name and its value.
func member() *regexp.Regexp {
	return regexp.MustCompile(`["']?([A-Za-z][A-Za-z0-9_]*)["']?\s*:\s*(?:"([^"]*)"|'([^']*)'|([0-9][0-9A-Za-z.+_-]*))`)
}

// listMember is one of JSON with a list of texts: "orders":["A-1","A-2"].
func listMember() *regexp.Regexp {
	return regexp.MustCompile(`["']([A-Za-z][A-Za-z0-9_]*)["']\s*:\s*\[([^\[\]{}]*)\]`)
}

// quoted is a text in quotes.
func quoted() *regexp.Regexp { return regexp.MustCompile(`["']([^"']+)["']`) }

// names are what a number is called in JSON and in links, the best first.
func names() []string {
	return []string{
		"paymentid", "paymentrequestid", "payment", "capturerequestid", "captureid", "refundrequestid", "refundid", "referenceorderid", "orderid", "orderno", "ordernumber", "order", "requestid",
		"transactionid", "transactionrequestid", "acquirertransactionid", "acquirerreferenceno", "networktransactionid", "arn", "rrn", "reference", "ref", "id", "number", "q", "query", "search",
	}
}

func plainName(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(name))
}

// loose are those of them that may name anything else.
func loose() []string { return []string{"reference", "ref", "id", "number", "q", "query", "search"} }

// best is the value of the best name that there is, and beside it those of the others.
// Several different ones of one name are too many.
func best(values map[string][]string) (p Number, found bool, err error) {
	for _, name := range names() {
		list := distinct(values[name])
		switch {
		case len(list) == 0:
		case found:
			p.Others = append(p.Others, list...)
		case len(list) > 1:
			return Number{}, true, &ManyError{list}
		default:
			p, found = Number{Text: list[0], Name: kindOf(name), Guessed: slices.Contains(loose(), name)}, true
		}
	}
	p.Others = slices.DeleteFunc(distinct(p.Others), func(n string) bool { return n == p.Text })
	return p, found, nil
}

// inMembers finds the number in members of JSON: a whole object, or a line of it.
func inMembers(text string) (p Number, found bool, err error) {
	if !strings.ContainsAny(text, `"'{`) {
		return Number{}, false, nil
	}
	values, other := map[string][]string{}, []string{}
	for _, m := range member().FindAllStringSubmatch(text, -1) {
		value := strings.TrimSpace(m[2] + m[3] + m[4])
		if scientific(value) {
			return Number{}, true, ErrSpreadsheet
		}
		other = append(other, m[1])
		if name := plainName(m[1]); value != "" && apo.Placeholder(value) == "" {
			values[name] = append(values[name], value)
		}
	}
	for _, m := range listMember().FindAllStringSubmatch(text, -1) {
		name := strings.TrimSuffix(plainName(m[1]), "s")
		for _, item := range quoted().FindAllStringSubmatch(m[2], -1) {
			if value := strings.TrimSpace(item[1]); value != "" && apo.Placeholder(value) == "" {
				values[name] = append(values[name], value)
			}
		}
	}
	p, found, err = best(values)
	object := strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") || strings.Trim(member().ReplaceAllString(text, ""), " ,") == ""
	if object && !found && len(other) > 0 {
		return Number{}, true, &NamesError{distinct(other)}
	}
	return p, found, err
}

// pair is a name and a value as programs print them: "paymentId=2026", "PaymentID:2026".
func pair() *regexp.Regexp {
	return regexp.MustCompile(`([A-Za-z][\w.]*(?: (?:ID|Id|id|No|no|Number|number))?)[ ]?[:=][ ]?(?:"([^"]*)"|'([^']*)'|([^\s"'` + "`" + `,;|&(){}\[\]<>]+))`)
}

// opened is how an object begins that a program printed: "map[", "#<Payment ".
func opened() *regexp.Regexp { return regexp.MustCompile(`[\w.&*]*[(\[{]|#<\w+`) }

// pairs are names and values of a text: the values by their plain names, the names as
// they stand, and what is left of the text.
type pairs struct {
	values map[string][]string
	names  []string
	rest   string
}

func pairsOf(text string) pairs {
	p := pairs{values: map[string][]string{}}
	for of := pair(); ; {
		at := of.FindStringSubmatchIndex(text)
		if at == nil {
			p.rest += text
			return p
		}
		m := of.FindStringSubmatch(text)
		if strings.HasSuffix(m[4], ":") || strings.HasSuffix(m[4], "=") { // it is the next name: "Hi: Order: A-1"
			p.rest, text = p.rest+" "+text[:at[8]], text[at[8]:]
			continue
		}
		p.rest, text = p.rest+" "+text[:at[0]], text[at[1]:]
		p.names = append(p.names, m[1])
		if value := strings.TrimSpace(m[2] + m[3] + m[4]); value != "" && apo.Placeholder(value) == "" {
			p.values[plainName(m[1])] = append(p.values[plainName(m[1])], value)
		}
	}
}

// inPairs finds the number in a text of nothing but names and values: a query, a line of
// a log, and what Go, Java, Python and Ruby print of an object.
func inPairs(text string) (n Number, found bool, err error) {
	if strings.Contains(text, "://") || strings.ContainsAny(text, "…*") || strings.Contains(text, "...") || !strings.ContainsAny(text, ":=") {
		return Number{}, false, nil
	}
	p := pairsOf(text)
	object := strings.ContainsAny(p.rest, "({[<") && strings.ContainsAny(p.rest, ")}]>")
	query := strings.Trim(p.rest, " ?&") == "" && strings.Contains(text, "=")
	// "customerId=1017" is no number, and "shop:17" may be.
	other := query && len(p.names) == 1 && strings.ContainsFunc(text, unicode.IsDigit) && !isLabel(p.names[0])
	const talk = 2 // words beside the pairs at most: "map[", "#<Payment"
	if strings.ContainsFunc(p.rest, unicode.IsDigit) || len(strings.Fields(p.rest)) > talk+len(p.names) || len(p.names) < 2 && !object && !other {
		return Number{}, false, nil
	}
	for _, list := range p.values {
		if slices.ContainsFunc(list, scientific) {
			return Number{}, true, ErrSpreadsheet
		}
	}
	n, found, err = best(p.values)
	n.Guessed = n.Guessed || strings.ContainsFunc(opened().ReplaceAllString(p.rest, ""), unicode.IsLetter)
	if !found && (query || object) && len(p.names) > 0 {
		return Number{}, true, &NamesError{distinct(p.names)}
	}
	return n, found, err
}
