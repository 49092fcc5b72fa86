package listen

import (
	"net/http"
	"strconv"
	"time"

	"github.com/apo-cli/apo/cmd/internal/deliver"
	"github.com/apo-cli/apo/pkg/notify"
)

// answerWithin is how long a sender may take to read its answer.
const answerWithin = 10 * time.Second

// answering is called before anything is answered: who reads no answer does not hold
// up those behind it.
func answering(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(answerWithin))
}

// acknowledge answers so that it does not come again, at once.
func acknowledge(w http.ResponseWriter) {
	answering(w)
	_ = notify.Acknowledge(w)
	_ = http.NewResponseController(w).Flush() // what is done afterwards is not the sender's to wait for
}

// refuse answers so that it comes again.
func refuse(w http.ResponseWriter, status int) {
	answering(w)
	notify.Refuse(w, status)
	_ = http.NewResponseController(w).Flush()
}

// pass gives the sender what the target answered.
func pass(w http.ResponseWriter, got deliver.Answer) {
	answering(w)
	for name, values := range got.Header {
		if !deliver.OfConnection(name, got.Header) {
			w.Header()[name] = values
		}
	}
	if got.Status != http.StatusNoContent && got.Status != http.StatusNotModified && got.Status >= 200 {
		w.Header().Set("Content-Length", strconv.Itoa(len(got.Body)))
	}
	w.WriteHeader(max(got.Status, 200))
	_, _ = w.Write(got.Body)
	_ = http.NewResponseController(w).Flush()
}

// again is how long after delivery number n APO delivers once more what was
// answered with a status that does not count; 0: it does not.
func again(status, n int) time.Duration {
	wait, _ := notify.Judge(status, nil, nil).Again(n)
	return wait
}
