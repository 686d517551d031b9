package kernel

import "unsafe"

// The functions named vec... work on float32 slices with the vector unit and
// report whether there was one to use; without it they do nothing. The first
// slices are read, the last written; all have the last one's length.

const (
	// One call stays well under a millisecond, since it can't be preempted.
	vecChunk = 1 << 16
	// Sums are made in single precision over this many elements, spread over
	// many lanes, and added up in double precision.
	vecSumChunk = 4096
)

// lent is p, without the compiler following it: it must take what goes to a
// function value for kept and put it on the heap, but assembly keeps nothing.
// The stack, where p may point to, can't move while the number holds it.
func lent[E any](p *E) *E {
	number := uintptr(unsafe.Pointer(p))
	return *(**E)(unsafe.Pointer(&number))
}

// part lends elements [at, at+n) of x, which must be there.
func part(x []float32, at, n int) *float32 {
	return lent(unsafe.SliceData(x[at : at+n]))
}

// inChunks calls f for [at, at+n) after [at, at+n) of length elements. It
// returns true, as the two below.
func inChunks(length int, f func(at, n int)) bool {
	for at := 0; at < length; at += vecChunk {
		f(at, min(vecChunk, length-at))
	}
	return true
}

// inPlanes does so for planes [p, p+planes) of n elements each, of which many
// small ones go together and large ones in chunks. at is where plane p begins,
// or its chunk.
func inPlanes(n, count int, f func(p, at, n, planes int)) bool {
	switch {
	case n > vecChunk:
		for p := range count {
			for at := 0; at < n; at += vecChunk {
				f(p, p*n+at, min(vecChunk, n-at), 1)
			}
		}
	case n > 0:
		group := vecChunk / n
		for p := 0; p < count; p += group {
			f(p, p*n, n, min(group, count-p))
		}
	}
	return true
}

// inStrides does so for sums over n elements of each plane, stride elements
// from one plane to the next: few enough at a time for single precision.
func inStrides(n, count, stride int, f func(at, n, planes int)) bool {
	group, length := 1, n
	if n > vecSumChunk {
		length = vecSumChunk
	} else if n > 0 {
		group = vecSumChunk / n
	}
	for p := 0; p < count; p += group {
		planes := min(group, count-p)
		for at := 0; at < n; at += length {
			f(p*stride+at, min(length, n-at), planes)
		}
	}
	return true
}

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
