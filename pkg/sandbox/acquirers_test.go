package sandbox_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

func TestParseAcquirers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]sandbox.Acquirer{
		"ADYEN:70,CHECKOUT:30":      {{Name: "ADYEN", Weight: 70}, {Name: "CHECKOUT", Weight: 30}},
		"adyen":                     {{Name: "ADYEN", Weight: 1}},
		" Adyen : 2":                nil,
		" adyen:2 , checkout ":      {{Name: "ADYEN", Weight: 2}, {Name: "CHECKOUT", Weight: 1}},
		"ADYEN:0,ALIPAY:1":          {{Name: "ADYEN", Weight: 0}, {Name: "ALIPAY", Weight: 1}},
		"ALIPAY:1000000":            {{Name: "ALIPAY", Weight: 1000000}},
		"":                          nil,
		",":                         nil,
		"ADYEN,":                    nil,
		"WORLDPAY":                  nil,
		"2c2p:3":                    {{Name: "2C2P", Weight: 3}},
		"ADYEN:":                    nil,
		"ADYEN:-1":                  nil,
		"ADYEN:0.5":                 nil,
		"ADYEN:1:2":                 nil,
		"ADYEN:1000001":             nil,
		"ADYEN:9999999999999999999": nil,
		"ADYEN:0":                   nil,
		"ADYEN:0,CHECKOUT:0":        nil,
		"ADYEN=1":                   nil,
	} {
		got, err := sandbox.ParseAcquirers(text)
		if want == nil && err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
		if want != nil && (err != nil || !slices.Equal(got, want)) {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
}

// routed counts where 150 payments go.
func routed(t *testing.T, c sandbox.Config) map[string]int {
	t.Helper()
	m := newMerchant(t, c)
	seen := map[string]int{}
	for i := range 150 {
		seen[apo.ReadPayment(m.pay("SUCCESS", fmt.Sprint("p", i), "1", "visa")).Acquirer.Name]++
	}
	return seen
}

func TestRouting(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		list   []sandbox.Acquirer
		shares map[string]float64
	}{
		"without weights": {nil, map[string]float64{"ADYEN": 1. / 3, "ALIPAY": 1. / 3, "CHECKOUT": 1. / 3}},
		"by weight":       {[]sandbox.Acquirer{{Name: "ADYEN", Weight: 70}, {Name: "CHECKOUT", Weight: 30}}, map[string]float64{"ADYEN": 0.7, "CHECKOUT": 0.3}},
		"weight 0 first":  {[]sandbox.Acquirer{{Name: "ADYEN", Weight: 0}, {Name: "ALIPAY", Weight: 1}}, map[string]float64{"ALIPAY": 1}},
		"weight 0 last":   {[]sandbox.Acquirer{{Name: "ALIPAY", Weight: 1}, {Name: "ADYEN", Weight: 0}}, map[string]float64{"ALIPAY": 1}},
		"one twice": {
			[]sandbox.Acquirer{{Name: "ADYEN", Weight: 1}, {Name: "CHECKOUT", Weight: 2}, {Name: "ADYEN", Weight: 1}},
			map[string]float64{"ADYEN": 0.5, "CHECKOUT": 0.5},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := routed(t, sandbox.Config{Seed: "routes", Acquirers: c.list})
			if len(got) != len(c.shares) {
				t.Errorf("%v", got)
			}
			for acquirer, share := range c.shares {
				if n := float64(got[acquirer]) / 150; n < share-0.1 || n > share+0.1 {
					t.Errorf("%s has %.2f, want %.2f", acquirer, n, share)
				}
			}
			if name != "by weight" {
				return
			}
			if again := routed(t, sandbox.Config{Seed: "routes", Acquirers: c.list}); !maps.Equal(got, again) {
				t.Errorf("the same seed: %v, %v", got, again)
			}
		})
	}
}

// Acquirers that there are not, or with weights that are none, are refused.
func TestWrongAcquirers(t *testing.T) {
	t.Parallel()
	for name, list := range map[string][]sandbox.Acquirer{
		"unknown": {{Name: "WORLDPAY", Weight: 1}}, "small": {{Name: "adyen", Weight: 1}},
		"negative": {{Name: "ADYEN", Weight: -1}, {Name: "ALIPAY", Weight: 5}},
	} {
		if box, err := sandbox.Open(sandbox.Config{Keys: publishedKeys(t), Passive: true, Acquirers: list}); err == nil {
			box.Close()
			t.Errorf("%s: %v was taken", name, list)
		}
	}
}
