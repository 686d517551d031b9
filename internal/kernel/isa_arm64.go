//go:build arm64 && !noasm

package kernel

import "unsafe"

// instructionSets lists what the CPU has: every arm64 has NEON.
var instructionSets = []*instructionSet{{
	name: "neon", rows: 8, lanes: 4, tiles: &tilesNEON, columnTiles: &columnTilesNEON, directTiles: &directTilesNEON, dotTiles: &dotTilesNEON,
	pixelTiles: &pixelTilesNEON, pixelRows: [5]int{0, 12, 12, 8, 6},
	mask: func(lanes int) uintptr { return uintptr(unsafe.Pointer(&laneMasks[4-lanes])) },
	peak: peakNEON, flops: 48 * 8,
	copyStrip: copyStripNEON, transpose: transposeNEON, gather: gatherNEON,
	splitPairs:     splitPairsNEON,
	winogradPixels: &winogradPixelsNEON,
	winograd3:      winogradTransforms{4, 3, winogradInput6NEON, winogradOutput4NEON, winogradWeights4NEON, winogradGradient4NEON, winogradKernels4NEON},
	winograd5:      winogradTransforms{2, 5, winogradInput6NEON, winogradOutput2NEON, winogradWeights2NEON, winogradGradient2NEON, winogradKernels2NEON},
	winogradExact:  winogradTransforms{2, 3, winogradInput4NEON, winogradOutput23NEON, winogradWeights23NEON, nil, nil},
}}

// laneMasks+4-n starts a vector with the first n lanes set. It is global, so
// that its address may travel as a number.
var laneMasks = [8]int32{-1, -1, -1, -1}
