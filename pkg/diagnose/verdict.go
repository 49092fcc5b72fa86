package diagnose

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/apo-cli/apo/pkg/sign"
)

// proven makes the diagnosis of a content that was found. crypto/rsa is asked
// once more, over the content itself.
func (c *examination) proven(h *hit) Diagnosis {
	content := h.content()
	if !h.verifies(content) {
		return c.unexplained() // unreachable: a hit has the digest that was signed
	}
	r := c.readingOf(h.target)
	d := c.diagnosis()
	d.Proven, d.Key, d.Content = true, h.target.key, content
	d.Message = sign.Message{Method: h.head.method, Path: h.head.uri, ClientID: h.head.client, Time: h.head.time, Body: append(h.body.body.bytes(), h.tail...)}
	d.Faults = c.certain(h.target, r)
	for _, f := range h.head.faults() {
		if f.What == knownAddress {
			d.Faults = append(d.Faults, uriDifferences(f.Given, f.Signed)...)
			continue
		}
		d.Faults = append(d.Faults, f)
	}
	d.Faults = c.queryLast(append(d.Faults, c.bodyFaults(h)...), h.head.uri)
	if h.twice != "" {
		d.Faults = append(d.Faults, Fault{Cause: Algorithm, Part: "content", What: h.twice, Offset: -1})
	}
	d.Header = r.header.String()
	d.Cause = mainCause(d.Faults)
	d.Explanation = sentence(d.Faults)
	d.Repair = c.repairs(d.Faults, d.Cause)
	return d
}

// queryLast puts the query of a notification's address behind the other faults:
// that it is not signed is as it should be.
func (c *examination) queryLast(faults []Fault, signed string) []Fault {
	if c.hints.Side != Notification || !strings.Contains(c.message.Path, "?") || strings.Contains(signed, "?") {
		return faults
	}
	of := func(f Fault) bool { return f.Cause == URIQuery }
	query := slices.Clone(faults)
	query = slices.DeleteFunc(query, func(f Fault) bool { return !of(f) })
	for i := range query {
		query[i].What = "the query of the address is not signed, as is usual for a notification"
	}
	return append(slices.DeleteFunc(faults, of), query...)
}

// verifies checks a hit with crypto/rsa.
func (h *hit) verifies(content []byte) bool {
	if h.twice == "" {
		return h.target.verifies(content)
	}
	hash := h.target.newHash()
	hash.Write(content)
	for _, form := range digestForms(hash.Sum(nil)) {
		if h.target.verifies(form.text) {
			return true
		}
	}
	return false
}

func (c *examination) readingOf(t *target) reading {
	for _, a := range c.aims {
		if a.target == t {
			return a.reading
		}
	}
	return reading{}
}

// certain are the faults that the padding alone proves.
func (c *examination) certain(t *target, r reading) []Fault {
	faults := slices.Clone(r.faults)
	if cause, what := c.keyFault(t.key); cause != "" {
		faults = append(faults, Fault{Cause: cause, Part: "key", What: what, Offset: -1})
	}
	if !t.isOwn() {
		faults = append(faults, Fault{Cause: Algorithm, Part: "signature", What: "it was signed with " + t.algorithm + " instead of SHA-256 and PKCS#1 v1.5", Offset: -1})
	}
	return once(faults)
}

// keyFault compares the key that signed with the one that was expected to.
func (c *examination) keyFault(signer Key) (Cause, string) {
	expected := c.keys[0]
	if signer.Key.Equal(expected.Key) {
		return "", ""
	}
	switch {
	case c.isOwn(expected.Key):
		return KeyOwnPublic, "the key to verify with is " + c.ownName(expected.Key) + "; the signature is by " + signer.Name
	case signer.Role == RoleOwnPublic:
		return KeyOwnPublic, "the signature is by " + signer.Name + ", not by " + expected.Name
	}
	return KeyOtherProfile, "the signature is by " + signer.Name + ", not by " + expected.Name
}

func (c *examination) isOwn(key *sign.PublicKey) bool { return c.ownName(key) != "" }

// ownName finds the reader's own key under the expected one, which usable has
// merged with it.
func (c *examination) ownName(key *sign.PublicKey) string {
	for _, k := range c.own {
		if k.Key.Equal(key) {
			return k.Name
		}
	}
	return ""
}

func (c *examination) bodyFaults(h *hit) []Fault {
	given := c.message.Body
	signed := append(h.body.body.bytes(), h.tail...)
	if bytes.Equal(given, signed) {
		return nil
	}
	one := h.body
	if one.edited != nil {
		before := *h
		before.body = *one.edited
		return append(c.bodyFaults(&before), Fault{Cause: BodyEdited, Part: "body", What: oneCharacter, Offset: -1})
	}
	if one.json && one.inner == nil && one.before == nil {
		return differences(given, signed)
	}
	faults := slices.Clone(one.outer)
	if one.fault.Cause != "" {
		f := one.fault
		switch {
		case f.Cause == BodyTrailingNewline && one.edges:
			f.What = "the white space around the body was signed in another form"
		case f.Cause == BodyTrailingNewline && h.tail != "":
			f.What = "the white space at the end of the body was signed in another form"
		}
		faults = append(faults, f)
	}
	if len(faults) > 0 {
		faults[0].Offset = firstDifference(given, signed)
	}
	switch {
	case one.inner != nil:
		faults = append(faults, differences(one.inner, signed)...)
	case one.before != nil:
		faults = append(faults, differences(given, one.before)...)
	}
	edge := func(what string) {
		f := Fault{Cause: BodyTrailingNewline, Part: "body", What: what, Offset: -1}
		if len(faults) == 0 {
			f.Offset = firstDifference(given, signed)
		}
		faults = append(faults, f)
	}
	switch {
	case one.trimmed:
		edge("there is white space around the body that was not signed")
	case one.edges || h.tail != "" && one.inner == nil:
		edge("the body was signed with white space at one of its ends")
	}
	if one.mark {
		faults = append(faults, Fault{Cause: BodyEncoding, Part: "body", What: "the body was signed with a byte order mark (EF BB BF) in front", Offset: -1})
	}
	faults = oncePerEnd(faults)
	for i := 1; i < len(faults); i++ {
		faults[i].Offset = -1 // the place of the first difference is known, and no other
	}
	return faults
}

// oncePerEnd keeps the first of what is said of the white space at the ends. All else
// has to be mended each for itself, though it be of one cause.
func oncePerEnd(faults []Fault) []Fault {
	seen := false
	return slices.DeleteFunc(faults, func(f Fault) bool {
		double := seen && f.Cause == BodyTrailingNewline
		seen = seen || f.Cause == BodyTrailingNewline
		return double
	})
}

// mainCause is the fault that a person should look at first: what is wrong
// with the content, since that is in somebody's code, before the text of the
// signature, which is often only how it was copied.
func mainCause(faults []Fault) Cause {
	for _, f := range faults {
		if !f.Cause.isOf("signature") {
			return f.Cause
		}
	}
	if len(faults) > 0 {
		return faults[0].Cause
	}
	return ContentUnexplained // unreachable: what verifies as it is has no faults
}

func sentence(faults []Fault) string {
	var parts []string
	for _, f := range faults {
		what := f.What
		switch {
		case f.Signed != "" && f.Given != "" && len(f.Signed)+len(f.Given) < 200:
			what += fmt.Sprintf(" (given %s, signed %s)", shown(f.Given), shown(f.Signed))
		case f.Part == "body" && f.Offset >= 0:
			what += fmt.Sprintf(" (first at byte %d)", f.Offset)
		}
		parts = append(parts, what)
	}
	return strings.Join(parts, "; and ")
}

// repairs fills in the repair of each fault and joins them, that of the main cause
// first, each once.
func (c *examination) repairs(faults []Fault, first Cause) string {
	var all []string
	for i, f := range faults {
		faults[i].Repair = c.repairOf(f)
	}
	if !slices.ContainsFunc(faults, func(f Fault) bool { return f.Cause == first }) {
		all = append(all, c.repair(first))
	}
	take := func(of func(f Fault) bool) {
		for _, f := range faults {
			if of(f) && !slices.Contains(all, f.Repair) {
				all = append(all, f.Repair)
			}
		}
	}
	take(func(f Fault) bool { return f.Cause == first })
	take(func(f Fault) bool { return f.Cause != first })
	return strings.Join(all, " ")
}

// repairOf is what to do about one fault.
func (c *examination) repairOf(f Fault) string {
	switch {
	case f.Cause == URIQuery && c.hints.Side == Notification && strings.Contains(f.Signed, "?") && !strings.Contains(f.Given, "?"):
		return "This address is signed with its query: put the raw path and query of the request line into the content."
	case f.Cause == URIEncoding && hasDots(f.Given) && !hasDots(f.Signed):
		return "Resolve . and .. before the path goes into the content, as curl, browsers and senders do before they send it; or write the address without them."
	case f.Cause == URISlash && strings.Contains(f.Given, "//") && !strings.Contains(f.Signed, "//"):
		return "Put the path into the content with single slashes, as it is signed: the doubled one comes of a base address that ends in a slash and a path that begins with one."
	case f.What == hostBehindSlashes:
		return "Put the path alone into the content: what begins with two slashes is read as the name of a host, //host/path."
	}
	return c.repair(f.Cause)
}

func (c *examination) repair(cause Cause) string {
	d, _ := Describe(cause)
	if c.hints.Side == Request && d.Sender != "" {
		return d.Sender
	}
	return d.Repair
}

// diagnosis begins one with what the search did.
func (c *examination) diagnosis() Diagnosis {
	d := Diagnosis{Tried: c.tried}
	if c.search != nil {
		d.Tried += c.search.tried
		d.Hashed, d.Exhausted = c.search.hashed, c.search.exhausted
	}
	return d
}

// suspect makes the diagnosis of what could not be proven.
func (c *examination) suspect(cause Cause, part, what string, offset int) Diagnosis {
	d := c.diagnosis()
	d.Cause = cause
	d.Faults = []Fault{{Cause: cause, Part: part, What: what, Offset: offset}}
	d.Explanation = what
	d.Repair = c.repairs(d.Faults, cause)
	return d
}

// withoutTarget deals with a signature that gives no digest to look for: no
// known key made it, or its text is damaged beyond repair.
func (c *examination) withoutTarget() Diagnosis {
	expected := c.keys[0]
	if len(c.readings) == 0 {
		if whole, mark := cutMark(c.text); mark != "" && !strings.Contains(strings.ToLower(whole), "signature=") && strings.Contains(strings.ToLower(whole), "algorithm") {
			return c.suspect(SignatureTruncated, "signature", "a log cut the header off before its signature: "+shown(mark)+" stands there", -1)
		}
		_, err := sign.ParseHeader(c.text)
		what := "the signature cannot be read: it is not base64"
		if err != nil && (strings.TrimSpace(c.text) == "" || strings.Contains(c.text, "=")) {
			what = err.Error()
		}
		return c.suspect(SignatureHeader, "signature", what, -1)
	}
	size := expected.Key.RSA().Size()
	r := c.readings[0]
	for _, other := range c.readings {
		if len(r.raw) != size && len(other.raw) == size {
			r = other
		}
	}
	letters := strings.Trim(r.text, "0123456789+/=")
	switch {
	case r.cut != "":
		return c.suspect(SignatureTruncated, "signature", "the signature is not whole: "+shown(r.cut)+" stands in it, where a log cut it off or left a part of it out", -1)
	case c.isOwn(expected.Key) && len(r.raw) == size:
		return c.suspect(KeyOwnPublic, "key", "the key to verify with is "+c.ownName(expected.Key)+", which cannot verify what "+c.signerWord()+" signed; no other known key verifies it either", -1)
	case len(letters) > 64 && (strings.ToUpper(r.text) == r.text || strings.ToLower(r.text) == r.text):
		return c.suspect(SignatureAlphabet, "signature", "the letters of the signature are all of one case, which loses what base64 says", -1)
	case len(r.raw) < size && len(r.raw) != 128:
		return c.suspect(SignatureTruncated, "signature",
			fmt.Sprintf("the signature has %d bytes; one by %s has %d: its end is missing, or a shorter key made it", len(r.raw), expected.Name, size), -1)
	case len(r.raw) != size:
		return c.suspect(KeyUnknown, "key",
			fmt.Sprintf("the signature has %d bytes; one by %s has %d: a key of another size made it", len(r.raw), expected.Name, size), -1)
	}
	what := "no known key made this signature: neither " + c.names()
	if len(c.keys) == 1 {
		what = "another key than " + expected.Name + " made this signature"
	}
	what += "; or a character of the signature was changed on its way"
	if slices.ContainsFunc(r.faults, func(f Fault) bool { return f.What == gapsInSignature || f.What == brokenSignature }) {
		what += ", as its white space was"
	}
	return c.suspect(KeyUnknown, "key", what, -1)
}

func (c *examination) signerWord() string {
	if c.hints.Side == Request {
		return "you"
	}
	return "Antom"
}

func (c *examination) names() string {
	var names []string
	for _, k := range c.keys {
		names = append(names, k.Name)
	}
	return strings.Join(names, " nor ")
}

// unexplained deals with a content that the search did not find. What the
// padding proves is certain all the same.
func (c *examination) unexplained() Diagnosis {
	a := c.aims[0]
	if a.pss != nil && a.pss.doubtful {
		return c.withoutTarget()
	}
	certain := c.certain(a.target, a.reading)
	if d, found := c.placeholders(); found && len(certain) == 0 {
		d.Excluded = c.excluded(certain)
		return d
	}
	seen := c.suspicion()
	what := seen.what
	d := c.suspect(seen.cause, seen.part, what, seen.offset)
	d.Excluded = c.excluded(certain)
	if len(certain) == 0 {
		d.Explanation = "the key is right and the signature is whole, so it was made over another content: " + what
		return d
	}
	for _, f := range certain {
		if !f.Cause.isOf("signature") { // mending the text alone was not enough
			d.Cause = f.Cause
			break
		}
	}
	d.Repair = c.repairs(certain, d.Cause)
	d.Explanation = sentence(certain) + ": that much is certain; and the content is not what was signed: " + what
	d.Faults = append(certain, d.Faults...)
	return d
}

// excluded are the causes that a sound padding rules out, but for those found.
func (c *examination) excluded(certain []Fault) []Cause {
	var list []Cause
	for _, cause := range Causes() {
		if !cause.isOf("signature") && !cause.isOf("key") && cause != Algorithm {
			continue
		}
		if !slices.ContainsFunc(certain, func(f Fault) bool { return f.Cause == cause }) {
			list = append(list, cause)
		}
	}
	return list
}
