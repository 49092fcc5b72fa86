package sandbox_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// stateOfChild names the variable with the state file of a child that serves it.
const stateOfChild = "APO_TEST_KILLED_STATE"

// serveUntilKilled is the child of TestKilledWhileItDelivers.
func serveUntilKilled(t *testing.T, state string) {
	box, err := sandbox.Open(sandbox.Config{State: state, Keys: publishedKeys(t)})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box)
	fmt.Println("serves " + server.URL)
	_, _ = io.Copy(io.Discard, os.Stdin) // it ends with its parent, or is killed
}

// A sandbox that is killed at any moment loses no news of a payment that it
// answered, tells none that is not on its books, and claims no attempt that was
// not made.
func TestKilledWhileItDelivers(t *testing.T) {
	if state := os.Getenv(stateOfChild); state != "" {
		serveUntilKilled(t, state)
		return
	}
	t.Parallel()
	const rounds = 8
	state := filepath.Join(t.TempDir(), "state.db")
	var mu sync.Mutex
	books := killedBooks{}
	received, answered, reached := map[string]int{}, map[string]bool{}, make(chan bool, 10000)
	hooks := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		mu.Lock()
		received[gjson.GetBytes(body, "paymentRequestId").String()]++
		mu.Unlock()
		reached <- true
		_, _ = io.WriteString(w, acknowledgement)
	}))
	defer hooks.Close()
	for round := range rounds {
		kill, gateway := startChild(t, state)
		stop := make(chan bool)
		wait := payUntil(stop, childClient(t, gateway), hooks.URL+"/hooks/apo", fmt.Sprintf("p-%d", round), func(id string) {
			mu.Lock()
			defer mu.Unlock()
			answered[id] = true
		})
		for range 5 + 7*round { // each round at another moment
			<-reached
		}
		kill()
		close(stop)
		wait()
		books.read(t, state)
	}
	books.agree(t, state)
	m := newMerchant(t, sandbox.Config{}).with(sandbox.Config{State: state})
	must(t, m.box.AwaitDeliveries(t.Context()))
	must(t, m.box.Close())
	m = m.with(sandbox.Config{State: state, Passive: true})
	list, err := m.box.Notifications(100000)
	must(t, err)
	told := map[string]int{}
	for _, n := range list {
		_, id, _ := strings.Cut(n.RequestID, " ")
		told[id] += len(n.Attempts)
		if n.State != sandbox.Accepted || len(n.Attempts) != 1 {
			t.Errorf("%s is %s after %d attempts", id, n.State, len(n.Attempts))
		}
	}
	again := 0
	for id, times := range received {
		if told[id] == 0 {
			t.Errorf("%s was told, and is not on the books", id)
		}
		again += times - told[id]
	}
	for id := range told {
		if received[id] == 0 {
			t.Errorf("%s was never received", id)
		}
	}
	for id := range answered {
		if received[id] == 0 {
			t.Errorf("%s was answered, and never told", id)
		}
	}
	if len(answered) < 5*rounds || again > 16*rounds { // what is under way at a kill is told again
		t.Errorf("%d payments, %d told again", len(answered), again)
	}
}

// killedBooks are the books as they were found after each kill, by the last event.
type killedBooks map[int64]string

func (b killedBooks) read(t *testing.T, state string) {
	t.Helper()
	m := newMerchant(t, sandbox.Config{}).with(sandbox.Config{State: state, Passive: true})
	n := lastEvent(t, m.box)
	b[n] = shown(t, past(t, m.box, sandbox.Moment{Event: n}))
	sameText(t, "the last event after a kill", b[n], shown(t, m.box))
	must(t, m.box.Close())
}

// agree holds that whatever was killed since, they were then what they were.
func (b killedBooks) agree(t *testing.T, state string) {
	t.Helper()
	m := newMerchant(t, sandbox.Config{}).with(sandbox.Config{State: state, Passive: true})
	for n, want := range b {
		sameText(t, fmt.Sprintf("event %d", n), shown(t, past(t, m.box, sandbox.Moment{Event: n})), want)
	}
	must(t, m.box.Close())
}

// payUntil makes payments of four buyers until it is told to stop, and says which
// were authorized.
func payUntil(stop <-chan bool, client *apo.Client, hooks, name string, authorized func(id string)) (wait func()) {
	var all sync.WaitGroup
	for buyer := range 4 {
		all.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				request := (&merchant{}).request(fmt.Sprintf("%s-%d-%d", name, buyer, i), "1000", "visa")
				request.PaymentNotifyURL = hooks
				if answer, err := client.Pay(context.Background(), request); err == nil && answer.Result.Code == "SUCCESS" {
					authorized(request.PaymentRequestID)
				}
			}
		})
	}
	return all.Wait
}

// startChild runs a sandbox in a process of its own.
func startChild(t *testing.T, state string) (kill func(), gateway string) {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^TestKilledWhileItDelivers$")
	c.Env = append(os.Environ(), stateOfChild+"="+state)
	in, err := c.StdinPipe()
	must(t, err)
	out, err := c.StdoutPipe()
	must(t, err)
	must(t, c.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if url, found := strings.CutPrefix(lines.Text(), "serves "); found {
			gateway = url
			break
		}
	}
	if gateway == "" {
		t.Fatal("the child does not serve")
	}
	return func() {
		_ = c.Process.Kill()
		in.Close()
		_ = c.Wait()
	}, gateway
}

func childClient(t *testing.T, address string) *apo.Client {
	t.Helper()
	gateway, err := apo.ParseGateway(address)
	must(t, err)
	keys := publishedKeys(t)
	return &apo.Client{Gateway: gateway, ClientID: sandbox.ClientID, Key: keys.Merchant, AntomKey: keys.Antom.Public()}
}
