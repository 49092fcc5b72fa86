package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// serveControl answers a request of the control API, whose host was let in.
func (s *Sandbox) serveControl(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	switch {
	case isOfAnotherSite(r):
		controlFails(w, http.StatusForbidden, "this was sent by a page of another site")
	case !s.knowsToken(r):
		w.Header().Set("WWW-Authenticate", `Bearer realm="apo sandbox"`)
		controlFails(w, http.StatusUnauthorized, "the token is missing or another one: Authorization: Bearer and the token of the ready file")
	default:
		controlFails(w, http.StatusNotFound, fmt.Sprintf("there is nothing at %.100q", r.URL.Path))
	}
}

// controlFails answers with an error: {"error":{"message":"…"}}.
func controlFails(w http.ResponseWriter, status int, message string) {
	var body struct {
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	body.Error.Message = message
	controlAnswers(w, status, body)
}

func controlAnswers(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		status, text = http.StatusInternalServerError, []byte(`{"error":{"message":"the sandbox failed"}}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n'))
}
