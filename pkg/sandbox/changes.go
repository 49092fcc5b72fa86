package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// Change gives one value of a message's body another, before it is signed.
type Change struct {
	Path  string // "paymentAmount.value"; positions of lists are numbers
	Value string // the text; where no text stands now, JSON
}

// ParseChange reads PATH=VALUE.
func ParseChange(text string) (Change, error) {
	path, value, found := strings.Cut(text, "=")
	if !found || path == "" {
		return Change{}, fmt.Errorf("%q is not path=value, such as paymentAmount.value=100", text)
	}
	return Change{path, value}, nil
}

// UnknownPathError says that a message has no value at a path.
type UnknownPathError struct {
	Path  string
	Paths []string // all that the message has
}

func (e *UnknownPathError) Error() string { return fmt.Sprintf("the message has no %s", e.Path) }

// apply makes the change, and leaves every other byte of the body as it is.
func (c Change) apply(body []byte) ([]byte, error) {
	all := paths(gjson.ParseBytes(body), "", nil)
	if !slices.Contains(all, c.Path) {
		return nil, &UnknownPathError{c.Path, all}
	}
	old := gjson.GetBytes(body, c.Path)
	if old.Type == gjson.String {
		return replaced(body, c.Path, c.Value)
	}
	if !json.Valid([]byte(c.Value)) {
		return nil, fmt.Errorf("%s is no text: the value %q is not JSON", c.Path, c.Value)
	}
	return splice(body, old, []byte(c.Value))
}

// paths are those of all values in a document.
func paths(v gjson.Result, of string, list []string) []string {
	at := 0
	v.ForEach(func(key, value gjson.Result) bool {
		name := key.String()
		if v.IsArray() {
			name = strconv.Itoa(at)
			at++
		}
		path := strings.TrimPrefix(of+"."+name, ".")
		list = append(list, path)
		if value.IsObject() || value.IsArray() {
			list = paths(value, path, list)
		}
		return true
	})
	return list
}

// replaced has another text at a path.
func replaced(body []byte, path, text string) ([]byte, error) {
	value, err := json.Marshal(text)
	if err != nil {
		return nil, err
	}
	return splice(body, gjson.GetBytes(body, path), value)
}

func splice(body []byte, old gjson.Result, value []byte) ([]byte, error) {
	if old.Index == 0 {
		return nil, errors.New("the value cannot be found again")
	}
	return slices.Concat(body[:old.Index], value, body[old.Index+len(old.Raw):]), nil
}
