package term

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

func TestColorRules(t *testing.T) {
	for _, c := range []struct {
		name, mode  string
		env         map[string]string
		out, err    bool // are they terminals
		colored     bool // is standard output
		coloredTalk bool
	}{
		{name: "a terminal", mode: "auto", out: true, err: true, colored: true, coloredTalk: true},
		{name: "a pipe", mode: "auto", err: true, coloredTalk: true},
		{name: "no terminal at all", mode: "auto"},
		{name: "NO_COLOR", mode: "auto", env: map[string]string{"NO_COLOR": "1"}, out: true, err: true},
		{name: "NO_COLOR before CLICOLOR_FORCE", mode: "auto", env: map[string]string{"NO_COLOR": "1", "CLICOLOR_FORCE": "1"}},
		{name: "an empty NO_COLOR is none", mode: "auto", env: map[string]string{"NO_COLOR": ""}, out: true, colored: true},
		{name: "CLICOLOR_FORCE", mode: "auto", env: map[string]string{"CLICOLOR_FORCE": "1"}, colored: true, coloredTalk: true},
		{name: "CLICOLOR_FORCE=0", mode: "auto", env: map[string]string{"CLICOLOR_FORCE": "0"}},
		{name: "CLICOLOR=0", mode: "auto", env: map[string]string{"CLICOLOR": "0"}, out: true, err: true},
		{name: "a dumb terminal", mode: "auto", env: map[string]string{"TERM": "dumb"}, out: true, err: true},
		{name: "the flag before NO_COLOR", mode: "always", env: map[string]string{"NO_COLOR": "1"}, colored: true, coloredTalk: true},
		{name: "never", mode: "never", env: map[string]string{"CLICOLOR_FORCE": "1"}, out: true, err: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out, talk bytes.Buffer
			s := New(strings.NewReader(""), &out, &talk)
			s.OutTTY, s.ErrTTY = c.out, c.err
			if err := s.SetColor(c.mode, func(name string) string { return c.env[name] }); err != nil {
				t.Fatal(err)
			}
			if err := s.WriteJSON([]byte(`{"a":1}`), Pretty); err != nil {
				t.Fatal(err)
			}
			s.Say(Verdict{Mode: "LOCAL", What: "authorized"})
			if got := strings.Contains(out.String(), "\x1b["); got != c.colored {
				t.Errorf("standard output colored: %v\n%q", got, out.String())
			}
			if got := strings.Contains(talk.String(), "\x1b["); got != c.coloredTalk {
				t.Errorf("standard error colored: %v\n%q", got, talk.String())
			}
		})
	}
	if New(nil, nil, nil).SetColor("blue", func(string) string { return "" }) == nil {
		t.Error("blue was taken")
	}
}

// Colors wrap the tokens of JSON and change none: same order, same digits.
func TestColorsChangeNothing(t *testing.T) {
	const text = `{"z":1e400,"a":12345678901234567890,"b":1.10,"c":[true,null,"x\u00e9 <&>"],"d":{}}`
	var plain, colored bytes.Buffer
	s := New(nil, &plain, &bytes.Buffer{})
	if err := s.WriteJSON([]byte(text), Pretty); err != nil {
		t.Fatal(err)
	}
	s = New(nil, &colored, &bytes.Buffer{})
	s.colors.out = true
	if err := s.WriteJSON([]byte(text), Pretty); err != nil {
		t.Fatal(err)
	}
	stripped := colored.String()
	for {
		i := strings.Index(stripped, "\x1b[")
		if i < 0 {
			break
		}
		stripped = stripped[:i] + stripped[i+strings.IndexByte(stripped[i:], 'm')+1:]
	}
	if stripped != plain.String() {
		t.Errorf("without its colors it reads\n%s\ninstead of\n%s", stripped, plain.String())
	}
	for _, token := range []string{"1e400", "12345678901234567890", "1.10", `x\u00e9 <&>`} {
		if !strings.Contains(plain.String(), token) {
			t.Errorf("%s is gone from\n%s", token, plain.String())
		}
	}
}

// What could take over a terminal never reaches one.
// What is declined or open has not the color of what worked.
func TestStatesInJSONAreToned(t *testing.T) {
	for state, want := range map[string]string{"SUCCESS": "32", "S": "32", "FAIL": "31", "F": "31", "PROCESSING": "33", "U": "33", "CANCELLED": "33", "FAILURE": "32"} {
		if got := string(paint([]byte(`{"s":"` + state + `"}`))); !strings.Contains(got, "\x1b["+want+`m"`+state+`"`) {
			t.Errorf("%s: %q, want color %s", state, got, want)
		}
	}
}

func TestHostileText(t *testing.T) {
	const evil = "a\x1b]0;owned\x07b\u202ec\u009bd\re\x7f"
	var out, talk bytes.Buffer
	s := New(nil, &out, &talk)
	s.OutTTY, s.ErrTTY = true, true
	s.Note(evil)
	s.Say(Verdict{What: evil, Facts: []string{evil}, Next: evil})
	if _, err := s.Err.Write([]byte(evil)); err != nil {
		t.Fatal(err)
	}
	document := []byte(`{"m":"a` + "\u202e\u009b" + `\u001b]0;x"}`)
	for _, format := range []Format{Pretty, Raw, NDJSON} {
		if err := s.WriteJSON(document, format); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.WriteValue(document, "m"); err != nil {
		t.Fatal(err)
	}
	for _, written := range []string{out.String(), talk.String()} {
		if i := strings.IndexFunc(written, Hostile); i >= 0 {
			t.Errorf("hostile character at byte %d of %q", i, written)
		}
	}
	if !strings.Contains(out.String(), `a\u202e\u009b\u001b`) {
		t.Errorf("JSON lost what it could have escaped: %q", out.String())
	}
	// In a pipe the data is as it came.
	out.Reset()
	s.OutTTY = false
	if err := s.WriteJSON(document, Raw); err != nil || out.String() != string(document) {
		t.Errorf("%q, %v", out.String(), err)
	}
}

func TestTalkIsMasked(t *testing.T) {
	var talk bytes.Buffer
	s := New(nil, &bytes.Buffer{}, &talk)
	s.Masker.Known.Hide("a-token-of-an-agent")
	for _, say := range []func(string){s.Note, s.Warn, s.Hint, s.Error, s.Item} {
		say("card 4054695723100768, token a-token-of-an-agent")
	}
	s.Say(Verdict{What: "4054695723100768", Facts: []string{"4054 6957 2310 0768"}, Next: "apo x a-token-of-an-agent"})
	s.SayJSON([]byte(`{"note":"4054695723100768","cvv":"917"}`))
	if out := talk.String(); strings.Contains(out, "40546957") || strings.Contains(out, "4054 6957") || strings.Contains(out, "a-token") || strings.Contains(out, "917") {
		t.Errorf("%s", out)
	}
}

// A path of -q that gjson cannot read takes nothing down.
func TestQueryPaths(t *testing.T) {
	for _, c := range []struct {
		path, want string
		found      bool
	}{
		{"a.b", "1", true},
		{"t", "x", true},
		{"l.#", "2", true},
		{"a", `{"b":1}`, true},
		{"n", "", false},
		{"none", "", false},
		{"", "", false},
		{"#(((", "", false},
		{"@this|@bad:{", "", false},
		{"..\\", "", false},
	} {
		var out bytes.Buffer
		s := New(nil, &out, &bytes.Buffer{})
		found, err := s.WriteValue([]byte(`{"a":{"b":1},"t":"x","l":[1,2],"n":null}`), c.path)
		if err != nil || found != c.found || strings.TrimSuffix(out.String(), "\n") != c.want {
			t.Errorf("%q: %q %v %v", c.path, out.String(), found, err)
		}
	}
}

func TestTable(t *testing.T) {
	rows := [][]string{{"visa", "authorized"}, {"visa-declined", "declined\x1b[2J"}}
	var out bytes.Buffer
	s := New(nil, &out, &bytes.Buffer{})
	if err := s.WriteTable([]string{"NAME", "WHAT"}, rows[:1]); err != nil || out.String() != "visa\tauthorized\n" {
		t.Errorf("in a pipe: %q %v", out.String(), err)
	}
	out.Reset()
	s.OutTTY = true
	if err := s.WriteTable([]string{"NAME", "WHAT"}, rows); err != nil {
		t.Fatal(err)
	}
	if want := "NAME           WHAT\nvisa           authorized\nvisa-declined  declined[2J\n"; out.String() != want {
		t.Errorf("on a terminal:\n%s\nwant\n%s", out.String(), want)
	}
}

// Nobody is asked where nobody is.
func TestAsking(t *testing.T) {
	s := New(strings.NewReader("yes\n"), &bytes.Buffer{}, &bytes.Buffer{})
	if _, err := s.Ask("really? "); err == nil {
		t.Error("a pipe was asked")
	}
	s.InTTY, s.ErrTTY, s.NoInput = true, true, true
	if _, err := s.Ask("really? "); err == nil {
		t.Error("APO_NO_INPUT was ignored")
	}
	s.NoInput = false
	if answer, err := s.Ask("really? "); err != nil || answer != "yes" {
		t.Errorf("%q %v", answer, err)
	}
}

// A narrow terminal gets lines that break between words and between facts; an ID
// stays whole, and a command is one command where its lines are pasted.
func TestNarrowTerminals(t *testing.T) {
	const id = "20261126624888805802311265223353881"
	said := func(width int, say func(*Streams)) string {
		var talk bytes.Buffer
		s := New(nil, &bytes.Buffer{}, &talk)
		s.ErrTTY, s.errWidth = true, func() int { return width }
		say(s)
		return talk.String()
	}
	verdict := func(s *Streams) {
		s.Say(Verdict{Mode: "LOCAL", Mood: Good, What: "authorized", Facts: []string{"SGD 42.00", "paymentId " + id, "acquirer ADYEN"}, Next: "apo capture " + id})
	}
	for _, c := range []struct {
		width int
		say   func(*Streams)
		want  string
	}{
		{0, verdict, "LOCAL ✔ authorized  SGD 42.00  paymentId " + id + "  acquirer ADYEN   next: apo capture " + id + "\n"},
		{100, verdict, "LOCAL ✔ authorized  SGD 42.00  paymentId " + id + "  acquirer ADYEN\n  next: apo capture " + id + "\n"},
		{60, verdict, "LOCAL ✔ authorized  SGD 42.00\n  paymentId " + id + "\n  acquirer ADYEN\n  next: apo capture " + id + "\n"},
		{40, verdict, "LOCAL ✔ authorized  SGD 42.00  paymentId\n  " + id + "\n  acquirer ADYEN\n  next: apo capture \\\n    " + id + "\n"},
		{
			30, func(s *Streams) {
				s.Say(Verdict{Mode: "LOCAL", Mood: Bad, What: "declined", Facts: []string{"the card's bank said no and gave no reason"}})
			},
			"LOCAL ✖ declined  the card's\n  bank said no and gave no\n  reason\n",
		},
		{30, func(s *Streams) { s.Error("nothing in the journal has the number " + id) }, "apo: error: nothing in the\n     journal has the number\n     " + id + "\n"},
		{30, func(s *Streams) { s.Hint("apo inquire " + id + " asks the gateway") }, "apo: hint: apo inquire\n     " + id + "\n     asks the gateway\n"}, // no command to paste
		{
			50, func(s *Streams) {
				s.Hint("in doubt since an earlier run: pay demo-0001; apo resume asks what became of it")
			},
			"apo: hint: in doubt since an earlier run: pay\n     demo-0001; apo resume asks what became of it\n",
		},
		{
			50, func(s *Streams) { s.Hint("the journal has it as an order number: apo inquire " + id) },
			"apo: hint: the journal has it as an order number:\n     apo inquire \\\n       " + id + "\n",
		},
		{50, func(s *Streams) { s.Below("flask", "body = request.get_data()    before request.json") }, "  flask       body = request.get_data()\n              before request.json\n"},
		{50, func(s *Streams) { s.Hint("apo resume asks again, apo log resolve writes down what you know") }, "apo: hint: apo resume asks again, apo log resolve\n     writes down what you know\n"},
		{30, func(s *Streams) { s.Hint("add --live if real money is meant to move") }, "apo: hint: add --live if real\n     money is meant to move\n"},
		{30, func(s *Streams) { s.Item("paymentAmount.value is negative") }, "     - paymentAmount.value is\n       negative\n"},
		{40, func(s *Streams) { s.Hint("capture before 2026-12-07 12:00:03 UTC, or not") }, "apo: hint: capture before\n     2026-12-07 12:00:03 UTC, or not\n"},
		{30, func(s *Streams) { s.Note("SUCCESS 3, PAYMENT_IN_PROCESS 1") }, "apo: SUCCESS 3,\n     PAYMENT_IN_PROCESS 1\n"},
		{40, func(s *Streams) { s.Live("asking what became of " + id + " … 12s") }, "\r\x1b[Kasking what became of … 12s"},
	} {
		if got := said(c.width, c.say); got != c.want {
			t.Errorf("in %d columns:\n%q\nwant\n%q", c.width, got, c.want)
		}
	}
}

func TestNarrowTables(t *testing.T) {
	written := func(width int, header []string, rows ...[]string) string {
		var out bytes.Buffer
		s := New(nil, &out, &bytes.Buffer{})
		s.OutTTY, s.outWidth = true, func() int { return width }
		if err := s.WriteTable(header, rows); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	// Text goes on in its own column.
	got := written(40, []string{"name", "meaning"}, []string{"cut-before", "not booked; the connection is closed without an answer"})
	if want := "name        meaning\ncut-before  not booked; the connection\n            is closed without an answer\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	// An ID that has no room stands whole on a line below, behind its name.
	log := [][]string{{"22", "pay", "SGD 15.00", "pending: PAYMENT_IN_PROCESS", "01a2164a-ee69-7135-acea-4c679de86c83"}, {"7", "refund", "", "S SUCCESS", "demo"}}
	got = written(60, []string{"id", "endpoint", "amount", "state", "number"}, log...)
	if want := `id  endpoint  amount     state
22  pay       SGD 15.00  pending: PAYMENT_IN_PROCESS
    number 01a2164a-ee69-7135-acea-4c679de86c83
7   refund               S SUCCESS
    number demo
`; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestProse(t *testing.T) {
	const page = `Tell what happened with one payment, in order: requests, answers and
notifications of this machine.

Examples:
  # of the newest payment, for a script that reads what it prints
  apo timeline @last -o json --profile a-profile-with-a-long-name

  case $? in
    0) ship=later ;;                  # authorized: capture it
Flags:
  -h, --help   help for timeline
      --all    inquiries and notifications too, which are left out otherwise
      --endpoint API               of this API: pay, inquiryPayment, …
`
	const want = `Tell what happened with one payment, in order:
requests, answers and notifications of this
machine.

Examples:
  # of the newest payment, for a script that
  # reads what it prints
  apo timeline @last -o json \
    --profile a-profile-with-a-long-name

  case $? in
    0) ship=later ;;
      # authorized: capture it
Flags:
  -h, --help   help for timeline
      --all    inquiries and notifications too,
               which are left out otherwise
      --endpoint API
          of this API: pay, inquiryPayment, …
`
	for _, c := range []struct {
		tty   bool
		width int
		want  string
	}{{true, 48, want}, {true, 80, page}, {true, 0, page}, {false, 48, page}} {
		var out bytes.Buffer
		s := New(nil, &out, &bytes.Buffer{})
		s.OutTTY, s.outWidth = c.tty, func() int { return c.width }
		if err := s.WriteProse(page); err != nil || out.String() != c.want {
			t.Errorf("in %d columns:\n%s", c.width, out.String())
		}
	}
}

func TestFacts(t *testing.T) {
	const head, id = "05:23:53.788  pay            S SUCCESS", "paymentRequestId 01a2164f-6d12-758a-9572-6237295e39aa"
	for width, want := range map[int]string{
		0:  head + "  " + id + "  card ************0768\n",
		80: head + "\n              " + id + "\n              card ************0768\n",
	} {
		var out bytes.Buffer
		s := New(nil, &out, &bytes.Buffer{})
		s.OutTTY, s.outWidth = width > 0, func() int { return width }
		if err := s.WriteFacts(14, Cells(head, id, "card 4054695723100768")...); err != nil || out.String() != want {
			t.Errorf("in %d columns: %q", width, out.String())
		}
	}
}

// A terminal does not get what separates the digits of a number, so the number is
// looked for without it.
func TestValuesAreMaskedAsTheyAreShown(t *testing.T) {
	const known, unknown = "4929123456789015", "4054695723100768"
	split := func(number string) string { return number[:4] + "\u202e" + number[4:9] + "\u009b" + number[9:] }
	document := []byte(`{"paymentId":"` + split(known) + `","note":"` + split(unknown) + `","list":["` + known[:6] + `","` + known[6:] + `"],"id":"` + unknown + `"}`)
	for _, tty := range []bool{false, true} {
		var out bytes.Buffer
		s := New(nil, &out, &bytes.Buffer{})
		s.OutTTY = tty
		s.Masker.Known.Learn([]byte(`{"cardNo":"` + known + `"}`))
		for _, path := range []string{"paymentId", "note", "list", "list|@reverse", "@this", "id"} {
			if _, err := s.WriteValue(document, path); err != nil {
				t.Fatal(err)
			}
		}
		for _, format := range []Format{Pretty, JSON, NDJSON, Raw} {
			if err := s.WriteJSON(document, format); err != nil {
				t.Fatal(err)
			}
		}
		digits := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, strings.ReplaceAll(strings.ReplaceAll(out.String(), `\u202e`, ""), `\u009b`, ""))
		if strings.Contains(digits, known[:12]) {
			t.Errorf("on a terminal %v: %q", tty, out.String())
		}
		if shown := strings.Count(out.String(), unknown); shown != 6 || strings.Count(digits, unknown) != shown { // as an ID, and as nothing else
			t.Errorf("on a terminal %v, %d times: %q", tty, shown, out.String())
		}
	}
}

// What a gateway says comes in parts, and they stand side by side.
func TestALineIsMaskedAsAWhole(t *testing.T) {
	for _, colored := range []bool{false, true} {
		var talk bytes.Buffer
		s := New(nil, &bytes.Buffer{}, &talk)
		s.colors.err = colored
		s.Masker.Known.Learn([]byte(`{"cardNo":"4929123456789015","paymentMethodId":"ALIPAY5f0c2e9aXk7PqLm3"}`))
		s.Say(Verdict{Mode: "LIVE", What: "4929", Facts: []string{"1234567", "89015", "ALIPAY5f0c", "2e9aXk7PqLm3"}, Next: "apo capture 4929123456789015"})
		s.Hint("apo pay --payment-method-id ALIPAY5f0c2e9aXk7PqLm3")
		if out := talk.String(); strings.Contains(out, "1234567") || strings.Contains(out, "2e9aXk7PqLm3") || strings.Contains(out, "next:") {
			t.Errorf("%q", out)
		}
	}
}

// Whatever is written as data is looked at once more.
func TestDataOfOurOwnHidesWhatIsKnown(t *testing.T) {
	var out bytes.Buffer
	s := New(nil, &out, &bytes.Buffer{})
	s.Masker.Known.Learn([]byte(`{"cardNo":"4929123456789015"}`))
	s.Masker.Known.Hide("814037265590271846305517294068137250946183726405")
	const text = "4929123456789015 814037265590271846305517294068137250946183726405 4054695723100768"
	for _, write := range []func() error{
		func() error { return s.WriteText(text + "\n") },
		func() error { return s.WriteProse(text + "\n") },
		func() error { return s.WriteLines([]byte(text + "\n")) },
		func() error { return s.WriteFacts(0, Cells(text)...) },
		func() error { return s.WriteTable([]string{"a"}, [][]string{{text}}) },
		func() error { return s.WriteOwnJSON([]byte(`{"a":"`+text+`"}`), JSON) },
		func() error { _, err := s.WriteOwnValue([]byte(`{"a":"`+text+`"}`), "a"); return err },
		func() error { _, err := io.WriteString(s.Out, text); return err },
	} {
		if err := write(); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(out.String(), "49291234") || strings.Contains(out.String(), "81403726") {
		t.Error(out.String())
	}
	if n := strings.Count(out.String(), "4054695723100768"); n != 7 { // WriteFacts masks all that could be a card's
		t.Errorf("%d: %s", n, out.String())
	}
}

// A row of a table in a pipe is one line, and a cell one cell, whatever is in it.
func TestCellsInAPipe(t *testing.T) {
	var out bytes.Buffer
	s := New(nil, &out, &bytes.Buffer{})
	err := s.WriteTable([]string{"a", "b"}, [][]string{{"1", "x\n999\tLIVE\tS SUCCESS\r\x1b[1A\x1b]0;y\a\u0085\u2028\u202e\x9bz"}, {"2", "a  b"}})
	if want := "1\tx 999 LIVE S SUCCESS  [1A ]0;y    \ufffdz\n2\ta  b\n"; err != nil || out.String() != want {
		t.Errorf("%q, %v", out.String(), err)
	}
}
