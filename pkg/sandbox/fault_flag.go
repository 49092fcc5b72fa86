package sandbox

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseFault reads a fault as --fault takes it: API=NAME, with @RATE or *TIMES
// behind it, such as "capture=drop-after-commit@0.2". Without an API it is for
// all of them.
func ParseFault(text string) (Rule, error) {
	var r Rule
	api, name, found := strings.Cut(text, "=")
	if !found {
		api, name = "", text
	}
	if api == "any" {
		api = ""
	}
	var err error
	if before, rate, has := strings.Cut(name, "@"); has {
		if r.Rate, err = strconv.ParseFloat(rate, 64); err != nil || !(r.Rate > 0 && r.Rate <= 1) {
			return r, fmt.Errorf("the rate %q is not above 0 and at most 1", rate)
		}
		name = before
	}
	if before, times, has := strings.Cut(name, "*"); has {
		if r.Times, err = strconv.Atoi(times); err != nil || r.Times < 1 {
			return r, fmt.Errorf("the number of times %q is not a positive number", times)
		}
		name = before
	}
	if before, delay, has := strings.Cut(name, ":"); has {
		if r.Delay, err = time.ParseDuration(delay); err != nil || r.Delay < 0 {
			return r, fmt.Errorf("the delay %q is not a time such as 2s", delay)
		}
		name = before
	}
	r.API, r.Fault = api, name
	return r, r.check()
}
