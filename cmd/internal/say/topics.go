package say

// Topic is a page of help that is no command.
type Topic struct{ Name, Short, Long string }

// Topics are all of them.
func Topics() []Topic {
	return []Topic{
		{"exit-codes", "What each exit code means", `What each exit code means, the same for all commands:

  0    ok           a verified S, or the command did its work
  1    error        anything not below; an inquiry that found nothing or failed
  2    usage        wrong flags or input; nothing was sent
  3    declined     a verified F, and no money moved; of inquire: the payment
                    failed or was cancelled
  4    config       profile, key or credentials missing or unusable, or the
                    gateway did not recognise the caller; where it did not sign
                    that, it proves nothing (moneyMayHaveMoved says so)
  5    signature    an answer or notification is not signed as it must be
  6    in doubt     sent, but no usable answer came; money may have moved
  7    unreachable  the gateway could not be reached; nothing was sent
  8    pending      a verified U, or a wait that ran out; not known yet
  9    refused      a guard or a "no" stopped it; nothing was sent
  130  interrupted  Ctrl-C, or another signal, before anything was sent

Once a request that moves money has left, 5, 6 and 8 mean that money may have
moved, and 4 where nobody signed it. Repeat it only under the same request ID, or
ask with apo inquire or apo resume.

  apo pay --amount 4200 --currency SGD
  case $? in
    0) ship=later ;;                  # authorized: capture it
    3) retry=new-id ;;                # declined: another card, another purchase
    2|7|9|130) retry=fix-it ;;        # nothing was sent
    4) retry=same-id ;;               # mend the credentials, then the same request ID
    *) retry=inquire ;;               # not known: ask, never charge again
  esac

timeout(1), a kill and a fault that no program can catch (134) make the shell report
codes of its own, such as 124 and 137: nothing is known then, and apo resume asks.`},
		{"environment", "The variables that apo reads", `The variables that apo reads. A flag goes before a variable, a variable before
the profile. A variable that is set but empty is an error, a variable beginning
with APO_ that is not listed here gets a warning.

  APO_PROFILE                 name of the profile
  APO_CONFIG                  configuration file
  APO_HOME                    folder for configuration and state, instead of the XDG folders
  APO_CLIENT_ID               client ID
  APO_GATEWAY                 sea, na, eu or a URL
  APO_PRIVATE_KEY             the merchant's private key, PEM or base64
  APO_PRIVATE_KEY_FILE        a file with it
  APO_ANTOM_PUBLIC_KEY        Antom's public key, PEM or base64
  APO_ANTOM_PUBLIC_KEY_FILE   a file with it
  APO_KEY_VERSION             keyVersion of the Signature header
  APO_OUTPUT                  json, table, raw or ndjson
  APO_TIMEOUT                 time for a whole call, such as 30s
  APO_CA_FILE                 certificates to trust beside the system's
  APO_NO_INPUT                set: never ask anything (CI does the same)
  APO_JOURNAL                 off: keep no record of what is sent (not on live)
  APO_NOTIFY_URL              paymentNotifyUrl and refundNotifyUrl, unless a flag says so

Others: XDG_CONFIG_HOME, XDG_STATE_HOME, HOME; NO_COLOR, CLICOLOR,
CLICOLOR_FORCE, TERM; HTTPS_PROXY, HTTP_PROXY, NO_PROXY, SSL_CERT_FILE.`},
		{"output", "Streams, formats and colors", `Standard output is data: the gateway's answer, whatever it says, in the order and
with the digits it came with. Standard error is talk: one line with the verdict,
hints, questions. A script reads the first and the exit code.

  -o json     pretty JSON; standard error has JSON too, one object a line
  -o ndjson   JSON on one line, and one line for each thing listed
  -o raw      the bytes received, of an answer of the gateway
  -o table    for people: amounts, states in color, card, IDs, times; lists with a header
  -q PATH     only what is at a gjson path, bare: -q paymentId, -q transactions.0.transactionId

With -o json, -o ndjson or APO_OUTPUT=json each line of standard error is an
object with one name: paymentRequestId (and the like, before anything is sent),
verdict, note, warning, hint, progress, or error. Where the exit code is not 0
exactly one of them is error: {"error":{"kind","exit","message","requestId",
"moneyMayHaveMoved","next"}}. --quiet leaves errors alone, a line each. Of a list
in NDJSON -q asks each line; a path that is not there is said with the nearest
one that is.

Where apo waits it says what for: on a terminal in one line that is replaced,
elsewhere at the beginning and every 10 seconds.

Where apo waited or asked, the answer is the inquiry's: result is then how the
inquiry went, paymentStatus what became of the payment.

Card data is masked in all of them. What did not verify is never printed as an
answer; at most its first bytes, marked UNVERIFIED, on standard error.

Colors are used on terminals alone; --color, NO_COLOR, CLICOLOR_FORCE and
TERM=dumb decide otherwise. -q, a closed pipe and the like never change an exit
code.`},
		{"signing", "How APO signs, and what goes wrong", `Every request, answer and notification is signed with SHA256withRSA over

  <method> <path>\n<client ID>.<time>.<body>

The path has no host. Of a request and its answer it has the query; of a
notification it has none: verify that over the path alone, and trust no query.
One space, one newline, two dots, nothing behind the body. The header is

  Signature: algorithm=RSA256,keyVersion=1,signature=<base64, form-url-encoded>

Requests have the time in Request-Time, answers in Response-Time, and answers are
signed over the path of their request. The path of a sandbox client ID
(SANDBOX_…) begins with /ams/sandbox/api instead of /ams/api, in the URL and in
what is signed.

What goes wrong most often: a body that was parsed and written again; a newline
at its end; Antom's public key mixed up with one's own; a signature that was not
url-encoded, so that '+' turned into a space. apo verify-notify finds out which
it is, for notifications, answers and requests; apo explain cause lists the causes,
and apo sign --explain shows what is signed.`},
		{"handlers", "What APO sends to your handler, and what it counts as received", `APO posts the result of a payment, capture, refund, saved card or dispute to your
server: to the URL that its request named, or else to the dashboard's, where
notifyCapture and notifyDispute go first. Each is signed, over the path of the URL
alone (apo help signing).

  kind             told by              what it says
  PAYMENT_RESULT   notifyType           authorized or failed; nothing is captured yet
  PAYMENT_PENDING  notifyType           the buyer has paid; the result comes later
  CAPTURE_RESULT   notifyType           the money was taken, or not; ship after this
  REFUND_RESULT    notifyType           refundStatus says what became of it
  VAULTING         vaultingRequestId    a payment method was saved, or not
  DISPUTE          disputeId            a dispute began, or was judged

It counts as received after HTTP 200 with the body

  {"result":{"resultStatus":"S","resultCode":"SUCCESS","resultMessage":"success"}}

and nothing else does. Then it comes again after 2 min, 10 min, 10 min, 1 h, 2 h, 6 h
and 15 h. So a handler verifies the raw body, does its work once however often the
same news comes, and answers after that.

  apo listen            receives them on this machine, and hands them on to your own
                        server; --notify-url listen has a payment notify it
  apo trigger           sends one of your choice to your handler, whole or spoiled
  apo replay            sends again what a listener received
  apo verify-notify     checks one that your server received, from a file or a log
  apo timeline          shows those of a payment, with deliveries and answers
  apo sandbox notifications
                        what the sandbox sent, with each attempt; resend sends again

A Go program gets its handler from pkg/notify.`},
		{"forms", "The forms of messages that verify-notify reads", forms()},
		{"money", "Amounts, confirmations, and what repeating does", `An amount is an integer in the smallest unit of its currency, as APO has it:
--amount 4200 --currency SGD is SGD 42.00, 4200 JPY is JPY 4200. --amount "SGD
42.00" says the same in major units. --amount 42.00 is refused.

A client ID without the prefix SANDBOX_ is live. Commands that move money then
need --live, and the amount as confirmation: typed on a terminal, or given with
--confirm "SGD 42.00". On live nothing is invented: a missing buyer, IP, URL or
card is an error. read_only and max_amount of a profile stop what goes beyond.

The request ID is printed before anything is sent. The same ID is the same
request: pay --request-id ID again cannot charge twice, and a whole capture or
refund derives its ID from the payment. What looks like a repetition under
another ID is refused with the earlier record; --again does it all the same, and
may charge twice.

When an answer is lost, apo asks what became of the request (--resolve) and says
authorized, declined, pending, never arrived or in doubt; it never calls an
unknown outcome a failure. What an earlier run left in doubt, apo resume resolves.`},
	}
}
