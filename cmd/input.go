package cmd

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/apo-cli/apo/cmd/internal/files"
	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
)

// maxInput bounds what is read from a file or standard input, in bytes.
const maxInput = 4 << 20

// readInput reads what an argument such as --file or -d names: a file, or "-"
// for standard input.
func (d *deps) readInput(flag, name string) ([]byte, error) {
	return d.readUpTo(flag, name, maxInput)
}

// readUpTo is readInput with a limit of its own, in bytes.
func (d *deps) readUpTo(flag, name string, most int) ([]byte, error) {
	var from io.Reader
	if name == "-" {
		if d.io.InTTY {
			return nil, say.Fail(say.Usage, "%s - reads standard input, which is the terminal; pipe a file into it", flag)
		}
		from, name = d.io.In, "standard input"
	} else {
		f, err := d.openInput(flag, name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		from = f
	}
	data, err := d.io.ReadAll(io.LimitReader(from, int64(most)+1))
	if errors.Is(err, files.ErrInterrupted) {
		return nil, say.Fail(say.Interrupted, "interrupted; nothing was sent")
	}
	if err != nil {
		return nil, say.Fail(say.Usage, "%s %s cannot be read", flag, name)
	}
	if len(data) > most {
		return nil, say.Fail(say.Usage, "%s %s is larger than %d MiB", flag, name, most>>20)
	}
	return data, nil
}

// openInput opens a file that a flag or an argument names.
func (d *deps) openInput(flag, name string) (*os.File, error) {
	f, info, err := files.Open(d.io.Interrupted, name)
	if err != nil {
		var path *os.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return nil, say.Fail(say.Usage, "%s %s: %v", flag, name, err)
	}
	if info.IsDir() {
		f.Close()
		return nil, say.Fail(say.Usage, "%s %s: it is a folder; give a file, or - for standard input", flag, name)
	}
	return f, nil
}

// readObject reads a JSON object from a file or standard input.
func (d *deps) readObject(flag, name string) ([]byte, error) {
	data, err := d.readInput(flag, name)
	if err != nil {
		return nil, err
	}
	d.io.Masker.Known.Learn(data)
	if err := apo.CheckJSON(data); err != nil {
		return nil, say.Fail(say.Usage, "%s %s: %v", flag, name, err)
	}
	return data, nil
}

// readData reads the value of -d: JSON text, @file, or - for standard input.
func (d *deps) readData(value string) (data []byte, err error) {
	switch {
	case value == "-":
		data, err = d.readInput("-d", "-")
	case strings.HasPrefix(value, "@"):
		data, err = d.readInput("-d", value[1:])
	default:
		data = []byte(value)
	}
	d.io.Masker.Known.Learn(data)
	return data, err
}

// change is one --set or --set-json, in the order of the command line.
type change struct {
	flag  string // as it was typed, for messages
	path  string
	value string
	json  bool
}

// changes is a flag value that two flags share, so that their order is kept.
type changes struct {
	list *[]change
	json bool
}

func (c changes) String() string { return "" }
func (c changes) Type() string {
	if c.json {
		return "path=json"
	}
	return "path=value"
}

func (c changes) Set(text string) error {
	flag := "--set"
	if c.json {
		flag = "--set-json"
	}
	parsed, err := parseChange(flag, text, c.json)
	if err == nil {
		*c.list = append(*c.list, parsed)
	}
	return err
}

func parseChange(flag, text string, json bool) (change, error) {
	path, value, found := strings.Cut(text, "=")
	if !found || path == "" {
		return change{}, errors.New("wanted is path=value, such as order.referenceOrderId=A-1")
	}
	if err := checkPath(path); err != nil {
		return change{}, err
	}
	if json {
		// The value is one JSON value of any kind; wrapped, it is an object.
		if err := apo.CheckJSON([]byte(`{"value":` + value + `}`)); err != nil || !gjson.Valid(value) {
			return change{}, fmt.Errorf("the value of %s is not JSON; --set takes text as it is", path)
		}
	}
	return change{flag, path, value, json}, nil
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
func apply(doc []byte, list []change) ([]byte, error) {
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
func profileDefaults(expressions []string) ([]change, error) {
	var list []change
	for _, text := range expressions {
		c, err := parseChange("defaults:", text, false)
		if err != nil {
			return nil, say.Fail(say.Config, "defaults of the profile: %q: %v", text, err)
		}
		list = append(list, c)
	}
	return list, nil
}

// typedCard guards against card data that others on the machine could read in
// the process list: refused on live, warned about elsewhere.
func (d *deps) typedCard(p *profile.Profile, text, where string) error {
	if !apo.HoldsCard(text) {
		return nil
	}
	if p.Live() {
		return refused("card data stands in %s, on the command line, where others can read it; nothing was sent", where).
			Hint("use a file, standard input or the prompt")
	}
	d.io.Warn("card data in " + where + " can be read by others on this machine; use a file or standard input")
	return nil
}

// invalid makes one failure of all violations.
func invalid(what string, violations []apo.Violation) error {
	if len(violations) == 0 {
		return nil
	}
	var lines []string
	for _, v := range violations {
		lines = append(lines, v.String())
	}
	f := say.Fail(say.Usage, "%s is not valid; nothing was sent", what)
	f.Problems = lines
	if violations[0].Path == "paymentAmount" {
		f.Hint("apo pay --amount 4200 --currency SGD is SGD 42.00")
	}
	return f
}
