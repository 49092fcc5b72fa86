package apo

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/sign"
)

// clockGrace is how much the clocks of both sides may differ.
const clockGrace = 5 * time.Minute

// read decides whether what came is an answer. The order of the steps is the
// point: nothing of the body is looked at before the signature verified,
// except to see whether an unsigned one says F or U.
func (c *Client) read(e Endpoint, m sign.Message, sentAt time.Time, resp *http.Response, raw []byte, mask Masker) (*Answer, *Error) {
	fail := func(kind Kind, problem string, err error) *Error {
		return &Error{
			Kind: kind, Endpoint: e.Name, Problem: mask.Text(problem), // it may quote what came
			Status: resp.StatusCode, Excerpt: excerpt(raw, mask), Err: err,
		}
	}
	if problem := unreadable(resp, raw); problem != "" {
		return nil, fail(NoAnswer, problem, nil)
	}
	signatures, times := resp.Header.Values("Signature"), resp.Header.Values("Response-Time")
	answer := &Answer{Endpoint: e, Raw: raw, SentAt: sentAt, ReceivedAt: c.now()}

	if len(signatures) == 0 && len(times) == 0 {
		if err := CheckJSON(raw); err != nil {
			return nil, fail(NoAnswer, "the answer is unsigned and unreadable: "+err.Error(), nil)
		}
		if answer.Result = readResult(raw); answer.Result.Status == "S" {
			return nil, fail(Untrusted, "the answer says success but is not signed", nil)
		}
		if !answer.Result.valid() {
			return nil, fail(NoAnswer, "the answer is unsigned and has no result", nil)
		}
		answer.Unsigned, answer.Signed = true, signedOf(m)
		return answer, nil
	}
	switch {
	case len(signatures) == 0:
		return nil, fail(Untrusted, "the answer has a Response-Time but no Signature", nil)
	case len(times) == 0:
		return nil, fail(Untrusted, "the answer has a Signature but no Response-Time", nil)
	case len(signatures) > 1 || len(times) > 1:
		return nil, fail(Untrusted, "the answer has two Signature or two Response-Time headers", nil)
	}
	sent := m
	m.Time, m.Body = times[0], raw
	if err := sign.Verify(c.AntomKey, m, signatures[0]); err != nil {
		failed := fail(Untrusted, "the answer does not verify with Antom's public key: "+err.Error(), err)
		failed.unverified = &unverified{m, signatures[0]}
		return nil, failed
	}

	if ids := resp.Header.Values("Client-Id"); len(ids) != 1 || ids[0] != c.ClientID {
		return nil, fail(NoAnswer, "the answer is signed but not addressed to our client ID", nil)
	}
	if err := CheckJSON(raw); err != nil {
		return nil, fail(NoAnswer, "the answer is signed but unreadable: "+err.Error(), nil)
	}
	if answer.Result = readResult(raw); !answer.Result.valid() {
		return nil, fail(NoAnswer, "the answer is signed but has no result of status S, F or U", nil)
	}
	at, err := ParseTime(times[0])
	if err != nil {
		return nil, fail(NoAnswer, "the answer's Response-Time is not a time", nil)
	}
	answer.GatewayTime = at
	if early := sentAt.Sub(at); early > clockGrace {
		return nil, fail(NoAnswer, fmt.Sprintf("the answer is %s older than the request: an old answer, or a wrong clock", early.Round(time.Second)), nil)
	}
	if problem := foreign(gjson.ParseBytes(sent.Body), gjson.ParseBytes(raw)); problem != "" {
		return nil, fail(NoAnswer, problem, nil)
	}
	if code, known := Lookup(answer.Result.Code); known && code.Caller {
		answer.Signed = signedOf(sent)
	}
	return answer, nil
}

// unreadable names what is wrong with an answer before its content matters.
func unreadable(resp *http.Response, raw []byte) string {
	switch encoding := resp.Header.Get("Content-Encoding"); {
	case resp.StatusCode != http.StatusOK && resp.StatusCode/100 == 3:
		return "the gateway redirects, which is not followed"
	case resp.StatusCode == http.StatusSwitchingProtocols:
		return "the gateway switched to another protocol, which nobody asked for"
	case resp.StatusCode != http.StatusOK && looksLikeHTML(raw):
		return "the gateway answered with a page of HTML"
	case resp.StatusCode != http.StatusOK:
		return "the gateway answered with an error"
	case len(raw) > MaxAnswer:
		return fmt.Sprintf("the answer is longer than %d MiB", MaxAnswer>>20)
	case encoding != "" && !strings.EqualFold(encoding, "identity"):
		return fmt.Sprintf("the answer is encoded as %q, which nobody asked for", encoding)
	case len(raw) == 0:
		return "the answer is empty"
	}
	if _, params, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); err == nil {
		if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
			return fmt.Sprintf("the answer is in charset %q instead of UTF-8", charset)
		}
	}
	if looksLikeHTML(raw) && resp.Header.Get("Signature") == "" {
		return "the answer is a page of HTML"
	}
	return ""
}

func looksLikeHTML(raw []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(raw), []byte("<"))
}

// foreign compares what request and answer both carry.
func foreign(request, answer gjson.Result) string {
	for _, name := range []string{
		"paymentRequestId", "paymentId", "captureRequestId", "captureId", "refundRequestId", "refundId",
		"vaultingRequestId", "disputeId",
	} {
		ours, theirs := request.Get(name), answer.Get(name)
		if ours.Exists() && theirs.String() != "" && ours.String() != theirs.String() {
			return fmt.Sprintf("the answer is signed but about another %s", name)
		}
	}
	for _, name := range []string{"paymentAmount", "captureAmount", "refundAmount"} {
		ours, theirs := request.Get(name), answer.Get(name)
		if !ours.Exists() || !theirs.Exists() || theirs.Type == gjson.Null {
			continue
		}
		if sent, told := AmountOf([]byte(ours.Raw)), AmountOf([]byte(theirs.Raw)); sent != told {
			return fmt.Sprintf("the answer is signed but its %s is %s instead of %s", name, told, sent)
		}
	}
	return ""
}

// ParseTime reads a time as the gateway and the SDKs write them: ISO 8601 with
// offset, or milliseconds since the epoch.
func ParseTime(s string) (time.Time, error) {
	if isDigits(s) && len(s) <= 15 {
		ms, err := strconv.ParseInt(s, 10, 64)
		return time.UnixMilli(ms), err
	}
	if t, err := time.Parse("2006-01-02T15:04:05.999Z0700", s); err == nil {
		return t, nil
	}
	return time.Parse(time.RFC3339, s)
}

// excerpt is what may be shown of bytes that nothing vouches for. It is masked
// before it is cut: half a card number would not be recognised.
func excerpt(raw []byte, mask Masker) string {
	const most = 200
	text := []rune(mask.Text(strings.ToValidUTF8(string(raw), "\uFFFD")))
	if len(text) <= most {
		return string(text)
	}
	return string(text[:most]) + "…"
}
