//go:build unix

package profile

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// Doubts says, a sentence a cause, where others than root and this user could
// change what files hold, or put other files in their place. It looks at each
// folder on the way and follows links, as the system does. A group of which this
// user is the only member may write. What does not exist is not doubted, but the
// folders in which it could appear are.
func Doubts(names ...string) []string {
	w := walk{seen: map[string]bool{}}
	for _, name := range names {
		w.follow(name)
	}
	return w.doubts
}

type walk struct {
	seen   map[string]bool
	doubts []string
}

// follow goes from the root to what a name leads to.
func (w *walk) follow(name string) {
	const mostLinks = 40
	if !filepath.IsAbs(name) {
		here, err := os.Getwd()
		if err != nil {
			return
		}
		name = here + "/" + name
	}
	rest := strings.Split(name, "/")
	at := "/"
	if !w.look(at, name) {
		return
	}
	for links := 0; len(rest) > 0 && links < mostLinks; {
		next := rest[0]
		rest = rest[1:]
		switch next {
		case "", ".":
			continue
		case "..":
			at = filepath.Dir(at)
			continue
		}
		next = filepath.Join(at, next)
		if !w.look(next, name) {
			return
		}
		target, err := os.Readlink(next)
		if err != nil { // it is no link
			at = next
			continue
		}
		links++
		rest = append(strings.Split(target, "/"), rest...)
		if filepath.IsAbs(target) {
			at = "/"
		}
	}
}

// look doubts one file, folder or link on the way to what name leads to. It
// reports whether there is one.
func (w *walk) look(at, name string) bool {
	if w.seen[at] {
		return true
	}
	info, err := os.Lstat(at)
	if err != nil {
		return false // who opens it will say so
	}
	w.seen[at] = true
	if why, repair := doubtful(at, info); why != "" {
		if at != filepath.Clean(name) {
			why += ", on the way to " + name
		}
		w.doubts = append(w.doubts, why+repair)
	}
	return true
}

func doubtful(at string, info fs.FileInfo) (why, repair string) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", ""
	}
	if stat.Uid != 0 && int(stat.Uid) != os.Geteuid() {
		return fmt.Sprintf("%s belongs to another user (uid %d), who can change it", at, stat.Uid), "; it must be yours or root's"
	}
	mode := info.Mode()
	what := at
	switch {
	case mode&(fs.ModeSymlink|fs.ModeDevice) != 0:
		return "", "" // its mode means nothing, or is the system's
	case mode.IsDir() && mode&fs.ModeSticky != 0:
		return "", "" // there, each removes and renames what is her own
	case mode.IsDir():
		what = "in the folder " + at
	}
	if mode.Perm()&0o002 == 0 && (mode.Perm()&0o020 == 0 || isPrivate(stat.Gid) && !hasAccessList(at)) {
		return "", ""
	}
	return fmt.Sprintf("others can write %s (mode %04o)", what, mode.Perm()), "; run: chmod go-w " + at
}

// isPrivate reports whether a group is this user's own.
func isPrivate(gid uint32) bool {
	return ownGroup(fmt.Sprint(os.Geteuid()), fmt.Sprint(gid), entries("/etc/passwd"), entries("/etc/group"))
}

// ownGroup reports whether a group has a user's name, and nobody else in it. Of
// users that the system's files do not list, as those of a directory service,
// nothing is known.
func ownGroup(uid, gid string, users, groups [][]string) bool {
	name := ""
	for _, user := range users { // name, password, uid, gid
		if len(user) < 4 || user[3] != gid {
			continue
		}
		if name != "" || user[2] != uid {
			return false
		}
		name = user[0]
	}
	for _, group := range groups { // name, password, gid, members
		if name != "" && len(group) == 4 && group[2] == gid {
			return group[0] == name && !slices.ContainsFunc(strings.Split(group[3], ","), func(member string) bool {
				return member != "" && member != name && member != "root"
			})
		}
	}
	return false
}

// entries are the lines of one of the system's files.
func entries(file string) (list [][]string) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		list = append(list, strings.Split(strings.TrimSpace(line), ":"))
	}
	return list
}
