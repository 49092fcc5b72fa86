package app

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/spelling"
)

// OtherWords are the words that other tools have for what apo does, by the command
// under which they are looked for: each line has the words, and where they lead. What
// moves money is led to by its help alone.
func OtherWords() map[string]string {
	return map[string]string{
		"apo": `
logs-tail tail: apo log --follow
events logs history activity requests list ls: apo log
events-resend events-retry resend deliveries attempts webhook-deliveries notify notification notifications: apo sandbox notifications
redeliver redelivery webhooks-redeliver webhook-replay replays: apo replay
forward tunnel proxy relay hooks receive receiver listener webhooks-listen events-listen local-webhook: apo listen
events-trigger webhooks-trigger webhooks-simulate simulate fire emit send-webhook webhook-test test-webhook: apo trigger
login logout whoami auth config configure init setup account accounts project projects env profiles use: apo profile
doctor check ping health test-connection validate: apo profile check
cards card test-cards testcards: apo sandbox cards
sessions checkout-session checkout-sessions payment-link payment-links hosted: apo session
token tokens nonce tokenize: apo sandbox token
ui dashboard open browse web serve server mock start up emulator samples fixtures: apo sandbox
scenario scenarios stories: apo sandbox scenarios
test run ci: apo sandbox run
snippets sdk samples-create: apo sandbox snippets
status get show view query retrieve lookup payment payments payment_intent payment_intents payment-intents charges orders transaction transactions: apo inquire
refunds: apo inquire-refund
vaulting tokenize save-card saved-cards tokens: apo vault
disputes chargeback chargebacks: apo dispute list
defend contest evidence: apo help dispute
payment-methods payment_methods paymentmethods payment_method acquirers consult: apo methods
captures: apo timeline
balance balance_transactions stats metrics report reports: apo log stats
watch alerts: apo log watch
export: apo log export
search grep: apo find
verify verify-notification verify-webhook verify-signature webhook webhooks webhook_endpoints signature construct-event: apo verify-notify
key rsa secrets keygen: apo keys
codes code errors error decline-codes fault faults cause causes: apo explain
recover reconcile retry: apo resume
upgrade update about: apo version
commands docs man usage: apo help
autocomplete: apo completion
exit-code exitcodes: apo help exit-codes
authorize authorise charge checkout create purchase sale payments-create payment_intents-create charges-create: apo help pay
confirm settle payment_intents-capture: apo help capture
void reverse delete rm: apo help cancel
reimburse refunds-create: apo help refund
curl request post put raw: apo help api`,
		"apo sandbox": `
faults fault: apo explain fault
logs log tail webhooks deliveries notification: apo sandbox notifications
resend redeliver retry replay: apo sandbox notifications resend
payments payment list: apo sandbox ls
get inquire status: apo sandbox show
keys credential env config: apo sandbox credentials
start serve server up open ui: apo sandbox
listen forward tunnel: apo listen
trigger fire notify: apo trigger
rules: apo sandbox rule
disputes chargeback chargebacks: apo sandbox dispute
scenario story: apo sandbox scenarios
time now date advance: apo sandbox clock
exec test: apo sandbox run
sdk: apo sandbox snippets
clear clean wipe stop quit down kill shutdown: apo help sandbox`,
		"apo sandbox notifications": `
get: apo sandbox notifications show
ls: apo sandbox notifications list
replay redeliver retry: apo sandbox notifications resend`,
		"apo dispute": `
ls all open: apo dispute list
get view: apo dispute show
accept defend contest close submit: apo help dispute
create new judge: apo sandbox dispute`,
		"apo sandbox dispute": `
list: apo sandbox dispute ls
create new add: apo sandbox dispute open
decide resolve win lose: apo sandbox dispute judge
withdraw: apo sandbox dispute cancel`,
		"apo sandbox rule": `
create new: apo sandbox rule add
ls show: apo sandbox rule list
delete rm clear reset: apo sandbox rule remove`,
		"apo log": `
list ls: apo log
get view: apo log show
alerts check: apo log watch
tail follow stream: apo log --follow
count summary metrics: apo log stats
find search grep: apo find
clear clean: apo help log
mark done: apo log resolve`,
		"apo profile": `
create new init set login: apo profile add
whoami get current view: apo profile show
ls: apo profile list
doctor test verify validate: apo profile check
switch select default: apo profile use
delete rm logout: apo profile remove`,
		"apo keys": `
create generate gen make: apo keys new
get view inspect info public: apo keys show
digest hash: apo keys fingerprint
export import: apo keys convert`,
	}
}

// wordLeads returns where a word of another tool leads: "apo log", or "". Of two words
// that are one of theirs, such as "events resend", both count.
func wordLeads(under *cobra.Command, words []string) string {
	both := ""
	if len(words) > 1 {
		both = words[0] + "-" + words[1]
	}
	single := ""
	for line := range strings.Lines(OtherWords()[under.CommandPath()]) {
		names, target, _ := strings.Cut(strings.TrimSpace(line), ": ")
		for _, name := range strings.Fields(names) {
			switch {
			case strings.EqualFold(name, both):
				return target
			case strings.EqualFold(name, words[0]):
				single = target
			}
		}
	}
	return single
}

// MovesMoney reports whether a command can: those that can be confirmed.
func MovesMoney(c *cobra.Command) bool { return c.Flags().Lookup("confirm") != nil }

// nearestCommand is the child that was probably mistyped. One that moves money has to
// be nearly what was typed.
func nearestCommand(parent *cobra.Command, word string) *cobra.Command {
	var known []string
	byName := map[string]*cobra.Command{}
	for _, c := range parent.Commands() {
		if !MovesMoney(c) || spelling.Distance(word, c.Name()) <= 1 {
			known, byName[c.Name()] = append(known, c.Name()), c
		}
	}
	return byName[spelling.Nearest(word, known)]
}

// OtherFlags are the flags that other tools have, without their dashes, and what apo
// has instead.
func OtherFlags() map[string]string {
	return map[string]string{
		"json format output-format":                     "-o json",
		"jq jsonpath filter fields":                     "-q, as in -q paymentId",
		"verbose debug trace v":                         "apo log show, which has what was sent and answered",
		"silent s":                                      "--quiet",
		"env environment mode sandbox test account key": "--profile",
		"api-key apikey secret-key private-key token":   "a profile, which names a file with the key: apo profile add --help",
		"idempotency-key idempotency id":                "--request-id",
		"data body d":                                   "--file",
		"yes y force assume-yes":                        "--confirm with the amount, on live",
		"forward-to webhook-url callback-url":           "--notify-url",
		"url target destination forward":                "--to",
		"events event-types":                            "--type of apo listen",
		"override add":                                  "--set",
		"return-url success-url":                        "--redirect-url",
		"customer customer-id":                          "--buyer-id",
		"order reference":                               "--order-id",
		"amount-minor":                                  "--amount",
		"insecure k no-verify":                          "--ca-file: certificates are always checked",
		"no-color no-colors":                            "--color never, or NO_COLOR",
		"follow f tail":                                 "apo log --follow",
	}
}

// otherFlag leads from a flag of another tool to that of apo, "" where there is none.
func otherFlag(name string) string {
	for flags, advice := range OtherFlags() {
		if slices.Contains(strings.Fields(flags), name) {
			return advice
		}
	}
	return ""
}
