package listen

import (
	"net/http"
	"strconv"
	"time"

	"github.com/apo-cli/apo/pkg/notify"
)

// acknowledge answers so that it does not come again, at once.
func acknowledge(w http.ResponseWriter) {
	_ = notify.Acknowledge(w)
	_ = http.NewResponseController(w).Flush() // what is done afterwards is not the sender's to wait for
}

// refuse answers so that it comes again.
func refuse(w http.ResponseWriter, status int) {
	notify.Refuse(w, status)
	_ = http.NewResponseController(w).Flush()
}

// pass gives the sender what the target answered.
func pass(w http.ResponseWriter, got answer) {
	for name, values := range got.header {
		if !ofConnection(name, got.header) {
			w.Header()[name] = values
		}
	}
	if got.status != http.StatusNoContent && got.status != http.StatusNotModified && got.status >= 200 {
		w.Header().Set("Content-Length", strconv.Itoa(len(got.body)))
	}
	w.WriteHeader(max(got.status, 200))
	_, _ = w.Write(got.body)
	_ = http.NewResponseController(w).Flush()
}

// again is how long after delivery number n APO delivers once more what was
// answered with a status that does not count; 0: it does not.
func again(status, n int) time.Duration {
	wait, _ := notify.Judge(status, nil, nil).Again(n)
	return wait
}
