package app

import (
	"bytes"
	"cmp"
	"path/filepath"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/notify"
)

// KeepKeyOrder keeps the order of the keys of a notification that verified, and
// none of its values. It is a help for later diagnoses: that it cannot be kept
// is no reason to fail.
func (d *Run) KeepKeyOrder(body []byte) {
	file := d.keyOrderFile(body)
	order := diagnose.KeyOrder(body)
	if file == "" || order == nil || !bytes.Equal(d.IO.Masker.JSON(order), order) { // a name may be a number
		return
	}
	if known, err := profile.ReadFile(d.IO.Interrupted, file); err == nil && bytes.Equal(known, order) {
		return
	}
	_ = profile.WriteFile(file, order, true)
}

// KeyOrders returns what is known of the type that a body says it has. The body
// is not verified: what it says chooses a file, and nothing else.
func (d *Run) KeyOrders(body []byte) [][]byte {
	file := d.keyOrderFile(body)
	if file == "" {
		return nil
	}
	order, err := profile.ReadFile(d.IO.Interrupted, file)
	if err != nil {
		return nil
	}
	return [][]byte{order}
}

// keyOrderFile names the file for the type of a body.
func (d *Run) keyOrderFile(body []byte) string {
	notifyType := TypeIn(body)
	if notifyType == "" {
		return ""
	}
	paths, err := profile.FindPaths(d.Getenv, d.Global.config)
	if err != nil || paths.State == "" {
		return ""
	}
	return filepath.Join(paths.State, "notifications", notifyType+".json")
}

// TypeIn is the type that a body says it has, verified or not; empty where it is
// no word such as PAYMENT_RESULT.
func TypeIn(body []byte) string {
	doc := gjson.ParseBytes(body)
	notifyType := cmp.Or(doc.Get("notifyType").String(), doc.Get("disputeNotificationType").String())
	if notifyType == "" && doc.Get("vaultingRequestId").Exists() {
		notifyType = string(notify.KindVaulting)
	}
	if len(notifyType) > 64 || strings.Trim(notifyType, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != "" {
		return ""
	}
	return notifyType
}
