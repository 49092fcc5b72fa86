package term

import (
	"bytes"
	"strings"
	"testing"
)

// A state is seen before it is read, in every list and view, and a decline does
// not look like a success; only the sixteen colors of a terminal's own are used.
func TestTones(t *testing.T) {
	row := []Cell{{"S SUCCESS", Success}, {"F DO_NOT_HONOR", Failure}, {"in doubt", Doubt}, {"CANCELLED", Over}, {"SGD 42.00", Plain}}
	want := []string{"\x1b[32mS SUCCESS\x1b[0m", "\x1b[1;31mF DO_NOT_HONOR\x1b[0m", "\x1b[33min doubt\x1b[0m", "\x1b[2mCANCELLED\x1b[0m"}
	for _, c := range []struct{ tty, table bool }{{true, false}, {false, true}, {false, false}} {
		var out bytes.Buffer
		s := New(nil, &out, &bytes.Buffer{})
		s.OutTTY, s.AsTable, s.colors.out = c.tty, c.table, true
		if err := s.WriteCells(make([]string, len(row)), [][]Cell{row}); err != nil {
			t.Fatal(err)
		}
		fields := []Field{}
		for _, cell := range row {
			fields = append(fields, Field{Name: "name", Cell: cell})
		}
		if err := s.WriteView(fields); err != nil {
			t.Fatal(err)
		}
		for _, text := range want {
			if strings.Count(out.String(), text) != 2 {
				t.Errorf("terminal %v, table %v: no two %q in\n%q", c.tty, c.table, text, out.String())
			}
		}
		if strings.Contains(out.String(), "38;") {
			t.Errorf("another color than the terminal's own: %q", out.String())
		}
	}
}

// Who asks for a table gets one in a pipe too, as wide as COLUMNS says.
func TestTableInAPipe(t *testing.T) {
	for columns, want := range map[int]string{
		0:  "id  state  number\n7   pay    order-0001-of-november\n",
		24: "id  state\n7   pay\n    order-0001-of-november\n",
	} {
		var out bytes.Buffer
		s := New(nil, &out, &bytes.Buffer{})
		s.AsTable, s.columns = true, columns
		if err := s.WriteTable([]string{"id", "state", "number"}, [][]string{{"7", "pay", "order-0001-of-november"}}); err != nil {
			t.Fatal(err)
		}
		if out.String() != want {
			t.Errorf("in %d columns:\n%s", columns, out.String())
		}
	}
}

// A few cells that have no room do not keep all others from their column.
func TestFewWideCells(t *testing.T) {
	var out bytes.Buffer
	s := New(nil, &out, &bytes.Buffer{})
	s.OutTTY, s.outWidth = true, func() int { return 30 }
	rows := [][]string{{"mode", "LOCAL", "built in"}, {"key", "e80c42571a399ab91097091b1b35826942dc", "file"}, {"state", "/x", "folder"}}
	if err := s.WriteTable([]string{"setting", "value", "from"}, rows); err != nil {
		t.Fatal(err)
	}
	if want := "setting  value  from\nmode     LOCAL  built in\nkey\n    e80c42571a399ab91097091b1b35826942dc\n    from file\nstate    /x     folder\n"; out.String() != want {
		t.Errorf("got\n%s", out.String())
	}
}

func TestView(t *testing.T) {
	fields := []Field{
		{Name: "amount", Cell: Cell{Text: "SGD 42.00"}},
		{Name: "nothing", Cell: Cell{}},
		{Name: "paymentId", Cell: Cell{Text: "20261126624888805802311265223353881"}},
		{Name: "meaning", Cell: Cell{Text: "the buyer's bank said no and gave no reason"}},
	}
	for width, want := range map[int]string{
		0:  "amount     SGD 42.00\npaymentId  20261126624888805802311265223353881\nmeaning    the buyer's bank said no and gave no reason\n",
		50: "amount     SGD 42.00\npaymentId  20261126624888805802311265223353881\nmeaning    the buyer's bank said no and gave no\n           reason\n",
		46: "amount     SGD 42.00\npaymentId  20261126624888805802311265223353881\nmeaning    the buyer's bank said no and gave\n           no reason\n",
		45: "amount     SGD 42.00\npaymentId 20261126624888805802311265223353881\nmeaning    the buyer's bank said no and gave\n           no reason\n",
		40: "amount     SGD 42.00\npaymentId\n  20261126624888805802311265223353881\nmeaning    the buyer's bank said no and\n           gave no reason\n",
	} {
		var out bytes.Buffer
		s := New(nil, &out, &bytes.Buffer{})
		s.OutTTY, s.outWidth = width > 0, func() int { return width }
		s.AsTable = true
		if err := s.WriteView(fields); err != nil {
			t.Fatal(err)
		}
		if out.String() != want {
			t.Errorf("in %d columns:\n%s", width, out.String())
		}
	}
}

// What is to be copied keeps its blanks and its lines, and none of them can pass for
// another field.
func TestWholeFields(t *testing.T) {
	for width, want := range map[int]string{
		0:  "name  a\nbody  {\"a\":  \"b  c\"}\n  state  S SUCCESS\n",
		60: "name  a\nbody\n  {\"a\":  \"b  c\"}\n  state  S SUCCESS\n",
	} {
		var out bytes.Buffer
		s := New(nil, &out, &bytes.Buffer{})
		s.OutTTY, s.outWidth, s.AsTable = width > 0, func() int { return width }, true
		fields := []Field{{Name: "name", Cell: Cell{Text: "a"}}, {Name: "body", Whole: true, Cell: Cell{Text: "{\"a\":  \"b  c\"}\nstate  S SUCCESS\x1b"}}}
		if err := s.WriteView(fields); err != nil || out.String() != want {
			t.Errorf("in %d columns: %q, %v", width, out.String(), err)
		}
	}
}

// A piece that has no room behind the others begins below them, with all its words.
func TestLongFacts(t *testing.T) {
	var out bytes.Buffer
	s := New(nil, &out, &bytes.Buffer{})
	s.OutTTY, s.outWidth = true, func() int { return 24 }
	const want = "12:00  twenty-two chars\n       one of them is\n       not as signed\n"
	if err := s.WriteFacts(7, Cells("12:00", "twenty-two chars", "one of them is not as signed")...); err != nil || out.String() != want {
		t.Errorf("%q, %v", out.String(), err)
	}
}

// The lines of a broken command are still that command: a refund of a part must
// not become a refund of all.
func TestBrokenCommands(t *testing.T) {
	const refund = `apo refund 20261126624888805802311265223353881 --amount 200 --set order.note='two words'`
	got := commandLines(refund, 44, 0, 2)
	if want := []string{`apo refund \`, `20261126624888805802311265223353881 \`, `--amount 200 --set order.note='two words'`}; strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%q", got)
	}
	got = commandLines(`apo refund 2026 --amount 200 --currency SGD`, 36, 0, 2)
	if want := []string{`apo refund 2026 --amount 200 \`, `--currency SGD`}; strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%q", got)
	}
	got = commandLines(`apo pay --amount 4200 --currency SGD   # what the card's bank says`, 30, 2, 4)
	if want := []string{`apo pay --amount 4200 \`, `--currency SGD`, `# what the card's bank`, `# says`}; strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%q", got)
	}
	if got = commandLines("apo inquire tells the card's state", 20, 0, 2); len(got) != 2 {
		t.Errorf("%q", got)
	}
}

func TestNarrowJSON(t *testing.T) {
	const document = `{"a\": b":"2026112662488880580231","list":["20261126624888805802311265"],"short":1}`
	var out bytes.Buffer
	s := New(nil, &out, &bytes.Buffer{})
	s.OutTTY, s.outWidth = true, func() int { return 30 }
	if err := s.WriteJSON([]byte(document), Pretty); err != nil {
		t.Fatal(err)
	}
	want := "{\n  \"a\\\": b\":\n    \"2026112662488880580231\",\n  \"list\": [\n    \"20261126624888805802311265\"\n  ],\n  \"short\": 1\n}\n"
	if out.String() != want {
		t.Errorf("got\n%s", out.String())
	}
}
