package say

import (
	"errors"
	"fmt"
	"strings"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sign"
)

// InWords is the text of an error with what this program offers for it: the packages
// below tell facts, and know no command and no flag.
func InWords(err error) string {
	text := err.Error()
	var amount *apo.AmountError
	var key *sign.KeyError
	switch {
	case errors.As(err, &amount):
		return behind(text, amount, amountAdvice(amount))
	case errors.As(err, &key):
		return behind(text, key, keyAdvice(key))
	}
	return text
}

// behind puts advice behind the error that it is about, in a text that quotes it.
func behind(text string, err error, advice string) string {
	return strings.Replace(text, err.Error(), err.Error()+advice, 1)
}

// keyAdvice is how apo helps whoever has no key, or the wrong half of one.
func keyAdvice(e *sign.KeyError) string {
	switch e.Remedy {
	case sign.NewKey:
		return "; make one with apo keys new"
	case sign.PublicHalf:
		return "; apo keys show FILE prints it"
	case sign.SecretCommand:
		return ", for example with private_key_command"
	}
	return ""
}

// amountAdvice is how an amount is to be given that was refused.
func amountAdvice(e *apo.AmountError) string {
	switch {
	case len(e.Meant) > 0 || e.Currency == 0:
		return amountsMeant(e.Meant)
	case e.Currency == apo.CurrencyBehind:
		return fmt.Sprintf("; write it before, as in \"%s %s\"", e.Name, e.Number)
	case e.Number == "":
		return "; write it in quotes, its currency before it, or in the smallest unit, with --currency"
	case e.Name != "":
		return fmt.Sprintf("; %s is the sign of several currencies: name the one that is meant, such as --amount \"USD %s\"", e.Name, e.Number)
	}
	how := fmt.Sprintf("write it with its currency, in quotes, such as --amount \"SGD %s\"", e.Number)
	if e.Whole {
		return "; add --currency, if that is in its smallest unit, or " + how
	}
	return "; " + how
}

// amountsMeant are the flags of the amounts that a text may mean: "; SGD 42.00 is
// --amount 4200 --currency SGD".
func amountsMeant(list []apo.Amount) string {
	var b strings.Builder
	lead := "; "
	for _, a := range list {
		fmt.Fprintf(&b, "%s%s is --amount %s --currency %s", lead, a, a.Value, a.Currency)
		lead = ", "
	}
	return b.String()
}
