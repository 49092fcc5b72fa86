package received

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
)

const (
	maxSessions = 10_000
	maxSession  = 16<<20 + 64<<10 // of one half, unpacked
	maxArchive  = 128 << 20       // of all halves, unpacked
)

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

// sessionHalf takes apart raw/12_c.txt; number is empty where it is no half.
func sessionHalf(name string) (number, half string) {
	name = strings.ReplaceAll(name, `\`, "/")
	rest, inRaw := strings.CutPrefix(name, "raw/")
	rest, isText := strings.CutSuffix(rest, ".txt")
	number, half, _ = strings.Cut(rest, "_")
	if !inRaw || !isText || half != "c" && half != "s" || strings.Trim(number, "0123456789") != "" || len(number) > 9 {
		return "", ""
	}
	return number, half
}

// sessionsIn unpacks both halves of each session, within bounds: a small archive
// can unpack to any size.
func sessionsIn(archive *zip.Reader) (map[string]map[string][]byte, error) {
	halves, total := map[string]map[string][]byte{}, 0
	for _, f := range archive.File {
		number, half := sessionHalf(f.Name)
		if number == "" {
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
			return nil, errors.New("session " + number + " cannot be unpacked")
		}
		text, err := io.ReadAll(io.LimitReader(r, maxSession+1))
		r.Close()
		if err != nil {
			return nil, errors.New("session " + number + " cannot be unpacked")
		}
		if total += len(text); len(text) > maxSession || total > maxArchive {
			return nil, errors.New("session " + number + " is too large; save the ones in question")
		}
		if halves[number] == nil {
			halves[number] = map[string][]byte{}
		}
		if _, twice := halves[number][half]; twice {
			return nil, errors.New("session " + number + " stands in it twice")
		}
		halves[number][half] = text
	}
	return halves, nil
}
