package compose

import (
	"strings"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
)

// API reads the body and changes it only where that is asked for.
func (src Source) API(endpoint, data string, list []Change) ([]byte, error) {
	if data == "" && len(list) == 0 {
		return nil, say.Fail(say.Usage, "apo api %s needs a body", endpoint).Hint("give it with -d '{…}', -d @file or -d -")
	}
	body := []byte("{}")
	if data != "" {
		var err error
		if body, err = src.ReadData(data); err != nil {
			return nil, err
		}
		if data == "-" || strings.HasPrefix(data, "@") {
			body = src.text("-d", data, body)
			src.IO.Masker.Known.Learn(body)
		}
		if err := apo.CheckJSON(body); err != nil {
			return nil, say.Fail(say.Usage, "-d: %v", err)
		}
		if data != "-" && !strings.HasPrefix(data, "@") {
			if err := src.TypedCard(data, "-d"); err != nil {
				return nil, err
			}
		}
	}
	for _, c := range list {
		if err := src.TypedCard(c.path+"="+c.value, c.flag); err != nil {
			return nil, err
		}
	}
	body, err := apply(body, list)
	if err != nil {
		return nil, err
	}
	src.IO.Masker.Known.Learn(body)
	if err := apo.CheckJSON(body); err != nil {
		return nil, say.Fail(say.Usage, "the request cannot be sent: %v", err)
	}
	return body, nil
}
