package apo_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sign"
)

// attempt is one request as a gateway saw it, and when.
type attempt struct {
	at                    time.Duration
	path, time, signature string
	body                  string
}

// gatewayScript answers one attempt after the other; the last entry answers
// all that follow.
type gatewayScript []roundTrip

// retrying makes a client of a scripted gateway and the list of what it sent.
func retrying(t *testing.T, retries int, script gatewayScript) (*apo.Client, *[]attempt) {
	t.Helper()
	start := time.Now()
	sent := &[]attempt{}
	client := newClient(t, "https://gateway.example")
	client.Now, client.Retries = nil, retries
	client.HTTP = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		body, _ := io.ReadAll(r.Body)
		*sent = append(*sent, attempt{
			time.Since(start), r.URL.RequestURI(), r.Header.Get("Request-Time"), r.Header.Get("Signature"), string(body),
		})
		return script[min(len(*sent), len(script))-1](r)
	})}
	return client, sent
}

func cut(r *http.Request) (*http.Response, error) {
	connected(r)
	return nil, io.ErrUnexpectedEOF
}

func refuse(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") }

func unavailable(r *http.Request) (*http.Response, error) {
	connected(r)
	return &http.Response{StatusCode: 503, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(nil))}, nil
}

func honest(key *sign.PrivateKey, body string) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		connected(r)
		at := time.Now().UTC().Format(time.RFC3339)
		return &http.Response{
			StatusCode: 200, Header: signAnswer(key, r, at, []byte(body)), Body: io.NopCloser(bytes.NewReader([]byte(body))),
		}, nil
	}
}

func unsignedAnswer(body string) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		connected(r)
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader([]byte(body)))}, nil
	}
}

func TestARetryIsTheSameRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		antom := readKey(t, "antom")
		client, sent := retrying(t, 5, gatewayScript{cut, unavailable, honest(antom, accepted)})
		answer, err := pay(t, client)
		if err != nil || answer.Result.Status != "S" {
			t.Fatal(err)
		}
		if len(*sent) != 3 {
			t.Fatalf("%d attempts, want 3", len(*sent))
		}
		var waited []time.Duration
		for i, a := range *sent {
			waited = append(waited, a.at)
			m := sign.Message{Method: "POST", Path: a.path, ClientID: clientID, Time: a.time, Body: []byte(a.body)}
			if a.body != payBody {
				t.Errorf("attempt %d has another body: %s", i, a.body)
			}
			if err := sign.Verify(client.Key.Public(), m, a.signature); err != nil {
				t.Errorf("attempt %d: %v", i, err)
			}
			if i > 0 && (a.time == (*sent)[i-1].time || a.signature == (*sent)[i-1].signature) {
				t.Errorf("attempt %d has the time or the signature of the one before", i)
			}
		}
		if want := []time.Duration{0, time.Second, 3 * time.Second}; !slices.Equal(waited, want) {
			t.Errorf("attempts at %v, want %v", waited, want)
		}
	})
}

func TestHowOftenIsRetried(t *testing.T) {
	antom := readKey(t, "antom")
	signedF := honest(antom, `{`+result("F", "SYSTEM_ERROR")+`}`)
	signedU := honest(antom, `{`+result("U", "UNKNOWN_EXCEPTION")+`}`)
	for _, tt := range []struct {
		name     string
		retries  int
		script   gatewayScript
		attempts int
	}{
		{"no retries unless asked for", 0, gatewayScript{cut}, 1},
		{"a negative number is none", -1, gatewayScript{cut}, 1},
		{"cut each time", 2, gatewayScript{cut}, 3},
		{"unavailable each time", 1, gatewayScript{unavailable}, 2},
		{"unreachable at first", 3, gatewayScript{refuse, honest(antom, accepted)}, 2},
		{"a success needs none", 3, gatewayScript{honest(antom, accepted)}, 1},
		{"nor does an F", 3, gatewayScript{signedF}, 1},
		{"nor does a U", 3, gatewayScript{signedU}, 1},
		{"nor does an unsigned F", 3, gatewayScript{unsignedAnswer(`{` + result("F", "INVALID_SIGNATURE") + `}`)}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, sent := retrying(t, tt.retries, tt.script)
				pay(t, client)
				if len(*sent) != tt.attempts {
					t.Errorf("%d attempts, want %d", len(*sent), tt.attempts)
				}
			})
		})
	}
}

func TestAnInterruptionEndsTheRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, sent := retrying(t, 10, gatewayScript{cut})
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		_, err := client.Call(ctx, endpoint(t, "pay"), []byte(payBody))
		wantError(t, err, apo.NoAnswer, 0, "broke before the answer")
		if len(*sent) != 2 {
			t.Errorf("%d attempts in 2 s, want 2: at 0 s and at 1 s", len(*sent))
		}
	})
}

// The first attempt may have been paid. That the second one got nowhere does
// not take it back.
func TestARetryNeverClearsADoubt(t *testing.T) {
	for _, tt := range []struct {
		name   string
		script gatewayScript
	}{
		{"cut, then unreachable", gatewayScript{cut, refuse}},
		{"unavailable, then unreachable", gatewayScript{unavailable, refuse}},
		{"unreachable, cut, unreachable", gatewayScript{refuse, cut, refuse}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, _ := retrying(t, 3, tt.script)
				_, err := pay(t, client)
				if kindOf(err) != apo.NoAnswer {
					t.Errorf("got %v, %s, want NoAnswer", err, kindName(kindOf(err)))
				}
			})
		})
	}
	t.Run("cut, then the caller is not recognised", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			client, _ := retrying(t, 3, gatewayScript{cut, unsignedAnswer(`{` + result("F", "INVALID_SIGNATURE") + `}`)})
			answer, err := pay(t, client)
			if kindOf(err) != apo.NoAnswer {
				t.Errorf("got %+v, %v; want NoAnswer", answer, err)
			}
		})
	})
	// It may be of the later try alone, and is marked so.
	t.Run("cut, then declined", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			client, _ := retrying(t, 3, gatewayScript{cut, honest(readKey(t, "antom"), `{`+result("F", "DO_NOT_HONOR")+`}`)})
			answer, err := pay(t, client)
			if err != nil || answer.Result.Code != "DO_NOT_HONOR" || !answer.Repeated {
				t.Errorf("got %+v, %v; want the refusal, marked Repeated", answer, err)
			}
		})
	})
	t.Run("cut, then interrupted while connecting", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			client, _ := retrying(t, 3, gatewayScript{cut, func(r *http.Request) (*http.Response, error) {
				cancel()
				return nil, context.Canceled
			}})
			_, err := client.Call(ctx, endpoint(t, "pay"), []byte(payBody))
			if kindOf(err) != apo.NoAnswer {
				t.Errorf("got %v, %s, want NoAnswer", err, kindName(kindOf(err)))
			}
		})
	})
	t.Run("a stranger's success, then unreachable", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			client, _ := retrying(t, 1, gatewayScript{honest(readKey(t, "stranger"), accepted), refuse})
			_, err := pay(t, client)
			if kind := kindOf(err); kind != apo.NoAnswer && kind != apo.Untrusted {
				t.Errorf("got %v, %s, want NoAnswer or Untrusted", err, kindName(kind))
			}
		})
	})
}

func TestUnreachableEachTimeStaysUnreachable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, sent := retrying(t, 2, gatewayScript{refuse})
		_, err := pay(t, client)
		wantError(t, err, apo.Unreachable, 0, "could not be reached")
		if len(*sent) != 3 {
			t.Errorf("%d attempts, want 3", len(*sent))
		}
	})
}
