package e2e

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"maps"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/apo-cli/apo"

// layers are the rooms of the house from the ground up: a package imports only
// from layers below its own. ARCHITECTURE.md says what each is for.
func layers() [][]string {
	return [][]string{
		{"pkg/internal/strict", "pkg/internal/lock", "pkg/internal/sqlite"},
		{"pkg/sign"},
		{"pkg/diagnose", "pkg/apo", "pkg/internal/signtest"},
		{"pkg/notify"},
		{"pkg/journal", "pkg/sandbox"},
		{"pkg/operate", "pkg/certify"},
		{"cmd/internal/spelling", "cmd/internal/files"},
		{"cmd/internal/profile", "cmd/internal/term", "cmd/internal/received", "cmd/internal/emit"},
		{"cmd/internal/say"},
		{"cmd/internal/compose"},
		{"cmd/internal/app"},
		{"cmd/internal/serve"},
		{"cmd"},
		{"", "cmd/internal/e2e"},
	}
}

// listed is a package as go list describes it.
type listed struct {
	ImportPath    string
	Dir           string
	GoFiles       []string
	Imports, Deps []string
}

// name is the package's path in the module: "pkg/sign", "" of the root.
func (p listed) name() string { return inRoom(p.ImportPath) }

func inRoom(importPath string) string {
	return strings.TrimPrefix(strings.TrimPrefix(importPath, module), "/")
}

// packages lists those of the module, by name.
func packages(t *testing.T) map[string]listed {
	t.Helper()
	c := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,Imports,Deps", "./...")
	c.Dir = inModule()
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]listed{}
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var p listed
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all[p.name()] = p
	}
	if len(all) < 10 {
		t.Fatalf("go list knows %d packages", len(all))
	}
	return all
}

func TestImportsGoDownOnly(t *testing.T) {
	rank := map[string]int{}
	for i, layer := range layers() {
		for _, name := range layer {
			rank[name] = i
		}
	}
	for name, p := range packages(t) {
		own, known := rank[name]
		if !known {
			t.Errorf("%s is in no layer: give it one", name)
		}
		for _, imported := range p.Imports {
			if !strings.HasPrefix(imported, module) {
				continue
			}
			if other, known := rank[inRoom(imported)]; known && other >= own {
				t.Errorf("%s imports %s, which is not below it", name, inRoom(imported))
			}
		}
	}
}

// What a package may not lead to, however far the way: a client that signs links
// no charset tables, the engine does not know what is behind its transport, and
// nothing that a Go program imports knows a terminal.
func TestWhatPackagesDoNotLink(t *testing.T) {
	terminal := []string{
		"github.com/spf13/cobra", "github.com/spf13/pflag", "github.com/spf13/viper", "github.com/charmbracelet/lipgloss",
		"github.com/muesli/termenv", "golang.org/x/term", "github.com/cli/browser", "os/exec", "flag",
	}
	never := map[string][]string{
		"pkg/sign":    {"golang.org/x/text", "modernc.org", "github.com"},
		"pkg/apo":     {"golang.org/x/text", "modernc.org", module + "/pkg/diagnose"},
		"pkg/notify":  {"modernc.org"},
		"pkg/operate": {module + "/pkg/sandbox"},
	}
	within := func(importPath, of string) bool { return importPath == of || strings.HasPrefix(importPath, of+"/") }
	all := packages(t)
	for name, p := range all {
		if strings.HasPrefix(name, "pkg/") && name != "pkg/internal/signtest" {
			for _, imported := range p.Imports {
				if slices.ContainsFunc(terminal, func(of string) bool { return within(imported, of) }) {
					t.Errorf("%s imports %s", name, imported)
				}
			}
		}
		for _, d := range p.Deps {
			own := strings.HasPrefix(d, module)
			for _, of := range never[name] {
				if within(d, of) && (!own || strings.HasPrefix(of, module)) {
					t.Errorf("%s links %s", name, d)
				}
			}
		}
	}
	for of, room := range map[string]string{"github.com/spf13/viper": "cmd/internal/profile", "github.com/charmbracelet/lipgloss": "cmd/internal/term"} {
		for name, p := range all {
			if slices.Contains(p.Imports, of) && name != room {
				t.Errorf("%s imports %s, which %s alone should", name, of, room)
			}
		}
	}
}

// importers are the files of a package that import another, by their base names.
func importers(t *testing.T, p listed, of string) []string {
	t.Helper()
	var list []string
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			if importPath, err := strconv.Unquote(i.Path.Value); err == nil && importPath == module+"/"+of {
				list = append(list, name)
			}
		}
	}
	return list
}

// The commands that look back read the journal; all others leave it to the
// engine. Only the commands of the sandbox know that there is one.
func TestWhichCommandsKnowWhat(t *testing.T) {
	rules := map[string]struct {
		may    []string // patterns of files
		notYet []string // files that do and should not; none is added, and one that has stopped leaves
	}{
		"pkg/journal": {
			may: []string{"log*.go", "find.go", "timeline.go", "resume.go", "verify_notify*.go", "completion.go", "listen*.go", "replay*.go"},
		},
		"pkg/sandbox": {
			may: []string{"sandbox*.go", "trigger.go", "replay*.go", "certify*.go"},
		},
	}
	commands := packages(t)["cmd"]
	for of, rule := range rules {
		seen := map[string]bool{}
		for _, file := range importers(t, commands, of) {
			allowed := slices.ContainsFunc(rule.may, func(pattern string) bool { ok, _ := path.Match(pattern, file); return ok })
			if allowed {
				continue
			}
			seen[file] = true
			if !slices.Contains(rule.notYet, file) {
				t.Errorf("cmd/%s imports %s", file, of)
			}
		}
		for _, file := range rule.notYet {
			if !seen[file] {
				t.Errorf("cmd/%s does not import %s any more: take it off the list", file, of)
			}
		}
	}
}

// The test helpers of pkg are for tests.
func TestHelpersOfTestsStayThere(t *testing.T) {
	for name, p := range packages(t) {
		if slices.Contains(p.Imports, module+"/pkg/internal/signtest") {
			t.Errorf("%s imports signtest outside its tests", name)
		}
	}
}

// Each layer that there is holds something, and ARCHITECTURE.md names it.
func TestArchitectureNamesEachRoom(t *testing.T) {
	text := readFile(t, inModule("ARCHITECTURE.md"))
	for _, name := range slices.Sorted(maps.Keys(packages(t))) {
		if name != "" && name != "pkg/internal/signtest" && !strings.Contains(text, "`"+name+"`") {
			t.Errorf("ARCHITECTURE.md does not name %s", name)
		}
	}
}
