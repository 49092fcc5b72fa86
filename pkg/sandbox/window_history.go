package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func historyRoutes() []controlRoute {
	return []controlRoute{
		on("GET", "/history", "How many events the books have", controlHistory),
		on("GET", "/history/{event}", "What an event of the books changed, and the payments as they were when it had happened, the newest first", controlMoment, "limit"),
		on("POST", "/fork", "Make another state, as this one was at an event, and answer its file; it lies beside the state, or of one in memory in a folder of its own", controlFork),
	}
}

type historyFacts struct {
	Last int64 `json:"last"` // the number of the newest event
}

func controlHistory(s *Sandbox, _ controlCall, _ none) (f historyFacts, err error) {
	f.Last, err = s.LastEvent()
	return f, err
}

// momentFacts are the books as they were.
type momentFacts struct {
	Event    int64        `json:"event"`
	Time     time.Time    `json:"time"`
	Changes  []BookChange `json:"changes"` // at most 20
	Payments []Payment    `json:"payments"`
}

// mostTold bounds how many changes of an event are told.
const mostTold = 20

func controlMoment(s *Sandbox, c controlCall, _ none) (f momentFacts, err error) {
	n, err := c.number()
	if err != nil {
		return f, err
	}
	most, err := c.limit()
	if err != nil {
		return f, err
	}
	past, err := s.At(Moment{Event: n})
	if err != nil {
		return f, asNoMoment(err)
	}
	defer past.Close()
	f.Event, f.Time, f.Changes = past.Event, past.Time, []BookChange{}
	if f.Payments, err = past.Payments(most); err != nil {
		return f, asNoMoment(err)
	}
	list, err := s.Events(n-1, 1)
	if err == nil && len(list) == 1 && list[0].Event == n {
		f.Changes = list[0].Changes[:min(len(list[0].Changes), mostTold)]
	}
	return f, err
}

func asNoMoment(err error) error {
	switch {
	case errors.Is(err, ErrNoMoment):
		return notFound("%v", err)
	case errors.Is(err, ErrPutBack):
		return controlError{409, err.Error()}
	}
	return err
}

// ForkRequest is the event at which the control API forks.
type ForkRequest struct {
	Event int64 `json:"event"`
}

// ForkMade is the file of a fork, for --state.
type ForkMade struct {
	State string `json:"state"`
}

// mostForks bounds how many files the control API makes beside a state.
const mostForks = 100

func controlFork(s *Sandbox, _ controlCall, in ForkRequest) (made ForkMade, err error) {
	if in.Event < 1 {
		return made, badRequest("event is the number of an event: 1, 2, …")
	}
	base := s.file
	if !s.shared() {
		folder, err := os.MkdirTemp("", "apo-fork-*")
		if err != nil {
			return made, err
		}
		base = filepath.Join(folder, "sandbox.db")
	}
	end := filepath.Ext(base)
	for i := 1; i <= mostForks; i++ {
		made.State = fmt.Sprintf("%s-fork-%d%s", strings.TrimSuffix(base, end), i, end)
		if _, err = s.Fork(Moment{Event: in.Event}, made.State); errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return made, asNoMoment(err)
		}
		return made, nil
	}
	return made, controlError{409, fmt.Sprintf("there are %d forks beside the state", mostForks)}
}
