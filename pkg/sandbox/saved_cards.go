package sandbox

import (
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// tokenizeProblem refuses a tokenizeMode that no source has. The guide's sample has
// ASKFORCONSENT; what else there may be, none of the sources says.
func tokenizeProblem(body []byte) any {
	for _, path := range []string{cardMeta + "tokenizeMode", "availablePaymentMethod.paymentMethodMetaData.tokenizeMode"} {
		if mode := gjson.GetBytes(body, path).String(); mode != "" && mode != "ASKFORCONSENT" {
			return refuse("PARAM_ILLEGAL", path+" is not ASKFORCONSENT")
		}
	}
	return nil
}

// keeps notes until when a card that a pay saves is good, and whose it is. Where the
// pay has a token for a card, the date is that of the token.
func (c *card) keeps(pay gjson.Result) {
	if end := endIn(pay); !end.IsZero() {
		c.Ends = end
	}
	c.Buyer = buyerOf(pay)
}

// isOf reports whether a pay is the buyer's to whom a saved card belongs. APO wants no
// referenceBuyerId where there is an email address or a phone number: without one on
// either side there is nothing to compare, and the card is taken.
func (c card) isOf(pay gjson.Result) bool {
	buyer := buyerOf(pay)
	return c.Buyer == "" || buyer == "" || c.Buyer == buyer
}

// buyerOf is a referenceBuyerId as it is stored: what looks like a card number in it is
// hidden, always in the same way.
func buyerOf(pay gjson.Result) string {
	return apo.Masker{}.Text(pay.Get("order.buyer.referenceBuyerId").String())
}

// hasEnded reports whether a saved card has expired: by its own date, unless the pay
// brings another, which is that of a card that was renewed.
func (l ledger) hasEnded(c card, pay gjson.Result) bool {
	return endIn(pay).IsZero() && !c.Ends.IsZero() && !l.now.Before(c.Ends)
}

// endIn is the end of the card of a pay; the zero time where it says none.
func endIn(pay gjson.Result) time.Time {
	return endOf(pay.Get("paymentMethod.paymentMethodMetaData"))
}

// endOf is the end of a card by its data, wherever they stand.
func endOf(data gjson.Result) time.Time {
	year, month := data.Get("expiryYear").String(), data.Get("expiryMonth").String()
	if year == "" || month == "" {
		return time.Time{}
	}
	return apo.CardEnd(year, month)
}

// isMerchantInitiated reports whether a pay says that no buyer is there: of a stored
// card (isCardOnFile), at intervals or not (recurringType). APO's pages are silent
// about both; Antom's plugins send them.
func isMerchantInitiated(pay gjson.Result) bool {
	return pay.Get(cardMeta+"isCardOnFile").Bool() && pay.Get(cardMeta+"recurringType").String() != ""
}

// withoutBuyer is what becomes of a pay when nobody is there for a 3DS page.
func (o Outcome) withoutBuyer(wants3DS bool) Outcome {
	if o.ThreeDS == "page" || wants3DS && o.ThreeDS == "" && o.final() == "SUCCESS" {
		return Outcome{Result: "AUTHENTICATION_REQUIRED"}
	}
	return o
}
