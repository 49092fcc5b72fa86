package sandbox

import (
	"encoding/json"

	"github.com/tidwall/gjson"
)

// showVaulting is the page of a session, which collects the card to be saved.
func (l ledger) showVaulting(nonce string) (cardPage, bool, error) {
	v, found, err := l.vaultingByNonce(nonce)
	return v.cardPage(), found && v.SessionID != "", err
}

// takeVaulting goes on with a session as if the merchant had collected its card.
func (l ledger) takeVaulting(nonce string, given cardGiven) (cardPage, bool, error) {
	v, found, err := l.vaultingByNonce(nonce)
	if !found || v.SessionID == "" || err != nil {
		return cardPage{}, false, err
	}
	if v.Status == processing && v.Asks == asksCard {
		err = l.vaultGiven(&v, given)
	}
	return v.cardPage(), true, err
}

func (l ledger) vaultGiven(v *vaulting, given cardGiven) error {
	data, err := json.Marshal(given.Data)
	if err != nil {
		return err
	}
	if v.Card, err = l.cardToSave(v.RequestID, gjson.ParseBytes(data)); err != nil {
		return err
	}
	plan, err := l.vaultingPlan(*v)
	if err != nil {
		return err
	}
	if plan.rejects() { // nobody is there to be turned away
		plan = plan.declined()
	}
	return l.verify(v, plan)
}

// cardPage is the page of a session that collects its card, or tells what became of it.
func (v vaulting) cardPage() cardPage {
	page := cardPage{
		Title: "Save a card", Text: "Nothing is paid. The card is checked, and kept for later.", Submit: "Save this card",
		Asks: v.Status == processing && v.Asks == asksCard, Return: v.RedirectURL,
	}
	if page.Asks {
		return page
	}
	if v.Asks == asks3DS {
		page.Next = vaultPrefix + v.ThreeDS.Nonce
	}
	page.Title, page.Text = vaultOutcome(v)
	if page.Stays = v.Card.LastFour == ""; !page.Stays {
		page.Facts = append(page.Facts, fact{"Card", v.Card.Brand + " ending in " + v.Card.LastFour})
	}
	page.Facts = append(page.Facts, fact{"Status", string(v.Status)}, fact{"Result code", v.Code})
	return page
}
