package listen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"strconv"
	"time"

	"github.com/apo-cli/apo/cmd/internal/deliver"
	"github.com/apo-cli/apo/pkg/notify"
)

// runCommand gives the body to the command, on its standard input, and takes its
// exit code for the answer: 0 acknowledges. Its own output goes to Config.Output.
func (s *Server) runCommand(c came) (a deliver.Answer) {
	start := time.Now()
	defer func() { a.Took = time.Since(start) }()
	ctx := s.handing
	if s.config.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.config.Timeout)
		defer cancel()
	}
	output, end, err := told(s.config.Output, deliver.EchoOf(c.message.Body))
	if err != nil {
		return deliver.Answer{Err: err}
	}
	defer end()
	cmd := exec.CommandContext(ctx, s.config.Command[0], s.config.Command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(c.message.Body), output, output
	cmd.WaitDelay = time.Second // of a grandchild that keeps the streams open
	cmd.Env = append(append([]string{}, s.config.Environment...),
		"APO_VERIFIED="+strconv.FormatBool(c.trusted()), "APO_KIND="+string(c.news.Kind), "APO_STATUS="+string(c.news.Status))
	err = cmd.Run()
	var failed *exec.ExitError
	switch {
	case err == nil:
		return deliver.Answer{Status: http.StatusOK, Body: []byte(notify.Acknowledgement)}
	case s.handing.Err() != nil:
		return deliver.Answer{Err: errStopped}
	case ctx.Err() != nil:
		return deliver.Answer{Err: deliver.TimeUp{After: s.config.Timeout}}
	case errors.As(err, &failed) && failed.Exited():
		return deliver.Answer{Err: fmt.Errorf("it ended with exit code %d", failed.ExitCode())}
	case errors.As(err, &failed):
		return deliver.Answer{Err: fmt.Errorf("it was ended: %s", failed.ProcessState)}
	}
	return deliver.Answer{Err: err}
}
