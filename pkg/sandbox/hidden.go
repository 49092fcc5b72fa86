package sandbox

import (
	"encoding/json"
	"strings"

	"github.com/apo-cli/apo/pkg/apo"
)

// hiddenID is an ID of the merchant's as it is listed: one that holds a card number, which
// nothing keeps a merchant from, shows its last four digits alone. The books have it as it
// came, and answers and notifications echo it.
func hiddenID(id string) string { return apo.Masker{}.ID(id) }

// hiddenOf is hiddenID of an ID behind its name: "paymentRequestId demo-0001".
func hiddenOf(of string) string {
	name, id, found := strings.Cut(of, " ")
	if !found {
		return hiddenID(of)
	}
	return name + " " + hiddenID(id)
}

// hiddenURL is an address as it is listed, without a password.
func hiddenURL(address string) string { return apo.Masker{IDs: true}.Text(withoutUser(address)) }

// hiddenJSON is a document as it is listed. One without a card number stays as it is,
// byte for byte.
func hiddenJSON(doc json.RawMessage) json.RawMessage {
	if len(doc) == 0 {
		return doc
	}
	return apo.Masker{IDs: true, KeepTokens: true}.JSON(doc)
}
