package cmd

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/serve"
	"github.com/apo-cli/apo/pkg/sandbox"
)

func newSandboxNotificationsCmd(d *app.Run, o *serve.Options) *cobra.Command {
	return app.Group(&cobra.Command{
		Use:   "notifications",
		Short: "List, show and send again what the sandbox notified",
		Long: `List, show and send again what the sandbox notified: each attempt with the
receiver's answer, and why it did not count.`,
		Example: `  # a payment that is notified to an address
  apo pay --amount 4200 --currency SGD --notify-url http://127.0.0.1:9/hooks/apo

  # the newest
  apo sandbox notifications list

  # one whole
  apo sandbox notifications show 1`,
	}, newNotificationsListCmd(d, o), newNotificationsShowCmd(d, o), newNotificationsResendCmd(d, o))
}

func newNotificationsListCmd(d *app.Run, o *serve.Options) *cobra.Command {
	return newestFirst(d, o, &cobra.Command{
		Use:   "list",
		Short: "List notifications, the newest first",
		Long:  "List notifications, the newest first, with what became of them.",
		Example: `  # as a table
  apo sandbox notifications list

  # for a script
  apo sandbox notifications list -o json`,
	}, controlled.Notifications, func(list []sandbox.Notification) error {
		if d.Printer().WantsJSON() {
			return d.Printer().ShowOwn(list)
		}
		if len(list) == 0 {
			d.IO.Note("nothing was notified: apo pay --notify-url URL, a request with paymentNotifyUrl or refundNotifyUrl, or apo sandbox --notify-url URL makes a notification")
			return nil
		}
		return d.Printer().SandboxNotifications(list)
	})
}

func notificationID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, say.Fail(say.Usage, "%q is not an ID of apo sandbox notifications list", text)
	}
	return id, nil
}

func notificationError(id int64, err error) error {
	if errors.Is(err, sandbox.ErrNoNotification) {
		return say.Fail(say.NotFound, "there is no notification %d", id).Hint("apo sandbox notifications list shows them")
	}
	return say.Fail(say.Config, "%v", err)
}

func newNotificationsShowCmd(d *app.Run, o *serve.Options) *cobra.Command {
	asHTTP, asCurl := false, false
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Show a notification with its attempts",
		Long: `Show a notification with its body and its attempts: when, what the receiver
answered, and why that did not count.

--http prints the raw HTTP request instead, as it was delivered last or is to be
delivered next, with the exact headers and bytes that verify. A file or a pipe
gets it byte for byte. --curl prints the command that sends it.`,
		Example: `  # a payment that is notified to an address, whether anybody listens there or not
  apo pay --amount 4200 --currency SGD --notify-url http://127.0.0.1:9/hooks/apo

  # all of it
  apo sandbox notifications show 1

  # why the first attempt did not count
  apo sandbox notifications show 1 -q attempts.0.why

  # a body and its signature, to try verify-notify on
  apo sandbox notifications show 1 --http | apo verify-notify --http -

  # a command to paste
  apo sandbox notifications show 1 --curl`,
		Args: app.Arguments(1, 1, "one ID of apo sandbox notifications list"),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := notificationID(args[0])
			if err != nil {
				return err
			}
			if asHTTP && asCurl {
				return say.Fail(say.Usage, "--http and --curl print the same request in two forms; leave one of the two out")
			}
			if (asHTTP || asCurl) && d.Printer().WantsJSON() {
				return say.Fail(say.Usage, "--http and --curl print a request as it is sent, which -o and -q do not change; leave one of the two out")
			}
			box, err := openControl(cmd.Context(), d, o)
			if err != nil {
				return err
			}
			if asHTTP || asCurl {
				return showMessage(d, box, id, asCurl)
			}
			n, err := box.Notification(id)
			if err != nil {
				return notificationError(id, err)
			}
			return d.Printer().SandboxNotification(n)
		},
	}
	cmd.Flags().BoolVar(&asHTTP, "http", false, "print the raw HTTP request: its headers and its body, byte for byte")
	cmd.Flags().BoolVar(&asCurl, "curl", false, "print the curl command that sends it")
	return cmd
}

// showMessage writes the request of a notification, as it is on the wire or as a
// command.
func showMessage(d *app.Run, box controlled, id int64, asCurl bool) error {
	m, err := box.NotificationMessage(id)
	if err != nil {
		return notificationError(id, err)
	}
	if asCurl {
		return d.IO.WriteText(curlOf(m))
	}
	wire, err := rawHTTP(m)
	if err != nil {
		return say.Fail(say.Error, "notification %d: %v", id, err)
	}
	return writeRaw(d, wire)
}

func newNotificationsResendCmd(d *app.Run, o *serve.Options) *cobra.Command {
	to := ""
	cmd := &cobra.Command{
		Use:   "resend ID",
		Short: "Deliver a notification again",
		Long: `Deliver a notification again, whatever became of it: to its own address, or with
--to to another one, for whose path it is signed then. A running server does it
at once; without one, this command does.`,
		Example: `  # a payment that is notified to an address, whether anybody listens there or not
  apo pay --amount 4200 --currency SGD --notify-url http://127.0.0.1:9/hooks/apo

  # the first
  apo sandbox notifications resend 1

  # to a server of yours
  apo sandbox notifications resend 1 --to http://127.0.0.1:3000/hooks/apo

  # and see what came of it
  apo sandbox notifications list`,
		Args: app.Arguments(1, 1, "one ID of apo sandbox notifications list"),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := notificationID(args[0])
			if err != nil {
				return err
			}
			if err := sandbox.CheckNotifyURL(to); to != "" && err != nil {
				return say.Fail(say.Usage, "--to: %v", err)
			}
			box, err := openToChange(cmd.Context(), d, o)
			if err != nil {
				return err
			}
			if err := box.Resend(id, to); err != nil {
				return notificationError(id, err)
			}
			n, err := box.Deliver(cmd.Context(), id)
			if err != nil {
				return notificationError(id, err)
			}
			if d.Printer().Structured() {
				return d.Printer().SandboxNotification(n)
			}
			d.IO.Note(fmt.Sprintf("%s: %s, attempts: %s", n.RequestID, n.State, say.Attempts(n)))
			return nil
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "deliver it to this `URL` instead of its own")
	return cmd
}
