package cmd

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

type sandboxOptions struct {
	listen string
	state  string
	memory bool
}

func newSandboxCmd(d *deps) *cobra.Command {
	var o sandboxOptions
	cmd := group(&cobra.Command{
		Use:   "sandbox",
		Short: "Run a local APO, for any client",
		Long: `Run a local APO: a gateway that checks signatures, keeps payments, captures and
refunds, and signs its answers. Any client of APO can use it; apo's profile local
uses the same one, without a port, and shares its state.

The server speaks HTTP on this machine alone. Its client ID and keys are those
of apo sandbox credentials.`,
		Example: `  # on the usual port, until Ctrl-C
  apo sandbox

  # on a free port, forgetting everything at the end, each request as JSON
  apo sandbox --listen 127.0.0.1:0 --memory -o json`,
	}, newSandboxCardsCmd(d), newSandboxCredentialsCmd(d, &o))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownCommand(cmd, args[0])
		}
		return runSandbox(cmd.Context(), d, &o)
	}
	cmd.Flags().StringVar(&o.listen, "listen", sandbox.DefaultAddress, "`address` to listen on; port 0 is any free one")
	cmd.PersistentFlags().StringVar(&o.state, "state", "", "`file` of the state; its keys lie beside it (default: that of profile local)")
	cmd.Flags().BoolVar(&o.memory, "memory", false, "keep no state")
	return cmd
}

// folder is where the sandbox keeps its state file and keys.
func (o *sandboxOptions) places(d *deps) (state, folder string, err error) {
	if o.state != "" {
		absolute, err := filepath.Abs(o.state)
		if err != nil {
			return "", "", fail(kindUsage, "--state %s: %v", o.state, err)
		}
		return absolute, absolute + ".keys", nil
	}
	paths, _, err := d.configuration()
	if err != nil {
		return "", "", err
	}
	folder = boxFolder(paths)
	return filepath.Join(folder, "state.db"), folder, nil
}

func runSandbox(ctx context.Context, d *deps, o *sandboxOptions) error {
	if o.memory && o.state != "" {
		return fail(kindUsage, "--memory and --state contradict each other")
	}
	host, _, err := net.SplitHostPort(o.listen)
	if err != nil {
		return fail(kindUsage, "--listen %q is not an address such as %s", o.listen, sandbox.DefaultAddress)
	}
	if !apo.IsLoopback(host) {
		return fail(kindUsage, "--listen %q is not on this machine; the sandbox listens on loopback alone", o.listen)
	}
	state, folder, err := o.places(d)
	if err != nil {
		return err
	}
	keys, err := sandbox.LoadKeys(folder)
	if err != nil {
		return fail(kindConfig, "the sandbox's keys cannot be used: %v", err)
	}
	if o.memory {
		state = ""
	}
	box, err := sandbox.Open(sandbox.Config{State: state, Keys: keys, Now: d.now, Log: d.logEvent})
	if err != nil {
		return fail(kindConfig, "%v", err)
	}
	defer box.Close()
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return fail(kindError, "%s is not free: %v", o.listen, errors.Unwrap(err)).hint("--listen 127.0.0.1:0 takes any free port")
	}
	base := "http://" + listener.Addr().String()
	box.ServePagesAt(base)
	d.sayReady(base, folder)

	server := &http.Server{
		Handler: box, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fail(kindError, "the sandbox stopped: %v", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_ = server.Shutdown(stop)
	if !d.wantsJSON() {
		d.io.Note("stopped")
	}
	return nil
}

// sayReady tells how to use the server, once it listens.
func (d *deps) sayReady(base, folder string) {
	files := sandbox.KeyFilesIn(folder)
	if d.wantsJSON() {
		_ = d.showLine(map[string]any{"type": "ready", "gateway": base, "clientId": sandbox.ClientID, "pid": os.Getpid()})
		return
	}
	d.io.Say(term.Verdict{Mode: "LOCAL", Mood: term.Good, What: "sandbox ready", Facts: []string{base, "client ID " + sandbox.ClientID}})
	d.io.Hint(fmt.Sprintf("to use it: apo profile add box --gateway %s --client-id %s --private-key-file %s --antom-public-key-file %s",
		base, sandbox.ClientID, quoted(files.Merchant), quoted(files.AntomPublic)))
	d.io.Hint("keys for an SDK: apo sandbox credentials -o json")
}

// logEvent writes one line for each request that was answered.
func (d *deps) logEvent(e sandbox.Event) {
	if d.wantsJSON() {
		_ = d.showLine(map[string]any{
			"type": "request", "time": e.Time.Format(time.RFC3339Nano), "endpoint": e.Endpoint, "resultStatus": e.Status,
			"resultCode": e.Code, "id": e.ID, "tookMs": float64(e.Took.Microseconds()) / 1000,
		})
		return
	}
	line := fmt.Sprintf("%s  %-14s %s %-24s %6.1f ms  %s\n", e.Time.Format("15:04:05.000"), e.Endpoint, e.Status, e.Code, float64(e.Took.Microseconds())/1000, e.ID)
	_ = d.io.WriteText(d.io.Masker.Text(line))
}

// showLine writes one JSON document on one line, masked.
func (d *deps) showLine(data any) error {
	text, err := apo.Encode(data)
	if err != nil {
		return err
	}
	return d.io.WriteJSON(text, term.NDJSON)
}

func newSandboxCardsCmd(d *deps) *cobra.Command {
	return &cobra.Command{
		Use:   "cards",
		Short: "List the test cards and what happens to each",
		Long: `List the test cards and what happens to each. Every other valid number is
authorized. The numbers are well-known test numbers; nobody can pay with them.`,
		Example: `  # as a table
  apo sandbox cards

  # the names alone
  apo sandbox cards -q '#.name'`,
		Args: arguments(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			type card struct {
				Name    string `json:"name"`
				Brand   string `json:"brand"`
				Number  string `json:"number"`
				CVV     string `json:"cvv"`
				Meaning string `json:"meaning"`
			}
			var list []card
			var rows [][]string
			for _, c := range sandbox.TestCards() {
				list = append(list, card{c.Name, c.Brand, c.Number, c.CVV(), c.Meaning})
				rows = append(rows, []string{c.Name, c.Brand, c.Number, c.Meaning})
			}
			if d.wantsJSON() {
				return d.showOwn(list)
			}
			return d.io.WriteTable([]string{"NAME", "BRAND", "NUMBER", "WHAT HAPPENS"}, rows)
		},
	}
}

// credentials is what apo sandbox credentials -o json prints. They are worth
// nothing outside this sandbox.
type credentials struct {
	Gateway                string `json:"gateway"`
	ClientID               string `json:"clientId"`
	MerchantPrivateKey     string `json:"merchantPrivateKey,omitempty"`
	MerchantPrivateKeyFile string `json:"merchantPrivateKeyFile"`
	MerchantPublicKey      string `json:"merchantPublicKey"`
	AntomPublicKey         string `json:"antomPublicKey"`
	AntomPublicKeyFile     string `json:"antomPublicKeyFile"`
	AntomPrivateKeyFile    string `json:"antomPrivateKeyFile"`
}

func newSandboxCredentialsCmd(d *deps, o *sandboxOptions) *cobra.Command {
	var gateway string
	cmd := &cobra.Command{
		Use:   "credentials",
		Short: "Print client ID and keys of the sandbox, for an SDK",
		Long: `Print client ID and keys of the sandbox, for an SDK. The keys are in base64 on one
line, as the official SDKs take them. With -o json the merchant's private key is
printed too: it is the sandbox's own and worth nothing elsewhere.`,
		Example: `  # everything, for a test's set-up
  apo sandbox credentials -o json

  # one value
  apo sandbox credentials -q antomPublicKey`,
		Args: arguments(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			_, folder, err := o.places(d)
			if err != nil {
				return err
			}
			keys, err := sandbox.LoadKeys(folder)
			if err != nil {
				return fail(kindConfig, "the sandbox's keys cannot be used: %v", err)
			}
			files := sandbox.KeyFilesIn(folder)
			c := credentials{
				Gateway: gateway, ClientID: sandbox.ClientID,
				MerchantPrivateKey:     base64.StdEncoding.EncodeToString(keys.Merchant.DER()),
				MerchantPrivateKeyFile: files.Merchant,
				MerchantPublicKey:      keys.Merchant.Public().Base64(),
				AntomPublicKey:         keys.Antom.Public().Base64(),
				AntomPublicKeyFile:     files.AntomPublic,
				AntomPrivateKeyFile:    files.Antom,
			}
			if d.wantsJSON() {
				return d.showOwn(c)
			}
			return d.io.WriteTable([]string{"NAME", "VALUE"}, [][]string{
				{"gateway", c.Gateway},
				{"clientId", c.ClientID},
				{"merchantPrivateKeyFile", c.MerchantPrivateKeyFile},
				{"merchantPublicKey", c.MerchantPublicKey},
				{"antomPublicKey", c.AntomPublicKey},
				{"antomPublicKeyFile", c.AntomPublicKeyFile},
			})
		},
	}
	cmd.Flags().StringVar(&gateway, "gateway", "http://"+sandbox.DefaultAddress, "`URL` to name as the gateway")
	return cmd
}
