package apo

import "slices"

// leastEchoed are the bytes of a message of which an encoded form is told from anything
// else.
const leastEchoed = 24

// LearnMessage is Learn for a message that is handed on: what answers it may print any
// of it, in any form. So card numbers in free text are learnt too, and where there is
// anything to hide all of the message is hidden that is encoded, or written backwards: a
// security code is too short to be found by itself.
func (k *Known) LearnMessage(message []byte) (found bool) {
	found = k.Learn(message)
	m := Masker{number: func(written, digits string) {
		found = true
		k.learnNumber(digits)
		k.learnSecret(written, editSecret)
	}}
	m.JSON(message)
	if !found {
		return false
	}
	backwards := slices.Clone(message)
	slices.Reverse(backwards)
	k.add("message "+string(message), func(x *index) {
		x.addForms(string(message), editSecret, leastEchoed)
		x.addPattern(string(backwards), leastEchoed, editSecret)
	})
	return true
}

// wrote passes on a card number that was found in free text.
func (m Masker) wrote(written, digits string) {
	if m.number != nil {
		m.number(written, digits)
	}
}
