package received

import (
	"strconv"

	"github.com/tidwall/gjson"
)

// byteList reads what can only be the bytes of a body: node's {"type":"Buffer",
// "data":[…]}, a Uint8Array {"0":123,…}, and the list of numbers of Java (signed)
// and Go. A text is taken as it is, whatever it may stand for.
func byteList(v gjson.Result) ([]byte, bool) {
	list := v
	if v.IsObject() {
		if v.Get("type").String() != "Buffer" {
			return indexed(v)
		}
		list = v.Get("data")
	}
	if !list.IsArray() {
		return nil, false
	}
	var data []byte
	ok := true
	list.ForEach(func(_, n gjson.Result) bool {
		data, ok = appendByte(data, n)
		return ok
	})
	return data, ok && (len(data) > 0 || v.IsObject())
}

func isBytes(v gjson.Result) bool {
	_, is := byteList(v)
	return is
}

func indexed(v gjson.Result) ([]byte, bool) {
	var data []byte
	ok := true
	v.ForEach(func(key, n gjson.Result) bool {
		if ok = key.String() == strconv.Itoa(len(data)); ok {
			data, ok = appendByte(data, n)
		}
		return ok
	})
	return data, ok && len(data) > 0
}

func appendByte(data []byte, n gjson.Result) ([]byte, bool) {
	value, err := strconv.ParseInt(n.Raw, 10, 16)
	if err != nil || value < -128 || value > 255 {
		return data, false
	}
	return append(data, byte(value)), true
}
