package say

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/sign"
)

// Verification is what apo verify-notify -o json prints.
type Verification struct {
	Verified       bool             `json:"verified"`
	Cause          diagnose.Cause   `json:"cause"`
	Proven         bool             `json:"proven"`
	Faults         []fault          `json:"faults"`
	Explanation    string           `json:"explanation"`
	Repair         string           `json:"repair"`
	KeyFingerprint string           `json:"keyFingerprint"`
	SignedBy       string           `json:"signedByFingerprint,omitempty"` // where that is another key
	Excluded       []diagnose.Cause `json:"excluded,omitempty"`
	Tried          int              `json:"tried"`
	Exhausted      bool             `json:"exhausted,omitempty"` // the search ended at its limit, before its list did
	ElapsedMs      int64            `json:"elapsedMs"`
	ClientID       string           `json:"clientId,omitempty"` // as signed; empty where nothing vouches for it
	OtherClient    bool             `json:"otherClient,omitempty"`
	QueryCovered   *bool            `json:"queryCovered,omitempty"` // of an address with a query
	Notification   *Notice          `json:"notification,omitempty"`

	Effort    Effort `json:"-"` // of a message in a stream
	side      diagnose.Side
	expected  diagnose.Key
	diagnosis *diagnose.Diagnosis
}

type fault struct {
	Cause  diagnose.Cause `json:"cause"`
	Part   string         `json:"part"`
	What   string         `json:"what"`
	Offset *int           `json:"offset,omitempty"`
	Given  string         `json:"given,omitempty"`
	Signed string         `json:"signed,omitempty"`
	Writer string         `json:"writer,omitempty"`
	Repair string         `json:"repair,omitempty"`
}

// Diagnosed is what is told of a signature that does not verify with the
// expected key. Card numbers in its faults are starred.
func Diagnosed(d diagnose.Diagnosis, expected diagnose.Key, side diagnose.Side) Verification {
	result := Verification{
		Cause: d.Cause, Proven: d.Proven, Exhausted: d.Exhausted && !d.Proven, Repair: d.Repair, Excluded: d.Excluded, Tried: d.Tried,
		KeyFingerprint: expected.Key.Fingerprint(), side: side, expected: expected, diagnosis: &d,
	}
	if d.Proven && !d.Key.Key.Equal(expected.Key) {
		result.SignedBy = d.Key.Key.Fingerprint()
	}
	for i, f := range d.Faults {
		if apo.MayHoldCard(f.Given) || apo.MayHoldCard(f.Signed) { // both tell of the one
			d.Faults[i].Given, d.Faults[i].Signed = apo.Starred(f.Given), apo.Starred(f.Signed)
			d.Explanation = apo.Starred(d.Explanation)
			f = d.Faults[i]
		}
		one := fault{Cause: f.Cause, Part: f.Part, What: f.What, Given: f.Given, Signed: f.Signed, Writer: f.Writer, Repair: f.Repair}
		if f.Offset >= 0 {
			one.Offset = &f.Offset
		}
		result.Faults = append(result.Faults, one)
	}
	result.Explanation = d.Explanation
	if d.Proven {
		result.Explanation += "; with that mended the signature verifies with " + d.Key.Name
	}
	return result
}

// Undiagnosed is what is told of a signature that does not verify with the expected
// key where nobody looked for the cause.
func Undiagnosed(expected diagnose.Key, side diagnose.Side) Verification {
	return Verification{
		Effort: NoSearch, KeyFingerprint: expected.Key.Fingerprint(), side: side, expected: expected, diagnosis: new(diagnose.Diagnosis),
		Explanation: "the signature does not verify; why was not looked for, since the messages before took the time that there is for that",
		Repair:      "Give this message by itself to have it explained.",
	}
}

// NotVerified tells why. Nothing of what did not verify is shown as a result:
// the excerpts below the verdict are masked, and what was given is marked.
// framework, if any, is the one whose repair is shown.
func (w Words) NotVerified(v Verification, given sign.Message, framework string) *Failure {
	f := Fail(Signature, "not verified: %s: %s", v.Cause, v.Explanation)
	f.Verdict = &term.Verdict{Mood: term.Bad, What: "not verified", Facts: []string{string(v.Cause) + v.proof(), v.inWords()}}
	f.Detail = func(s *term.Streams) { drawDiagnosis(s, v, given, framework) }
	return f.Hint("%s", w.Command("explain", string(v.Cause)))
}

// inWords says what is wrong. Where both contents are shown below, it need not
// quote them.
func (v Verification) inWords() string {
	if !v.Proven {
		return v.diagnosis.Explanation
	}
	var parts []string
	for _, f := range v.diagnosis.Faults {
		parts = append(parts, f.What)
	}
	return strings.Join(parts, "; and ")
}

// proof says in words how sure the cause is.
func (v Verification) proof() string {
	switch {
	case v.Proven:
		return " (proven)"
	case v.Cause == diagnose.ContentUnexplained || v.Cause == diagnose.KeyUnknown:
		return ""
	case len(v.Faults) > 1: // what the padding proves, and a content that is not found
		return " (certain, and not all)"
	}
	return " (suspected, not proven)"
}

// drawDiagnosis shows both contents where they differ, and the repair.
func drawDiagnosis(s *term.Streams, v Verification, given sign.Message, framework string) {
	found := v.diagnosis
	if found.Proven {
		drawContents(s, *found, given)
	}
	if v.SignedBy != "" {
		s.Below("expected", v.expected.Name+"  SHA-256 "+v.KeyFingerprint)
		s.Below("signed by", found.Key.Name+"  SHA-256 "+v.SignedBy)
	} else {
		s.Below("key", v.expected.Name+"  SHA-256 "+v.KeyFingerprint)
	}
	causes := v.causes()
	for _, c := range causes {
		text := v.repairOf(c)
		if len(causes) > 1 {
			text = string(c) + ": " + text
		}
		s.Below("repair", text)
	}
	if v.side == diagnose.Request {
		return // the repair is in whose code signs, not in a handler
	}
	for _, f := range found.Faults {
		framework = cmp.Or(framework, frameworkOf(f.Writer))
	}
	drawn := map[string]bool{}
	for _, c := range causes {
		list := snippetsFor(c)
		if i := slices.IndexFunc(list, func(s snippet) bool { return s.framework == framework }); i >= 0 {
			list = list[i : i+1]
		}
		for _, one := range list {
			if !drawn[one.code] {
				drawn[one.code] = true
				s.Below(one.framework, one.code)
			}
		}
	}
}

// causes are those that were found, the main one first, each once.
func (v Verification) causes() []diagnose.Cause {
	list := []diagnose.Cause{v.Cause}
	for _, f := range v.diagnosis.Faults {
		if !slices.Contains(list, f.Cause) {
			list = append(list, f.Cause)
		}
	}
	return list
}

// repairOf is what to do about one of the causes.
func (v Verification) repairOf(c diagnose.Cause) string {
	for _, f := range v.diagnosis.Faults {
		if f.Cause == c && f.Repair != "" {
			return f.Repair
		}
	}
	return v.Repair
}

// drawContents compares, part by part, what was given with what was signed.
func drawContents(s *term.Streams, found diagnose.Diagnosis, given sign.Message) {
	drawn := map[string]bool{}
	for _, f := range found.Faults {
		if drawn[f.Part] {
			continue
		}
		drawn[f.Part] = true
		switch {
		case f.Part == "body":
			s.Compare(term.Compared{Signed: found.Message.Body, Given: given.Body, Label: "byte %d of the body", Offset: f.Offset})
		case f.Cause == diagnose.Separator:
			head := found.Content[:len(found.Content)-min(len(found.Content), len(found.Message.Body))]
			s.Compare(term.Compared{Signed: head, Given: headOf(given), Offset: -1})
		case f.Given != "" || f.Signed != "":
			s.Compare(term.Compared{Signed: []byte(f.Signed), Given: []byte(f.Given), Label: "byte %d of the " + partName(f.Part), Offset: f.Offset})
		}
	}
}

func headOf(m sign.Message) []byte {
	m.Body = nil
	return m.Content()
}

func partName(part string) string {
	switch part {
	case "uri":
		return "path"
	case "clientId":
		return "client ID"
	case "requestTime":
		return "time"
	}
	return part
}

// ShowVerification writes the result where it was asked for.
func (p Printer) ShowVerification(v Verification) {
	if p.AsTable() {
		p.viewVerification(v)
		return
	}
	if !p.WantsJSON() {
		return
	}
	if v.Faults == nil {
		v.Faults = []fault{}
	}
	if text, err := json.Marshal(v); err == nil {
		p.Show(text)
	}
}

// Summary says in one line how a stream of messages went.
func Summary(verified, otherClient, unreadable int, causes map[diagnose.Cause]int) string {
	text := fmt.Sprintf("%d verified", verified)
	if otherClient > 0 {
		text += fmt.Sprintf(" (%d for another client ID)", otherClient)
	}
	var names []diagnose.Cause
	for c := range causes {
		names = append(names, c)
	}
	slices.SortFunc(names, func(a, b diagnose.Cause) int {
		if causes[a] != causes[b] {
			return causes[b] - causes[a]
		}
		return strings.Compare(string(a), string(b))
	})
	for _, c := range names {
		text += fmt.Sprintf(", %d %s", causes[c], cmp.Or(c, "not diagnosed"))
	}
	if unreadable > 0 {
		text += fmt.Sprintf(", %d unreadable", unreadable)
	}
	return text
}
