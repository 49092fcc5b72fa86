package listen

import (
	"slices"
	"testing"
	"time"
)

// Those that wait are explained in the order in which they came, and what finds no
// place does not wait.
func TestALineHasAnOrderAndAnEnd(t *testing.T) {
	l := &line{hurry: make(chan struct{})}
	close(l.hurry)
	first, over := make(chan struct{}), make(chan int, 2*mostUnexplained)
	take := func(n int) func(bool) time.Duration {
		return func(explained bool) time.Duration {
			switch {
			case n == 0:
				<-first
			case !explained:
				n = -1
			}
			over <- n
			return time.Hour
		}
	}
	for n := range mostUnexplained + 1 {
		l.put(1, take(n))
	}
	if n := <-over; n != -1 {
		t.Fatalf("%d was first", n)
	}
	close(first)
	var got []int
	for range mostUnexplained {
		got = append(got, <-over)
	}
	if !slices.IsSorted(got) || got[0] != 0 {
		t.Error(got)
	}
}
