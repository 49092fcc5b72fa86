package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/apo-cli/apo/pkg/report"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// reportFolder is a folder to which reports are written: whole, or not at all. Until
// all of them are, they stand in a folder of their own inside of it.
type reportFolder struct {
	ctx   context.Context
	dir   string
	draft string // the folder within
	names map[string]bool
}

// errNotWritten is among the errors of what could not be written.
var errNotWritten = errors.New("the reports could not be written")

func newReportFolder(ctx context.Context, dir string) (*reportFolder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	draft, err := os.MkdirTemp(dir, ".reports-*") // made with mode 0700
	return &reportFolder{ctx: ctx, dir: dir, draft: draft, names: map[string]bool{}}, err
}

// remove leaves nothing behind of what was not published.
func (r *reportFolder) remove() { _ = os.RemoveAll(r.draft) }

// add adds a text to a file.
func (r *reportFolder) add(name string, text []byte) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(r.draft, name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.Write(text)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errNotWritten, err)
	}
	r.names[name] = true
	return nil
}

// written are the names of the files.
func (r *reportFolder) written() []string { return slices.Sorted(maps.Keys(r.names)) }

// foreign are the files that would be replaced and are no reports of a customer.
func (r *reportFolder) foreign(customer string) (list []string) {
	for _, name := range r.written() {
		if info, err := os.Lstat(filepath.Join(r.dir, name)); errors.Is(err, os.ErrNotExist) || err == nil && info.Mode().IsRegular() && isReportOf(filepath.Join(r.dir, name), customer) {
			continue
		}
		list = append(list, name)
	}
	return list
}

// isReportOf reports whether a file is a report of a customer, or one without rows.
func isReportOf(file, customer string) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	in, err := report.NewReader(f)
	if err != nil {
		return false
	}
	switch err := in.Next(); {
	case errors.Is(err, io.EOF):
		return true
	case err != nil:
		return false
	}
	return in.Get("customerId") == customer
}

// publish puts the files into their place, once all of them are on the disk.
func (r *reportFolder) publish() error {
	for _, name := range r.written() {
		if err := syncFile(filepath.Join(r.draft, name)); err != nil {
			return err
		}
	}
	for _, name := range r.written() {
		if err := os.Rename(filepath.Join(r.draft, name), filepath.Join(r.dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// drop removes reports of nothing, of days on which something was settled since.
func (r *reportFolder) drop(files []report.File, customer string) {
	for _, f := range files {
		if f.BatchID == "" || f.BatchID == report.NoBatch {
			continue
		}
		f.BatchID, f.Currency = report.NoBatch, sandbox.SettledOfNothing
		outdated := filepath.Join(r.dir, f.Period.Name(f.Generation))
		if info, err := os.Lstat(outdated); err == nil && info.Mode().IsRegular() && isReportOf(outdated, customer) {
			_ = os.Remove(outdated)
		}
	}
}

func syncFile(name string) error {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
