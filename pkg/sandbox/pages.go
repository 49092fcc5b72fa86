package sandbox

import (
	"errors"
	"html"
	"net/http"
	"net/url"
	"strings"

	"github.com/apo-cli/apo/pkg/apo"
)

const pagePrefix = "/3ds/"

// servePage shows the 3DS page of a payment and takes the buyer's answer. It
// works without a script, and for this machine alone: a page of another site
// can neither embed nor answer it.
func (s *Sandbox) servePage(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action *; frame-ancestors 'none'; base-uri 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/html; charset=utf-8")
	if !apo.IsLoopback((&url.URL{Host: r.Host}).Hostname()) { // a name of another site that leads here
		http.Error(w, "the page is for this machine alone", http.StatusForbidden)
		return
	}
	nonce := strings.TrimPrefix(r.URL.Path, pagePrefix)
	answered := r.Method == http.MethodPost
	if !answered && r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "the page is read and posted", http.StatusMethodNotAllowed)
		return
	}
	if site := r.Header.Get("Sec-Fetch-Site"); answered && site != "" && site != "same-origin" {
		http.Error(w, "the form was sent from another site", http.StatusForbidden)
		return
	}
	var b books
	err := s.store.do(func(t *tx) error {
		l := s.ledger(t)
		var found bool
		var err error
		if answered {
			b, found, err = l.answerChallenge(nonce, r.PostFormValue("answer") == "approve")
		} else {
			b, found, err = l.paymentByNonce(nonce)
		}
		if err == nil && !found {
			return errNoPage
		}
		return err
	})
	switch {
	case errors.Is(err, errNoPage):
		w.WriteHeader(http.StatusNotFound)
		writePage(w, "No such payment", "<p>No payment waits here.</p>")
	case err != nil:
		http.Error(w, "the sandbox's state failed", http.StatusInternalServerError)
	case answered:
		// Nothing is appended: the merchant must ask, not read an address.
		h.Set("Location", b.RedirectURL)
		w.WriteHeader(http.StatusSeeOther)
	case b.Status != processing:
		writePage(w, "Already answered", "<p>This payment is "+html.EscapeString(string(b.Status))+".</p>")
	default:
		writePage(w, "Approve this payment?", `<p class="amount">`+html.EscapeString(b.Amount.String())+`</p>
<p>`+html.EscapeString(b.Card.Brand)+` ending in `+html.EscapeString(b.Card.LastFour)+`, order `+html.EscapeString(b.OrderID)+`</p>
<form method="post"><button name="answer" value="approve">Approve</button> <button name="answer" value="fail">Fail</button></form>`)
	}
}

var errNoPage = errors.New("no payment has this page")

func writePage(w http.ResponseWriter, title, body string) {
	w.Write([]byte(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>` + html.EscapeString(title) + ` - sandbox</title>
<style>
:root { color-scheme: light dark }
body { font: 18px/1.5 system-ui, sans-serif; max-width: 26rem; margin: 15vh auto; padding: 0 1rem }
.amount { font-size: 2rem; margin: 0 }
button { font: inherit; padding: .5rem 1.25rem }
</style></head><body><main><h1>` + html.EscapeString(title) + `</h1>
` + body + `
<p><small>This is the 3DS page of a local sandbox. No bank is asked.</small></p></main></body></html>
`))
}
