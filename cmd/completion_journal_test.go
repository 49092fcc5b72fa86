package cmd

import (
	"slices"
	"testing"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/term"
)

// What a gateway named so that a terminal obeys it, or that is hidden, is no value to
// complete with.
func TestCompletedValues(t *testing.T) {
	d := &app.Run{IO: term.New(nil, nil, nil)}
	d.IO.Masker.Known.Learn([]byte(`{"cardNo":"4054695723100768"}`))
	got := cleaned(d, []string{
		"demo-0001\tSGD 42.00", "DEMO-2\t", "demo-\u009b31m\tx", "demo-\u202e1\tx", "demo-\x1b[1m\tx", "demo-3\ta\u202eb", "demo-\xff\tx",
		"demo-4054695723100768\tx", "demo-****-9015\tx", "\tx", "other\tx",
	}, "demo")
	if want := []string{"demo-0001\tSGD 42.00", "DEMO-2\t"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
