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

// Why something is refused, for whoever reads the answer at the other end. These are
// fixed: nothing of the message is in them.
const (
	whyAddress  = "apo listen: the address has a #"
	whyPath     = "apo listen: another path is received, see --path"
	whyMethod   = "apo listen: POST alone is received"
	whyBody     = "apo listen: the body is too long, broke off, or took too long"
	whyJournal  = "apo listen: it could not be written down"
	whyNever    = "apo listen: --ack never"
	whyFault    = "apo listen: a fault of its own"
	whySigned   = "apo listen: it does not verify"
	whyCommand  = "apo listen: the command of --exec did not end with exit code 0"
	whyNoAnswer = "apo listen: the target of --forward-to did not answer"
	whyTime     = "apo listen: the target did not answer in time"
)

// refuse answers so that it comes again.
func refuse(w http.ResponseWriter, status int, why string) {
	answering(w)
	notify.Refuse(w, status, why)
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
