package say_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sign"
)

// Each of these is refused, with what was probably meant.
func TestRefusedAmountsInWords(t *testing.T) {
	for _, c := range []struct{ text, currency, want string }{
		{"42€", "", "EUR 42.00 is --amount 4200 --currency EUR"},
		{"SGD42.00", "", "SGD 42.00 is --amount 4200 --currency SGD"},
		{"sgd42.00", "", "SGD 42.00 is --amount 4200 --currency SGD"},
		{"$42", "", `$ is the sign of several currencies: name the one that is meant, such as --amount "USD 42.00"`},
		{"99.50", "", `in quotes, such as --amount "SGD 99.50"`}, // never another amount than was typed
		{"12.345", "", `in quotes, its currency before it`},
		{"-5", "", `in quotes, its currency before it`},
		{"1.234,5", "", `such as --amount "SGD 1234.50"`},
		{"9950", "", `add --currency, if that is in its smallest unit, or write it with its currency, in quotes, such as --amount "SGD 9950.00"`},
		{"42€", "SGD", "name two currencies"},
		{"42 SGD", "", "SGD 42.00 is --amount 4200 --currency SGD"},
		{"42.00 SGD", "", `write it before, as in "SGD 42.00"`},
		{"SGD 42", "", "SGD 42.00 is --amount 4200 --currency SGD"},
		{"SGD 1,500.00", "", "SGD 1500.00 is --amount 150000 --currency SGD"},
	} {
		got, err := apo.ParseAmount(c.text, c.currency)
		if err == nil || !strings.Contains(say.InWords(err), c.want) {
			t.Errorf("%q %q: %v, %v; want %q", c.text, c.currency, got, err, c.want)
		}
	}
}

// What is offered for a key that is none stands behind the reason, whatever is wrapped
// around that.
func TestRefusedKeysInWords(t *testing.T) {
	key := func(r sign.Remedy) error {
		return &sign.KeyError{Want: "public", Given: "this", Hint: "a hint", Remedy: r}
	}
	for remedy, want := range map[sign.Remedy]string{
		sign.NoRemedy:      "a hint (box)",
		sign.NewKey:        "a hint; make one with apo keys new (box)",
		sign.PublicHalf:    "a hint; apo keys show FILE prints it (box)",
		sign.SecretCommand: "a hint, for example with private_key_command (box)",
	} {
		f := say.Fail(say.Config, "%v", fmt.Errorf("key: %w (box)", key(remedy)))
		if !strings.HasSuffix(f.Text, want) || f.Cause == nil {
			t.Errorf("%s\nwant %s", f.Text, want)
		}
	}
}
