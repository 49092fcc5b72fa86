package pasted

import (
	"regexp"
	"strings"
)

// inCard finds the last four digits of a card, as dashboards and people write them, with
// what was paid and when where that stands beside them.
func inCard(text string) (n Number, found bool) {
	rest := text
	if m := amountIn().FindString(rest); m != "" {
		n.Amount, rest = strings.TrimSpace(m), strings.Replace(rest, m, " ", 1)
	}
	if m := dayIn().FindString(rest); m != "" {
		n.Day, rest = m, strings.Replace(rest, m, " ", 1)
	}
	n.Brand = brandIn(rest)
	rest = strings.Join(strings.Fields(strings.NewReplacer(",", " ", ";", " ").Replace(rest)), " ")
	rest = regexp.MustCompile(`(?i)(?: (?:on|of|for|from|at|over))+$`).ReplaceAllString(rest, "")
	for _, form := range []*regexp.Regexp{maskedCard(), crossedCard(), lastFourOf()} {
		if four := form.FindStringSubmatch(rest); four != nil {
			n.LastFour = four[1]
			return n, true
		}
	}
	if whole := strings.NewReplacer(" ", "", "-", "").Replace(brandWords().ReplaceAllString(rest, "")); wholeMasked().MatchString(whole) {
		n.LastFour = whole[len(whole)-4:]
		return n, true
	}
	// "VISA 0768" may be a number of four digits, but not beside an amount or a day.
	if four := spokenCard().FindStringSubmatch(rest); four != nil && (n.Amount != "" || n.Day != "") {
		n.LastFour = four[1]
		return n, true
	}
	return Number{}, false
}

// maskedCard finds the last four digits: "VISA **** 0768".
func maskedCard() *regexp.Regexp {
	return regexp.MustCompile(`^(?:\pL[\pL ]*[ :]*)?(?:[*•●·]{1,4}[ -]?){1,4}([0-9]{4})$`)
}

// crossedCard finds them behind letters that stand for digits, which end no word and
// begin no number: "xxxx-xxxx-xxxx-0768".
func crossedCard() *regexp.Regexp {
	return regexp.MustCompile(`^(?:\pL[\pL ]*[ :]+)?(?:[xX]{2,16} ?|(?:[xX]{4}[ -]?){1,4})([0-9]{4})$`)
}

// wholeMasked is a card's whole number with its middle masked, without blanks and dashes:
// "405469******0768".
func wholeMasked() *regexp.Regexp {
	return regexp.MustCompile(`^[0-9]{4,8}[*•●·xX]{4,11}[0-9]{4}$`)
}

// lastFourOf finds them behind their name: "last4 0768", "last four: 0768".
func lastFourOf() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(?:[\pL]+ ){0,3}last[ _-]?(?:4|four)(?: digits)?(?: is| are)?[ :=]+["']?([0-9]{4})["']?$`)
}

// spokenCard finds them behind words for a card: "VISA 0768", "card ending in 0768".
func spokenCard() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(?:(?:credit|debit|card|ending|ends|end|in|with|the|no|number|` + brands + `)[ :.]+)+([0-9]{4})$`)
}

const brands = `visa|mastercard|master|mc|amex|american express|jcb|diners|diners club|discover|unionpay|union pay|maestro|elo|hipercard`

// brandWords are the words before a card's number.
func brandWords() *regexp.Regexp { return regexp.MustCompile(`^\pL[\pL ]*[ :]+`) }

// brandIn is the card's brand that a text names, as the API writes it; "" for none.
func brandIn(text string) string {
	switch brand := strings.ToLower(regexp.MustCompile(`(?i)\b(?:` + brands + `)\b`).FindString(text)); brand {
	case "master", "mc":
		return "MASTERCARD"
	case "american express":
		return "AMEX"
	case "diners club":
		return "DINERS"
	case "union pay":
		return "UNIONPAY"
	default:
		return strings.ToUpper(brand)
	}
}

// fourDigits reports whether a number may be the last digits of a card.
func fourDigits(number string) bool {
	return len(number) == 4 && strings.Trim(number, digits) == ""
}

// amountIn is an amount with its currency: "SGD 42.00".
func amountIn() *regexp.Regexp {
	return regexp.MustCompile(`\b[A-Z]{3} ?[0-9][0-9,]*\.[0-9]{1,3}\b|\b(?:SGD|USD|EUR|GBP|JPY|MYR|THB|PHP|IDR|HKD|CNY|KRW|VND|AUD) ?[0-9][0-9,]*(?:\.[0-9]{1,3})?\b`)
}

// dayIn is a day: "2026-11-30".
func dayIn() *regexp.Regexp { return regexp.MustCompile(`\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b`) }
