package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
	"github.com/apo-cli/apo/pkg/sign"
)

type verifyOptions struct {
	signature, time, clientID, uri, method string
	publicKey                              string
}

func newVerifyNotifyCmd(d *deps) *cobra.Command {
	var o verifyOptions
	cmd := &cobra.Command{
		Use:   "verify-notify --signature S --request-time T --uri PATH < body",
		Short: "Check the signature of a notification",
		Long: `Check the signature of a notification, whose body comes on standard input, and
say what the notification means. Exit code 0 means verified, 5 not verified.

The values are those of the headers client-id, request-time and signature, and
the path of your own address with its query. They are taken byte for byte.
--signature takes the bare value, or the whole header, whose items may stand in
any order with spaces between.`,
		Example: `  # with the profile's key of Antom
  apo verify-notify --uri /hooks/apo --client-id "$ID" --request-time "$TIME" --signature "$SIGNATURE" < notify.json

  # with a key of your own, for a script
  apo verify-notify --uri /hooks/apo --client-id "$ID" --request-time "$TIME" --signature "$SIGNATURE" --public-key antom.pem -o json < notify.json`,
		Args: arguments(0, 0, "flags, and the body on standard input"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runVerifyNotify(cmd.Context(), d, &o, cmd.Flags().Changed)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.signature, "signature", "", "`value` of the header signature")
	f.StringVar(&o.time, "request-time", "", "`value` of the header request-time")
	f.StringVar(&o.clientID, "client-id", "", "`value` of the header client-id; the profile's unless given")
	f.StringVar(&o.uri, "uri", "", "`path` of your address with its query, without host")
	f.StringVar(&o.method, "method", "POST", "HTTP `method`")
	f.StringVar(&o.publicKey, "public-key", "", "`file` with Antom's public key; the profile's unless given")
	return cmd
}

// verification is what apo verify-notify -o json prints.
type verification struct {
	Verified       bool    `json:"verified"`
	Cause          string  `json:"cause"`
	Proven         bool    `json:"proven"`
	Explanation    string  `json:"explanation"`
	KeyFingerprint string  `json:"keyFingerprint"`
	Notification   *notice `json:"notification,omitempty"`
}

// notice is what a verified notification says.
type notice struct {
	NotifyType       string `json:"notifyType"`
	ResultStatus     string `json:"resultStatus"`
	ResultCode       string `json:"resultCode"`
	PaymentRequestID string `json:"paymentRequestId,omitempty"`
	PaymentID        string `json:"paymentId,omitempty"`
	CaptureID        string `json:"captureId,omitempty"`
	RefundID         string `json:"refundId,omitempty"`
	Amount           string `json:"amount,omitempty"`
	Meaning          string `json:"meaning"`
}

func runVerifyNotify(ctx context.Context, d *deps, o *verifyOptions, given func(string) bool) error {
	var missing []string
	for _, name := range []string{"signature", "request-time", "uri"} {
		if !given(name) {
			missing = append(missing, "--"+name)
		}
	}
	if len(missing) > 0 {
		return fail(kindUsage, "apo verify-notify needs %s", strings.Join(missing, ", ")).hint("apo verify-notify --help shows examples")
	}
	if d.io.InTTY {
		return fail(kindUsage, "the body comes on standard input, which is the terminal; pipe it in: apo verify-notify … < body.json")
	}
	body, err := d.readInput("standard input:", "-")
	if err != nil {
		return err
	}
	if len(body) == 0 {
		return fail(kindUsage, "there is no body on standard input")
	}
	key, clientID, err := d.notifyKey(ctx, o, given("client-id"))
	if err != nil {
		return err
	}
	m := sign.Message{Method: o.method, Path: o.uri, ClientID: clientID, Time: o.time, Body: body}
	header, err := sign.Header{Signature: o.signature}, error(nil)
	if o.signature == "" || strings.Contains(strings.ToLower(o.signature), "signature=") {
		header, err = sign.ParseHeader(o.signature)
	}
	if err == nil {
		err = header.Verify(key, m)
	}
	v := verification{KeyFingerprint: key.Fingerprint()}
	if err != nil {
		return d.notVerified(v, err)
	}
	v.Verified = true
	return d.verified(v, body)
}

// notifyKey finds the key and the client ID to verify with.
func (d *deps) notifyKey(ctx context.Context, o *verifyOptions, hasID bool) (*sign.PublicKey, string, error) {
	if o.publicKey != "" && hasID {
		key, err := readPublicKey(o.publicKey)
		return key, o.clientID, err
	}
	p, paths, err := d.resolve()
	if err != nil {
		return nil, "", err
	}
	var key *sign.PublicKey
	if p.Name == profile.Local {
		keys, err := sandbox.LoadKeys(boxFolder(paths))
		if err != nil {
			return nil, "", fail(kindConfig, "the embedded sandbox's keys cannot be used: %v", err)
		}
		key, p.ClientID = keys.Antom.Public(), sandbox.ClientID
	} else if key, err = p.AntomKey(ctx); err != nil {
		return nil, "", fail(kindConfig, "%v", err)
	}
	if o.publicKey != "" {
		if key, err = readPublicKey(o.publicKey); err != nil {
			return nil, "", err
		}
	}
	if hasID {
		return key, o.clientID, nil
	}
	return key, p.ClientID, nil
}

func readPublicKey(file string) (*sign.PublicKey, error) {
	text, err := profile.ReadFile(file)
	if err != nil {
		return nil, fail(kindConfig, "--public-key: %v", err)
	}
	key, err := sign.ParsePublicKey(text)
	if err != nil {
		return nil, fail(kindConfig, "--public-key %s: %v", file, err)
	}
	return key, nil
}

// notVerified tells why as far as it is known, and shows nothing of the body.
func (d *deps) notVerified(v verification, err error) error {
	v.Cause, v.Explanation = "content-unexplained", "the signature is not that of this method, path, client ID, time and body by this key"
	if errors.Is(err, sign.ErrHeader) {
		v.Cause, v.Explanation, v.Proven = "signature-header", err.Error(), true
	}
	f := fail(kindSignature, "not verified: %s", v.Explanation)
	f.verdict = &term.Verdict{Mood: term.Bad, What: "not verified", Facts: []string{v.Cause, v.Explanation}}
	if v.Cause == "content-unexplained" {
		f.hint("the body must be the bytes that came, not JSON that was read and written again")
		f.hint("compare the key with the dashboard: Antom's public key, SHA-256 %s", v.KeyFingerprint)
	}
	d.printVerification(v)
	return f
}

func (d *deps) verified(v verification, body []byte) error {
	if err := apo.CheckJSON(body); err != nil {
		v.Explanation = "the signature verifies, but the body is not strict JSON: " + err.Error()
		d.printVerification(v)
		f := fail(kindError, "%s", v.Explanation)
		f.verdict = &term.Verdict{Mood: term.Bad, What: "verified, but unreadable", Facts: []string{err.Error(), "do not act upon it"}}
		return f
	}
	n := read(body)
	v.Notification, v.Explanation = &n, "the signature verifies"
	d.printVerification(v)
	d.io.Say(term.Verdict{
		Mood: term.Good, What: "verified",
		Facts: []string{n.NotifyType, n.Meaning, n.Amount, fact("paymentRequestId", n.PaymentRequestID), fact("paymentId", n.PaymentID)},
	})
	return nil
}

// printVerification writes the result where it was asked for.
func (d *deps) printVerification(v verification) {
	if !d.wantsJSON() {
		return
	}
	text, err := json.Marshal(v)
	if err == nil {
		d.show(text)
	}
}

// read takes from a verified notification what decides the next step.
func read(body []byte) notice {
	doc := gjson.ParseBytes(body)
	text := func(path string) string { return doc.Get(path).String() }
	n := notice{
		NotifyType: first(text("notifyType"), text("disputeNotificationType")), ResultStatus: text("result.resultStatus"),
		ResultCode: text("result.resultCode"), PaymentRequestID: text("paymentRequestId"), PaymentID: text("paymentId"),
		CaptureID: text("captureId"), RefundID: text("refundId"),
	}
	for _, name := range []string{"captureAmount", "refundAmount", "paymentAmount", "disputeAmount"} {
		if doc.Get(name).IsObject() {
			n.Amount = apo.Amount{Currency: text(name + ".currency"), Value: text(name + ".value")}.String()
			break
		}
	}
	n.Meaning = meaning(n.NotifyType, n.ResultStatus, n.ResultCode)
	return n
}

func meaning(kind, status, code string) string {
	why := ""
	if status != "S" {
		why = ": " + reasonOf(code)
	}
	switch {
	case kind == "PAYMENT_PENDING":
		return "the buyer has paid, the result comes later"
	case kind == "PAYMENT_RESULT" && status == "S":
		return "authorized, not captured yet; capture next, ship after the capture"
	case kind == "PAYMENT_RESULT":
		return "the payment failed" + why
	case kind == "CAPTURE_RESULT" && status == "S":
		return "captured; the order may be shipped"
	case kind == "CAPTURE_RESULT":
		return "the capture failed" + why
	case kind == "REFUND_RESULT" && status == "S":
		return "refunded"
	case kind == "REFUND_RESULT":
		return "the refund failed" + why
	case strings.HasPrefix(kind, "DISPUTE"), strings.HasPrefix(kind, "DEFENSE"), kind == "RDR_RESOLVED":
		return "a dispute; see the dashboard"
	}
	return strings.TrimSpace("a notification that apo does not know " + status + " " + code)
}
