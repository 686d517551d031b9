//go:build arm64 && !noasm

package kernel

// instructionSets lists what the CPU has: every arm64 has NEON.
var instructionSets = []*instructionSet{{
	name: "neon", rows: 8, lanes: 4, tiles: &tilesNEON, columnTiles: &columnTilesNEON, directTiles: &directTilesNEON, dotTiles: &dotTilesNEON,
	mask: func(lanes int) uintptr { return uintptr(lanes) },
	peak: peakNEON, flops: 48 * 8,
	copyStrip: copyStripNEON, transpose: transposeNEON, gather: gatherNEON,
	winogradInput: winogradInputNEON,
	winograd3:     winogradTransforms{4, 3, winogradOutput4NEON, winogradWeights4NEON, winogradGradient4NEON, winogradKernels4NEON, nil},
	winograd5:     winogradTransforms{2, 5, winogradOutput2NEON, winogradWeights2NEON, winogradGradient2NEON, winogradKernels2NEON, nil},
}}
