package sqlite

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
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
		db, _, err := Open(file, Schema{steps, then})
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
