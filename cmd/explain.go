package cmd

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/spelling"
	"github.com/apo-cli/apo/pkg/apo"
)

func newExplainCmd(d *app.Run) *cobra.Command {
	var search string
	cmd := &cobra.Command{
		Use:   "explain [GROUP] [CODE|-]",
		Short: "Explain a code, a status, a field or a whole answer, as a decision",
		Long: `Explain what a code or a word means, as a decision: did money move; is it final; the
same request ID, a new one or neither, and when; what the buyer may be told; the next
command. It asks nobody and reads no account.

CODE is a result code, a status, a kind of notification, an exit code, a cause of apo
verify-notify, a fault, a field of a request, or a raw code of a card payment. One that
is in several groups is explained in all, the likeliest first; GROUP chooses:
  code, status, notification, exit, cause, fault, field
  iso (refusalCodeRaw), mac (merchantAdviceCode), avs, cvv, 3ds, eci, acquirer
GROUP alone lists what is in it, and without an argument the groups are listed. Raw
codes differ per acquirer.

With - it reads an answer or a notification, in any form that apo help forms lists, or
its body alone, and explains each code in it. It is UNVERIFIED unless its signature
verifies with the profile's key, and nothing unverified is a result: exit code 5 where
there is a signature that does not verify.

--search finds explanations by their words.

With -o json there are money (no, maybe, yes, not-said), final (true, false, null where it
is not said), requestId (same, new, neither), wait (a time such as 1h, none, later,
until-mended, until-known, never), buyer and next; other meanings are in others.`,
		Example: `  # what to do about a result code
  apo explain DO_NOT_HONOR

  # when may this card be tried again?
  apo explain mac 24 -q wait

  # what a network's code means, and what else has that number
  apo explain 05

  # why a body that was written again does not verify
  apo explain body-reserialized

  # how a field has to look
  apo explain cardholderName

  # all that has to do with 3DS
  apo explain --search 3ds

  # a whole answer
  apo inquire demo-0001 | apo explain -`,
		Args: app.Arguments(0, 2, "a group, a code, or both"),
		RunE: func(cmd *cobra.Command, args []string) error {
			e := explainer{d}
			if cmd.Flags().Changed("search") {
				return e.search(strings.Join(append([]string{search}, args...), " "))
			}
			return e.explain(cmd.Context(), args)
		},
		ValidArgsFunction: completeExplained,
	}
	cmd.Flags().StringVar(&search, "search", "", "`words` to find explanations by; those behind it count too")
	cmd.AddCommand(newExplainFaultCmd(d))
	return cmd
}

// explainer answers apo explain.
type explainer struct{ run *app.Run }

func (e explainer) explain(ctx context.Context, args []string) error {
	switch {
	case len(args) == 0:
		return e.run.Printer().ListGroups(explained())
	case slices.Contains(args, "-") && len(args) == 1:
		return e.message(ctx)
	}
	group, grouped := groupNamed(args[0])
	switch {
	case len(args) == 1 && grouped:
		return e.run.Printer().ListExplained(group.All)
	case len(args) == 2 && !grouped:
		f := say.Fail(say.Usage, "%q is no group of codes", args[0])
		if best := spelling.Nearest(args[0], groupNames()); best != "" {
			f.Hint("did you mean %s?", best)
		}
		return f.Hint("apo explain lists the groups; apo explain --search %s finds by words", say.Quoted(strings.Join(args, " ")))
	case len(args) == 2:
		return e.word(args[1], []say.ExplainedGroup{group})
	}
	return e.word(args[0], explained())
}

// word explains one word in all groups that have it.
func (e explainer) word(typed string, groups []say.ExplainedGroup) error {
	word, field := bare(typed)
	if group, known := groupNamed(field); known && field != "" {
		groups = []say.ExplainedGroup{group}
	}
	if found := meanings(word, groups); len(found) > 0 {
		if len(found) > 1 {
			e.run.IO.Note(strings.TrimSpace(typed) + " has several meanings; the likeliest comes first, and apo explain " + found[0].Group + " " + say.Quoted(found[0].Code) + " shows it alone")
		}
		return e.run.Printer().Explain(e.run.Words(), found)
	}
	return unexplained(typed, word, groups)
}

// unexplained refuses a word that means nothing, with the one that was probably meant.
func unexplained(typed, word string, groups []say.ExplainedGroup) error {
	f := say.Fail(say.Usage, "%q is nothing that apo can explain", typed)
	if len(groups) == 1 {
		f = say.Fail(say.Usage, "%q is not in the group %s", typed, groups[0].Name)
	}
	words := groupNames()
	if len(groups) == 1 {
		words = nil
	}
	for _, g := range groups {
		for _, one := range g.All {
			words = append(words, one.Code)
		}
	}
	if best := spelling.Nearest(word, words); best != "" && len(word) > 2 {
		f.Hint("did you mean %s?", best)
	}
	if len(groups) == 1 {
		if apo.Group(groups[0].Name).IsRaw() {
			f.Hint("raw codes differ per acquirer: the acquirer's own documents have those that the networks' tables lack")
		}
		return f.Hint("apo explain %s lists what is in it", groups[0].Name)
	}
	if strings.Trim(word, "0123456789") == "" {
		f.Hint("an acquirer's own code is in its documents: raw codes differ per acquirer")
	}
	return f.Hint("apo explain lists the groups, and apo explain --search WORDS finds by words")
}

// meanings are those of a word, the likeliest group first; what is written just so goes
// before what differs in case.
func meanings(word string, groups []say.ExplainedGroup) []say.Explanation {
	var exact, others []say.Explanation
	for _, g := range groups {
		for _, one := range g.All {
			switch {
			case one.Code == word:
				exact = append(exact, one)
			case strings.EqualFold(one.Code, word), slices.Contains(one.Names, strings.ToLower(word)), len(word) == 1 && word >= "0" && word <= "9" && one.Code == "0"+word && apo.Group(one.Group).IsRaw():
				others = append(others, one)
			}
		}
	}
	found := append(exact, others...)
	for _, g := range groups {
		switch fault, known := findFault(word); {
		case g.Name == say.GroupField:
			found = append(found, fieldsNamed(word, len(found) > 0)...)
		case g.Name == say.GroupFault && known && len(found) == 0: // another name of it
			found = append(found, say.ExplainedFault(fault))
		}
	}
	return found
}

// bare is a word without what surrounds it where it was copied: quotes, and the name of
// its field.
func bare(typed string) (word, field string) {
	const around = " \t\r\n\"'`,;{}"
	word = strings.Trim(typed, around)
	if name, value, found := strings.Cut(word, ":"); found || strings.Contains(word, "=") {
		if !found {
			name, value, _ = strings.Cut(word, "=")
		}
		if name, value = strings.Trim(name, around), strings.Trim(value, around); name != "" && value != "" {
			return value, name[strings.LastIndexByte(name, '.')+1:]
		}
	}
	return word, ""
}

func (e explainer) search(words string) error {
	found := say.Search(explained(), words)
	if len(found) == 0 {
		return say.Fail(say.NotFound, "nothing that apo can explain has %q in it", words).Hint("fewer words find more; apo explain lists the groups")
	}
	return e.run.Printer().ListFound(found)
}

// completeExplained offers groups and what is in them, each with its meaning.
func completeExplained(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var words []string
	switch len(args) {
	case 0:
		for _, g := range explained() {
			words = append(words, g.Name+"\t"+g.About)
			if g.Name == string(apo.GroupCode) || g.Name == say.GroupCause {
				words = append(words, explainedWords(g)...)
			}
		}
	case 1:
		if g, known := groupNamed(args[0]); known {
			words = explainedWords(g)
		}
	}
	return words, cobra.ShellCompDirectiveNoFileComp
}

func explainedWords(g say.ExplainedGroup) (words []string) {
	for _, one := range g.All {
		meaning := one.Meaning
		if code, known := apo.Lookup(one.Code); known && g.Name == string(apo.GroupCode) {
			meaning = code.Status + ", " + meaning
		}
		words = append(words, one.Code+"\t"+meaning)
	}
	return words
}
