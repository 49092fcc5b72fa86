package journal

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
WHERE endpoint = 'pay' AND auth_end IS NULL AND payment_id <> '';`, `
-- Of a million records few are written anew: most succeeded. An older version that
-- runs at this moment cannot write any more, for columns have other names.
ALTER TABLE calls ADD COLUMN gateway TEXT;
ALTER TABLE calls ADD COLUMN notice_type TEXT;
ALTER TABLE calls ADD COLUMN notice_time TEXT;
ALTER TABLE calls ADD COLUMN network_transaction_id TEXT;
ALTER TABLE calls ADD COLUMN gateway_time INTEGER; -- of the answer, in ms
ALTER TABLE calls ADD COLUMN outcome TEXT NOT NULL DEFAULT 'succeeded'; -- which is of those that are here; begin gives another
ALTER TABLE calls ADD COLUMN resolved TEXT; -- the outcome that was told; NULL: nothing was
ALTER TABLE calls ADD COLUMN resolved_code TEXT;
ALTER TABLE calls RENAME COLUMN settled_by TO resolved_by;
ALTER TABLE calls RENAME COLUMN settling TO resolved_note;
ALTER TABLE calls RENAME COLUMN sender TO claimed_by;
ALTER TABLE calls RENAME COLUMN exit TO former_exit; -- not used any more
UPDATE calls SET outcome = CASE
	WHEN former_exit IS NULL THEN ''
	WHEN state = 'settled' AND resolved_note = 'never arrived' THEN 'never-arrived'
	WHEN former_exit = 3 THEN 'declined'
	WHEN former_exit = 4 THEN 'unrecognised'
	WHEN former_exit IN (7, 130) THEN 'not-sent'
	WHEN former_exit = 8 THEN 'pending'
	WHEN former_exit = 1 THEN iif(code = 'ORDER_NOT_EXIST', 'not-found', 'failed')
	ELSE 'in-doubt' END
	WHERE former_exit <> 0 OR former_exit IS NULL;
UPDATE calls SET outcome = '', note = '', notice_type = substr(note, 1, instr(note, ', request-time ') - 1), notice_time = substr(note, instr(note, ', request-time ') + 15)
	WHERE endpoint IN ('notify', 'notifyPayment', 'notifyCapture', 'notifyRefund');
UPDATE calls SET state = 'resolved', resolved = outcome, resolved_code = iif(resolved_note LIKE 'declined: %', substr(resolved_note, 11), ''),
	resolved_note = iif(resolved_note LIKE '%, by hand: %', substr(resolved_note, instr(resolved_note, ', by hand: ') + 11), resolved_note)
	WHERE state = 'settled';
UPDATE calls SET network_transaction_id = json_extract(CAST(answer AS TEXT), '$.paymentResultInfo.networkTransactionId')
	WHERE id > (SELECT max(id) FROM calls) - 20000 -- the newest
	AND CASE WHEN json_valid(CAST(answer AS TEXT)) THEN json_extract(CAST(answer AS TEXT), '$.paymentResultInfo.networkTransactionId') <> '' END;
INSERT OR IGNORE INTO numbers SELECT network_transaction_id, id FROM calls WHERE id > (SELECT max(id) FROM calls) - 20000 AND network_transaction_id <> '';
DROP INDEX calls_failed;
DROP INDEX calls_settled;
CREATE INDEX calls_failed ON calls (id) WHERE outcome NOT IN ('', 'succeeded');
CREATE INDEX calls_resolved ON calls (id) WHERE state = 'resolved';`, `
ALTER TABLE calls ADD COLUMN arn TEXT;
ALTER TABLE calls ADD COLUMN rrn TEXT;
ALTER TABLE calls ADD COLUMN poll INTEGER; -- 1 of an inquiry that told nothing final; NULL: not known to be one
CREATE INDEX calls_card ON calls (substr(card, -4), value, currency) WHERE card <> '';
CREATE TABLE temp.told AS SELECT id, -- of the newest
		coalesce(json_extract(CAST(answer AS TEXT), '$.arn'), json_extract(CAST(answer AS TEXT), '$.paymentResultInfo.arn'), '') AS arn,
		coalesce(json_extract(CAST(answer AS TEXT), '$.rrn'), json_extract(CAST(answer AS TEXT), '$.paymentResultInfo.rrn'), '') AS rrn,
		coalesce(json_extract(CAST(answer AS TEXT), '$.paymentStatus'), json_extract(CAST(answer AS TEXT), '$.refundStatus'), '') IN ('PROCESSING', 'PENDING') AND endpoint LIKE 'inquiry%' AS poll
	FROM calls WHERE id > (SELECT max(id) FROM calls) - 20000 AND CASE WHEN json_valid(CAST(answer AS TEXT)) THEN json_type(CAST(answer AS TEXT)) = 'object' END;
UPDATE calls SET arn = told.arn, rrn = told.rrn, poll = nullif(told.poll, 0) FROM temp.told WHERE told.id = calls.id AND (told.arn <> '' OR told.rrn <> '' OR told.poll);
INSERT OR IGNORE INTO numbers SELECT arn, id FROM temp.told WHERE arn <> '' UNION ALL SELECT rrn, id FROM temp.told WHERE rrn <> '';
DROP TABLE temp.told;`, `
ALTER TABLE calls ADD COLUMN notice_digest INTEGER DEFAULT 0; -- of a notification's masked body; 0: written before; NULL: it is no news
ALTER TABLE calls ADD COLUMN notice_of INTEGER; -- the first record of the same news, where it was sent again at another time
CREATE INDEX calls_notice ON calls (notice_digest, notice_time) WHERE substr(endpoint, 1, 6) = 'notify' AND notice_digest IS NOT NULL;
CREATE TABLE receptions (
	id INTEGER PRIMARY KEY,
	call INTEGER NOT NULL,
	notice INTEGER NOT NULL, attempt INTEGER NOT NULL, -- the first call of the same news, and how often it has come
	time INTEGER NOT NULL, -- ms
	method TEXT NOT NULL, target TEXT NOT NULL,
	headers BLOB, -- lines of "Name: value"
	body BLOB,    -- NULL: the call's answer
	verified INTEGER NOT NULL, cause TEXT NOT NULL, other_client INTEGER NOT NULL, stale INTEGER NOT NULL,
	kind TEXT NOT NULL, masked TEXT NOT NULL
);
CREATE INDEX receptions_call ON receptions (call);
CREATE INDEX receptions_notice ON receptions (notice, attempt);
CREATE TABLE deliveries (
	id INTEGER PRIMARY KEY,
	call INTEGER NOT NULL, notice INTEGER NOT NULL, reception INTEGER NOT NULL,
	time INTEGER NOT NULL, -- ms
	url TEXT NOT NULL, status INTEGER NOT NULL, answer BLOB, received INTEGER NOT NULL, why TEXT NOT NULL,
	took INTEGER NOT NULL, -- µs
	resigned INTEGER NOT NULL
);
CREATE INDEX deliveries_call ON deliveries (call);
CREATE INDEX deliveries_notice ON deliveries (notice, received);
CREATE INDEX deliveries_failed ON deliveries (time) WHERE received = 0;`}
}
