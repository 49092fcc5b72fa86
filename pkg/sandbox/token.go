package sandbox

import (
	"encoding/json"
	"fmt"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// A browser gives a card to Antom and gets a token for it (fetchNonce, cacheCard), which
// the merchant sends as paymentMethodId. It is for one payment: Antom's page on cacheCard
// calls it temporary. Whoever wants the card again saves it with that payment.

// CardToken makes the token that a browser would have made of a test card; "": of the
// card visa. It is good for one payment.
func (s *Sandbox) CardToken(card string) (token string, err error) {
	if card == "" {
		card = "visa"
	}
	test, found := FindTestCard(card)
	if !found {
		return "", fmt.Errorf("there is no test card %q", card)
	}
	err = s.store.do(func(t *tx) (err error) {
		l := s.ledger(t)
		token, err = l.browserToken(l.dataOf(test))
		return err
	})
	return token, err
}

// dataOf is a test card as a buyer would type it in.
func (l ledger) dataOf(test TestCard) cardData {
	return cardData{test.Number, twoDigits(l.now.Year() + 9), "12", test.CVV(), cardholderName{First: "Test", Last: "Buyer"}}
}

// browserToken keeps a card for one payment.
func (l ledger) browserToken(data cardData) (string, error) {
	var before int
	if err := l.sql.row(`SELECT count(*) FROM browser_tokens`, nil, &before); err != nil {
		return "", err
	}
	method, err := json.Marshal(map[string]any{"paymentMethodType": "CARD", "paymentMethodMetaData": data})
	if err != nil {
		return "", err
	}
	key := fmt.Sprint("browser ", before)
	c, _, err := l.cardOf(key, gjson.ParseBytes(method))
	if err != nil {
		return "", err
	}
	c.Token, c.Ends = l.ids.of("browser token", key).token(), apo.CardEnd(data.ExpiryYear, data.ExpiryMonth)
	if err := l.saveCard(c); err != nil {
		return "", err
	}
	_, err = l.sql.Exec(`INSERT INTO browser_tokens (token) VALUES (?)`, c.Token)
	return c.Token, err
}

// isOfBrowser reports whether a token is for one payment.
func (t *tx) isOfBrowser(token string) (bool, error) {
	var n int
	err := t.sql.row(`SELECT count(*) FROM browser_tokens WHERE token = ?`, []any{token}, &n)
	return n > 0, err
}

// spend takes a token of a browser away, and makes the card one that its payment may
// save. Other tokens stay as they are.
func (l ledger) spend(c card, r gjson.Result, requestID string) (card, error) {
	once, err := l.isOfBrowser(c.Token)
	if !once || err != nil {
		return c, err
	}
	if _, err := l.sql.Exec(`DELETE FROM cards WHERE token = ?`, c.Token); err != nil {
		return c, err
	}
	c.Token = ""
	if meta := r.Get("paymentMethod.paymentMethodMetaData"); meta.Get("tokenizeMode").String() != "" || meta.Get("tokenize").Bool() {
		c.Token = l.ids.of("card of browser", requestID).token()
		c.keeps(r)
		return c, l.saveCard(c)
	}
	return c, nil
}

// showToken is the page that makes tokens, as a browser's SDK would.
func (l ledger) showToken(nonce string) (cardPage, bool, error) {
	return cardPage{
		Title: "Make a card token", Asks: true, Submit: "Make a token",
		Text: "Antom's SDK in a browser would give the card to Antom, and the token to the shop.",
	}, nonce == "", nil
}

func (l ledger) takeToken(nonce string, given cardGiven) (cardPage, bool, error) {
	if nonce != "" {
		return cardPage{}, false, nil
	}
	token, err := l.browserToken(given.Data)
	n := given.Data.Number
	return cardPage{
		Title: "Card token made", Text: "It is good for one payment, as paymentMethod.paymentMethodId.",
		Facts: []fact{{"cardToken", token}, {"Card", apo.Brand(n) + " ending in " + n[len(n)-4:]}},
	}, true, err
}
