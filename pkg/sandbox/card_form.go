package sandbox

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// cardGiven is what a buyer gave on a page: a card, or the choice of a saved one.
type cardGiven struct {
	Data  cardData
	Token string // of a saved card; Data is empty
	Keep  bool   // the buyer wants the card to be saved
}

// cardData has the card as pay's paymentMethodMetaData has it.
type cardData struct {
	Number      string         `json:"cardNo"`
	ExpiryYear  string         `json:"expiryYear"`
	ExpiryMonth string         `json:"expiryMonth"`
	CVV         string         `json:"cvv"`
	Name        cardholderName `json:"cardholderName"`
}

type cardholderName struct {
	First string `json:"firstName,omitempty"`
	Last  string `json:"lastName,omitempty"`
	Full  string `json:"fullName,omitempty"` // of one word alone
}

// cardForm is a form that was posted.
type cardForm struct {
	given cardGiven
	wrong []wrongField
	name  string // the cardholder's, to be shown again
}

// wrongField is what is wrong with the value of a field, in a sentence.
type wrongField struct{ Field, Text string }

func (f *cardForm) problem(field string) string {
	if f == nil {
		return ""
	}
	if i := slices.IndexFunc(f.wrong, func(w wrongField) bool { return w.Field == field }); i >= 0 {
		return f.wrong[i].Text
	}
	return ""
}

// The names of the fields are the words of HTML's autocomplete.
const (
	fieldNumber = "cc-number"
	fieldExpiry = "cc-exp"
	fieldCVV    = "cc-csc"
	fieldName   = "cc-name"
	fieldMonth  = "cc-exp-month" // with fieldYear in place of fieldExpiry
	fieldYear   = "cc-exp-year"
	fieldKeep   = "save"
	fieldTest   = "test-card"  // the name of a test card, in place of a card
	fieldSaved  = "saved-card" // the place of a saved card among those that are offered, in place of a card
)

// readCard reads the form of a page.
func (l ledger) readCard(values url.Values, p cardPage) (f cardForm) {
	f.given.Keep = p.Keep && values.Get(fieldKeep) != ""
	wrong := func(field, text string) { f.wrong = append(f.wrong, wrongField{field, text}) }
	if place := values.Get(fieldSaved); place != "" {
		if i, err := strconv.Atoi(place); err != nil || i < 1 || i > len(p.Saved) {
			wrong(fieldSaved, "This card is none of those that are offered.")
		} else {
			f.given.Token = p.Saved[i-1].Token
		}
		return f
	}
	if name := values.Get(fieldTest); name != "" {
		test, found := l.testCard(name)
		if !found {
			wrong(fieldTest, "There is no test card of this name.")
			return f
		}
		f.given.Data = l.dataOf(test)
		return f
	}
	c := &f.given.Data
	var text string
	if c.Number, text = readNumber(values.Get(fieldNumber)); text != "" {
		wrong(fieldNumber, text)
	}
	if c.ExpiryMonth, c.ExpiryYear, text = readExpiry(values, l.now); text != "" {
		wrong(fieldExpiry, text)
	}
	if c.CVV, text = readCVV(values.Get(fieldCVV), c.Number); text != "" {
		wrong(fieldCVV, text)
	}
	if c.Name, text = readName(values.Get(fieldName)); text != "" {
		wrong(fieldName, text)
	}
	if name := strings.TrimSpace(values.Get(fieldName)); name == visible(name) { // no card number that slipped into it
		f.name = name
	}
	return f
}

// closed takes out what people write between digits.
func closed(text string) string {
	return strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "\t", "", "-", "", "\u2011", "").Replace(text)
}

func readNumber(text string) (number, problem string) {
	number = closed(text)
	switch {
	case number == "":
		return "", "Enter the card number."
	case strings.Trim(number, "0123456789") != "":
		return "", "A card number has digits alone."
	case len(number) < 12 || len(number) > 19:
		return "", "A card number has 12 to 19 digits."
	case !apo.Luhn(number):
		return "", "This is no card number: one of its digits is wrong."
	}
	return number, ""
}

// readExpiry reads MM/YY or MM/YYYY, or two fields.
func readExpiry(values url.Values, now time.Time) (month, year, problem string) {
	text := closed(values.Get(fieldExpiry))
	if text == "" && values.Get(fieldMonth)+values.Get(fieldYear) != "" {
		text = closed(values.Get(fieldMonth)) + "/" + closed(values.Get(fieldYear))
	}
	month, year, found := strings.Cut(text, "/")
	if !found && (len(text) == 4 || len(text) == 6) { // 1235
		month, year = text[:2], text[2:]
	}
	if len(month) == 1 {
		month = "0" + month
	}
	digits := month != "" && year != "" && strings.Trim(month+year, "0123456789") == ""
	switch {
	case text == "":
		return "", "", "Enter the month and year until which the card is good."
	case !digits || len(month) != 2 || month < "01" || month > "12" || len(year) != 2 && len(year) != 4:
		return "", "", "Enter the expiry date as MM/YY, such as 08/31."
	case !now.Before(apo.CardEnd(year, month)):
		return "", "", "This card has expired."
	}
	return month, year[len(year)-2:], ""
}

func readCVV(text, number string) (cvv, problem string) {
	cvv = closed(text)
	digits, where := 3, "on the back of the card"
	if apo.Brand(number) == "AMEX" {
		digits, where = 4, "on the front of the card"
	}
	switch {
	case cvv == "":
		return "", "Enter the security code."
	case strings.Trim(cvv, "0123456789") != "" || len(cvv) != digits && (number != "" || len(cvv) != 4):
		return "", "The security code is the " + map[int]string{3: "three", 4: "four"}[digits] + " digits " + where + "."
	}
	return cvv, ""
}

// readName reads a cardholder's name: the last word is the family's.
func readName(text string) (name cardholderName, problem string) {
	words := strings.Fields(text)
	switch {
	case len(words) == 0:
		return name, "Enter the name on the card."
	case strings.ContainsFunc(text, func(r rune) bool { return r >= 0x7f || r < ' ' }):
		return name, "Use English letters alone, as on the card."
	case strings.ContainsAny(text, "0123456789"):
		return name, "A name has no digits."
	case len(words) == 1:
		name = cardholderName{Full: words[0]}
	default:
		last := len(words) - 1
		name = cardholderName{First: strings.Join(words[:last], " "), Last: words[last]}
	}
	if len(name.First) > 32 || len(name.Last) > 32 || len(name.Full) > 128 {
		return cardholderName{}, "The name is too long: 32 letters before the family name and 32 of it are allowed."
	}
	return name, ""
}

func twoDigits(year int) string { return string([]byte{byte('0' + year/10%10), byte('0' + year%10)}) }

// into is the request of a pay with the card that was given. The other fields of its
// payment method stay.
func (g cardGiven) into(request []byte) (gjson.Result, error) {
	doc, err := objectOf(request)
	if err != nil {
		return gjson.Result{}, err
	}
	method, err := objectOf(doc["paymentMethod"])
	if err != nil {
		return gjson.Result{}, err
	}
	meta, err := objectOf(method["paymentMethodMetaData"])
	if err != nil {
		return gjson.Result{}, err
	}
	if mode := meta["tokenizeMode"]; mode != nil && !g.Keep {
		delete(meta, "tokenizeMode") // it asked for a consent that was not given
	}
	given := any(g.Data)
	if g.Token != "" {
		method["paymentMethodId"], given = jsonText(g.Token), nil
	}
	if given != nil {
		card, err := json.Marshal(given)
		if err != nil {
			return gjson.Result{}, err
		}
		fields, err := objectOf(card)
		if err != nil {
			return gjson.Result{}, err
		}
		for name, value := range fields {
			meta[name] = value
		}
	}
	method["paymentMethodType"] = jsonText("CARD")
	for _, into := range []struct {
		doc   map[string]json.RawMessage
		name  string
		inner any
	}{{method, "paymentMethodMetaData", meta}, {doc, "paymentMethod", method}} {
		if into.doc[into.name], err = json.Marshal(into.inner); err != nil {
			return gjson.Result{}, err
		}
	}
	whole, err := json.Marshal(doc)
	return gjson.ParseBytes(whole), err
}

// objectOf reads an object; of nothing it is empty.
func objectOf(raw []byte) (map[string]json.RawMessage, error) {
	doc := map[string]json.RawMessage{}
	if len(raw) == 0 || string(raw) == "null" {
		return doc, nil
	}
	err := json.Unmarshal(raw, &doc)
	return doc, err
}

func jsonText(s string) json.RawMessage {
	b, _ := json.Marshal(s) // a string can always be written
	return b
}
