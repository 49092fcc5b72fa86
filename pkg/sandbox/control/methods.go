package control

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// Page is which part of a list is wanted.
type Page struct {
	Limit  int    // at most so many, to 1000; 0: 50
	After  string // the ID of the last one that is known; "": from the beginning
	Number string // of a payment, capture, refund, dispute or order; "": all
}

func (p Page) query() string {
	q := url.Values{}
	if p.Limit > 0 {
		q.Set("limit", strconv.Itoa(p.Limit))
	}
	if p.After != "" {
		q.Set("after", p.After)
	}
	if p.Number != "" {
		q.Set("q", p.Number)
	}
	return "?" + q.Encode()
}

// Payments lists payments, the newest first.
func (c *Client) Payments(ctx context.Context, p Page) (list []sandbox.Payment, err error) {
	err = c.Do(ctx, "GET", "/payments"+p.query(), nil, &list)
	return list, known(err, map[int]error{404: sandbox.ErrNoPayment})
}

// Payment is one by any number of it, with all that is known of it. The error is
// [sandbox.ErrNoPayment] where there is none.
func (c *Client) Payment(ctx context.Context, number string) (p sandbox.Payment, err error) {
	err = c.Do(ctx, "GET", "/payments/"+url.PathEscape(number), nil, &p)
	return p, known(err, map[int]error{404: sandbox.ErrNoPayment})
}

// Notifications lists notifications, the newest first, with their attempts.
func (c *Client) Notifications(ctx context.Context, p Page) (list []sandbox.Notification, err error) {
	err = c.Do(ctx, "GET", "/notifications"+p.query(), nil, &list)
	return list, known(err, map[int]error{404: sandbox.ErrNoPayment})
}

func notification(id int64) string { return "/notifications/" + strconv.FormatInt(id, 10) }

// Notification is one, with its attempts. The error is [sandbox.ErrNoNotification] where
// there is none.
func (c *Client) Notification(ctx context.Context, id int64) (n sandbox.Notification, err error) {
	err = c.Do(ctx, "GET", notification(id), nil, &n)
	return n, known(err, map[int]error{404: sandbox.ErrNoNotification})
}

// Message is the request of a notification, signature and all.
func (c *Client) Message(ctx context.Context, id int64) (sandbox.Message, error) {
	var m sandbox.ControlMessage
	err := c.Do(ctx, "GET", notification(id)+"/message", nil, &m)
	return sandbox.Message(m), known(err, map[int]error{404: sandbox.ErrNoNotification})
}

// Resend has a notification delivered again, to another address where to is not empty,
// and returns it as it is then.
func (c *Client) Resend(ctx context.Context, id int64, to string) (n sandbox.Notification, err error) {
	err = c.Do(ctx, "POST", notification(id)+"/resend", map[string]string{"to": to}, &n)
	return n, known(err, map[int]error{404: sandbox.ErrNoNotification})
}

// AddRule adds a rule behind those that there are.
func (c *Client) AddRule(ctx context.Context, r sandbox.Rule) (sandbox.Rule, error) {
	var added sandbox.RuleFacts
	if err := c.Do(ctx, "POST", "/rules", r.Flags(), &added); err != nil {
		if _, found := sandbox.FindFault(r.Fault); r.Fault != "" && !found {
			return r, known(err, map[int]error{400: sandbox.ErrNoFault})
		}
		return r, err
	}
	return ruleOf(added)
}

// AddFault adds a fault as --fault of apo sandbox takes it: "capture=cut-after-commit@0.2".
func (c *Client) AddFault(ctx context.Context, fault string) (sandbox.Rule, error) {
	var added sandbox.RuleFacts
	if err := c.Do(ctx, "POST", "/faults", map[string]string{"fault": fault}, &added); err != nil {
		return sandbox.Rule{}, err
	}
	return ruleOf(added)
}

func ruleOf(f sandbox.RuleFacts) (sandbox.Rule, error) {
	r, err := f.Rule()
	r.ID, r.Seen, r.Hits, r.From = f.ID, f.Seen, f.Hits, f.From
	return r, err
}

// Rules lists them in the order in which they are asked.
func (c *Client) Rules(ctx context.Context) (list []sandbox.Rule, err error) {
	var facts []sandbox.RuleFacts
	err = c.Do(ctx, "GET", "/rules", nil, &facts)
	list = []sandbox.Rule{}
	for _, f := range facts {
		r, bad := ruleOf(f)
		err = errors.Join(err, bad)
		list = append(list, r)
	}
	return list, err
}

// RemoveRule removes a rule; found is false where there is none of that ID.
func (c *Client) RemoveRule(ctx context.Context, id int64) (found bool, err error) {
	err = c.Do(ctx, "DELETE", "/rules/"+strconv.FormatInt(id, 10), nil, nil)
	var no *Error
	if errors.As(err, &no) && no.Status == http.StatusNotFound {
		return false, nil
	}
	return err == nil, err
}

// RemoveRules removes all rules, and returns how many there were.
func (c *Client) RemoveRules(ctx context.Context) (n int, err error) {
	var removed struct {
		Removed int `json:"removed"`
	}
	err = c.Do(ctx, "DELETE", "/rules", nil, &removed)
	return removed.Removed, err
}

// Clock is what the clock says now.
func (c *Client) Clock(ctx context.Context) (f sandbox.ClockFacts, err error) {
	err = c.Do(ctx, "GET", "/clock", nil, &f)
	return f, err
}

// SetClock sets the time, the speed or both.
func (c *Client) SetClock(ctx context.Context, to sandbox.ClockSetting) (f sandbox.ClockFacts, err error) {
	err = c.Do(ctx, "PUT", "/clock", to, &f)
	return f, err
}

// Advance moves the clock forward, and returns when all that is due by then has been
// delivered.
func (c *Client) Advance(ctx context.Context, by time.Duration) error {
	return c.Do(ctx, "POST", "/clock/advance", sandbox.ClockAdvance{By: by.String()}, nil)
}

// AdvanceAtOnce is [Client.Advance] that waits for nothing.
func (c *Client) AdvanceAtOnce(ctx context.Context, by time.Duration) error {
	no := false
	return c.Do(ctx, "POST", "/clock/advance", sandbox.ClockAdvance{By: by.String(), Wait: &no}, nil)
}

// AwaitDeliveries returns when all that is due has been delivered. The error is
// [sandbox.ErrPaidOn] where others keep it from an end.
func (c *Client) AwaitDeliveries(ctx context.Context) error {
	for {
		var f sandbox.ClockFacts
		err := c.Do(ctx, "POST", "/wait", map[string]string{"timeout": "60s"}, &f)
		if err != nil || f.Delivered {
			return known(err, map[int]error{409: sandbox.ErrPaidOn})
		}
	}
}

// Options are the points in which sources about APO differ, and what the sandbox does.
func (c *Client) Options(ctx context.Context) (list []sandbox.OptionFacts, err error) {
	err = c.Do(ctx, "GET", "/options", nil, &list)
	return list, err
}

// SetOptions gives options other values; the others stay.
func (c *Client) SetOptions(ctx context.Context, o sandbox.Options) error {
	return c.Do(ctx, "PUT", "/options", o, nil)
}

func disputeErrors(none error) map[int]error {
	return map[int]error{404: none, 409: sandbox.ErrNotDisputable}
}

// Disputes lists the newest disputes, at most so many.
func (c *Client) Disputes(ctx context.Context, most int) (list []sandbox.Dispute, err error) {
	err = c.Do(ctx, "GET", "/disputes"+Page{Limit: most}.query(), nil, &list)
	return list, err
}

// OpenDispute has the cardholder dispute a captured payment.
func (c *Client) OpenDispute(ctx context.Context, n sandbox.NewDispute) (d sandbox.Dispute, err error) {
	in := sandbox.DisputeRequest{PaymentID: n.Of, Reason: n.Reason}
	if n.Amount != (apo.Amount{}) {
		in.Amount = &n.Amount
	}
	err = c.Do(ctx, "POST", "/disputes", in, &d)
	return d, known(err, disputeErrors(sandbox.ErrNoPayment))
}

// JudgeDispute decides a dispute, named by its ID or a number of its payment, as
// [sandbox.JudgedForMerchant] or [sandbox.JudgedForCustomer].
func (c *Client) JudgeDispute(ctx context.Context, id, result string) (d sandbox.Dispute, err error) {
	err = c.Do(ctx, "POST", "/disputes/"+url.PathEscape(id)+"/judge", sandbox.DisputeResult{Result: result}, &d)
	return d, known(err, disputeErrors(sandbox.ErrNoDispute))
}

// CancelDispute has the cardholder take a dispute back.
func (c *Client) CancelDispute(ctx context.Context, id string) (d sandbox.Dispute, err error) {
	err = c.Do(ctx, "POST", "/disputes/"+url.PathEscape(id)+"/cancel", nil, &d)
	return d, known(err, disputeErrors(sandbox.ErrNoDispute))
}

// Reset forgets everything but the keys and the seed.
func (c *Client) Reset(ctx context.Context) error { return c.Do(ctx, "POST", "/reset", nil, nil) }

// Snapshot keeps the whole state as it is now, and returns the ID to restore it by.
func (c *Client) Snapshot(ctx context.Context) (id string, err error) {
	var name sandbox.SnapshotName
	err = c.Do(ctx, "POST", "/snapshot", nil, &name)
	return name.ID, known(err, map[int]error{409: sandbox.ErrManySnapshots})
}

// Restore puts a state that was kept in place of the sandbox's, under another identity.
func (c *Client) Restore(ctx context.Context, id string) error {
	err := c.Do(ctx, "POST", "/restore", sandbox.SnapshotName{ID: id}, nil)
	return known(err, map[int]error{404: sandbox.ErrNoSnapshot})
}
