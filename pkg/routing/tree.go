package routing

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// tree are the paths that rules ask for, so that one walk through a request finds all.
type tree []twig

type twig struct {
	name string // of a member, or the place in a list
	slot int    // 0: it is asked for what is in it alone
	in   tree
}

// with is the tree with one more path.
func (t tree) with(path []string, slot int) tree {
	i := 0
	for i < len(t) && t[i].name != path[0] {
		i++
	}
	if i == len(t) {
		t = append(t, twig{name: path[0]})
	}
	if len(path) == 1 {
		t[i].slot = slot
	} else {
		t[i].in = t[i].in.with(path[1:], slot)
	}
	return t
}

// find is the twig of a name, or of a place in a list; nil: none is asked for.
func (t tree) find(name string) *twig {
	for i := range t {
		if t[i].name == name {
			return &t[i]
		}
	}
	return nil
}

// walk goes through JSON. It expects what a strict reader has taken, and of anything
// else it makes something or other.
type walk struct {
	text string
	at   int
	to   values
	left int // paths that were not found yet
}

// value reads the value that comes next into the slots that ask for it.
func (w *walk) value(t tree, slot int) {
	w.space()
	start := w.at
	switch {
	case w.at >= len(w.text):
		return
	case len(t) > 0 && w.text[w.at] == '{':
		w.object(t)
	case len(t) > 0 && w.text[w.at] == '[':
		w.list(t)
	default:
		w.skip()
	}
	if slot > 0 {
		w.to[slot] = text(w.text[start:w.at])
		w.left--
	}
}

func (w *walk) object(t tree) {
	for w.at++; w.left > 0; {
		w.space()
		if w.at >= len(w.text) || w.text[w.at] != '"' {
			break
		}
		start := w.at
		w.skip()
		name := text(w.text[start:w.at])
		w.space()
		w.at++ // the colon
		if found := t.find(name); found != nil {
			w.value(found.in, found.slot)
		} else {
			w.space()
			w.skip()
		}
		w.space()
		if w.at >= len(w.text) || w.text[w.at] != ',' {
			break
		}
		w.at++
	}
	w.at = min(w.at+1, len(w.text))
}

func (w *walk) list(t tree) {
	w.at++
	for n := 0; w.left > 0; n++ {
		w.space()
		if w.at >= len(w.text) || w.text[w.at] == ']' {
			break
		}
		var in tree
		slot := 0
		for i := range t {
			if place, err := strconv.Atoi(t[i].name); err == nil && place == n {
				in, slot = t[i].in, t[i].slot
			}
		}
		w.value(in, slot)
		w.space()
		if w.at >= len(w.text) || w.text[w.at] != ',' {
			break
		}
		w.at++
	}
	w.at = min(w.at+1, len(w.text))
}

func (w *walk) space() {
	for w.at < len(w.text) && w.text[w.at] <= ' ' {
		w.at++
	}
}

// skip goes behind the value that begins here.
func (w *walk) skip() {
	depth := 0
	for w.at < len(w.text) {
		switch w.text[w.at] {
		case '"':
			w.string()
			if depth == 0 {
				return
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth <= 0 {
				w.at += depth + 1 // what ends a value around it is not its own
				return
			}
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return
			}
		}
		w.at++
	}
}

// string goes behind a string.
func (w *walk) string() {
	for w.at++; w.at < len(w.text); {
		end := strings.IndexByte(w.text[w.at:], '"')
		if end < 0 {
			break
		}
		w.at += end + 1
		escapes := 0
		for w.text[w.at-2-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return
		}
	}
	w.at = len(w.text)
}

// text is what a value says; "" of null.
func text(raw string) string {
	switch {
	case len(raw) < 2 || raw[0] != '"':
		if raw == "null" {
			return ""
		}
		return raw
	case strings.IndexByte(raw, '\\') >= 0:
		return gjson.Parse(raw).String()
	}
	return raw[1 : len(raw)-1]
}
