package profile

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apo-cli/apo/pkg/apo"
)

// misplaced refuses the text of a key where a name, an ID or an address belongs.
// It would be shown there, sent, or quoted in an error.
func misplaced(where, value string) error {
	if !apo.LooksLikeKey(value) {
		return nil
	}
	advice := "a key belongs into a file, or into APO_PRIVATE_KEY or APO_ANTOM_PUBLIC_KEY"
	if own, found := strings.CutSuffix(where, "_FILE"); found {
		advice = "it takes the name of a file; a key's own text belongs into " + own
	}
	return fmt.Errorf("%s holds the text of a key or certificate, which is not shown: %s", where, advice)
}

// misplacedIn is misplaced for a configuration. Its error names the line.
func misplacedIn(node *yaml.Node, name string) error {
	if node.Kind == yaml.ScalarNode && apo.LooksLikeKey(node.Value) {
		if name == "" {
			name = "a name"
		}
		return fmt.Errorf("line %d: %s holds the text of a key or certificate, which is not shown: a key belongs into a file, or into private_key or antom_public_key", node.Line, name)
	}
	for i, child := range node.Content {
		inner := name
		if node.Kind == yaml.MappingNode {
			switch {
			case i%2 == 0:
				inner = ""
			default:
				inner = node.Content[i-1].Value
			}
		}
		if inner == "private_key" || inner == "antom_public_key" || inner == "agent_token" {
			continue
		}
		if err := misplacedIn(child, inner); err != nil {
			return err
		}
	}
	return nil
}
