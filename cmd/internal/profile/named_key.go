package profile

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/sign"
)

// Keys lie in files beside others: the credentials of apo's sandbox as JSON, an .env
// with the keys of both parties. Where a text holds several, the name of one says
// whether it is the one asked for.

// OwnKeyIn is the merchant's private key in a text.
func OwnKeyIn(text []byte) (*sign.PrivateKey, error) {
	return namedFor(text, []string{"merchant", "private"}, "public", sign.ParsePrivateKey)
}

// AntomKeyIn is Antom's public key in a text.
func AntomKeyIn(text []byte) (*sign.PublicKey, error) {
	return namedFor(text, []string{"antom", "public"}, "private", sign.ParsePublicKey)
}

// OwnPublicIn is the merchant's public key in a text.
func OwnPublicIn(text []byte) (*sign.PublicKey, error) {
	return namedFor(text, []string{"merchant", "public"}, "private", sign.ParsePublicKey)
}

// namedFor reads the only key of a text, or of several the one whose name has all the
// wanted words and not the other one.
func namedFor[K any](text []byte, wanted []string, other string, parse func([]byte) (K, error)) (K, error) {
	key, err := parse(text)
	if err == nil {
		if name := nameOfOther(text, wanted); name != "" {
			var none K
			return none, &sign.KeyError{Want: "public", Given: name + ", which is named for the other party", Hint: "give the key that is named for " + wanted[0]}
		}
		return key, nil
	}
	var meant []string
	for _, m := range namedValues(string(text)) {
		name := strings.ReplaceAll(strings.ToLower(m.name), "alipay", "antom") // Antom's name in its SDKs
		lacks := func(word string) bool { return !strings.Contains(name, word) }
		if !slices.ContainsFunc(wanted, lacks) && lacks(other) && !slices.Contains(meant, m.value) {
			meant = append(meant, m.value)
		}
	}
	if len(meant) != 1 {
		return key, err
	}
	named, problem := parse([]byte(meant[0]))
	if problem != nil {
		return key, err
	}
	return named, nil
}

// nameOfOther is the name of the public key of a text where it is the other party's;
// empty where one is named otherwise, or has no name.
func nameOfOther(text []byte, wanted []string) string {
	if wanted[1] != "public" {
		return ""
	}
	other := map[string]string{"antom": "merchant", "merchant": "antom"}[wanted[0]]
	named := ""
	for _, m := range namedValues(string(text)) {
		name := strings.ReplaceAll(strings.ToLower(m.name), "alipay", "antom")
		if _, err := sign.ParsePublicKey([]byte(m.value)); err != nil {
			continue
		}
		if !strings.Contains(name, other) || strings.Contains(name, wanted[0]) {
			return ""
		}
		named = m.name
	}
	return named
}

type namedValue struct{ name, value string }

// shortestKey is the length of the shortest key in base64: what is shorter is a
// path, a fingerprint, a client ID.
const shortestKey = 300

// namedValues are the values of a JSON object, at any depth, or of lines of
// NAME=VALUE, that are long enough for a key.
func namedValues(text string) (list []namedValue) {
	if gjson.Valid(text) {
		return membersOf(gjson.Parse(text))
	}
	line := regexp.MustCompile(`(?m)^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*[=:][ \t]*("[^"]*"|'[^']*'|[^\r\n]*)`)
	for _, m := range line.FindAllStringSubmatch(text, -1) {
		if len(m[2]) >= shortestKey {
			list = append(list, namedValue{m[1], m[2]})
		}
	}
	return list
}

func membersOf(value gjson.Result) (list []namedValue) {
	value.ForEach(func(name, member gjson.Result) bool {
		switch {
		case member.IsObject() || member.IsArray():
			list = append(list, membersOf(member)...)
		case len(member.Str) >= shortestKey:
			list = append(list, namedValue{name.Str, member.Str})
		}
		return true
	})
	return list
}
