package sandbox

import (
	"errors"
	"slices"
)

// Fault is something that can go wrong between a merchant and APO.
type Fault struct {
	Name    string // "cut-after-commit"
	Stage   Stage  // where it happens
	APIs    string // which APIs it can be given for: "any", "moving", "pay", "capture" or "notify"
	Meaning string // one line: what happens
	Advice  string // a paragraph: how it shows, what a correct integration does, what a wrong one does
}

// ErrNoFault says that a rule names a fault that there is not; [Faults] lists them.
var ErrNoFault = errors.New("is not a fault")

// Stage is where on the way of a request a fault happens.
type Stage string

// The stages, in the order in which a request meets them.
const (
	StageConnection   Stage = "connection"   // bytes on the wire
	StageAnswer       Stage = "answer"       // what is answered, and its signature
	StageOutcome      Stage = "outcome"      // what the acquirer does
	StageNotification Stage = "notification" // how news is delivered
)

// Faults lists all faults that the sandbox can inject, stage by stage. The list
// is made anew at each call and is the caller's to change.
func Faults() []Fault {
	return slices.Concat(connectionFaults(), answerFaults(), outcomeFaults(), notificationFaults())
}

// FindFault finds a fault by its name or by one of the shorter names that other
// tools have for it: drop-after-commit, drop-before and 503.
func FindFault(name string) (Fault, bool) {
	switch name {
	case "drop-after-commit":
		name = "cut-after-commit"
	case "drop-before":
		name = "cut-before"
	case "503":
		name = "http-503"
	}
	faults := Faults()
	if i := slices.IndexFunc(faults, func(f Fault) bool { return f.Name == name }); i >= 0 {
		return faults[i], true
	}
	return Fault{}, false
}

// The texts follow APO's guide and the pages of Antom that stand in for those
// of APO that could not be read. Where these are silent, so is the advice, or
// it says so.

func connectionFaults() []Fault {
	const at = StageConnection
	return []Fault{
		{
			Name: "delay", Stage: at, APIs: "any",
			Meaning: "the answer comes late, after 2 s by default",
			Advice:  "The call takes longer than usual; its answer is as good as any other. A correct integration waits: the official SDKs give an answer 15 s, and notes on Antom's best practice ask for at least 10 s for pay. Who gives up earlier does not know the outcome, and then calls inquiryPayment by paymentRequestId or sends the very same request again under that ID. A wrong integration takes its own impatience for a failure: it shows a decline, or pays again under a new paymentRequestId and charges the buyer twice.",
		},
		{
			Name: "slow-headers", Stage: at, APIs: "any",
			Meaning: "the head of the answer trickles in byte by byte",
			Advice:  "The connection is never idle, so a timeout that starts anew at each byte never fires, and the call hangs while the request may long be booked. A correct integration puts one deadline on the whole call, from connecting to the last byte of the body. When it passes, the outcome is unknown: it calls inquiryPayment by paymentRequestId until the status is final, or repeats the same request under the same ID. A wrong integration has a read timeout alone and blocks its worker, until the buyer loses patience and pays a second time under another paymentRequestId.",
		},
		{
			Name: "cut-before", Stage: at, APIs: "any",
			Meaning: "not booked; the connection is closed without an answer",
			Advice:  "It shows as a reset or an early end of the connection, exactly as cut-after-commit does: who sent the request cannot tell the two apart. A correct integration treats the outcome as unknown and calls inquiryPayment by paymentRequestId. ORDER_NOT_EXIST says that nothing is there now; it then repeats the same request under the same paymentRequestId, so that a first one that was merely slow is not doubled. A wrong integration makes a new paymentRequestId for each attempt, which goes well with this fault and charges twice with the other.",
		},
		{
			Name: "cut-after-commit", Stage: at, APIs: "moving",
			Meaning: "booked; then the connection is closed without an answer",
			Advice:  "The caller sees a closed connection; APO has authorized, captured, cancelled or refunded. A correct integration wrote its request ID down before sending, and asks: inquiryPayment by paymentRequestId for a payment, its transactions for a capture (transactionRequestId is the captureRequestId), inquiryRefund by refundRequestId for a refund; a cancel is simply repeated. Sending the same request again under the same ID is as safe: after a final S or F it returns the same result. A wrong integration calls it failed and tries again under a new ID: the buyer pays twice, or is refunded twice.",
		},
		{
			Name: "cut-mid-answer", Stage: at, APIs: "any",
			Meaning: "carried out; the connection is closed in the middle of the answer",
			Advice:  "Status, headers and the beginning of the body arrive; then the HTTP library reports an unexpected end. The signature header is there, but it is of the whole body, so nothing can be verified. A correct integration drops what came, counts the outcome as unknown, and calls inquiryPayment by paymentRequestId. A wrong one ignores the error of reading and looks for resultStatus in the fragment, or lets the exception of its JSON parser end in the branch that tells the buyer that the payment failed, while the authorization stands.",
		},
		{
			Name: "black-hole", Stage: at, APIs: "any",
			Meaning: "not booked; an answer never comes",
			Advice:  "Only a deadline of the client's own ends the wait. After it the outcome is unknown, for black-hole-after-commit looks just the same. A correct integration calls inquiryPayment by paymentRequestId. ORDER_NOT_EXIST right after a timeout may mean that the request is still on its way, so it asks more than once; for inquiryRefund the reference says 15 s apart and three times, for inquiryPayment it gives no number. Then it repeats the same request under the same ID. A wrong integration has no deadline and hangs, or books a failure when it gives up.",
		},
		{
			Name: "black-hole-after-commit", Stage: at, APIs: "moving",
			Meaning: "booked; an answer never comes",
			Advice:  "The call ends at the client's deadline, and the request took effect. The first that is heard of it may be the notification, which arrives without any answer before it: so the paymentRequestId must be stored before the request leaves. A correct integration keeps the payment open, calls inquiryPayment by paymentRequestId until paymentStatus is final, and takes a notification that comes meanwhile. Repeating under the same ID is safe too. A wrong integration turns the timeout into a decline, releases the order, and learns of the charge from the acquirer's report.",
		},
		{
			Name: "http-503", Stage: at, APIs: "any",
			Meaning: "not booked; the answer is an empty HTTP 503",
			Advice:  "No page of the reference lists HTTP statuses; the Java and Python SDKs take anything but 200 for a transport error, unread. An empty 503 has no result and no signature, and does not say how far the request came. A correct integration treats it like a timeout: inquiryPayment by paymentRequestId, then the same request under the same ID, with longer pauses from one attempt to the next. A wrong one reads 5xx as declined, or leaves the repeating to a layer that builds a new request with a new paymentRequestId each time.",
		},
		{
			Name: "html-502", Stage: at, APIs: "any",
			Meaning: "booked or not, which cannot be known; the answer is HTTP 502 with a page of HTML",
			Advice:  "A proxy speaks instead of APO: its page is not signed, not JSON, and knows nothing of the payment. The request may have been booked before the proxy lost the answer, or never have passed it. A correct integration does not parse the page. It counts the outcome as unknown, calls inquiryPayment by paymentRequestId, and repeats, if at all, under the same ID. For a refund it calls inquiryRefund by refundRequestId. A wrong integration fails in its JSON parser and reports that as a failed payment, or sends the buyer through a second one.",
		},
		{
			Name: "html-200", Stage: at, APIs: "any",
			Meaning: "not booked; the answer is HTTP 200 with a page of HTML",
			Advice:  "A proxy, a login page or a wrong address answers in APO's place, and says 200. The status of HTTP tells nothing about a payment: only a body whose signature verifies with Antom's public key is an answer, and only its resultStatus S is a success. A correct integration finds no signature header, counts the outcome as unknown and calls inquiryPayment by paymentRequestId; if every call ends like this, it checks the gateway's address and the proxy. A wrong one takes 200 for paid and goes on to capture and shipping.",
		},
		{
			Name: "truncated-json", Stage: at, APIs: "any",
			Meaning: "carried out; the body of the answer ends early, with a Content-Length that fits",
			Advice:  "HTTP sees nothing wrong: as many bytes come as Content-Length says. But the signature is of the whole body, so it does not verify over these. A correct integration verifies the raw bytes before it reads any of them, finds the mismatch, counts the outcome as unknown, and calls inquiryPayment by paymentRequestId. A wrong one parses first: a lenient parser gives it a resultStatus out of a fragment, a strict one an exception that it books as a failed payment, although the authorization stands.",
		},
		{
			Name: "wrong-length", Stage: at, APIs: "any",
			Meaning: "carried out; Content-Length promises more bytes than the body of the answer has",
			Advice:  "The client waits for bytes that never come, until the connection ends or its deadline passes; most HTTP libraries then report an incomplete body. That is no answer: a correct integration counts the outcome as unknown, gives up this connection, and calls inquiryPayment by paymentRequestId. The reference does not speak of it; what decides is the signature, for bytes that verify are what APO signed. A wrong integration waits without a deadline, pads or cuts the body until it parses, or books the error of reading as a failed payment.",
		},
		{
			Name: "gzip", Stage: at, APIs: "any",
			Meaning: "carried out; the answer is packed with gzip although nobody asked for it",
			Advice:  "The answer has Content-Encoding: gzip. Some HTTP libraries unpack it silently, others hand over the packed bytes, and a signature verifies over one of the two at most. The reference is silent about compression. A correct integration either unpacks as the header says and reads what verifies, or takes it for no answer, counts the outcome as unknown, and calls inquiryPayment by paymentRequestId. A wrong one gives up verifying because it fails now and then, or takes unreadable bytes for a failed payment and pays again under a new ID.",
		},
	}
}

func answerFaults() []Fault {
	const at = StageAnswer
	return []Fault{
		{
			Name: "unsigned-s", Stage: at, APIs: "any",
			Meaning: "an S is answered without signature and response-time; F and U stay signed",
			Advice:  "The body says S and SUCCESS, but nothing proves that APO wrote it: anybody between the two could have. A correct integration requires both headers, verifies before reading, and takes this for no answer: the outcome is unknown, so it calls inquiryPayment by paymentRequestId and believes what comes signed. A wrong integration ships the goods. The Java SDK skips verification silently where signature or response-time is missing, so code that is built on it has to look for the two headers itself; the Go SDK reports an error.",
		},
		{
			Name: "unsigned-f", Stage: at, APIs: "any",
			Meaning: "an F is answered without signature and response-time",
			Advice:  "APO answers without a signature when it rejects that of the request. So INVALID_SIGNATURE, KEY_NOT_FOUND or CLIENT_INVALID points to the client ID or a key, and the credentials are what to check. Any other code in an unsigned body proves nothing: whoever stands between the two may have written it, while the payment was authorized. A correct integration leaves the payment open and calls inquiryPayment by paymentRequestId. A wrong one tells the buyer that the card was declined and takes another payment under a new paymentRequestId: two charges.",
		},
		{
			Name: "half-signed", Stage: at, APIs: "any",
			Meaning: "the answer has a signature, but no response-time",
			Advice:  "The time is a part of the content that is signed: method, path, client ID, response-time and body. Without it nothing can be verified, and no other time may be put in its place, neither the Date header nor the clock. A correct integration takes it for no answer: the outcome is unknown, and inquiryPayment by paymentRequestId resolves it. A wrong one is content that there is a signature header at all, or skips verification when a part is missing, as the Java SDK does silently, and believes whatever the body says.",
		},
		{
			Name: "other-key", Stage: at, APIs: "any",
			Meaning: "the answer is signed with another key than Antom's",
			Advice:  "The signature is well formed and does not verify. The key may have been exchanged, the public key at hand may be that of another account or of the other environment, or somebody else wrote the answer. A correct integration reads nothing of the body, counts the outcome as unknown, and calls inquiryPayment by paymentRequestId. If no answer verifies any more, a person compares the key with the one that the dashboard shows as Antom's. A wrong integration logs a warning and goes on, or takes the mismatch for a decline and pays again.",
		},
		{
			Name: "old-key-version", Stage: at, APIs: "any",
			Meaning: "the signature header of the answer says keyVersion=0",
			Advice:  "keyVersion stands in the header and not in the content that is signed, so anybody can change it, and alone it proves nothing. The reference does not say what a client has to do with the keyVersion of an answer. A correct integration verifies with the key of Antom's that it trusts: if that fits, the answer counts; if not, the outcome is unknown and it calls inquiryPayment by paymentRequestId. A wrong integration fetches a key by the number that a stranger wrote, crashes on a version that it does not know, or skips verification for it.",
		},
		{
			Name: "skewed-time", Stage: at, APIs: "any",
			Meaning: "the response-time of the answer is 10 minutes old, correctly signed",
			Advice:  "The signature verifies, but APO seems to have answered before it was asked. A clock may be wrong, or somebody replays an earlier answer: nothing in the signed content names the request but its path and the IDs in the body. The reference sets no limit of age. A correct integration leaves clocks a few minutes, compares paymentRequestId and amount with its own, and takes an answer clearly older than its request for none: it calls inquiryPayment. A wrong one takes an old F for today's decline, or an old PROCESSING for news.",
		},
	}
}

func outcomeFaults() []Fault {
	const at = StageOutcome
	return []Fault{
		{
			Name: "u-then-s", Stage: at, APIs: "moving",
			Meaning: "the acquirer takes its time: U is answered, and becomes S after 5 s",
			Advice:  "The answer is PAYMENT_IN_PROCESS, CAPTURE_IN_PROCESS or REFUND_IN_PROCESS with resultStatus U. U means not known yet; a payment without normalUrl is simply still running. A correct integration keeps it pending, and waits for notifyPayment, notifyCapture or notifyRefund or asks with inquiryPayment every two seconds (inquiryRefund for a refund) until the status is final. There it reads paymentStatus, for a capture its transactionStatus: the result of an inquiry only tells that the inquiry worked. A wrong integration takes U for a failure and pays, captures or refunds again under a new ID.",
		},
		{
			Name: "u-then-f", Stage: at, APIs: "moving",
			Meaning: "the acquirer takes its time: U is answered, and becomes F after 5 s",
			Advice:  "It begins just as u-then-s does, with PAYMENT_IN_PROCESS, CAPTURE_IN_PROCESS or REFUND_IN_PROCESS, and ends in a failure that only the notification or an inquiry tells. A correct integration keeps it pending until then. inquiryPayment gives paymentStatus FAIL with the reason in paymentResultCode; notifyRefund has the code in its result. The same request ID returns the same F, so another attempt, after this one is final, has a new one. A wrong integration takes U for as good as S, ships, and has nothing to capture.",
		},
	}
}

func notificationFaults() []Fault {
	const at = StageNotification
	return []Fault{
		{
			Name: "notify-first", Stage: at, APIs: "notify",
			Meaning: "the notification arrives before the answer to the request that it is about",
			Advice:  "The handler is called while pay is still waiting, so no paymentId is known yet. A correct integration stored its paymentRequestId before sending, finds the payment by it, verifies the signature over the raw body, books the result once and acknowledges. When the answer comes, it finds the state already there; a U that arrives after a final S does not set it back. A wrong integration looks for the paymentId, finds nothing and refuses the notification, which then comes again minutes or hours later; or it inserts a second payment.",
		},
		{
			Name: "notify-two-at-once", Stage: at, APIs: "notify",
			Meaning: "the same notification is delivered twice at the same time",
			Advice:  "Two workers handle the same news in the same moment. Looking first whether it was seen, and booking then, is not enough: both look before either has booked. A correct integration lets the database decide, with a unique key on the kind of news and its request ID (paymentRequestId, captureRequestId, refundRequestId) or a lock on the payment's row. The one that comes second changes nothing and acknowledges all the same, with resultStatus S and SUCCESS. A wrong integration ships twice, credits twice, or answers with an error so that more deliveries follow.",
		},
		{
			Name: "notify-duplicate", Stage: at, APIs: "notify",
			Meaning: "a notification is delivered again after it was acknowledged",
			Advice:  "An acknowledgement can be lost, and without one APO sends again, up to 8 times within 24 hours: so repetitions are normal. A correct integration handles each news once and acknowledges every delivery with HTTP 200 and a result of S and SUCCESS. It knows the news by its kind and its IDs; whether request-time and signature stay the same in a repetition the reference does not say. A wrong integration books the payment or the refund a second time, or answers the repetition with an error, upon which it is sent again.",
		},
		{
			Name: "capture-twice", Stage: at, APIs: "capture",
			Meaning: "the result of one capture is notified twice, with different captureIds",
			Advice:  "Two notifyCapture have the same captureRequestId and paymentId, and each a captureId of its own. The key of a capture is its captureRequestId: one was requested, so one is booked. A correct integration acknowledges both, books once, keeps the second captureId, and calls inquiryPayment: its transactions show which captures there are. If there are two, money was taken twice and a person has to look; the reference does not describe the case. A wrong integration keys on captureId and books the amount twice, or drops the second unseen and misses a double capture.",
		},
		{
			Name: "notify-reordered", Stage: at, APIs: "notify",
			Meaning: "later news arrives before earlier news",
			Advice:  "A notifyCapture, for example, comes before the notifyPayment of its payment. Notifications are deliveries of their own, each with its own retries, and the reference promises no order. A correct integration lets a state only go forward: what is final stays, and older news that comes late is acknowledged and changes nothing. Where news does not fit what it knows, it calls inquiryPayment and takes the state from there. A wrong integration lets the last delivery win and sets a captured payment back to authorized, or refuses the capture of a payment that it believes unpaid.",
		},
		{
			Name: "notify-lost", Stage: at, APIs: "notify",
			Meaning: "the notification is never delivered",
			Advice:  "Nothing comes, and nothing tells that something is missing. A correct integration does not depend on notifications: it asks about all that is open with inquiryPayment, every two seconds right after pay and then at longer intervals, until the status is final, and with inquiryRefund about refunds. If none ever come, it checks paymentNotifyUrl, refundNotifyUrl and the address in the dashboard. A wrong integration leaves paid orders open for ever, calls them failed after a while, or takes the buyer's return to paymentRedirectUrl for success.",
		},
		{
			Name: "notify-doubled", Stage: at, APIs: "notify",
			Meaning: "told twice, the second time under another paymentId, captureId or refundId",
			Advice:  "Two notifications have the same paymentRequestId, captureRequestId or refundRequestId, and each another ID of APO's; both verify. What was requested once is booked once: the key is the merchant's own request ID, which APO repeats. A correct integration acknowledges both, lets the first count, keeps the second ID beside it and calls inquiryPayment, whose answer names the one that stands. If both stand, money moved twice and a person has to look; the reference does not describe the case. A wrong integration keys on APO's ID and ships, credits or refunds twice, or answers with an error for ever.",
		},
		{
			Name: "notify-pending", Stage: at, APIs: "notify",
			Meaning: "PAYMENT_PENDING is notified before the result of a payment",
			Advice:  "The first notification has the notifyType PAYMENT_PENDING and a result of S and SUCCESS: the buyer has done her part, and the acquirer has not decided. It is no result; the one with PAYMENT_RESULT comes later, under the same paymentRequestId, and may be a decline. A correct integration looks at notifyType before the result, keeps the payment open, acknowledges, and books when PAYMENT_RESULT comes or inquiryPayment tells a final status. A wrong integration reads result alone and ships, or takes the second notification for a repetition of the first and drops the decline.",
		},
		{
			Name: "notify-other-key", Stage: at, APIs: "notify",
			Meaning: "the first delivery is signed with another key than Antom's",
			Advice:  "The message looks right in every field, and its signature does not verify: somebody else wrote it, or the key at hand is that of another account or environment. A correct integration changes nothing for it, answers without the acknowledgement, HTTP 400 for example, and tells a person; the true notification comes again two minutes later, and counts. A wrong integration reads the body first and verifies afterwards or not at all, and ships goods that nobody paid for; or it acknowledges what it refused to believe, so that the true one never comes again.",
		},
		{
			Name: "notify-changed", Stage: at, APIs: "notify",
			Meaning: "the body of the first delivery was changed after signing; it still is JSON",
			Advice:  "An amount or an ID is another than the one that was signed. It may have been an attacker, and far more often is a framework that parses the body and writes it again. A correct integration verifies the raw bytes before anything reads them, refuses this one without the acknowledgement, and takes the next delivery, two minutes later, whose signature fits. Beside that it compares amount and currency with its own order. A wrong integration verifies a body that it wrote itself out of the parsed one, so that nothing ever verifies, switches verification off for that reason, and books whatever amount stands there.",
		},
		{
			Name: "notify-stale", Stage: at, APIs: "notify",
			Meaning: "the first delivery is signed, with a request-time of a month ago",
			Advice:  "The signature verifies, but over a time long past: a message that was recorded once can be sent again by anybody, for ever. The reference sets no limit of age, and honest retries carry a time of their own in this sandbox. A correct integration handles each news once, by its kind and request ID, so that a replay changes nothing; beside that it may refuse what is older than some minutes, with room for clocks, and accepts the next delivery two minutes later. A wrong integration lets an old notification set back a newer state: a payment that was refunded since becomes paid again.",
		},
		{
			Name: "notify-other-client", Stage: at, APIs: "notify",
			Meaning: "the first delivery is signed for another merchant's client ID",
			Advice:  "The signature verifies with the client ID of the header, which is not one's own: it is news of another merchant, sent to the wrong address or by somebody who has an account, too. The client ID is part of the signed content, so it is to be compared, and not merely copied from the header into the content. A correct integration puts its own client ID there, or compares, and refuses without the acknowledgement; the notification for itself comes two minutes later. A wrong integration believes whatever verifies, and marks an order paid because somebody else's payment happens to have its number.",
		},
		{
			Name: "notify-unsigned", Stage: at, APIs: "notify",
			Meaning: "the first delivery has no signature header",
			Advice:  "APO signs every notification; without the header anybody may have posted it, since the address of a webhook is no secret. A correct integration refuses it as it refuses a wrong signature, without the acknowledgement, and waits for the signed one, which comes two minutes later. When none ever comes signed, a proxy on the way takes the header out, and a person looks there. A wrong integration verifies only where there is something to verify: it skips the check when the header is missing, which is what an attacker leaves away first.",
		},
		{
			Name: "notify-other-path", Stage: at, APIs: "notify",
			Meaning: "the first delivery is signed for another path than it is sent to",
			Advice:  "The path is part of the signed content, so the signature does not verify for the address at which it arrived. A message for one webhook was sent to another one; or, which happens far more often, a proxy rewrites the path before the handler sees it. A correct integration verifies with the path that APO was given, from its configuration or from what the proxy says, refuses this one without the acknowledgement, and accepts the next, two minutes later. A wrong integration tries paths until one fits, takes the path from the message, or leaves verification out behind its proxy.",
		},
	}
}
