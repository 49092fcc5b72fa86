package cmd

import (
	"bytes"
	"path/filepath"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/pkg/sign"
)

// remember keeps the order of the keys of a notification that verified, and
// none of its values. It is a help for later diagnoses: that it cannot be kept
// is no reason to fail.
func (d *deps) remember(notifyType string, body []byte) {
	file := d.skeletonFile(notifyType)
	skeleton := sign.Skeleton(body)
	if file == "" || skeleton == nil || !bytes.Equal(d.io.Masker.JSON(skeleton), skeleton) { // a name may be a number
		return
	}
	if known, err := profile.ReadFile(file); err == nil && bytes.Equal(known, skeleton) {
		return
	}
	_ = profile.WriteFile(file, skeleton, true)
}

// remembered returns what is known of the type that a body says it has. The
// body is not verified: what it says chooses a file, and nothing else.
func (d *deps) remembered(body []byte) [][]byte {
	file := d.skeletonFile(gjson.GetBytes(body, "notifyType").String())
	if file == "" {
		return nil
	}
	skeleton, err := profile.ReadFile(file)
	if err != nil {
		return nil
	}
	return [][]byte{skeleton}
}

// skeletonFile names the file for a type; empty where the type is no word such
// as PAYMENT_RESULT.
func (d *deps) skeletonFile(notifyType string) string {
	if notifyType == "" || len(notifyType) > 64 || strings.Trim(notifyType, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != "" {
		return ""
	}
	paths, err := profile.FindPaths(d.getenv, d.global.config)
	if err != nil {
		return ""
	}
	return filepath.Join(paths.State, "notifications", notifyType+".json")
}
