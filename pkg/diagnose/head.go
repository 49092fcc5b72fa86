package diagnose

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/apo-cli/apo/pkg/sign"
)

// glue is what stands between the parts of a content.
type glue struct{ blank, line, dot, point string }

func apoGlue() glue { return glue{" ", "\n", ".", "."} }

// head is the content in front of the body.
type head struct {
	method, uri, client, time string
	glue                      glue
	bodyAlone                 bool // nothing but the body was signed
	changes                   [2]*change
}

func headOf(m sign.Message) head {
	return head{method: m.Method, uri: m.Path, client: m.ClientID, time: m.Time, glue: apoGlue()}
}

func (h head) text() string {
	if h.bodyAlone {
		return ""
	}
	return h.method + h.glue.blank + h.uri + h.glue.line + h.client + h.glue.dot + h.time + h.glue.point
}

// change is one variant of one part of a head, ready to be applied.
type change struct {
	tier  tier
	part  int
	fault Fault
	apply func(*head)
}

// with applies one more change to a copy. There are at most two.
func (h head) with(c *change) head {
	h.change(c)
	return h
}

func (h *head) change(c *change) {
	if h.changes[0] == nil {
		h.changes[0] = c
	} else {
		h.changes[1] = c
	}
	c.apply(h)
}

// faults are what its changes mend.
func (h head) faults() []Fault {
	var list []Fault
	for _, c := range h.changes {
		if c != nil {
			list = append(list, c.fault)
		}
	}
	return list
}

// The parts of a head. The glue comes last: it may drop or swap the others.
const (
	uriPart = iota
	methodPart
	clientPart
	timePart
	gluePart
)

// headChanges lists what may differ in front of the body, by part, down to a
// tier.
func headChanges(m sign.Message, hints Hints, most tier) []*change {
	var all []*change
	take := func(part int, v *variants, set func(*head, string)) {
		for _, one := range v.list {
			all = append(all, &change{one.tier, part, one.fault, func(h *head) { set(h, one.value) }})
		}
	}
	take(uriPart, uriVariants(m.Path, hints, most), func(h *head, s string) { h.uri = s })
	take(methodPart, methodVariants(m.Method, most), func(h *head, s string) { h.method = s })
	take(clientPart, clientVariants(m.ClientID, hints, most), func(h *head, s string) { h.client = s })
	take(timePart, timeVariants(m.Time, hints, most), func(h *head, s string) { h.time = s })
	return append(all, glueChanges(most)...)
}

// longPart is the size of a client ID or time, in bytes, above which it is none.
const longPart = 256

func methodVariants(given string, most tier) *variants {
	v := newVariants("method", given, most)
	v.add(1, Method, strings.TrimSpace(given), "the method has white space around it")
	v.add(1, Method, strings.ToUpper(strings.TrimSpace(given)), "the method is signed in upper case")
	v.add(1, Method, http.MethodPost, "the method that is signed is POST")
	v.add(1, Method, strings.ToLower(given), "the method was signed in lower case")
	v.add(2, Method, http.MethodGet, "another method was signed")
	v.add(2, Method, http.MethodPut, "another method was signed")
	v.add(2, Method, "get", "another method was signed")
	v.add(2, Method, "Post", "the method was signed in another case")
	v.add(2, Method, "", "no method was signed")
	v.add(3, Method, http.MethodPatch, "another method was signed")
	v.add(3, Method, http.MethodDelete, "another method was signed")
	v.add(3, Method, http.MethodOptions, "another method was signed")
	v.add(3, Method, http.MethodHead, "another method was signed")
	return v
}

func clientVariants(given string, hints Hints, most tier) *variants {
	v := newVariants("clientId", given, most)
	if len(given) > longPart {
		return v
	}
	add := func(t tier, value, what string) { v.add(t, ClientID, value, what) }
	add(1, strings.TrimSpace(given), "the client ID has white space around it")
	add(1, strings.Trim(given, "\"' \t\r\n"), "the client ID has quotes around it")
	add(1, strings.ToUpper(given), "the client ID was signed in upper case")
	add(2, strings.ToLower(given), "the client ID was signed in lower case")
	add(2, strings.ReplaceAll(given, " ", ""), "the client ID has spaces inside")
	if rest, found := strings.CutPrefix(given, "SANDBOX_"); found {
		add(1, rest, "the client ID was signed without SANDBOX_")
	} else {
		add(1, "SANDBOX_"+given, "the client ID was signed with SANDBOX_")
	}
	known := "another client ID was signed, one that a profile has"
	if what := Placeholder(given); what != "" {
		known = "the client ID is " + what + "; that of a profile was signed"
	}
	for _, id := range hints.ClientIDs {
		add(1, id, known)
	}
	add(2, "", "no client ID was signed")
	add(2, given+" ", "the client ID was signed with a space behind it")
	add(2, " "+given, "the client ID was signed with a space in front of it")
	add(2, given+"\n", "the client ID was signed with a newline behind it")
	add(2, given+"\r\n", "the client ID was signed with a newline behind it")
	add(2, `"`+given+`"`, "the client ID was signed in quotes")
	add(2, unescape(given), "the client ID is url-encoded")
	add(3, "null", "null was signed in place of the client ID")
	add(3, "undefined", "undefined was signed in place of the client ID")
	add(3, "None", "None was signed in place of the client ID")
	return v
}

func timeVariants(given string, hints Hints, most tier) *variants {
	v := newVariants("requestTime", given, most)
	if len(given) > longPart {
		return v
	}
	add := func(t tier, value, what string) { v.add(t, TimeFormat, value, what) }
	add(1, strings.TrimSpace(given), "the time has white space around it")
	add(1, strings.Trim(given, "\"' \t\r\n"), "the time has quotes around it")
	if at := strings.LastIndexByte(given, ' '); at >= 0 {
		add(1, given[:at]+"+"+given[at+1:], "the + of the time's offset was url-decoded into a space")
		add(2, strings.Replace(given, " ", "T", 1), "the time was signed with a T between date and time")
	}
	add(1, unescape(given), "the time is url-encoded")
	add(1, strings.ReplaceAll(given, "+", " "), "the time was signed with a space in place of its +")
	add(2, url.QueryEscape(given), "the time was signed url-encoded")
	for _, other := range hints.Times {
		add(1, other, "the time of another header was signed")
	}
	add(2, given+" ", "the time was signed with a space behind it")
	add(2, " "+given, "the time was signed with a space in front of it")
	add(2, given+"\n", "the time was signed with a newline behind it")
	add(2, "", "no time was signed")
	add(3, "null", "null was signed in place of the time")
	add(3, "undefined", "undefined was signed in place of the time")
	texts := append([]string{given, strings.TrimSpace(given), unescape(given)}, hints.Times...)
	for _, text := range texts {
		if at, fine, ok := readTime(strings.TrimSpace(text)); ok {
			v.instant(at, fine)
		}
	}
	return v
}

// readTime reads a time as people and programs write them. fine is false where
// it carries no fraction of a second.
func readTime(s string) (at time.Time, fine, ok bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n > 0 {
		switch len(s) {
		case 10:
			return time.Unix(n, 0), false, true
		case 13:
			return time.UnixMilli(n), true, true
		case 16:
			return time.UnixMicro(n), true, true
		case 19:
			return time.Unix(0, n), true, true
		}
		return time.Time{}, false, false
	}
	for _, layout := range []string{
		"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z0700",
		"2006-01-02T15:04:05 07:00", "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.RFC1123, time.RFC1123Z,
	} {
		if at, err := time.Parse(layout, s); err == nil {
			return at, at.Nanosecond() != 0, true
		}
	}
	return time.Time{}, false, false
}

// instant adds the other ways to write a time.
func (v *variants) instant(at time.Time, fine bool) {
	add := func(t tier, value, what string) { v.add(t, TimeFormat, value, what) }
	add(1, strconv.FormatInt(at.UnixMilli(), 10), "the time was signed in milliseconds")
	add(1, strconv.FormatInt(at.Unix(), 10), "the time was signed in seconds")
	add(1, strconv.FormatInt(at.Unix()*1000, 10), "the time was signed in milliseconds, without a fraction of a second")
	add(2, strconv.FormatInt(at.UnixMicro(), 10), "the time was signed in microseconds")
	add(3, strconv.FormatInt(at.UnixNano(), 10), "the time was signed in nanoseconds")
	add(3, fmt.Sprintf("%d.0", at.Unix()), "the time was signed in seconds")
	add(3, at.UTC().Format(http.TimeFormat), "the time was signed as a date of HTTP")
	for _, minutes := range offsets(at) {
		zone := time.FixedZone("", minutes*60)
		local := at.In(zone)
		for i, layout := range []string{
			"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05.000Z07:00", "2006-01-02T15:04:05-07:00", "2006-01-02T15:04:05.000-07:00",
			"2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05.000Z0700", "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05.000-0700",
			"2006-01-02T15:04:05.000000Z07:00", "2006-01-02T15:04:05.000000-07:00", "2006-01-02T15:04:05.999999999Z07:00",
			"2006-01-02T15:04:05", "2006-01-02T15:04:05.000", "2006-01-02 15:04:05", "2006-01-02 15:04:05-07:00", "2006-01-02 15:04:05 -0700",
			"2006-01-02T15:04Z07:00", "20060102150405",
		} {
			t := tier(2)
			if i < 4 && common(minutes) {
				t = 1
			} else if i > 5 && !common(minutes) {
				t = 3
			}
			if t > v.most {
				continue
			}
			add(t, local.Format(layout), "the time was signed in another format or offset")
		}
	}
	if !fine && v.most > 2 { // the fraction got lost: one of a thousand
		for ms := range int64(1000) {
			add(3, strconv.FormatInt(at.Unix()*1000+ms, 10), "the time was signed in milliseconds, which its text has lost")
		}
	}
}

// offsets are those in use, in minutes, the time's own first.
func offsets(at time.Time) []int {
	_, own := at.Zone()
	list := []int{own / 60, 0, 480, -480, -420, 540, 330, 420, 60, 120, -300, -240}
	for minutes := -12 * 60; minutes <= 14*60; minutes += 60 {
		list = append(list, minutes)
	}
	return append(list, 345, 390, 570, 270, 210, -210, 630, 765)
}

func common(minutes int) bool {
	switch minutes {
	case 0, 480, -480, -420, 540, 420:
		return true
	}
	return false
}

// glueChanges are other ways to put the five parts together.
func glueChanges(most tier) []*change {
	var list []*change
	add := func(t tier, what string, apply func(*head)) {
		if t > most {
			return
		}
		list = append(list, &change{t, gluePart, Fault{Cause: Separator, Part: "content", What: what, Offset: -1}, apply})
	}
	line := func(t tier, s, what string) { add(t, what, func(h *head) { h.glue.line = s }) }
	line(1, "\r\n", "CRLF was signed in place of the newline before the client ID")
	line(1, "", "the newline before the client ID was not signed")
	line(1, `\n`, "a backslash and an n were signed in place of the newline before the client ID")
	line(1, "\n\n", "two newlines were signed before the client ID")
	line(2, " ", "a space was signed in place of the newline before the client ID")
	line(2, ".", "a dot was signed in place of the newline before the client ID")
	line(2, "\r", "a carriage return was signed in place of the newline before the client ID")
	line(2, "\n ", "a space was signed in front of the client ID")
	line(2, " \n", "a space was signed behind the path")
	dots := func(t tier, first, second, what string) {
		add(t, what, func(h *head) { h.glue.dot, h.glue.point = first, second })
	}
	dots(1, "", "", "the dots between client ID, time and body were not signed")
	dots(1, "", ".", "the dot behind the client ID was not signed")
	dots(1, ".", "", "the dot behind the time was not signed")
	dots(1, ".", "..", "two dots were signed behind the time")
	dots(1, "..", ".", "two dots were signed behind the client ID")
	dots(2, "..", "..", "doubled dots were signed")
	for _, other := range []string{"\n", ",", ":", "|", " ", "&", "-", ";"} {
		dots(2, other, other, "other separators than dots were signed")
		dots(2, ".", other, "another separator than a dot was signed behind the time")
		dots(2, other, ".", "another separator than a dot was signed behind the client ID")
	}
	blank := func(t tier, s, what string) { add(t, what, func(h *head) { h.glue.blank = s }) }
	blank(1, "", "the space between method and path was not signed")
	blank(1, "  ", "two spaces were signed between method and path")
	blank(2, "\n", "a newline was signed between method and path")
	blank(2, "\t", "a tab was signed between method and path")
	blank(3, ".", "a dot was signed between method and path")
	add(1, "the body alone was signed, without method, path, client ID and time", func(h *head) { h.bodyAlone = true })
	add(2, "method and path were not signed", func(h *head) { h.method, h.uri, h.glue.blank, h.glue.line = "", "", "", "" })
	add(2, "the method was not signed, nor the space behind it", func(h *head) { h.method, h.glue.blank = "", "" })
	add(2, "the client ID was not signed, nor the dot behind it", func(h *head) { h.client, h.glue.dot = "", "" })
	add(2, "the time was not signed, nor the dot behind it", func(h *head) { h.time, h.glue.point = "", "" })
	add(2, "client ID and time were signed in the other order", func(h *head) { h.client, h.time = h.time, h.client })
	add(3, "every separator was signed as a newline", func(h *head) { h.glue = glue{"\n", "\n", "\n", "\n"} })
	add(3, "every separator was left out", func(h *head) { h.glue = glue{} })
	return list
}
