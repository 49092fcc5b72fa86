package sandbox

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// unacknowledged says why an answer is not the one that ends the deliveries;
// empty: it is.
//
// Source: APO's guide for cards, server to server.
func unacknowledged(status int, body []byte) string {
	if status != http.StatusOK {
		return fmt.Sprintf("HTTP %d, not 200", status)
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return "the body is empty"
	}
	if !gjson.ValidBytes(body) {
		return "the body is not JSON"
	}
	result := gjson.GetBytes(body, "result")
	if !result.IsObject() {
		return "the body has no object result"
	}
	for _, field := range [][2]string{{"resultStatus", "S"}, {"resultCode", "SUCCESS"}} {
		if got := result.Get(field[0]); got.Str != field[1] {
			return fmt.Sprintf("result.%s is %s, not %q", field[0], cmp.Or(got.Raw, "missing"), field[1])
		}
	}
	if err := apo.CheckJSON(body); err != nil { // another reader would find something else in it
		return "the body is not strict JSON: " + err.Error()
	}
	return ""
}
