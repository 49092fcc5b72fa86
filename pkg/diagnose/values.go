package diagnose

import (
	"bytes"
	"iter"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// splice puts another text in the place of a part of a body.
type splice struct {
	at, end int
	with    string
}

// spliced is a text with some of its parts replaced, which stand in it in this
// order. It is false where two of them overlap.
func spliced(text string, parts []splice) ([]byte, bool) {
	out := make([]byte, 0, len(text)+32)
	pos, inserted := 0, false
	for _, p := range parts {
		insert := p.at == p.end
		if p.at < pos || p.at == pos && insert && inserted {
			return nil, false
		}
		inserted = insert
		out = append(append(out, text[pos:p.at]...), p.with...)
		pos = p.end
	}
	return append(out, text[pos:]...), true
}

// habit is one thing that a framework does to the values of a body, undone: all
// places where it may have been at work.
type habit []splice

// values are the places of a document whose value a framework may have changed.
type values struct {
	text   string
	habits []habit  // undone everywhere at once, or in some places
	blanks []splice // white space around a string that may have been trimmed
	drops  []gap    // where a member may have been dropped
	asked  []splice // question marks that may have been letters
}

// gap is a place in an object where a member may stand.
type gap struct {
	at          int
	front, back string // what separates it from its neighbours
	colon       string
}

// The habits, in the order in which they stand in values.habits.
const (
	nullWasEmpty = iota // ConvertEmptyStringsToNull of Laravel
	emptyWasNull
	listWasObject // json_decode of PHP into arrays
	objectWasList
	nullWasList // a nil slice of Go
	listWasNull
	nullWasObject
	wasTrimmed
	blankWasNoBreak
	noBreakWasBlank
	wasDecomposed // NFD of macOS
	wasComposed
	amountWasText
	amountWasMinor
	habitsKnown
)

// valuesOf finds the places in the JSON document that a text begins with.
func valuesOf(text string, n node) values {
	v := values{text: text, habits: make([]habit, habitsKnown)}
	pos := 0
	find := func(raw string) int {
		at := pos + strings.Index(text[pos:], raw)
		pos = at + len(raw)
		return at
	}
	var walk func(n node, name string)
	walk = func(n node, name string) {
		switch n.kind {
		case '"':
			v.ofString(n, find(n.raw))
		case '0':
			v.ofLiteral(n, name, find(n.raw))
		default:
			at := find(string(n.kind))
			inside := pos
			start := pos // of the member at hand
			sep, colon := "", ":"
			for i, kid := range n.kids {
				before := pos
				if n.kind == '{' {
					name = n.keys[i].text
					start = find(n.keys[i].raw)
					key := pos
					pos += strings.IndexByte(text[pos:], ':') + 1
					for pos < len(text) && strings.IndexByte(" \t\r\n", text[pos]) >= 0 {
						pos++
					}
					colon = text[key:pos]
					if sep == "" {
						sep = "," + text[inside:start]
					}
					if i > 0 {
						sep = text[before:start]
					}
				}
				if n.kind == '{' && kid.kind == '"' && kid.text != "" {
					v.ofAmount(n, i, pos+strings.Index(text[pos:], kid.raw))
				}
				walk(kid, name)
				if n.kind == '{' {
					if i == 0 {
						v.drops = append(v.drops, gap{at: start, back: sep, colon: colon})
					}
					v.drops = append(v.drops, gap{at: pos, front: sep, colon: colon})
				}
			}
			end := find(string(closingOf(n.kind))) + 1
			if len(n.kids) == 0 {
				v.ofEmpty(n, splice{at, end, ""})
			}
		}
	}
	walk(n, "")
	return v
}

func (v *values) add(h int, at, end int, with string) {
	v.habits[h] = append(v.habits[h], splice{at, end, with})
}

func (v *values) ofString(n node, at int) {
	end := at + len(n.raw)
	inner := n.raw[1 : len(n.raw)-1]
	if inner == "" {
		v.add(emptyWasNull, at, end, "null")
		v.blanks = append(v.blanks, splice{at + 1, at + 1, " "}, splice{at + 1, at + 1, "  "})
		return
	}
	replaced := func(h int, changed string) {
		if changed != inner {
			v.add(h, at+1, end-1, changed)
		}
	}
	replaced(wasTrimmed, strings.TrimSpace(inner))
	replaced(wasDecomposed, norm.NFD.String(inner))
	replaced(wasComposed, norm.NFC.String(inner))
	for i, r := range inner {
		switch {
		case r == ' ':
			v.add(blankWasNoBreak, at+1+i, at+2+i, "\u00a0")
		case r == '\u00a0' || r == '\u202f' || r == '\u3000':
			v.add(noBreakWasBlank, at+1+i, at+1+i+len(string(r)), " ")
		}
	}
	if strings.Trim(inner, " \t\r\n") == inner {
		for _, blank := range []string{" ", "  ", `\n`, `\t`, `\r\n`, "\u00a0"} {
			v.blanks = append(v.blanks, splice{at + 1, at + 1, blank}, splice{end - 1, end - 1, blank})
		}
	}
	if !strings.Contains(n.text, "://") {
		for i := 0; i < len(inner); i++ {
			run := 0
			for i+run < len(inner) && inner[i+run] == '?' {
				run++
			}
			if run > 0 {
				v.asked = append(v.asked, splice{at + 1 + i, at + 1 + i + run, ""})
				i += run
			}
		}
	}
}

func (v *values) ofLiteral(n node, name string, at int) {
	end := at + len(n.raw)
	if n.raw == "null" {
		v.add(nullWasEmpty, at, end, `""`)
		v.blanks = append(v.blanks, splice{at, end, `" "`}, splice{at, end, `"  "`})
		v.add(nullWasList, at, end, "[]")
		v.add(nullWasObject, at, end, "{}")
		return
	}
	if name != "value" || !isNumber(n.raw) {
		return
	}
	whole, fraction, _ := strings.Cut(n.raw, ".")
	if strings.Trim(fraction, "0") == "" {
		v.add(amountWasText, at, end, `"`+whole+`"`)
	}
	if minor := minorUnits(n.raw); minor != "" {
		v.add(amountWasMinor, at, end, `"`+minor+`"`)
	}
}

// ofAmount looks at a member of an amount.
func (v *values) ofAmount(n node, i, at int) {
	if n.keys[i].text != "value" {
		return
	}
	if minor := minorUnits(n.kids[i].text); minor != "" {
		v.add(amountWasMinor, at, at+len(n.kids[i].raw), `"`+minor+`"`)
	}
}

// minorUnits returns what 19.99, 19.9 and "1,999.00" are in the smallest unit,
// empty for what has no fraction.
func minorUnits(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), " ", "")
	at := strings.LastIndexAny(s, ".,")
	if at < 0 || len(s)-at > 4 {
		return ""
	}
	digits := strings.NewReplacer(".", "", ",", "").Replace(s)
	if len(s)-at == 2 { // 19.9
		digits += "0"
	}
	if strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	if digits = strings.TrimLeft(digits, "0"); digits == "" {
		return "0"
	}
	return digits
}

func (v *values) ofEmpty(n node, s splice) {
	if n.kind == '[' {
		v.add(listWasObject, s.at, s.end, "{}")
		v.add(listWasNull, s.at, s.end, "null")
		return
	}
	v.add(objectWasList, s.at, s.end, "[]")
}

// with is the document with some places changed; nil where they overlap.
func (v *values) with(parts ...splice) []byte {
	slices.SortFunc(parts, func(a, b splice) int {
		if a.at != b.at {
			return a.at - b.at
		}
		return a.end - b.end
	})
	body, ok := spliced(v.text, parts)
	if !ok || bytes.Equal(body, []byte(v.text)) {
		return nil
	}
	return body
}

const (
	manyPlaces = 6   // of a habit, up to which every choice of them is tried
	fewPlaces  = 64  // of all habits, up to which two at a time are tried
	threeAtOne = 100 // white space around strings, up to which three at a time are tried
)

// revalued yields the bodies of which frameworks may have made the given one by
// changing values: habits everywhere, habits in some places, one change more. deep
// goes on where those before found nothing.
func (s *search) revalued(deep bool) iter.Seq[job] {
	return func(yield func(job) bool) {
		given := s.body.body.bytes()
		if len(given) > maxRevalued {
			return
		}
		left := manyRevalued
		if deep {
			left *= 4
		}
		for _, v := range documents(given) {
			try := func(parts ...splice) bool {
				body := v.with(slices.Clone(parts)...)
				if body == nil {
					return true
				}
				left -= len(body) + hashCost
				return left >= 0 && yield(job{candidate{body: onePiece(body), json: true}, s.alike(), false})
			}
			if !deep && !(v.combined(try) && v.single(try) && v.letters(try, false)) ||
				deep && !(v.double(try) && v.members(try) && v.letters(try, true)) {
				return
			}
		}
	}
}

// revaluedUnder yields the bodies in which one value differs, under heads of which
// each differs too.
func (s *search) revaluedUnder(heads []head) iter.Seq[job] {
	return func(yield func(job) bool) {
		given := s.body.body.bytes()
		if len(given) > maxEdited {
			return
		}
		left := manyRevalued
		for _, v := range documents(given) {
			try := func(parts ...splice) bool {
				body := v.with(parts...)
				left -= (len(body) + hashCost) * len(heads)
				return body == nil || left >= 0 && yield(job{candidate{body: onePiece(body), json: true}, heads, false})
			}
			for _, p := range v.places() {
				if !try(p) {
					return
				}
			}
			for _, p := range v.asked {
				for _, c := range commonLetters {
					if p.with = string(c); !try(p) {
						return
					}
				}
			}
		}
	}
}

const (
	maxRevalued  = 16 << 10 // bytes of a body above which its values are not looked at one by one
	manyRevalued = 40 << 20 // bytes of the bodies that are made of it at most; four times as many later
)

// documents are a body as it is, and as the gateway would write it.
func documents(given []byte) []values {
	text := string(given)
	n, end, ok := parseJSON(text)
	if !ok || strings.TrimSpace(text[end:]) != "" {
		return nil
	}
	list := []values{valuesOf(text, n)}
	if plain := string(layouts()[0].write(nil, n.escaped(escaping{}), 0)); plain != text {
		if n, _, ok := parseJSON(plain); ok {
			list = append(list, valuesOf(plain, n))
		}
	}
	return list
}

// combined undoes up to three habits everywhere, and each in some of its places.
func (v *values) combined(try func(...splice) bool) bool {
	for i, a := range v.habits {
		if len(a) == 0 {
			continue
		}
		if !try(a...) {
			return false
		}
		for j, b := range v.habits[:i] {
			if len(b) == 0 {
				continue
			}
			if !try(slices.Concat(a, b)...) {
				return false
			}
			for _, c := range v.habits[:j] {
				if len(c) > 0 && !try(slices.Concat(a, b, c)...) {
					return false
				}
			}
		}
	}
	for _, a := range v.habits {
		for _, some := range choices(a, manyPlaces) {
			if !try(some...) {
				return false
			}
		}
	}
	for _, some := range v.cleaned() {
		if !try(some...) {
			return false
		}
	}
	return true
}

// choices are all parts of a habit that has at most so many places.
func choices(h habit, most int) [][]splice {
	var list [][]splice
	for set := 1; len(h) <= most && set < 1<<len(h); set++ {
		var some []splice
		for i, p := range h {
			if set>>i&1 == 1 {
				some = append(some, p)
			}
		}
		list = append(list, some)
	}
	return list
}

// cleaned undoes what Laravel does to values that are empty, where some of those
// that look so now were so before: null and [] in every choice.
func (v *values) cleaned() [][]splice {
	const most = 4
	nulls, lists := choices(v.habits[nullWasEmpty], most), choices(v.habits[listWasObject], most)
	list := slices.Concat(nulls, lists)
	for _, a := range nulls {
		for _, b := range lists {
			list = append(list, slices.Concat(a, b))
		}
	}
	return list
}

// single makes one change alone, and one with a habit that was at work everywhere.
func (v *values) single(try func(...splice) bool) bool {
	for _, p := range v.places() {
		if !try(p) {
			return false
		}
		for i, a := range v.habits {
			if len(a) > 0 && (i <= wasTrimmed || i == wasDecomposed || i == wasComposed) && !try(append(slices.Clone(a), p)...) {
				return false
			}
		}
	}
	return true
}

// places are all changes of one value.
func (v *values) places() []splice {
	list := slices.Clone(v.blanks)
	for _, a := range v.habits {
		list = append(list, a...)
	}
	return list
}

// plainBlanks are single blanks, which people type by accident.
func (v *values) plainBlanks() []splice {
	var list []splice
	for _, p := range v.blanks {
		if p.with == " " {
			list = append(list, p)
		}
	}
	return list
}

// double makes two changes, and three where few are possible.
func (v *values) double(try func(...splice) bool) bool {
	places := v.plainBlanks()
	for _, a := range v.habits {
		if len(places)+len(a) <= 2*fewPlaces {
			places = append(places, a...)
		}
	}
	if len(places) > 4*fewPlaces {
		return true
	}
	for _, some := range v.cleaned() {
		for _, p := range v.plainBlanks() {
			if !try(append(slices.Clone(some), p)...) {
				return false
			}
		}
	}
	all := slices.Concat(v.habits[nullWasEmpty], v.habits[listWasObject])
	for i, a := range places {
		for _, b := range places[:i] {
			if !try(a, b) || len(all) > 0 && len(all) < fewPlaces && !try(append(slices.Clone(all), a, b)...) {
				return false
			}
		}
	}
	blanks := v.plainBlanks()
	if len(blanks) > threeAtOne {
		return true
	}
	for i, a := range blanks {
		for j, b := range blanks[:i] {
			for _, c := range blanks[:j] {
				if !try(a, b, c) {
					return false
				}
			}
		}
	}
	return true
}

// members puts a member back that was dropped since it was null or empty, one of
// those that APO's messages are documented to have.
func (v *values) members(try func(...splice) bool) bool {
	if len(v.drops) > 2*fewPlaces {
		return true
	}
	for _, value := range []string{"null", `""`, "[]", "{}"} {
		for name := range strings.FieldsSeq(documentedMembers) {
			for _, g := range v.drops {
				if !try(g.holding(name, value)) {
					return false
				}
			}
		}
	}
	return v.twoNulls(try)
}

// holding is a gap with a member in it.
func (g gap) holding(name, value string) splice {
	return splice{g.at, g.at, g.front + `"` + name + `"` + g.colon + value + g.back}
}

// twoNulls puts two members back that were null, of those that are null most often:
// who drops one drops all.
func (v *values) twoNulls(try func(...splice) bool) bool {
	if len(v.drops) > fewPlaces/2 {
		return true
	}
	for name := range strings.FieldsSeq(oftenNull) {
		for other := range strings.FieldsSeq(oftenNull) {
			if name == other {
				continue
			}
			for i, g := range v.drops {
				one, two := g.holding(name, "null"), g.holding(other, "null")
				if one.with += two.with; !try(one) {
					return false
				}
				for _, h := range v.drops[:i] {
					if !try(g.holding(name, "null"), h.holding(other, "null")) {
						return false
					}
				}
			}
		}
	}
	return true
}

const oftenNull = `metadata customizedInfo pspCustomerInfo promotionResult promotionResults grossSettlementAmount settlementQuote exemptionType
	acquirerReferenceNo authExpiryTime paymentTime arn rrn redirectActionForm`

// documentedMembers are those of notifications and answers that need not have a
// value.
const documentedMembers = `metadata customizedInfo pspCustomerInfo promotionResult promotionResults grossSettlementAmount settlementQuote
	customsDeclarationAmount processingAmount paymentQuote retryInfo updateRequestId subscriptionOrderId taxCalculationId paymentMethodType
	authExpiryTime acquirerReferenceNo acquirerInfo paymentResultInfo threeDSResult paymentTime paymentCreateTime captureTime refundTime
	arn rrn actualRefundAmount refundAmount captureAmount captureId transactions redirectActionForm merchantAccountId cardInfo authPaymentId
	earliestSettlementTime transit surcharge normalUrl schemeUrl applinkUrl appIdentifier paymentData challengeActionForm
	acquirerName acquirerMerchantId acquirerTransactionId referenceRequestId acquirerResultCode acquirerResultMessage acquirerMerchantName
	acquirerReasonDescription acquirerCardToken ptspTransactionId
	cardNo cardBrand cardToken cardBin lastFour expiryMonth expiryYear funding issuerName issuingCountry paymentMethodRegion fingerprint
	holdName cardholderName avsResultRaw cvvResultRaw networkTransactionId refusalCodeRaw refusalReasonRaw merchantAdviceCode cardCategory
	credentialTypeUsed exemptionRequested authorizationCode creditPayPlan accountNo userAuthorizationStatus
	incrementalAuthorizationAvailable extendedAuthorizationAvailable refundOnAuthorizationAvailable
	threeDSVersion eci cavv dsTransactionId xid threeDStransactionStatusReason challengeCancel challenged threeDSOffered exemptionType
	threeDSType paResStatus liabilityShift resultMessage
	disputeReasonMsg disputeReasonCode disputeSource defenseDueTime disputeJudgedTime disputeJudgedAmount disputeJudgedResult
	disputeAcceptReason disputeAcceptTime disputeType defendable autoDefendReason vaultingRequestId paymentMethodDetail vaultingCreateTime`

// letters puts one letter, or one letter each, back in the place of question marks.
// A charset that lacks a letter has written them: one for each letter, or one for
// each of its bytes.
func (v *values) letters(try func(...splice) bool, deep bool) bool {
	if len(v.asked) == 0 || len(v.asked) > 4 {
		return true
	}
	for _, p := range v.asked {
		for _, r := range lettersOf(p.end-p.at, deep) {
			for c := r[0]; c <= r[1]; c++ {
				if p.with = string(c); !try(p) {
					return false
				}
			}
		}
		for at := p.at; p.end-p.at > 1 && at < p.end && !deep; at++ { // "é?"
			for _, c := range commonLetters {
				if !try(splice{at, at + 1, string(c)}) {
					return false
				}
			}
		}
	}
	var each []splice // one letter for each mark
	for _, p := range v.asked {
		for at := p.at; at < p.end; at++ {
			each = append(each, splice{at, at + 1, ""})
		}
	}
	letters := []rune(commonLetters)
	switch {
	case !deep || len(each) < 2 || len(each) > 3:
		return true
	case len(each) == 3:
		letters = letters[:24]
	}
	return spelled(each, letters, 0, try)
}

func spelled(each []splice, letters []rune, at int, try func(...splice) bool) bool {
	if at == len(each) {
		return try(each...)
	}
	for _, c := range letters {
		if each[at].with = string(c); !spelled(each, letters, at+1, try) {
			return false
		}
	}
	return true
}

// commonLetters are those beyond ASCII that names have most often.
const commonLetters = "éüöäñóíáçèÉßøåêãôúÜÖÄłşžčšýàâîëïõûæœìòùÿÁÇÍÓÚÑØÅğıİşŞćńśźżąęěřůőűă’“”–—…€™®°"

// lettersOf are the ranges of letters for which a run of marks may stand: each
// mark for a unit of UTF-16, or for a byte of UTF-8.
func lettersOf(run int, deep bool) [][2]rune {
	latin := [2]rune{0xa0, 0x24f}
	punctuation := [2]rune{0x2010, 0x2044}
	emoji := [2]rune{0x1f300, 0x1faff}
	switch {
	case run == 1 && !deep:
		return [][2]rune{latin, punctuation, {0x20a0, 0x20bf}, {0x2122, 0x2122}, {0x1e00, 0x1eff}}
	case run == 1:
		return [][2]rune{{0x250, 0x1dff}, {0x2045, 0x2bff}, {0x3000, 0x30ff}, {0x4e00, 0x9fff}, {0xac00, 0xd7a3}, {0xfe0f, 0xfe0f}, {0xff01, 0xffee}, emoji}
	case run == 2 && !deep:
		return [][2]rune{latin, {0x250, 0x7ff}, emoji}
	case run == 3 && deep:
		return [][2]rune{{0x800, 0x30ff}, {0x4e00, 0x9fff}, {0xac00, 0xd7a3}, {0xff01, 0xffee}}
	case run == 4 && !deep:
		return [][2]rune{emoji}
	}
	return nil
}
