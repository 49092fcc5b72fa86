package app

import (
	"context"
	"fmt"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// whyUntrusted says why the gateway's answer does not verify.
func (s *Session) whyUntrusted(ctx context.Context, failed *apo.Error) []string {
	keys := []diagnose.Key{{Name: "Antom's public key of profile " + s.Profile.Name, Role: diagnose.RoleExpected, Key: s.Operator.Client.AntomKey}}
	keys = append(keys, diagnose.Key{
		Name: "the merchant's key of profile " + s.Profile.Name, Role: diagnose.RoleOwnPublic, Key: s.Operator.Client.Key.Public(),
	})
	if _, file, err := s.Configuration(); err == nil && s.Profile.Name != profile.Local {
		for _, known := range file.Known(ctx, s.Getenv) {
			keys = append(keys, diagnose.Key{Name: "Antom's public key of profile " + known.Name, Role: diagnose.RoleOtherProfile, Key: known.Antom})
		}
	}
	hints := diagnose.Hints{Side: diagnose.Response, ClientIDs: []string{sandbox.ClientID}, Budget: 256 << 20}
	message, signature, ok := failed.Unverified()
	if !ok {
		return nil
	}
	d := diagnose.Signature(ctx, message, signature, keys, hints)
	certainty := "likely"
	if d.Proven {
		certainty = "proven"
	}
	return []string{
		fmt.Sprintf("why the answer does not verify: %s (%s): %s", d.Cause, certainty, d.Explanation),
		s.Words().Command("explain", string(d.Cause)),
	}
}
