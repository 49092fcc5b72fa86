package journal

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tidwall/gjson"
	_ "modernc.org/sqlite" // the driver

	"github.com/apo-cli/apo/pkg/apo"
)

// Journal is an open journal. It is safe to share.
type Journal struct {
	db     *sql.DB
	file   string
	now    func() time.Time
	sender *sender
}

// Open opens the journal in a file and makes it if there is none, for its
// owner's eyes alone.
//
// It fails where the file is damaged, may not be written, is locked for longer
// than 10 s, or was written by a newer version. Then nothing should be sent.
func Open(file string, now func() time.Time) (*Journal, error) {
	j, err := open(file, now)
	if err != nil {
		return nil, fmt.Errorf("journal %s: %w", file, plain(err))
	}
	return j, nil
}

func open(file string, now func() time.Time) (*Journal, error) {
	absolute, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(absolute), 0o700); err != nil {
		return nil, err
	}
	if err := whole(absolute); err != nil {
		return nil, err
	}
	// Beside a link to a journal there is nothing of it: no log, no sender's lock.
	if real, err := filepath.EvalSymlinks(absolute); err == nil {
		absolute = real
	}
	if err := private(absolute); err != nil {
		return nil, err
	}
	// synchronous(FULL) syncs the log at each commit: what Begin wrote is on
	// disk when it returns.
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: absolute}).EscapedPath()+
		"?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if err := migrate(db); err != nil {
		db.Close()
		return nil, err
	}
	return &Journal{db: db, file: absolute, now: now, sender: &sender{folder: absolute + "-senders"}}, nil
}

// private makes a file if there is none, and keeps it and SQLite's other files,
// which get its mode, from others' eyes. What was made read-only is meant to
// stay as it is, although root could write it.
func private(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	for _, name := range []string{filepath.Dir(file), file} {
		if info, err := os.Stat(name); err != nil {
			return err
		} else if mode := info.Mode().Perm(); mode&0o200 == 0 {
			return fmt.Errorf("%s has mode %04o: %w", name, mode, os.ErrPermission)
		}
	}
	for _, name := range []string{file, file + "-wal", file + "-shm"} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm()&0o077 == 0 {
			continue
		}
		if err := os.Chmod(name, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// whole refuses a log without its file. The newest records are in the log alone,
// and SQLite would remove it to begin a new journal.
func whole(file string) error {
	// The log is looked at first: whoever makes a journal makes its file first.
	if log, err := os.Stat(file + "-wal"); err != nil || log.Size() == 0 {
		return nil
	}
	if info, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) && (err != nil || info.Size() > 0) {
		return err
	}
	return errors.New("it is missing, and its newest records are in the file beside it whose name ends in -wal; put it back, or move that one away too")
}

// plain says in a sentence what SQLite's errors mean.
func plain(err error) error {
	switch text := err.Error(); {
	case strings.Contains(text, "SQLITE_NOTADB"), strings.Contains(text, "SQLITE_CORRUPT"), strings.Contains(text, "malformed"), strings.Contains(text, "not a database"),
		strings.Contains(text, "unsupported file format"), strings.Contains(text, "no such table"), strings.Contains(text, "no such column"):
		return fmt.Errorf("it is damaged; move it away, with the file beside it whose name ends in -wal, to begin a new one, and keep both: they may know of payments in doubt (%w)", err)
	case strings.Contains(text, "SQLITE_READONLY"), strings.Contains(text, "readonly"), errors.Is(err, os.ErrPermission):
		return fmt.Errorf("it cannot be written (%w)", err)
	case strings.Contains(text, "SQLITE_FULL"), strings.Contains(text, "disk is full"):
		return fmt.Errorf("the disk is full (%w)", err)
	case strings.Contains(text, "SQLITE_IOERR"), strings.Contains(text, "disk I/O"):
		return fmt.Errorf("it cannot be written: the disk or a limit on file sizes stops it (%w)", err)
	case strings.Contains(text, "SQLITE_BUSY"), strings.Contains(text, "locked"):
		return fmt.Errorf("another process has locked it for longer than 10 s (%w)", err)
	}
	return err
}

// Close ends the use of the journal and writes SQLite's log into the file.
func (j *Journal) Close() error {
	j.sender.done()
	return j.db.Close()
}

// Leave is Close for a process that is about to end. What was written is
// durable in SQLite's log already, and writing it a second time takes longer
// than a call; so a log that is short is left to the next process.
func (j *Journal) Leave() {
	const long = 512 << 10 // bytes
	j.sender.done()
	if log, err := os.Stat(j.file + "-wal"); err != nil || log.Size() > long {
		j.db.Close()
	}
}

// migrations bring a file from each version to the next.
func migrations() []string {
	return []string{`
CREATE TABLE calls (
	id INTEGER PRIMARY KEY,
	time INTEGER NOT NULL,
	profile TEXT NOT NULL, mode TEXT NOT NULL, client_id TEXT NOT NULL,
	endpoint TEXT NOT NULL, reads INTEGER NOT NULL,
	payment_request_id TEXT, payment_id TEXT, capture_request_id TEXT, capture_id TEXT, refund_request_id TEXT, refund_id TEXT,
	reference_order_id TEXT, acquirer TEXT, acquirer_transaction_id TEXT, acquirer_reference_id TEXT,
	currency TEXT, value TEXT, card TEXT,
	request BLOB, sender TEXT,
	state TEXT NOT NULL, status TEXT, code TEXT, message TEXT, verification TEXT, answer BLOB,
	connect INTEGER, tls INTEGER, first_byte INTEGER, total INTEGER,
	exit INTEGER, note TEXT, settled_by INTEGER, settling TEXT
);
CREATE TABLE numbers (number TEXT NOT NULL, call INTEGER NOT NULL, PRIMARY KEY (number, call)) WITHOUT ROWID;
CREATE INDEX calls_open ON calls (id) WHERE state IN ('begun', 'pending', 'in-doubt');`, `
ALTER TABLE calls ADD COLUMN auth_end INTEGER; -- of a pay, in ms; see authorization
CREATE INDEX calls_moving ON calls (id) WHERE reads = 0;
CREATE INDEX calls_failed ON calls (id) WHERE exit <> 0;
CREATE INDEX calls_settled ON calls (id) WHERE state = 'settled';
CREATE INDEX calls_authorized ON calls (auth_end) WHERE auth_end > 0;
CREATE INDEX calls_profile ON calls (profile) WHERE reads = 0;
CREATE INDEX calls_endpoint ON calls (endpoint);
CREATE INDEX calls_time ON calls (time);
UPDATE calls SET auth_end = 0 WHERE endpoint = 'pay' AND CASE WHEN json_valid(CAST(request AS TEXT)) THEN json_extract(CAST(request AS TEXT), '$.paymentFactor.captureMode') = 'AUTOMATIC' END;
WITH told AS MATERIALIZED (
	SELECT id, client_id, payment_id, unixepoch(json_extract(CAST(answer AS TEXT), '$.authExpiryTime')) * 1000 AS auth_end FROM calls
	WHERE endpoint IN ('pay', 'inquiryPayment') AND json_valid(CAST(answer AS TEXT)))
UPDATE calls SET auth_end = (SELECT told.auth_end FROM told
	WHERE told.client_id = calls.client_id AND told.payment_id = calls.payment_id AND told.auth_end > 0 ORDER BY told.id DESC LIMIT 1)
WHERE endpoint = 'pay' AND auth_end IS NULL AND payment_id <> '';`}
}

func migrate(db *sql.DB) error {
	steps := migrations()
	var version int
	if err := db.QueryRow("PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version == len(steps) {
		return nil
	}
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	// Another process may have done it meanwhile.
	if err := tx.QueryRow("PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version > len(steps) {
		return fmt.Errorf("it has schema %d, written by a newer apo; this one knows schema %d", version, len(steps))
	}
	for _, step := range steps[version:] {
		if _, err := tx.Exec(step); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(fmt.Sprintf("PRAGMA user_version = %d", len(steps))); err != nil {
		return err
	}
	return tx.Commit()
}

// Begin writes a call down, masked, before it is sent. It is on disk when Begin
// returns. State, ID, Time and Sender of the record are Begin's to set.
//
// allow, if not nil, is given the earlier calls of the same client ID that
// moved something and share a number with this one, the newest first. Where it
// returns an error nothing is written and Begin returns that error. No other
// process writes meanwhile.
func (j *Journal) Begin(r Record, allow func(earlier []Record) error) (Record, error) {
	var err error
	if r.Sender, err = j.sender.name(); err != nil {
		return r, fmt.Errorf("journal %s: %w", j.file, err)
	}
	r.Time, r.State = j.now().Truncate(time.Millisecond), Begun
	r.Request = masked(r.Request, r.Reads)
	r.Numbers = r.Numbers.Or(NumbersOf(r.Request))
	var refusal error
	err = j.change(func(tx *sql.Tx) error {
		if allow != nil {
			earlier, err := sharing(tx, r, false)
			if err != nil {
				return err
			}
			if refusal = allow(earlier); refusal != nil {
				return refusal
			}
		}
		r.ID, err = begin(tx, r)
		return err
	})
	if refusal != nil {
		return r, refusal
	}
	return r, err
}

func begin(tx *sql.Tx, r Record) (int64, error) {
	if n := &r.Numbers; n.Acquirer == "" && n.PaymentID != "" { // captures and refunds do not say whose they are
		err := tx.QueryRow(`SELECT acquirer FROM calls WHERE acquirer <> '' AND id IN (SELECT call FROM numbers WHERE number = ?) LIMIT 1`, n.PaymentID).Scan(&n.Acquirer)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return 0, err
		}
	}
	result, err := tx.Exec(`INSERT INTO calls (time, profile, mode, client_id, endpoint, reads,
		payment_request_id, payment_id, capture_request_id, capture_id, refund_request_id, refund_id,
		reference_order_id, acquirer, acquirer_transaction_id, acquirer_reference_id,
		currency, value, card, request, sender, auth_end, state) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
		append(append([]any{r.Time.UnixMilli(), r.Profile, r.Mode, r.ClientID, r.Endpoint, r.Reads}, r.Numbers.columns()...),
			r.Amount.Currency, r.Amount.Value, r.Card, r.Request, r.Sender, noAuthorization(r), r.State)...)
	if err != nil {
		return 0, err
	}
	id, err := result.LastInsertId()
	if err != nil {
		return 0, err
	}
	return id, index(tx, id, r.Numbers)
}

// masked hides card data for good. Somebody may ask for a payment by a card's
// number: in an inquiry, which nobody will have to settle, what could be one is
// hidden among the IDs too.
func masked(message []byte, reads bool) []byte {
	message = apo.Masker{}.JSON(message)
	if !reads {
		return message
	}
	for _, id := range NumbersOf(message).all() {
		if hidden := (apo.Masker{}).Text(id); hidden != id {
			message = bytes.ReplaceAll(message, []byte(id), []byte(hidden))
		}
	}
	return message
}

func (n Numbers) columns() []any {
	return []any{
		n.PaymentRequestID, n.PaymentID, n.CaptureRequestID, n.CaptureID, n.RefundRequestID, n.RefundID,
		n.ReferenceOrderID, n.Acquirer, n.AcquirerTransactionID, n.AcquirerReferenceID,
	}
}

func index(tx *sql.Tx, id int64, n Numbers) error {
	for _, number := range n.all() {
		if _, err := tx.Exec(`INSERT OR IGNORE INTO numbers (number, call) VALUES (?, ?)`, number, id); err != nil {
			return err
		}
	}
	return nil
}

// End writes down how a call ended.
func (j *Journal) End(id int64, e Ending) error {
	return j.change(func(tx *sql.Tx) error {
		r, err := get(tx, id)
		if err != nil {
			return err
		}
		return end(tx, r, e)
	})
}

func end(tx *sql.Tx, r Record, e Ending) error {
	e.Answer = masked(e.Answer, r.Reads)
	n := r.Numbers.Or(NumbersOf(e.Answer))
	if err := index(tx, r.ID, n); err != nil {
		return err
	}
	mask := apo.Masker{}.Text
	_, err := tx.Exec(`UPDATE calls SET payment_request_id=?, payment_id=?, capture_request_id=?, capture_id=?, refund_request_id=?, refund_id=?,
		reference_order_id=?, acquirer=?, acquirer_transaction_id=?, acquirer_reference_id=?,
		state=?, status=?, code=?, message=?, verification=?, answer=?, connect=?, tls=?, first_byte=?, total=?, exit=?, note=? WHERE id=?`,
		append(n.columns(), e.State, e.Result.Status, e.Result.Code, mask(e.Result.Message), e.Verification, e.Answer,
			e.Timing.Connect.Microseconds(), e.Timing.TLS.Microseconds(), e.Timing.FirstByte.Microseconds(), e.Timing.Total.Microseconds(),
			e.Exit, mask(e.Note), r.ID)...)
	if err != nil {
		return err
	}
	r.Numbers, r.Ending = n, e
	return authorization(tx, r)
}

// noAuthorization is the auth_end of a call before its answer: 0 for a payment
// that is captured without anybody's asking, nil where it is not known yet.
func noAuthorization(r Record) any {
	if gjson.GetBytes(r.Request, "paymentFactor.captureMode").String() == "AUTOMATIC" {
		return 0
	}
	return nil
}

// authorization keeps with a pay when its authorization ends, as the pay itself
// or an inquiry told, until a capture or a cancellation has worked, here or, as
// an inquiry or a notification tells, elsewhere: from then on it is 0.
func authorization(tx *sql.Tx, r Record) error {
	var until int64 // ms since the epoch
	switch r.Endpoint {
	case "capture", "cancel":
		if r.Exit != 0 || r.State.Open() {
			return nil
		}
	case "notifyCapture":
		if r.Result.Status != "S" {
			return nil
		}
	case "pay", "inquiryPayment":
		p := apo.ReadPayment(&apo.Answer{Raw: r.Answer})
		if p.Status == apo.StatusCancelled || p.Balance().Captured > 0 {
			break
		}
		t, err := apo.ParseTime(p.AuthExpiryTime)
		if err != nil {
			return nil
		}
		until = t.UnixMilli()
	default:
		return nil
	}
	// A number leads to other payments too: one's order may be another's request.
	_, err := tx.Exec(`UPDATE calls SET auth_end = ?1 WHERE id IN (SELECT call FROM numbers WHERE number IN (?2, ?3))
		AND +endpoint = 'pay' AND client_id = ?4 AND auth_end IS NOT 0 AND auth_end IS NOT ?1 AND (payment_id = nullif(?2, '') OR payment_request_id = nullif(?3, ''))`,
		until, r.Numbers.PaymentID, r.Numbers.PaymentRequestID, r.ClientID)
	return err
}

// Settle writes down what became of a call that was open, and which later call
// told: by is its ID, or 0; the numbers that it knows are taken over. Of a call
// that is not open any more it changes nothing: whoever was first knew. But what
// was settled or answered otherwise, and is done (exit 0) after all, is done.
func (j *Journal) Settle(id int64, what string, by int64, exit int) error {
	return j.change(func(tx *sql.Tx) error {
		r, err := get(tx, id)
		late := (r.State == Settled || r.State == Answered) && r.Exit != 0 && exit == 0
		if err != nil || !r.State.Open() && !late {
			return err
		}
		if teller, err := get(tx, by); err == nil {
			r.Numbers = r.Numbers.Or(told(r, teller))
		}
		if err := index(tx, id, r.Numbers); err != nil {
			return err
		}
		_, err = tx.Exec(`UPDATE calls SET payment_request_id=?, payment_id=?, capture_request_id=?, capture_id=?, refund_request_id=?, refund_id=?,
			reference_order_id=?, acquirer=?, acquirer_transaction_id=?, acquirer_reference_id=?, state=?, settling=?, settled_by=?, exit=? WHERE id=?`,
			append(r.Numbers.columns(), Settled, apo.Masker{}.Text(what), by, exit, id)...)
		if err != nil {
			return err
		}
		r.State, r.Exit = Settled, exit
		return authorization(tx, r)
	})
}

// told are the numbers of a call that an inquiry knows: those of its payment,
// and its own among the payment's transactions.
func told(r, teller Record) Numbers {
	n := teller.Numbers
	p := apo.ReadPayment(&apo.Answer{Raw: teller.Answer})
	switch r.Endpoint {
	case "capture":
		if t, found := p.Find("CAPTURE", r.Numbers.CaptureRequestID); found {
			n.CaptureID = t.ID
		}
	case "refund":
		if t, found := p.Find("REFUND", r.Numbers.RefundRequestID); found {
			n.RefundID = t.ID
		}
	}
	return n
}

// Mark changes the state of a call that is open to another open one, with a
// note: a sender that died left it in doubt.
func (j *Journal) Mark(id int64, s State, exit int, note string) error {
	return j.change(func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE calls SET state=?, exit=?, note=? WHERE id=? AND state IN ('begun', 'pending', 'in-doubt')`,
			s, exit, apo.Masker{}.Text(note), id)
		return err
	})
}

// change runs work in a transaction that is durable when it returns.
func (j *Journal) change(work func(*sql.Tx) error) error {
	err := func() error {
		tx, err := j.db.Begin()
		if err != nil {
			return err
		}
		defer tx.Rollback()
		if err := work(tx); err != nil {
			return err
		}
		return tx.Commit()
	}()
	if err != nil {
		return fmt.Errorf("journal %s: %w", j.file, plain(err))
	}
	return nil
}
