package kernel

import "math"

// The functions named vec... work on float32 slices with the vector unit and
// report whether there was one to use; without it they do nothing. The first
// slices are read, the last written; all have the last one's length.

// One call stays well under a millisecond, since it can't be preempted.
const vecChunk = 1 << 16

// Sums are made in single precision over this many elements, spread over many
// lanes, and added up in double precision.
const vecSumChunk = 4096

// streamLength is the number of elements of a thread's share from which on the
// result is written around the caches: whoever reads it next would not find it
// there anyway.
const streamLength = 1 << 21

// streams reports whether to write y around the caches. Not where it replaces
// an input, which has just brought its memory into them.
func streams(y []float32, inputs ...[]float32) bool {
	if len(y) < streamLength {
		return false
	}
	for _, x := range inputs {
		if &x[0] == &y[0] {
			return false
		}
	}
	return true
}

var negInf = math.Inf(-1)
