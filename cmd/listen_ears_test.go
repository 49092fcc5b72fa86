package cmd

import (
	"testing"

	"github.com/apo-cli/apo/cmd/internal/listen"
	"github.com/apo-cli/apo/pkg/notify"
)

// What is old, or another client's, is none of the notifications to end after.
func TestWhatAListenerEndsAfter(t *testing.T) {
	for _, c := range []struct {
		news notify.Notification
		want string
	}{
		{notify.Notification{Kind: notify.KindPaymentResult}, "until"},
		{notify.Notification{Kind: notify.KindPaymentResult, OtherClient: true}, ""},
		{notify.Notification{Kind: notify.KindPaymentResult, Stale: true}, ""},
	} {
		for _, o := range []listenOptions{{until: "PAYMENT_RESULT"}, {count: 1}} {
			l := &ears{options: &o}
			l.counts(&listen.Received{News: c.news})
			if (l.reached != "") != (c.want != "") {
				t.Errorf("%+v, %+v: %q", c.news, o, l.reached)
			}
		}
	}
}
