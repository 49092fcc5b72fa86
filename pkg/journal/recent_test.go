package journal_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// What is recent is told without a trace, beside whoever writes and after them.
func TestRecent(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "journal.db")
	j, err := journal.Open(file, time.Now)
	must(t, err)
	begin(t, j, "pay", payBody)
	begin(t, j, "inquiryPayment", `{"paymentRequestId":"order-17"}`)
	last := begin(t, j, "pay", `{"paymentRequestId":"order-18"}`)
	must(t, j.End(t.Context(), last.ID, journal.Ending{State: journal.Answered, Result: apo.Result{Status: "F", Code: "DO_NOT_HONOR"}, Outcome: apo.Declined}))
	_, err = j.Take(t.Context(), slices.Repeat([]journal.Reception{{Verified: true, OtherClient: true}}, 4000)) // what comes hides no call
	must(t, err)
	look := func(when string) {
		before := contents(t, folder)
		list, err := journal.Recent(t.Context(), file, "sg", 10)
		if err != nil || len(list) != 2 || list[0].Numbers.PaymentRequestID != "order-18" || list[0].Outcome != apo.Declined || list[0].Result.Code != "DO_NOT_HONOR" ||
			list[1].Numbers.PaymentRequestID != "order-17" || list[1].Amount.Value != "4200" || list[1].State != journal.Begun {
			t.Errorf("%s: %v, %+v", when, err, list)
		}
		if after := contents(t, folder); len(after) != len(before) {
			t.Errorf("%s: there were %d files, and now there are %d", when, len(before), len(after))
		} else if after["journal.db"] != before["journal.db"] || after["journal.db-wal"] != before["journal.db-wal"] {
			t.Errorf("%s: the journal was changed", when)
		}
	}
	look("while it is open")
	if list, err := journal.Recent(t.Context(), file, "eu", 10); err != nil || len(list) > 0 {
		t.Errorf("another profile: %v, %v", list, err)
	}
	must(t, j.Close())
	look("after it was closed")

	db, err := sql.Open("sqlite", file+"?_pragma=locking_mode(EXCLUSIVE)")
	must(t, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	_, err = db.Exec("UPDATE calls SET note = 'locked'")
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if _, err := journal.Recent(ctx, file, "", 10); ctx.Err() != nil {
		t.Errorf("a locked journal was waited for: %v", err)
	}
}

func TestRecentOfNoJournal(t *testing.T) {
	folder := t.TempDir()
	if list, err := journal.Recent(t.Context(), filepath.Join(folder, "none", "journal.db"), "", 10); err == nil {
		t.Errorf("of a missing journal: %v", list)
	}
	damaged := filepath.Join(folder, "journal.db")
	must(t, os.WriteFile(damaged, []byte("no database at all"), 0o600))
	if list, err := journal.Recent(t.Context(), damaged, "", 10); err == nil {
		t.Errorf("of a damaged journal: %v", list)
	}
	if files := contents(t, folder); len(files) != 1 {
		t.Errorf("files were made: %v", files)
	}
}

// contents are the digests of the files of a folder.
func contents(t *testing.T, folder string) map[string][sha256.Size]byte {
	t.Helper()
	files := map[string][sha256.Size]byte{}
	list, err := os.ReadDir(folder)
	must(t, err)
	for _, f := range list {
		if f.IsDir() {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, f.Name()))
		must(t, err)
		files[f.Name()] = sha256.Sum256(text)
	}
	return files
}
