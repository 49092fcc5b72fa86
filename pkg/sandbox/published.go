package sandbox

import (
	_ "embed"

	"github.com/apo-cli/apo/pkg/sign"
)

// The keys of a sandbox with a seed. Everybody knows them: they are worth
// nothing.
//
//go:embed published/merchant-private.pem
var publishedMerchant []byte

//go:embed published/antom-private.pem
var publishedAntom []byte

// PublishedKeys are the same for everybody, so that a sandbox with a seed signs
// the same bytes on every run. They protect nothing.
func PublishedKeys() (Keys, error) {
	merchant, err := sign.ParsePrivateKey(publishedMerchant)
	if err != nil {
		return Keys{}, err
	}
	antom, err := sign.ParsePrivateKey(publishedAntom)
	return Keys{merchant, antom}, err
}
