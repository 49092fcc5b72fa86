package diagnose

import "strings"

// ofNumber looks at the value of an amount that is a number.
func (v *values) ofNumber(raw string, at int) {
	end := at + len(raw)
	whole, fraction, _ := strings.Cut(raw, ".")
	if strings.Trim(fraction, "0") == "" {
		v.add(amountWasText, at, end, `"`+whole+`"`)
	}
	if minor := minorUnits(raw); minor != "" {
		v.add(amountWasMinor, at, end, `"`+minor+`"`)
	}
}

// ofAmount looks at the value of an amount that is a text.
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
