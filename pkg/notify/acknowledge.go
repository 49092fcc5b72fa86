package notify

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
)

// Acknowledgement is the body that ends the deliveries of a notification,
// whatever it told.
//
// Source: APO's guide for cards, server to server.
const Acknowledgement = `{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}`

// Acknowledge answers a notification so that APO delivers it no more: HTTP 200
// and the one body that counts, unsigned. Nothing may have been written to w
// before. It is the last step: what was acknowledged and not written down before
// is lost.
//
// Without it APO delivers the notification again, up to eight times within a
// day. An error says that the answer could not be written.
func Acknowledge(w http.ResponseWriter) error { return answer(w, http.StatusOK, Acknowledgement) }

// Refuse answers a notification so that APO delivers it again, with an HTTP status
// of 400 or more, as the guide's own sample does. why is its resultMessage, for
// whoever reads the answer at the other end: nothing of the request belongs into it.
// Nothing may have been written to w before.
func Refuse(w http.ResponseWriter, status int, why string) {
	text, _ := json.Marshal(why) // a text can always be written
	_ = answer(w, status, `{"result":{"resultCode":"ERROR","resultStatus":"F","resultMessage":`+string(text)+`}}`)
}

func answer(w http.ResponseWriter, status int, body string) error {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body))) // the sender need not wait for the end of the handler
	w.WriteHeader(status)
	_, err := io.WriteString(w, body)
	return err
}
