package pasted

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Piece is a part of a text that may be a number, and where it stands in the text.
type Piece struct {
	Text     string
	Aside    bool // it stands where an amount, a time, a card or the number of a row does
	from, to int
}

// within reports whether another piece, a longer one, holds this one.
func (p Piece) within(other Piece) bool {
	return other.from <= p.from && p.to <= other.to && other.to-other.from > p.to-p.from
}

const (
	longestNumber = 64   // characters
	mostWords     = 4000 // of a text; who pastes more is told where it begins
)

// Pieces are all parts of a text that may be a number, with digits or without: its words,
// the parts of these between signs that few numbers have, and several such parts with the
// signs between them. It has one list for each way to read the text: as it stands, and
// without what media did to it.
func Pieces(text string) [][]Piece {
	readings := distinct([]string{text, plainText(text), unescaped(plainText(text)), joined(plainText(text))})
	lists := make([][]Piece, len(readings))
	for i, reading := range readings {
		lists[i] = piecesOf(reading)
	}
	return lists
}

func piecesOf(text string) (list []Piece) {
	words := spans(text, inNumber)
	words = words[:min(len(words), mostWords)]
	for i, first := range words {
		for _, last := range words[i:] {
			piece := text[first.from:last.to]
			if utf8.RuneCountInString(piece) > longestNumber || strings.ContainsFunc(piece, unicode.IsSpace) {
				break
			}
			list = append(list, Piece{Text: piece, from: first.from, to: last.to})
			if trimmed := strings.Trim(piece, "_-"); trimmed != piece && trimmed != "" {
				at := first.from + strings.Index(piece, trimmed)
				list = append(list, Piece{Text: trimmed, from: at, to: at + len(trimmed)})
			}
		}
	}
	for _, at := range asides().FindAllStringIndex(text, -1) {
		for i, p := range list {
			list[i].Aside = p.Aside || at[0] <= p.from && p.to <= at[1]
		}
	}
	return list
}

// Asides are the pieces of a text that stand where no number of a payment does.
func Asides(text string) (list []string) {
	for _, p := range piecesOf(plainText(text)) {
		if p.Aside {
			list = append(list, p.Text)
		}
	}
	return list
}

// asides are amounts, days and times, the last digits of cards, and the number before the
// time of a row.
func asides() *regexp.Regexp {
	return regexp.MustCompile(`\b[A-Z]{3} ?[0-9][0-9,.]*|(?i:\b(?:value|amount|status|code)["']?\s*[:=]\s*["']?[0-9][0-9,.]*)|(?m:^\s*[0-9]+\s+)?\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b[T ]?|\b[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?|(?i:\b(?:card|in|` + brands + `)(?: ending in| ending)? [0-9]{4}\b)`)
}

// inNumber reports whether a sign is of a number wherever it stands.
func inNumber(r rune) bool {
	return unicode.In(r, unicode.L, unicode.N, unicode.M) || strings.ContainsRune("-_", r)
}

// spans are where a text has signs of a kind, one behind the other.
func spans(text string, of func(rune) bool) (list []Piece) {
	from := -1
	for i, r := range text + "\n" {
		switch inside := of(r); {
		case inside && from < 0:
			from = i
		case !inside && from >= 0:
			list, from = append(list, Piece{Text: text[from:i], from: from, to: i}), -1
		}
	}
	return list
}

// Apart are the pieces of one list that are known numbers, without those that stand
// within another that is known: "1017" of "A-1017".
func Apart(list []Piece, known func(string) bool) (apart []string) {
	var held []Piece
	for _, p := range list {
		if known(p.Text) {
			held = append(held, p)
		}
	}
	for _, p := range held {
		inside := false
		for _, other := range held {
			inside = inside || p.within(other)
		}
		if !inside {
			apart = append(apart, p.Text)
		}
	}
	return distinct(apart)
}
