package received_test

import (
	"strings"
	"testing"

	"github.com/apo-cli/apo/cmd/internal/received"
)

// What a program left out when it printed an object is not judged, but named.
func TestObjectsThatWerePrintedInPart(t *testing.T) {
	head := headed("method: 'POST', url: '/hooks/apo', headers: { 'client-id': 'CID', 'request-time': 'TIME', signature: 'SIG' }, ")
	for text, want := range map[string]string{
		"{ " + head + "rawBody: <Buffer 7b 22 ... 148 more bytes> }":                                    "its member rawBody is cut off: node prints the first 50 bytes of a Buffer",
		"{\n  " + strings.ReplaceAll(head, ", ", ",\n  ") + "body: '{\"a\":'... 119 more characters\n}": "its member body is cut off: ... 119 more characters were left out",
		"IncomingMessage { " + strings.Replace(head, "{ 'c", "{ 'x': [Object], 'c", 1) + "body: '{}' }": "its member headers is cut off",
		"{ method: 'POST', url: '/a', headers: [Object], body: '{}' }":                                  "its member headers is cut off: node leaves out what is nested deeper",
		"{ method: 'POST', rawHeaders: [ 'client-id', 'x', ... 8 more items ], body: '{}' }":            "its member rawHeaders is cut off: ... 8 more items",
		"{ req: [IncomingMessage], res: [ServerResponse] }":                                             "what is nested deeper ([Object])",
		"{ " + head + `body: '\ud83d' }`:                                                                "JSON.stringify",
		"{ " + head + "body: '{}', body: '[]' }":                                                        "twice",
	} {
		m, err := received.Dump([]byte(text), received.RequestPart)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %+v, %v", text, m, err)
		}
	}
}

// What else was left out of the object does not matter.
func TestObjectsThatArePrintedWholeEnough(t *testing.T) {
	head := headed("method: 'POST', url: '/hooks/apo', headers: { 'client-id': 'CID', 'request-time': 'TIME', signature: 'SIG', }, ")
	printed := "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(body) + "'"
	for name, text := range map[string]string{
		"trailing commas": "{ " + head + "body: " + printed + ", }",
		"inner objects":   "{ socket: [Socket], list: [ 1, 2, ... 98 more items ], t: 2026-11-20T01:15:30.000Z, " + head + "body: " + printed + " }",
		"pieces":          "{\n" + head + "\n  body: " + strings.Replace(printed, `"result"`, "' +\n    '\"result\"", 1) + "\n}",
		"a colon in it":   "got: { " + head + "body: " + printed + ", m: Map(1) { 'a' => 1 }, s: Set(1) { 'b' }, [Symbol(k)]: 1 } 200",
		"back quotes":     "{ " + head + "body: `" + strings.NewReplacer(`\`, `\\`, "`", "\\`").Replace(body) + "` }",
	} {
		c, err := received.Read([]byte(text+"\n"), "", received.RequestPart)
		if err != nil || len(c.Messages) != 1 || c.Form != "log" {
			t.Errorf("%s: %+v, %v", name, c, err)
			continue
		}
		t.Run(name, func(t *testing.T) { isTheNotification(t, c.Messages[0]) })
	}
}
