package received

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"runtime"
)

const (
	batchLines = 64
	batchBytes = 1 << 20
	maxLine    = 32<<20 + 64<<10 // escapes may double a body
)

// Lines hands every line that is not blank, with its number, to check, on many
// cores at once, and yields the results in the order of the lines, as many
// together as were there: a stream that trickles is answered line by line. An
// error of reading comes last. It ends early when ctx does.
func Lines[T any](ctx context.Context, from io.Reader, check func(number int, line []byte) T) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		queue := make(chan *batch[T], 2*runtime.GOMAXPROCS(0))
		work := make(chan *batch[T], 2*runtime.GOMAXPROCS(0))
		for range runtime.GOMAXPROCS(0) {
			go func() {
				for b := range work {
					b.done <- b.checked(check)
				}
			}()
		}
		go readBatches(ctx, from, queue, work)
		for {
			select {
			case <-ctx.Done():
				return
			case b, more := <-queue:
				if !more || !yield(<-b.done, nil) {
					return
				}
				if b.err != nil {
					yield(nil, b.err)
					return
				}
			}
		}
	}
}

type batch[T any] struct {
	first int // number of its first line
	lines [][]byte
	err   error
	done  chan []T
}

func (b *batch[T]) checked(check func(int, []byte) T) []T {
	list := make([]T, 0, len(b.lines))
	for i, line := range b.lines {
		if len(bytes.TrimSpace(line)) > 0 {
			list = append(list, check(b.first+i, line))
		}
	}
	return list
}

// readBatches reads lines into batches, each of which it gives to whoever yields
// it and to whoever checks it, until there are no more.
func readBatches[T any](ctx context.Context, from io.Reader, queue, work chan<- *batch[T]) {
	defer close(work)
	defer close(queue)
	r := bufio.NewReaderSize(from, 256<<10)
	for number := 1; ; {
		b := &batch[T]{first: number, done: make(chan []T, 1)}
		var err error
		for size := 0; len(b.lines) < batchLines && size < batchBytes && err == nil; {
			var line []byte
			if line, err = readLine(r); len(line) > 0 || err == nil {
				b.lines = append(b.lines, line)
				size += len(line)
			}
			if there, _ := r.Peek(r.Buffered()); bytes.IndexByte(there, '\n') < 0 {
				break // the next line is not whole yet; nobody shall wait for it
			}
		}
		number += len(b.lines)
		if err != io.EOF {
			b.err = err
		}
		select {
		case <-ctx.Done():
			return
		case queue <- b:
			work <- b
		}
		if err != nil {
			return
		}
	}
}

func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > maxLine {
			return nil, errors.New("a line is longer than 32 MiB")
		}
		line = append(line, part...)
		switch err {
		case bufio.ErrBufferFull:
		case nil:
			return line[:len(line)-1], nil
		default:
			return line, err
		}
	}
}
