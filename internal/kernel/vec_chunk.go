//go:build (amd64 || arm64) && !noasm

package kernel

import "math"

// One call stays well under a millisecond, since it can't be preempted.
const vecChunk = 1 << 16

// Sums are made in single precision over this many elements, spread over many
// lanes, and added up in double precision.
const vecSumChunk = 4096

var negInf = math.Inf(-1)
