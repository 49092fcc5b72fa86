//go:build unix

package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// No payment is lost, none is doubled: many people pay, capture and refund
// through a network that loses answers, with processes that are killed at any
// moment and files that may not grow. Then apo resume asks what became of it
// all, and the books of the sandbox are held against the journal.
//
// APO_CRASH_ROUNDS says how many payments, APO_CRASH_SEED repeats a run as far
// as processes at the same time can be repeated.
func TestCrashes(t *testing.T) {
	t.Parallel()
	rounds, seed := 8, uint64(time.Now().UnixNano())
	for name, to := range map[string]func(string) error{
		"APO_CRASH_ROUNDS": func(s string) (err error) { rounds, err = strconv.Atoi(s); return err },
		"APO_CRASH_SEED":   func(s string) (err error) { seed, err = strconv.ParseUint(s, 10, 64); return err },
	} {
		if value := os.Getenv(name); value != "" {
			if err := to(value); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Logf("seed %d", seed)
	c := newCrowd(t, seed)
	c.measure()

	const atOnce = 4 // people
	round := atomic.Int64{}
	var people sync.WaitGroup
	for range atOnce {
		people.Go(func() {
			for {
				n := int(round.Add(1))
				if n > rounds {
					return
				}
				c.round(n)
			}
		})
	}
	people.Wait()
	eventually(t, "all that was sent arrives", c.lossy.idle)
	open := c.count("log", "--state", "in-doubt") + c.count("log", "--state", "begun") + c.count("log", "--state", "pending")
	c.resolve()
	c.stop()

	a := audit(t, c)
	t.Logf(`%d rounds, %d commands, %d killed, %d with files that could not grow
of the requests that move money: %v
left open: %d, now: %d
payments charged: %d, not charged: %d; captures: %d, refunds: %d
lost: %d, doubled: %d, misreported: %d`,
		rounds, c.commands.Load(), c.kills.Load(), c.limited.Load(), c.lossy.faults, open, a.open,
		a.charged, a.spared, a.captures, a.refunds, a.lost, a.doubled, a.misreported)
	if rounds >= 100 && (a.charged < rounds/5 || a.spared < rounds/20 || a.captures < rounds/10 || a.refunds < rounds/20) {
		t.Error("too little happened for this to prove anything")
	}
}

// crowd are the people who pay, and what they pay through.
type crowd struct {
	t       *testing.T
	seed    uint64
	home    string // of those who pay
	ledger  string // the sandbox's state file
	lossy   *lossy
	stop    func()                   // of lossy
	usual   map[string]time.Duration // how long a command takes
	claimed claims

	commands, kills, limited atomic.Int64
}

func newCrowd(t *testing.T, seed uint64) *crowd {
	boxHome, home := t.TempDir(), t.TempDir()
	for _, h := range []string{boxHome, home} {
		if err := giveKeys(h); err != nil {
			t.Fatal(err)
		}
	}
	server := start(t, boxHome, "sandbox", "--listen", "127.0.0.1:0")
	base := server.shows(t, `(http://127\.0\.0\.1:[0-9]+)  client ID`)
	lossy, address, stop, err := serveLossy(base, seed)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	config := `default_profile: box
profiles:
  box: {client_id: SANDBOX_5YAPO00000000001, gateway: "` + address + `", private_key_file: state/sandbox/merchant-private.pem, antom_public_key_file: state/sandbox/antom-public.pem, timeout: 1s}
`
	if err := os.WriteFile(filepath.Join(home, "config.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return &crowd{
		t: t, seed: seed, home: home, ledger: filepath.Join(boxHome, "state", "sandbox", "state.db"), lossy: lossy, stop: stop,
		usual: map[string]time.Duration{},
	}
}

// measure learns how long commands take when nothing goes wrong, so that they
// can be killed while they work.
func (c *crowd) measure() {
	c.lossy.calm.Store(true)
	defer c.lossy.calm.Store(false)
	took := map[string][]time.Duration{}
	for n := range 5 {
		for _, argv := range c.commandsOf(-n, 1000, "visa") {
			begin := time.Now()
			c.run(argv, 0, 0)
			took[argv[0]] = append(took[argv[0]], time.Since(begin))
		}
	}
	for name, list := range took {
		slices.Sort(list)
		c.usual[name] = list[len(list)/2]
	}
}

// commandsOf are those of one purchase. They move parts, so that doing one
// twice would take more money and not be refused as too much.
func (c *crowd) commandsOf(n, amount int, card string) [][]string {
	id := func(kind string) string { return fmt.Sprintf("%s-%04d", kind, n) }
	part := func(verb string, divisor int) []string {
		return []string{verb, "--payment-request-id", id("pay"), "--amount", strconv.Itoa(amount / divisor), "--currency", "SGD", "--request-id", id(verb)}
	}
	return [][]string{
		{"pay", "--amount", strconv.Itoa(amount), "--currency", "SGD", "--order-id", id("order"), "--card", card, "--request-id", id("pay")},
		part("capture", 2),
		part("refund", 8),
	}
}

// round is one purchase, from the payment to a refund, by somebody who tries
// again when something seems to have gone wrong: as the same request, as they
// should, or as another, as they should not.
func (c *crowd) round(n int) {
	dice := rand.New(rand.NewPCG(c.seed, uint64(n)))
	cards := []string{"visa", "visa", "visa", "visa", "visa", "mastercard", "visa-declined", "visa-insufficient", "visa-processing", "visa-processing-declined"}
	for _, argv := range c.commandsOf(n, 1000+8*n, cards[dice.IntN(len(cards))]) {
		argv = append(argv, "--resolve", []string{"0s", "0s", "2s", "4s"}[dice.IntN(4)])
		twin := slices.Clone(argv)
		if dice.IntN(2) == 0 {
			twin = other(twin)
		}
		var beside sync.WaitGroup
		if dice.IntN(6) == 0 { // somebody else does it at the same time
			beside.Go(func() { c.run(twin, 0, 0) })
		}
		code := c.suffer(dice, argv)
		beside.Wait()
		for range 2 {
			if code == 0 || code == 3 || code == 8 || code == 9 || dice.IntN(2) == 0 {
				break
			}
			if dice.IntN(3) == 0 {
				c.suffer(dice, other(argv))
			} else {
				code = c.suffer(dice, argv)
			}
		}
	}
}

// other is the same under another request ID.
func other(argv []string) []string {
	argv = slices.Clone(argv)
	i := slices.Index(argv, "--request-id")
	argv[i+1] += "-b"
	return argv
}

// suffer runs a command that may be killed, or find that files cannot grow.
func (c *crowd) suffer(dice *rand.Rand, argv []string) int {
	var kill time.Duration
	var blocks int64
	switch dice.IntN(10) {
	case 0, 1, 2:
		kill = 1 + time.Duration(dice.Int64N(int64(c.usual[argv[0]])*5/4))
	case 3:
		size := int64(0)
		for _, name := range []string{"journal.db", "journal.db-wal"} {
			if info, err := os.Stat(filepath.Join(c.home, "state", name)); err == nil {
				size = max(size, info.Size())
			}
		}
		blocks = 1 + dice.Int64N(size/512+60)
	}
	return c.run(argv, kill, blocks)
}

// run runs a command, kills it after a time that is not zero, and lets files
// grow to so many blocks of 512 bytes if they are not zero. -1: it was killed.
func (c *crowd) run(argv []string, kill time.Duration, blocks int64) int {
	cmd := exec.Command("apo", argv...)
	if blocks > 0 {
		c.limited.Add(1)
		cmd = exec.Command("sh", append([]string{"-c", `ulimit -f "$0" && exec apo "$@"`, strconv.FormatInt(blocks, 10)}, argv...)...)
	}
	cmd.Env = append(os.Environ(), "APO_HOME="+c.home)
	var said strings.Builder
	cmd.Stderr = &said
	c.commands.Add(1)
	if err := cmd.Start(); err != nil {
		c.t.Error(err)
		return 0
	}
	if kill > 0 {
		defer time.AfterFunc(kill, func() { cmd.Process.Signal(syscall.SIGKILL) }).Stop()
	}
	cmd.Wait()
	code := cmd.ProcessState.ExitCode()
	if code == -1 {
		c.kills.Add(1)
	}
	c.claimed.add(claim{argv, code, time.Now(), said.String()})
	if strings.Contains(said.String(), "goroutine ") {
		c.t.Errorf("%v shows a stack trace:\n%s", argv, said.String())
	}
	return code
}

// resolve runs apo resume: through the same network and killed, then two at
// once, until nothing is left.
func (c *crowd) resolve() {
	c.run([]string{"resume", "--within", "3s"}, 300*time.Millisecond, 0)
	c.run([]string{"resume", "--within", "3s"}, 0, 0)
	c.lossy.calm.Store(true)
	for deadline := time.Now().Add(4 * time.Minute); ; {
		var both sync.WaitGroup
		codes := make([]int, 2)
		for i := range codes {
			both.Go(func() { codes[i] = c.run([]string{"resume", "--quiet"}, 0, 0) })
		}
		both.Wait()
		if codes[0] == 0 && codes[1] == 0 {
			return
		}
		if time.Now().After(deadline) {
			c.t.Errorf("apo resume still ends with %v", codes)
			return
		}
	}
}

// count is how many records a command of the log lists.
func (c *crowd) count(argv ...string) int {
	cmd := exec.Command("apo", append(argv, "--limit", "100000", "-q", "#")...)
	cmd.Env = append(os.Environ(), "APO_HOME="+c.home)
	out, err := cmd.Output()
	if err != nil {
		c.t.Errorf("%v: %v", argv, err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		c.t.Errorf("%v: %v", argv, err)
	}
	return n
}

// claims are what commands told by their exit codes; -1: killed before it told.
type claims struct {
	mu   sync.Mutex
	list []claim
}

type claim struct {
	argv []string
	code int
	at   time.Time // when it ended
	said string
}

func (c *claims) add(one claim) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = append(c.list, one)
}
