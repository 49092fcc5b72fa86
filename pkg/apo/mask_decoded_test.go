package apo

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// readable reports whether the middle of the number is in a text.
func readable(s string) bool {
	return strings.Contains(strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, decoded(s).text), "69572310")
}

// A number is hidden in a text as it is printed, whatever was quoted before.
func TestMaskOfEscapedNumbers(t *testing.T) {
	groups := []string{"4054", "6957", "2310", "0768"}
	wide := strings.Map(func(r rune) rune { return r - '0' + '０' }, strings.Join(groups, ""))
	arabic := strings.Map(func(r rune) rune { return r - '0' + '٠' }, strings.Join(groups, ""))
	numbers := []string{strings.Join(groups, ""), wide, arabic}
	for _, between := range []string{"\u00a0", "\u200b", "\u2009", "\t", "\v", "\u00ad", "\ufeff", "\u202f"} {
		numbers = append(numbers, strings.Join(groups, between))
	}
	for _, number := range numbers {
		encoded, _ := json.Marshal(number)
		for _, shown := range []string{
			number, fmt.Sprintf("%q", number), fmt.Sprintf("%+q", number), strconv.QuoteToASCII(strconv.QuoteToASCII(number)), string(encoded), url.QueryEscape(number), "/hooks/" + number + "/x", `the key "` + number + `" comes twice`,
		} {
			masked := Masker{}.Text(shown)
			if !strings.Contains(masked, "0768") || !strings.Contains(masked, "****") || readable(masked) {
				t.Errorf("%q is shown as %q", shown, masked)
			}
			line, _ := json.Marshal(map[string]string{"error": shown, shown: "x"})
			if masked := string(Masker{}.JSON(line)); readable(masked) {
				t.Errorf("%s is shown as %s", line, masked)
			}
		}
	}
	for _, text := range []string{"2026年11月20日09:15:30", `a\tb 12\n34`, "100% of 4054", "a%2Bb%2F123456", "é 4054 6957", `"paymentId": "２０２６１１２０"`} {
		if masked := (Masker{}).Text(text); masked != text {
			t.Errorf("%q became %q", text, masked)
		}
	}
}

// A number that lines or the signs of a list split is hidden where its groups are those
// of a card; lists of other numbers stay.
func TestMaskOfSplitNumbers(t *testing.T) {
	for _, groups := range [][]string{{"4054", "6957", "2310", "0768"}, {"3782", "822463", "10005"}} {
		for _, between := range []string{"\n", "\r\n", "\r", "\u2028", "\u2029", ",", ", ", ",\n", ";", ":", "|", `\n`, `\r\n`, `\\n`, `\/`, `\u2028`, `\u000a`} {
			text := "card " + strings.Join(groups, between) + " x"
			body, _ := json.Marshal(map[string]string{"note": text})
			for _, masked := range []string{Masker{}.Text(text), string(Masker{}.JSON(body)), string(Masker{}.JSON([]byte(`{"note":"` + text + `"`)))} {
				if strings.Contains(masked, groups[1]) {
					t.Errorf("%q is shown as %q", text, masked)
				}
			}
		}
	}
	for _, text := range []string{"1,200\n4054\n30", "4054,6957", "[4054, 6957, 2310, 1768]", "405,469,572,310,076,8", "10:15:30\n2026"} {
		if masked := (Masker{}).Text(text); masked != text {
			t.Errorf("%q became %q", text, masked)
		}
	}
}
