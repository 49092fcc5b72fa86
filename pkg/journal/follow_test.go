package journal

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// Whoever follows the journal is told of the newest, then of each call once it ended,
// and of what becomes of it, each once, whoever wrote it.
func TestFollow(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal.db")
	writer, err := Open(file, time.Now)
	must(t, err)
	defer writer.Close()
	reader, err := Open(file, time.Now)
	must(t, err)
	defer reader.Close()
	begin := func(id string) Record {
		r, err := writer.Begin(t.Context(), Record{Account: Account{ClientID: "c"}, Endpoint: "pay", Numbers: apo.Numbers{PaymentRequestID: id}}, nil)
		must(t, err)
		return r
	}
	end := func(r Record, state State, outcome apo.Outcome) {
		must(t, writer.End(t.Context(), r.ID, Ending{State: state, Outcome: outcome}))
	}
	end(begin("old"), Answered, apo.Succeeded)
	end(begin("one"), Answered, apo.Succeeded)
	doubt := begin("two")
	end(doubt, InDoubt, apo.InDoubt)
	underWay := begin("three")

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var got []string
	steps := []func(){ // what happens once so much was told
		2: func() { end(underWay, Answered, apo.Declined) },
		3: func() { must(t, writer.Resolve(ctx, doubt.ID, Resolution{Outcome: apo.Succeeded})) },
		4: func() { end(begin("four"), Pending, apo.Pending) },
		5: func() { cancel() },
	}
	for r, err := range Follow(ctx, reader, Filter{Limit: 3, Moving: true}, time.Now, time.Millisecond) {
		must(t, err)
		got = append(got, r.Numbers.PaymentRequestID+" "+string(r.State))
		if step := len(got); step < len(steps) && steps[step] != nil {
			steps[step]()
		}
	}
	const want = "one answered, two in-doubt, three answered, two resolved, four pending"
	if text := strings.Join(got, ", "); text != want {
		t.Errorf("%s, want %s", text, want)
	}
}

// What was told long ago is forgotten, but for what is still open.
func TestFollowForgets(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal.db")
	at := time.Now().Truncate(time.Millisecond)
	j, err := Open(file, func() time.Time { return at })
	must(t, err)
	defer j.Close()
	w := follower{archive: j, told: map[int64]told{}, latest: at}
	for i, state := range []State{Answered, InDoubt, Answered} {
		r, err := j.Begin(t.Context(), Record{Endpoint: "pay"}, nil)
		must(t, err)
		must(t, j.End(t.Context(), r.ID, Ending{State: state, Outcome: apo.Succeeded}))
		list, err := w.next(t.Context())
		must(t, err)
		news := 0
		for _, r := range list {
			if w.isNews(r) {
				news++
			}
		}
		if news != 1 {
			t.Errorf("%d news of the record %d", news, i+1)
		}
		at = at.Add(time.Hour)
	}
	_, err = w.next(t.Context())
	if must(t, err); len(w.told) != 2 || !w.told[2].open {
		t.Errorf("%+v", w.told)
	}
}
