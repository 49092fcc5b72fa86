package received_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/apo-cli/apo/cmd/internal/received"
)

// long is a signature as long as a real one.
func long() string {
	return "algorithm=RSA256,keyVersion=1,signature=" + strings.Repeat("aB3%2F", 60)
}

func twoMessages() (genuine, forged object) {
	one := func(body string) object {
		return object{"uri": "/hooks/apo", "headers": object{"client-id": clientID, "request-time": time, "signature": long()}, "body": body}
	}
	return one(body), one(strings.Replace(body, "SUCCESS", "PROCESSED", 1))
}

func deep(v any) any {
	for range 10 {
		v = object{"a": v}
	}
	return v
}

func utf16Of(text string) string {
	var b strings.Builder
	b.WriteString("\xff\xfe")
	for _, u := range utf16.Encode([]rune(text)) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}

// Whatever stands beside a message that is read has a verdict of its own, or the
// input is refused: nothing of it is left out unseen.
func TestSecondMessageIsNeverLeftOut(t *testing.T) {
	one, two := twoMessages()
	g, f := encoded(one), encoded(two)
	wide := func(name string, value any) string { o, _ := twoMessages(); o[name] = value; return encoded(o) }
	entry, other := harEntry(body, ""), harEntry(body, "")
	entry["attempts"] = []any{two}
	har := func(entries ...any) string { return encoded(object{"log": object{"entries": entries}}) }
	headers := func(value any) string {
		o, _ := twoMessages()
		o["headers"].(object)["x"] = value
		return encoded(o)
	}
	raw := func(o object) string {
		h := o["headers"].(object)
		return fmt.Sprintf("POST /hooks/apo HTTP/1.1\nclient-id: %s\nrequest-time: %s\nsignature: %s\n\n%s", h["client-id"], h["request-time"], h["signature"], o["body"])
	}
	for name, text := range map[string]string{
		"on one line": g + f, "a blank between": g + " " + f, "CR": g + "\r" + f + "\r", "NUL": g + "\x00" + f, "FF": g + "\f" + f, "U+2028": g + "\u2028" + f,
		"a list each": "[" + g + "][" + f + "]", "lists": "[[" + g + "],[" + f + "]]", "lists over lines": "[\n[" + g + "],\n[" + f + "]\n]", "mixed lists": "[" + g + ",[" + f + "]]",
		"in a list": wide("attempts", []any{two}), "in lists": wide("attempts", []any{[]any{two}}), "in a text": wide("seen", f), "in the log's text": wide("msg", "retry "+f), "in a list of texts": wide("seen", []any{f}),
		"in base64": wide("seen", base64.StdEncoding.EncodeToString([]byte(f))), "in a list of base64": wide("seen", []any{base64.StdEncoding.EncodeToString([]byte(f))}),
		"as its ID": wide("id", []any{two}), "in the answer": wide("response", two), "too deep": wide("a", deep(two)),
		"in the query": wide("query", object{"a": []any{two}}), "among the headers": headers(two), "a list among the headers": headers([]any{two}), "in the body's wrapper": wide("body", object{"text": body, "more": two}),
		"beside a list": encoded(object{"Records": []any{one}, "other": two}), "two lists": encoded(object{"Records": []any{one}, "events": []any{two}}), "members": encoded(object{"first": one, "other": []any{two}}),
		"behind a prefix": "a " + g + " b " + f, "in the prefix": "signature=" + long() + " body=x " + g, "pairs behind it": g + " signature=" + long() + " body=" + body, "damaged": g + f[:len(f)-2],
		"HAR twice": har(harEntry(body, "")) + har(harEntry(body, "")), "HAR, then an event": har(other) + "\n" + f, "beside HAR's entries": strings.TrimSuffix(har(other), "}") + `,"x":` + f + "}", "in HAR's entry": har(entry),
		"Postman, then an event": encoded(object{"item": []any{postmanItem()}}) + "\n" + f, "beside Postman's request": encoded(object{"item": []any{postmanItem()}, "x": two}),
		"Antom's, on its line": "[Antom][2026-11-20][/hooks/apo] " + g + f, "between Antom's": "[Antom][2026-11-20][/hooks/apo] " + g + "\n" + f,
		"UTF-16 behind it": g + "\n" + utf16Of(f), "in the text of a queue": encoded(object{"message": g + "\n" + f}), "texts of a queue": encoded(object{"message": g, "log": f}),
		"behind the answer": raw(one) + "\nHTTP/1.1 200 OK\n\n\n" + raw(two), "in an editor's comment": "### a\n# " + f + "\n" + raw(one), "in the text around": "Look at " + long() + " here\n```\n" + g + "\n```\nand signature: " + long() + "\n",
		"of a table": `"a","{""uri"":""/hooks/apo"",""headers"":{""client-id"":""` + clientID + `"",""request-time"":""` + time + `"",""signature"":""` + long() + `""},""body"":""{}""}","signature=` + long() + `"`,
	} {
		c, err := received.Read([]byte(text), "", received.RequestPart)
		problem := err
		for _, m := range c.Messages {
			if problem == nil {
				problem = m.Problem
			}
		}
		if problem == nil && len(c.Messages) < 2 {
			t.Errorf("%s: read as %s, %d left out: %+v", name, c.Form, c.LeftOut, c.Messages)
		}
		if !strings.Contains(text, "\n") {
			if m, err := received.ReadLine([]byte(text), "", received.RequestPart); err == nil {
				t.Errorf("%s, a line: %+v", name, m)
			}
		}
	}
}

// What does not tell where the body ends, or ends before it is whole, is no message.
func TestUnsureEndsOfABody(t *testing.T) {
	head := headed("POST /hooks/apo HTTP/1.1\nclient-id: CID\nrequest-time: TIME\nsignature: SIG\n")
	for name, text := range map[string]string{
		"behind the chunks":    head + "Transfer-Encoding: chunked\n\n2\n{}\n0\n\n{\"a\":1}",
		"behind their trailer": head + "Transfer-Encoding: chunked\n\n2\n{}\n0\na: b\n\n{\"a\":1}",
		"two lengths":          head + "Content-Length: 2\nContent-Length: 3\n\n{}",
		"a negative length":    head + "Content-Length: -2\n\n{}",
		"JSON cut off":         encoded(with(object{"more": "x"}))[:200],
	} {
		if m, err := received.Dump([]byte(text), received.RequestPart); err == nil {
			t.Errorf("%s: %+v", name, m)
		}
	}
	if m, err := received.Dump([]byte(head+"Transfer-Encoding: chunked\n\n2\n{}\n0\na: b\n\n"), received.RequestPart); err != nil || string(m.Body) != "{}" {
		t.Errorf("a trailer: %+v, %v", m, err)
	}
}

// What a form says twice of one message is no second one.
func TestWhatIsNoSecondMessage(t *testing.T) {
	for name, members := range map[string]object{
		"the log's words":     {"msg": "checked client-id, request-time and signature of a notification"},
		"the signature alone": {"checked": []any{long()}},
		"headers twice":       {"multiValueHeaders": object{"client-id": []string{clientID}, "request-time": []string{time}, "signature": []string{long()}}},
		"raw headers":         {"rawHeaders": []string{"client-id", clientID, "request-time", time, "signature", long()}},
		"an answer":           {"response": object{"headers": object{"signature": long(), "response-time": time}, "body": "{}"}},
		"a token":             {"authorization": "Bearer " + strings.Repeat("aB3d", 60)},
		"lists":               {"tags": []any{"a", 1, object{"b": []any{}}}},
	} {
		one, _ := twoMessages()
		for k, v := range members {
			one[k] = v
		}
		for _, text := range []string{encoded(one), "2026-11-20 09:15:30 INFO " + encoded(one) + " {} done", encoded([]any{one})} {
			c, err := received.Read([]byte(text), "", received.RequestPart)
			if err != nil || len(c.Messages) != 1 || c.Messages[0].Problem != nil {
				t.Errorf("%s: %+v, %v", name, c, err)
			}
		}
	}
}
