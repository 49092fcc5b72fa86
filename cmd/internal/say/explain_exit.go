package say

import (
	"strconv"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
)

// GroupExit is the group of exit codes, which are apo's own and not APO's.
const GroupExit = "exit"

// exitCode is what the shell has in $? after a command.
type exitCode struct {
	code          int
	kind, meaning string
	decision      apo.Decision
}

// exitCodes are those of the topic exit-codes, and those of a shell that report a
// command which was ended from outside.
func exitCodes() []exitCode {
	unsent := func(wait apo.Wait, buyer apo.ForBuyer, next apo.Step) apo.Decision {
		return apo.Decision{Money: apo.MovedNo, Final: apo.StillOpen, RequestID: apo.SameID, Wait: wait, Buyer: buyer, Next: next}
	}
	open := apo.Decision{Money: apo.MovedMaybe, Final: apo.StillOpen, RequestID: apo.SameID, Wait: apo.WaitKnown, Buyer: apo.BuyerChecked, Next: apo.StepResume}
	caller, pending := open, open
	caller.Wait, caller.Buyer, caller.Next = apo.WaitMended, apo.BuyerLater, apo.StepProfile
	pending.Wait, pending.Buyer = "2s", apo.BuyerWaits
	return []exitCode{
		{0, "ok", "a verified S, or the command did its work", apo.Decision{Money: apo.MovedYes, Final: apo.Final, RequestID: apo.NeitherID, Wait: apo.WaitNone, Buyer: apo.BuyerDone, Next: apo.StepInquire}},
		{1, "error", "anything that no other code names; an inquiry that found nothing or failed", open},
		{2, "usage", "wrong flags or input; nothing was sent", unsent(apo.WaitMended, apo.BuyerNothing, apo.StepHelp)},
		{3, "declined", "a verified F, and no money moved; of inquire: the payment failed or was cancelled", apo.Decision{Money: apo.MovedNo, Final: apo.Final, RequestID: apo.NewID, Wait: apo.WaitNone, Buyer: apo.BuyerOtherWay, Next: apo.StepInquire}},
		{4, "config", "profile, key or credentials are missing or unusable, or the gateway did not recognise the caller; unsigned, that proves nothing", caller},
		{5, "signature", "an answer or notification is not signed as it must be: nothing in it counts", open},
		{6, "in doubt", "sent, but no usable answer came; money may have moved", open},
		{7, "unreachable", "the gateway could not be reached; nothing was sent", unsent(apo.WaitMended, apo.BuyerLater, apo.StepProfile)},
		{8, "pending", "a verified U, or a wait that ran out; not known yet", pending},
		{9, "refused", "a guard or a \"no\" stopped it; nothing was sent", unsent(apo.WaitKnown, apo.BuyerChecked, apo.StepResume)},
		{130, "interrupted", "Ctrl-C, or another signal, before anything was sent", unsent(apo.WaitNone, apo.BuyerNothing, apo.StepResume)},
		{124, "timeout", "timeout(1) ended the command: no code of apo's, and nothing is known", open},
		{134, "abort", "a fault that no program can catch ended the command: no code of apo's, and nothing is known", open},
		{137, "killed", "a kill ended the command: no code of apo's, and nothing is known", open},
		{143, "terminated", "a SIGTERM that apo did not catch ended the command: no code of apo's, and nothing is known", open},
	}
}

// ExplainedExits are all exit codes.
func ExplainedExits() []Explanation {
	kinds := map[int][]Kind{1: {Error, NotFound, InquiryFailed}, 2: {Usage}, 3: {Declined}, 4: {Config, Unrecognised}, 5: {Signature}, 6: {InDoubt}, 7: {Unreachable}, 8: {Pending}, 9: {Refused}, 130: {Interrupted}}
	var list []Explanation
	for _, c := range exitCodes() {
		var names []string
		for _, k := range kinds[c.code] {
			names = append(names, string(k))
		}
		e := Explanation{
			Group: GroupExit, Code: strconv.Itoa(c.code), Names: names, Meaning: c.kind + ": " + c.meaning, Decision: c.decision,
			facts: []fact{{"kind", c.kind}}, prose: term.Wrap("Of a command that moves money; one that asks says what became of it. apo help exit-codes lists them.", 80),
		}
		if c.code == 1 {
			e.Provisos = []string{"Of a command that moves no money nothing moved"}
		}
		list = append(list, e)
	}
	return list
}
