package received

import (
	"strings"
	"testing"
)

// A path is that which curl sends, without the steps in it.
func TestPathsThatCurlShortens(t *testing.T) {
	for given, want := range map[string]string{
		"https://s/x/../hooks/apo":              "/hooks/apo",
		"https://s/x/./hooks/apo?a=/../b":       "/x/hooks/apo?a=/../b",
		"https://s/../hooks/apo":                "/hooks/apo",
		"https://s/x/..":                        "/",
		"https://s/x/hooks/.":                   "/x/hooks/",
		"https://s/a//../hooks":                 "/a/hooks",
		"https://s/.well-known/apo":             "/.well-known/apo",
		"https://s/x/%2e%2e/hooks":              "/x/%2e%2e/hooks",
		"--path-as-is https://s/x/../hooks/apo": "/x/../hooks/apo",
		"https://s/x/../hooks/apo --path-as-is": "/x/../hooks/apo",
	} {
		c, err := Read([]byte("curl -X POST "+given+" -H 'client-id: x' --data-raw '{}'"), "", RequestPart)
		if err != nil || len(c.Messages) != 1 || c.Messages[0].URI != want {
			t.Errorf("%s: %+v, %v", given, c.Messages, err)
		}
	}
}

// A Content-Length that does not fit the body is told.
func TestALengthThatDoesNotFit(t *testing.T) {
	for length, want := range map[string]string{"10": "its Content-Length is 10, and the body here has 4 bytes", "2": "Content-Length is 2, and", "4": "", "5": "5, and"} {
		c, err := Read([]byte("POST /h HTTP/1.1\r\nHost: s\r\nClient-Id: x\r\nContent-Length: "+length+"\r\n\r\n{\"\"}"), "", RequestPart)
		if err != nil || len(c.Messages) != 1 || !strings.Contains(c.Messages[0].Note, want) || want == "" && c.Messages[0].Note != "" {
			t.Errorf("%s: %+v, %v", length, c.Messages, err)
		}
	}
}

// A second body of any name that differs from the first is no word to pass over, nor is
// another method, in a line as in a file.
func TestTwoBodiesOfAnyName(t *testing.T) {
	const body = `"{\"notifyType\":\"PAYMENT_RESULT\",\"paymentId\":\"1\"}"`
	same := `{"paymentId":"1","notifyType":"PAYMENT_RESULT"}`
	other := strings.Replace(body, `\"1\"`, `\"2\"`, 1)
	for _, name := range []string{"json", "text", "parsedBody", "body2", "raw2"} {
		for value, differs := range map[string]bool{other: true, `{"notifyType":"PAYMENT_RESULT","paymentId":"2"}`: true, body: false, same: false} {
			line := []byte(`{"method":"POST","uri":"/h","headers":{"client-id":"x","request-time":"y","signature":"algorithm=RSA256,keyVersion=1,signature=abc"},"body":` + body + `,"` + name + `":` + value + `}`)
			_, lineErr := ReadLine(line, "", RequestPart)
			c, err := Read(line, "", RequestPart)
			if err == nil && len(c.Messages) == 1 {
				err = c.Messages[0].Problem
			}
			if (lineErr != nil) != differs || (err != nil) != differs {
				t.Errorf("%s: %v, %v", line, lineErr, err)
			}
		}
	}
	line := []byte(`{"uri":"/h","headers":{"client-id":"x","request-time":"y","signature":"algorithm=RSA256,keyVersion=1,signature=abc"},"body":` + body + `,"verb":"GET"}`)
	if m, err := ReadLine(line, "", RequestPart); err != nil || m.Method != "GET" {
		t.Errorf("%+v, %v", m, err)
	}
}
