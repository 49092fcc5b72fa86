package apo

import "strings"

// cardNumbers are what a [Masker] takes for card numbers in a text that somebody
// typed or pasted, as digits: in groups with whatever sign between, and in every
// form that is looked for of known values. None is found inside a longer number.
func cardNumbers(text string) (found []string) {
	if len(text) < shortestCard {
		return nil
	}
	walk(view{text: text}, deepest, func(v view) {
		if digitsIn(v.text) < shortestCard {
			return
		}
		s := squeezed(v.text)
		for i := nextDigits(s, 0); i < len(s); {
			end, digits := digitRun(s, i)
			if IsCardNumber(digits) {
				found = append(found, digits)
			}
			i = nextDigits(s, end)
		}
	})
	return found
}

// LooksLikeCard reports whether a text holds what could be a card number, in any
// form. It is for places where a name or an ID belongs.
func LooksLikeCard(text string) bool { return len(cardNumbers(text)) > 0 }

// squeezed puts one dash for all that stands between letters and digits, but for
// stars and for the colon before a port.
func squeezed(text string) string {
	out := make([]byte, 0, len(text))
	for i := range len(text) {
		if c := text[i]; isAlnum(c) || c == '*' || c == ':' {
			out = append(out, text[i])
		} else if n := len(out); n > 0 && out[n-1] != '-' {
			out = append(out, '-')
		}
	}
	if text = string(out); digitsIn(text) < digitsOfID {
		return text
	}
	return ungrouped(text)
}

// LearnTyped is Learn for a text that somebody typed, such as an argument, where
// nobody knows what it is: card numbers in any form, and what may be the security
// code and the expiry date beside one.
func (k *Known) LearnTyped(text string) (found bool) {
	numbers := cardNumbers(text)
	if len(numbers) == 0 {
		return false
	}
	k.Learn([]byte(text))
	k.addTyped(func(x *index) {
		for _, digits := range numbers {
			x.once(typedNumber+digits, func(x *index) { x.addNumber(digits) })
		}
	})
	ends := map[string]bool{}
	for _, digits := range numbers {
		ends[digits[len(digits)-4:]] = true
	}
	masked := apply(text, k.find(text), false)
	k.addTyped(func(x *index) {
		replaceGroups(masked, func(group string) bool {
			if digits := plainDigits(group); !ends[digits] && len(digits) >= 3 && len(digits) <= len("122035") {
				x.codes[group] = true
			}
			return false
		})
	})
	return true
}

const typedNumber = "number "

// addTyped adds to what was learnt by LearnTyped.
func (k *Known) addTyped(add func(*index)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.typed == nil {
		k.typed = newIndex()
	}
	add(k.typed)
}

// Forget takes back what LearnTyped has learnt from a text, which turned out to be
// the ID of a payment.
func (k *Known) Forget(text string) {
	numbers := cardNumbers(text)
	if len(numbers) == 0 {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.typed == nil {
		return
	}
	left := newIndex()
	left.codes = k.typed.codes
	for _, digits := range numbers {
		delete(k.typed.names, typedNumber+digits)
	}
	for name := range k.typed.names {
		left.once(name, func(x *index) { x.addNumber(strings.TrimPrefix(name, typedNumber)) })
	}
	k.typed = left
}

// ID masks an ID under which somebody may have given a card number, in whatever
// form: the last four digits stay of what can be read, and nothing of the rest.
func (m Masker) ID(id string) string {
	m.IDs = false
	masked := m.Text(id)
	if t := strings.TrimSpace(id); strings.HasPrefix(t, "{") {
		masked = string(m.JSON([]byte(id)))
	}
	if len(cardNumbers(masked)) > 0 {
		return numberMark
	}
	return masked
}

// isTypedID knows the names of IDs by which somebody may ask, or that a caller of
// the gateway makes up. The card scheme's own number is none.
func isTypedID(name string) bool {
	switch name {
	case "paymentRequestId", "paymentId", "captureRequestId", "captureId", "refundRequestId", "refundId",
		"vaultingRequestId", "updateRequestId", "disputeId", "transactionRequestId", "transactionId",
		"referenceOrderId", "referenceRequestId", "acquirerTransactionId", "acquirerReferenceNo":
		return true
	}
	return false
}
