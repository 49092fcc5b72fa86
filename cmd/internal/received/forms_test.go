package received_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/apo-cli/apo/cmd/internal/received"
)

type object = map[string]any

// encoded is v as JSON without escapes for HTML.
func encoded(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return strings.TrimSpace(b.String())
}

func indented(v any) string {
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(encoded(v)), "", "  "); err != nil {
		panic(err)
	}
	return b.String()
}

func headers() object {
	return object{"client-id": clientID, "request-time": time, "signature": signature}
}

// headed is a template in which CID, TIME, SIG and BODY stand for the values.
func headed(text string) string {
	return strings.NewReplacer("CID", clientID, "TIME", time, "SIG", signature, "BODY", body).Replace(text)
}

func pairs() (list []any) {
	return []any{[]any{"client-id", clientID}, []any{"request-time", time}, []any{"signature", signature}}
}

func named(name, value string) (list []any) {
	for _, p := range pairs() {
		list = append(list, object{name: p.([]any)[0], value: p.([]any)[1]})
	}
	return list
}

func signedBytes() (list []int) {
	for _, b := range []byte(body) {
		list = append(list, int(int8(b)))
	}
	return list
}

// with is the plain event with other members.
func with(changes object) object {
	o := object{"method": "POST", "path": "/hooks/apo", "headers": headers(), "body": body}
	for name, value := range changes {
		if o[name] = value; value == nil {
			delete(o, name)
		}
	}
	return o
}

const plainHead = "client-id: CID\r\nrequest-time: TIME\r\nsignature: SIG\r\n"

func shell(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// caret quotes as Chrome does for cmd.exe.
func caret(text string) string {
	var b strings.Builder
	for _, r := range strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _-:=+~'/.,?;()*`", r) {
			b.WriteByte('^')
		}
		b.WriteRune(r)
	}
	return `^"` + b.String() + `^"`
}

func texts() map[string][2]string {
	bodies := headed("BODY")
	mail := strings.ReplaceAll("> "+headed("POST /hooks/apo HTTP/1.1\n"+strings.ReplaceAll(plainHead, "\r", "")+"\nBODY"), "\n", "\n> ")
	return map[string][2]string{
		"HTTP/1":             {"raw", headed("POST /hooks/apo HTTP/1.1\r\n" + plainHead + "\r\nBODY")},
		"HTTP/2":             {"raw", headed("POST /hooks/apo HTTP/2.0\r\n" + plainHead + "\r\nBODY")},
		"absolute":           {"raw", headed("POST http://shop.example/hooks/apo HTTP/1.1\r\n" + plainHead + "\r\nBODY")},
		"folded":             {"raw", headed("POST /hooks/apo HTTP/1.1\r\nclient-id:\r\n CID\r\nrequest-time:\r\n\tTIME\r\nsignature: SIG\r\n\r\nBODY")},
		"pseudo":             {"raw", headed(":method: POST\n:path: /hooks/apo\n" + plainHead + "\nBODY")},
		"chrome":             {"raw", headed("General\nRequest URL: https://shop.example/hooks/apo\nRequest Method: POST\nStatus Code: 200 OK\nResponse Headers (2)\nsignature: other\nRequest Headers\n" + plainHead + "\nRequest Payload\nBODY")},
		"chrome, two lines":  {"raw", headed("Request URL\nhttps://shop.example/hooks/apo\nRequest Method\nPOST\n:authority:\nshop.example\nclient-id:\nCID\nrequest-time:\nTIME\nsignature:\nSIG\n\nBODY")},
		"mail":               {"raw", mail},
		"bash":               {"curl", headed("curl 'https://shop.example/hooks/apo' \\\n  -H 'client-id: CID' \\\n  -H \"request-time: TIME\" \\\n  --header=signature:SIG \\\n  --compressed --data-raw ") + shell(bodies)},
		"bash, $'…'":         {"curl", headed("$ curl -sSXPOST --url https://shop.example/hooks/apo -HClient-Id:CID -H 'request-time: TIME' -H 'signature: SIG' -d $'") + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "é", `\u00e9`, "!", `\x21`, "$", `\044`).Replace(bodies) + "'\n"},
		"cmd":                {"curl", "curl " + caret("https://shop.example/hooks/apo") + " ^\r\n  -H " + caret(headed("client-id: CID")) + " ^\r\n  -H " + caret(headed("request-time: TIME")) + " ^\r\n  -H " + caret(headed("signature: SIG")) + " ^\r\n  --data-raw " + caret(bodies)},
		"http-file":          {"http-file", headed("@host = https://shop.example\n@id=CID\n\n### a title\n# @name x\nPOST {{host}}/hooks/apo HTTP/1.1\n// a comment\nclient-id: {{ id }}\nrequest-time: TIME\nsignature: SIG\n\nBODY\n\n> {% client.log(1) %}\n")},
		"http-file, bare":    {"http-file", headed("POST https://shop.example\n  /hooks/apo\n" + plainHead + "\nBODY\n\n> {% client.log(1) %}\n")},
		"har":                {"har", indented(object{"log": object{"entries": []any{harEntry(bodies, "")}}})},
		"har, base64":        {"har", encoded(object{"log": object{"entries": []any{harEntry(base64.StdEncoding.EncodeToString([]byte(bodies)), "base64")}}})},
		"postman":            {"postman", indented(object{"info": object{"name": "x"}, "variable": []any{object{"key": "id", "value": clientID}}, "item": []any{object{"name": "folder", "item": []any{postmanItem()}}}})},
		"postman, item":      {"postman", encoded(object{"request": with(object{"path": nil, "headers": nil, "url": "https://shop.example/hooks/apo", "header": named("key", "value"), "body": object{"mode": "raw", "raw": bodies}})})},
		"rest":               {"event", indented(with(object{"method": nil, "httpMethod": "POST", "resource": "/{proxy+}", "requestContext": object{"path": "/prod/hooks/apo"}, "queryStringParameters": object{}, "isBase64Encoded": false}))},
		"alb":                {"event", encoded(with(object{"headers": nil, "multiValueHeaders": object{"client-id": []string{clientID}, "request-time": []string{time}, "signature": []string{signature}}, "requestContext": object{"elb": object{}}, "body": base64.StdEncoding.EncodeToString([]byte(bodies)), "isBase64Encoded": true}))},
		"function URL":       {"event", encoded(object{"version": "2.0", "rawPath": "/hooks/apo", "rawQueryString": "", "headers": headers(), "requestContext": object{"http": object{"method": "POST", "path": "/hooks/apo"}}, "body": bodies})},
		"cloud function":     {"event", encoded(object{"method": "POST", "url": "https://f.example/hooks/apo", "headers": headers(), "rawBody": object{"type": "Buffer", "data": signedBytes()}, "body": object{"notifyType": "PAYMENT_RESULT"}})},
		"edge":               {"log", encoded(object{"Records": []any{object{"cf": object{"request": object{"method": "POST", "uri": "/hooks/apo", "headers": object{"signature": []any{object{"key": "Signature", "value": signature}}, "client-id": []any{object{"key": "Client-Id", "value": clientID}}, "request-time": []any{object{"key": "Request-Time", "value": time}}}, "body": object{"data": base64.StdEncoding.EncodeToString([]byte(bodies)), "encoding": "base64"}}}}}})},
		"queue":              {"log", encoded(object{"Records": []any{object{"messageId": "1", "body": encoded(with(nil))}}})},
		"pairs":              {"event", encoded(with(object{"headers": pairs()}))},
		"name, value":        {"event", encoded(with(object{"headers": named("name", "value")}))},
		"rawHeaders":         {"log", encoded(with(object{"headers": nil, "rawHeaders": []any{"client-id", clientID, "request-time", time, "signature", signature}}))},
		"headers as text":    {"event", encoded(with(object{"headers": headed(plainHead)}))},
		"headers of Go":      {"event", encoded(with(object{"headers": headed("map[Client-Id:[CID] Request-Time:[TIME] Signature:[SIG]]")}))},
		"headers of Spring":  {"event", encoded(with(object{"headers": headed(`[client-id:"CID", request-time:"TIME", signature:"SIG"]`)}))},
		"headers of Java":    {"event", encoded(with(object{"headers": headed(`{client-id=[CID], request-time=[TIME], signature=[SIG]}`)}))},
		"http_ names":        {"log", encoded(object{"request_method": "POST", "request_uri": "/hooks/apo", "request_time": "0.01", "http_client_id": clientID, "http_request_time": time, "http_signature": signature, "request_body": bodies})},
		"req_header_ names":  {"log", encoded(object{"req_method": "POST", "req_url": "/hooks/apo", "req_header_client_id": clientID, "req_header_request_time": time, "req_header_signature": signature, "req_body": bodies})},
		"names with dots":    {"log", encoded(object{"request.method": "POST", "request.uri": "/hooks/apo", "request.headers.client-id": clientID, "request.headers.request-time": time, "request.headers.signature": signature, "request.body": bodies})},
		"ecs":                {"log", encoded(object{"http": object{"request": object{"method": "POST", "headers": headers(), "body": object{"content": bodies, "bytes": 3}}}, "url": object{"path": "/hooks/apo"}})},
		"stackdriver":        {"log", encoded(object{"httpRequest": object{"requestMethod": "POST", "requestUrl": "https://shop.example/hooks/apo"}, "jsonPayload": object{"headers": headers(), "rawBody": bodies}})},
		"docker":             {"log", encoded(object{"log": encoded(with(nil)) + "\n", "stream": "stdout", "time": "t"})},
		"a time before it":   {"log", "2026-11-20T01:15:30Z stdout F " + encoded(with(nil)) + "\n"},
		"CloudWatch":         {"log", encoded(object{"logEvents": []any{object{"id": "1", "message": encoded(with(nil))}}})},
		"headers of Python":  {"event", encoded(with(object{"headers": headed(`[('client-id', 'CID'), ('request-time', 'TIME'), ('signature', 'SIG')]`)}))},
		"headers of node":    {"event", encoded(with(object{"headers": headed(`{ 'client-id': 'CID', 'request-time': 'TIME', signature: 'SIG' }`)}))},
		"a string of JSON":   {"log", encoded(encoded(with(nil)))},
		"a table":            {"log", "timestamp,message\n17,\"" + strings.ReplaceAll(encoded(with(nil)), `"`, `""`) + "\"\n"},
		"a payload of it":    {"log", encoded(object{"level": "info", "payload": with(nil)})},
		"data":               {"event", encoded(with(object{"body": nil, "data": bodies}))},
		"whole, as text":     {"log", encoded(object{"request": headed("POST /hooks/apo HTTP/1.1\r\n" + plainHead + "\r\nBODY")})},
		"ngrok":              {"log", encoded(object{"requests": []any{object{"uri": "/api/requests/http/1", "request": object{"method": "POST", "uri": "/hooks/apo", "raw": base64.StdEncoding.EncodeToString([]byte(headed("POST /hooks/apo HTTP/1.1\r\n" + plainHead + "\r\nBODY")))}}}})},
		"webhook.site":       {"event", encoded(with(object{"path": nil, "body": nil, "url": "https://hooks.example/hooks/apo", "content": bodies, "query": nil}))},
		"Charles":            {"log", encoded([]any{object{"method": "POST", "path": "/hooks/apo", "query": nil, "request": object{"header": object{"headers": named("name", "value")}, "body": object{"text": bodies}}}})},
		"mail, with a head":  {"raw", "On Monday Ada wrote:\n\n" + mail},
		"bytes of Java":      {"event", encoded(with(object{"body": signedBytes()}))},
		"environment":        {"log", "REQUEST_METHOD=POST\nREQUEST_URI=/hooks/apo\nREQUEST_TIME=17\nHTTP_CLIENT_ID=" + clientID + "\nHTTP_REQUEST_TIME=" + time + "\nHTTP_SIGNATURE=" + signature + "\n\n" + body + "\n"},
		"antom_debug.log":    {"antom-debug-log", "[Antom][2026-11-20 09:15:30][/hooks/apo] " + encoded(with(object{"path": nil}))},
		"a raw one as text":  {"log", encoded(object{"msg": headed("POST /hooks/apo HTTP/1.1\r\n" + plainHead + "\r\nBODY")})},
		"a mark before JSON": {"event", "\xef\xbb\xbf" + encoded(with(nil))},
	}
}

func harEntry(text, encoding string) object {
	return object{
		"request":  object{"method": "POST", "url": "https://shop.example/hooks/apo", "headers": append(named("name", "value"), object{"name": ":path", "value": "/hooks/apo"}), "postData": object{"text": text, "encoding": encoding}},
		"response": object{"headers": []any{}},
	}
}

func postmanItem() object {
	header := append(named("key", "value")[1:], object{"key": "client-id", "value": "{{id}}"}, object{"key": "client-id", "value": "x", "disabled": true})
	return object{"name": "n", "request": object{"method": "POST", "header": header, "url": object{"raw": "{{host}}/hooks/apo"}, "body": object{"mode": "raw", "raw": body}}}
}

func TestForms(t *testing.T) {
	for name, c := range texts() {
		t.Run(name, func(t *testing.T) {
			for _, form := range []string{"", c[0]} {
				got, err := received.Read([]byte(c[1]), form, received.RequestPart)
				if err != nil || len(got.Messages) != 1 || got.Form != c[0] {
					t.Fatalf("%d messages of the form %s, want %s: %v", len(got.Messages), got.Form, c[0], err)
				}
				isTheNotification(t, got.Messages[0])
			}
			for _, f := range received.Forms() {
				if f.Name == c[0] || f.Name == "log" || c[0] == "log" && f.Name == "event" {
					continue
				}
				if _, err := received.Read([]byte(c[1]), f.Name, received.RequestPart); err == nil {
					t.Errorf("it is read as %s, too", f.Name)
				} else if !strings.Contains(err.Error(), f.Name) {
					t.Errorf("the error %q does not name the form %s", err, f.Name)
				}
			}
		})
	}
}

// What cannot be read is named, with what would make it usable.
func TestWhatIsNoMessage(t *testing.T) {
	for name, c := range map[string][2]string{
		"a body alone":         {body, "body of a notification without the headers"},
		"a line of a logger":   {`{"level":"info","msg":"started"}`, "without the headers of a request"},
		"JSON cut off":         {`{"method":"POST","headers":{`, "cut off"},
		"JavaScript":           {`{ method: 'POST', headers: Headers { 'client-id' 'x' } }`, "JSON.stringify"},
		"Ruby":                 {`{:path=>"/", "HTTP_SIGNATURE"=>"s"}`, "JSON.stringify"},
		"logfmt":               {`level=info msg="got it" signature=s`, "logfmt"},
		"fetch":                {`fetch("https://shop.example", {"headers": {"a":"b"}});`, "cURL"},
		"PowerShell":           {`Invoke-WebRequest -Uri "https://shop.example"`, "cURL"},
		"HTML":                 {"<html></html>", "HTML"},
		"antom_debug.log":      {"[Antom][time][/hooks/apo] {\"a\":1}", "antom_debug.log, which has the body and not the headers"},
		"a hidden signature":   {encoded(with(object{"headers": object{"client-id": clientID, "request-time": time, "signature": "[Redacted]"}})), "the logger put something else"},
		"bad base64":           {encoded(with(object{"isBase64Encoded": true})), "said to be base64"},
		"a variable of bash":   {`curl https://shop.example/ -H "signature: $SIGNATURE" -d '{}'`, "variable SIGNATURE is not resolved"},
		"a form of curl":       {`curl https://shop.example/ -F cardNo=4054695723100768`, "its option F is not read"},
		"an open quote":        {`curl https://shop.example/ -d '{}`, "a quote has no end"},
		"a variable of a file": {"### x\nPOST {{host}}/hooks/apo\nsignature: s\n\n{}\n", "variable host is not resolved"},
		"variables in a ring":  {"@a = {{b}}\n@b = {{a}}\n### x\nPOST https://shop.example/{{a}}\n\n{}\n", "without end"},
		"a body elsewhere":     {"### x\nPOST https://shop.example/hooks/apo\nsignature: s\n\n< ./body.json\n", "in another file"},
		"Postman's variable":   {encoded(object{"request": object{"url": "/x", "header": []any{object{"key": "signature", "value": "{{sig}}"}}, "body": object{"mode": "raw", "raw": "{}"}}}), "variable sig is not resolved"},
		"a key twice":          {`{"uri":"/a","uri":"/b","headers":{"signature":"s"},"body":"{}"}`, "twice"},
	} {
		c0, err := received.Read([]byte(c[0]), "", received.RequestPart)
		if err == nil && len(c0.Messages) == 1 {
			err = c0.Messages[0].Problem
		}
		if err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v, want %q", name, err, c[1])
		} else if strings.Contains(err.Error(), "4054695723100768") {
			t.Errorf("%s: the error quotes a card number", name)
		}
	}
}

func TestSeveralMessages(t *testing.T) {
	raw := headed(fmt.Sprintf("POST /hooks/apo HTTP/1.1\r\nContent-Length: %d\r\n"+plainHead+"\r\nBODY\r\n", len(body)))
	image := object{"request": object{"method": "GET", "url": "https://shop.example/logo.png", "headers": []any{}}, "response": object{}}
	editor := headed("### x\nPOST https://shop.example/hooks/apo\n" + plainHead + "\nBODY\n\n")
	for name, c := range map[string]struct {
		text         string
		many, beside int
	}{
		"raw":     {raw + raw, 2, 0},
		"har":     {indented(object{"log": object{"entries": []any{image, harEntry(body, ""), image, harEntry(body, "")}}}), 2, 2},
		"editor":  {editor + editor + "### other\nGET https://shop.example/logo.png\n", 2, 1},
		"events":  {indented(with(nil)) + "\n" + indented(with(nil)), 2, 0},
		"a list":  {encoded([]any{with(nil), with(nil), with(nil)}), 3, 0},
		"a log":   {"Server started\n" + encoded(with(nil)) + "\n{\"level\":\"info\"}\n" + encoded(with(nil)) + "\n", 2, 2},
		"archive": {string(archive(t, map[string]string{"raw/2_c.txt": raw, "raw/10_c.txt": raw, "raw/1_c.txt": "GET https://shop.example/logo.png HTTP/1.1\r\nHost: x\r\n\r\n", "raw/1_s.txt": "HTTP/1.1 200 OK\r\n\r\n", "_index.htm": "<html>"})), 2, 1},
	} {
		got, err := received.Read([]byte(c.text), "", received.RequestPart)
		if err != nil || len(got.Messages) != c.many || got.LeftOut != c.beside {
			t.Errorf("%s: %d messages, %d left out, %v", name, len(got.Messages), got.LeftOut, err)
		}
		for _, m := range got.Messages {
			isTheNotification(t, m)
		}
	}
}

func archive(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range files {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A small archive can unpack to any size.
func TestArchivesAreBounded(t *testing.T) {
	bomb := archive(t, map[string]string{"raw/1_c.txt": strings.Repeat("0", 20<<20)})
	if _, err := received.Read(bomb, "saz", received.RequestPart); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("%d bytes that unpack to 20 MiB: %v", len(bomb), err)
	}
	if _, err := received.Read(archive(t, map[string]string{"a.txt": ""}), "", received.RequestPart); err == nil || !strings.Contains(err.Error(), "without sessions") {
		t.Error(err)
	}
}

// Of an event that has the query decoded alone, the path goes first, then what
// may have been requested.
func TestAddressesThatAreNotCertain(t *testing.T) {
	m, err := received.ReadLine([]byte(encoded(with(object{
		"requestContext":        object{"path": "/prod/hooks/apo"},
		"queryStringParameters": object{"shop": "a b"},
	}))), "", received.RequestPart)
	if err != nil || m.URI != "/hooks/apo" || !m.Queried {
		t.Fatalf("%+v, %v", m, err)
	}
	got := " " + strings.Join(m.Others, " ") + " "
	for _, want := range []string{"/prod/hooks/apo", "/hooks/apo?shop=a+b", "/hooks/apo?shop=a%20b", "/prod/hooks/apo?shop=a%20b"} {
		if !strings.Contains(got, " "+want+" ") {
			t.Errorf("%s is missing among%s", want, got)
		}
	}
}

func TestAnswersInForms(t *testing.T) {
	answer := object{"request": object{"method": "POST", "url": "https://open-sea.example/ams/api/v1/payments/pay", "headers": []any{}}, "response": object{"headers": []any{object{"name": "signature", "value": "s"}, object{"name": "response-time", "value": "now"}}, "content": object{"text": "{}"}}}
	for name, text := range map[string]string{
		"har": encoded(object{"log": object{"entries": []any{answer}}}),
		"log": encoded(object{"req": object{"method": "POST", "url": "/ams/api/v1/payments/pay", "headers": object{"signature": "mine"}, "body": "[]"}, "res": object{"headers": object{"signature": "s", "response-time": "now"}, "body": "{}"}}),
		"saz": string(archive(t, map[string]string{"raw/1_c.txt": "POST https://open-sea.example/ams/api/v1/payments/pay HTTP/1.1\r\n\r\n[]", "raw/1_s.txt": "HTTP/1.1 200 OK\r\nsignature: s\r\nresponse-time: now\r\n\r\n{}"})),
	} {
		m, err := received.Dump([]byte(text), received.ResponsePart)
		if err != nil || m.URI != "/ams/api/v1/payments/pay" || m.Get("signature") != "s" || m.Get("response-time") != "now" || string(m.Body) != "{}" {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
	}
}

func TestStart(t *testing.T) {
	for text, want := range map[string]bool{
		encoded(with(nil)) + "\n" + encoded(with(nil)): true,
		"web-1 | " + encoded(with(nil)):                true,
		"nonsense":                                     true,
		"\n\n" + encoded(with(nil)):                    true,
		indented(with(nil)):                            false,
		"POST /hooks/apo HTTP/1.1\n\n{}":               false,
		encoded([]any{with(nil), with(nil)}):           false,
		encoded(object{"log": object{"entries": []any{harEntry("{}", "")}}}): false,
		"### x\nPOST https://shop.example/":                                  false,
		"curl https://shop.example/":                                         false,
		"1902:4:type;4:http;7:version;2:17#9:websocket;0:~\n8:x":             false,
		"1234:9:websocket;0:~8:response;299:6:reason;2:OK,":                  false,
		"Hi,\n\nPOST /hooks/apo HTTP/1.1\n\n{}":                              false,
		"Hi,\n```\nPOST /hooks/apo HTTP/1.1\n\n{}\n```":                      false,
		"Server started\n" + encoded(with(nil)):                              true,
		"Hi,\n\nlook:\n" + indented(with(nil)):                               false,
		"fetch(\"https://shop.example\", {})":                                false,
	} {
		byLine, rest, err := received.Start(strings.NewReader(text), "")
		if err != nil || byLine != want {
			t.Errorf("%.40q: by line %v, %v", text, byLine, err)
		}
		var all bytes.Buffer
		if _, err := all.ReadFrom(rest); err != nil || strings.TrimSpace(all.String()) != strings.TrimSpace(text) {
			t.Errorf("%.40q: the rest is %.40q, %v", text, all.String(), err)
		}
	}
}

// Every reader on any input: it ends, and invents no body.
func FuzzForms(f *testing.F) {
	f.Add([]byte("POST /a HTTP/1.1\nsignature: s\n\n{}"), 8)
	f.Add([]byte(":method:\nPOST\n:path:\n/a\n\n{}"), 8)
	f.Add([]byte(`curl ^"https://a/^" -d ^"^{^}^"`), 6)
	f.Add([]byte(`curl $'\x41\u0041\101' -H "a: b" --data-raw '{}'`), 6)
	f.Add([]byte("=> Send header, 4 bytes (0x4)\n0000: 50 4f 53 54 \n=> Send data, 2 bytes (0x2)\n0000: {}\n"), 5)
	f.Add([]byte("@a = {{b}}\n### x\nPOST {{a}}/x\n\n{}"), 7)
	f.Add([]byte(`{"log":{"entries":[{"request":{"url":"https://a/","headers":[{"name":":path","value":"/"}]}}]}}`), 1)
	f.Add([]byte(`{"item":[{"request":{"url":{"path":["a"]},"header":[{"key":"a","value":"{{b}}"}]}}]}`), 2)
	f.Add([]byte(`{"headers":["a","b"],"url":{"path":"/","query":"x"},"query":{"a":["b"]},"body":[123,125]}`), 9)
	f.Add([]byte(`x {"request":"POST / HTTP/1.1","http_signature":"s","request_body":"\x7b\xzz"}`), 9)
	f.Add([]byte("Array\n(\n [HTTP_SIGNATURE] => s\n ['REQUEST_URI']=>\n string(1) \"/\"\n)\n{}"), 9)
	f.Add([]byte(`[Antom][t][/a] {"headers":{}}`), 4)
	f.Add([]byte("PK\x03\x04"), 0)
	f.Add([]byte("Hi,\n```http\nPOST /a HTTP/1.1\nsignature: s\n```\n```json\n{}\n```\nbye"), 0)
	f.Add([]byte("Ada wrote:\n> Hi,\n>   POST /a HTTP/1.1\n>   signature: algorithm=3DRSA256\n>\n>   {}\n>\n> Ada\n\nok"), 0)
	f.Add([]byte("\n0"), 0)
	f.Add([]byte(`{"headers":{"signature":"s","client-id":"a","client_id":"b"},"a":[{"headers":{}}]}{"x":1}[[{"headers":{}}]]`), 0)
	f.Add([]byte("{\"headers\":{}}\n\xff\xfe{\x00}\x00"), 0)
	f.Add([]byte("POST /a HTTP/1.1\nTransfer-Encoding: chunked\nContent-Length: 1\n\n0\na: b\n\n{}"), 9)
	f.Add([]byte("x <ref *1> A {\n a: [Object: null prototype] { 'b-c': '\\x41\\u{1}' + `d` }, e: <Buffer 7b ... 2 more bytes>, [Symbol(k)]: [B], f: Map(1) { 'g' => -1n } }"), 10)
	f.Add([]byte("{'headers': {'signature': b'\\xff'}, 'body': None, 'a': (1, [True])}"), 0)
	f.Add([]byte("$ docker exec app sh -c 'curl https://a/b -d @- <<-E\n\t{}\nE\n'"), 8)
	f.Add([]byte("PS C:\\> curl.exe https://a/b `\n>> -d '{\\\"a\\\":1}' -H \"a: `\"\""), 8)
	f.Add([]byte("C:\\> curl.exe https://a/b -d \"{\\\"a\\\":1}\""), 0)
	f.Fuzz(func(t *testing.T, data []byte, number int) {
		forms := append([]string{""}, received.FormNames()...)
		for _, part := range []received.Part{received.RequestPart, received.ResponsePart} {
			form := forms[(number%len(forms)+len(forms))%len(forms)]
			c, err := received.Read(data, form, part)
			if err == nil && len(c.Messages) == 0 && c.LeftOut == 0 {
				t.Fatalf("neither messages nor an error as %q", form)
			}
		}
	})
}

// What is nested without end must not end the program.
func TestNestingIsBounded(t *testing.T) {
	for _, text := range []string{strings.Repeat("[", 1<<20) + strings.Repeat("]", 1<<20), strings.Repeat(`{"a":`, 1<<20), encoded(with(object{"headers": strings.Repeat("[", 1<<20) + strings.Repeat("]", 1<<20)}))} {
		if _, err := received.Read([]byte(text), "", received.RequestPart); err == nil {
			t.Errorf("%.10q… is read", text)
		}
	}
}
