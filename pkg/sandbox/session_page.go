package sandbox

import (
	"cmp"

	"github.com/tidwall/gjson"
)

// showSession shows the page of a session, and of its payment once there is one.
func (l ledger) showSession(nonce string) (cardPage, bool, error) {
	s, found, err := l.sessionBy("nonce", nonce)
	if !found || err != nil {
		return cardPage{}, false, err
	}
	if s.Status == submitted {
		return l.showHosted(nonce)
	}
	text, err := l.form(nonce)
	request := gjson.ParseBytes(text)
	p := l.requested(request)
	p.Amount, p.Status, p.Page = s.Amount, processing, nonce
	page := l.payPage(p, request)
	if s.Status == expired {
		page.Asks, page.Stays = false, true
		page.Title, page.Text = "Too late", "The session has ended, and nothing was paid. To pay, go back to the shop and order again."
		return page, true, err
	}
	page.Saved, err = l.offered(request)
	return page, true, err
}

// takeSession submits a session with a card.
func (l ledger) takeSession(nonce string, given cardGiven) (cardPage, bool, error) {
	s, found, err := l.sessionBy("nonce", nonce)
	if !found || err != nil {
		return cardPage{}, false, err
	}
	if s.Status == waiting {
		if _, err := l.submit(&s, s.Amount); err != nil {
			return cardPage{}, true, err
		}
	}
	return l.takeHosted(nonce, given)
}

type savedMethod struct {
	Token string `json:"paymentMethodId"`
}

// savedTokens are the tokens of the saved cards that a session names.
func savedTokens(r gjson.Result) (list []savedMethod) {
	for _, m := range r.Get("savedPaymentMethods").Array() {
		if token := m.Get("paymentMethodId").String(); token != "" {
			list = append(list, savedMethod{token})
		}
	}
	return list
}

// offered are the saved cards that a session names, and that its buyer can pay with.
func (l ledger) offered(request gjson.Result) (list []savedCard, err error) {
	for _, m := range savedTokens(request) {
		c, found, err := l.cardByToken(m.Token)
		if err != nil {
			return nil, err
		}
		if found && c.isOf(request) && !l.hasEnded(c, request) {
			list = append(list, savedCard{m.Token, cmp.Or(c.Brand, "Card") + " ending in " + c.LastFour})
		}
	}
	return list, nil
}
