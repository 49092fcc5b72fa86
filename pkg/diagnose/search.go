package diagnose

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"io"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
)

// hit is a content that a signature turned out to be of.
type hit struct {
	target *target
	head   head
	body   candidate
	tail   string // signed behind the body
	twice  string // in words, where not the content but its digest was signed
}

// content is the text that was signed.
func (h *hit) content() []byte {
	content := append([]byte(h.head.text()), h.body.body.bytes()...)
	return append(content, h.tail...)
}

// job is one body under several heads.
type job struct {
	body  candidate
	heads []head
	plain bool // the given content itself, which is tried in more ways
}

// search tries contents until one fits a target.
type search struct {
	targets []*target
	side    Side
	given   head
	paths   []string  // hints
	body    candidate // the given one

	documents func() []document // that the body is, or holds

	tried     int
	hashed    int64
	exhausted bool
}

const (
	unitBytes = 256 << 10 // bytes that one goroutine hashes between two looks at the others
	hashCost  = 320       // bytes that a try costs whatever its length: making it, and two ends
)

// run tries jobs on all cores and returns the first hit in their order. It
// ends once so many bytes were hashed since the search began: what it does
// depends on the jobs alone.
func (s *search) run(ctx context.Context, jobs iter.Seq[job], limit int64) *hit {
	type outcome struct {
		hit    *hit
		tried  int
		hashed int64
		panic  any // of the goroutine; it is the caller's
	}
	var stop atomic.Bool
	var queue []chan outcome
	defer func() {
		stop.Store(true)
		for _, q := range queue {
			<-q
		}
	}()
	over := s.hashed >= limit
	oldest := func() *hit {
		o := <-queue[0]
		queue = queue[1:]
		if o.panic != nil {
			panic(o.panic)
		}
		s.tried += o.tried
		s.hashed += o.hashed
		over = s.hashed >= limit || ctx.Err() != nil
		s.exhausted = s.exhausted || over
		return o.hit
	}
	start := func(unit []job) {
		done := make(chan outcome, 1)
		queue = append(queue, done)
		go func() {
			var o outcome
			defer func() {
				o.panic = recover()
				done <- o
			}()
			hashes := make([]hash.Hash, len(s.targets))
			for i, t := range s.targets {
				hashes[i] = t.newHash()
			}
			for _, j := range unit {
				if o.hit = s.try(j, hashes, &stop, &o.tried, &o.hashed); o.hit != nil {
					break
				}
			}
		}()
	}
	var unit []job
	size := 0
	for j := range jobs {
		for len(j.heads) > 0 {
			each := j.body.body.len() + 256
			n := min(len(j.heads), max(1, (unitBytes-size)/each))
			unit = append(unit, job{j.body, j.heads[:n], j.plain})
			j.heads = j.heads[n:]
			if size += n * each; size < unitBytes {
				continue
			}
			if len(queue) >= 2*runtime.GOMAXPROCS(0) {
				if h := oldest(); h != nil || over {
					return h
				}
			}
			start(unit)
			unit, size = nil, 0
		}
	}
	start(unit)
	for len(queue) > 0 {
		if h := oldest(); h != nil || over {
			return h
		}
	}
	return nil
}

// try hashes one job. Each body is tried with a newline behind it too, which
// costs next to nothing once the rest is hashed.
func (s *search) try(j job, hashes []hash.Hash, stop *atomic.Bool, tried *int, hashed *int64) *hit {
	size := j.body.body.len()
	var buffer [64]byte
	sum := buffer[:0]
	for i, t := range s.targets {
		h := hashes[i]
		for _, head := range j.heads {
			if stop.Load() {
				return nil
			}
			text := head.text()
			h.Reset()
			io.WriteString(h, text)
			for _, piece := range j.body.body {
				h.Write(piece)
			}
			*tried++
			*hashed += int64(len(text) + size + hashCost)
			sum = h.Sum(sum[:0])
			if t.fits(sum) {
				return &hit{target: t, head: head, body: j.body}
			}
			if j.plain {
				if twice := signedDigest(t, sum); twice != "" {
					return &hit{target: t, head: head, body: j.body, twice: twice}
				}
			}
			io.WriteString(h, "\n")
			sum = h.Sum(sum[:0])
			if t.fits(sum) {
				return &hit{target: t, head: head, body: j.body, tail: "\n"}
			}
		}
	}
	return nil
}

// signedDigest reports whether a digest was signed as if it were the content.
func signedDigest(t *target, digest []byte) string {
	for _, form := range digestForms(digest) {
		h := t.newHash()
		h.Write(form.text)
		if t.fits(h.Sum(nil)) {
			return form.what
		}
	}
	return ""
}

type digestForm struct {
	text []byte
	what string
}

func digestForms(digest []byte) []digestForm {
	return []digestForm{
		{digest, "the digest of the content was signed: it was hashed twice"},
		{[]byte(hex.EncodeToString(digest)), "the hex text of the content's digest was signed: it was hashed twice"},
		{[]byte(base64.StdEncoding.EncodeToString(digest)), "the base64 of the content's digest was signed: it was hashed twice"},
	}
}

// plain is the given content itself.
func (s *search) plain() iter.Seq[job] {
	return func(yield func(job) bool) { yield(job{s.body, []head{s.given}, true}) }
}

// alike are the heads that are as good as the given one: Antom signs the path of a
// notification without its query.
func (s *search) alike() []head {
	heads := []head{s.given}
	if path, _, found := strings.Cut(s.given.uri, "?"); found && s.side == Notification {
		bare := &change{1, uriPart, Fault{Cause: URIQuery, Part: "uri", What: queryNotSigned, Offset: len(path), Given: s.given.uri, Signed: path}, func(h *head) { h.uri = path }}
		heads = append(heads, s.given.with(bare))
	}
	return heads
}

// singles are the contents that differ in one thing, the likelier ones first.
func (s *search) singles(changes []*change, candidates []candidate, t tier) iter.Seq[job] {
	return func(yield func(job) bool) {
		if !yield(job{s.body, s.heads(changes, t), t < 3}) {
			return
		}
		for _, c := range candidates {
			if c.tier == t && !yield(job{c, s.alike(), false}) {
				return
			}
		}
	}
}

// edgePairs are bodies that differ, and have other white space at an end too.
func (s *search) edgePairs(candidates []candidate) iter.Seq[job] {
	return func(yield func(job) bool) {
		for _, c := range candidates {
			if c.tier > 2 || len(c.body[1])+len(c.body[2]) > 0 {
				continue
			}
			core := c.body[0]
			for _, tail := range blankTails() {
				c.body, c.edges = pieces{core, []byte(tail)}, true
				if !yield(job{c, []head{s.given}, false}) {
					return
				}
			}
			for _, front := range blankFronts() {
				c.body, c.mark = pieces{[]byte(front), core}, front[0] == 0xef
				c.edges = !c.mark
				if !yield(job{c, []head{s.given}, false}) {
					return
				}
			}
		}
	}
}

// heads are the heads that differ in one thing of a tier.
func (s *search) heads(changes []*change, t tier) []head {
	var heads []head
	for _, c := range changes {
		if c.tier == t {
			heads = append(heads, s.given.with(c))
		}
	}
	return heads
}

// pairs are the contents that differ in two things, by the tiers of both.
func (s *search) pairs(changes []*change, candidates []candidate, shells [][2]tier) iter.Seq[job] {
	return func(yield func(job) bool) {
		for _, shell := range shells {
			given := func(heads []head) bool { return yield(job{s.body, heads, false}) }
			if !s.headPairs(changes, shell[0], shell[1], given) || !s.uriPairs(changes, shell[0], shell[1], given) {
				return
			}
			heads := s.heads(changes, shell[1])
			for _, c := range candidates {
				if c.tier == shell[0] && !yield(job{c, heads, false}) {
					return
				}
			}
		}
	}
}

const (
	maxHeads  = 40000 // of one shell
	someHeads = 512   // that are made at once
)

// headPairs are the heads in which two parts differ, some at a time.
func (s *search) headPairs(changes []*change, first, second tier, yield func([]head) bool) bool {
	batch := heads{yield: yield}
	of := func(t tier) []*change {
		return slices.DeleteFunc(slices.Clone(changes), func(c *change) bool { return c.tier != t })
	}
	firsts, seconds := of(first), of(second)
	for _, a := range firsts {
		once, going := s.given.with(a), true
		for _, b := range seconds {
			switch {
			case a.part < b.part:
				going = batch.add(&once, b)
			case a.part > b.part && first != second: // the glue comes last
				going = batch.add(&s.given, b, a)
			}
			if !going {
				return false
			}
		}
	}
	return batch.flush()
}

// uriPairs are paths that were changed twice.
func (s *search) uriPairs(changes []*change, first, second tier, yield func([]head) bool) bool {
	if first == 3 || second == 3 {
		return true
	}
	batch := heads{yield: yield}
	for _, c := range changes {
		if c.part != uriPart || c.tier != first {
			continue
		}
		once := s.given.with(c)
		for _, again := range uriVariants(once.uri, Hints{Paths: s.paths}, second).ofTier(second) {
			if again.fault.Cause == c.fault.Cause || again.value == s.given.uri || takenBack(s.given.uri, once.uri, again.value) {
				continue
			}
			if !batch.add(&once, &change{second, uriPart, again.fault, func(h *head) { h.uri = again.value }}) {
				return false
			}
		}
	}
	return batch.flush()
}

// takenBack reports whether the second of two changes takes out the escape that the
// first had put in: then the first explains nothing.
func takenBack(given, once, twice string) bool {
	escapes := func(s string) int { return strings.Count(s, "%") }
	return escapes(once) > escapes(given) && escapes(twice) <= escapes(given)
}

// heads hands heads on, some at a time and at most so many.
type heads struct {
	list  []head
	count int
	yield func([]head) bool
}

// add takes a head with some changes more. It makes it where it stays: there are
// hundreds of thousands.
func (h *heads) add(base *head, changes ...*change) bool {
	if h.count == maxHeads {
		return true
	}
	h.count++
	if h.list == nil {
		h.list = make([]head, 0, someHeads)
	}
	h.list = append(h.list, *base)
	for _, c := range changes {
		h.list[len(h.list)-1].change(c)
	}
	if len(h.list) < someHeads {
		return true
	}
	return h.flush()
}

func (h *heads) flush() bool {
	list := h.list
	h.list = nil
	return len(list) == 0 || h.yield(list)
}

// maxEdited is the size of a body, in bytes, above which no single byte of it
// is searched for.
const maxEdited = 4 << 10

// edits are the given body with one byte less, one other and one more: somebody
// edited it. Stars are left alone: what they hide is nobody's to guess.
func (s *search) edits() iter.Seq[job] {
	return func(yield func(job) bool) {
		body := s.body.body.bytes()
		if len(body) > maxEdited {
			return
		}
		try := func(at, cut int, insert string) bool {
			return yield(job{candidate{
				body:  pieces{body[:at], []byte(insert), body[at+cut:]},
				fault: Fault{Cause: BodyEdited, Part: "body", What: oneCharacter, Offset: at},
			}, s.alike(), false})
		}
		for at := range body {
			if !try(at, 1, "") {
				return
			}
		}
		for _, alphabet := range []string{
			"0123456789", `" ,.:;-_+/\`, "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "{}[]()<>=&%$#@!?'`~^|\n\r\t",
		} {
			for at := 0; at <= len(body); at++ {
				for i := range alphabet {
					one := alphabet[i : i+1]
					if at < len(body) && body[at] != '*' && body[at] != one[0] && !try(at, 1, one) ||
						!beside(body, at, '*') && !try(at, 0, one) {
						return
					}
				}
			}
		}
	}
}

func beside(body []byte, at int, c byte) bool {
	return at < len(body) && body[at] == c || at > 0 && body[at-1] == c
}
