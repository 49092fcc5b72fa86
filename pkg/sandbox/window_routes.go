package sandbox

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sign"
)

func windowRoutes() []controlRoute {
	return []controlRoute{
		on("GET", "/payments/{id}/exchanges", "Both sides of the messages about a payment, the oldest first, with card data masked; the sandbox keeps the newest 5,000 of all", controlExchanges),
		on("GET", "/notifications/{n}/verification", "What is signed of a notification, and whether it verifies", controlVerification),
	}
}

// mostOfPayment bounds how many exchanges of a payment are told, the newest.
const mostOfPayment = 200

func controlExchanges(s *Sandbox, c controlCall, _ none) (list []heard, err error) {
	if s.store.heard.any() {
		if err := s.store.do(s.store.hearAll()); err != nil {
			return nil, err
		}
	}
	err = s.store.do(func(t *tx) error {
		id, err := s.ledger(t).paymentOfNumber(c.id)
		if err != nil {
			return err
		}
		refs, err := t.numbersOf(id)
		if err != nil {
			return err
		}
		list, err = t.exchanges(refs, mostOfPayment)
		return err
	})
	return list, err
}

// numbersOf are those under which a message may name a payment.
func (t *tx) numbersOf(id string) ([]string, error) {
	return t.names(`SELECT id FROM payments WHERE id = ?1 UNION SELECT request_id FROM payments WHERE id = ?1
		UNION SELECT id FROM transactions WHERE payment_id = ?1 UNION SELECT request_id FROM transactions WHERE payment_id = ?1
		UNION SELECT id FROM disputes WHERE payment_id = ?1`, id)
}

// controlVerification is a notification as it was sent last, with card numbers hidden
// wherever one was put, and what a merchant finds out about it.
func controlVerification(s *Sandbox, c controlCall, _ none) (v letter, err error) {
	n, err := c.number()
	if err != nil {
		return v, err
	}
	m, err := s.NotificationMessage(n)
	if err != nil {
		return v, err
	}
	u, err := url.Parse(m.URL)
	if err != nil {
		return v, fmt.Errorf("the address of the notification cannot be read")
	}
	var way way
	if err := s.store.do(func(t *tx) error { way = t.way(); return nil }); err != nil {
		return v, err
	}
	signed := sign.Message{Method: http.MethodPost, Path: u.EscapedPath(), ClientID: headerOf(m.Header, "client-id"), Time: headerOf(m.Header, way.header)}
	if signed.Path == "" {
		signed.Path = "/"
	}
	if way.query {
		signed.Path = u.RequestURI()
	}
	v = letterOf(letterLine(m), m.Header, slices.Sorted(maps.Keys(m.Header)), m.Body, len(m.Body), apo.Masker{IDs: true})
	v.Signed = harmless(string(signed.Content()), 1000)
	signed.Body = m.Body
	header := headerOf(m.Header, "signature")
	switch err := sign.Verify(s.keys.Antom.Public(), signed, header); {
	case header == "":
		v.Why = "it is not signed"
	case err != nil:
		v.Why = visible(err.Error())
	case signed.ClientID != s.clientID:
		v.Why = "it is for another client ID"
	default:
		v.Verified = true
	}
	return v, nil
}

// letterLine is the first line of a notification.
func letterLine(m Message) string {
	return m.Method + " " + visible(apo.Masker{IDs: true}.Text(m.URL))
}
