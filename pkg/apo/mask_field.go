package apo

import "strings"

// hiding says how the value of a field is hidden.
type hiding int

const (
	asText   hiding = iota // look for card numbers
	asID                   // leave alone
	asBin                  // leave the digits that tell the issuer
	asResult               // look for a security code, else for card numbers
	asNumber               // keep the last four digits
	asSecret               // nothing
	asCode                 // nothing: a card's security code
	asExpiry               // nothing
	asToken                // nothing, unless tokens are kept
)

// hides reports whether a field's name alone says that its value is hidden.
func (h hiding) hides() bool { return h >= asNumber }

// longestName is as much of a name as is looked at, in bytes: its end.
const longestName = 64

// hidingOf finds out by a field's name, in whatever spelling: cardNo, card_no,
// "card.number", payment[card][cvv].
func hidingOf(field string) hiding {
	if len(field) > longestName {
		field = field[len(field)-longestName:]
	}
	name := lastName(field)
	var room [longestName]byte
	joined := joinedName(name, room[:0])
	switch {
	case maySay(joined):
		return hidingOfJoined(field, name, string(joined))
	case isIDName(name):
		return asID
	case len(name) < len(field):
		return partOfCard(strings.TrimSuffix(field, name), string(joined))
	}
	return asText
}

// hidingOfJoined is hidingOf for a name that has a word in it which may say so.
func hidingOfJoined(field, name, joined string) hiding {
	switch {
	case isToken(joined):
		return asToken
	case isCode(joined):
		if isOutcome(joined) {
			return asResult
		}
		return asCode
	case isNumber(joined):
		return asNumber
	case isExpiry(joined):
		return asExpiry
	case isSecret(joined):
		return asSecret
	case joined == "cardbin", joined == "cardiin", joined == "bin", joined == "iin":
		return asBin
	case isIDName(name), isPhone(joined):
		return asID
	}
	return partOfCard(strings.TrimSuffix(field, name), joined)
}

// maySay reports whether a name has the beginning of a word in it that could say
// whether its value is hidden, but for those that name an ID. Most names have none.
func maySay(name []byte) bool {
	if len(name) < 3 {
		return true
	}
	for i := range len(name) - 2 {
		switch second, third := name[i+1], name[i+2]; name[i] {
		case 'c':
			if second == 'v' || second == 'c' || second == 's' || second == 'a' && (third == 'r' || third == 'v') {
				return true
			}
		case 'b', 'e', 'i', 'k', 'p':
			switch string(name[i : i+3]) {
			case "bin", "iin", "exp", "key", "pan", "pin", "pas", "pho":
				return true
			}
		case 's', 't', 'v', 'm', 'y', 'g':
			switch string(name[i : i+3]) {
			case "sec", "str", "tok", "tra", "ver", "val", "met", "mmy", "mob", "yym", "goo":
				return true
			}
		}
	}
	return false
}

// hidingIn is hidingOf for a field inside another one.
func hidingIn(outer, field string) hiding {
	how := hidingOf(field)
	switch {
	case how != asText:
		return how
	case strings.HasSuffix(outer, "mount") && field == "value":
		return asID // of money
	}
	return partOfCard(outer, field)
}

// partOfCard knows the short names that fields of a card have inside it:
// card.number, card[month].
func partOfCard(outer, field string) hiding {
	outer = strings.TrimRight(outer, "./:[]()")
	if begin := len(outer) - len("card"); begin < 0 || !strings.EqualFold(outer[begin:], "card") {
		return asText
	}
	switch strings.ToLower(field) {
	case "number", "no", "num":
		return asNumber
	case "month", "year":
		return asExpiry
	}
	return asText
}

// lastName is the last word of a path that names a field; positions of lists
// name nothing.
func lastName(field string) string {
	for {
		i := len(field) - 1
		for i >= 0 && !dividesNames(field[i]) {
			i--
		}
		if i < 0 {
			return field
		}
		if last := field[i+1:]; last != "" && !isDigits(last) {
			return last
		}
		field = field[:i]
	}
}

// dividesNames knows the signs between the names of a path.
func dividesNames(c byte) bool {
	switch c {
	case '.', '[', ']', '/', ':', '$', '(', ')', '@', '#':
		return true
	}
	return false
}

// joinedName is a name in lower case without what stands between its words.
func joinedName(name string, room []byte) []byte {
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'A' && c <= 'Z':
			room = append(room, c|0x20)
		case c != '-' && c != '_' && c != ' ':
			room = append(room, c)
		}
	}
	return room
}

func isNumber(name string) bool {
	switch name {
	case "pan", "fpan", "dpan", "cardpan", "maskedpan", "primaryaccountnumber", "accountno", "accountnumber", "ccno", "ccnum":
		return true
	}
	for _, end := range []string{"cardno", "cardnum", "pannumber", "panno"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return strings.Contains(name, "cardnumber") || strings.Contains(name, "ccnumber")
}

// isCode knows a card's security code by the many names that schemes and shops
// have for it. A cavv is none.
func isCode(name string) bool {
	if strings.Contains(name, "cvv") || strings.Contains(name, "securitycode") || strings.Contains(name, "verificationvalue") || strings.Contains(name, "cardverification") {
		return true
	}
	name = withoutCard(name)
	for _, end := range []string{"code", "value", "number", "num", "no", "data"} {
		name = strings.TrimSuffix(name, end)
	}
	name = strings.TrimRight(name, "12")
	switch name {
	case "cvc", "csc", "cvn", "cvd", "cav", "icvc":
		return true
	}
	return false
}

// isOutcome knows what became of a check of the code from the code itself.
func isOutcome(name string) bool {
	for _, word := range []string{"result", "check", "match", "status", "response", "required", "present", "indicator", "message", "error", "reason"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

func isExpiry(name string) bool {
	if name == "expires" || name == "expire" {
		return false // a session does too
	}
	name = withoutCard(name)
	found := false
	for _, begin := range []string{"expiration", "expiry", "expires", "expire", "exp", "validthrough", "validthru", "goodthru"} {
		if rest, cut := strings.CutPrefix(name, begin); cut {
			name, found = rest, true
			break
		}
	}
	if !found {
		return name == "mmyy" || name == "yymm"
	}
	switch name {
	case "", "date", "month", "year", "monthyear", "yearmonth", "mm", "yy", "yyyy", "mmyy", "yymm", "mon", "yr":
		return true
	}
	return false
}

func isSecret(name string) bool {
	switch name {
	case "cardpassworddigest", "password", "passwd", "passphrase", "pin", "pinblock", "cardpin", "clientsecret", "secretkey", "apikey",
		"privatekey", "merchantprivatekey", "signingkey", "agenttoken", "accesstoken", "refreshtoken":
		return true
	}
	for _, word := range []string{"track1", "track2", "track3", "trackdata", "magstripe", "magneticstripe"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

func isToken(name string) bool {
	switch name {
	case "paymentmethodid", "networktoken":
		return true // a token alone may be one of a page that the buyer has to open
	}
	return strings.HasSuffix(name, "cardtoken")
}

func isPhone(name string) bool {
	if !strings.Contains(name, "phone") && !strings.Contains(name, "mobile") {
		return false
	}
	for _, end := range []string{"phone", "phoneno", "phonenumber", "mobile", "mobileno", "mobilenumber"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

func withoutCard(name string) string {
	for _, begin := range []string{"creditcard", "debitcard", "card", "cc"} {
		if rest, cut := strings.CutPrefix(name, begin); cut {
			return rest
		}
	}
	return name
}

// isIDName recognises names of IDs and times by their last word: paymentId,
// client-id, responseTime; not paid or overtime.
func isIDName(field string) bool {
	if field == "" {
		return false
	}
	var ends []string
	switch field[len(field)-1] | 0x20 {
	case 'd':
		ends = []string{"Id", "_ID", "-ID", "-id", "_id"}
	case 'e':
		ends = []string{"Time", "-time", "_time"}
	case 's':
		ends = []string{"Ids"}
	case 'o':
		ends = []string{"ReferenceNo"}
	case 't':
		ends = []string{"Fingerprint"}
	case 'n':
		return strings.EqualFold(field, "arn") || strings.EqualFold(field, "rrn")
	default:
		return false
	}
	for _, end := range ends {
		if strings.HasSuffix(field, end) {
			return true
		}
	}
	if before, found := strings.CutSuffix(field, "ID"); found && before != strings.ToUpper(before) {
		return true // requestID, not INVALID
	}
	if len(field) > len("time") && len(field) != len("fingerprint") {
		return false
	}
	switch strings.ToLower(field) {
	case "id", "ids", "time", "xid", "fingerprint":
		return true
	}
	return false
}
