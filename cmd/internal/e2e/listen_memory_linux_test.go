package e2e

import (
	"os"
	"strconv"
	"testing"
)

// apo listen needs no more memory after many notifications than after a few.
// APO_LISTEN_MEMORY is how many; a million take a few minutes.
func TestListenMemory(t *testing.T) {
	t.Parallel()
	messages := 6_000
	if value := os.Getenv("APO_LISTEN_MEMORY"); value != "" {
		var err error
		if messages, err = strconv.Atoi(value); err != nil {
			t.Fatal(err)
		}
	}
	home := t.TempDir()
	if err := giveKeys(home); err != nil {
		t.Fatal(err)
	}
	list := news(t, home, 0, 500)
	r, address := listener(t, home, "--quiet")
	var early, late int64 // KiB
	for sent := 0; sent < messages; sent += len(list) {
		if err := sendNews(address, list, 32, func(int) {}); err != nil {
			t.Fatal(err)
		}
		late = highWater(r.Process.Pid)
		if sent <= messages/3 {
			early = late
		}
	}
	t.Logf("%d messages: %d MiB after a third, %d MiB at the end", messages, early>>10, late>>10)
	if late > early+early/4+16<<10 {
		t.Errorf("%d KiB after a third, %d KiB at the end", early, late)
	}
}
