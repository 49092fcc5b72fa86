package cmd

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
)

// messageCode is a value in a message that a group explains.
type messageCode struct{ path, group, value string }

// partsOf finds the codes in a body, in their order.
func partsOf(body []byte) (list []messageCode) {
	groups := map[string]string{"outcome": string(apo.GroupStatus), "state": string(apo.GroupStatus)}
	for _, g := range apo.Groups() {
		for _, field := range g.Fields() {
			groups[field] = string(g)
		}
	}
	var walk func(path string, v gjson.Result, depth int)
	walk = func(path string, v gjson.Result, depth int) {
		if depth > 8 || len(list) > 200 {
			return
		}
		v.ForEach(func(key, value gjson.Result) bool {
			at := strings.TrimPrefix(path+"."+key.String(), ".")
			switch group := groups[key.String()]; {
			case value.Type == gjson.JSON:
				walk(at, value, depth+1)
			case key.String() == "exit" && strings.HasSuffix(path, "error"):
				list = append(list, messageCode{at, say.GroupExit, value.String()})
			case group != "" && v.IsObject() && value.Type == gjson.String && value.Str != "" && value.Str != "N/A":
				list = append(list, messageCode{at, group, value.Str})
			}
			return true
		})
	}
	walk("", gjson.ParseBytes(body), 0)
	return list
}
