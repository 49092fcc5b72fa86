package diagnose_test

import (
	"bytes"
	"cmp"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"hash/fnv"
	mathrand "math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/internal/signtest"
	"github.com/apo-cli/apo/pkg/sign"
)

// The corpus: what was signed, what was given of it, and what has to be said
// about the difference. It knows nothing of how Diagnose searches. Signing and
// verifying are done here with crypto/rsa alone, so that a diagnosis is never
// judged by the code that made it.

// A grade says what is asked of a diagnosis.
type grade int

const (
	reachable   grade = iota // the signed text can be had from what is given
	hard                     // with luck; asked for is the truth alone
	unreachable              // it cannot: whoever claims to have it has invented it
)

func (g grade) String() string { return [...]string{"reachable", "hard", "unreachable"}[g] }

// A scheme is how a signature was made.
type scheme struct {
	hash crypto.Hash
	pss  bool
}

// incident is one message between the signer and the verifier. Faults change
// either side of it.
type incident struct {
	base   base
	random *mathrand.Rand

	signed sign.Message
	join   func(sign.Message) string // how the signer put the content together
	signer *rsa.PrivateKey
	scheme scheme

	given sign.Message
	spell func(raw []byte) string       // the signature as text
	frame func(signature string) string // the header around it

	keys  []diagnose.Key
	hints diagnose.Hints

	corpus    *corpus
	grade     grade
	wants     []want
	needsPlus bool // nothing is wrong where base64 has no '+'
}

// want is what a diagnosis has to say about one fault.
type want struct {
	fault string
	oneOf []diagnose.Cause // a name of these must be among its faults
	also  []diagnose.Cause // these may be
	quiet bool             // the fault does no harm by itself: it need not be named
}

// fault is one way for a signature to go wrong.
type fault struct {
	name   string
	kind   string // "body-newline": the part it is in, and what is done to it
	grade  grade
	oneOf  []diagnose.Cause
	also   []diagnose.Cause
	quiet  bool
	sides  []diagnose.Side // all where empty
	happen func(*incident) bool
}

// story is an incident that has happened.
type story struct {
	name    string
	kinds   []string
	faults  []string
	grade   grade
	wants   []want
	message sign.Message
	header  string
	keys    []diagnose.Key
	hints   diagnose.Hints
	content []byte // what was signed
	raw     []byte // the signature that was made of it
	truth   *incident
}

type corpus struct {
	seed                               uint64
	antom, merchant, foreign, stranger *rsa.PrivateKey
	public                             map[*rsa.PrivateKey]*sign.PublicKey
	bases                              []base
	faults                             []fault
}

func newCorpus(tb testing.TB, seed uint64) *corpus {
	tb.Helper()
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		tb.Fatal(err)
	}
	c := &corpus{
		seed:     seed,
		antom:    signtest.BareKey(tb),
		merchant: bareKeyIn(tb, "throwaway-other-pkcs8.pem"),
		foreign:  bareKeyIn(tb, "throwaway-rsapss-pkcs8.pem"),
		stranger: stranger,
		public:   map[*rsa.PrivateKey]*sign.PublicKey{},
		bases:    bases(seed),
		faults:   allFaults(),
	}
	for _, key := range []*rsa.PrivateKey{c.antom, c.merchant, c.foreign, c.stranger} {
		private, err := sign.NewPrivateKey(key)
		if err != nil {
			tb.Fatal(err)
		}
		c.public[key] = private.Public()
	}
	return c
}

// bareKeyIn reads a PKCS#8 key with the standard library alone, for whatever
// RSA scheme it says it is.
func bareKeyIn(tb testing.TB, name string) *rsa.PrivateKey {
	tb.Helper()
	block, _ := pem.Decode([]byte(signtest.KeyText(tb, name)))
	if block == nil {
		tb.Fatalf("%s is no PEM", name)
	}
	var info struct {
		Version   int
		Algorithm asn1.RawValue
		Key       []byte
	}
	if _, err := asn1.Unmarshal(block.Bytes, &info); err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	key, err := x509.ParsePKCS1PrivateKey(info.Key)
	if err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	return key
}

// begin is a message to which nothing has happened, and a verifier who knows a
// few things besides, or nothing.
func (c *corpus) begin(b base, name string) *incident {
	h := fnv.New64a()
	h.Write([]byte(name))
	r := mathrand.New(mathrand.NewPCG(c.seed, h.Sum64()))
	in := &incident{
		base: b, random: r, corpus: c,
		signed: b.message, given: b.message,
		scheme: scheme{hash: crypto.SHA256},
		join:   joined,
		spell:  formEncoded,
		frame:  framed,
		hints:  diagnose.Hints{Side: b.side},
	}
	own, ours, theirs := c.merchant, "the merchant's own public key", "Antom's public key"
	if b.side == diagnose.Request {
		in.signer = c.merchant
		own, ours, theirs = c.antom, "Antom's public key", "the merchant's own public key"
	} else {
		in.signer = c.antom
	}
	in.keys = []diagnose.Key{
		{Name: theirs, Role: diagnose.RoleExpected, Key: c.public[in.signer]},
		{Name: ours, Role: diagnose.RoleOwnPublic, Key: c.public[own]},
		{Name: "the public key of profile jp", Role: diagnose.RoleOtherProfile, Key: c.public[c.foreign]},
	}
	if r.IntN(2) == 0 {
		return in
	}
	in.hints.ClientIDs = []string{"SANDBOX_5Y7777777777777", "5Y8888888888888"}
	in.hints.Paths = []string{"/hooks/other", b.message.Path}
	in.hints.Hosts = []string{"shop.example", "127.0.0.1:8080"}
	in.hints.Times = []string{"2026-03-04T05:09:59+08:00"}
	in.hints.Bodies = [][]byte{writer{}.write(notifyCapture(r)), b.habit.write(b.sibling(r))}
	return in
}

func joined(m sign.Message) string {
	return fmt.Sprintf("%s %s\n%s.%s.%s", m.Method, m.Path, m.ClientID, m.Time, m.Body)
}

func formEncoded(raw []byte) string { return url.QueryEscape(base64.StdEncoding.EncodeToString(raw)) }

func framed(signature string) string { return "algorithm=RSA256,keyVersion=1,signature=" + signature }

// tell lets faults happen to a message that is yet to be sealed. It is false
// where one of them finds nothing to change.
func (c *corpus) tell(b base, faults ...fault) (story, bool) {
	var names, kinds []string
	for _, f := range faults {
		names, kinds = append(names, f.name), append(kinds, f.kind)
	}
	name := b.name + ": " + strings.Join(names, " + ")
	in := c.begin(b, name)
	in.given.Body, in.signed.Body = bytes.Clone(b.message.Body), bytes.Clone(b.message.Body)
	for _, f := range faults {
		if len(f.sides) > 0 && !slices.Contains(f.sides, b.side) {
			return story{}, false
		}
		in.wants = append(in.wants, want{f.name, f.oneOf, f.also, f.quiet})
		in.grade = max(in.grade, f.grade)
		if !f.happen(in) {
			return story{}, false
		}
	}
	return story{
		name: name, kinds: kinds, faults: names, grade: in.grade, wants: in.wants,
		message: in.given, keys: in.keys, hints: in.hints, truth: in,
	}, true
}

// sealed signs what the signer of a story put together. It is false where the
// signature turns out to be one that nothing is wrong with.
func (s story) sealed() (story, bool) {
	in := s.truth
	s.content = []byte(in.join(in.signed))
	s.raw = in.signature(s.content)
	s.header = in.frame(in.spell(s.raw))
	if s.hints.Length == 0 {
		switch in.random.IntN(8) {
		case 0, 1:
			s.hints.Length = len(in.signed.Body)
		case 2:
			s.hints.Length = len(in.given.Body)
		}
	}
	return s, !in.needsPlus || strings.Contains(base64.StdEncoding.EncodeToString(s.raw), "+")
}

func (s story) signerKey() *sign.PublicKey { return s.truth.corpus.public[s.truth.signer] }

// expect says what the fault that is happening is called here.
func (in *incident) expect(oneOf []diagnose.Cause, also ...diagnose.Cause) {
	last := &in.wants[len(in.wants)-1]
	last.oneOf, last.also = oneOf, also
}

func (in *incident) signature(content []byte) []byte {
	digest := digestOf(in.scheme.hash, content)
	var raw []byte
	var err error
	if in.scheme.pss {
		raw, err = rsa.SignPSS(rand.Reader, in.signer, in.scheme.hash, digest, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	} else {
		raw, err = rsa.SignPKCS1v15(nil, in.signer, in.scheme.hash, digest)
	}
	if err != nil {
		panic("the corpus cannot sign: " + err.Error())
	}
	return raw
}

// sign makes the signature that others are measured by.
func (c *corpus) sign() {
	if _, err := rsa.SignPKCS1v15(nil, c.antom, crypto.SHA256, digestOf(crypto.SHA256, []byte(testCard))); err != nil {
		panic("the corpus cannot sign: " + err.Error())
	}
}

func digestOf(h crypto.Hash, content []byte) []byte {
	hash := h.New()
	hash.Write(content)
	return hash.Sum(nil)
}

// verifies reports whether the signature that was made is one of content.
func (s story) verifies(content []byte) bool {
	digest := digestOf(s.truth.scheme.hash, content)
	if s.truth.scheme.pss {
		return rsa.VerifyPSS(&s.truth.signer.PublicKey, s.truth.scheme.hash, digest, s.raw, nil) == nil
	}
	return rsa.VerifyPKCS1v15(&s.truth.signer.PublicKey, s.truth.scheme.hash, digest, s.raw) == nil
}

// verdictOn is what became of one story.
type verdictOn struct {
	right bool
	miss  string   // what was asked for and not had
	lies  []string // what was stated as a fact, and is none
}

// judge holds a diagnosis against what happened.
func (s story) judge(d diagnose.Diagnosis) verdictOn {
	v := verdictOn{lies: s.lies(d)}
	switch {
	case s.grade == unreachable:
		if d.Proven || d.Verified {
			v.lies = append(v.lies, "what cannot be reached was said to be proven")
		}
		v.right = len(v.lies) == 0
	case d.Verified:
		if !s.harmless() {
			v.miss = "said to verify"
		}
		v.right = v.miss == ""
	default:
		v.miss = s.missing(d)
		v.right = v.miss == ""
	}
	return v
}

// harmless reports whether every fault is one that need not be noticed.
func (s story) harmless() bool {
	return !slices.ContainsFunc(s.wants, func(w want) bool { return !w.quiet })
}

func (s story) missing(d diagnose.Diagnosis) string {
	if !d.Proven {
		return "not proven"
	}
	for _, w := range s.wants {
		if !w.quiet && !slices.ContainsFunc(causesOf(d), func(c diagnose.Cause) bool { return slices.Contains(w.oneOf, c) }) {
			return fmt.Sprintf("no fault %v", w.oneOf)
		}
	}
	return ""
}

func causesOf(d diagnose.Diagnosis) []diagnose.Cause {
	var causes []diagnose.Cause
	for _, f := range d.Faults {
		causes = append(causes, f.Cause)
	}
	return causes
}

// lies returns what a diagnosis says and what is not so.
func (s story) lies(d diagnose.Diagnosis) []string {
	var lies []string
	lie := func(format string, args ...any) { lies = append(lies, fmt.Sprintf(format, args...)) }
	if d.Verified && (d.Proven && d.Cause != "" || d.Cause != "" || len(d.Faults) > 0) {
		lie("it verifies, and has the cause %q", d.Cause)
	}
	if d.Verified && joined(s.message) != string(s.content) {
		lie("it does not verify: something else was signed")
	}
	// The bare value of a header is no header to Verify, but Diagnose takes it.
	refused := sign.Verify(s.keys[0].Key, s.message, s.header)
	if bare := !strings.Contains(s.header, "="); d.Verified && refused != nil && !bare || !d.Verified && refused == nil {
		lie("verified is %v, but Verify says: %v", d.Verified, refused)
	}
	if d.Hashed > 1<<30+1<<20 {
		lie("%d bytes were hashed", d.Hashed)
	}
	if !d.Verified && d.Cause == "" {
		lie("it does not verify, and no cause is named")
	}
	for _, text := range append(s.words(d), d.Explanation, d.Repair) {
		if strings.Contains(text, testCard) {
			lie("the card number is told: %q", text)
		}
	}
	for _, c := range d.Excluded {
		if why, is := s.is(c); is && (d.Proven && slices.Contains(causesOf(d), c) || s.only(c)) {
			lie("%s is excluded, but %s", c, why)
		}
	}
	if !d.Proven {
		if d.Content != nil {
			lie("there is a content without a proof")
		}
		return lies
	}
	if !s.verifies(d.Content) {
		lie("the content does not verify")
	}
	if !bytes.Equal(d.Content, s.content) {
		lie("the content is not what was signed")
	}
	if d.Key.Key == nil || !d.Key.Key.Equal(s.signerKey()) {
		lie("the key %q is not the one that signed", d.Key.Name)
	}
	causes := causesOf(d)
	if len(causes) == 0 || !slices.Contains(causes, d.Cause) {
		lie("the cause %s is not among the faults %v", d.Cause, causes)
	}
	if !slices.Contains(causes, diagnose.Separator) && joined(d.Message) != string(s.content) {
		lie("the message is not that of the content")
	}
	for _, needless := range s.needless(d) {
		lie("%s", needless)
	}
	for _, more := range unnamed(s.message, d) {
		lie("not all is named: %s", more)
	}
	for _, f := range d.Faults {
		if !s.allowed(f.Cause) {
			_, is := s.is(f.Cause)
			lie("%s is no name for what happened (part wrong at all: %v)", f.Cause, is)
		}
		if told, so := s.tells(f); !so {
			lie("%s: given %q, signed %q; but %s", f.Cause, f.Given, f.Signed, told)
		}
		if f.Part == "" || f.What == "" {
			lie("%s is a fault without words: %q %q", f.Cause, f.Part, f.What)
		}
	}
	return lies
}

func (s story) words(d diagnose.Diagnosis) []string {
	var words []string
	for _, f := range d.Faults {
		words = append(words, f.What, f.Given, f.Signed)
	}
	return words
}

// allowed reports whether a cause is a name for one of the faults.
func (s story) allowed(c diagnose.Cause) bool {
	return slices.ContainsFunc(s.wants, func(w want) bool { return slices.Contains(w.oneOf, c) || slices.Contains(w.also, c) })
}

// only reports whether a cause is the sole name for one of the faults.
func (s story) only(c diagnose.Cause) bool {
	return slices.ContainsFunc(s.wants, func(w want) bool { return !w.quiet && len(w.oneOf) == 1 && w.oneOf[0] == c })
}

// is reports whether the part that a cause speaks of is wrong at all.
func (s story) is(c diagnose.Cause) (string, bool) {
	in := s.truth
	family, _, _ := strings.Cut(string(c), "-")
	switch family {
	case "body":
		return "the body differs", !bytes.Equal(in.given.Body, in.signed.Body)
	case "uri":
		return "the path differs", in.given.Path != in.signed.Path
	case "client":
		return "the client ID differs", in.given.ClientID != in.signed.ClientID
	case "time":
		return "the time differs", in.given.Time != in.signed.Time
	case "method":
		return "the method differs", in.given.Method != in.signed.Method
	case "separator":
		return "the content was joined otherwise", joined(in.signed) != string(s.content)
	case "signature":
		return "the header differs", s.header != framed(formEncoded(s.raw))
	case "key":
		return "another key signed", !in.keys[0].Key.Equal(s.signerKey())
	case "algorithm":
		return "another algorithm was used", in.scheme != scheme{hash: crypto.SHA256} || !strings.HasPrefix(s.header, "algorithm=RSA256")
	}
	return "", true
}

// tells reports whether what a fault says of a short part is so. Of two faults
// in one part, one may tell of the way between.
func (s story) tells(f diagnose.Fault) (truth string, so bool) {
	given, signed := s.truth.given, s.truth.signed
	var was, is string
	switch f.Part {
	case "uri":
		was, is = given.Path, signed.Path
	case "clientId":
		was, is = given.ClientID, signed.ClientID
	case "requestTime":
		was, is = given.Time, signed.Time
	case "method":
		was, is = given.Method, signed.Method
	default:
		return "", true
	}
	parts := map[string]int{}
	for _, kind := range s.kinds {
		parts[partOf(kind)]++
	}
	if parts["uri"] > 1 && f.Part == "uri" {
		return "", true
	}
	return fmt.Sprintf("it was %q and %q", was, is), (f.Given == "" || f.Given == was) && (f.Signed == "" || f.Signed == is)
}

// singles tells every fault of the messages that choose puts first, of count
// of those to which it can happen.
func (c *corpus) singles(tb testing.TB, choose func(fault) (order []base, count int)) []story {
	tb.Helper()
	var all []story
	for _, f := range c.faults {
		order, count := choose(f)
		told := 0
		for _, b := range order {
			if told == count {
				break
			}
			s, happened := c.tell(b, f)
			if !happened {
				continue
			}
			if s, wrong := s.sealed(); wrong {
				all = append(all, s)
				told++
			}
		}
		if told == 0 && count > 0 {
			tb.Errorf("the fault %q happens to no message of the corpus", f.name)
		}
	}
	return all
}

// together reports whether faults of two kinds may happen to one message: of
// different parts, or such as go together in one and can yet be told apart. A
// first slash that is lost and a host in front of it, say, cannot.
func together(k, l string) bool {
	if partOf(k) != partOf(l) {
		return true
	}
	known := [][2]string{
		{"body-values", "body-values"},
		{"body-values", "body-layout"},
		{"body-values", "body-wrap"},
		{"body-layout", "body-newline"},
		{"body-layout", "body-wrap"},
		{"body-layout", "body-charset"},
		{"body-escape", "body-newline"},
		{"body-values", "body-newline"},
		{"body-values", "body-escape"},
		{"body-charset", "body-newline"},
		{"body-lines", "body-newline"},
		{"body-newline", "body-wrap"},
		{"uri-host", "uri-slash"},
		{"uri-host", "uri-query"},
		{"uri-host", "uri-prefix"},
		{"uri-prefix", "uri-slash"},
		{"uri-slash", "uri-query"},
		{"signature-spelling", "signature-frame"},
	}
	return slices.Contains(known, [2]string{k, l}) || slices.Contains(known, [2]string{l, k})
}

func partOf(kind string) string {
	part, _, _ := strings.Cut(kind, "-")
	return part
}

// inOrder is the order in which two kinds of faults happen: a body is written
// before it is wrapped, a path put together before the host is put before it.
func inOrder(k, l string) [2]string {
	order := []string{
		"body-values", "body-layout", "body-escape", "body-cut", "body-charset", "body-lines", "body-newline", "body-wrap",
		"uri-other", "uri-encoding", "uri-prefix", "uri-start", "uri-slash", "uri-query", "uri-host",
		"client", "time", "method", "separator", "signature-spelling", "signature-frame", "key", "algorithm",
	}
	if slices.Index(order, l) < slices.Index(order, k) {
		return [2]string{l, k}
	}
	return [2]string{k, l}
}

// pairs tells count pairs of faults that can be reached, each pair of kinds as
// often as any other, of messages that pick chooses.
func (c *corpus) pairs(tb testing.TB, count int, pick func(*mathrand.Rand) base) []story {
	tb.Helper()
	byKind := map[string][]fault{}
	var kinds []string
	for _, f := range c.faults {
		if f.grade != reachable {
			continue
		}
		if byKind[f.kind] == nil {
			kinds = append(kinds, f.kind)
		}
		byKind[f.kind] = append(byKind[f.kind], f)
	}
	var combinations [][2]string
	for i, k := range kinds {
		for _, l := range kinds[i:] {
			if together(k, l) {
				combinations = append(combinations, inOrder(k, l))
			}
		}
	}
	r := mathrand.New(mathrand.NewPCG(c.seed, 2))
	var all []story
	seen := map[string]bool{}
	for n := 0; len(all) < count; n++ {
		if n > 20*count {
			tb.Fatalf("the corpus tells %d pairs, not %d", len(all), count)
		}
		kinds := combinations[n%len(combinations)]
		for range 40 {
			f, g := byKind[kinds[0]][r.IntN(len(byKind[kinds[0]]))], byKind[kinds[1]][r.IntN(len(byKind[kinds[1]]))]
			s, happened := c.tell(pick(r), f, g)
			if !happened || f.name == g.name || s.undone() || s.grade != reachable || seen[s.name] {
				continue
			}
			seen[s.name] = true
			if s, wrong := s.sealed(); wrong {
				all = append(all, s)
				break
			}
		}
	}
	return all
}

// undone reports whether of two faults of a body one took back what the other did.
func (s story) undone() bool {
	return strings.HasPrefix(s.kinds[0], "body-") && joined(s.truth.given) == joined(s.truth.signed)
}

// anyBase picks any message.
func (c *corpus) anyBase(r *mathrand.Rand) base { return c.bases[r.IntN(len(c.bases))] }

// smallBase picks a short message most of the time: nine in ten are of 0.1 to
// 0.7 KB, one in a hundred of 16 KB.
func (c *corpus) smallBase(r *mathrand.Rand) base {
	limit := 700
	switch n := r.IntN(100); {
	case n == 0:
		limit = 17000
	case n < 10:
		limit = 4500
	}
	for {
		if b := c.anyBase(r); len(b.message.Body) < limit {
			return b
		}
	}
}

func (c *corpus) shortFirst() []base {
	return slices.SortedStableFunc(slices.Values(c.bases), func(a, b base) int { return cmp.Compare(len(a.message.Body), len(b.message.Body)) })
}
