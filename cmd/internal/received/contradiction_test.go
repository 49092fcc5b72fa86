package received_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/apo-cli/apo/cmd/internal/received"
)

const otherTime = "2020-01-01T00:00:00Z"

// inHeaders is the plain event with one header more.
func inHeaders(name, value string) object {
	h := headers()
	h[name] = value
	return with(object{"headers": h})
}

// Two members that disagree about the request are named; nobody picks one.
func TestContradictionsAreNamed(t *testing.T) {
	other := strings.Replace(body, "SUCCESS", "PROCESSED", 1)
	for name, c := range map[string]struct {
		line object
		want []string
	}{
		"paths":                {with(object{"uri": "/hooks/other"}), []string{"paths", "path (/hooks/apo)", "uri (/hooks/other)"}},
		"raw path":             {with(object{"rawPath": "/hooks/other"}), []string{"rawPath", "path"}},
		"the context's":        {with(object{"path": nil, "rawPath": "/hooks/apo", "requestContext": object{"http": object{"path": "/hooks/other"}}}), []string{"requestContext.http.path", "rawPath"}},
		"the context's stage":  {with(object{"requestContext": object{"path": "/prod/hooks/other"}}), []string{"requestContext.path", "path"}},
		"an absolute address":  {with(object{"url": "https://shop.example/hooks/other"}), []string{"url", "path"}},
		"queries":              {with(object{"path": "/hooks/apo?a=1", "url": "/hooks/apo?a=2"}), []string{"url", "path"}},
		"a query beside it":    {with(object{"path": nil, "uri": "/hooks/apo?a=1", "query": "a=2"}), []string{"uri", "query"}},
		"an object around it":  {object{"uri": "/hooks/other", "req": with(nil)}, []string{"uri", "req.path"}},
		"methods":              {with(object{"httpMethod": "PUT"}), []string{"methods", "httpMethod (PUT)", "method (POST)"}},
		"the context's method": {with(object{"requestContext": object{"http": object{"method": "GET"}}}), []string{"requestContext.http.method", "method"}},
		"bodies":               {with(object{"rawBody": other}), []string{"bodies", "body", "rawBody"}},
		"a body of base64":     {with(object{"bodyBase64": base64.StdEncoding.EncodeToString([]byte(other))}), []string{"body", "bodyBase64"}},
		"a parsed body":        {with(object{"rawBody": object{"type": "Buffer", "data": signedBytes()}, "body": object{"notifyType": "REFUND_RESULT"}}), []string{"body", "rawBody"}},
		"client IDs":           {with(object{"client_id": "SANDBOX_5Y0000000000002"}), []string{"client-id", "the headers and client_id"}},
		"client IDs beside":    {object{"uri": "/hooks/apo", "client_id": clientID, "http_client_id": "SANDBOX_5Y0000000000002", "request_time": time, "signature": signature, "body": body}, []string{"client_id", "http_client_id"}},
		"signatures":           {with(object{"http_signature": signature + "x"}), []string{"signature", "the headers and http_signature"}},
		"a time beside":        {with(object{"request_time": otherTime}), []string{"request-time", "the headers and request_time"}},
		"requestTime":          {with(object{"requestTime": otherTime}), []string{"the headers and requestTime"}},
		"a time inside":        {with(object{"seen": object{"http_request_time": otherTime}}), []string{"seen.http_request_time"}},
		"times beside":         {object{"uri": "/hooks/apo", "client_id": clientID, "request_time": time, "x-request-time": otherTime, "signature": signature, "body": body}, []string{"request_time", "x-request-time"}},
		"a client_id there":    {inHeaders("client_id", "SANDBOX_OTHER"), []string{"client-id", "headers.client_id"}},
		"a clientid there":     {inHeaders("clientid", "x"), []string{"headers.clientid"}},
		"HTTP_CLIENT_ID there": {inHeaders("HTTP_CLIENT_ID", "SANDBOX_OTHER"), []string{"headers.HTTP_CLIENT_ID"}},
		"a requestTime there":  {inHeaders("requestTime", otherTime), []string{"headers.requestTime"}},
		"http_ there":          {inHeaders("http_request_time", otherTime), []string{"headers.http_request_time"}},
		"a signature there":    {inHeaders("http_signature", "signature=AAAA"), []string{"headers.http_signature"}},
		"X- there":             {inHeaders("x_signature", signature+"x"), []string{"headers.x_signature"}},
		"X- beside":            {with(object{"x-signature": signature + "x"}), []string{"x-signature"}},
		"a payload":            {with(object{"payload": other}), []string{"body", "payload"}},
	} {
		for way, read := range map[string]func() (received.Message, error){
			"line": func() (received.Message, error) {
				return received.ReadLine([]byte(encoded(c.line)), "", received.RequestPart)
			},
			"file": func() (received.Message, error) {
				return received.Dump([]byte(indented(c.line)), received.RequestPart)
			},
		} {
			m, err := read()
			if err == nil {
				t.Errorf("%s, %s: read as %+v", name, way, m)
				continue
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%s, %s: %q does not name %s", name, way, err, want)
				}
			}
		}
	}
}

// So are the request line and what stands for it in other forms.
func TestContradictionsOfOtherForms(t *testing.T) {
	head := headed("client-id: CID\nrequest-time: TIME\nsignature: SIG\n")
	flags := headed(" -H 'client-id: CID' -H 'request-time: TIME' -H 'signature: SIG' -d ") + shell(body)
	entry, item := harEntry(body, ""), postmanItem()
	entry["request"].(object)["url"] = "https://shop.example/hooks/other"
	item["request"].(object)["url"] = object{"raw": "https://shop.example/hooks/other", "path": []string{"hooks", "apo"}}
	item["variable"] = []any{object{"key": "id", "value": clientID}}
	for name, text := range map[string]string{
		"HTTP/2":     ":method: POST\n:path: /hooks/apo\n:path: /hooks/other\n" + head + "\n" + body,
		"a browser":  "Request URL: https://shop.example/hooks/other\nRequest Method: POST\n:path: /hooks/apo\n" + head + "\n" + body,
		"a method":   "Request URL: https://shop.example/hooks/apo\nRequest Method: PUT\n:method: POST\n" + head + "\n" + body,
		"HAR":        encoded(object{"log": object{"entries": []any{entry}}}),
		"Postman":    encoded(object{"item": []any{item}}),
		"curl":       "curl --url https://shop.example/hooks/other https://shop.example/hooks/apo" + flags,
		"underscore": "POST /hooks/apo HTTP/1.1\n" + head + "client_id: /hooks/other\n\n" + body,
		"Antom":      "[Antom][2026-11-20 09:15:30][/hooks/other] " + encoded(with(nil)),
	} {
		m, err := received.Dump([]byte(text), received.RequestPart)
		if err == nil || !strings.Contains(err.Error(), "two") || !strings.Contains(err.Error(), "/hooks/other") && name != "a method" && name != "underscore" {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
	}
}

// What a form makes different by itself is no contradiction.
func TestWhatIsNoContradiction(t *testing.T) {
	for name, line := range map[string]object{
		"a stage":             with(object{"requestContext": object{"path": "/prod/hooks/apo", "httpMethod": "POST"}, "resource": "/hooks/{name}"}),
		"a host":              with(object{"url": "https://shop.example/hooks/apo"}),
		"a router":            with(object{"path": "/apo", "url": "/apo", "originalUrl": "/hooks/apo"}),
		"a route":             with(object{"uri": "/hooks/:name"}),
		"the seconds it took": with(object{"request_time": "0.003", "upstream": object{"request_time": 0.003}}),
		"the answer's time":   with(object{"response_time": otherTime, "requestContext": object{"requestTime": "20/Nov/2026:01:15:30 +0000"}}),
		"an app's own":        with(object{"clientId": "web-frontend", "signature_ok": true}),
		"another signature":   inHeaders("x-signature", "sha256=abc"),
		"the same twice":      inHeaders("http_signature", signature),
		"a script":            with(object{"path": nil, "request_uri": "/hooks/apo", "uri": "/index.php"}),
		"a method in small":   with(object{"method": "post", "httpMethod": "POST"}),
		"a method of Java":    with(object{"logger": object{"method": "handle"}}),
		"a log's own file":    with(object{"log": object{"file": object{"path": "/var/log/shop.log"}}}),
		"a parsed body":       with(object{"rawBody": body, "body": object{"notifyType": "PAYMENT_RESULT"}}),
		"a body not parsed":   with(object{"rawBody": body, "body": object{}}),
		"a body of a form":    with(object{"rawBody": body, "body": object{body: ""}}),
		"the answer's body":   with(object{"response": object{"body": "{}", "path": "/x"}}),
		"the request's line":  with(object{"request": "POST /hooks/apo HTTP/1.1"}),
	} {
		m, err := received.ReadLine([]byte(encoded(line)), "", received.RequestPart)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		isTheNotification(t, m)
	}
}
