package say

import (
	"net/url"

	"github.com/apo-cli/apo/pkg/sandbox"
)

// Notified says what a receiver made of a notification of the sandbox: "notified
// http://localhost:3000/hooks/apo: received (PAYMENT_RESULT)".
func Notified(e sandbox.Event) string {
	to := e.URL
	if u, err := url.Parse(e.URL); err == nil {
		to = u.Redacted()
	}
	text := "notified " + to + ": "
	if e.Code == "accepted" {
		return text + "received (" + e.Endpoint + ")"
	}
	text += "not received: " + e.Message
	if again := comesAgain(e.Again); again != "" {
		text += "; " + again
	}
	return text + " (" + e.Endpoint + ")"
}
