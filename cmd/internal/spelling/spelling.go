// Package spelling finds what was meant by a misspelt word.
package spelling

import "strings"

// Nearest returns the known word that is at most two typing errors away from
// word, or one away from a word of up to three letters, and else the only one that
// begins with it; "" where there is none. Case does not count.
func Nearest(word string, known []string) string {
	return Within(2, word, known)
}

// Within is Nearest with another number of typing errors.
func Within(errors int, word string, known []string) string {
	if len(word) <= 3 {
		errors = min(errors, 1)
	}
	best, least := "", errors+1
	for _, k := range known {
		if n := Distance(word, k); n < least {
			best, least = k, n
		}
	}
	if best != "" || len(word) < 3 {
		return best
	}
	for _, k := range known {
		if strings.HasPrefix(strings.ToLower(k), strings.ToLower(word)) {
			if best != "" && best != k {
				return ""
			}
			best = k
		}
	}
	return best
}

// Distance is the number of typing errors between two words: letters that are
// missing, too many, wrong, or changed places with the next one. Case does not count.
func Distance(a, b string) int {
	a, b = strings.ToLower(a), strings.ToLower(b)
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next := make([]int, len(b)+1)
		next[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next[j+1] = min(row[j+1]+1, next[j]+1, row[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
