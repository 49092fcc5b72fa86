package app

import (
	"errors"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/term"
)

// TellsOfPayment says that from here on the exit code of the run tells what became of a
// payment: scripts act upon it, so that output which cannot be written changes nothing.
func (d *Run) TellsOfPayment() { d.tellsOfPayment = true }

// written is how a run ends that came to err, once it is known whether its output was
// written. A reader that went away has all that it wants.
func (d *Run) written(err error) error {
	lost := d.IO.OutputLost()
	if lost == nil {
		return err
	}
	var same *term.OutputError
	if errors.As(err, &same) {
		err = nil
	}
	switch {
	case lost.ReaderGone():
	case err == nil && !d.tellsOfPayment:
		return say.Fail(say.Error, "%v", lost)
	default:
		d.IO.Warn(lost.Error())
	}
	return err
}
