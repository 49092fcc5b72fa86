package cmd

import (
	"crypto/rand"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// check completes the options.
func (o *triggerOptions) check() error {
	kind, found := sandbox.FindNews(strings.ToLower(o.news.Kind))
	if !found {
		return noKind(o.news.Kind)
	}
	o.news.Kind = kind.Name
	if len(o.corrupt) > 1 {
		return say.Fail(say.Usage, "--corrupt %s and --corrupt %s: it spoils one thing; keep one", o.corrupt[0], o.corrupt[1])
	}
	o.news.Corrupt = strings.Join(o.corrupt, "")
	switch {
	case o.times < 1 || o.delay < 0 || o.timeout < 0:
		return say.Fail(say.Usage, "--times is 1 or more, and --delay and --forward-timeout are times such as 1s")
	case o.print != "" && o.print != "http" && o.print != "curl" && o.print != "json":
		return say.Fail(say.Usage, "--print %q is not http, curl or json", o.print)
	case o.print != "" && o.times > 1:
		return say.Fail(say.Usage, "--print prints one; leave --times out")
	case o.news.Of != "" && o.news.ID != "":
		return say.Fail(say.Usage, "--of is a payment that exists, and --request-id one that is made up; keep one")
	case o.news.Code != "" && !strings.HasSuffix(kind.Name, ".failed") && kind.Name != "dispute.judged":
		of, _, _ := strings.Cut(kind.Name, ".")
		f := say.Fail(say.Usage, "--code: %s takes none; it is of what fails, and of dispute.judged", kind.Name)
		if of == "dispute" {
			return f.Hint("apo trigger dispute.judged --code %s", o.news.Code)
		}
		return f.Hint("apo trigger %s.failed --code %s", of, o.news.Code)
	case strings.HasSuffix(kind.Name, ".failed") && failsNot(o.news.Code):
		return say.Fail(say.Usage, "--code %s is no code of what fails: %s cannot have it", o.news.Code, kind.Name)
	case o.amount != "" && strings.HasPrefix(kind.Name, "vaulting."):
		return say.Fail(say.Usage, "--amount: %s tells of no amount", kind.Name)
	case o.news.Corrupt != "":
		o.news.Corrupt = strings.ToLower(o.news.Corrupt)
		if !slices.Contains(corruptions(), o.news.Corrupt) {
			return say.Fail(say.Usage, "--corrupt %q is not one of %s", o.news.Corrupt, strings.Join(corruptions(), ", "))
		}
	}
	if err := o.checkID(); err != nil {
		return err
	}
	if o.amount != "" {
		a, err := apo.ParseAmount(o.amount, o.currency)
		if err != nil {
			return say.Fail(say.Usage, "--%v", err)
		}
		o.news.Amount = a
	} else if o.currency != "" {
		return say.Fail(say.Usage, "--currency without --amount")
	}
	for _, text := range o.set {
		c, err := sandbox.ParseChange(text)
		if err != nil {
			return say.Fail(say.Usage, "--set: %v", err)
		}
		o.news.Changes = append(o.news.Changes, c)
	}
	return nil
}

// failsNot reports whether a code is known, and as one of what succeeds or is open.
func failsNot(code string) bool {
	c, known := apo.Lookup(code)
	return known && c.Status != "F"
}

// checkID takes the ID of a request that APO would take, and makes one where there is
// none: all that one run sends tell of the same.
func (o *triggerOptions) checkID() error {
	if o.news.ID == "" {
		o.news.ID = "trigger-" + strings.ToLower(rand.Text()[:16])
		return nil
	}
	doc, err := json.Marshal(map[string]string{"paymentRequestId": o.news.ID})
	if err != nil {
		return err
	}
	for _, v := range apo.Validate("pay", doc, time.Time{}) {
		if v.Path == "paymentRequestId" {
			return say.Fail(say.Usage, "--request-id: %v", v)
		}
	}
	return nil
}
