package journal

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"github.com/apo-cli/apo/pkg/apo"
)

const starred = "***"

// kept is the form in which a message is stored.
type kept struct {
	target  string
	headers []byte // lines of "Name: value"
	body    []byte
	masked  Masked
}

// mostUnverified is how much is kept of a body that nobody vouches for, in bytes. A
// notification has a few thousand, and to look into every wrapping takes its time.
const mostUnverified = 16 << 10

// keep masks what of a reception is not to be stored.
func (j *SQLite) keep(r Reception) (k kept) {
	if !r.Verified {
		k.body, k.masked = j.keptUnverified(r.Body), MaskedUnverified
	} else {
		k.body = j.masked(r.Body, true)
	}
	changed := !bytes.Equal(k.body, r.Body)
	if changed {
		k.body = withoutItsOwn(k.body, r.Body)
	}
	k.target, k.headers = j.Masker.Text(r.Target), j.keptHeaders(r, changed)
	switch {
	case k.masked != "" || !changed:
	case apo.HoldsCard(string(r.Body)):
		k.masked = MaskedCard
	default:
		k.masked = MaskedSecret
	}
	return k
}

// withoutItsOwn is a masked body without what stands in it a second time, where nothing
// says what it is: a token as the name of a field.
func withoutItsOwn(masked, body []byte) []byte {
	known := new(apo.Known)
	if !known.Learn(body) {
		return masked
	}
	return apo.Masker{Known: known, KnownOnly: true}.JSON(masked)
}

// keptUnverified is what is kept of a body that anybody may have written: nothing
// that could be card data in any wrapping.
func (j *SQLite) keptUnverified(body []byte) []byte {
	body = j.masked(body[:min(len(body), mostUnverified)], true)
	if text := string(body); apo.MayHoldCard(text) {
		return []byte(apo.Starred(text))
	}
	return body
}

// keptHeaders are the headers without secrets. Where the body holds what is
// masked, neither is a signature or digest of it kept.
func (j *SQLite) keptHeaders(r Reception, bodyMasked bool) []byte {
	var b []byte
	for _, h := range r.Headers {
		var line string
		switch name := strings.ToLower(h.Name); {
		case isSecret(name), bodyMasked && tellsContent(name):
			line = j.Masker.Text(h.Name) + ": " + starred
		case r.Verified && name == "signature":
			line = h.Name + ": " + j.keptSignature(h.Value)
		default: // whatever its name, it may hold a card number: a client ID, a time
			name, value, _ := strings.Cut(j.Masker.Text(h.Name+": "+h.Value), ": ")
			line = name + ": " + j.Masker.ID(value)
		}
		if strings.ContainsAny(line, "\r\n") { // HTTP has none
			line = strings.NewReplacer("\r", " ", "\n", " ").Replace(line)
		}
		b = append(append(b, line...), '\n')
	}
	return b
}

// isSecret reports whether a header lets whoever knows its value in somewhere.
func isSecret(name string) bool {
	return containsAny(name, "auth", "cookie", "api-key", "apikey", "access-key", "private-key", "token", "secret", "passw", "credential", "jwt", "assertion", "session")
}

// tellsContent reports whether a header holds what can be computed of a body only:
// with brand, BIN and last four of a card beside it, the rest could be searched.
func tellsContent(name string) bool {
	return containsAny(name, "signature", "digest", "md5", "sha1", "sha256", "sha512", "hmac", "hash", "checksum", "etag")
}

// keptSignature is the signature header of what verified: the signature itself is
// kept to the letter, and vouches for nothing that stands beside it.
func (j *SQLite) keptSignature(header string) string {
	const least = 256 // letters of the shortest that verifies
	parts := strings.Split(header, ",")
	for i, part := range parts {
		if !strings.HasPrefix(strings.TrimSpace(part), "signature=") || len(part) < least {
			parts[i] = j.Masker.Text(part)
		}
	}
	return strings.Join(parts, ",")
}

func containsAny(name string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(name, part) })
}

// headersIn reads the lines of keptHeaders.
func headersIn(lines []byte) (list []Header) {
	for line := range strings.Lines(string(lines)) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		list = append(list, Header{name, value})
	}
	return list
}

// mostAnswer is how much of a target's answer is kept, in bytes.
const mostAnswer = 4 << 10

// keptAnswer is the beginning of a target's answer. A number that its end cuts in
// two is masked as a whole, so more is masked than is kept.
func (j *SQLite) keptAnswer(answer []byte) []byte {
	answer = j.masked(answer[:min(len(answer), 2*mostAnswer)], true)
	return answer[:min(len(answer), mostAnswer)]
}

// keptURL is a target without user and password.
func (j *SQLite) keptURL(target string) string {
	if u, err := url.Parse(target); err == nil && u.User != nil {
		u.User = nil
		target = u.String()
	}
	return j.Masker.Text(target)
}
