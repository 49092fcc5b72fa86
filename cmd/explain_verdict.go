package cmd

import (
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/operate"
)

// decisionIn is what follows from a message that verified: what the engine takes it for.
// What proves nothing stays open.
func decisionIn(facts say.Verified) apo.Decision {
	news := facts.News
	if facts.Side == diagnose.Notification {
		return ofNews(news)
	}
	e, err := apo.FindEndpoint(news.URI)
	if err != nil {
		return ofOutcome("", "")
	}
	return ofOutcome(operate.OutcomeIn(&apo.Answer{Endpoint: e, Raw: news.Body, Result: news.Result}))
}

// ofOutcome is what follows from an outcome; a refusal's code says more. "" is not known.
func ofOutcome(outcome apo.Outcome, code string) apo.Decision {
	if why, known := apo.Decide(code); outcome == apo.Declined && known && why.Money != apo.MovedYes {
		return why
	}
	for _, e := range apo.GroupStatus.Explained(string(outcome)) {
		if d := e.Decision; e.Code == string(outcome) {
			if d.Next == apo.StepResume { // the journal need not know it
				d.Next = apo.StepInquire
			}
			return d
		}
	}
	return apo.Decision{Money: apo.MovedMaybe, Final: apo.StillOpen, RequestID: apo.SameID, Wait: apo.WaitKnown, Buyer: apo.BuyerChecked, Next: apo.StepInquire}
}

// ofNews is what follows from a notification.
func ofNews(n notify.Notification) apo.Decision {
	switch n.Meaning() {
	case notify.DisputeWon:
		return ofDispute("ACCEPT_BY_CUSTOMER")
	case notify.DisputeLost:
		return ofDispute("ACCEPT_BY_MERCHANT")
	case notify.DisputeOpened, notify.DisputePending:
		return ofDispute("DISPUTE")
	}
	outcome := map[notify.Status]apo.Outcome{notify.Succeeded: apo.Succeeded, notify.Failed: apo.Declined}[n.Status]
	if n.Doubt == notify.InProcess {
		outcome = apo.Pending
	}
	return ofOutcome(outcome, n.Result.Code)
}

func ofDispute(code string) apo.Decision {
	return apo.GroupNotification.Explained(code)[0].Decision
}
