package profile

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/apo-cli/apo/cmd/internal/files"
)

// Change reads the configuration, has edit change it, and lets nobody else do so
// meanwhile. That the file does not exist is no error. It stops at
// [files.ErrInterrupted].
func Change(interrupted <-chan struct{}, path string, edit func(*File) error) error {
	if path == "" {
		return ErrNoHome
	}
	target := targetOf(path)
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return err
	}
	unlock, err := files.Lock(interrupted, target)
	if err != nil {
		return err
	}
	defer unlock()
	file, err := Load(interrupted, path)
	if err != nil {
		return err
	}
	return edit(file)
}

// targetOf is the file itself where a link stands for it.
func targetOf(path string) string {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		return target
	}
	return path
}

// Setting is one key of a profile to write.
type Setting struct {
	Key   string
	Value any // string or bool
}

// Add writes a new profile. It is to be called in [Change], like Use and Remove. Comments and order of the file stay as they are.
func (f *File) Add(name string, settings []Setting, makeDefault bool) error {
	if err := checkName(name); err != nil {
		return err
	}
	if name == Local {
		return fmt.Errorf("%q is built in; choose another name", Local)
	}
	top := f.top()
	profiles := child(top, "profiles")
	if profiles == nil || profiles.Kind != yaml.MappingNode {
		profiles = put(top, "profiles", &yaml.Node{Kind: yaml.MappingNode})
	}
	if child(profiles, name) != nil {
		return fmt.Errorf("profile %q exists already; apo profile remove %s first", name, name)
	}
	body := &yaml.Node{Kind: yaml.MappingNode}
	for _, s := range settings {
		value := &yaml.Node{}
		if err := value.Encode(s.Value); err != nil {
			return err
		}
		put(body, s.Key, value)
	}
	put(profiles, name, body)
	if makeDefault {
		put(top, "default_profile", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name})
	}
	return f.save()
}

// Use makes a profile the default.
func (f *File) Use(name string) error {
	if name != Local && !slices.Contains(f.Names(), name) {
		return f.unknown(name)
	}
	put(f.top(), "default_profile", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name})
	return f.save()
}

// Remove takes a profile out, and default_profile if it named that one.
func (f *File) Remove(name string) error {
	if name == Local {
		return fmt.Errorf("the profile %s is built in, and stays", Local)
	}
	profiles := f.profiles()
	if profiles == nil || !remove(profiles, name) {
		return f.unknown(name)
	}
	if f.Default() == name {
		remove(f.top(), "default_profile")
	}
	return f.save()
}

func (f *File) top() *yaml.Node {
	if f.root == nil {
		f.root = &yaml.Node{Kind: yaml.DocumentNode}
	}
	if f.root.Kind == 0 {
		f.root.Kind = yaml.DocumentNode
	}
	if len(f.root.Content) == 0 {
		f.root.Content = []*yaml.Node{{Kind: yaml.MappingNode}}
	}
	return f.root.Content[0]
}

func (f *File) save() error {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(f.root); err != nil {
		return err
	}
	return WriteFile(targetOf(f.Path), b.Bytes(), true) // a link stays one
}

func put(mapping *yaml.Node, key string, value *yaml.Node) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			mapping.Content[i+1] = value
			return value
		}
	}
	mapping.Content = append(mapping.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, value)
	return value
}

func remove(mapping *yaml.Node, key string) bool {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			mapping.Content = append(mapping.Content[:i], mapping.Content[i+2:]...)
			return true
		}
	}
	return false
}
