package cmd

import (
	"bytes"
	"context"
	"errors"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/files"
	"github.com/apo-cli/apo/cmd/internal/received"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/verify"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/diagnose"
)

// message explains what comes on standard input: one code, the body of an answer or a
// notification, or the whole of it.
func (e explainer) message(ctx context.Context) error {
	data, err := e.run.Source().ReadUpTo("the message:", "-", verify.MaxCapture)
	if err != nil {
		return err
	}
	text := bytes.TrimSpace(files.TextOf(data))
	switch {
	case len(text) == 0:
		return say.Fail(say.Usage, "standard input is empty; pipe an answer, a notification or a code into it")
	case !utf8.Valid(text):
		return say.Fail(say.Usage, "standard input is no text").Hint("apo help forms lists what is read")
	case !bytes.ContainsAny(text, " \t\r\n{") && len(text) <= 64:
		return e.word(string(text), explained())
	case isBody(text):
		return e.show(say.ExplainedMessage{Why: "a body alone has no signature"}, text, nil)
	}
	return e.signed(ctx, text)
}

// isBody reports whether a text is what APO wrote, or apo printed, without its headers.
func isBody(text []byte) bool {
	if apo.CheckJSON(text) != nil {
		return false
	}
	doc := gjson.ParseBytes(text)
	for _, header := range []string{"headers", "header", "multiValueHeaders", "rawHeaders", "log", "requests", "item"} {
		if doc.Get(header).Exists() {
			return false
		}
	}
	return doc.IsObject() && len(partsOf(text)) > 0
}

// signed explains a message with its headers, once its signature was looked at.
func (e explainer) signed(ctx context.Context, text []byte) error {
	side := diagnose.Notification
	if bytes.Contains(bytes.ToLower(text), []byte("response-time")) {
		side = diagnose.Response
	}
	settings := verify.Settings{Side: side}
	c, err := received.Read(text, "", settings.Part())
	var none *received.Unknown
	switch {
	case errors.As(err, &none) && text[0] == '{':
		if broken := apo.CheckJSON(text); broken != nil {
			return say.Fail(say.Usage, "standard input is read as JSON, and it is not strict JSON: %v", broken)
		}
		return say.Fail(say.Usage, "standard input is a JSON object without any code that apo explains").Hint("apo help forms lists what is read")
	case err != nil:
		return say.Fail(say.Usage, "standard input: %v", err).Hint("apo help forms lists what is read")
	case len(c.Messages) > 1:
		return say.Fail(say.Usage, "standard input holds %d messages; apo explain - reads one", len(c.Messages)).
			Hint("apo verify-notify --ndjson - prints a verdict for each")
	}
	m := c.Messages[0]
	switch {
	case m.Problem != nil:
		return say.Fail(say.Usage, "standard input: %v", m.Problem)
	case apo.CheckJSON(m.Body) != nil || len(partsOf(m.Body)) == 0:
		return say.Fail(say.Usage, "standard input is read as %s, and its body has no code that apo explains", c.Form).Hint("apo help forms lists what is read")
	}
	told, facts, wrong := e.verified(ctx, m, settings)
	if err := e.show(told, m.Body, facts); err != nil || !wrong {
		return err
	}
	return e.run.Words().NotVerifiedMessage(told)
}

// verified looks at the signature of a message. wrong: there is one, and it is not of this
// message; what lacks a part that was signed, or a key, is not verified either.
func (e explainer) verified(ctx context.Context, m received.Message, settings verify.Settings) (told say.ExplainedMessage, facts *say.Verified, wrong bool) {
	told.Why = whyNot(m, settings.Side)
	if told.Why != "" {
		return told, nil, false
	}
	engine, err := verify.New(ctx, e.run, settings)
	if err != nil {
		told.Why = "its signature was not checked: " + err.Error()
		return told, nil, false
	}
	examined, err := engine.Examine(m)
	switch {
	case err != nil:
		told.Why = "its signature was not checked: " + err.Error()
		return told, nil, false
	case !examined.Verified():
		told.Why = "the signature does not verify with the profile's key of Antom"
		return told, nil, true
	}
	known := engine.Facts(examined)
	switch {
	case known.Unreadable != nil:
		told.Why = "the signature verifies, but the body is not strict JSON"
	case known.News.OtherClient:
		told.Why = "the signature verifies, for another client ID than the profile's"
	default:
		told.Verified = true
	}
	return told, &known, false
}

// whyNot says what a message lacks without which its signature cannot be checked; ""
// where nothing is missing.
func whyNot(m received.Message, side diagnose.Side) string {
	at := "Request-Time"
	if side == diagnose.Response {
		at = "Response-Time"
	}
	switch {
	case !m.Signed():
		return "it has no signature"
	case m.URI == "" && len(m.Others) == 0:
		return "its signature was not checked: the path of its request is not in it"
	case m.Get(at) == "":
		return "its signature was not checked: it has no " + at
	}
	return ""
}

// show explains each code in a body, and what follows from all of them.
func (e explainer) show(told say.ExplainedMessage, body []byte, facts *say.Verified) error {
	masker := e.run.IO.Masker
	for _, part := range partsOf(body) {
		shown := say.MessagePart{Path: short(masker.Text(part.path)), Value: short(masker.Text(part.value))}
		if group, known := groupNamed(part.group); known {
			if found := meanings(part.value, []say.ExplainedGroup{group}); len(found) > 0 && found[0].Code == part.value {
				shown.Meaning = &found[0]
			}
		}
		told.Parts = append(told.Parts, shown)
	}
	if told.Decision = ofOutcome("", ""); told.Verified {
		told.Decision = decisionIn(*facts)
	}
	for _, name := range []string{"paymentRequestId", "paymentId"} {
		id := gjson.GetBytes(body, name)
		if id.Type == gjson.String && told.ID == "" && id.Str != "" && len(id.Str) <= 64 && say.Quoted(id.Str) == id.Str && id.Str[0] != '-' && masker.Text(id.Str) == id.Str {
			told.ID = id.Str
		}
	}
	return e.run.Printer().ExplainMessage(e.run.Words(), told)
}

// short is a value that is shown beside others.
func short(text string) string {
	const most = 64
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
