package e2e

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A function that does not fit on a screen is hard to hold in a head. One whose
// lines are mostly data, as a table of tests, is not meant.
func TestFunctionsFitOnAScreen(t *testing.T) {
	const most = 79 // lines
	// Those that are longer: none is added, and one that is mended leaves.
	notYet := []string{
		"pkg/operate/guard_test.go: TestWhatIsOpenBlocks",
		"pkg/journal/history_test.go: TestContradictionsAreMarked",
		"cmd/internal/e2e/audit_test.go: audit",
		"pkg/diagnose/corpus_faults_test.go: charsetFaults",
		"pkg/diagnose/corpus_faults_test.go: escapeFaults",
		"pkg/diagnose/corpus_faults_test.go: timeFaults",
	}
	seen := map[string]bool{}
	files := 0
	err := filepath.WalkDir(inModule(), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") {
			return err
		}
		files++
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(inModule(), name)
		if err != nil {
			return err
		}
		for _, d := range f.Decls {
			function, ok := d.(*ast.FuncDecl)
			if !ok || function.Body == nil {
				continue
			}
			long, data := lines(set, function), dataLines(set, function.Body)
			if long <= most || 2*data > long {
				continue
			}
			key := filepath.ToSlash(relative) + ": " + function.Name.Name
			seen[key] = true
			if !slices.Contains(notYet, key) {
				t.Errorf("%s has %d lines, %d of them data", key, long, data)
			}
		}
		return nil
	})
	if err != nil || files < 100 {
		t.Fatalf("%d files, %v", files, err)
	}
	for _, key := range notYet {
		if !seen[key] {
			t.Errorf("%s is short enough now: take it off the list", key)
		}
	}
}

func lines(set *token.FileSet, n ast.Node) int {
	return set.Position(n.End()).Line - set.Position(n.Pos()).Line + 1
}

// dataLines counts the lines inside of literals: of composite ones, without the
// functions in them, and of texts over several lines.
func dataLines(set *token.FileSet, body ast.Node) int {
	count := 0
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			count += max(0, lines(set, n)-1)
			ast.Inspect(n, func(inner ast.Node) bool {
				if f, ok := inner.(*ast.FuncLit); ok {
					count -= max(0, lines(set, f)-1)
					return false
				}
				return true
			})
			return false
		case *ast.BasicLit:
			count += lines(set, n) - 1
		}
		return true
	})
	return count
}
