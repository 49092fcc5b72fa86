package say

import (
	"crypto/x509"
	"errors"
)

// unknownAuthority reports whether a connection failed because nobody that this
// machine trusts has signed the certificate.
func unknownAuthority(err error) bool {
	var unknown x509.UnknownAuthorityError
	return errors.As(err, &unknown)
}
