package received_test

import (
	"strings"
	"testing"

	"github.com/apo-cli/apo/cmd/internal/received"
)

func lined(prefix, text string) string {
	return prefix + strings.ReplaceAll(text, "\n", "\n"+prefix)
}

// Mails, chats and tickets have text around a message.
func TestMessagesThatPeoplePasted(t *testing.T) {
	head := headed("client-id: CID\nrequest-time: TIME\nsignature: SIG\n")
	raw := "POST /hooks/apo HTTP/1.1\nHost: shop.example\n" + head + "\n" + body
	command := headed("curl https://shop.example/hooks/apo -H 'client-id: CID' -H 'request-time: TIME' -H 'signature: SIG' -d ") + shell(body)
	quotedPrintable := strings.NewReplacer("=", "=3D", "é", "=C3=A9", "%2F", "=\n%2F").Replace(raw)
	for name, text := range map[string]string{
		"a greeting":                 "Hi team, here is what we got:\n\n" + raw,
		"a greeting on the line":     "Hi team, we got: " + raw,
		"text behind":                raw + "\n\nThanks,\nAda\n",
		"text behind, CRLF":          strings.ReplaceAll(raw, "\n", "\r\n") + "\r\n\r\n-- \r\nAda\r\n",
		"both":                       "Hello,\n\nsee below.\n\n" + raw + "\n\nBest regards\n--\nAda",
		"a mail":                     "From: Ada <ada@shop.example>\nTo: support@apo.example\nSubject: webhook: fails\nDate: Mon, 30 Nov 2026 10:41:35 +0000\n\nHi,\n" + raw,
		"a chat":                     "Ada  9:15 AM\n[09:15] Ada: look at this\n" + raw,
		"without a version":          "Look:\n" + strings.Replace(raw, " HTTP/1.1", "", 1),
		"quoted":                     lined("> ", raw),
		"quoted twice":               lined(">> ", raw),
		"quoted, with both":          "On Mon, Ada wrote:\n" + lined("> ", raw) + "\n\nWhat shall I do?\nBob",
		"quoted, and answered twice": "Sure.\n\nOn Mon, Ada wrote:\n" + lined("> ", "Hi,\n\n"+raw+"\n\nThanks\nAda"),
		"a block":                    "```\n" + raw + "\n```",
		"a block of http":            "Hi,\n\n```http\n" + raw + "\n```\nThanks",
		"a block, tildes":            "Hi,\n~~~ http\n" + raw + "\n~~~",
		"a block without end":        "Hi,\n```\n" + raw,
		"a block of a chat":          "Hi,\n```" + raw + "```\nThanks",
		"a quoted block":             lined("> ", "Hi,\n\n```\n"+raw+"\n```"),
		"a block of JSON":            "Look:\n```json\n" + indented(with(nil)) + "\n```\nok?",
		"a block of a shell":         "Look:\n```bash\n$ " + command + "\n```\nok?",
		"a body's own block":         "Headers:\n```\nPOST /hooks/apo HTTP/1.1\n" + head + "```\nBody:\n```json\n" + body + "\n```",
		"a block of Jira":            "Hi\n{code:title=request|language=http}\n" + raw + "\n{code}\nThanks",
		"noformat":                   "{noformat}\n" + raw + "\n{noformat}",
		"indented":                   "Hi,\n\n" + lined("    ", raw) + "\n\nThanks",
		"a command":                  "Hi, please try\n\n" + command + "\n\nThat's it, thanks",
		"a browser's view":           "Hi,\n\nRequest URL: https://shop.example/hooks/apo\nRequest Method: POST\n" + head + "\n" + body,
		"a line of a log":            "Hi team,\n\n" + encoded(with(nil)) + "\n\nThanks\n",
		"a HAR":                      "Hi team,\n" + indented(object{"log": object{"entries": []any{harEntry(body, "")}}}) + "\n\nThanks",
		"quoted-printable":           quotedPrintable,
	} {
		c, err := received.Read([]byte(text), "", received.RequestPart)
		if err != nil || len(c.Messages) != 1 {
			t.Errorf("%s: read as %s: %+v, %v", name, c.Form, c, err)
			continue
		}
		t.Run(name, func(t *testing.T) { isTheNotification(t, c.Messages[0]) })
		if c.Messages[0].Note == "" && c.LeftOut == 0 && name != "without a version" && !strings.HasPrefix(text, "`") && c.Form != "curl" && c.Form != "har" {
			t.Errorf("%s: nothing is said of what was left out", name)
		}
	}
}

// Nothing is taken out of what may be the body of another message, nor off a body
// whose length tells that it was there.
func TestWhatMayBelongToAMessageStays(t *testing.T) {
	raw := headed("POST /hooks/apo HTTP/1.1\nclient-id: CID\nrequest-time: TIME\nsignature: SIG\n\nBODY")
	for name, text := range map[string]string{
		"a block in a body":      "POST /x HTTP/1.1\nHost: a\n\n```\n" + raw + "\n```",
		"in small letters":       "post /x HTTP/1.1\nHost: a\n\n" + raw,
		"no request line":        "Host: a\nAccept: b\n\n" + raw,
		"an access log":          "GET /x HTTP/1.1 200\n\n" + raw,
		"an answer":              "HTTP/1.1 200 OK\nHost: a\n\n" + raw,
		"a mark of curl":         "* Connected to a\n> POST /x HTTP/1.1\n> Host: a\n>\n\n" + raw,
		"indented, after a head": "POST /x HTTP/1.1\nHost: a\n\n" + lined("    ", raw),
		"quoted in a body":       "POST /x HTTP/1.1\nHost: a\n\nOn Mon, Ada wrote:\n" + lined("> ", raw),
		"small and quoted":       "post /x HTTP/1.1\nHost: a\n\n" + lined("> ", raw),
		"JSON first":             "{\"a\":1}\n\n" + raw,
	} {
		c, err := received.Read([]byte(text), "", received.RequestPart)
		if err == nil && len(c.Messages) > 0 && c.Messages[0].Signed() && c.Messages[0].Problem == nil {
			t.Errorf("%s: read as %s, %+v", name, c.Form, c.Messages[0])
		}
	}
	if m, err := received.Dump([]byte("Hi,\n\n"+raw+"\n\nand then\n\n"+raw+"\n\nThanks"), received.RequestPart); err == nil || !strings.Contains(err.Error(), "another message") {
		t.Errorf("two messages: %+v, %v", m, err)
	}
	for name, text := range map[string]string{
		"counted":     strings.Replace(raw, "\n\n", "\nContent-Length: 999\n\n", 1) + "\n\nThanks",
		"on the line": raw + " Thanks",
		"JSON":        raw + "\n\n{}",
		"next line":   raw + "\nThanks",
	} {
		m, err := received.Dump([]byte(text), received.RequestPart)
		if err == nil && string(m.Body) == body {
			t.Errorf("%s: what stands behind the body is gone", name)
		}
	}
}
