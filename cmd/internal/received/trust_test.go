package received_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/apo-cli/apo/cmd/internal/received"
)

// Whoever sends an unsigned request writes its body: a genuine message in there,
// in any form, must not be taken for the one that came.
func TestBodyOfAnUnsignedRequestIsNotTheMessage(t *testing.T) {
	genuine := headed("POST /hooks/apo HTTP/1.1\nclient-id: CID\nrequest-time: TIME\nsignature: SIG\n\nBODY")
	marked := "> " + strings.ReplaceAll(genuine, "\n", "\n> ")
	for name, forged := range map[string]string{
		"an editor's":          "POST /x HTTP/1.1\nHost: a\n\n{}\n### \n" + genuine,
		"an editor's, later":   "POST /x HTTP/1.1\nHost: a\n\n{}\n### \nGET /\n\n### \n" + genuine,
		"without a version":    "POST /x\nHost: a\n\n{}\n### \n" + genuine,
		"a quoted mail's":      "POST /x HTTP/1.1\nHost: a\n\n" + marked,
		"a short length":       "POST /x HTTP/1.1\nContent-Length: 2\n\n{}" + genuine,
		"curl's":               ":method: POST\n:path: /x\nhost: a\n\n" + marked,
		"a line of a log":      "{\"path\":\"/x\",\"headers\":{\"a\":\"b\"}}\n" + marked,
		"a trace's":            "POST /x HTTP/1.1\nHost: a\n\n=> Send header, 1 bytes (0x1)\n0000: " + strings.ReplaceAll(genuine, "\n", "\n0000: "),
		"another's, in a text": encoded(object{"message": "POST /x HTTP/1.1\nContent-Length: 2\n\n{}" + genuine}),
	} {
		c, err := received.Read([]byte(forged), "", received.RequestPart)
		if err == nil && len(c.Messages) > 0 && c.Messages[0].Signed() && c.Messages[0].Problem == nil {
			t.Errorf("%s: read as %s, %d left out, %+v", name, c.Form, c.LeftOut, c.Messages[0])
		}
	}
}

// A duplicate key and half a character are read in another way by each reader.
func TestWhatReadersDisagreeAboutIsNoMessage(t *testing.T) {
	post := func(text string) string {
		return `{"request":{"method":"POST","url":"/hooks/apo","headers":` + encoded(named("name", "value")) + `,"postData":` + text + `},"response":{}}`
	}
	item := func(text string) string {
		return `{"item":[{"request":{"url":"/hooks/apo","header":` + encoded(named("key", "value")) + `,"body":` + text + `}}]}`
	}
	whole := encoded(with(nil))
	for name, text := range map[string]string{
		"HAR, half a character":     `{"log":{"entries":[` + post(`{"text":"\udc00"}`) + `]}}`,
		"HAR, two bodies":           `{"log":{"entries":[` + post(`{"text":"{}"},"postData":{"text":"[]"}`) + `]}}`,
		"HAR, two lists":            `{"log":{"entries":[` + post(`{"text":"{}"}`) + `],"entries":[]}}`,
		"HAR, one entry":            post(`{"text":"a\ud800"}`),
		"HAR, not UTF-8":            `{"log":{"entries":[` + post("{\"text\":\"\xe9\"}") + `]}}`,
		"Postman, half a character": item(`{"mode":"raw","raw":"\udc00"}`),
		"Postman, two bodies":       item(`{"mode":"raw","raw":"{}","raw":"[]"}`),
		"two lists of events":       `{"Records":[` + whole + `],"Records":[]}`,
		"two signatures":            encoded(with(object{"signature": "algorithm=RSA256,keyVersion=1,signature=abcdefghijklmn"})),
		"two signatures beside":     encoded(object{"uri": "/hooks/apo", "client_id": clientID, "signature": signature, "http_signature": signature + "x"}),
		"two client IDs":            encoded(with(object{"client_id": "SANDBOX_5Y0000000000002"})),
	} {
		c, err := received.Read([]byte(text), "", received.RequestPart)
		for _, m := range c.Messages {
			if m.Problem == nil && m.Twice() == "" {
				t.Errorf("%s: read as %s: %+v, %v", name, c.Form, m, err)
			}
			err = errors.Join(err, m.Problem)
		}
		if err == nil && len(c.Messages) == 0 {
			t.Errorf("%s: nothing is said", name)
		}
	}
	other := `{"request":{"url":"/","headers":[]},"response":{"content":{"text":"\udc00"}}}`
	c, err := received.Read([]byte(`{"log":{"entries":[`+other+`,`+post(`{"text":"{}"}`)+`]}}`), "", received.RequestPart)
	if err != nil || len(c.Messages) != 1 || c.Messages[0].Problem != nil {
		t.Errorf("another call of the recording spoils it: %+v, %v", c, err)
	}
}

// What holds a signature and cannot be read is told beside what can be.
func TestSignatureThatCannotBeReadIsNotLeftOut(t *testing.T) {
	long := "algorithm=RSA256,keyVersion=1,signature=" + strings.Repeat("aB3%2F", 60)
	good := encoded(with(nil))
	for name, line := range map[string]string{
		"logfmt":  "level=INFO msg=in uri=/hooks/apo client-id=" + clientID + " signature=" + long,
		"spring":  `After request [POST /hooks/apo, headers=[client-id:"x", signature:"` + long + `"], payload={}]`,
		"print_r": "    [HTTP_X_SIGNATURE] => " + long,
		"python":  `INFO {'headers': {'signature': '` + long + `'}, 'body': `,
		"JSON":    encoded(object{"path": "/hooks/apo", "seen": object{"xSignatureOf": long}}),
	} {
		c, err := received.Read([]byte(good+"\n"+line+"\nINFO the signature was checked\n"), "", received.RequestPart)
		if err != nil || len(c.Messages) != 2 || c.Messages[1].Problem == nil || c.LeftOut != 1 {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
}

// An error quotes the beginning of a line, whatever it is: nothing behind it would
// know a card number or a key that was cut off.
func TestErrorsQuoteNoCardAndNoKey(t *testing.T) {
	const card, key = "4054695723100768", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"
	for _, secret := range []string{card, "4054 6957 2310 0768", key} {
		for _, text := range []string{
			"POST /hooks/apo HTTP/1.1\n" + secret + "\n\n{}",
			"POST /hooks/apo HTTP/1.1\nno header " + secret + "\n\n{}",
			"### a\n" + secret + " /x\n",
			"### a\nPOST https://x/y\nsignature: a\n\n< ./" + secret + ".json",
			"curl https://x/y -H '" + secret + "' -d '{}'",
			"curl https://x/y -H '@" + secret + "' -d '{}'",
			`{"item":[{"request":{"url":"/","body":{"mode":"` + secret + `"}}}]}`,
			encoded(object{secret: with(object{"uri": "/" + secret})}),
			encoded(with(object{"httpMethod": secret, "uri": "/" + secret + "/x"})),
			"### a\nPOST https://{{" + secret + "}}/x\n" + secret + ": {{a}}\nsignature: {{b}}\n\n{}",
			"### a\nPOST https://x/\nsignature: {{4054695723100768}}\n\n{}",
			"curl https://x/" + secret + " https://y/" + secret + " -d '{}'",
			"curl https://x/ -d \"$(echo " + secret + ")\"",
			"curl https://x/ -d @" + secret + " -d a",
			"POST /" + secret + " HTTP/1.1\n:path: /x\n\n{}",
		} {
			c, err := received.Read([]byte(text), "", received.RequestPart)
			said := fmt.Sprint(err)
			for _, m := range c.Messages {
				said += fmt.Sprint(m.Problem, m.Note, m.Lossy)
			}
			if strings.Contains(said, secret[:9]) {
				t.Errorf("%.20s…: %s", text, said)
			}
		}
	}
}

// More forms that outsiders had.
func TestFormsOfOutsiders(t *testing.T) {
	raw := headed("POST /hooks/apo HTTP/1.1\nclient-id: CID\nrequest-time: TIME\nsignature: SIG\n\nBODY")
	environment := object{"HTTP_CLIENT_ID": clientID, "HTTP_REQUEST_TIME": time, "HTTP_SIGNATURE": signature}
	lines := headed("client-id: CID\nrequest-time: TIME\nsignature: SIG\n")
	for name, text := range map[string]string{
		"mail, twice quoted":     ">> " + strings.ReplaceAll(raw, "\n", "\n>> "),
		"mail, quoted and again": "> > " + strings.ReplaceAll(raw, "\n", "\n> > "),
		"an answer behind it":    strings.ReplaceAll(raw, "\n", "\r\n") + "\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{}",
		"names of CGI":           encoded(with(object{"headers": environment})),
		"an address":             encoded(with(object{"path": nil, "uri": "https://shop.example/hooks/apo"})),
		"editor, output file":    "### a\n" + raw + "\n\n>> out.json\n",
		"editor, script before":  "### a\n< {%\n request.variables.set('a', 'b')\n%}\n" + raw + "\n",
		"editor, comment before": "// a comment\n" + raw,
		"Postman, header as text": encoded(object{"item": []any{object{"request": object{
			"method": "POST", "url": "https://shop.example/hooks/apo", "header": lines, "body": object{"mode": "raw", "raw": body},
		}}}}),
		"Postman 1": encoded(object{"requests": []any{object{"method": "POST", "url": "https://shop.example/hooks/apo", "headers": lines, "rawModeData": body}}}),
		"curl --next": "curl https://shop.example/hooks/apo -H 'client-id: " + clientID + "' -H 'request-time: " + time + "' -H 'signature: " + signature + "' -d '" +
			strings.ReplaceAll(body, "'", `'\''`) + "' --next https://shop.example/y -d a",
	} {
		c, err := received.Read([]byte(text), "", received.RequestPart)
		if err != nil || len(c.Messages) != 1 {
			t.Errorf("%s: %+v, %v", name, c, err)
			continue
		}
		isTheNotification(t, c.Messages[0])
		if !strings.Contains(text, "\n") {
			m, err := received.ReadLine([]byte(text), "", received.RequestPart)
			if err != nil {
				t.Errorf("%s, as a line: %v", name, err)
				continue
			}
			isTheNotification(t, m)
		}
	}
	for name, c := range map[string][2]string{
		"mitmproxy's flows":    {"1234:9:websocket;0:~8:response;1:~7:request;2:{\"}", "mitmproxy"},
		"headers out of reach": {headed(`After [POST /hooks/apo, headers=[client-id:"CID", request-time:"TIME", signature:"SIG"], payload=BODY]`), "shape"},
	} {
		if _, err := received.Read([]byte(c[0]), "", received.RequestPart); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	for range 2 {
		if w, err := z.Create("raw/1_c.txt"); err == nil {
			_, _ = w.Write([]byte(raw))
		}
	}
	_ = z.Close()
	if _, err := received.Read(archive.Bytes(), "", received.RequestPart); err == nil {
		t.Error("an archive with one session twice is read")
	}
}
