package diagnose

import (
	"context"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/apo-cli/apo/pkg/sign"
)

// Side says whose signature is looked at. It decides in whose code a repair is
// sought.
type Side int

const (
	Notification Side = iota // Antom signed; the reader verifies what came to an address of his own
	Response                 // Antom signed an answer; the path is that of the request
	Request                  // the reader's own code signed; APO verifies
)

// Role says whose a key is.
type Role int

const (
	RoleExpected     Role = iota // the one that ought to verify
	RoleOwnPublic                // the reader's own, where Antom's is expected, or Antom's where the reader's is
	RoleOtherProfile             // that of another account or environment
)

// Key is a key that a diagnosis may try.
type Key struct {
	Name string // in words: "Antom's public key of profile sg"
	Role Role
	Key  *sign.PublicKey
}

// Hints is what may be known beside the message. All of it is optional.
type Hints struct {
	Side      Side
	ClientIDs []string // of other profiles
	Times     []string // other times that stood in the headers
	Paths     []string // other paths of the same address, or prefixes that a proxy adds or strips
	Hosts     []string // host names of the address
	Bodies    [][]byte // bodies, or their [KeyOrder], of the same type that verified before: the order of their keys is learnt
	Length    int      // Content-Length; 0: not known
	Budget    int64    // bytes to hash at most; 0: 1,000 MiB

	// Like are the faults, proven, of other messages between the same two: what
	// differed there is tried first.
	Like [][]Fault
}

// Diagnosis says why a signature does not verify.
type Diagnosis struct {
	Verified bool  // it does: nothing is wrong
	Cause    Cause // empty if verified
	Proven   bool  // Content, with Faults mended, was seen to verify

	Faults  []Fault      // what was changed to make it verify; of an unproven cause the suspicion alone
	Message sign.Message // the message that verifies, if proven; put together otherwise where a fault is [Separator]
	Content []byte       // the text that was signed, if proven
	Header  string       // the Signature header as it should have read, if proven
	Key     Key          // the key that verifies, if verified or proven

	Explanation string  // one sentence or two
	Repair      string  // what to do
	Excluded    []Cause // what it is not, for certain
	Tried       int     // contents and signatures tried
	Hashed      int64   // bytes hashed
	Exhausted   bool    // the budget or the time ended the search before its list did
}

// Fault is one thing that differs between what was given and what was signed.
type Fault struct {
	Cause  Cause
	Part   string // "body", "uri", "clientId", "requestTime", "method", "content", "signature", "key"
	What   string // "it ends in a newline (0A) that was not signed"
	Offset int    // of the first differing byte in the part; -1 where there is none
	Given  string // the part as given, where it is short: not for bodies and keys
	Signed string // the part as it was signed, likewise
	Repair string // what to do about it
	Writer string // who writes JSON so, where that is known: "php", "python", "go", "jackson", "gson", "node", "dotnet", "jq"
}

// Signature finds out why header is not the signature of m.
//
// The verification of an RSASSA-PKCS1-v1_5 signature recovers the digest that
// was signed. So the search has a target, and a hit is a fact: Proven is true
// only where the mended content was seen to verify. What could not be proven is
// a suspicion, and said to be one.
//
// header is the whole value of a Signature header, or its signature alone. The
// first of the keys with [RoleExpected] is the one that ought to verify. The
// result depends on the arguments alone, not on the speed of the machine or
// the number of its cores, unless ctx ends first or the search takes longer
// than 10 s.
func Signature(ctx context.Context, m sign.Message, header string, keys []Key, hints Hints) Diagnosis {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	c := &examination{message: m, text: header, keys: usable(keys), own: own(keys), hints: hints}
	if len(c.keys) == 0 {
		return Diagnosis{Cause: KeyUnknown, Explanation: "there is no key to verify with"}
	}
	if h, err := sign.ReadHeader(header); err == nil && h.Verify(c.keys[0].Key, m) == nil {
		return Diagnosis{Verified: true, Key: c.keys[0], Explanation: "the signature verifies"}
	}
	if len(header) <= sign.MaxHeader {
		c.readings = readings(header)
	}
	if what := placeholderIn(header); what != "" {
		return c.neverThere(SignatureHeader, "signature", "the signature", what)
	}
	c.aim()
	if len(c.aims) == 0 {
		return c.withoutTarget()
	}
	if h := c.find(ctx); h != nil {
		return c.proven(h)
	}
	return c.unexplained()
}

// usable puts the expected keys first and drops what is none or comes twice.
func usable(keys []Key) []Key {
	var list []Key
	for _, role := range []Role{RoleExpected, RoleOwnPublic, RoleOtherProfile} {
		for _, k := range keys {
			if k.Role != role || k.Key == nil || k.Key.RSA() == nil {
				continue
			}
			if !slices.ContainsFunc(list, func(o Key) bool { return o.Key.Equal(k.Key) }) {
				list = append(list, k)
			}
		}
	}
	return list
}

func own(keys []Key) []Key {
	var list []Key
	for _, k := range keys {
		if k.Role == RoleOwnPublic && k.Key != nil && k.Key.RSA() != nil {
			list = append(list, k)
		}
	}
	return list
}

// examination is one diagnosis under way.
type examination struct {
	message  sign.Message
	text     string
	keys     []Key
	own      []Key // those of RoleOwnPublic, the expected one among them
	hints    Hints
	readings []reading

	aims   []aim
	search *search
	tried  int // signatures
}

// aim is a target, and how the signature had to be read to get at it.
type aim struct {
	*target
	reading reading
}

// aim finds the readings and keys that give a digest to look for.
func (c *examination) aim() {
	var doubtful []aim // taken if there is no other
	defer func() {
		if len(c.aims) == 0 {
			c.aims = doubtful
		}
	}()
	const most = 3 // a header may hold several signatures, and a short text have several ends
	for _, r := range c.readings {
		for _, k := range c.keys {
			if len(c.aims) == most {
				return
			}
			c.tried++
			t := recoverTarget(r.raw, k)
			if t != nil && t.pss != nil && t.pss.doubtful {
				doubtful = append(doubtful, aim{t, r})
				t = nil
			}
			if t != nil {
				c.aims = append(c.aims, aim{t, r})
				break
			}
		}
	}
	if len(c.aims) > 0 {
		return
	}
	ends := 0 // that were tried, thousands for each reading
	for _, r := range c.readings {
		for _, k := range c.keys {
			list := completions(r.text, k.Key.RSA().Size())
			if len(list) > 0 {
				ends++
			}
			if ends > most*len(c.keys) {
				return
			}
			for _, raw := range list {
				c.tried++
				if t := recoverTarget(raw, k); t != nil {
					r.faults = append(without(r.faults, SignatureTruncated),
						signatureFault(SignatureTruncated, "the last characters of the signature are missing"))
					r.header.Signature = escapeForm(encodeBase64(string(raw)))
					c.aims = append(c.aims, aim{t, r})
					return
				}
			}
		}
	}
}

func without(faults []Fault, c Cause) []Fault {
	return slices.DeleteFunc(slices.Clone(faults), func(f Fault) bool { return f.Cause == c })
}

// find looks for the content that was signed.
func (c *examination) find(ctx context.Context) *hit {
	budget := c.hints.Budget
	if budget <= 0 {
		budget = 1000 << 20
	}
	if pss := c.aims[0].pss; pss != nil && pss.doubtful { // most likely it is no signature at all
		budget /= 4
	}
	if Placeholder(c.message.Time) != "" || Placeholder(string(c.message.Body[:min(len(c.message.Body), 128)])) != "" { // nothing leads to what was there
		budget /= 16
	}
	c.search = &search{
		side: c.hints.Side, given: headOf(c.message), paths: c.hints.Paths, body: candidate{body: onePiece(c.message.Body)},
	}
	c.search.documents = sync.OnceValue(func() []document { return documents(c.message.Body) })
	for _, a := range c.aims {
		c.search.targets = append(c.search.targets, a.target)
	}
	s := c.search
	if h := c.findLike(ctx, budget/2); h != nil || ctx.Err() != nil {
		return h
	}
	likely := sync.OnceValue(func() []*change { return headChanges(c.message, c.hints, 2) })
	all := sync.OnceValue(func() []*change { return headChanges(c.message, c.hints, 3) })
	rare := func() []*change { return headChanges(c.message, c.hints, alone) }
	var bodies [4]func() []candidate // by tier
	for t := range bodies {
		bodies[t] = sync.OnceValue(func() []candidate { return bodyCandidates(c.message.Body, c.hints, tier(t)) })
	}
	near := int64(55)                    // what is left is for values and bytes of the body, one by one
	if len(c.message.Body) > maxEdited { // one byte of so many is not found
		near = 75
	}
	stages := []struct {
		until int64 // of the budget, in hundredths
		jobs  func() iter.Seq[job]
	}{
		{100, func() iter.Seq[job] { return s.plain() }},
		{100, func() iter.Seq[job] { return s.singles(likely(), nil, 1) }},
		{100, func() iter.Seq[job] { return s.singles(nil, bodies[1](), 1) }},
		{100, func() iter.Seq[job] { return s.singles(likely(), bodies[2](), 2) }},
		{100, func() iter.Seq[job] { return s.singles(all(), bodies[3](), 3) }},
		{100, func() iter.Seq[job] { return s.edgePairs(bodies[2]()) }},
		{100, func() iter.Seq[job] { return s.singles(rare(), nil, alone) }},
		{100, func() iter.Seq[job] { return s.revalued(oneValue) }},
		{near, func() iter.Seq[job] { return s.revaluedUnder(s.heads(likely(), 1)) }},
		{near, func() iter.Seq[job] { return s.pairs(likely(), bodies[2](), [][2]tier{{1, 1}, {1, 2}, {2, 1}, {2, 2}}) }},
		{near + 12, func() iter.Seq[job] { return s.revalued(twoValues) }},
		{near + 17, func() iter.Seq[job] { return s.editsBeside(bodies[2]()) }},
		{near + 19, func() iter.Seq[job] { return s.revalued(valuesAnew) }},
		{near + 28, func() iter.Seq[job] { return s.revalued(lostValues) }},
		{98, func() iter.Seq[job] { return s.edits() }},
		{100, func() iter.Seq[job] { return s.pairs(all(), bodies[3](), [][2]tier{{1, 3}, {3, 1}, {2, 3}, {3, 2}}) }},
	}
	if len(c.message.Body) > cheapAbove || len(c.message.Path) > 8*longURI {
		stages = stages[:5]
	}
	for _, stage := range stages {
		if h := s.run(ctx, stage.jobs(), budget/100*stage.until); h != nil || ctx.Err() != nil {
			return h
		}
	}
	return nil
}
