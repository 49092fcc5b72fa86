package e2e

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"os"
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
		{"pkg/internal/strict", "pkg/internal/lock", "pkg/internal/sqlite", "pkg/internal/wait"},
		{"pkg/sign"},
		{"pkg/diagnose", "pkg/apo", "pkg/internal/signtest"},
		{"pkg/notify", "pkg/report", "pkg/routing"},
		{"pkg/journal", "pkg/sandbox"},
		{"pkg/operate", "pkg/sandbox/control"},
		{"cmd/internal/spelling", "cmd/internal/pasted", "cmd/internal/files"},
		{"cmd/internal/profile", "cmd/internal/term", "cmd/internal/received", "cmd/internal/emit"},
		{"cmd/internal/say"},
		{"cmd/internal/compose", "cmd/internal/deliver"},
		{"cmd/internal/listen"},
		{"cmd/internal/app"},
		{"cmd/internal/serve", "cmd/internal/verify"},
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
	for _, imported := range all["pkg/notify"].Imports { // a merchant's handler takes it in
		if strings.Contains(imported, ".") && imported != module+"/pkg/sign" && imported != module+"/pkg/apo" {
			t.Errorf("pkg/notify imports %s", imported)
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

// importers are the files of a package that import another: "cmd/log.go".
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
				list = append(list, path.Join(p.name(), name))
			}
		}
	}
	return list
}

// What looks back, and what the commands share, reads the journal; all others leave it
// to the engine. Of the sandbox know its own commands and its process, the session that
// opens the embedded one, and those that quote its cards, keys and rules.
func TestWhichFilesKnowWhat(t *testing.T) {
	rules := map[string][]string{ // package: patterns of the files that may import it
		"pkg/journal": {
			"cmd/log*.go", "cmd/dispute.go", "cmd/replay.go", "cmd/find.go", "cmd/timeline.go", "cmd/completion_journal.go", "cmd/resume.go",
			"cmd/internal/app/*.go", "cmd/internal/say/*.go", "cmd/internal/verify/engine.go", "cmd/internal/verify/journal.go", "cmd/internal/verify/heard.go", "cmd/internal/listen/*.go",
		},
		"pkg/sandbox": {
			"cmd/sandbox*.go", "cmd/replay.go", "cmd/trigger*.go", "cmd/internal/serve/*.go",
			"cmd/internal/app/session.go", "cmd/internal/app/local_keys.go", "cmd/internal/app/untrusted.go",
			"cmd/internal/compose/card.go", "cmd/internal/compose/pay.go", "cmd/internal/compose/vault.go",
			"cmd/internal/say/sandbox.go", "cmd/internal/say/sandbox_books.go", "cmd/internal/say/sandbox_disputes.go", "cmd/internal/say/sandbox_notified.go", "cmd/internal/say/sandbox_routes.go", "cmd/internal/say/sandbox_rules.go", "cmd/internal/say/sandbox_views.go", "cmd/internal/say/sdk.go", "cmd/internal/say/sdk_code.go", "cmd/internal/say/trigger.go",
		},
	}
	all := packages(t)
	for of, may := range rules {
		used := map[string]bool{}
		for name, p := range all {
			if name != "cmd" && !strings.HasPrefix(name, "cmd/") {
				continue
			}
			for _, file := range importers(t, p, of) {
				i := slices.IndexFunc(may, func(pattern string) bool { ok, _ := path.Match(pattern, file); return ok })
				if i < 0 {
					t.Errorf("%s imports %s", file, of)
					continue
				}
				used[may[i]] = true
			}
		}
		for _, pattern := range may {
			if !used[pattern] {
				t.Errorf("no %s imports %s: take it off the list", pattern, of)
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

// Each layer holds packages that there are, and ARCHITECTURE.md names them in rows, of
// which each imports from rows above alone.
func TestArchitectureNamesEachRoom(t *testing.T) {
	all := packages(t)
	for _, name := range slices.Concat(layers()...) {
		if _, found := all[name]; !found {
			t.Errorf("there is no %s: take it out of its layer", name)
		}
	}
	row := map[string]int{}
	for i, line := range strings.Split(readFile(t, inModule("ARCHITECTURE.md")), "\n") {
		rooms, found := strings.CutPrefix(line, "| `")
		if !found {
			continue
		}
		rooms, _, _ = strings.Cut(rooms, " |")
		for _, name := range strings.Split(rooms, ", ") {
			name = strings.Trim(name, "`")
			if row[name] = i; all[name].ImportPath == "" {
				t.Errorf("ARCHITECTURE.md names %s, which is no package", name)
			}
		}
	}
	for name, p := range all {
		if name == "" || name == "pkg/internal/signtest" {
			continue
		}
		if row[name] == 0 {
			t.Errorf("ARCHITECTURE.md does not name %s", name)
		}
		for _, imported := range p.Imports {
			if above := inRoom(imported); strings.HasPrefix(imported, module) && row[above] >= row[name] {
				t.Errorf("in ARCHITECTURE.md %s is not above %s, which imports it", above, name)
			}
		}
	}
}

// apo is there for other systems than the one that this runs on: in each of them the
// files of a folder are of one package, and none is without any.
func TestPackagesOfOtherSystems(t *testing.T) {
	for _, system := range []string{"windows", "darwin", "freebsd", "linux"} {
		c := exec.Command("go", "list", "-deps=false", "./...")
		c.Dir, c.Env = inModule(), append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
		if out, err := c.CombinedOutput(); err != nil || len(strings.Fields(string(out))) < 10 {
			t.Errorf("on %s: %v\n%s", system, err, out)
		}
	}
}
