package cmd

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
)

// pollEvery is how often apo asks for an outcome. APO's guide recommends it.
const pollEvery = 2 * time.Second

// operation is one request that moves money, on its way from its body to an
// exit code.
type operation struct {
	endpoint apo.Endpoint
	body     []byte
	idName   string // "paymentRequestId": the request's idempotency key
	id       string
	named    bool       // a flag says the ID; else it is in the body, or an argument
	amount   apo.Amount // of the request; zero where it has none (cancel)
	record   int64      // of the journal; 0 where none is kept
	arrived  bool       // a verified U came, or an inquiry found it: whatever the next one finds, it has not got lost on its way
	code     string     // of the verified answer that left it open; empty where none did

	// ask inquires what became of the request, or returns an error where no
	// verified answer could be had. It is nil for APIs without an inquiry.
	ask func(context.Context) (learnt, error)

	read func(apo.Payment) learnt // what a payment's own books say of the request; nil: nothing

	inquire string // the command by which a person asks the same
}

// learnt is what an inquiry told of a request.
type learnt struct {
	outcome apo.Outcome
	answer  *apo.Answer // of the inquiry; verified
	code    string      // result code of the request, where the inquiry has it
	absent  bool        // the payment's own books are known, and do not hold the request
}

// movesNothing reports whether an F of this code says that no money moved. It
// leaves a request open all the same where an earlier try may stand behind it.
func movesNothing(code string) bool {
	entry, known := apo.Lookup(code)
	return known && entry.Status == "F" && entry.Money == apo.MoneyNone
}

// operationOf reads the request back from its body, so that every way to make
// one (pay, capture, api, a file) is treated alike. It was not sent before the
// time sent.
func (s *session) operationOf(e apo.Endpoint, body []byte, sent time.Time) operation {
	doc := gjson.ParseBytes(body)
	text := func(path string) string { return doc.Get(path).String() }
	amount := func(path string) apo.Amount {
		return apo.Amount{Currency: text(path + ".currency"), Value: text(path + ".value")}
	}
	op := operation{endpoint: e, body: body}
	switch e.Name {
	case "pay":
		op.idName, op.amount = "paymentRequestId", amount("paymentAmount")
		amount := op.amount
		op.read = func(p apo.Payment) learnt { return learnt{outcome: apo.PayOutcome(p, amount), code: p.ResultCode} }
		op.ask = s.askPayment(apo.PaymentKey{PaymentRequestID: text("paymentRequestId")}, op.read)
	case "capture":
		r := apo.CaptureRequest{
			CaptureRequestID: text("captureRequestId"), PaymentID: text("paymentId"), CaptureAmount: amount("captureAmount"),
		}
		op.idName, op.amount = "captureRequestId", r.CaptureAmount
		op.read = func(p apo.Payment) learnt {
			capture, found := p.Find("CAPTURE", r.CaptureRequestID)
			return learnt{outcome: apo.CaptureOutcome(p, r), code: capture.Result.Code, absent: !found && knownStatus(p)}
		}
		op.ask = s.askPayment(apo.PaymentKey{PaymentID: r.PaymentID}, op.read)
		op.inquire = s.command("inquire", r.PaymentID)
	case "cancel":
		key := apo.PaymentKey{PaymentID: text("paymentId")}
		op.idName = "paymentId"
		if key.PaymentID == "" {
			key.PaymentRequestID, op.idName = text("paymentRequestId"), "paymentRequestId"
		}
		op.read = func(p apo.Payment) learnt {
			return learnt{outcome: apo.CancelOutcome(p), code: p.ResultCode, absent: p.Status != apo.StatusCancelled && knownStatus(p)}
		}
		op.ask = s.askPayment(key, op.read)
	case "refund":
		r := apo.RefundRequest{
			RefundRequestID: text("refundRequestId"), PaymentID: text("paymentId"), RefundAmount: amount("refundAmount"),
		}
		op.idName, op.amount = "refundRequestId", r.RefundAmount
		op.read = func(p apo.Payment) learnt {
			t, _ := p.Find("REFUND", r.RefundRequestID)
			return learnt{outcome: apo.RefundOutcome(p, apo.Refund{}, r, sent), code: t.Result.Code}
		}
		op.ask = s.askRefund(r, sent)
		op.inquire = s.command("inquire-refund", r.RefundRequestID)
	default:
		for _, name := range []string{"paymentRequestId", "vaultingRequestId", "updateRequestId", "disputeId"} {
			if doc.Get(name).Exists() {
				op.idName = name
				break
			}
		}
		op.amount = amount("paymentAmount")
	}
	op.id = text(op.idName)
	if op.inquire == "" && op.ask != nil {
		op.inquire = s.command("inquire", op.id)
	}
	return op
}

func (s *session) askPayment(key apo.PaymentKey, read func(apo.Payment) learnt) func(context.Context) (learnt, error) {
	return func(ctx context.Context) (learnt, error) {
		p, answer, err := s.payment(ctx, key)
		if err != nil || answer.Verdict() == apo.NotFound {
			return learnt{answer: answer}, err
		}
		told := read(p)
		told.answer = answer
		return told, nil
	}
}

// payment inquires a payment. An answer that does not carry the ID that was
// asked for tells of some payment, not of this one.
func (s *session) payment(ctx context.Context, key apo.PaymentKey) (apo.Payment, *apo.Answer, error) {
	answer, err := s.client.InquiryPayment(ctx, key)
	if err := unusable(answer, err); err != nil {
		return apo.Payment{}, nil, err
	}
	p := apo.ReadPayment(answer)
	if answer.Verdict() == apo.Succeeded &&
		(key.PaymentID != "" && p.PaymentID != key.PaymentID || key.PaymentID == "" && p.PaymentRequestID != key.PaymentRequestID) {
		return apo.Payment{}, nil, errors.New("the inquiry's answer does not name the payment")
	}
	return p, answer, nil
}

// askRefund asks the payment, in whose books a refund stands for certain, and
// then inquiryRefund for one that is not there, or whose payment cannot be asked.
func (s *session) askRefund(r apo.RefundRequest, sent time.Time) func(context.Context) (learnt, error) {
	return func(ctx context.Context) (learnt, error) {
		p, answer, paymentErr := s.payment(ctx, apo.PaymentKey{PaymentID: r.PaymentID})
		if t, found := p.Find("REFUND", r.RefundRequestID); found {
			return learnt{apo.RefundOutcome(p, apo.Refund{}, r, sent), answer, t.Result.Code, false}, nil
		}
		refund, err := s.client.InquiryRefund(ctx, apo.RefundKey{RefundRequestID: r.RefundRequestID})
		if err := unusable(refund, err); err != nil {
			return learnt{}, err
		}
		if refund.Verdict() == apo.NotFound {
			if paymentErr != nil {
				return learnt{}, paymentErr
			}
			return learnt{answer: refund, absent: answer.Verdict() == apo.Succeeded && knownStatus(p)}, nil
		}
		got := apo.ReadRefund(refund)
		return learnt{apo.RefundOutcome(p, got, r, gatewaysTime(refund, sent)), refund, "refundStatus " + got.Status, false}, nil
	}
}

// gatewaysTime is a time of ours on the gateway's clock, which an answer tells,
// to the second.
func gatewaysTime(answer *apo.Answer, ours time.Time) time.Time {
	return ours.Add(answer.GatewayTime.Sub(answer.ReceivedAt)).Add(-2 * time.Second)
}

// knownStatus reports whether a payment is in a state that apo understands.
func knownStatus(p apo.Payment) bool {
	switch p.Status {
	case apo.StatusSuccess, apo.StatusFail, apo.StatusCancelled, apo.StatusProcessing, apo.StatusPending:
		return true
	}
	return false
}

// unusable reports why an inquiry's answer cannot settle anything.
func unusable(answer *apo.Answer, err error) error {
	if err != nil {
		return err
	}
	if v := answer.Verdict(); v != apo.Succeeded && v != apo.NotFound {
		signed := ""
		if answer.Unsigned {
			signed = ", unsigned, which proves nothing"
		}
		return fmt.Errorf("the inquiry itself was answered with %s%s", answer.Result.Code, signed)
	}
	return nil
}

// run sends an operation and tells what became of it.
func (s *session) run(ctx context.Context, op operation, m moneyFlags) error {
	s.announce(op)
	op.named, s.again = m.named, m.again
	s.sending.Store(&sending{s, op})
	answer, err := s.call(ctx, op.endpoint, op.body)
	op.record = s.recorded
	if err != nil {
		return s.noAnswer(ctx, op, m, err)
	}
	switch answer.Verdict() {
	case apo.Succeeded:
		s.show(answer.Raw)
		s.io.Say(*s.succeeded(op, answer))
		return nil
	case apo.Pending:
		return s.pending(ctx, op, m, answer)
	case apo.Declined:
		s.show(answer.Raw)
		return s.declined(op, answer.Result.Code, answer)
	case apo.Unrecognised:
		return s.unrecognised(answer, op.id)
	}
	return s.leftOpen(ctx, op, m, answer)
}

// announce prints the request ID before anything is sent, so that whatever
// happens next the request can be asked for, or repeated as the same.
func (s *session) announce(op operation) {
	switch {
	case op.id == "":
	case s.format() == term.JSON || s.format() == term.NDJSON:
		s.io.SayJSON([]byte(fmt.Sprintf("{%q:%q}", op.idName, op.id)))
	default:
		s.io.Note(op.idName + " " + op.id)
	}
}

// noAnswer deals with a call that ended without a usable answer.
func (s *session) noAnswer(ctx context.Context, op operation, m moneyFlags, err error) error {
	var failed *apo.Error
	if !errors.As(err, &failed) {
		return notSent(err)
	}
	switch failed.Kind {
	case apo.Unreachable:
		return s.unreachable(failed)
	case apo.Interrupted:
		f := fail(kindInterrupted, "interrupted; nothing was sent")
		f.requestID = op.id
		return f
	}
	doubt := s.inDoubt(op, failed.Problem)
	if failed.Kind == apo.Untrusted {
		doubt.kind = kindSignature
		doubt.verdict.What = "not trusted"
	}
	addExcerpt(doubt, failed)
	if op.ask == nil || m.settle == 0 || ctx.Err() != nil {
		doubt.next = append(doubt.next, s.whyUntrusted(ctx, failed)...)
		return doubt
	}
	if failed.Kind == apo.Untrusted {
		s.io.Warn(failed.Error())
		for _, line := range s.whyUntrusted(ctx, failed) {
			s.io.Hint(line)
		}
	} else if s.format() == term.Pretty {
		s.io.Note(failed.Error() + "; asking what became of it")
	}
	return s.conclude(op, s.learn(ctx, op, m.settle, func(l learnt) bool { return isFinal(l.outcome) }), doubt, true)
}

// leftOpen deals with an answer that does not say whether money moved.
func (s *session) leftOpen(ctx context.Context, op operation, m moneyFlags, answer *apo.Answer) error {
	if !answer.Unsigned {
		op.code = answer.Result.Code
		op.arrived = answer.Result.Status == "U" // an F may mean that nothing was booked
	}
	what := answer.Result.Code
	if answer.Unsigned {
		what = "UNSIGNED " + answer.Result.Status + " " + what
	}
	doubt := s.inDoubt(op, what+": "+answer.Result.Message)
	if code, known := apo.Lookup(answer.Result.Code); known && !answer.Unsigned {
		doubt.hint("%s: %s", code.Name, s.advice(op.body, code.Action))
	}
	if op.ask == nil || m.settle == 0 {
		if !answer.Unsigned {
			s.show(answer.Raw)
		}
		return doubt
	}
	told := s.learn(ctx, op, m.settle, func(l learnt) bool { return isFinal(l.outcome) })
	if apo.OfAnother(op.code) {
		told.outcome = apo.Different // even where no inquiry was answered
	}
	// Standard output has what the exit code says: the inquiry's answer where it
	// tells of a success, else the command's own.
	own := !answer.Unsigned && told.outcome != apo.Done
	if own {
		s.show(answer.Raw)
	}
	return s.conclude(op, told, doubt, !own)
}

// weigh reads what an inquiry found in the light of the request's own answer.
func (op operation) weigh(l learnt) learnt {
	switch {
	case apo.OfAnother(op.code):
		l.outcome = apo.Different // whatever is found under this ID, it is not this request
	case l.absent && (apo.RefusedForGood(op.endpoint.Name, op.code) || movesNothing(op.code)):
		// It was refused, and one look into the payment's books is enough: they
		// do not hold it.
		l.outcome, l.code = apo.Refused, op.code
	}
	return l
}

// pending deals with a verified U.
func (s *session) pending(ctx context.Context, op operation, m moneyFlags, answer *apo.Answer) error {
	op.arrived = true
	waiting := s.pendingFailure(op, answer)
	if op.endpoint.Name == "pay" {
		s.openPage(m, apo.ReadPayment(answer).NormalURL, waiting)
	}
	if m.wait == 0 || op.ask == nil {
		s.show(answer.Raw)
		return waiting
	}
	if s.format() == term.Pretty { // the buyer's turn comes while apo waits
		s.io.Say(*waiting.verdict)
	}
	told := s.learn(ctx, op, m.wait, func(l learnt) bool { return isFinal(l.outcome) })
	if !isFinal(told.outcome) {
		s.show(answer.Raw)
		waiting.text += fmt.Sprintf("; still so after %s", m.wait)
		return waiting
	}
	return s.conclude(op, told, waiting, true)
}

func isFinal(o apo.Outcome) bool { return o == apo.Done || o == apo.Refused || o == apo.Different }

// conclude turns what an inquiry told into the end of the run; doubt is the
// end where it told nothing. show is false where standard output has its
// answer already.
func (s *session) conclude(op operation, told heard, doubt *failure, show bool) error {
	s.settleWith(op, told)
	if told.never {
		return s.never(op)
	}
	if show && told.answer != nil && told.answer.Verdict() == apo.Succeeded {
		s.show(told.answer.Raw)
	}
	switch told.outcome {
	case apo.Done:
		v := s.succeeded(op, told.answer)
		v.Facts = append(v.Facts, "as an inquiry told")
		s.io.Say(*v)
		return nil
	case apo.Refused:
		return s.declined(op, told.code, told.answer)
	case apo.Processing:
		return s.pendingFailure(op, told.answer)
	case apo.Different:
		doubt.kind = kindInDoubt
		doubt.hint("%s %s belongs to a request with other values; look at it before you go on", op.idName, op.id)
	}
	return doubt
}

// notSent ends a run whose request could not even be made, or recorded.
func notSent(err error) error {
	var f *failure
	if errors.As(err, &f) {
		return f
	}
	return fail(kindError, "%v", err)
}

func (s *session) inDoubt(op operation, problem string) *failure {
	return (&sending{s, op}).inDoubt(problem)
}

// sending marks a request that may be under way, for the case that apo itself
// breaks meanwhile.
type sending struct {
	*session
	op operation
}

// inDoubt is the end of a run of which nobody knows whether money moved.
func (u *sending) inDoubt(problem string) *failure {
	f := fail(kindInDoubt, "%s: outcome unknown: %s", u.op.endpoint.Name, problem)
	f.requestID, f.maybe = u.op.id, true
	f.verdict = u.verdict(term.Waiting, "in doubt", amountFact(u.op.amount), problem)
	if u.op.id != "" {
		f.verdict.Facts = append(f.verdict.Facts, u.op.idName+" "+u.op.id)
	}
	f.verdict.Next = u.op.inquire
	f.hint("money may have moved: ask before you repeat anything, and repeat it only under the same ID")
	return f
}

func (s *session) unreachable(failed *apo.Error) *failure {
	f := fail(kindUnreachable, "%s; nothing was sent", failed.Problem)
	f.verdict = s.verdict(term.Bad, "unreachable", failed.Problem, "nothing was sent")
	if unknownAuthority(failed.Err) {
		f.hint("if a proxy of yours looks into TLS, trust its certificate: --ca-file FILE, or APO_CA_FILE")
	}
	if u, err := url.Parse(s.where()); err == nil && u.Port() != "" && apo.IsLoopback(u.Hostname()) {
		tls := ""
		if u.Scheme == "https" {
			tls = " --tls"
		}
		f.hint("is the sandbox meant? in another terminal: apo sandbox --listen %s%s", u.Host, tls)
	} else {
		f.hint("check the network, HTTPS_PROXY and the gateway: apo profile show")
	}
	return f
}

// addExcerpt shows the first bytes of what nothing vouches for.
func addExcerpt(f *failure, failed *apo.Error) {
	if failed.Status != 0 && failed.Status != 200 {
		f.text += fmt.Sprintf(" (HTTP %d)", failed.Status)
		if f.verdict != nil {
			f.verdict.Facts = append(f.verdict.Facts, fmt.Sprintf("HTTP %d", failed.Status))
		}
	}
	if text := strings.TrimSpace(failed.Excerpt); text != "" {
		f.hint("UNVERIFIED, it begins: %s", text)
	}
}
