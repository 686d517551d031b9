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

var negInf = math.Inf(-1)
