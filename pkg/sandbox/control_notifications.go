package sandbox

import "net/http"

func notificationRoutes() []controlRoute {
	return []controlRoute{
		on("GET", "/notifications", "The notifications, the newest first, with their attempts; with q those of a payment; after is a number of one", controlNotifications, "limit", "after", "q"),
		on("GET", "/notifications/{n}", "One notification, with its attempts and why they did not count", controlNotification),
		on("GET", "/notifications/{n}/message", "The request of a notification, signature and all, as it was delivered last or will be", controlMessage),
		on("POST", "/notifications/{n}/resend", "Deliver a notification again, and answer when it was attempted; to: another address", controlResend),
	}
}

// NotificationsOf lists notifications, the newest first, at most so many: all, or those of
// a payment, named by any number of it. after is the number of one, behind which it goes
// on; 0 is the beginning. It wraps [ErrNoPayment] where there is no such payment.
func (s *Sandbox) NotificationsOf(payment string, after int64, most int) (list []Notification, err error) {
	err = s.store.do(func(t *tx) (err error) {
		if after == 0 {
			after = 1<<63 - 1
		}
		if payment == "" {
			list, err = t.notifications(`WHERE id < ? ORDER BY id DESC LIMIT ?`, after, most)
		} else if payment, err = s.ledger(t).paymentOfNumber(payment); err == nil {
			list, err = t.notifications(`WHERE payment_id = ? AND id < ? ORDER BY id DESC LIMIT ?`, payment, after, most)
		}
		if err != nil {
			return err
		}
		return t.show(list)
	})
	return list, err
}

func controlNotifications(s *Sandbox, c controlCall, _ none) ([]Notification, error) {
	most, err := c.limit()
	if err != nil {
		return nil, err
	}
	var after int64
	if text := c.query.Get("after"); text != "" {
		c.id = text
		if after, err = c.number(); err != nil {
			return nil, badRequest("after is the number of a notification, not %q", excerpt(text, 40))
		}
	}
	return s.NotificationsOf(c.query.Get("q"), after, most)
}

func controlNotification(s *Sandbox, c controlCall, _ none) (Notification, error) {
	n, err := c.number()
	if err != nil {
		return Notification{}, err
	}
	return s.Notification(n)
}

// ControlMessage is a [Message] in JSON.
type ControlMessage struct {
	Method    string      `json:"method"`
	URL       string      `json:"url"`
	Header    http.Header `json:"header"`
	Body      []byte      `json:"body"` // its bytes, in base64
	Type      string      `json:"notifyType"`
	Of        string      `json:"of"`
	PaymentID string      `json:"paymentId"`
}

func controlMessage(s *Sandbox, c controlCall, _ none) (ControlMessage, error) {
	n, err := c.number()
	if err != nil {
		return ControlMessage{}, err
	}
	m, err := s.NotificationMessage(n)
	return ControlMessage(m), err
}

type resend struct {
	To string `json:"to,omitempty"` // "": its own address
}

func controlResend(s *Sandbox, c controlCall, in resend) (Notification, error) {
	n, err := c.number()
	if err == nil && in.To != "" {
		err = asBad(CheckNotifyURL(in.To))
	}
	if err == nil {
		err = s.Resend(n, in.To)
	}
	if err != nil {
		return Notification{}, err
	}
	return s.Deliver(c.Context(), n)
}
