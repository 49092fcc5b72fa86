package sandbox

import (
	"net/http"
	"strings"

	"github.com/apo-cli/apo/pkg/apo"
)

// cardPrefix begins the path of every page that collects a card:
// "/card/<use>/<nonce>".
const cardPrefix = "/card/"

// cardUse is what a page collects a card for.
type cardUse struct {
	name string // "pay", in the page's path

	// show tells what the page of a nonce shows; found is false where there is none.
	show func(l ledger, nonce string) (p cardPage, found bool, err error)

	// take is handed the card of a page, and tells what it shows then. The first card
	// counts: whoever gives another one goes the same way.
	take func(l ledger, nonce string, given cardGiven) (p cardPage, found bool, err error)
}

// cardUses are all that cards are collected for.
func cardUses() []cardUse {
	return []cardUse{
		{"pay", ledger.showHosted, ledger.takeHosted},
		{"session", ledger.showSession, ledger.takeSession},
		{"token", ledger.showToken, ledger.takeToken},
		{"vault", ledger.showVaulting, ledger.takeVaulting},
	}
}

// cardPage is what a page that collects a card shows.
type cardPage struct {
	Title string
	Text  string // a sentence under the title, or ""
	Asks  bool   // a card is waited for

	Amount apo.Amount // zero: no money is spoken of
	Facts  []fact
	Submit string      // what the button says: "Pay SGD 42.00"
	Keep   bool        // the buyer is asked whether the card shall be saved
	Saved  []savedCard // cards of before, to choose from

	Next   string // the path of the sandbox's page that goes on from here, or ""
	Return string // the merchant's address; "" where nobody gave one
	Stays  bool   // the buyer stays here, to read why no card was taken
}

// savedCard is one that a page offers.
type savedCard struct{ Token, Label string }

// isPage reports whether a path is one of the pages for buyers, and not of the API.
func isPage(path string) bool {
	return strings.HasPrefix(path, pagePrefix) || strings.HasPrefix(path, cardPrefix) || strings.HasPrefix(path, vaultPrefix)
}

// serveBuyer serves the pages for buyers.
func (s *Sandbox) serveBuyer(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, cardPrefix):
		s.serveCardPage(w, r)
	case strings.HasPrefix(r.URL.Path, vaultPrefix):
		s.serveVaultPage(w, r)
	default:
		s.servePage(w, r)
	}
}

// serveCardPage shows a page that collects a card (GET), and takes the card
// (POST). It works without a script. [allow] has kept the pages of other sites out.
func (s *Sandbox) serveCardPage(w http.ResponseWriter, r *http.Request) {
	name, nonce, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, cardPrefix), "/")
	nonce = nonceOf(nonce, "")
	for _, use := range cardUses() {
		switch {
		case use.name != name:
			continue
		case r.Method == http.MethodGet || r.Method == http.MethodHead:
			s.showCardPage(w, use, nonce)
		case r.Method == http.MethodPost:
			s.takeCard(w, r, use, nonce)
		default:
			w.Header().Set("Allow", "GET, HEAD, POST")
			writePage(w, http.StatusMethodNotAllowed, view{Title: "Not allowed", Where: cardWhere, Text: "This page can be read and its form posted, nothing else."})
		}
		return
	}
	cardPageError(w, errNoPage)
}

const cardWhere = "Local sandbox, card page"

func (s *Sandbox) showCardPage(w http.ResponseWriter, use cardUse, nonce string) {
	p, err := s.cardPage(func(l ledger) (cardPage, bool, error) { return use.show(l, nonce) })
	switch {
	case err != nil:
		cardPageError(w, err)
	case p.Next != "":
		sendTo(w, p.Next)
	default:
		writePage(w, http.StatusOK, p.view(nil))
	}
}

// takeCard hands a card over and sends the buyer on. What is wrong with it is said
// beside the fields; the card is not repeated.
func (s *Sandbox) takeCard(w http.ResponseWriter, r *http.Request, use cardUse, nonce string) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		writePage(w, http.StatusBadRequest, view{Title: "No card", Where: cardWhere, Text: "The form could not be read. Nothing was done."})
		return
	}
	var wrong *cardForm
	p, err := s.cardPage(func(l ledger) (p cardPage, found bool, err error) {
		wrong = nil
		if p, found, err = use.show(l, nonce); !found || err != nil || !p.Asks {
			return p, found, err
		}
		form := l.readCard(r.PostForm, p)
		if len(form.wrong) > 0 {
			wrong = &form
			return p, true, nil
		}
		return use.take(l, nonce, form.given)
	})
	switch {
	case err != nil:
		cardPageError(w, err)
		return
	case wrong != nil:
		writePage(w, http.StatusUnprocessableEntity, p.view(wrong))
		return
	}
	http.SetCookie(w, answeredCookie(r.URL.Path))
	shop, ok := shopOf(p.Return)
	switch {
	case p.Next != "":
		sendTo(w, p.Next)
	case p.Asks || p.Stays || !ok || isInvented(shop):
		writePage(w, http.StatusOK, p.view(nil))
	default:
		sendTo(w, p.Return) // nothing is appended: the merchant must ask, not read an address
	}
}

func sendTo(w http.ResponseWriter, address string) {
	pageHeader(w.Header())
	w.Header().Set("Location", address)
	w.WriteHeader(http.StatusSeeOther)
}

// cardPage does work on the page of a card.
func (s *Sandbox) cardPage(work func(ledger) (p cardPage, found bool, err error)) (p cardPage, err error) {
	err = s.store.do(func(t *tx) error {
		var found bool
		var err error
		p, found, err = work(s.ledger(t))
		if err == nil && !found {
			return errNoPage
		}
		return err
	})
	return p, err
}

func cardPageError(w http.ResponseWriter, err error) {
	if err == errNoPage {
		writePage(w, http.StatusNotFound, view{Title: "No such page", Where: cardWhere, Text: "Nothing waits for a card at this address."})
		return
	}
	writePage(w, http.StatusInternalServerError, view{
		Title: "The sandbox failed", Where: cardWhere,
		Text: "Its state could not be read or written. Whether your card was taken is not known; load the page again to see.",
	})
}
