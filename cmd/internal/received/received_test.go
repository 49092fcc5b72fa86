package received_test

import (
	"strings"
	"testing"

	"github.com/apo-cli/apo/cmd/internal/received"
)

const head = "POST /hooks/apo?x=1 HTTP/1.1\nHost: shop.example\nCLIENT-ID: SANDBOX_5Y\nrequest-time: 2025-01-01T08:00:02+08:00\nSignature: algorithm=RSA256,keyVersion=1,signature=abc%3D\n"

func TestDumpsOfRequests(t *testing.T) {
	crlf := strings.ReplaceAll(head, "\n", "\r\n")
	for name, c := range map[string]struct{ text, body, note string }{
		"LF":                              {head + "\n{\"a\":1}\n", "{\"a\":1}\n", ""},
		"CRLF":                            {crlf + "\r\n{\"a\":1}", "{\"a\":1}", ""},
		"byte order mark and blank lines": {"\xef\xbb\xbf\r\n\n" + head + "\n{}", "{}", ""},
		"a line break of the file":        {head + "Content-Length: 2\n\n{}\r\n", "{}", "line break"},
		"text behind the body is kept":    {head + "Content-Length: 2\n\n{}x", "{}x", "its Content-Length is 2"},
		"chunks":                          {head + "Transfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4;x=y\r\n\":1}\r\n0\r\n\r\n", "{\"a\":1}", "chunks"},
		"chunks that are none":            {head + "Transfer-Encoding: chunked\n\n{}", "{}", "chunked, and the body is not"},
		"HTTP/2 as browsers show it":      {":authority: shop.example\n:method: POST\n:path: /hooks/apo?x=1\n" + head[strings.Index(head, "CLIENT"):] + "\n{}", "{}", ""},
		"empty body":                      {head + "\n", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := received.Dump([]byte(c.text), received.RequestPart)
			if err != nil {
				t.Fatal(err)
			}
			if m.Method != "POST" || m.URI != "/hooks/apo?x=1" || m.Get("client-id") != "SANDBOX_5Y" ||
				m.Get("Request-Time") != "2025-01-01T08:00:02+08:00" || !strings.HasSuffix(m.Get("signature"), "=abc%3D") {
				t.Errorf("read as %+v", m)
			}
			if string(m.Body) != c.body || !m.HasBody {
				t.Errorf("body %q, want %q", m.Body, c.body)
			}
			if !strings.Contains(m.Note, c.note) || (c.note == "") != (m.Note == "") {
				t.Errorf("note %q, want %q", m.Note, c.note)
			}
		})
	}
}

const curl = `*   Trying 127.0.0.1:4242...
* Connected to 127.0.0.1 (127.0.0.1) port 4242 (#0)
> POST /ams/api/v1/payments/pay HTTP/1.1
> Host: 127.0.0.1:4242
> Client-Id: 5Y
> Request-Time: 1735689600000
>
} [32 bytes data]
* upload completely sent off: 32 bytes
< HTTP/1.1 100 Continue
<
< HTTP/1.1 200 OK
< client-id: 5Y
< response-time: 2025-01-01T08:00:01+08:00
< signature: algorithm=RSA256,keyVersion=1,signature=xyz
<
{ [180 bytes data]
`

func TestTalkOfCurl(t *testing.T) {
	for name, c := range map[string]struct{ text, body string }{
		"the body ends in a newline":      {curl + "{\"a\":1}\n* Connection #0 to host 127.0.0.1 left intact\n", "{\"a\":1}\n"},
		"the body does not end in one":    {curl + "{\"a\":1}* Connection #0 to host 127.0.0.1 left intact\n", "{\"a\":1}"},
		"nothing behind the body":         {curl + "{\"a\":1}", "{\"a\":1}"},
		"lines of the body that look odd": {curl + "{\"a\":\n< 1}\n", "{\"a\":\n< 1}\n"},
		"CRLF":                            {strings.ReplaceAll(curl, "\n", "\r\n") + "{}", "{}"},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := received.Dump([]byte(c.text), received.ResponsePart)
			if err != nil {
				t.Fatal(err)
			}
			if m.URI != "/ams/api/v1/payments/pay" || m.Get("Response-Time") != "2025-01-01T08:00:01+08:00" || string(m.Body) != c.body {
				t.Errorf("read as %+v, body %q", m, m.Body)
			}
			sent, err := received.Dump([]byte(c.text), received.RequestPart)
			if err != nil || sent.Get("Request-Time") != "1735689600000" || sent.HasBody {
				t.Errorf("the request is read as %+v, %v", sent, err)
			}
		})
	}
}

func TestExchangeOfAProxy(t *testing.T) {
	m, err := received.Dump([]byte(head+"\n{}\n\nHTTP/1.1 200 OK\r\nresponse-time: now\r\nsignature: s\r\n\r\n{\"b\":2}"), received.ResponsePart)
	if err != nil || m.URI != "/hooks/apo?x=1" || m.Get("response-time") != "now" || string(m.Body) != `{"b":2}` {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestDumpsThatAreNone(t *testing.T) {
	for name, text := range map[string]string{
		"empty":                "",
		"blank lines":          "\r\n\r\n",
		"a body alone":         `{"a":1}`,
		"an answer":            "HTTP/1.1 200 OK\n\n{}",
		"headers without end":  "POST / HTTP/1.1\n{\"a\":1}\n",
		"a header with spaces": "POST / HTTP/1.1\nNo header at all: x\n\n{}",
		"curl without either":  "* Could not resolve host: x\n",
	} {
		if m, err := received.Dump([]byte(text), received.RequestPart); err == nil {
			t.Errorf("%s: read as %+v", name, m)
		}
	}
}

func TestHeadersThatComeTwice(t *testing.T) {
	m, err := received.Dump([]byte(strings.Replace(head, "Host", "Client-Id: other\nHost", 1)+"\n{}"), received.RequestPart)
	if err != nil || m.Twice() != "client-id" {
		t.Errorf("%q, %v", m.Twice(), err)
	}
	m, err = received.Dump([]byte(strings.Replace(head, "Host", "Client-Id: SANDBOX_5Y\nHost", 1)+"\n{}"), received.RequestPart)
	if err != nil || m.Twice() != "" {
		t.Errorf("the same value twice: %q, %v", m.Twice(), err)
	}
}

func TestLines(t *testing.T) {
	for name, line := range map[string]string{
		"headers":         `{"id":7,"method":"POST","uri":"/hooks/apo?x=1","headers":{"Client-ID":"5Y","request-time":"1","signature":"s"},"body":"{\"a\":1}"}`,
		"lists":           `{"id":7,"method":"POST","url":"/hooks/apo?x=1","headers":{"client-id":["5Y"],"request-time":["1"],"signature":["s"]},"body":"{\"a\":1}"}`,
		"beside":          `{"id":7,"method":"POST","uri":"/hooks/apo?x=1","clientId":"5Y","requestTime":"1","signature":"s","body":"{\"a\":1}"}`,
		"a cloud's event": `{"id":7,"httpMethod":"POST","rawPath":"/hooks/apo","rawQueryString":"x=1","headers":{"client-id":"5Y","request-time":"1","signature":"s"},"isBase64Encoded":true,"body":"eyJhIjoxfQ=="}`,
		"base64":          `{"id":7,"method":"POST","uri":"/hooks/apo?x=1","clientId":"5Y","requestTime":"1","signature":"s","bodyBase64":"eyJhIjoxfQ=="}`,
		"an object":       `{"id":7,"method":"POST","uri":"/hooks/apo?x=1","clientId":"5Y","requestTime":"1","signature":"s","body":{"a":1}}`,
	} {
		l, err := received.ReadLine([]byte(line), "", received.RequestPart)
		if err != nil || l.ID != "7" || l.Method != "POST" || l.URI != "/hooks/apo?x=1" || l.Get("Client-Id") != "5Y" ||
			l.Get("request-time") != "1" || l.Get("signature") != "s" || string(l.Body) != `{"a":1}` {
			t.Errorf("%s: %+v, body %q, %v", name, l, l.Body, err)
		}
	}
	for name, line := range map[string]string{
		"no JSON": `nonsense`, "a list": `[]`, "bad base64": `{"bodyBase64":"%"}`, "two paths": `{"uri":"/a","path":"/b"}`, "cut off": `{"uri":"/a"`,
	} {
		if l, err := received.ReadLine([]byte(line), "", received.RequestPart); err == nil {
			t.Errorf("%s: read as %+v", name, l)
		}
	}
}

// Lines of one form that is not read are named once.
func TestTally(t *testing.T) {
	for want, lines := range map[string][]string{
		"each of the 2 lines seems to be a line of key=value pairs (logfmt)": {"level=info msg=a", "level=warn msg=b"},
		"": {"level=info msg=a", "<html>"},
		"each of the 3 lines seems to be JSON without the headers": {"{\"a\":1}", "{\"b\":2}", "{\"c\":3}"},
	} {
		var tally received.Tally
		for _, line := range lines {
			_, err := received.ReadLine([]byte(line), "", received.RequestPart)
			tally.Add(err)
		}
		if got := tally.Sentence(); !strings.HasPrefix(got, want) || (want == "") != (got == "") {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func FuzzDump(f *testing.F) {
	f.Add(head+"\n{}", true)
	f.Add(curl+"{}", false)
	f.Add("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", false)
	f.Fuzz(func(t *testing.T, text string, request bool) {
		part := received.ResponsePart
		if request {
			part = received.RequestPart
		}
		m, err := received.Dump([]byte(text), part)
		if err == nil && len(m.Body) > len(text) {
			t.Fatalf("%d bytes of body in %d bytes", len(m.Body), len(text))
		}
	})
}

func FuzzReadLine(f *testing.F) {
	f.Add([]byte(`{"uri":"/a","headers":{"signature":["s"]},"isBase64Encoded":true,"body":"e30="}`))
	f.Fuzz(func(_ *testing.T, line []byte) { _, _ = received.ReadLine(line, "", received.RequestPart) })
}
