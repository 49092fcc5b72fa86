package diagnose_test

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/internal/signtest"
	"github.com/apo-cli/apo/pkg/sign"
)

// Real programs read a body and write it again, as they do in the hands of
// whoever keeps a body as an object and turns it into bytes to verify it. What
// they changed is compared with what went in; nothing here assumes a habit.
//
// Java is not among them: the JDK has no JSON, and a program of ours in the
// manner of Jackson or Gson would prove our own opinion of them. The corpus
// has that opinion (corpus_json_test.go).

// rewriting is one way to write a body again.
type rewriting struct {
	name    string
	rare    bool     // nobody is known to sign what it writes and to send something else
	command []string // reads the body on stdin; empty: Go
	write   func([]byte) ([]byte, error)
}

func programs() []rewriting {
	python := func(name, arguments string) rewriting {
		return rewriting{name: "json.dumps(" + name + ")", command: []string{
			"python3", "-c", "import json,sys; sys.stdout.buffer.write(json.dumps(json.loads(sys.stdin.buffer.read())" + arguments + ").encode())",
		}}
	}
	node := func(name, arguments string) rewriting {
		return rewriting{name: "JSON.stringify" + name, command: []string{
			"node", "-e", "process.stdout.write(JSON.stringify(JSON.parse(require('fs').readFileSync(0, 'utf8'))" + arguments + "))",
		}}
	}
	jq := func(arguments ...string) rewriting {
		return rewriting{name: "jq " + strings.Join(arguments, " "), command: append(append([]string{"jq"}, arguments...), ".")}
	}
	php := func(flags string) rewriting {
		return rewriting{name: "json_encode " + flags, command: []string{
			"php", "-r", "echo json_encode(json_decode(file_get_contents('php://stdin')), " + flags + ");",
		}}
	}
	perl := func(name, options string) rewriting {
		return rewriting{name: "JSON::PP " + name, rare: true, command: []string{
			"perl", "-MJSON::PP", "-e", "local $/; my $j = JSON::PP->new->utf8; print $j" + options + "->encode($j->decode(<STDIN>))",
		}}
	}
	return []rewriting{
		python("default", ""),
		python("ensure_ascii=False", ", ensure_ascii=False"),
		python("compact", ", separators=(',', ':')"),
		python("compact, ensure_ascii=False", ", separators=(',', ':'), ensure_ascii=False"),
		python("indent=2", ", indent=2"),
		python("indent=3", ", indent=3"),
		python("indent=4", ", indent=4"),
		python("indent=4, ensure_ascii=False", ", indent=4, ensure_ascii=False"),
		python("sort_keys", ", sort_keys=True"),
		python("indent=2, sort_keys", ", indent=2, sort_keys=True"),
		node("", ""),
		node(", 2 spaces", ", null, 2"),
		node(", 4 spaces", ", null, 4"),
		node(", tab", ", null, '\\t'"),
		jq(),
		jq("-c"),
		jq("-a"),
		jq("-ca"),
		jq("-j"),
		jq("--tab"),
		jq("--indent", "3"),
		jq("-S"),
		jq("-cS"),
		php("0"),
		php("JSON_UNESCAPED_SLASHES"),
		php("JSON_UNESCAPED_UNICODE"),
		php("JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE"),
		php("JSON_PRETTY_PRINT"),
		php("JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE"),
		php("JSON_HEX_TAG | JSON_HEX_AMP | JSON_HEX_APOS"),
		perl("default", ""), // in the order of its hash
		perl("canonical", "->canonical"),
		perl("ascii, pretty, canonical", "->ascii->pretty->canonical"),
	}
}

func goHabits() []rewriting {
	inPlace := func(write func(*bytes.Buffer, []byte) error) func([]byte) ([]byte, error) {
		return func(body []byte) ([]byte, error) {
			var b bytes.Buffer
			err := write(&b, body)
			return b.Bytes(), err
		}
	}
	decoded := func(write func(any) ([]byte, error)) func([]byte) ([]byte, error) {
		return func(body []byte) ([]byte, error) {
			var v map[string]any
			if err := json.Unmarshal(body, &v); err != nil {
				return nil, err
			}
			return write(v)
		}
	}
	return []rewriting{
		{name: "Go's Marshal of a map", write: decoded(json.Marshal)},
		{name: "Go's MarshalIndent of a map", write: decoded(func(v any) ([]byte, error) { return json.MarshalIndent(v, "", "  ") })},
		{name: "Go's Encoder without HTML escapes, of a map", write: decoded(func(v any) ([]byte, error) {
			var b bytes.Buffer
			encoder := json.NewEncoder(&b)
			encoder.SetEscapeHTML(false)
			err := encoder.Encode(v)
			return b.Bytes(), err
		})},
		{name: "Go's Marshal of a RawMessage", write: func(body []byte) ([]byte, error) { return json.Marshal(json.RawMessage(body)) }},
		{name: "Go's Encoder of a RawMessage", write: inPlace(func(b *bytes.Buffer, body []byte) error { return json.NewEncoder(b).Encode(json.RawMessage(body)) })},
		{name: "Go's Encoder without HTML escapes, of a RawMessage", write: inPlace(func(b *bytes.Buffer, body []byte) error {
			encoder := json.NewEncoder(b)
			encoder.SetEscapeHTML(false)
			return encoder.Encode(json.RawMessage(body))
		})},
		{name: "Go's Indent with 2 spaces", write: inPlace(func(b *bytes.Buffer, body []byte) error { return json.Indent(b, body, "", "  ") })},
		{name: "Go's Indent with tabs", write: inPlace(func(b *bytes.Buffer, body []byte) error { return json.Indent(b, body, "", "\t") })},
		{name: "Go's Compact", write: inPlace(json.Compact)},
	}
}

// run writes body again.
func (r rewriting) run(t *testing.T, body []byte) []byte {
	t.Helper()
	if r.write != nil {
		written, err := r.write(body)
		if err != nil {
			t.Fatal(err)
		}
		return written
	}
	command := exec.CommandContext(t.Context(), r.command[0], r.command[1:]...)
	command.Stdin = bytes.NewReader(body)
	var talk bytes.Buffer
	command.Stderr = &talk
	written, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s", r.name, err, talk.Bytes())
	}
	if readTree(written) == nil {
		t.Fatalf("%s wrote no JSON: %.200q", r.name, written)
	}
	return written
}

func TestWhatRealProgramsDoToABodyIsExplained(t *testing.T) {
	c := newCorpus(t, corpusSeed)
	found := map[string]bool{}
	for _, p := range programs() {
		t.Run(p.name, func(t *testing.T) {
			if _, err := exec.LookPath(p.command[0]); err != nil {
				t.Skipf("there is no %s on this machine", p.command[0])
			}
			found[p.command[0]] = true
			c.explainRewriting(t, p, "notifyPayment, emoji", "notifyPayment, 3 spaces")
		})
	}
	if len(found) == 0 {
		t.Skip("none of the programs is on this machine: nothing but Go's own habits was tried")
	}
	t.Logf("tried %v", slices.Sorted(maps.Keys(found)))
}

func TestWhatGoDoesToABodyIsExplained(t *testing.T) {
	c := newCorpus(t, corpusSeed)
	for _, p := range goHabits() {
		t.Run(p.name, func(t *testing.T) {
			c.explainRewriting(t, p, "notifyPayment, emoji", "notifyPayment, Chinese names", "notifyPayment, 3 spaces", "notifyRefund")
		})
	}
}

// explainRewriting has a program write some bodies again, and asks about what
// became of them; and about the other way, the one who signed what the program
// wrote and sent what had been.
func (c *corpus) explainRewriting(t *testing.T, p rewriting, names ...string) {
	t.Helper()
	for _, name := range names {
		i := slices.IndexFunc(c.bases, func(b base) bool { return b.name == name })
		b := c.bases[i]
		written := p.run(t, b.message.Body)
		for _, f := range []fault{
			{name: p.name, kind: "body-layout", happen: func(in *incident) bool {
				in.given.Body = written
				in.expectProgram(true)
				return true
			}},
			{name: "signed as written by " + p.name, kind: "body-layout", happen: func(in *incident) bool {
				in.signed.Body = written
				in.expectProgram(false)
				if p.rare {
					in.grade = max(in.grade, hard)
				}
				return true
			}},
		} {
			told, _ := c.tell(b, f)
			s, _ := told.sealed()
			if s.grade != reachable {
				s.hints.Budget = shortSearch
			}
			d := diagnose.Signature(context.Background(), s.message, s.header, s.keys, s.hints)
			v := s.judge(d)
			o := outcome{story: s, said: d, verdict: v}
			reportLies(t, []outcome{o})
			switch {
			case s.grade == reachable && !v.right:
				t.Errorf("%v\nsigned %s\ngiven  %s", o, opening(s.truth.signed.Body), opening(s.truth.given.Body))
			case s.grade == hard:
				t.Logf("%s: not asked for; proven=%v", s.name, d.Proven)
			}
		}
	}
}

// expectProgram finds out what a program changed, what that is called, and
// whether it can be undone. Where nothing changed, nothing need be said. The
// order of the names can be learnt where it was lost.
func (in *incident) expectProgram(lost bool) {
	signed, given := in.signed.Body, in.given.Body
	if bytes.Equal(signed, given) {
		in.wants[len(in.wants)-1].quiet = true
		return
	}
	a, b := readTree(signed), readTree(given)
	if !sameValue(a, b) {
		in.grade = hard
	}
	ordered := slices.Equal(namesOf(a), namesOf(b))
	if lost && !ordered {
		in.hints.Bodies = [][]byte{in.base.habit.write(in.base.sibling(in.random))}
	}
	if !lost && !ordered && !slices.Equal(namesOf(a), namesOf(readTree(writer{sorted: true}.write(a)))) {
		in.grade = hard // the order of a hash, which is nobody's
	}
	var oneOf, also []diagnose.Cause
	trimmedSigned, trimmedGiven := bytes.TrimSpace(signed), bytes.TrimSpace(given)
	signedFrame, signedInside := bones(trimmedSigned)
	givenFrame, givenInside := bones(trimmedGiven)
	switch {
	case bytes.Equal(trimmedSigned, trimmedGiven):
		in.expect([]diagnose.Cause{diagnose.BodyTrailingNewline})
		return
	case signedFrame == givenFrame && ordered && sameStrings(signed, given):
		oneOf = []diagnose.Cause{diagnose.BodyEscaping}
	default:
		oneOf = []diagnose.Cause{diagnose.BodyReserialized}
		if !slices.Equal(signedInside, givenInside) {
			also = []diagnose.Cause{diagnose.BodyEscaping}
		}
	}
	in.expect(oneOf, also...)
	if len(trimmedSigned) != len(signed) || len(trimmedGiven) != len(given) {
		in.wants = append(in.wants, want{fault: "a final newline", oneOf: []diagnose.Cause{diagnose.BodyTrailingNewline}})
	}
}

// sameValue reports whether two trees differ in the order of names alone.
func sameValue(a, b *tree) bool {
	sorted := writer{sorted: true}
	return bytes.Equal(sorted.write(a), sorted.write(b))
}

// namesOf returns the names of all objects in reading order.
func namesOf(t *tree) []string {
	names := slices.Clone(t.names)
	for _, child := range t.children {
		names = append(names, namesOf(child)...)
	}
	return names
}

func opening(body []byte) string { return string(body[:min(len(body), 300)]) }

// To seven mistakes the official Go SDK answers with one sentence. Here each
// has a sentence of its own.
func TestSevenMistakesAreToldApart(t *testing.T) {
	c := newCorpus(t, corpusSeed)
	b := c.bases[1]
	antom, merchant := signtest.PublicKey(t, "throwaway-rsa2048-spki.pem"), signtest.PrivateKey(t, "throwaway-other-pkcs8.pem")
	whole, _ := c.tell(b, fault{happen: func(*incident) bool { return true }})
	whole, _ = whole.sealed()
	_, signature, _ := strings.Cut(whole.header, "signature=")
	raw := strings.NewReplacer("%2B", "+", "%2F", "/", "%3D", "=").Replace(signature)
	if !strings.Contains(raw, "+") {
		t.Fatal("the signature has no '+': another seed is needed")
	}
	ask := func(m sign.Message, header string, keys ...diagnose.Key) diagnose.Diagnosis {
		return diagnose.Signature(context.Background(), m, header, keys, diagnose.Hints{})
	}
	expected := diagnose.Key{Name: "Antom's public key", Role: diagnose.RoleExpected, Key: antom}
	otherPath, otherBody := whole.message, whole.message
	otherPath.Path = "https://shop.example" + otherPath.Path
	otherBody.Body = writer{indent: "  "}.write(readTree(otherBody.Body))

	sentences := map[string]string{}
	diagnosed := func(name string, d diagnose.Diagnosis, proven bool, oneOf ...diagnose.Cause) {
		t.Helper()
		if !slices.Contains(oneOf, d.Cause) || d.Proven != proven {
			t.Errorf("%s: %s, proven=%v; want one of %v, proven=%v", name, d.Cause, d.Proven, oneOf, proven)
		}
		sentences[name] = d.Explanation
	}
	diagnosed("wrong path", ask(otherPath, whole.header, expected), true, diagnose.URIHost)
	diagnosed("body written again", ask(otherBody, whole.header, expected), true, diagnose.BodyReserialized)
	diagnosed("header without signature=", ask(whole.message, strings.Replace(whole.header, "signature=", "", 1), expected), true, diagnose.SignatureHeader)
	diagnosed("signature not url-encoded", ask(whole.message, framed(raw), expected), true, diagnose.SignatureNotDecoded, diagnose.SignaturePlusSpace)

	// PEM is what everybody has: here it is no mistake.
	if d := ask(whole.message, whole.header, expected); !d.Verified {
		t.Errorf("with the public key in PEM: %s", d.Cause)
	}
	sentences["public key in PEM"] = "nothing is wrong"

	if _, err := sign.ParsePublicKey([]byte("bm90IGEga2V5")); err == nil {
		t.Error("garbage is taken for a key")
	} else {
		sentences["garbage for a key"] = err.Error()
	}
	_, err := sign.ParsePublicKey([]byte(signtest.KeyText(t, "throwaway-other-pkcs8.pem")))
	if err == nil || !strings.Contains(err.Error(), "private key") {
		t.Errorf("a private key for a public one: %v", err)
	} else {
		sentences["private key for a public one"] = err.Error()
	}
	// Whoever takes the public half of it has his own key where Antom's should be.
	own := diagnose.Key{Name: "the public half of the private key", Role: diagnose.RoleOwnPublic, Key: merchant.Public()}
	mistaken := diagnose.Key{Name: "Antom's public key", Role: diagnose.RoleExpected, Key: merchant.Public()}
	d := ask(whole.message, whole.header, mistaken, own)
	if d.Cause != diagnose.KeyOwnPublic || d.Proven {
		t.Errorf("the public half of the private key where Antom's key should be: %s, proven=%v; want %s as a suspicion", d.Cause, d.Proven, diagnose.KeyOwnPublic)
	}

	if len(sentences) != 7 {
		t.Errorf("%d mistakes have a sentence; want 7", len(sentences))
	}
	said := map[string]string{}
	for name, sentence := range sentences {
		if sentence == "" {
			t.Errorf("%s: nothing is said", name)
		}
		if other, before := said[sentence]; before {
			t.Errorf("%s and %s have one sentence: %s", name, other, sentence)
		}
		said[sentence] = name
	}
}
