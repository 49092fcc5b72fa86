package profile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"

	"github.com/apo-cli/apo/cmd/internal/files"
	"github.com/apo-cli/apo/cmd/internal/spelling"
)

// delimiter joins viper's keys. It is not the default, a dot, which occurs in
// values that are keys elsewhere.
const delimiter = "::"

// Keys lists the settings of a profile, in the order of profile show.
func Keys() []string {
	return []string{
		"client_id", "gateway",
		"private_key_file", "private_key_env", "private_key_command", "private_key",
		"antom_public_key_file", "antom_public_key_env", "antom_public_key_command", "antom_public_key",
		"key_version", "agent_token", "timeout", "read_only", "max_amount", "defaults",
	}
}

// File is a configuration file, checked: every key is known and occurs once.
type File struct {
	Path  string
	root  *yaml.Node // document; nil where there is no file
	viper *viper.Viper
}

// Exists reports whether there is a file.
func (f *File) Exists() bool { return f.root != nil }

// Load reads the configuration. That it does not exist, or has no place where it
// could, is no error. It stops at
// [files.ErrInterrupted].
func Load(interrupted <-chan struct{}, path string) (*File, error) {
	f := &File{Path: path, viper: viper.NewWithOptions(viper.KeyDelimiter(delimiter))}
	f.viper.SetConfigType("yaml")
	if path == "" {
		return f, nil
	}
	text, info, err := read(interrupted, path)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return nil, plainError(path, err)
	}
	text = files.TextOf(text)
	var document yaml.Node
	reader := yaml.NewDecoder(bytes.NewReader(text))
	if err := reader.Decode(&document); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s is not YAML: %s", path, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if err := reader.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s holds more than one document; one is read", path)
	}
	f.root = &document
	if len(document.Content) == 0 {
		return f, nil // empty, or comments alone
	}
	if err := f.check(info); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := f.viper.ReadConfig(bytes.NewReader(text)); err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", path, err)
	}
	return f, nil
}

func read(interrupted <-chan struct{}, path string) (text []byte, info fs.FileInfo, err error) {
	text, err = readChecked(interrupted, path, func(_ string, opened fs.FileInfo) error {
		if info = opened; !info.Mode().IsRegular() && !info.IsDir() {
			return fmt.Errorf("%s is not a file", path)
		}
		return nil
	})
	return text, info, err
}

// check looks at the shape of the file before anything is taken from it.
func (f *File) check(info fs.FileInfo) error {
	top := f.root.Content[0]
	if err := misplacedIn(top, ""); err != nil {
		return err
	}
	if err := checkMapping(top, "the file", []string{"default_profile", "profiles"}); err != nil {
		return err
	}
	profiles := child(top, "profiles")
	if profiles == nil {
		return nil
	}
	if err := checkMapping(profiles, "profiles", nil); err != nil {
		return err
	}
	for i := 0; i < len(profiles.Content); i += 2 {
		name, body := profiles.Content[i], profiles.Content[i+1]
		if err := checkName(name.Value); err != nil {
			return fmt.Errorf("line %d: %w", name.Line, err)
		}
		if body.Tag == "!!null" {
			continue
		}
		where := "profile " + name.Value
		if err := checkMapping(body, where, Keys()); err != nil {
			return err
		}
		if err := checkTypes(body); err != nil {
			return err
		}
		if secretIn(body) {
			if err := checkPrivate(f.Path, info); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkMapping(node *yaml.Node, where string, known []string) error {
	if node.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: %s must hold names and values", node.Line, where)
	}
	seen := map[string]int{}
	for i := 0; i < len(node.Content); i += 2 {
		key := node.Content[i]
		if line, twice := seen[strings.ToLower(key.Value)]; twice {
			return fmt.Errorf("line %d: %q stands in %s already, in line %d", key.Line, key.Value, where, line)
		}
		seen[strings.ToLower(key.Value)] = key.Line
		if known != nil && !slices.Contains(known, key.Value) {
			return fmt.Errorf("line %d: unknown key %q in %s%s", key.Line, key.Value, where, meant(key.Value, known))
		}
	}
	return nil
}

func checkTypes(body *yaml.Node) error {
	for i := 0; i < len(body.Content); i += 2 {
		key, value := body.Content[i], body.Content[i+1]
		wrong := func(want string) error {
			return fmt.Errorf("line %d: %s must be %s", value.Line, key.Value, want)
		}
		switch key.Value {
		case "read_only":
			if value.Tag != "!!bool" {
				return wrong("true or false")
			}
		case "defaults", "private_key_command", "antom_public_key_command":
			if value.Kind != yaml.SequenceNode {
				return wrong("a list of texts")
			}
			for _, item := range value.Content {
				if item.Kind != yaml.ScalarNode {
					return wrong("a list of texts")
				}
			}
		case "max_amount":
			if err := checkMapping(value, "max_amount", nil); err != nil {
				return err
			}
			for _, item := range value.Content {
				if item.Kind != yaml.ScalarNode || item.Tag == "!!float" {
					return wrong("a map such as {SGD: 100000}, in smallest units")
				}
			}
		default:
			// YAML reads 48 digits as a float and loses most of them, and
			// 010 as eight. A number that is written as it reads is fine.
			n, err := strconv.Atoi(value.Value)
			exact := value.Tag == "!!str" || value.Tag == "!!int" && err == nil && strconv.Itoa(n) == value.Value
			if value.Kind != yaml.ScalarNode || !exact && value.Tag != "!!null" {
				return wrong("a text; put it in quotes")
			}
			if value.Value == "" || value.Tag == "!!null" {
				return wrong("given, or left out")
			}
			if problem := slip(value.Value); problem != "" && key.Value != "private_key" && key.Value != "antom_public_key" {
				return fmt.Errorf("line %d: %s %s", value.Line, key.Value, problem)
			}
		}
	}
	return nil
}

// secretIn reports whether a profile holds what others must not read, or must
// not change: a key, a token, a command.
func secretIn(body *yaml.Node) bool {
	for _, name := range []string{"private_key", "agent_token", "private_key_command", "antom_public_key_command"} {
		if child(body, name) != nil {
			return true
		}
	}
	return false
}

func child(mapping *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			return mapping.Content[i+1]
		}
	}
	return nil
}

// checkName holds the rule for names of profiles.
func checkName(name string) error {
	ok := name != "" && len(name) <= 64 && name[0] != '-' && name[0] != '_'
	for _, c := range name {
		ok = ok && (c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.')
	}
	if !ok {
		return fmt.Errorf("profile name %q: use lower-case letters, digits, '-', '_' and '.'", name)
	}
	return nil
}

// Names lists the profiles of the file, in their order.
func (f *File) Names() []string {
	var names []string
	if profiles := f.profiles(); profiles != nil {
		for i := 0; i < len(profiles.Content); i += 2 {
			names = append(names, profiles.Content[i].Value)
		}
	}
	return names
}

// Default returns default_profile, "" where none is set.
func (f *File) Default() string { return f.viper.GetString("default_profile") }

func (f *File) profiles() *yaml.Node {
	if f.root == nil || len(f.root.Content) == 0 {
		return nil
	}
	if p := child(f.root.Content[0], "profiles"); p != nil && p.Kind == yaml.MappingNode {
		return p
	}
	return nil
}

// meant suggests the known name that is closest to a misspelt one.
func meant(name string, known []string) string {
	if best := spelling.Nearest(name, known); best != "" {
		return fmt.Sprintf("; did you mean %s?", best)
	}
	return ""
}
