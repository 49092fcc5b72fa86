package sandbox

import (
	_ "embed"
	"encoding/hex"
	"fmt"

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

// PublishKeys writes the published keys into the folder of a sandbox with a
// seed. It fails where other keys lie there.
func PublishKeys(folder string) error {
	keys, err := PublishedKeys()
	if err != nil {
		return err
	}
	files := KeyFilesIn(folder)
	for file, key := range map[string]*sign.PrivateKey{files.Merchant: keys.Merchant, files.Antom: keys.Antom} {
		if err := createOnce(file, key.PEM()); err != nil {
			return err
		}
		there, err := loadKey(file)
		if err != nil {
			return err
		}
		if there.Public().Fingerprint() != key.Public().Fingerprint() {
			return fmt.Errorf("%s holds a key of its own", file)
		}
	}
	return nil
}

// SeedName is a name for files about a seed.
func SeedName(seed string) string {
	sum := namedSeed(seed)
	return hex.EncodeToString(sum[:8])
}
