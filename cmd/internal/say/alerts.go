package say

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/journal"
)

// Alerts tells what somebody should look at.
func Alerts(p Printer, list []journal.Alert) error {
	if p.WantsJSON() {
		return p.ShowOwn(alertViews(list))
	}
	if len(list) == 0 {
		return nil
	}
	var rows [][]term.Cell
	for _, a := range alertViews(list) {
		tone := term.Doubt
		if a.Kind == journal.AuthorizationEnded {
			tone = term.Failure
		}
		rows = append(rows, append(term.Cells(strconv.FormatInt(a.Record, 10), a.Endpoint, a.Amount, a.Number), term.Cell{Text: a.Why, Tone: tone}))
	}
	return p.WriteCells([]string{"id", "endpoint", "amount", "number", "why"}, rows)
}

// alertView is an alert as scripts see it.
type alertView struct {
	Record   int64             `json:"record"`
	Endpoint string            `json:"endpoint"`
	Number   string            `json:"number"`
	Amount   string            `json:"amount,omitempty"`
	Kind     journal.AlertKind `json:"kind"`
	Why      string            `json:"why"`
}

func alertViews(list []journal.Alert) []alertView {
	views := []alertView{}
	for _, a := range list {
		r := a.Record
		views = append(views, alertView{r.ID, r.Endpoint, r.Number(), Amount(r.Amount), a.Kind, why(a)})
	}
	return views
}

// why says why somebody should look.
func why(a journal.Alert) string {
	r := a.Record
	end := r.AuthEnd.UTC().Format(time.RFC3339)
	switch a.Kind {
	case journal.Stuck:
		return fmt.Sprintf("process %d is still at it", r.Process)
	case journal.NotFinal:
		return "its result is not known yet: " + cmp.Or(r.Result.Code, noteOf(r))
	case journal.Unknown:
		return "in doubt; apo resume asks"
	case journal.DoneAllTheSame:
		return "its answer said " + r.Result.Code + ", and it is done: " + resolvedOf(r)
	case journal.AuthorizationEnds:
		return "authorized and not captured; the authorization ends " + end
	case journal.AuthorizationEnded:
		return "authorized and never captured; the authorization ended " + end
	}
	return string(a.Kind)
}
