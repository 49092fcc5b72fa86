package sqlite

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

const things = `CREATE TABLE things (name TEXT);`

func TestOpenMakesAPrivateFile(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new")
	db, path, err := Open(filepath.Join(folder, "a.db"), Schema{Steps: []string{things}})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`INSERT INTO things VALUES ('x')`); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "windows" {
		t.Skip("modes are those of Unix")
	}
	for name, want := range map[string]os.FileMode{folder: 0o700, path: 0o600, path + "-wal": 0o600} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v, want mode %o", name, info.Mode(), err, want)
		}
	}
}

func TestMigration(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.db")
	var from []int
	then := func(_ *sql.Conn, version int) error { from = append(from, version); return nil }
	more := []string{things, `INSERT INTO things VALUES ('second');`}
	for _, steps := range [][]string{more[:1], more, more} {
		db, _, err := Open(file, Schema{Steps: steps, Then: then})
		if err != nil {
			t.Fatal(err)
		}
		db.Close()
	}
	if len(from) != 2 || from[0] != 0 || from[1] != 1 {
		t.Errorf("migrated from %v, want from 0, then from 1", from)
	}
	for version, want := range map[string]string{"99": "written by a newer apo", "-1": "which no apo writes"} {
		db, _, err := Open(file, Schema{Steps: more})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(`PRAGMA user_version = ` + version); err != nil {
			t.Fatal(err)
		}
		db.Close()
		if _, _, err := Open(file, Schema{Steps: more}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("version %s: %v, want %q", version, err, want)
		}
		raw, err := sql.Open("sqlite", file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := raw.Exec(`PRAGMA user_version = 2`); err != nil {
			t.Fatal(err)
		}
		raw.Close()
	}
}

// A file is migrated as a whole or not at all.
func TestHalfAMigrationIsNone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.db")
	failed := errors.New("it cannot be done")
	for name, s := range map[string]Schema{
		"a step": {Steps: []string{things, `INSERT INTO nowhere VALUES (1)`}},
		"Then":   {Steps: []string{things}, Then: func(*sql.Conn, int) error { return failed }},
	} {
		if _, _, err := Open(file, s); err == nil {
			t.Errorf("%s failed, and nobody was told", name)
		}
	}
	db, _, err := Open(file, Schema{Steps: []string{things}})
	if err != nil {
		t.Fatalf("something was left behind: %v", err)
	}
	db.Close()
}

func TestMemoryOfOneNameIsOne(t *testing.T) {
	var list []*sql.DB
	for range 2 {
		db, err := OpenMemory("shared", Schema{Steps: []string{things}})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		list = append(list, db)
	}
	if _, err := list[0].Exec(`INSERT INTO things VALUES ('x')`); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := list[1].QueryRow(`SELECT count(*) FROM things`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
}

// Many make one file at once. It is whole for each of them, and nothing else is
// left in its folder.
func TestManyMakeOneFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a b?.db")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := create(file, Schema{Steps: []string{things, `INSERT INTO things VALUES ('first')`}}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if entries, err := os.ReadDir(filepath.Dir(file)); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
	db := opened(t, file, Schema{Steps: []string{things, things}})
	var mode string
	var n int
	if err := db.QueryRow(`SELECT count(*), (SELECT journal_mode FROM pragma_journal_mode) FROM things`).Scan(&n, &mode); err != nil || n != 1 || mode != "wal" {
		t.Errorf("%d rows, journal mode %s, %v", n, mode, err)
	}
}

// What is there stays as it is, and a log that lost its file is none of the new
// one's.
func TestMadeBesideWhatIsThere(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a.db")
	s := Schema{Steps: []string{things}}
	db := opened(t, file, s)
	if _, err := db.Exec(`INSERT INTO things VALUES ('old')`); err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(file + "-wal")
	if err != nil || len(log) == 0 {
		t.Fatal(err)
	}
	db.Close()
	if err := errors.Join(os.Remove(file), os.WriteFile(file+"-wal", log, 0o600)); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := opened(t, file, s).QueryRow(`SELECT count(*) FROM things`).Scan(&n); err != nil || n != 0 {
		t.Errorf("the new file has %d of the old one's rows, %v", n, err)
	}
	other := filepath.Join(t.TempDir(), "b.db")
	if err := os.WriteFile(other, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Open(other, s); err == nil {
		t.Error("a file of another kind was opened")
	}
	if text, err := os.ReadFile(other); string(text) != "mine" {
		t.Errorf("a file of another kind became %q, %v", text, err)
	}
}

// SyncLog syncs the log there is, and says where there is none.
func TestSyncLog(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a.db")
	if err := SyncLog(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a log was synced that there is not: %v", err)
	}
	db := opened(t, file, Schema{Steps: []string{things}, Syncs: true})
	if _, err := db.Exec(`INSERT INTO things VALUES ('x')`); err != nil {
		t.Fatal(err)
	}
	if err := SyncLog(file); err != nil {
		t.Error(err)
	}
	var level int
	if err := db.QueryRow(`PRAGMA synchronous`).Scan(&level); err != nil || level != 1 {
		t.Errorf("synchronous(%d), want 1, NORMAL; %v", level, err)
	}
	if err := opened(t, file, Schema{Steps: []string{things}}).QueryRow(`PRAGMA synchronous`).Scan(&level); err != nil || level != 2 {
		t.Errorf("synchronous(%d), want 2, FULL, where nobody says that he syncs; %v", level, err)
	}
}

func opened(t *testing.T, file string, s Schema) *sql.DB {
	t.Helper()
	db, _, err := Open(file, s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
