package profile

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/apo-cli/apo/pkg/apo"
)

// slip says what got into a value that nobody wrote there: the quotes of a .env
// file, which docker --env-file and others keep, a blank or the end of a line from
// the clipboard, a character that nobody sees. Empty: nothing. A client ID in
// quotes would be one of live, a folder in quotes another folder.
func slip(value string) string {
	first, _ := utf8.DecodeRuneInString(value)
	last, _ := utf8.DecodeLastRuneInString(value)
	switch {
	case unicode.Is(unicode.Quotation_Mark, first) || unicode.Is(unicode.Quotation_Mark, last) || first == '`' || last == '`':
		return "has quotation marks around it, which are taken for a part of it; write it without them"
	case unicode.IsSpace(first) || unicode.IsSpace(last):
		return "begins or ends with a blank or a line break; write it without"
	case strings.ContainsFunc(value, invisible):
		return "holds an invisible character; type it anew instead of pasting it"
	}
	return ""
}

// invisible reports whether a character leaves no mark where it is shown.
func invisible(c rune) bool {
	return c != utf8.RuneError && // a folder's name need not be UTF-8
		(!unicode.IsGraphic(c) || unicode.In(c, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector))
}

// CheckClientID holds the rule for client IDs: whatever is none would be taken
// for one of live.
func CheckClientID(id string) error {
	if problem := slip(id); problem != "" {
		return errors.New(problem)
	}
	if apo.Placeholder(id) != "" {
		return errors.New("is a placeholder that nothing was put in for")
	}
	if err := noCard(id); err != nil {
		return err
	}
	if isExample(strings.TrimPrefix(id, apo.SandboxPrefix)) {
		return errors.New("stands where a client ID belongs, and is none; write the dashboard's")
	}
	for _, c := range id {
		switch {
		case strings.ContainsRune("${}<>%", c):
			return errors.New("is a placeholder that nothing was put in for")
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-':
		default:
			return fmt.Errorf("holds %q; a client ID has letters, digits, '_' and '-'", c)
		}
	}
	if !apo.IsSandbox(id) && strings.Contains(strings.ToUpper(id), "SANDBOX") {
		return fmt.Errorf("speaks of a sandbox but does not begin with %s, so that it would be taken for one of live; write it as the dashboard shows it", apo.SandboxPrefix)
	}
	return nil
}

// CheckKeyVersion holds the rule for what stands as keyVersion in a header.
func CheckKeyVersion(version string) error {
	if problem := slip(version); problem != "" {
		return errors.New(problem)
	}
	if apo.Placeholder(version) != "" {
		return errors.New("is a placeholder that nothing was put in for")
	}
	if err := noCard(version); err != nil {
		return err
	}
	for _, c := range version {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.') {
			return errors.New("cannot stand in a Signature header; it is a number, such as 1")
		}
	}
	return nil
}

// isExample knows the words that people write where an ID is to come.
func isExample(word string) bool {
	switch word = strings.ToLower(word); word {
	case "", "todo", "tbd", "test", "changeme", "change_me", "change-me", "replaceme", "replace_me", "replace-me", "example", "dummy", "client_id", "client-id", "clientid", "foo", "bar":
		return true
	}
	return len(word) > 1 && strings.Trim(word, "x") == ""
}

// noCard refuses a card number where a word belongs that is sent, shown and stored
// as it stands.
func noCard(value string) error {
	if apo.HoldsCard(value) {
		return errors.New("holds a card number, which is not shown; it would be sent and stored as it stands")
	}
	return nil
}
