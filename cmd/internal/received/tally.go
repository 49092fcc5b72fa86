package received

import (
	"errors"
	"fmt"
)

// Tally counts what the lines of a stream seem to be that cannot be read.
type Tally struct {
	lines int
	seems string // of all of them; empty where they differ
}

// Add counts a line that cannot be read, for the reason that [ReadLine] gave.
func (t *Tally) Add(problem error) {
	var none *Unknown
	seems := ""
	if errors.As(problem, &none) {
		seems = none.Seems
	}
	switch t.lines++; {
	case t.lines == 1:
		t.seems = seems
	case t.seems != seems:
		t.seems = ""
	}
}

// Sentence names what all the lines seem to be; empty where there are fewer than
// two, or where they differ.
func (t *Tally) Sentence() string {
	if t.lines < 2 || t.seems == "" {
		return ""
	}
	return fmt.Sprintf("each of the %d lines seems to be %s", t.lines, t.seems)
}
