package journal

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/notify"
)

// Whether messages come one by one or together, the journal has the same of them
// afterwards: repetitions, those that share a number, those of other clients, and what
// does not verify among news that nobody has heard before.
func TestTakenTogetherAsOneByOne(t *testing.T) {
	for seed := range uint64(6) {
		random := rand.New(rand.NewPCG(seed, 12))
		var batch []Reception
		for range 40 {
			r := noticeOf(random.IntN(30))
			switch random.IntN(8) {
			case 0:
				r.Verified, r.Cause = false, "body-edited"
			case 1:
				r.OtherClient = true
			case 2:
				r.Notice.Time = "later"
			case 3: // of the same payment
				r.Kind, r.Notice.Type = notify.KindCaptureResult, "CAPTURE_RESULT"
				r.Body = fmt.Appendf(nil, `{"notifyType":"CAPTURE_RESULT","result":{"resultStatus":"S","resultCode":"SUCCESS"},"paymentId":"20251126%023d","captureRequestId":"c-%d"}`, random.IntN(30), random.IntN(9))
			case 4: // with no number at all
				r.Body = fmt.Appendf(nil, `{"notifyType":"PAYMENT_RESULT","x":%d}`, random.IntN(9))
			}
			batch = append(batch, r)
		}
		var got [2][]Reception
		var numbers [2][]string
		for i, size := range []int{1, 13} {
			j, err := Open(filepath.Join(t.TempDir(), "journal.db"), time.Now)
			must(t, err)
			for from := 0; from < len(batch); from += size {
				took, err := j.Take(t.Context(), batch[from:min(from+size, len(batch))])
				must(t, err)
				got[i] = append(got[i], took...)
			}
			rows, err := j.db.Query(`SELECT 'n ' || number || ' ' || call FROM numbers UNION ALL
				SELECT 'c ' || json_array(id, payment_id, payment_request_id, time, endpoint, reads, state, notice_type, notice_time, notice_digest, notice_of, verification, note, claimed_by, acquirer) FROM calls UNION ALL
				SELECT 'r ' || json_array(id, call, notice, attempt, time, method, target, body IS NULL, verified, cause, other_client, kind, masked) FROM receptions ORDER BY 1`)
			must(t, err)
			for rows.Next() {
				var text string
				must(t, rows.Scan(&text))
				numbers[i] = append(numbers[i], text)
			}
			must(t, rows.Err())
			must(t, j.Close())
		}
		if !reflect.DeepEqual(got[0], got[1]) {
			for i := range got[0] {
				if !reflect.DeepEqual(got[0][i], got[1][i]) {
					t.Errorf("seed %d, message %d: %+v, one by one %+v", seed, i, got[1][i], got[0][i])
					break
				}
			}
		}
		if !reflect.DeepEqual(numbers[0], numbers[1]) {
			t.Errorf("seed %d: %q, one by one %q", seed, numbers[1], numbers[0])
		}
	}
}
