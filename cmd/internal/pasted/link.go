package pasted

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// inLink finds the number in a link: in its query, its fragment or its path.
func (r *reader) inLink(link string) string {
	link = strings.TrimRight(link, ".,;:!?)")
	if host, _, _ := strings.Cut(link, "/"); !strings.Contains(link, "://") && hostName().MatchString(host) {
		link = "//" + link
	}
	u, err := url.Parse(link)
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
			segments[i] = pageEnd().ReplaceAllString(plain, "$1")
		}
	}
	segments = slices.DeleteFunc(segments, func(segment string) bool { return segment == "" })
	withDigits := slices.DeleteFunc(slices.Clone(segments), func(segment string) bool {
		return !strings.ContainsFunc(segment, unicode.IsDigit) || version().MatchString(segment)
	})
	p, found, err := best(values)
	found = found && err == nil // a search for something else is no better than a path that ends in a number
	for _, name := range names() {
		r.others = append(r.others, values[name]...)
	}
	r.others = append(r.others, slices.DeleteFunc(slices.Clone(withDigits), func(segment string) bool { return len(segment) < 4 })...)
	of := slices.IndexFunc(withDigits, isPaymentID)
	switch {
	case found && (of < 0 || len(values["paymentid"]) > 0):
		r.guessed, r.linkName = r.guessed || p.Guessed, p.Name
		return p.Text
	case of >= 0:
		return withDigits[of]
	}
	r.guessed = true
	if len(withDigits) == 0 {
		r.nameless = true
		return ""
	}
	number := withDigits[len(withDigits)-1]
	if at := slices.Index(segments, number); at > 0 {
		r.linkName = kindOf(strings.TrimSuffix(segments[at-1], "s"))
	}
	return number
}

// isLink reports whether a word is a link, also without its scheme.
func isLink(word string) bool {
	if strings.Contains(word, "://") {
		return true
	}
	host, path, found := strings.Cut(word, "/")
	if strings.Trim(path, "/") == "" || !found {
		return false
	}
	return host == "" || hostName().MatchString(host) || slices.ContainsFunc(strings.FieldsFunc(word, func(r rune) bool { return r == '/' || r == '?' || r == '#' }), isPaymentID)
}

// hostName is that of a machine: "dashboard.acme.example", "localhost:3000".
func hostName() *regexp.Regexp {
	return regexp.MustCompile(`^(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})(?::[0-9]+)?$`)
}

// pageEnd is what the number of a page may end with: "1017.html".
func pageEnd() *regexp.Regexp {
	return regexp.MustCompile(`^(.*[0-9])\.(?:html?|json|pdf|php|aspx?|jsp|xml|csv|log|txt|eml|msg|png|jpe?g|zip|gz|docx?|xlsx?|md)$`)
}

// linked puts links as they are written in Markdown and HTML in the place of their
// texts where these have no number; a number of the link counts beside that of the text.
func (r *reader) linked(text string) string {
	for _, link := range []*regexp.Regexp{markdownLink(), slackLink(), anchor()} {
		text = link.ReplaceAllStringFunc(text, func(found string) string {
			m := link.FindStringSubmatch(found)
			target, label := m[1], m[2]
			if link.String() == markdownLink().String() {
				target, label = label, target
			}
			if !strings.ContainsFunc(label, unicode.IsDigit) {
				return " " + target + " "
			}
			var inTarget reader
			if number := inTarget.bare(target); !inTarget.nameless {
				r.others = append(append(r.others, inTarget.others...), number)
			}
			return " " + label + " "
		})
	}
	if strings.Contains(text, "</") {
		text = tag().ReplaceAllString(text, " ")
	}
	return text
}
