package say

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/notify"
)

// Verified is a message whose signature verifies, as facts.
type Verified struct {
	Side       diagnose.Side
	Key        diagnose.Key        // that verified it
	News       notify.Notification // of an answer or a request: its numbers, and whose it is
	Unreadable error               // its body is not strict JSON, so News has nothing of it; else nil
	Query      bool                // its address has a query
	Own        string              // the profile's client ID; empty where there is none
	Captures   Captures
	Payment    journal.PaymentID // of the news, as far as the journal knows it

	Contradictions []journal.Contradiction // of what the journal knows of its payment
}

// Verification is what is printed of it as JSON.
func (w Words) Verification(v Verified) Verification {
	out := Verification{
		Verified: true, KeyFingerprint: v.Key.Key.Fingerprint(), Explanation: "the signature verifies",
		ClientID: v.News.ClientID, OtherClient: v.News.OtherClient, side: v.Side,
	}
	if v.Query {
		covered := !v.News.QueryUncovered
		out.QueryCovered = &covered
	}
	switch {
	case v.Unreadable != nil:
		out.Explanation = unreadable(v.Unreadable)
	case v.Side == diagnose.Notification:
		out.Notification = w.noticeOf(v)
		out.Notification.Next = w.next(v)
	}
	for _, word := range v.reservations() {
		out.Explanation += "; " + word
	}
	return out
}

// reservations are what must be known beside that a signature verifies.
func (v Verified) reservations() []string {
	var list []string
	if v.News.OtherClient {
		list = append(list, "it is for another client ID, "+otherClient(v.News.ClientID, v.Own))
	}
	if v.News.QueryUncovered {
		list = append(list, queryUncovered)
	}
	for _, c := range v.Contradictions {
		list = append(list, againstJournal+contradictionOf(c))
	}
	return list
}

const againstJournal = "the journal knows otherwise: "

// noticeOf is what the message says, and in what it contradicts the journal.
func (w Words) noticeOf(v Verified) *Notice {
	if len(v.Contradictions) == 0 {
		return w.notice(v.News, v.Captures)
	}
	n := w.notice(v.News, Captures{})
	n.Meaning += "; inquire before you act upon it"
	for _, c := range v.Contradictions {
		n.Contradictions = append(n.Contradictions, contradictionOf(c))
	}
	return n
}

// next is the command that follows: where the journal knows otherwise, it asks.
func (w Words) next(v Verified) string {
	if len(v.Contradictions) > 0 {
		return w.nextOf(v.News, Captures{})
	}
	return w.nextOf(v.News, v.Captures)
}

// Verified says what a message tells whose signature verifies.
func (w Words) Verified(v Verified) *term.Verdict {
	verdict := &term.Verdict{Mood: term.Good, What: "verified"}
	switch v.Side {
	case diagnose.Notification:
		verdict.Facts = w.noticeOf(v).facts()
		verdict.Next = w.next(v)
	case diagnose.Response:
		n := v.News
		verdict.Facts = []string{
			strings.TrimSpace(n.Result.Status + " " + n.Result.Code), anAnswer, Amount(n.Amount),
			Fact("paymentRequestId", n.PaymentRequestID), Fact("paymentId", n.PaymentID),
		}
	case diagnose.Request:
		verdict.Facts = []string{"the signature is as APO wants it", "key " + short(v.Key.Key.Fingerprint())}
	}
	if len(v.Contradictions) > 0 {
		verdict.Mood, verdict.What = term.Waiting, "verified, and the journal knows otherwise"
		for i, c := range v.Contradictions {
			verdict.Facts = slices.Insert(verdict.Facts, i, contradictionOf(c))
		}
	}
	if v.News.OtherClient {
		verdict.Mood, verdict.What = term.Waiting, "verified, for another client ID"
		verdict.Facts = append([]string{otherClient(v.News.ClientID, v.Own)}, verdict.Facts...)
	}
	if v.News.QueryUncovered {
		verdict.Facts = append(verdict.Facts, queryUncovered)
	}
	return verdict
}

const (
	anAnswer = "an answer of the gateway"
	aRequest = "a request of the merchant"
)

// Unreadable says that a message verifies and is of no use.
func (w Words) Unreadable(v Verified) *Failure {
	f := Fail(Error, "%s", unreadable(v.Unreadable))
	f.Verdict = &term.Verdict{Mood: term.Bad, What: "verified, but unreadable", Facts: []string{v.Unreadable.Error(), "do not act upon it"}}
	f.Verdict.Facts = append(f.Verdict.Facts, v.reservations()...)
	return f
}

func unreadable(why error) string {
	return "the signature verifies, but the body is not strict JSON: " + why.Error()
}

// short is the beginning of a fingerprint, enough to compare by eye.
func short(fingerprint string) string {
	if len(fingerprint) < 16 {
		return fingerprint
	}
	return fmt.Sprintf("SHA-256 %s…", fingerprint[:16])
}

// Line is what apo verify-notify --ndjson prints of a message.
type Line struct {
	Line     int             `json:"line"`
	ID       json.RawMessage `json:"id,omitempty"`
	Verified bool            `json:"verified"`
	Error    string          `json:"error,omitempty"` // the line is no message, or its body is not strict JSON
	*Notice
	ClientID     string `json:"clientId,omitempty"` // as signed, where it is another one than the profile's
	OtherClient  bool   `json:"otherClient,omitempty"`
	QueryCovered *bool  `json:"queryCovered,omitempty"`
	*FailedLine
}

// FailedLine is what a line has whose signature does not verify.
type FailedLine struct {
	Cause          diagnose.Cause `json:"cause"`
	Proven         bool           `json:"proven"`
	Faults         []fault        `json:"faults,omitempty"`
	Explanation    string         `json:"explanation"`
	Repair         string         `json:"repair,omitempty"`
	KeyFingerprint string         `json:"keyFingerprint"`
	Tried          int            `json:"tried"`
	ElapsedMs      int64          `json:"elapsedMs"`
	Diagnosis      Effort         `json:"diagnosis,omitempty"`
}

// Effort says how far the cause was looked for.
type Effort string

const (
	WholeSearch Effort = ""
	ShortSearch Effort = "short"   // for what is likely alone: messages that look like this one were not explained by more
	NoSearch    Effort = "skipped" // not at all: the cause is empty
)

// VerifiedLine adds to a line what its message says.
func (w Words) VerifiedLine(l *Line, v Verified) {
	l.Verified = true
	if v.News.OtherClient {
		l.ClientID, l.OtherClient = v.News.ClientID, true
	}
	if v.Query {
		covered := !v.News.QueryUncovered
		l.QueryCovered = &covered
	}
	if v.Unreadable != nil {
		l.Error = "verified, but the body is not strict JSON: " + v.Unreadable.Error()
		return
	}
	l.Notice = w.noticeOf(v)
	if v.Side != diagnose.Notification {
		l.Kind, l.Status, l.Doubt, l.Meaning = "", "", "", anAnswer
		if v.Side == diagnose.Request {
			l.Meaning = aRequest
		}
	}
}

// Failed adds to a line why its signature does not verify.
func (l *Line) Failed(v Verification) {
	l.FailedLine = &FailedLine{v.Cause, v.Proven, v.Faults, v.Explanation, v.Repair, v.KeyFingerprint, v.Tried, v.ElapsedMs, v.Effort}
}

// Unsigned adds to a line that it has no signature at all.
func (l *Line) Unsigned(key diagnose.Key) {
	l.FailedLine = &FailedLine{Cause: diagnose.SignatureHeader, Explanation: "there is no signature", KeyFingerprint: key.Key.Fingerprint()}
}

// Encode writes a line, without a line break.
func (l Line) Encode() ([]byte, error) { return apo.Encode(l) }
