package strict

import (
	"encoding/binary"
	"math/bits"
)

// Eight bytes are looked at as one number, the first of them its lowest. The marks
// of bytes are their highest bits. Only the first mark is certain: a borrow may set
// those behind it.
const ones, highs = 0x0101010101010101, 0x8080808080808080

// zeroes marks the bytes that are zero.
func zeroes(x uint64) uint64 { return (x - ones) &^ x & highs }

// first is which byte has the first mark; 8 where there is none.
func first(marks uint64) int { return bits.TrailingZeros64(marks) / 8 }

// ordinary returns how many bytes at the beginning of a string's rest are
// neither a quote, a backslash nor a control.
func ordinary(b []byte) int {
	i := 0
	for ; i+8 <= len(b); i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		if marks := zeroes(x^ones*'"') | zeroes(x^ones*'\\') | (x-ones*' ')&^x&highs; marks != 0 {
			return i + first(marks)
		}
	}
	for i < len(b) && b[i] >= ' ' && b[i] != '"' && b[i] != '\\' {
		i++
	}
	return i
}
