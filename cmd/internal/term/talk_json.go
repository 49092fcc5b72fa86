package term

import "encoding/json"

// sayAs writes a line of talk as one JSON object, {"warning":"…"}, where this run
// talks JSON. It reports whether the line is dealt with.
func (s *Streams) sayAs(name, text string) bool {
	if s.TalksJSON {
		s.object(name, s.said(text))
	}
	return s.TalksJSON
}

func (s *Streams) object(name string, value any) {
	text, err := json.Marshal(map[string]any{name: value})
	if err == nil {
		s.SayJSON(text)
	}
}

// verdictObject is a verdict for a program: {"verdict":{"mode":"LOCAL","mood":"good",
// "what":"authorized","facts":["SGD 42.00"],"next":"apo capture …"}}.
func (s *Streams) verdictObject(v Verdict) {
	type object struct {
		Mode  string   `json:"mode,omitempty"`
		Mood  string   `json:"mood"`
		What  string   `json:"what"`
		Facts []string `json:"facts"`
		Next  string   `json:"next,omitempty"`
	}
	mood := map[Mood]string{Good: "good", Bad: "bad", Waiting: "waiting"}[v.Mood]
	o := object{v.Mode, mood, s.said(v.What), []string{}, s.said(v.Next)}
	for _, fact := range v.Facts {
		if fact = s.said(fact); fact != "" {
			o.Facts = append(o.Facts, fact)
		}
	}
	if o.Next != oneLine(v.Next) { // it holds what is never shown, and cannot be pasted
		o.Next = ""
	}
	s.object("verdict", o)
}
