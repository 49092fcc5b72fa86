package term

import (
	"strings"
	"testing"
)

// A command that would hold what is never shown cannot be pasted, and is left out; what
// else a verdict says is hidden in it.
func TestAVerdictInJSONHidesWhatIsNeverShown(t *testing.T) {
	var talk strings.Builder
	s := New(strings.NewReader(""), &strings.Builder{}, &talk)
	s.TalksJSON = true
	const card = "4054695723100768"
	s.Masker.Known.Learn([]byte(`{"paymentMethod":{"paymentMethodMetaData":{"cardNo":"` + card + `"}}}`))
	s.Say(Verdict{Mood: Good, What: "authorized " + card, Facts: []string{"order " + card}, Next: "apo inquire " + card})
	s.Say(Verdict{Mood: Good, What: "authorized", Next: "apo inquire demo-0001"})
	first, second, _ := strings.Cut(talk.String(), "\n")
	if strings.Contains(first, card) || strings.Contains(first, `"next"`) || !strings.Contains(first, `"what":"authorized `) {
		t.Error(first)
	}
	if !strings.Contains(second, `"next":"apo inquire demo-0001"`) {
		t.Error(second)
	}
}
