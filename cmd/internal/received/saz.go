package received

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
)

const (
	maxSessions = 10_000
	maxSession  = 16<<20 + 64<<10 // of one half, unpacked
	maxArchive  = 128 << 20       // of all halves, unpacked
)

var sessionName = regexp.MustCompile(`^raw[/\\](\d{1,9})_([cs])\.txt$`)

func isZip(data []byte) bool { return bytes.HasPrefix(data, []byte("PK\x03\x04")) }

// readSAZ reads the sessions of Fiddler's archive in their order.
func readSAZ(data []byte, part Part) ([]Message, error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, errors.New("the archive is damaged")
	}
	halves, err := sessionsIn(archive)
	if err != nil {
		return nil, err
	}
	var numbers []string
	for number := range halves {
		numbers = append(numbers, number)
	}
	slices.SortFunc(numbers, func(a, b string) int {
		a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	var list []Message
	for _, number := range numbers {
		text := halves[number]["c"]
		if part == ResponsePart {
			text = append(append(bytes.Clone(text), "\r\n"...), halves[number]["s"]...)
		}
		found, err := readMessages(text, part)
		if err != nil {
			found = []Message{{Problem: errors.New("session " + number + ": " + err.Error())}}
		}
		list = append(list, found...)
	}
	if len(list) == 0 {
		return nil, errors.New("it is a zip file without sessions such as raw/1_c.txt")
	}
	return list, nil
}

// sessionsIn unpacks both halves of each session, within bounds: a small archive
// can unpack to any size.
func sessionsIn(archive *zip.Reader) (map[string]map[string][]byte, error) {
	halves, total := map[string]map[string][]byte{}, 0
	for _, f := range archive.File {
		name := sessionName.FindStringSubmatch(f.Name)
		if name == nil {
			continue
		}
		if f.Flags&1 != 0 {
			return nil, errors.New("the archive has a password; save it without one")
		}
		if len(halves) >= maxSessions {
			return nil, errors.New("it has more than 10,000 sessions; save the ones in question")
		}
		r, err := f.Open()
		if err != nil {
			return nil, errors.New("session " + name[1] + " cannot be unpacked")
		}
		text, err := io.ReadAll(io.LimitReader(r, maxSession+1))
		r.Close()
		if err != nil {
			return nil, errors.New("session " + name[1] + " cannot be unpacked")
		}
		if total += len(text); len(text) > maxSession || total > maxArchive {
			return nil, errors.New("session " + name[1] + " is too large; save the ones in question")
		}
		if halves[name[1]] == nil {
			halves[name[1]] = map[string][]byte{}
		}
		halves[name[1]][name[2]] = text
	}
	return halves, nil
}
