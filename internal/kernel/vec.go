package kernel

// The functions named vec... work on float32 slices with the vector unit and
// report whether there was one to use; without it they do nothing. The first
// slices are read, the last written; all have the last one's length.

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
