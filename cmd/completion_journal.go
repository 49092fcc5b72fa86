package cmd

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/operate"
)

// numbersTaken are the commands that take a number of the journal, and what finds it:
// of payments, of refunds, or of records.
func numbersTaken() map[string]func([]journal.Record, time.Time, string) []string {
	return map[string]func([]journal.Record, time.Time, string) []string{
		"apo inquire": payments, "apo timeline": payments,
		"apo capture": but(payments, append(over(), journal.IsCaptured)...), "apo cancel": but(payments, over()...), "apo refund": but(payments, over()...),
		"apo log export": payments, "apo find": payments, "apo sandbox show": payments, "apo sandbox dispute open": payments, "apo dispute show": payments,
		"apo inquire-refund": refunds, "apo session show": sessions, "apo vault show": vaultings,
		"apo log show": records, "apo log resolve": records, "apo log settle": records,
	}
}

// over are the states of payments of which nothing is left to take or to give back.
func over() []journal.PaymentState {
	return []journal.PaymentState{
		journal.IsDeclined, journal.IsCancelled, journal.IsRefunded, journal.IsNeverArrived, journal.IsNotSent, journal.IsRefused,
	}
}

// but leaves out payments in some states, as far as the journal knows: where another
// machine did more, a state is an earlier one. Without the newest there is no @last.
func but(find func([]journal.Record, time.Time, string) []string, out ...journal.PaymentState) func([]journal.Record, time.Time, string) []string {
	return func(list []journal.Record, now time.Time, typed string) []string {
		left := map[string]bool{} // by number; of one that was used again the newest counts
		for _, r := range list {
			if r.Endpoint != "pay" {
				continue
			}
			state, _, _ := strings.Cut(stateOfPayment(r, list, now), ":")
			for _, number := range []string{app.Last, r.Numbers.PaymentRequestID, r.Numbers.PaymentID} {
				if _, newer := left[number]; !newer {
					left[number] = slices.Contains(out, journal.PaymentState(state))
				}
			}
		}
		return slices.DeleteFunc(find(list, now, typed), func(text string) bool {
			word, _, _ := strings.Cut(text, "\t")
			return left[word]
		})
	}
}

// completeNumbers completes the numbers that a command takes.
func completeNumbers(d *app.Run, cmd *cobra.Command) {
	argument := numbersTaken()[cmd.CommandPath()]
	if argument != nil {
		app.CompleteArgumentFound(cmd, onlyFirst(fromJournal(d, journal.Recent, argument)))
	}
	if cmd.Flags().Lookup("of") != nil {
		app.CompleteFound(cmd, "of", fromJournal(d, journal.Recent, payments))
	}
	if cmd.CommandPath() == "apo replay" { // it takes several
		app.CompleteArgumentFound(cmd, fromJournal(d, journal.RecentNotifications, records))
	}
	for flag, f := range map[string]func([]journal.Record, time.Time, string) []string{"payment-request-id": requestIDs, "payment-id": paymentIDs} {
		switch cmd.CommandPath() {
		case "apo capture":
			f = but(f, append(over(), journal.IsCaptured)...)
		case "apo cancel", "apo refund":
			f = but(f, over()...)
		}
		if cmd.Flags().Lookup(flag) != nil && argument != nil {
			app.CompleteFound(cmd, flag, fromJournal(d, journal.Recent, f))
		}
	}
}

// fromJournal completes with what f finds in the newest records of the profile in
// use. The journal is looked at, and not touched.
func fromJournal(d *app.Run, recent func(context.Context, string, string, int) ([]journal.Record, error), f func([]journal.Record, time.Time, string) []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		const directive = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
		paths, file, err := d.Configuration()
		if err != nil {
			return nil, directive
		}
		name, err := profile.Chosen(profile.Request{File: file, Getenv: d.Getenv, Lookup: d.Lookup, Profile: d.Global.Profile})
		if err != nil {
			return nil, directive
		}
		list, err := recent(context.Background(), app.JournalFile(paths), name, 200)
		if err != nil {
			return nil, directive
		}
		return cleaned(d, f(list, d.Now(), typed), typed), directive
	}
}

// cleaned leaves out what a shell would not take for one word and its description,
// and hides what is never shown.
func cleaned(d *app.Run, words []string, typed string) []string {
	var list []string
	for _, text := range words {
		word, about, _ := strings.Cut(text, "\t")
		if !strings.HasPrefix(strings.ToLower(word), strings.ToLower(typed)) {
			continue
		}
		if word == "" || strings.Contains(word, "****") || d.IO.Masker.Text(word) != word || strings.ContainsFunc(word+about, unseen) {
			continue
		}
		list = append(list, word+"\t"+d.IO.Masker.Text(about))
	}
	return list
}

// unseen reports whether a terminal obeys a character, or shows nothing of it.
func unseen(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar
}

// payments are those of the journal under your own IDs, and under APO's once one is
// begun, behind @last.
func payments(list []journal.Record, now time.Time, typed string) []string {
	words := withLast(requestIDs(list, now, typed))
	if strings.HasPrefix(typed, "20") {
		words = append(words, paymentIDs(list, now, typed)...)
	}
	return words
}

// withLast puts @last before the newest.
func withLast(words []string) []string {
	if len(words) == 0 {
		return nil
	}
	_, about, _ := strings.Cut(words[0], "\t")
	return append([]string{app.Last + "\tthe newest: " + about}, words...)
}

func requestIDs(list []journal.Record, now time.Time, _ string) []string {
	return numbersOf(list, now, func(n apo.Numbers) string { return n.PaymentRequestID })
}

func paymentIDs(list []journal.Record, now time.Time, _ string) []string {
	return numbersOf(list, now, func(n apo.Numbers) string { return n.PaymentID })
}

// numbersOf are the numbers of the payments of a journal, the newest first, each with
// what it is.
func numbersOf(list []journal.Record, now time.Time, number func(apo.Numbers) string) []string {
	var words []string
	seen := map[string]bool{}
	for _, r := range list {
		if n := number(r.Numbers); r.Endpoint == "pay" && n != "" && !seen[n] {
			seen[n] = true
			words = append(words, n+"\t"+about(r, stateOfPayment(r, list, now), now))
		}
	}
	return words
}

func refunds(list []journal.Record, now time.Time, _ string) []string {
	var words []string
	for _, r := range list {
		if n := r.Numbers.RefundRequestID; r.Endpoint == "refund" && n != "" {
			words = append(words, n+"\t"+about(r, stateOfCall(r), now))
		}
	}
	return withLast(words)
}

func sessions(list []journal.Record, now time.Time, _ string) (words []string) {
	for _, r := range list {
		if n := r.Numbers.PaymentRequestID; r.Endpoint == "createPaymentSession" && n != "" {
			words = append(words, n+"\t"+about(r, stateOfCall(r), now))
		}
	}
	return words
}

// vaultings are the cards that were to be saved, each once, the newest first.
func vaultings(list []journal.Record, now time.Time, _ string) []string {
	var words []string
	seen := map[string]bool{}
	for _, r := range list {
		if n := r.Number(); operate.IsVaulting(r.Endpoint) && n != "" && !seen[n] {
			seen[n] = true
			words = append(words, n+"\t"+about(r, stateOfCall(r), now))
		}
	}
	return words
}

func records(list []journal.Record, now time.Time, _ string) []string {
	var words []string
	for _, r := range list {
		words = append(words, strconv.FormatInt(r.ID, 10)+"\t"+r.Endpoint+" "+r.Number()+", "+about(r, stateOfCall(r), now))
	}
	return words
}

// about is what a record is: "SGD 42.00, authorized, 3 min ago".
func about(r journal.Record, state string, now time.Time) string {
	text := state + ", " + ago(now.Sub(r.Time))
	if !r.Amount.IsZero() {
		text = say.Amount(r.Amount) + ", " + text
	}
	if r.Mode == "LIVE" {
		text = "LIVE " + text
	}
	return text
}

// stateOfPayment is what the calls of a list tell of a payment; it begins with the
// newest, and has no answers.
func stateOfPayment(pay journal.Record, list []journal.Record, now time.Time) string {
	var its []journal.Record
	for _, r := range slices.Backward(list) {
		if r.IsNotification() {
			continue // it tells by its body
		}
		if r.ID == pay.ID || pay.Numbers.PaymentID != "" && r.Numbers.PaymentID == pay.Numbers.PaymentID {
			its = append(its, r)
		}
	}
	books := journal.BooksOf(journal.History(its, now))
	state := string(books.State())
	if code := books.Payment.ResultCode; books.State() == journal.IsDeclined && code != "" {
		state += ": " + code
	}
	return state
}

// stateOfCall is an outcome in words.
func stateOfCall(r journal.Record) string {
	if r.IsNotification() {
		return say.StateOf(r)
	}
	if r.State == journal.Begun {
		return "in doubt"
	}
	if r.Outcome == apo.Declined && r.Result.Code != "" && r.Resolved.Outcome == "" {
		return "declined: " + r.Result.Code
	}
	return strings.ReplaceAll(string(cmp.Or(r.Outcome, apo.InDoubt)), "-", " ")
}

// ago says how long something is past.
func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s ago", max(0, int(d.Seconds())))
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	}
	return fmt.Sprintf("%d days ago", int(d.Hours()/24))
}
