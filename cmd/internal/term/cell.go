package term

// Tone is what a cell tells at a glance, before it is read.
type Tone int

// The tones. What is not known yet must look neither like a success nor like a
// failure; what was cancelled is over, and steps back.
const (
	Plain Tone = iota
	Success
	Failure
	Doubt // not known yet
	Over  // cancelled, or superseded
)

// Cell is a text in a table or a view, and how it is meant.
type Cell struct {
	Text string
	Tone Tone
}

// Cells makes plain cells of texts.
func Cells(texts ...string) []Cell {
	cells := make([]Cell, len(texts))
	for i, text := range texts {
		cells[i].Text = text
	}
	return cells
}

// toned colors a text as its tone is meant.
func (p palette) toned(text string, tone Tone) string {
	switch {
	case text == "":
		return ""
	case tone == Success:
		return p.color(text, "2", false)
	case tone == Failure:
		return p.bad(text)
	case tone == Doubt:
		return p.color(text, "3", false)
	case tone == Over:
		return p.dim(text)
	}
	return text
}
