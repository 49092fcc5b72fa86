package compose

import (
	"errors"
	"fmt"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"
)

// Change is one --set or --set-json, in the order of the command line.
type Change struct {
	flag  string // as it was typed, for messages
	path  string
	value string
	json  bool
}

// Changes is a flag value that two flags share, so that their order is kept.
type Changes struct {
	List *[]Change
	JSON bool
}

func (c Changes) String() string { return "" }
func (c Changes) Type() string {
	if c.JSON {
		return "path=json"
	}
	return "path=value"
}

func (c Changes) Set(text string) error {
	flag := "--set"
	if c.JSON {
		flag = "--set-json"
	}
	parsed, err := parseChange(flag, text, c.JSON)
	if err == nil {
		*c.List = append(*c.List, parsed)
	}
	return err
}

func parseChange(flag, text string, json bool) (Change, error) {
	path, value, found := strings.Cut(text, "=")
	if !found || path == "" {
		return Change{}, errors.New("wanted is path=value, such as order.referenceOrderId=A-1")
	}
	if err := checkPath(path); err != nil {
		return Change{}, err
	}
	if json {
		// The value is one JSON value of any kind; wrapped, it is an object.
		if err := apo.CheckJSON([]byte(`{"value":` + value + `}`)); err != nil || !gjson.Valid(value) {
			return Change{}, fmt.Errorf("the value of %s is not JSON; --set takes text as it is", path)
		}
	}
	return Change{flag, path, value, json}, nil
}

// checkPath keeps to paths that mean one thing, and that cannot ask for a list
// of a billion items.
func checkPath(path string) error {
	parts := strings.Split(path, ".")
	if len(parts) > 16 {
		return errors.New("the path is deeper than any request of APO")
	}
	for _, part := range parts {
		if part == "" || strings.ContainsAny(part, `*?|#@!{}[]()<>:\"' `) {
			return fmt.Errorf("%q is not a path; write names and list positions with dots between: order.goods.0.goodsName", path)
		}
		if strings.Trim(part, "0123456789") == "" && len(part) > 3 {
			return fmt.Errorf("%q names position %s of a list", path, part)
		}
	}
	return nil
}

// apply sets the changes in a document, in their order.
func apply(doc []byte, list []Change) ([]byte, error) {
	var err error
	for _, c := range list {
		if c.json {
			doc, err = sjson.SetRawBytes(doc, c.path, []byte(c.value))
		} else {
			doc, err = sjson.SetBytes(doc, c.path, c.value)
		}
		if err != nil {
			return nil, say.Fail(say.Usage, "%s %s: this path does not fit the document", c.flag, c.path)
		}
	}
	return doc, nil
}

// profileDefaults reads the --set expressions of a profile.
func profileDefaults(expressions []string) ([]Change, error) {
	var list []Change
	for _, text := range expressions {
		c, err := parseChange("defaults:", text, false)
		if err != nil {
			return nil, say.Fail(say.Config, "defaults of the profile: %q: %v", text, err)
		}
		list = append(list, c)
	}
	return list, nil
}

// TypedCard guards against card data that others on the machine could read in
// the process list: refused on live, warned about elsewhere.
func (src Source) TypedCard(text, where string) error {
	if !apo.HoldsCard(text) {
		return nil
	}
	if src.Profile.Live() {
		return say.Fail(say.Refused, "card data stands in %s, on the command line, where others can read it; nothing was sent", where).
			Hint("use a file, standard input or the prompt")
	}
	src.IO.Warn("card data in " + where + " can be read by others on this machine; use a file or standard input")
	return nil
}
