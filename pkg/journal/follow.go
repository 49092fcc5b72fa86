package journal

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/apo-cli/apo/pkg/internal/wait"
)

// Follow yields the records that a filter wants, in the order in which they began: at
// first the newest, as many as its Limit, then those that are written from now on, by
// whichever process, until ctx ends, which is no error. A call that is under way comes
// once it has ended, and again whenever more becomes known of it. every is the time
// between two looks at the archive.
func Follow(ctx context.Context, a Archive, f Filter, now func() time.Time, every time.Duration) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		w := follower{archive: a, filter: f, told: map[int64]told{}, latest: now()}
		list, err := w.first(ctx)
		for {
			if ctx.Err() != nil {
				return
			}
			if err != nil {
				yield(Record{}, err)
				return
			}
			for _, r := range list {
				if w.isNews(r) && !yield(r, nil) {
					return
				}
			}
			if !wait.For(ctx, every) {
				return
			}
			list, err = w.next(ctx)
		}
	}
}

// follower knows what was told of the records that are followed.
type follower struct {
	archive Archive
	filter  Filter
	told    map[int64]told
	latest  time.Time // when the newest of them began
}

// told is how far a record was when it was told of; "" before that.
type told struct {
	state State
	open  bool
	time  time.Time
}

// late is how long a record may take to be there after it began: a call waits for its
// turn to be written down, and clocks are set.
const late = 2 * time.Minute

// first are the newest records. Those that are older are not told of.
func (w *follower) first(ctx context.Context) ([]Record, error) {
	before, err := w.recent(ctx)
	if err != nil {
		return nil, err
	}
	newest, err := List(ctx, w.archive, w.filter)
	if err != nil {
		return nil, err
	}
	wanted := map[int64]bool{}
	for _, r := range newest {
		wanted[r.ID] = true
	}
	for _, r := range before {
		if !wanted[r.ID] {
			w.told[r.ID] = told{r.State, r.State.Open(), r.Time}
		}
	}
	slices.Reverse(newest)
	return newest, nil
}

// next are the records that may be news.
func (w *follower) next(ctx context.Context) ([]Record, error) {
	list, err := w.recent(ctx)
	if err != nil {
		return nil, err
	}
	slices.Reverse(list)
	listed := map[int64]bool{}
	for _, r := range list {
		listed[r.ID] = true
	}
	for id, t := range w.told {
		switch {
		case listed[id]:
		case t.open: // it began long ago
			if r, err := w.archive.Get(ctx, id); err == nil && w.filter.Wants(r) {
				list = append(list, r)
			}
		case t.time.Before(w.latest.Add(-late)):
			delete(w.told, id)
		}
	}
	return list, nil
}

// recent are those that began lately, the newest first.
func (w *follower) recent(ctx context.Context) ([]Record, error) {
	f := w.filter
	f.Limit = 0
	if since := w.latest.Add(-late); f.Since.Before(since) {
		f.Since = since
	}
	return List(ctx, w.archive, f)
}

// isNews reports whether more is known of a record than was told, and takes it as told.
func (w *follower) isNews(r Record) bool {
	if r.Time.After(w.latest) {
		w.latest = r.Time
	}
	t := w.told[r.ID]
	news := t.state != r.State && !(r.State == Begun && r.InFlight)
	if news {
		t.state = r.State
	}
	t.open, t.time = r.State.Open(), r.Time
	w.told[r.ID] = t
	return news
}
