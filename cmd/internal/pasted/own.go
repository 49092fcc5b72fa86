package pasted

import (
	"regexp"
	"slices"
	"strings"
)

// inOwnLine finds the number in what apo itself printed: a verdict, or a row of a list.
func inOwnLine(text string) (n Number, found bool, err error) {
	text = colors().ReplaceAllString(text, "")
	if verdict().MatchString(text) {
		return inVerdict(text)
	}
	return inRows(strings.Split(strings.TrimSpace(text), "\n"))
}

// inRows finds the number in one row of a list, or the numbers in several.
func inRows(lines []string) (n Number, found bool, err error) {
	var numbers []string
	for i, line := range lines {
		row := ownRow().FindStringSubmatch(strings.TrimSpace(line))
		switch {
		case timelineRow().MatchString(line):
			continue
		case row == nil && i == 0 && len(lines) > 1 && strings.Contains(line, "profile"): // the header
			continue
		case row == nil:
			return Number{}, false, nil
		}
		if of := inRow(row[1]); of != "" {
			numbers = append(numbers, of)
		}
	}
	switch numbers = distinct(numbers); len(numbers) {
	case 0:
		return Number{}, true, ErrNone
	case 1:
		return Number{Text: numbers[0], Guessed: true}, true, nil
	}
	return Number{}, true, &ManyError{numbers}
}

// verdict is the line by which a command ends: "LOCAL ✔ captured  SGD 42.00 …".
func verdict() *regexp.Regexp { return regexp.MustCompile(`(?m)^(?:LOCAL|SANDBOX|LIVE) [^\w\s] ?`) }

// mode is the column of a profile: "SANDBOX sg".
func mode() *regexp.Regexp { return regexp.MustCompile(`^(?:LOCAL|SANDBOX|LIVE) `) }

// ownRow is a row of a list, behind its time: of log, find, timeline, and of several
// payments.
func ownRow() *regexp.Regexp {
	return regexp.MustCompile(`^(?:[0-9]+\s+)?[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]{8,12}(?: [A-Z+-][\w+:-]*)?(?:\t|\s{2,})(.*)$`)
}

// timelineRow is one of a timeline, whose rows have no numbers.
func timelineRow() *regexp.Regexp {
	return regexp.MustCompile(`^\s*(?:[0-9]{4}-[0-9]{2}-[0-9]{2} )?[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}\s`)
}

// inVerdict finds the number in the facts of verdicts.
func inVerdict(text string) (Number, bool, error) {
	for _, name := range []string{"paymentId", "payment", "paymentRequestId", "refundRequestId", "refundId", "captureRequestId", "captureId", "not found"} {
		facts := regexp.MustCompile(`(?:^|[\s(])`+name+`[ =:]+([^\s,:;()]+)`).FindAllStringSubmatch(text, -1)
		var numbers []string
		for _, fact := range facts {
			if name == "not found" || strings.ContainsAny(fact[1], digits) {
				numbers = append(numbers, fact[1])
			}
		}
		switch numbers = distinct(numbers); {
		case len(numbers) > 1:
			return Number{}, true, &ManyError{numbers}
		case len(numbers) == 1:
			return Number{Text: numbers[0], Guessed: true}, true, nil
		}
	}
	return Number{}, true, ErrNone
}

// inRow is the number in the columns of a row: a paymentId, else in a list of records the
// last column; "" where there is none.
func inRow(columns string) string {
	fields := regexp.MustCompile(`\t| {2,}`).Split(columns, -1)
	if of := slices.IndexFunc(fields, isPaymentID); of >= 0 {
		return fields[of]
	}
	last := strings.TrimSpace(fields[len(fields)-1])
	ofLog := slices.ContainsFunc(fields, func(f string) bool { return mode().MatchString(f) })
	if !ofLog || strings.Contains(last, " ") || strings.ToUpper(last) == last && !strings.ContainsAny(last, digits) {
		return ""
	}
	return last
}
