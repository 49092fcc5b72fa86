package listen

import (
	"context"
	"errors"
	"sync"
)

// mostAtOnce bounds a transaction: what waits longer than a moment for others is
// late.
const mostAtOnce = 256

// writer writes what many ask for at the same time in one go: a sync of the disk
// is what writing costs.
type writer[T any] struct {
	write func(context.Context, []T) ([]T, error)
	asked chan asked[T]
	ended chan struct{} // nobody writes any more
	work  sync.WaitGroup
}

type asked[T any] struct {
	one    T
	answer chan<- answered[T]
}

type answered[T any] struct {
	one T
	err error
}

var errStopped = errors.New("the listener has ended")

func newWriter[T any](write func(context.Context, []T) ([]T, error)) *writer[T] {
	w := &writer[T]{write: write, asked: make(chan asked[T]), ended: make(chan struct{})}
	w.work.Go(w.run)
	return w
}

// one writes one, together with whatever else waits.
func (w *writer[T]) one(one T) (T, error) {
	answer := make(chan answered[T], 1)
	select {
	case w.asked <- asked[T]{one, answer}:
		a := <-answer
		return a.one, a.err
	case <-w.ended:
		return one, errStopped
	}
}

// stop ends it once what waits is written. Nobody may begin to ask afterwards.
func (w *writer[T]) stop() {
	close(w.ended)
	w.work.Wait()
}

func (w *writer[T]) run() {
	for {
		select {
		case first := <-w.asked:
			w.together(append(make([]asked[T], 0, 8), first))
		case <-w.ended:
			return
		}
	}
}

func (w *writer[T]) guarded(list []T) ([]T, error) {
	return guarded(func() ([]T, error) { return w.write(context.Background(), list) })
}

// together writes those that have asked by now. Where it does not work for all it
// is tried for each: one that cannot be written must not hold up the others.
func (w *writer[T]) together(list []asked[T]) {
	for len(list) < mostAtOnce {
		select {
		case next := <-w.asked:
			list = append(list, next)
			continue
		default:
		}
		break
	}
	all := make([]T, len(list))
	for i, a := range list {
		all[i] = a.one
	}
	written, err := w.guarded(all)
	if err == nil {
		for i, a := range list {
			a.answer <- answered[T]{written[i], nil}
		}
		return
	}
	for _, a := range list {
		if len(list) > 1 {
			if written, err = w.guarded([]T{a.one}); err == nil {
				a.answer <- answered[T]{written[0], nil}
				continue
			}
		}
		a.answer <- answered[T]{a.one, err}
	}
}
