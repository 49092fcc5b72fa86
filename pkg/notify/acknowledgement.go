package notify

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/http"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// CheckAcknowledgement says why an answer, with its HTTP status and whole body,
// does not end the deliveries of a notification; nil: it does. The error quotes
// result.resultStatus and result.resultCode as they are.
//
// Source: APO's guide for cards, server to server.
func CheckAcknowledgement(status int, body []byte) error {
	if status != http.StatusOK {
		return fmt.Errorf("HTTP %d, not 200", status)
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return errors.New("the body is empty")
	}
	if !gjson.ValidBytes(body) {
		return errors.New("the body is not JSON")
	}
	result := gjson.GetBytes(body, "result")
	if !result.IsObject() {
		return errors.New("the body has no object result")
	}
	for _, field := range [][2]string{{"resultStatus", "S"}, {"resultCode", "SUCCESS"}} {
		if got := result.Get(field[0]); got.Str != field[1] {
			return fmt.Errorf("result.%s is %s, not %q", field[0], cmp.Or(got.Raw, "missing"), field[1])
		}
	}
	if err := apo.CheckJSON(body); err != nil { // another reader would find something else in it
		return fmt.Errorf("the body is not strict JSON: %w", err)
	}
	return nil
}
