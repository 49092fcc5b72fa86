package sandbox

import (
	"errors"
	"fmt"
	"net/url"
)

func paymentRoutes() []controlRoute {
	return []controlRoute{
		on("GET", "/payments", "The payments, the newest first; with q those that have it as a number", controlPayments, "limit", "after", "q"),
		on("GET", "/payments/{id}", "One payment by any number of it, with what inquiryPayment answers and its notifications", controlPayment),
	}
}

func controlPayments(s *Sandbox, c controlCall, _ none) ([]Payment, error) {
	most, err := c.limit()
	if err != nil {
		return nil, err
	}
	return s.FindPayments(c.query.Get("q"), c.query.Get("after"), most)
}

func controlPayment(s *Sandbox, c controlCall, _ none) (Payment, error) {
	p, found, err := s.Payment(c.id)
	if err != nil || found {
		return p, err
	}
	var id string
	err = s.store.do(func(t *tx) (err error) { id, err = s.ledger(t).paymentOfNumber(c.id); return err })
	if errors.Is(err, ErrNoPayment) {
		return p, err
	}
	if err != nil {
		return p, controlError{409, err.Error()}
	}
	p, _, err = s.Payment(id)
	return p, err
}

// FindPayments lists payments, the newest first, at most so many: all, or those of which
// number is a number of theirs, of a capture, refund or dispute, of their order or of the
// acquirer. after is the paymentId behind which it goes on; "" is the beginning. It wraps
// [ErrNoPayment] where there is no payment of that ID.
func (s *Sandbox) FindPayments(number, after string, most int) (list []Payment, err error) {
	err = s.store.do(func(t *tx) error {
		from := 1e9 // of julianday: far beyond all clocks
		if after != "" {
			found, err := t.names(`SELECT julianday(json_extract(doc, '$.Created')) FROM payments WHERE id = ?`, after)
			if err != nil {
				return err
			}
			if len(found) == 0 {
				return fmt.Errorf("after=%s: %w", url.QueryEscape(excerpt(after, 80)), ErrNoPayment)
			}
			_, _ = fmt.Sscan(found[0], &from)
		}
		const (
			order = ` AND julianday(json_extract(doc, '$.Created')) <= ?1 AND (julianday(json_extract(doc, '$.Created')) < ?1 OR id < ?2)
				ORDER BY julianday(json_extract(doc, '$.Created')) DESC, id DESC LIMIT ?3`
			all = `SELECT id FROM payments WHERE 1` + order
			of  = `SELECT id FROM payments WHERE id IN (SELECT id FROM payments WHERE id = ?4 UNION SELECT id FROM payments WHERE request_id = ?4
				UNION SELECT payment_id FROM transactions WHERE id = ?4 UNION SELECT payment_id FROM transactions WHERE kind IN ('CAPTURE', 'REFUND') AND request_id = ?4
				UNION SELECT payment_id FROM disputes WHERE id = ?4)` + order
			inside = `SELECT id FROM payments WHERE id IN (SELECT payment_id FROM transactions WHERE ?4 IN (json_extract(doc, '$.Acquirer.TransactionID'), json_extract(doc, '$.Acquirer.ReferenceRequestID'))
				UNION SELECT id FROM payments WHERE ?4 IN (json_extract(doc, '$.Acquirer.TransactionID'), json_extract(doc, '$.Acquirer.ReferenceRequestID'), json_extract(doc, '$.OrderID')))` + order
		)
		query, args := all, []any{from, after, most}
		if number != "" {
			query, args = of, append(args, number)
		}
		if after == "" {
			args[1] = "~" // behind every ID
		}
		ids, err := t.names(query, args...)
		if err == nil && len(ids) == 0 && number != "" { // these take a look into each payment
			ids, err = t.names(inside, args...)
		}
		if err != nil {
			return err
		}
		list, err = s.payments(t, ids)
		return err
	})
	return list, err
}
