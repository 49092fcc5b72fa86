package sandbox

import (
	"cmp"
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
)

// attempt delivers a notification once, or as often at once as a fault wants.
func (s *Sandbox) attempt(ctx context.Context, n Notification, w way) Attempt {
	all := make([]Attempt, max(1, n.Together))
	var both sync.WaitGroup
	for i := range all {
		both.Go(func() { all[i] = s.send(ctx, n, w) })
	}
	both.Wait()
	return all[0]
}

func (s *Sandbox) send(ctx context.Context, n Notification, w way) (a Attempt) {
	start := time.Now()
	a.Time, a.To = n.Next, withoutUser(n.To)
	defer func() {
		if recover() != nil { // its text could hold anything
			a.Accepted, a.Why = false, "the sandbox met a fault of its own"
		}
	}()
	status, header, body, err := s.request(ctx, n, w)
	if ctx.Err() != nil && err != nil {
		return Attempt{} // the sandbox stops: no attempt of the merchant's making
	}
	a.took = time.Since(start)
	a.TookMs = float64(a.took.Microseconds()) / 1000
	a.Status = status
	if err == nil {
		j, kept := notify.Judge(status, header, body), hidden(body, n.Body)
		if told := notify.Judge(status, header, kept); !j.Received && !told.Received {
			j = told // it quotes the answer
		}
		a.Answer = excerpt(string(kept), 512)
		if !j.Received {
			err = errors.New(j.Why)
		}
	}
	a.Why = excerpt(problemOf(err), 200)
	a.Accepted = a.Why == ""
	return a
}

func (s *Sandbox) request(ctx context.Context, n Notification, w way) (status int, header http.Header, body []byte, err error) {
	r, err := s.signed(n, n.Next, w, n.tried == 0)
	if err != nil {
		return 0, nil, nil, err
	}
	resp, err := s.delivery.client.Do(r.WithContext(ctx))
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

// NotificationMessage is a notification as it was delivered last, signature and
// all and with what a fault made of it; of one that was not delivered yet, as it
// will be. It wraps [ErrNoNotification] where there is none.
func (s *Sandbox) NotificationMessage(id int64) (Message, error) {
	var n Notification
	var at time.Time
	var w way
	var made int
	err := s.store.do(func(t *tx) error {
		list, err := t.notifications(`WHERE id = ?`, id)
		if err == nil && len(list) == 0 {
			err = ErrNoNotification
		}
		if err != nil {
			return err
		}
		n, w = list[0], t.way()
		attempts, err := t.attempts(id)
		made = len(attempts)
		switch {
		case made > 0:
			last := attempts[made-1]
			at, n.To = last.Time, last.To
		case n.Next.IsZero(): // given up without an attempt
			at = n.Time
		default:
			at = n.Next
		}
		return err
	})
	if err != nil {
		return Message{}, err
	}
	return s.sealed(n, at, w, made <= 1)
}

// sealed is a notification that is delivered at a time; first: for the first time.
func (s *Sandbox) sealed(n Notification, at time.Time, w way, first bool) (Message, error) {
	spoil := ""
	if first {
		spoil = spoilOf(n.Spoil)
	}
	m, err := s.seal(n.address(), n.Body, at, w, spoil)
	m.Type, m.Of, m.PaymentID = n.Type, n.RequestID, n.PaymentID
	return m, err
}

// signed is the request of a notification that is delivered at a time.
func (s *Sandbox) signed(n Notification, at time.Time, w way, first bool) (*http.Request, error) {
	m, err := s.sealed(n, at, w, first)
	if err != nil {
		return nil, err
	}
	return m.Request()
}

// problemOf is an error of the way, in words.
func problemOf(err error) string {
	var timeout net.Error
	switch {
	case err == nil:
		return ""
	case errors.Is(err, errNotHere):
		return errNotHere.Error()
	case errors.Is(err, errMetadata):
		return errMetadata.Error()
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

// hidden is an answer without what is secret in the body that it answers: a receiver may
// send back what it got, in any form.
func hidden(answer, body []byte) []byte {
	known := new(apo.Known)
	if !known.LearnMessage(body) {
		return answer
	}
	return apo.Masker{Known: known, KnownOnly: true}.JSON(answer)
}

// excerpt is what is kept of a text from outside. It is masked before it is
// cut: half a card number would not be recognised.
func excerpt(text string, most int) string {
	runes := []rune(apo.Masker{}.Text(strings.ToValidUTF8(text, "\uFFFD")))
	return string(runes[:min(len(runes), most)])
}

func deliveryOf(n Notification, a Attempt) Event {
	e := Event{
		Delivery: true, Time: a.Time, Endpoint: n.Type, Code: "accepted", ID: visible(hiddenOf(n.RequestID)), Message: visible(a.Why),
		Took: a.took, URL: withoutUser(cmp.Or(a.To, n.URL)), Attempt: n.tried + 1,
	}
	if !a.Accepted {
		e.Code = "not accepted"
		e.Again, _ = notify.Judgement{}.Again(e.Attempt)
	}
	return e
}
