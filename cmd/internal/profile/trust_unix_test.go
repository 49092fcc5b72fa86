//go:build unix

package profile

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// place makes a folder with a file in it and a link to that file in another
// folder. It returns what would be doubted of them on any account, because of
// where this test runs.
func place(t *testing.T) (folder, file, link string, anyhow []string) {
	t.Helper()
	top := t.TempDir()
	folder = filepath.Join(top, "home", "apo")
	file = filepath.Join(folder, "antom.pem")
	link = filepath.Join(top, "links", "key.pem")
	for _, dir := range []string{folder, filepath.Dir(link)} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../home/apo/antom.pem", link); err != nil {
		t.Fatal(err)
	}
	return folder, file, link, Doubts(file, link)
}

func TestDoubts(t *testing.T) {
	mode := func(mode fs.FileMode) func(string) error {
		return func(at string) error { return os.Chmod(at, mode) }
	}
	foreign := func(at string) error { return os.Lchown(at, 12345, -1) }
	for name, c := range map[string]struct {
		where  string // below the test's folder
		change func(string) error
		named  string // what is asked about: the file, its folder or the link
		says   string // "": it is trusted
	}{
		"the owner's alone":           {"home/apo/antom.pem", mode(0o600), "file", ""},
		"readable":                    {"home/apo/antom.pem", mode(0o644), "file", ""},
		"writable":                    {"home/apo/antom.pem", mode(0o646), "file", "others can write"},
		"writable, and not readable":  {"home/apo/antom.pem", mode(0o602), "file", "others can write"},
		"a writable folder":           {"home/apo", mode(0o777), "file", "in the folder"},
		"a writable folder, itself":   {"home/apo", mode(0o777), "folder", "in the folder"},
		"a folder like /tmp":          {"home/apo", mode(0o777 | fs.ModeSticky), "file", ""},
		"a writable folder above":     {"home", mode(0o757), "file", "in the folder"},
		"a file like /tmp":            {"home/apo/antom.pem", mode(0o646 | fs.ModeSticky), "file", "others can write"},
		"by a link, writable":         {"home/apo/antom.pem", mode(0o666), "link", "others can write"},
		"by a link, its target above": {"home", mode(0o777), "link", "in the folder"},
		"by a link that others move":  {"links", mode(0o777), "link", "in the folder"},
		"a foreign file":              {"home/apo/antom.pem", foreign, "file", "belongs to another user (uid 12345)"},
		"a foreign folder":            {"home", foreign, "file", "belongs to another user (uid 12345)"},
		"a foreign link":              {"links/key.pem", foreign, "link", "belongs to another user (uid 12345)"},
	} {
		t.Run(name, func(t *testing.T) {
			folder, file, link, anyhow := place(t)
			at := filepath.Join(filepath.Dir(filepath.Dir(folder)), filepath.FromSlash(c.where))
			if err := c.change(at); err != nil {
				t.Skip(err) // only root gives files away
			}
			got := slices.DeleteFunc(Doubts(map[string]string{"file": file, "folder": folder, "link": link}[c.named]), func(doubt string) bool {
				return slices.ContainsFunc(anyhow, func(other string) bool { return strings.HasPrefix(doubt, strings.Split(other, ", on")[0]) })
			})
			switch {
			case c.says == "" && len(got) > 0:
				t.Errorf("%q", got)
			case c.says != "" && (len(got) != 1 || !strings.Contains(got[0], c.says) || !strings.Contains(got[0], at)):
				t.Errorf("%q, want one about %s that says %q", got, at, c.says)
			}
		})
	}
}

// What does not exist yet could be made by others, and what leads nowhere ends.
func TestDoubtsOfWhatIsNotThere(t *testing.T) {
	folder, file, link, anyhow := place(t)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if got := Doubts(filepath.Join(folder, "not", "there"), link); len(got) != len(anyhow) {
		t.Errorf("%q", got)
	}
	if err := os.Chmod(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	if got := Doubts(filepath.Join(folder, "config.yaml")); len(got) != len(anyhow)+1 {
		t.Errorf("%q", got)
	}
	loop := filepath.Join(filepath.Dir(link), "loop")
	if err := os.Symlink("loop", loop); err != nil {
		t.Fatal(err)
	}
	Doubts(loop, "", "relative", "/dev/stdin", "/proc/self/fd/0")
}

func TestOwnGroup(t *testing.T) {
	lines := func(text string) (list [][]string) {
		for line := range strings.Lines(text) {
			list = append(list, strings.Split(strings.TrimSpace(line), ":"))
		}
		return list
	}
	users := lines("root:x:0:0:root:/root:/bin/sh\nada:x:1000:1000::/home/ada:/bin/sh\nbob:x:1001:1001::/home/bob:/bin/sh\neve:x:1002:100::/home/eve:/bin/sh\nmal:x:1003:100::/home/mal:/bin/sh\nsue:x:1004:200::/home/sue:/bin/sh\n")
	groups := lines("root:x:0:\nada:x:1000:\nbob:x:1001:bob,root\nusers:x:100:\nstaff:x:200:\nshared:x:300:ada\n# a comment\nbroken\n")
	for _, c := range []struct {
		uid, gid int
		want     bool
	}{
		{0, 0, true},
		{1000, 1000, true},
		{1001, 1001, true},    // its members are herself and root
		{1000, 1001, false},   // bob's
		{1002, 100, false},    // two users' first group
		{1004, 200, false},    // hers alone as far as the files say, but not by its name
		{1000, 300, false},    // she is in it, and a directory service may know others
		{1000, 9999, false},   // unknown
		{9999, 1000, false},   // an unknown user
		{1000, 100000, false}, // no prefix counts
	} {
		if got := ownGroup(fmt.Sprint(c.uid), fmt.Sprint(c.gid), users, groups); got != c.want {
			t.Errorf("user %d, group %d: %v", c.uid, c.gid, got)
		}
	}
	for _, members := range []string{"bob", "ada,bob", "root,bob,"} {
		if ownGroup("1000", "1000", users, lines("ada:x:1000:"+members)) {
			t.Errorf("with the members %q", members)
		}
	}
}
