package sandbox

import (
	"errors"
	"net/http"
)

// vaultPrefix begins the path of the 3DS page of a card that is to be saved:
// "/vault/<nonce>"; vaultCardPrefix that of the page of a session, which collects it.
const (
	vaultPrefix     = "/vault/"
	vaultCardPrefix = cardPrefix + "vault/"
)

// serveVaultPage shows the page of a vaulting (GET) and takes what the buyer did there
// (POST). It works without a script, as [Sandbox.servePage] does.
func (s *Sandbox) serveVaultPage(w http.ResponseWriter, r *http.Request) {
	nonce := nonceOf(r.URL.Path, vaultPrefix)
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		v, err := s.vaultingOfPage(nonce, func(ledger, *vaulting) error { return nil })
		if err != nil {
			vaultPageError(w, err)
			return
		}
		if v.Asks == asksCard {
			sendTo(w, vaultCardPrefix+nonce)
			return
		}
		writePage(w, http.StatusOK, viewOfVaulting(v))
	case http.MethodPost:
		s.takeVaultAnswer(w, r, nonce)
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		writePage(w, http.StatusMethodNotAllowed, view{Title: "Not allowed", Text: "This page can be read and its form posted, nothing else."})
	}
}

// takeVaultAnswer takes the buyer's answer to a 3DS check. The first answer counts, and
// who answers again goes the same way: back to the shop, where nothing is left to do and
// somebody is there; else the page itself says how it ended.
func (s *Sandbox) takeVaultAnswer(w http.ResponseWriter, r *http.Request, nonce string) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	answer := r.PostFormValue("answer")
	if answer != "approve" && answer != "fail" {
		writePage(w, http.StatusBadRequest, view{Title: "No answer", Text: "The form holds neither answer=approve nor answer=fail. Nothing was done."})
		return
	}
	v, err := s.vaultingOfPage(nonce, func(l ledger, v *vaulting) error { return l.answerVaulting(v, answer == "approve") })
	if err != nil {
		vaultPageError(w, err)
		return
	}
	http.SetCookie(w, answeredCookie(r.URL.Path))
	shop, ok := shopOf(v.RedirectURL)
	if !ok || isInvented(shop) || v.Asks != "" || v.Code == "ORDER_IS_CLOSED" {
		writePage(w, http.StatusOK, viewOfVaulting(v))
		return
	}
	sendTo(w, v.RedirectURL) // nothing is appended: the merchant must ask
}

// vaultingOfPage does work on the vaulting of a page.
func (s *Sandbox) vaultingOfPage(nonce string, work func(ledger, *vaulting) error) (v vaulting, err error) {
	err = s.store.do(func(t *tx) error {
		var found bool
		var err error
		if v, found, err = t.vaultingByNonce(nonce); err == nil && !found {
			err = errNoPage
		}
		if err != nil {
			return err
		}
		return work(s.ledger(t), &v)
	})
	return v, err
}

func vaultPageError(w http.ResponseWriter, err error) {
	if errors.Is(err, errNoPage) {
		writePage(w, http.StatusNotFound, view{Title: "No such card", Text: "No card waits to be saved at this address."})
		return
	}
	pageError(w, err)
}

// vaultView is what the page of a vaulting shows beside its title.
type vaultView struct {
	Facts  []fact
	Asks   string
	Return string // redirectUrl; "" where a browser may not be sent there
	Nobody bool   // Return is an invented address, where nobody is
}

func viewOfVaulting(v vaulting) view {
	title, text := vaultOutcome(v)
	shown := &vaultView{Asks: v.Asks}
	if v.Card.LastFour != "" {
		shown.Facts = append(shown.Facts, fact{"Card", v.Card.Brand + " ending in " + v.Card.LastFour})
	}
	if v.Asks == "" {
		shown.Facts = append(shown.Facts, fact{"Status", string(v.Status)}, fact{"Result code", v.Code})
	}
	if shop, ok := shopOf(v.RedirectURL); ok {
		shown.Return, shown.Nobody = v.RedirectURL, isInvented(shop)
	}
	return view{Title: title, Text: text, Body: shown.html}
}

// vaultOutcome says in a person's words where a vaulting stands.
func vaultOutcome(v vaulting) (title, text string) {
	switch {
	case v.Asks == asks3DS:
		return "Approve saving this card?", "Nothing is paid. The card is kept for later."
	case v.Status == processing:
		return "Answered", "The card was taken. The acquirer has not decided yet."
	case v.Status == success:
		return "Card saved", "The card was verified, and is kept for later."
	case v.Code == "ORDER_IS_CLOSED":
		return "Too late", "Nobody finished in time. No card was saved."
	case v.ThreeDS.Result == "failed":
		return "Check failed", "You failed the check, and the card was not saved."
	}
	return "Card declined", "The issuer declined the card, and it was not saved."
}

func (p *vaultView) html(m *markup) {
	if len(p.Facts) > 0 {
		m.raw("<dl>\n")
		for _, f := range p.Facts {
			m.raw("<div><dt>").text(f.Name).raw("</dt><dd><bdi>").text(f.Value).raw("</bdi></dd></div>\n")
		}
		m.raw("</dl>\n")
	}
	if p.Asks == asks3DS {
		m.raw(`<form method="post">
<button class="yes" name="answer" value="approve">Approve</button>
<button name="answer" value="fail">Fail the check</button>
</form>
`)
	}
	switch {
	case p.Return == "":
		m.raw("<p>The redirectUrl of this card is no address that a browser may be sent to. The buyer stays here.</p>\n")
	case p.Nobody && p.Asks != "":
		m.raw("<p>To leave without answering, close this page.</p>\n")
	case p.Nobody:
		m.raw("<p>A buyer would now return to the shop. The redirectUrl, <bdi>").text(visible(p.Return)).
			raw("</bdi>, is an invented address: the way ends here, and this page can be closed.</p>\n").
			raw("<p>A shop does not learn the result from the buyer&rsquo;s return. It gets a notification at its vaultingNotificationUrl, or asks with inquireVaulting.</p>\n")
	case p.Asks != "":
		m.raw(`<p><a href="`).text(p.Return).raw("\">Leave without answering</a></p>\n")
	default:
		m.raw(`<p><a class="button" href="`).text(p.Return).raw("\">Continue to the shop</a></p>\n")
	}
}
