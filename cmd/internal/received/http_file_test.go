package received_test

import (
	"strings"
	"testing"

	"github.com/apo-cli/apo/cmd/internal/received"
)

// A variable without a value matters only where the signature looks.
func TestVariablesThatHaveNoValue(t *testing.T) {
	file := headed("### a\nPOST https://{{host}}:{{port}}/hooks/apo HTTP/1.1\nHost: {{host}}\nX-Request-Id: {{$guid}}\n# {{comment}}\nAuthorization: Bearer {{ token }}\nclient-id: CID\nrequest-time: TIME\nsignature: SIG\n\nBODY\n")
	m, err := received.Dump([]byte(file), received.RequestPart)
	if err != nil {
		t.Fatal(err)
	}
	isTheNotification(t, m)
	for _, want := range []string{"not covered by the signature", "{{host}}:{{port}} of the address", "the header x-request-id ({{$guid}})", "authorization"} {
		if !strings.Contains(m.Note, want) {
			t.Errorf("the note %q does not say %s", m.Note, want)
		}
	}
	for where, change := range map[string][2]string{
		"time":           {"request-time: " + time, "request-time: {{$timestamp}}"},
		"signature":      {signature, "{{$timestamp}}"},
		"client ID":      {clientID, "{{$timestamp}}"},
		"path":           {"/hooks/apo", "/hooks/{{$timestamp}}"},
		"whole address":  {"https://{{host}}:{{port}}", "{{$timestamp}}"},
		"body":           {body, `{"a":"{{$timestamp}}"}`},
		"content length": {"Host: {{host}}", "Content-Length: {{$timestamp}}"},
	} {
		m, err := received.Dump([]byte(strings.Replace(file, change[0], change[1], 1)), received.RequestPart)
		if err == nil || !strings.Contains(err.Error(), "variable $timestamp is not resolved") {
			t.Errorf("%s: %+v, %v", where, m, err)
		}
	}
	item := postmanItem()
	item["variable"] = []any{object{"key": "id", "value": clientID}}
	request := item["request"].(object)
	request["header"] = append(request["header"].([]any), object{"key": "X-Request-Id", "value": "{{$guid}}"})
	m, err = received.Dump([]byte(encoded(object{"item": []any{item}})), received.RequestPart)
	if err != nil || !strings.Contains(m.Note, "x-request-id ({{$guid}})") {
		t.Fatalf("Postman: %q, %v", m.Note, err)
	}
	isTheNotification(t, m)
}
