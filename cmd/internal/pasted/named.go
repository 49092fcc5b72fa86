package pasted

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// member is one of JSON, or of what looks so, with its name and its value.
func member() *regexp.Regexp {
	return regexp.MustCompile(`["']?([A-Za-z][A-Za-z0-9_]*)["']?\s*:\s*(?:"([^"]*)"|'([^']*)'|([0-9][0-9A-Za-z.+_-]*))`)
}

// names are what a number is called in JSON and in links, the best first.
func names() []string {
	return []string{
		"paymentid", "paymentrequestid", "capturerequestid", "captureid", "refundrequestid", "refundid", "referenceorderid", "orderid", "order",
		"transactionid", "transactionrequestid", "acquirertransactionid", "acquirerreferenceno", "networktransactionid", "arn", "rrn", "reference", "ref", "id", "number", "q", "query", "search",
	}
}

func plainName(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
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
			p, found = Number{Text: list[0], Guessed: slices.Contains(loose(), name)}, true
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
	values := map[string][]string{}
	for _, m := range member().FindAllStringSubmatch(text, -1) {
		value := strings.TrimSpace(m[2] + m[3] + m[4])
		if scientific(value) {
			return Number{}, true, ErrSpreadsheet
		}
		if name := plainName(m[1]); value != "" {
			values[name] = append(values[name], value)
		}
	}
	return best(values)
}

// inLink finds the number in a link: in its query, its fragment or its path.
func (r *reader) inLink(link string) string {
	u, err := url.Parse(strings.TrimRight(link, ".,;:!?)"))
	if err != nil {
		return link
	}
	query := u.Query()
	path := u.EscapedPath()
	if fragment, more, _ := strings.Cut(u.Fragment, "?"); fragment != "" {
		path += "/" + fragment
		if q, err := url.ParseQuery(more); err == nil {
			for name, list := range q {
				query[name] = append(query[name], list...)
			}
		}
	}
	values := map[string][]string{}
	for name, list := range query {
		values[plainName(name)] = append(values[plainName(name)], list...)
	}
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if plain, err := url.PathUnescape(segment); err == nil {
			segments[i] = plain
		}
	}
	segments = slices.DeleteFunc(segments, func(segment string) bool { return segment == "" })
	withDigits := slices.DeleteFunc(slices.Clone(segments), func(segment string) bool { return !strings.ContainsFunc(segment, unicode.IsDigit) })
	p, found, err := best(values)
	found = found && err == nil // a search for something else is no better than a path that ends in a number
	for _, name := range names() {
		r.others = append(r.others, values[name]...)
	}
	r.others = append(r.others, slices.DeleteFunc(slices.Clone(withDigits), func(segment string) bool { return len(segment) < 4 })...)
	of := slices.IndexFunc(withDigits, isPaymentID)
	switch {
	case found && (of < 0 || len(values["paymentid"]) > 0):
		r.guessed = r.guessed || p.Guessed
		return p.Text
	case of >= 0:
		return withDigits[of]
	}
	r.guessed = true
	switch {
	case len(withDigits) > 0:
		return withDigits[len(withDigits)-1]
	case len(segments) > 0:
		return segments[len(segments)-1]
	}
	return link
}
