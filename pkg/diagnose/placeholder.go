package diagnose

import "strings"

// Placeholder tells what stands in the place of a value that is none, in words that
// follow "it is": "masked, as logs do it" for [REDACTED] and ***, "a variable that was
// never filled in" for {{signature}}, "what a program prints where there is nothing"
// for undefined. It is empty for all that may be a value.
func Placeholder(value string) string {
	const (
		masked = "masked, as logs do it"
		empty  = "what a program prints where there is nothing"
		open   = "a variable that was never filled in"
		most   = 80 // bytes; a text that is longer is one
	)
	v := strings.Trim(value, " \t\r\n\"'`“”")
	if v == "" || len(v) > most {
		return ""
	}
	switch word := strings.ToLower(v); {
	case strings.Trim(v, "*•█#") == "", len(v) > 2 && strings.Trim(word, "x") == "", len(v) > 2 && strings.Trim(v, "._…") == "":
		return masked
	case isHiding(v):
		return masked
	case strings.Trim(v, "-–—") == "":
		return empty
	case isEnclosed(v, "{{", "}}"), isEnclosed(v, "${", "}"), isEnclosed(v, "#{", "}"), isEnclosed(v, "<%", "%>"), isEnclosed(v, "%", "%"),
		len(v) > 1 && (v[0] == '$' || v[0] == ':') && isName(v[1:]):
		return open
	case isEnclosed(v, "{", "}") && isName(v[1:len(v)-1]):
		return open
	case isEnclosed(v, "<", ">"), isEnclosed(v, "[", "]"), isEnclosed(v, "(", ")"):
		return ofBrackets(strings.ToLower(strings.TrimSpace(v[1:len(v)-1])), masked, empty, open)
	case isNothing(word):
		return empty
	}
	return ""
}

// ofBrackets tells what a word in brackets stands for; empty where it may be a value.
func ofBrackets(word, masked, empty, open string) string {
	if word == "" || strings.ContainsAny(word, "{}[]\":=<>,") {
		return ""
	}
	number, unit, _ := strings.Cut(word, " ")
	switch {
	case isNothing(word), word == "empty", word == "none", word == "no body", word == "no value":
		return empty
	case strings.Trim(number, "0123456789") == "" && (unit == "bytes" || unit == "chars" || unit == "characters" || unit == "b"),
		strings.HasPrefix(word, "binary"), strings.HasPrefix(word, "body"), strings.HasPrefix(word, "hidden"), strings.HasPrefix(word, "omitted"):
		return masked
	case isHiding("[" + word + "]"):
		return masked
	case len(strings.Fields(word)) <= 3 && !strings.Contains(word, "buffer") && isName(strings.NewReplacer(" ", "", "-", "").Replace(word)):
		return open
	}
	return ""
}

func isNothing(word string) bool {
	switch word {
	case "undefined", "null", "nil", "none", "nan", "(null)", "<nil>", "n/a", "na", "string", "todo", "tbd", "empty", "missing", "unknown":
		return true
	}
	return false
}

func isEnclosed(s, front, end string) bool {
	return len(s) > len(front)+len(end) && strings.HasPrefix(s, front) && strings.HasSuffix(s, end)
}

// isName holds for the names of variables.
func isName(s string) bool {
	s = strings.TrimSpace(s)
	return s != "" && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789_.") == "" && (s[0] < '0' || s[0] > '9')
}

// placeholderIn looks for a placeholder in the place of a signature, which is the
// whole header or what stands behind signature= in it.
func placeholderIn(header string) string {
	if what := Placeholder(header); what != "" {
		return what
	}
	at := strings.LastIndex(strings.ToLower(header), "signature=")
	if at < 0 {
		return ""
	}
	return Placeholder(header[at+len("signature="):])
}

// placeholders looks for parts of a message in whose place something else stands.
func (c *examination) placeholders() (Diagnosis, bool) {
	m := c.message
	for _, one := range []struct {
		cause             Cause
		part, name, value string
	}{
		{BodyEdited, "body", "the body", string(m.Body[:min(len(m.Body), 128)])},
		{ClientID, "clientId", "the client ID", m.ClientID},
		{TimeFormat, "requestTime", "the time", m.Time},
		{URIMissing, "uri", "the path", m.Path},
		{Method, "method", "the method", m.Method},
	} {
		what := Placeholder(one.value)
		if what == "" || one.part == "body" && leftOver(string(m.Body)) != "" {
			continue
		}
		return c.neverThere(one.cause, one.part, one.name, what), true
	}
	return Diagnosis{}, false
}

// neverThere is the diagnosis of a message of which one part is none.
func (c *examination) neverThere(cause Cause, part, name, what string) Diagnosis {
	d := c.suspect(cause, part, name+" is "+what+": there is nothing to verify", -1)
	d.Repair = "Take " + name + " from where it arrived, before a log hides it, and fill it in: what stands in its place was never signed."
	d.Faults[0].Repair = d.Repair
	return d
}
