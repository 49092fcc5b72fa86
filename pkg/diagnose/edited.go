package diagnose

import (
	"bytes"
	"iter"
)

const oneCharacter = "one character of the body is not what was signed"

// editsBeside are bodies that differ in another thing, and in one digit beside it: an
// amount or an ID was edited, and what was edited was written or packed in another way.
// Beside a change of one value, only the digits of amounts are looked at: there are many
// such changes.
func (s *search) editsBeside(candidates []candidate) iter.Seq[job] {
	const most = 80 << 20 // bytes of bodies
	return func(yield func(job) bool) {
		left := most
		try := func(base candidate, at []int) bool {
			body := base.body.bytes()
			if left -= 9 * len(at) * (len(body) + hashCost); left < 0 {
				return false
			}
			for _, i := range at {
				for d := byte('0'); d <= '9'; d++ {
					one := candidate{body: pieces{body[:i], {d}, body[i+1:]}, edited: &base}
					if d != body[i] && !yield(job{one, []head{s.given}, false}) {
						return false
					}
				}
			}
			return true
		}
		for _, d := range s.documents() {
			beside := func(parts ...splice) bool {
				body := d.with(append([]splice(nil), parts...)...)
				return body == nil || try(d.candidate(body), amountDigits(body))
			}
			if len(d.text) <= maxEdited && !(d.alone(beside) && d.letters(beside, false)) {
				return
			}
		}
		for _, c := range candidates {
			if c.tier == 1 && c.body.len() <= maxEdited && c.fault.Cause != BodyEdited && !try(c, digits(c.body.bytes())) {
				return
			}
		}
	}
}

func digits(body []byte) []int {
	var list []int
	for i, c := range body {
		if isDigit(c) {
			list = append(list, i)
		}
	}
	return list
}

// amountDigits are the digits of what is called a value.
func amountDigits(body []byte) []int {
	const name, most = `"value"`, 24
	var list []int
	for at := 0; ; {
		found := bytes.Index(body[at:], []byte(name))
		if found < 0 {
			return list
		}
		at += found + len(name)
		for i := at; i < len(body) && i < at+most && bytes.IndexByte([]byte("0123456789 :\"."), body[i]) >= 0; i++ {
			if isDigit(body[i]) {
				list = append(list, i)
			}
		}
	}
}
