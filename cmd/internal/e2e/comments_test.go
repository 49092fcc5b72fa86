package e2e

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// A comment that begins with another name than that of its declaration was left
// behind when the name changed. What is declared in a group is left out: one comment
// may stand for all.
func TestCommentsNameWhatTheyStandAbove(t *testing.T) {
	seen := 0
	err := filepath.WalkDir(inModule(), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") {
			return err
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		for _, d := range declarations(f) {
			seen++
			if d.name.IsExported() && strings.HasSuffix(name, "_test.go") { // the comment of a test is a sentence
				continue
			}
			if problem := d.problem(); problem != "" {
				t.Errorf("%s: %s", set.Position(d.name.Pos()), problem)
			}
		}
		return nil
	})
	if err != nil || seen < 1000 {
		t.Fatalf("%d declarations, %v", seen, err)
	}
}

// declared is a name with the comment above it; nil: none.
type declared struct {
	name    *ast.Ident
	comment *ast.CommentGroup
	method  bool
}

// declarations are the functions of a file, and the types, constants and variables
// that stand alone.
func declarations(f *ast.File) (list []declared) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			list = append(list, declared{d.Name, d.Doc, d.Recv != nil})
		case *ast.GenDecl:
			if d.Lparen.IsValid() || d.Tok == token.IMPORT {
				continue
			}
			switch s := d.Specs[0].(type) {
			case *ast.TypeSpec:
				list = append(list, declared{s.Name, d.Doc, false})
			case *ast.ValueSpec:
				list = append(list, declared{s.Names[0], d.Doc, false})
			}
		}
	}
	return list
}

// ofInterfaces are methods that interfaces want of fmt, encoding, errors, io, net/http,
// database/sql and pflag.
func ofInterfaces() []string {
	return []string{
		"String", "GoString", "Format", "MarshalText", "Error", "Unwrap", "Read", "Write",
		"Header", "WriteHeader", "RoundTrip", "Exec", "Query", "Set", "Type",
	}
}

// problem is what is wrong with a comment; "" where nothing is. A lower-case word in
// front is taken for a name; what others may use has a comment that begins with its
// name, unless it is there for an interface that everybody knows.
func (d declared) problem() string {
	exported := d.name.IsExported()
	words := strings.Fields(d.comment.Text())
	if len(words) == 0 {
		if exported && !(d.method && slices.Contains(ofInterfaces(), d.name.Name)) {
			return d.name.Name + " has no comment"
		}
		return ""
	}
	first := words[0]
	named := func(word string) bool {
		return strings.TrimRight(strings.TrimSuffix(word, "'s"), ",.:;") == d.name.Name
	}
	article := len(words) > 1 && slices.Contains([]string{"A", "An", "The"}, first)
	switch {
	case named(first), article && named(words[1]):
		return ""
	case exported, unicode.IsLower(rune(first[0])), strings.EqualFold(first, d.name.Name):
		return "the comment of " + d.name.Name + " begins with " + first
	}
	return ""
}
