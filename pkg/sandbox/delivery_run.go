package sandbox

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"
)

// deliveryRun is the work of one DeliverDue.
type deliveryRun struct {
	box  *Sandbox
	ctx  context.Context
	work sync.WaitGroup

	mu       sync.Mutex
	attempts int
	err      error // of the state
}

func (r *deliveryRun) failure() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

func (r *deliveryRun) ends(attempts int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.attempts += attempts
	r.err = cmp.Or(r.err, err)
}

// start starts what has its turn and a place, and does not wait for it. Each
// attempt is written down as soon as it has ended.
func (r *deliveryRun) start() (started int, err error) {
	d := r.box.delivery
	d.picking.Lock()
	defer d.picking.Unlock()
	if len(d.ahead) > 0 && time.Since(d.read) < older {
		return r.startAhead(), nil
	}
	d.ahead = nil
	if started, err = r.startHeld(); err != nil {
		return started, err
	}
	if !d.unread.Swap(false) && started > 0 && time.Since(d.read) < lookEvery {
		return started, nil
	}
	settles := d.settles()
	if d.inPast && settles { // what happened before comes first
		return started, nil
	}
	d.read = time.Now()
	q, err := r.box.queue()
	if err == nil && q.past && len(d.held) > 0 { // it may come before this
		d.held = nil
		q, err = r.box.queue()
	}
	if err != nil {
		return started, err
	}
	if d.inPast = q.past; q.past {
		if settles {
			return started, nil
		}
		d.ahead = q.list
		return started + r.startAhead(), nil
	}
	for _, n := range q.list {
		if r.launch(n, q.way, false) {
			started++
		} else {
			n.way, n.read = q.way, d.read
			d.held = append(d.held, n)
		}
	}
	return started, nil
}

// startAhead starts what the past brings next, once the order allows it. What has
// no place is passed over, with what comes behind it, and read again later.
func (r *deliveryRun) startAhead() (started int) {
	d := r.box.delivery
	if d.awaits() {
		return 0
	}
	for len(d.ahead) > 0 {
		n := d.ahead[0]
		if d.endsSoon(n) {
			return 0
		}
		d.ahead = d.ahead[1:]
		if r.launch(n, n.way, true) {
			return 1
		}
		d.ahead = slices.DeleteFunc(d.ahead, func(behind Notification) bool { return behind.turn() == n.turn() })
	}
	return 0
}

// startHeld starts what was read before and has a place now.
func (r *deliveryRun) startHeld() (started int, err error) {
	d := r.box.delivery
	waits := map[string]bool{} // behind one that is held
	left := d.held[:0]
	for i, n := range d.held {
		if waits[n.turn()] || !d.hasPlace(n) {
			waits[n.turn()] = true
			left = append(left, n)
			continue
		}
		if time.Since(n.read) > old {
			if n, err = r.box.reread(n); err != nil {
				left = append(left, d.held[i:]...)
				break
			}
			if n.ID == 0 { // it is not due any more
				continue
			}
		}
		if r.launch(n, n.way, false) {
			started++
		}
	}
	clear(d.held[len(left):])
	d.held = left
	return started, err
}

// hasPlace reports whether a notification could start now.
func (t *traffic) hasPlace(n Notification) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.lanes[n.receiver]
	return t.under[n.turn()] == nil && t.takes(cmp.Or(l, &lane{}), false)
}

// launch begins an attempt, if it has a place.
func (r *deliveryRun) launch(n Notification, w way, past bool) bool {
	d := r.box.delivery
	f, ok := d.begins(n, past)
	if !ok {
		return false
	}
	late := time.AfterFunc(f.grace(), func() { f.takesLong(); d.signal.raise() })
	r.work.Go(func() {
		defer func() {
			late.Stop()
			f.ends()
			d.signal.raise()
		}()
		if r.ctx.Err() != nil || r.failure() != nil {
			return
		}
		made, err := r.box.bring(r.ctx, n, w, f)
		r.ends(made, err)
	})
	return true
}

// bring attempts a notification once and writes that down. made is 0 where the
// attempt was broken off.
func (s *Sandbox) bring(ctx context.Context, n Notification, w way, f *flight) (made int, err error) {
	a := s.attempt(ctx, n, w)
	if a.Time.IsZero() {
		return 0, nil
	}
	if !w.natural { // what it took is not kept
		a.TookMs = 0
	}
	if a.Accepted && n.Repeat == 0 { // it will not come again
		f.isAnswered()
		s.delivery.signal.raise()
	}
	var next time.Time
	err = s.store.do(func(t *tx) (err error) { next, err = t.attempted(n, a); return err })
	if s.log(deliveryOf(n, a)); !next.IsZero() {
		s.delivery.comes(next)
	}
	return 1, err
}

// way is how notifications are sent.
type way struct {
	header  string // that tells the time
	query   bool   // that of the address is signed, too
	natural bool   // the clock is the real one
}

func (t *tx) way() way {
	o := t.settings.Options
	return way{o.value("notify-time"), o.is("notification-uri", "path-query"), t.clock.Natural()}
}

// queue is what may start.
type queue struct {
	list []Notification
	past bool // the first of the list comes before all others
	way  way
}

func (s *Sandbox) queue() (q queue, err error) {
	busy, full, shut := s.delivery.taken()
	err = s.store.do(func(t *tx) (err error) {
		q = queue{way: t.way()}
		if !q.way.natural {
			if q.list, err = t.dueBeforePast(busy, full, s.delivery.passive); len(q.list) > 0 || err != nil {
				return err
			}
			q.list, err = t.duePast(busy, shut, s.delivery.passive)
			for i := range q.list {
				q.list[i].way = q.way
			}
			if q.past = len(q.list) > 0; q.past || err != nil {
				return err
			}
		}
		if q.list, err = t.dueNow(busy, full); q.way.natural {
			for i := range q.list { // those that could not be delivered before are late
				q.list[i].Next = t.now
			}
		}
		return err
	})
	return q, err
}

// reread is a notification as it is now; its ID is 0 where it is not due.
func (s *Sandbox) reread(n Notification) (now Notification, err error) {
	err = s.store.do(func(t *tx) error {
		list, err := t.notifications(`WHERE id = ? AND due <= ?`, n.ID, t.now.UnixNano())
		if err != nil || len(list) == 0 {
			now = Notification{}
			return err
		}
		now = list[0]
		if now.way = t.way(); now.way.natural {
			now.Next = t.now
		}
		return nil
	})
	return now, err
}

// past is the time that was passed over when the clock was moved. One that stands
// still makes a past of all for whoever delivers at a word.
func (t *tx) past(passive bool) (from, before time.Time) {
	if t.clock.Speed == 0 && passive {
		return time.Time{}, t.now.Add(1)
	}
	return t.clock.From, t.clock.Box
}

// dueBeforePast are some that were due before the clock was moved.
func (t *tx) dueBeforePast(busy, full string, passive bool) ([]Notification, error) {
	from, _ := t.past(passive)
	if from.IsZero() {
		return nil, nil
	}
	return t.dueBetween(time.Unix(0, 0), from, busy, full, mostRead)
}

// duePast are the first of those whose time was passed over when the clock was
// moved; none where there are none such.
func (t *tx) duePast(busy, shut string, passive bool) ([]Notification, error) {
	from, before := t.past(passive)
	if from.IsZero() {
		from = time.Unix(0, 0)
	}
	list, err := t.dueBetween(from, before, busy, shut, mostRead)
	end, many := len(list), map[string]int{}
	for i, n := range list { // behind the last of many from one receiver others of it may come
		if many[n.receiver]++; many[n.receiver] == mostRead {
			end = i + 1
			break
		}
	}
	return list[:end], err
}

// dueNow are those whose time has come, of each receiver some.
func (t *tx) dueNow(busy, full string) ([]Notification, error) {
	return t.dueBetween(time.Unix(0, 0), t.now.Add(1), busy, full, mostRead)
}

// dueBetween are the first that are due from a time and before another, of each
// receiver so many, in their order; but for those whose turn is taken, and for some receivers. However
// many wait for one receiver, it takes no longer.
func (t *tx) dueBetween(from, at time.Time, busy, without string, each int) (all []Notification, err error) {
	receivers, err := t.names(`WITH RECURSIVE r(name) AS (SELECT min(receiver) FROM notifications WHERE due IS NOT NULL
		UNION ALL SELECT (SELECT min(receiver) FROM notifications WHERE due IS NOT NULL AND receiver > r.name) FROM r WHERE r.name IS NOT NULL)
		SELECT name FROM r WHERE name IS NOT NULL AND name NOT IN (SELECT value FROM json_each(?))`, without)
	for _, to := range receivers {
		list, err := t.notifications(`INDEXED BY notifications_receiver WHERE receiver = ?1 AND due >= ?5 AND due < ?2
			AND payment_id NOT IN (SELECT value FROM json_each(?3)) ORDER BY due, id LIMIT ?4`, to, at.UnixNano(), busy, each, from.UnixNano())
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	slices.SortFunc(all, func(a, b Notification) int { return cmp.Or(cmp.Compare(a.queued, b.queued), cmp.Compare(a.ID, b.ID)) })
	return all, err
}

// names reads the one column of a query.
func (t *tx) names(query string, args ...any) (list []string, err error) {
	rows, err := t.sql.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		list = append(list, name)
	}
	return list, rows.Err()
}
