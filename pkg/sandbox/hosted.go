package sandbox

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// A pay without a card is the hosted mode: APO answers with the address of a page
// that collects the card, and goes on from there as if it had been in the request.
//
// Source: APO's guide for cards, whose Java sample sends tokenizeMode alone.

const cardMeta = "paymentMethod.paymentMethodMetaData."

// lacksCard reports whether a pay names no card at all.
func lacksCard(r gjson.Result) bool {
	named := func(path string) bool { v := r.Get(path); return v.Exists() && v.Type != gjson.Null }
	return r.Get("paymentMethod.paymentMethodId").String() == "" && !slices.ContainsFunc(
		[]string{"cardNo", "expiryYear", "expiryMonth", "cvv", "cardholderName"},
		func(name string) bool { return named(cardMeta + name) },
	)
}

// isCollected reports whether a rule that a pay breaks is one of the card, which a
// page will collect.
func isCollected(api string, r gjson.Result, v apo.Violation) bool {
	return api == "pay" && v.Rule == "required" && strings.HasPrefix(v.Path, cardMeta) && lacksCard(r)
}

// awaitsCard reports whether a page still waits for the card.
func (p payment) awaitsCard() bool {
	return p.Page != "" && p.Status == processing && p.Card.LastFour == ""
}

// pageURLs are the addresses where the buyer of a payment goes on; "" where there is
// no page.
func (l ledger) pageURLs(p payment) (normal, appLink, scheme string) {
	switch {
	case p.Status != processing:
	case p.ThreeDS.Nonce != "":
		return l.addresses(p.Terminal, pagePrefix, p.ThreeDS.Nonce)
	case p.awaitsCard():
		return l.addresses(p.Terminal, cardPrefix+"pay/", p.Page)
	}
	return "", "", ""
}

// awaitCard records a payment whose card a page will collect. Who acquires it is not
// known before.
func (l ledger) awaitCard(r gjson.Result) (any, error) {
	requestID := r.Get("paymentRequestId").String()
	c, err := l.callOf("pay", requestID, "", r)
	if err != nil {
		return nil, err
	}
	o, _, err := l.draw(c, func(r Rule) bool { return r.Fault == "" && r.rejects() })
	if err != nil {
		return nil, err
	}
	if o.Result != "" {
		return answerFor(o.Result), nil
	}
	p := l.requested(r)
	numbers := l.ids.of("payment", requestID)
	p.ID, p.Page = numbers.transaction(l.now), l.ids.of("card page", requestID).nonce()
	p.transition(accept)
	err = l.savePayment(&p)
	if err == nil {
		err = l.saveForm(p.Page, r)
	}
	if err == nil {
		err = l.schedule(&p)
	}
	return l.payAnswer(p), err
}

// requestKept is what is kept of a request until its card is known. It holds no card
// number, wherever one was written; its addresses still lead somewhere.
func requestKept(r gjson.Result) ([]byte, error) {
	text, address := ledger{}.masks(r)
	text.KeepTokens = true
	kept, err := objectOf(text.JSON([]byte(r.Raw)))
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"paymentRedirectUrl", "paymentNotifyUrl"} {
		if url := r.Get(name).String(); url != "" {
			if name == "paymentNotifyUrl" {
				url = withoutUser(url)
			}
			kept[name] = jsonText(address.Text(url))
		}
	}
	if tokens := savedTokens(r); len(tokens) > 0 {
		if kept["savedPaymentMethods"], err = json.Marshal(tokens); err != nil {
			return nil, err
		}
	}
	return json.Marshal(kept)
}

// hostedPayment finds the payment of a page that collects its card.
func (l ledger) hostedPayment(nonce string) (b paymentRecord, found bool, err error) {
	b, found, err = l.paymentRecord(`SELECT doc FROM payments WHERE nonce = ?`, nonce)
	return b, found && b.Page == nonce && nonce != "", err
}

func (l ledger) showHosted(nonce string) (cardPage, bool, error) {
	b, found, err := l.hostedPayment(nonce)
	if !found || err != nil {
		return cardPage{}, found, err
	}
	request, err := l.form(nonce)
	return l.payPage(b.payment, gjson.ParseBytes(request)), true, err
}

// takeHosted goes on with a payment as if its card had been in its request.
func (l ledger) takeHosted(nonce string, given cardGiven) (cardPage, bool, error) {
	b, found, err := l.hostedPayment(nonce)
	if !found || err != nil {
		return cardPage{}, found, err
	}
	request, err := l.form(nonce)
	if err == nil && b.awaitsCard() {
		err = l.payHosted(b.payment, request, given)
	}
	if err == nil {
		b, _, err = l.hostedPayment(nonce)
	}
	return l.payPage(b.payment, gjson.ParseBytes(request)), true, err
}

func (l ledger) payHosted(p payment, request []byte, given cardGiven) error {
	r, err := given.into(request)
	if err == nil {
		_, err = l.payWith(r, p)
	}
	return err
}

// payPage is the page of a payment that collects its card, or tells what became of it.
func (l ledger) payPage(p payment, request gjson.Result) cardPage {
	page := cardPage{
		Title: "Pay by card", Amount: p.Amount, Submit: "Pay " + p.Amount.String(), Asks: p.awaitsCard(),
		Keep: request.Get(cardMeta+"tokenizeMode").String() == "ASKFORCONSENT", Return: p.RedirectURL,
	}
	if p.Status == processing && p.ThreeDS.Nonce != "" && p.ThreeDS.Result == "" {
		page.Next = pagePath(p.Terminal, pagePrefix, p.ThreeDS.Nonce)
	}
	add := func(name, value string) {
		if value != "" {
			page.Facts = append(page.Facts, fact{name, value})
		}
	}
	add("Description", p.Description)
	add("Order", p.OrderID)
	if page.Asks {
		return page
	}
	page.Title, page.Text = paidWith(p)
	page.Stays = p.Card.LastFour == ""
	if !page.Stays {
		add("Card", strings.TrimSpace(p.Card.Brand+" ending in "+p.Card.LastFour))
	}
	add("Status", string(p.Status))
	add("Result code", p.Code)
	return page
}

// paidWith says in a person's words where a payment stands whose card was collected.
func paidWith(p payment) (title, text string) {
	switch {
	case p.Status == processing:
		return "Card taken", "The acquirer has not decided yet."
	case p.Status == success:
		return "Payment approved", "The payment is authorized."
	case p.Closed:
		return "Too late", "Nobody finished in time. The payment was closed, and nothing was paid."
	case p.Status == cancelled:
		return "Payment cancelled", "The payment was cancelled. No card is wanted any more."
	case p.ThreeDS.Result == "failed":
		return "Check failed", "You failed the check, and the payment was declined."
	}
	return "Payment declined", "The acquirer declined the payment. To try again, go back to the shop and order again."
}

// saveForm keeps the request of a page.
func (t *tx) saveForm(nonce string, r gjson.Result) error {
	request, err := requestKept(r)
	if err != nil {
		return err
	}
	_, err = t.sql.Exec(`INSERT INTO forms (nonce, doc) VALUES (?, ?)`, nonce, string(request))
	return err
}

// form is the request of a page.
func (t *tx) form(nonce string) (request []byte, err error) {
	err = t.sql.row(`SELECT doc FROM forms WHERE nonce = ?`, []any{nonce}, &request)
	return request, err
}
