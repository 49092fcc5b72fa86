package control

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/apo-cli/apo/pkg/sandbox"
)

// Events hands out changes as they come, behind that of a number, or from now on where it
// is 0, until each returns false, ctx is over or the server ends.
func (c *Client) Events(ctx context.Context, after int64, each func(sandbox.StateChange) bool) error {
	r, err := http.NewRequestWithContext(ctx, "GET", strings.TrimSuffix(c.URL, "/")+"/_apo/events", nil)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+c.Token)
	if after > 0 {
		r.Header.Set("Last-Event-ID", strconv.FormatInt(after, 10))
	}
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
		return failed(resp.StatusCode, text)
	}
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		text, found := strings.CutPrefix(lines.Text(), "data: ")
		if !found {
			continue
		}
		var change sandbox.StateChange
		if err := json.Unmarshal([]byte(text), &change); err != nil {
			return fmt.Errorf("the sandbox at %s sent something else: %w", c.URL, err)
		}
		if !each(change) {
			return nil
		}
	}
	return lines.Err()
}
