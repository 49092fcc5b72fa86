package sandbox

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/sign"
)

// attempt delivers a notification once, or as often at once as a fault wants.
func (s *Sandbox) attempt(ctx context.Context, n Notification, header string) Attempt {
	all := make([]Attempt, max(1, n.Together))
	var both sync.WaitGroup
	for i := range all {
		both.Go(func() { all[i] = s.send(ctx, n, header) })
	}
	both.Wait()
	return all[0]
}

func (s *Sandbox) send(ctx context.Context, n Notification, timeHeader string) (a Attempt) {
	start := time.Now()
	a.Time = n.Next
	defer func() {
		if recover() != nil { // its text could hold anything
			a.Accepted, a.Why = false, "the sandbox met a fault of its own"
		}
	}()
	status, header, body, err := s.request(ctx, n, timeHeader)
	if ctx.Err() != nil && err != nil {
		return Attempt{} // the sandbox stops: no attempt of the merchant's making
	}
	a.TookMs = float64(time.Since(start).Microseconds()) / 1000
	a.Status = status
	if err == nil {
		a.Answer = excerpt(string(body), 512)
		if j := notify.Judge(status, header, body); !j.Received {
			err = errors.New(j.Why)
		}
	}
	a.Why = excerpt(problemOf(err), 200)
	a.Accepted = a.Why == ""
	return a
}

func (s *Sandbox) request(ctx context.Context, n Notification, timeHeader string) (status int, header http.Header, body []byte, err error) {
	r, err := s.signed(n, n.Next, timeHeader)
	if err != nil {
		return 0, nil, nil, err
	}
	r = r.WithContext(ctx)
	resp, err := s.delivery.client.Do(r)
	if err != nil {
		return 0, nil, nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusSwitchingProtocols {
		return resp.StatusCode, nil, nil, nil // the receiver has left HTTP; what it sends now need not end
	}
	body, err = io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	return resp.StatusCode, resp.Header, body, err
}

// NotificationRequest is the HTTP request with which a notification was delivered
// last, signature and all; of one that was not delivered yet, the next. It wraps
// [ErrNoNotification] where there is none. What a fault made of it on its way, and
// a password in its address, are not in it.
func (s *Sandbox) NotificationRequest(id int64) (*http.Request, error) {
	var n Notification
	var at time.Time
	var header string
	err := s.store.do(func(t *tx) error {
		list, err := t.notifications(`WHERE id = ?`, id)
		if err == nil && len(list) == 0 {
			err = ErrNoNotification
		}
		if err != nil {
			return err
		}
		n, header = list[0], t.settings.Options.value("notify-time")
		attempts, err := t.attempts(id)
		switch {
		case len(attempts) > 0:
			at = attempts[len(attempts)-1].Time
		case n.Next.IsZero(): // given up without an attempt
			at = n.Time
		default:
			at = n.Next
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.signed(n, at, header)
}

// signed is the request of a notification that is delivered at a time. header is
// the name of the one that tells that time.
func (s *Sandbox) signed(n Notification, at time.Time, header string) (*http.Request, error) {
	u, err := url.Parse(n.URL)
	if err != nil {
		return nil, err
	}
	m := sign.Message{Method: http.MethodPost, Path: u.RequestURI(), ClientID: ClientID, Time: isoTime(at), Body: n.Body}
	signature, err := sign.Sign(s.keys.Antom, "1", m)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequest(m.Method, n.URL, bytes.NewReader(n.Body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json; charset=UTF-8")
	r.Header.Set("User-Agent", "apo-sandbox")
	r.Header["client-id"] = []string{m.ClientID}
	r.Header[header] = []string{m.Time}
	r.Header["signature"] = []string{signature}
	return r, nil
}

// problemOf is an error of the way, in words.
func problemOf(err error) string {
	var timeout net.Error
	switch {
	case err == nil:
		return ""
	case errors.Is(err, errNotHere):
		return errNotHere.Error()
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there"
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Sprintf("no answer within %s", attemptTimeout)
	}
	var unknown x509.UnknownAuthorityError
	if errors.As(err, &unknown) {
		return "the certificate of the receiver is of an authority that is not trusted here"
	}
	var failed *url.Error
	if errors.As(err, &failed) {
		err = failed.Err
	}
	return err.Error()
}

// excerpt is what is kept of a text from outside. It is masked before it is
// cut: half a card number would not be recognised.
func excerpt(text string, most int) string {
	runes := []rune(apo.Masker{}.Text(strings.ToValidUTF8(text, "\uFFFD")))
	return string(runes[:min(len(runes), most)])
}

func deliveryOf(n Notification, a Attempt) Event {
	e := Event{
		Delivery: true, Time: a.Time, Endpoint: n.Type, Code: "accepted", ID: visible(n.RequestID), Message: visible(a.Why),
		Took: time.Duration(a.TookMs * float64(time.Millisecond)),
	}
	if !a.Accepted {
		e.Code = "not accepted"
	}
	return e
}
