package cmd

import (
	"cmp"
	"strings"

	"github.com/tidwall/gjson"
)

// advice is what the catalogue says to do about a code, with the commands as
// they are to be pasted for the request of this body.
func (d *deps) advice(body []byte, action string) string {
	payment := cmp.Or(gjson.GetBytes(body, "paymentId").String(), gjson.GetBytes(body, "paymentRequestId").String())
	refund := gjson.GetBytes(body, "refundRequestId").String()
	for _, c := range [][2]string{{"inquire", payment}, {"cancel", payment}, {"refund", payment}, {"inquire-refund", refund}} {
		if c[1] != "" {
			action = strings.ReplaceAll(action, "`apo "+c[0]+" ID`", d.command(c[0], c[1]))
		}
	}
	return action
}
