package sign

import (
	"encoding/json"
	"fmt"
	"strings"
)

// twiceIn is the name that one object of a JSON text has twice, with different values;
// empty: none. Readers disagree which of the two counts.
func twiceIn(t string) string {
	d := json.NewDecoder(strings.NewReader(t))
	d.UseNumber()
	_, name := readValue(d, 0)
	return name
}

// readValue reads the next value as text, and the first name in it that is there twice.
func readValue(d *json.Decoder, depth int) (value, twice string) {
	const deepest = 64
	token, err := d.Token()
	if err != nil || depth > deepest {
		return "", ""
	}
	delim, nested := token.(json.Delim)
	if !nested {
		return fmt.Sprintf("%T %v", token, token), ""
	}
	seen := map[string]string{}
	all := strings.Builder{}
	for d.More() {
		name := ""
		if delim == '{' {
			key, err := d.Token()
			if err != nil {
				return "", twice
			}
			name, _ = key.(string)
		}
		inner, within := readValue(d, depth+1)
		if twice == "" {
			twice = within
		}
		if have, there := seen[name]; delim == '{' && there && have != inner && twice == "" {
			twice = name
		}
		seen[name] = inner
		all.WriteString(name + "\x00" + inner + "\x00")
	}
	if _, err := d.Token(); err != nil {
		return "", twice
	}
	return delim.String() + all.String(), twice
}

// contradictory refuses a text that has two values for one name.
func (s *search) contradictory(kind, name string) {
	s.blocks = []block{{problem: refuse(s.want, kind+" with two different values of "+shortName(name), "leave the one that is meant")}}
}

// shortName is a name for an error: a longer one may be a key.
func shortName(name string) string {
	const most = 40
	if !isName(name) || len(name) > most {
		return "one name"
	}
	return name
}

// withoutComments leaves out the lines that are commented out. all: there are no
// others.
func withoutComments(t string) (rest string, all bool) {
	if !strings.ContainsAny(t, "#;") && !strings.Contains(t, "// ") {
		return t, false
	}
	var lines []string
	some, left := false, false
	for line := range strings.SplitSeq(t, "\n") {
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "#") || strings.HasPrefix(trimmed, ";") || strings.HasPrefix(trimmed, "// ") {
			some = true
			continue
		}
		left = left || trimmed != ""
		lines = append(lines, line)
	}
	if !some {
		return t, false
	}
	return strings.Join(lines, "\n"), !left
}
