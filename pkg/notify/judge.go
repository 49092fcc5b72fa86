package notify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// Judgement says whether APO counts the answer to a notification as received.
type Judgement struct {
	Received bool
	Why      string // it does not count: "HTTP 500, not 200"; empty where it does
}

// Judge says whether an answer, with its HTTP status, header and whole body, ends
// the deliveries of a notification. Status 200 and a strict JSON body with
// result.resultStatus "S" and result.resultCode "SUCCESS" do; nothing else does.
// Why quotes those two as they came, and nothing else of the body.
//
// Source: APO's guide for cards, server to server.
func Judge(status int, header http.Header, body []byte) Judgement {
	why := objection(status, header, body)
	return Judgement{Received: why == "", Why: why}
}

// Again says how long after delivery number n, from 1, APO delivers once more;
// again is false where it counted, or was the last.
func (j Judgement) Again(n int) (wait time.Duration, again bool) {
	times := Schedule()
	if j.Received || n < 1 || n >= len(times) {
		return 0, false
	}
	return times[n], true
}

// Schedule are the times between the deliveries of a notification that is not
// acknowledged: eight of them, and the first at once.
//
// Source: APO's guide for cards, server to server.
func Schedule() []time.Duration {
	return []time.Duration{
		0, 2 * time.Minute, 10 * time.Minute, 10 * time.Minute, time.Hour, 2 * time.Hour, 6 * time.Hour, 15 * time.Hour,
	}
}

func objection(status int, header http.Header, body []byte) string {
	switch {
	case status >= 300 && status < 400:
		return fmt.Sprintf("HTTP %d, not 200: a redirect is not followed", status)
	case status != http.StatusOK:
		return fmt.Sprintf("HTTP %d, not 200", status)
	case len(bytes.TrimSpace(body)) == 0:
		return "the body is empty"
	}
	if coding := header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return "the body is compressed, which was not asked for"
	}
	if err := apo.CheckJSON(body); err != nil {
		return notJSON(header, body, err)
	}
	return resultObjection(body)
}

// notJSON says of a body that is not one strict JSON object what it is instead.
func notJSON(header http.Header, body []byte, err error) string {
	text := bytes.TrimSpace(body)
	if json.Valid(text) {
		switch text[0] {
		case '{':
			return "the body is not strict JSON: " + err.Error()
		case '"':
			return "the body has no object result: it is a text, perhaps JSON that was written as JSON twice"
		}
		return "the body has no object result: it is no object itself"
	}
	kind, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	switch {
	case bytes.HasPrefix(text, []byte("\ufeff")):
		return "the body is not JSON: it begins with a byte order mark"
	case bytes.EqualFold(text, []byte("success")), bytes.EqualFold(text, []byte("ok")):
		return "the body is not JSON, but one word"
	case text[0] == '<':
		return "the body is not JSON, but a page"
	case kind == "application/x-www-form-urlencoded":
		return "the body is not JSON, but a form"
	}
	return "the body is not JSON"
}

// resultObjection looks at the object result of a JSON body.
func resultObjection(body []byte) string {
	var result []byte
	atTop := false
	_ = apo.Members(body, func(name, value []byte) {
		switch string(name) {
		case "result":
			result = value
		case "resultStatus", "resultCode":
			atTop = true
		}
	})
	switch {
	case result == nil && atTop:
		return "the body has no object result: resultStatus and resultCode belong into it"
	case result == nil:
		return "the body has no object result"
	case result[0] != '{':
		return "the body has no object result: what stands there is something else"
	}
	got := map[string][]byte{}
	_ = apo.Members(result, func(name, value []byte) { got[string(name)] = value })
	for _, want := range [...][2]string{{"resultStatus", "S"}, {"resultCode", "SUCCESS"}} {
		value := got[want[0]]
		if value == nil {
			return fmt.Sprintf("result.%s is missing, not %q", want[0], want[1])
		}
		if value[0] != '"' || string(apo.Text(value)) != want[1] {
			return fmt.Sprintf("result.%s is %s, not %q", want[0], quoted(value), want[1])
		}
	}
	return ""
}

// quoted is a value from outside as it is shown: masked, on one line, not long.
func quoted(value []byte) string {
	const most = 40
	text := []rune(apo.Masker{}.Text(strings.ToValidUTF8(string(value), "\uFFFD")))
	if len(text) > most {
		return string(text[:most]) + "…"
	}
	return string(text)
}
