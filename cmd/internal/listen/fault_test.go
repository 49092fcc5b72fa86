package listen

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/sign"
)

// brokenAt panics where a message is told from others by poison, at one of the places
// where messages are handled.
type brokenAt struct {
	Inbox
	place string
}

func (b brokenAt) at(place, text string) {
	if b.place == place && strings.Contains(text, "poison") {
		panic("poison")
	}
}

func (b brokenAt) Take(ctx context.Context, came []journal.Reception) ([]journal.Reception, error) {
	for _, r := range came {
		b.at("take", string(r.Body))
	}
	return b.Inbox.Take(ctx, came)
}

func (b brokenAt) Delivered(ctx context.Context, list []journal.Delivery) error {
	for _, d := range list {
		b.at("delivered", string(d.Answer))
	}
	return b.Inbox.Delivered(ctx, list)
}

func (b brokenAt) Diagnose(_ context.Context, m sign.Message, _ string, _ http.Header) say.Verification {
	b.at("diagnose", string(m.Body))
	return say.Verification{Cause: "body-edited"}
}

func (b brokenAt) Heard(_ context.Context, n notify.Notification, _ int64) say.Verified {
	b.at("heard", n.PaymentID)
	return say.Verified{News: n}
}

func (b brokenAt) PaymentOf(_ context.Context, n notify.Notification) string {
	b.at("order", n.PaymentID)
	return "one and the same"
}

// A panic at one message is answered and told, and what comes next is received.
func TestAFaultEndsNothing(t *testing.T) {
	for _, c := range []struct {
		place    string
		status   int
		unsigned bool
	}{
		{"order", 500, false},
		{"take", 500, false},
		{"heard", 200, false},
		{"delivered", 200, false},
		{"diagnose", 200, true},
		{"take", 200, true},
		{"tell", 200, false},
	} {
		var told atomic.Int64
		e := listenFor(t, func(c2 *Config) {
			targetThat(t, func(w http.ResponseWriter, _ *http.Request) {
				io.WriteString(w, `{"result":{"resultStatus":"S","resultCode":"SUCCESS","resultMessage":"poison"}}`)
			})(c2)
			b := brokenAt{Inbox: c2.Inbox, place: c.place}
			c2.Inbox, c2.Knows = b, b
			show := c2.Tell
			c2.Tell = func(event Event) {
				if event.Trouble != nil || event.Received != nil && errors.Is(event.Received.Refused, journal.ErrFault) {
					told.Add(1)
				}
				if r := event.Received; r != nil {
					b.at("tell", r.News.PaymentID)
				}
				show(event)
			}
		})
		poison := message("poison")
		if c.unsigned {
			poison = strings.Replace(message("p1"), "4200", "4201 poison", 1)
		}
		status, _, _ := e.post("/", poison, func(r *http.Request) {
			if c.unsigned {
				r.Header.Set("Request-Time", "2026-12-01T08:00:03+08:00")
			}
		})
		next, _, _ := e.post("/", message("next"), nil)
		e.stop()
		if status != c.status || next != 200 || told.Load() == 0 {
			t.Errorf("%s: HTTP %d, then HTTP %d, %d told", c.place, status, next, told.Load())
		}
		select {
		case err := <-e.Failed():
			t.Errorf("%s: %v", c.place, err)
		default:
		}
	}
}

// What a command or a target says of a message is shown and kept without what is secret
// in it, in whichever form.
func TestNoEchoOfSecrets(t *testing.T) {
	const token = "ALIPAY7H6MT3MGIKUDADMPMZ7U5FO6PZQC6COF3YXBWOJV"
	body := strings.Replace(message("p1"), `"paymentId"`, `"cardToken":"`+token+`","note":"4111111111111111","cvv":"737","paymentId"`, 1)
	encoded := base64.StdEncoding.EncodeToString([]byte(body))
	for _, way := range []string{"base64", "base64 -w0", "od -An -v -tx1", "rev"} {
		var out strings.Builder
		e := listenFor(t, func(c *Config) {
			c.Command, c.Output = []string{"/bin/sh", "-c", way + "; echo seen"}, &out
			c.Environment = []string{"PATH=/usr/bin:/bin"}
		})
		e.post("/", body, nil)
		e.stop()
		signs := strings.NewReplacer("\n", "", " ", "").Replace(out.String())
		for _, secret := range []string{token, "4111111111111111", `"737"`} {
			for _, form := range []string{secret, reversed(secret), hexOf(secret)} {
				if strings.Contains(signs, form) {
					t.Errorf("%s shows %s: %s", way, form, out.String())
				}
			}
		}
		if strings.Contains(signs, encoded[len(encoded)/2:len(encoded)/2+48]) || !strings.Contains(out.String(), "seen") {
			t.Errorf("%s shows %s", way, out.String())
		}
	}
	e := listenFor(t, targetThat(t, func(w http.ResponseWriter, r *http.Request) {
		got, _ := io.ReadAll(r.Body)
		io.WriteString(w, base64.StdEncoding.EncodeToString(got))
	}))
	_, answer, _ := e.post("/", body, nil)
	e.stop()
	kept := string(e.inbox.deliveries[0].Answer)
	if answer != encoded || strings.Contains(kept, encoded[100:148]) {
		t.Errorf("%s is kept of %s", kept, answer)
	}
}

func reversed(s string) string {
	out := []byte(s)
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return string(out)
}

func hexOf(s string) string {
	const digits = "0123456789abcdef"
	var out strings.Builder
	for i := range len(s) {
		out.WriteByte(digits[s[i]>>4])
		out.WriteByte(digits[s[i]&15])
	}
	return out.String()
}

// What needs no search is told while others are searched.
func TestTheUnsignedWaitForNobody(t *testing.T) {
	found, unsigned := make(chan struct{}), make(chan struct{})
	e := listenFor(t, func(c *Config) {
		c.Knows = slow{found: found}
		c.Tell = func(event Event) {
			if event.Received != nil && event.Received.Cause == "signature-header" {
				close(unsigned)
			}
		}
	})
	e.post("/", message("p1"), func(r *http.Request) { r.Header.Set("Request-Time", "2026-12-01T08:00:03+08:00") })
	e.post("/", message("p2"), func(r *http.Request) { r.Header.Del("Signature") })
	select {
	case <-unsigned:
	case <-time.After(5 * time.Second):
		t.Error("it waits")
	}
	close(found)
	e.stop()
}
