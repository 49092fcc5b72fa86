package sandbox

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// What README's tables say of cards and states is what the code does.
func TestReadmeTables(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var cards, states string
	for _, c := range TestCards() {
		cards += fmt.Sprintf("| `%s` | %s | %s | %s | %s |\n", c.Name, c.Brand, c.Number, c.Meaning, c.Source)
	}
	for _, s := range transitions() {
		from := " " + string(s.from) + " "
		if s.from == begun {
			from = " "
		}
		states += fmt.Sprintf("| %s |%s| %s | %s | %s |\n", s.of, from, s.on, s.to, s.means)
	}
	for name, table := range map[string]string{"cards": cards, "states": states} {
		if !strings.Contains(string(text), table+"\n") {
			t.Errorf("README's table of %s is not\n%s", name, table)
		}
	}
}

// The rates that README tells are those of the code.
func TestReadmeRates(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var rates []string
	for _, r := range Rates()[1:] {
		rates = append(rates, r.Currency+" "+r.PerDollar)
	}
	if want := "a dollar is " + strings.Join(rates, ", ") + "."; !strings.Contains(strings.Join(strings.Fields(string(text)), " "), want) {
		t.Errorf("README does not say: %s", want)
	}
}
