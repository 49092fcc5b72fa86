package sandbox

import (
	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// secrets are the card numbers, codes and tokens that a request holds. They are learnt
// once, before the books are asked: that takes as long as much of the rest.
type secrets struct {
	body  string
	known *apo.Known
}

func secretsOf(body []byte) *secrets {
	s := &secrets{string(body), new(apo.Known)}
	s.known.Learn(body)
	return s
}

// masks hide what a request holds in its texts, and in its addresses, which must
// lead somewhere.
func (l ledger) masks(r gjson.Result) (text, address apo.Masker) {
	s := l.secrets
	if s == nil || s.body != r.Raw { // a page's, whose request is another one
		s = secretsOf([]byte(r.Raw))
	}
	return apo.Masker{Known: s.known}, apo.Masker{Known: s.known, KnownOnly: true}
}
