package cmd

import (
	"strings"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/sign"
)

// notified writes a verified notification into the journal, so that the
// timeline of its payment shows it. The key must be the profile's: what another
// key vouches for is not this profile's news. Its request-time tells a repeated
// notification from the same one verified again.
func (v *verifier) notified(n notice, m sign.Message) {
	if v.profile == nil || v.options.publicKey != "" || n.NotifyType == "" || v.withoutJournal() {
		return
	}
	j, err := journal.Open(journalFile(v.paths), v.now)
	if err != nil {
		v.io.Warn(err.Error() + "; the notification is not written down")
		return
	}
	j.Masker = v.io.Masker
	v.cleanup = append(v.cleanup, j.Leave)
	err = j.Receive(journal.Record{
		Profile: v.profile.Name, Mode: v.profile.Mode(), ClientID: m.ClientID, Endpoint: notifyEndpoint(n.NotifyType),
		Amount: n.amount,
		Ending: journal.Ending{
			Result: apo.Result{Status: n.ResultStatus, Code: n.ResultCode}, Verification: "verified", Answer: m.Body,
			Note: n.NotifyType + ", request-time " + m.Time,
		},
	})
	if err != nil {
		v.io.Warn(err.Error() + "; the notification is not written down")
	}
}

// withoutJournal reports whether none is wanted.
func (d *deps) withoutJournal() bool {
	return d.global.noJournal || d.getenv("APO_JOURNAL") == "off"
}

// notifyEndpoint is APO's name for the notification of a type.
func notifyEndpoint(notifyType string) string {
	switch {
	case strings.HasPrefix(notifyType, "PAYMENT"):
		return "notifyPayment"
	case strings.HasPrefix(notifyType, "CAPTURE"):
		return "notifyCapture"
	case strings.HasPrefix(notifyType, "REFUND"):
		return "notifyRefund"
	}
	return "notify"
}

func isNotification(endpoint string) bool { return strings.HasPrefix(endpoint, "notify") }
