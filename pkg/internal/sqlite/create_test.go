package sqlite_test

import (
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/apo-cli/apo/pkg/internal/sqlite"
)

// Many make one file at once: it is whole, the first one's, for its owner alone,
// and nothing else is left in the folder.
func TestCreate(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a b?.db")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := sqlite.Create(file, fill); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
	info, err := os.Stat(file)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Fatal(info, err)
	}
	if mode, n := look(t, file); mode != "wal" || n != 1 {
		t.Errorf("journal mode %s, %d rows", mode, n)
	}
}

// What is there stays as it is, whatever it is.
func TestCreateKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "not a database"} {
		file := filepath.Join(t.TempDir(), "a.db")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		err := sqlite.Create(file, func(*sql.DB) error { t.Error("it was filled"); return nil })
		if got, _ := os.ReadFile(file); err != nil || string(got) != text {
			t.Errorf("%q, %v", got, err)
		}
	}
}

// A log that lost its file is none of the new one's.
func TestCreateBesideALog(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a.db")
	if err := sqlite.Create(file, fill); err != nil {
		t.Fatal(err)
	}
	db := open(t, file)
	if _, err := db.Exec("INSERT INTO a VALUES (2)"); err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(file + "-wal")
	if err != nil || len(log) == 0 {
		t.Fatal(err)
	}
	db.Close()
	if err := errors.Join(os.Remove(file), os.WriteFile(file+"-wal", log, 0o600), sqlite.Create(file, fill)); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, file).Exec("CREATE TABLE a (n INTEGER)"); err != nil {
		t.Errorf("the new file has what the old one had: %v", err)
	}
}

// What cannot be filled leaves nothing behind.
func TestCreateFails(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	err := sqlite.Create(filepath.Join(folder, "a.db"), func(db *sql.DB) error { _, err := db.Exec("CREATE TABLE"); return err })
	if entries, _ := os.ReadDir(folder); err == nil || len(entries) != 0 {
		t.Error(entries, err)
	}
	if err := sqlite.Create(filepath.Join(folder, "none", "a.db"), fill); err == nil {
		t.Error("a file was made in a folder that there is not")
	}
}

func TestReason(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	db := open(t, folder)
	if err := sqlite.Reason(folder, db.Ping()); err == nil || !strings.Contains(err.Error(), "is a directory") && runtime.GOOS != "windows" {
		t.Error(err)
	}
}

// SyncLog syncs the log there is, and says where there is none.
func TestSyncLog(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a.db")
	if err := sqlite.Create(file, fill); err != nil {
		t.Fatal(err)
	}
	if err := sqlite.SyncLog(file); err == nil {
		t.Error("a log was synced that there is not")
	}
	db := open(t, file)
	if _, err := db.Exec("INSERT INTO a VALUES (2)"); err != nil {
		t.Fatal(err)
	}
	if err := sqlite.SyncLog(file); err != nil {
		t.Error(err)
	}
}

func fill(db *sql.DB) error {
	_, err := db.Exec("CREATE TABLE a (n INTEGER); INSERT INTO a VALUES (1)")
	return err
}

func look(t *testing.T, file string) (mode string, rows int) {
	t.Helper()
	db := open(t, file)
	if err := db.QueryRow("PRAGMA journal_mode").Scan(&mode); err != nil {
		t.Fatal(err)
	}
	if err := db.QueryRow("SELECT count(*) FROM a").Scan(&rows); err != nil {
		t.Fatal(err)
	}
	return mode, rows
}

func open(t *testing.T, file string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
