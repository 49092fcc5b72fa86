package cmd

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"slices"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/listen"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/notify"
)

// check reads what the flags say.
func (o *listenOptions) check(c *listen.Config) error {
	if c.Ack = listen.Ack(o.ack); !slices.Contains(listen.Acks(), c.Ack) {
		return say.Fail(say.Usage, "--ack %q is not forward, always or never", o.ack)
	}
	if o.forwardTo != "" && o.exec {
		return say.Fail(say.Usage, "--forward-to and --exec are two targets; keep one")
	}
	if o.dropInvalid && o.forwardTo == "" && !o.exec {
		return say.Fail(say.Usage, "--drop-invalid without --forward-to or --exec: nothing is handed on")
	}
	if !strings.HasPrefix(o.path, "/") || strings.ContainsAny(o.path, "?# ") {
		return say.Fail(say.Usage, "--path %q is not a path such as /hooks/apo", o.path)
	}
	if o.forwardTimeout < 0 || o.timeout < 0 || o.count < 0 {
		return say.Fail(say.Usage, "--forward-timeout, --timeout and --count take no number below 0")
	}
	c.Path, c.Timeout, c.DropInvalid = o.path, o.forwardTimeout, o.dropInvalid
	for _, name := range o.types {
		kind := notify.Kind(strings.ToUpper(name))
		if !slices.Contains(kindNames(), string(kind)) {
			return say.Fail(say.Usage, "--type %q is not one of %s", name, strings.Join(kindNames(), ", "))
		}
		c.Kinds = append(c.Kinds, kind)
	}
	if o.until != "" && !slices.Contains(ends(), untilWord(o.until)) {
		return say.Fail(say.Usage, "--until %q is not KIND or KIND.OUTCOME, such as CAPTURE_RESULT.succeeded: kinds are %s, outcomes succeeded, failed and not-final",
			o.until, strings.Join(kindNames(), ", "))
	}
	if kind, _, _ := strings.Cut(untilWord(o.until), "."); o.until != "" && len(c.Kinds) > 0 && !slices.Contains(c.Kinds, notify.Kind(kind)) {
		return say.Fail(say.Usage, "--until %s never comes: --type shows %s alone", o.until, strings.Join(o.types, ", ")).Hint("add %s to --type", kind)
	}
	if o.forwardTo != "" {
		u, err := receiverURL("forward-to", o.forwardTo) // one without a path gets that of each notification
		if err != nil {
			return err
		}
		c.Target = u
	}
	if o.publicURL != "" {
		u, err := receiverURL("public-url", o.publicURL)
		if err != nil {
			return err
		}
		if at := cmp.Or(u.Path, "/"); o.path != "/" && at != o.path {
			o.warning = fmt.Sprintf("--public-url has the path %s, and --path receives %s alone: a tunnel that changes no path gets 404", at, o.path)
		}
	}
	if o.exec {
		program, err := exec.LookPath(o.command[0])
		if err != nil {
			return say.Fail(say.Usage, "--exec: %s cannot be run: %v", o.command[0], errors.Unwrap(err))
		}
		c.Command = append([]string{program}, o.command[1:]...)
	}
	return nil
}

// untilWord is --until as the kinds and outcomes are written.
func untilWord(text string) string {
	kind, outcome, found := strings.Cut(text, ".")
	if !found {
		return strings.ToUpper(kind)
	}
	return strings.ToUpper(kind) + "." + strings.ToLower(outcome)
}

// paths are those by which the listener is known, in front of a tunnel and behind it.
func (o *listenOptions) paths(c listen.Config) (list []string) {
	add := func(path string) {
		if path != "" && path != "/" && !slices.Contains(list, path) {
			list = append(list, path)
		}
	}
	add(o.path)
	if u, err := url.Parse(o.publicURL); err == nil {
		add(u.EscapedPath())
	}
	if c.Target != nil {
		add(c.Target.EscapedPath())
	}
	return list
}
